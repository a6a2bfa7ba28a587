"""The file of hosts is a cache: a damaged one is recreated, whatever the damage, and everything else is reported."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.errors import StoreError
from tracker.stores.hosts import SqliteHosts
from tracker.stores.sqlite_errors import Damaged

HOST, AT = "acme.example", datetime(2026, 3, 1, 6, tzinfo=UTC)


def garbage(path: Path) -> None:
    path.write_bytes(b"no database at all" * 300)


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2048])


def a_page_lost(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xee" * (len(whole) - 4096))


def a_text_for_a_time(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE hosts SET last_request = 'soon', failures = 'many'")
        file.commit()


def a_time_beyond_all_years(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE hosts SET last_request = 1 << 60")
        file.commit()


DAMAGE = (garbage, cut_off, a_page_lost, a_text_for_a_time, a_time_beyond_all_years)


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.__name__)
def test_a_damaged_file_of_hosts_is_recreated_and_works(
    tmp_path: Path, damage: Callable[[Path], None], caplog: pytest.LogCaptureFixture
):
    path = tmp_path / "hosts.db"
    with closing(SqliteHosts(path)) as hosts:
        hosts.note_request(HOST, AT)
    damage(path)
    with caplog.at_level(logging.WARNING), closing(SqliteHosts(path)) as hosts:
        assert hosts.last_request(HOST) is None
        assert hosts.failures(HOST) == 0
        hosts.note_request(HOST, AT)
        hosts.note_failures(HOST, 2)
    assert [record.message for record in caplog.records] == ["hosts.db was damaged and has been created again"]
    with closing(SqliteHosts(path)) as hosts:
        assert (hosts.last_request(HOST), hosts.failures(HOST)) == (AT, 2)


def test_damage_while_the_file_is_in_use_is_repaired_too(tmp_path: Path):
    path = tmp_path / "hosts.db"
    with closing(SqliteHosts(path)) as hosts:
        hosts.note_request(HOST, AT)
        garbage(path)
        hosts.note_request("other.example", AT)
        assert hosts.last_request("other.example") == AT


def test_a_locked_file_of_hosts_is_neither_damaged_nor_recreated(tmp_path: Path):
    path = tmp_path / "hosts.db"
    with closing(SqliteHosts(path)) as hosts, closing(sqlite3.connect(path, isolation_level=None)) as other:
        hosts.note_request(HOST, AT)
        hosts._connection.execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="another process is writing it") as raised:
            hosts.note_request(HOST, AT)
        other.execute("ROLLBACK")
        assert not isinstance(raised.value, Damaged)
        assert hosts.last_request(HOST) == AT


def test_a_file_of_hosts_that_cannot_be_recreated_does_not_count_as_damage_of_the_history(tmp_path: Path):
    (tmp_path / "hosts.db").mkdir()
    with pytest.raises(StoreError, match=r"hosts\.db: cannot open the store") as raised:
        SqliteHosts(tmp_path / "hosts.db")
    assert not isinstance(raised.value, Damaged)
