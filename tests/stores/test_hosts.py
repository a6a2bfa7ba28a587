"""The file of hosts is a cache: a damaged one is recreated, whatever the damage, and everything else is reported."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from memory_store import MemoryHosts

from tracker.errors import StoreError
from tracker.ports import Hosts
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


@pytest.fixture(params=["file", "memory"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Hosts]:
    """Opens the same memory again and again, as processes do."""
    memory = MemoryHosts()
    return lambda: memory if request.param == "memory" else SqliteHosts(tmp_path / "hosts.db")


def test_what_a_key_spent_is_counted_in_any_24_hours_and_over_restarts(kept: Callable[[], Hosts]):
    times = [AT, AT + timedelta(hours=5), AT + timedelta(hours=6)]
    assert [kept().spend("KEY", at, 3) for at in times] == [None, None, None]
    assert kept().spend("KEY", AT + timedelta(hours=7), 3) == AT + timedelta(days=1)
    assert kept().spend("KEY", AT + timedelta(hours=7), 2) == AT + timedelta(days=1, hours=5)
    assert kept().spend("OTHER", AT + timedelta(hours=7), 3) is None
    assert kept().spend("KEY", AT + timedelta(days=1), 3) is None
    assert kept().spend("KEY", AT + timedelta(days=1), 3) == AT + timedelta(days=1, hours=5)


def test_requests_under_a_clock_that_was_ahead_count_as_made_now(kept: Callable[[], Hosts]):
    assert kept().spend("KEY", AT + timedelta(days=400), 1) is None
    assert kept().spend("KEY", AT, 1) == AT + timedelta(days=1)
    assert kept().spend("KEY", AT + timedelta(days=1), 1) is None


def test_that_a_host_was_public_is_remembered(kept: Callable[[], Hosts]):
    assert not kept().was_public(HOST)
    kept().note_public(HOST)
    kept().note_public(HOST)
    assert (kept().was_public(HOST), kept().was_public("other.example")) == (True, False)


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
