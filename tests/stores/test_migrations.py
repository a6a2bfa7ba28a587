"""A file that an earlier version wrote keeps its content when this version opens it."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from kit import History, counter
from sqlite_utils import Database
from store_world import BOARD

from tracker.model import Counted, EventId, Verdict
from tracker.stores.migrations import migrations
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Newer
from tracker.stores.sqlite_file import MIGRATIONS

HISTORY = History()
HISTORY.show("a:90 b:80")
(EVENT, *_) = HISTORY.show("a:90 b:95")


def file_before(path: Path, migration: str, write: Callable[[sqlite3.Connection], object]) -> Path:
    """A file without that migration and what came after it, with what `write` puts into it."""
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before=migration)
        write(connection)
        connection.commit()
    return path


def test_an_unchanged_check_of_a_broken_board_becomes_still_broken_and_no_other(tmp_path: Path):
    rows = [("unchanged", ""), ("unchanged", "still: acme/text: no table"), ("failed", "still: down"), ("accepted", "")]

    def write(connection: sqlite3.Connection) -> None:
        for number, (result, message) in enumerate(rows):
            connection.execute("INSERT INTO checks VALUES (?, ?, ?, 200, NULL, '', '', ?)", (BOARD, number, result, message))

    with SqliteStore(file_before(tmp_path / "tracker.db", "still_broken", write)) as store:
        assert [(check.result, check.message) for check in store.checks(BOARD)] == [
            ("unchanged", ""),
            ("still_broken", "acme/text: no table"),
            ("failed", "still: down"),
            ("accepted", ""),
        ]


def test_a_waiting_delivery_stays_in_its_message_whole_or_only_counted(tmp_path: Path):
    rows = [("a", "m1", 0), ("b", "m1+", 0), ("c", "", 0), ("d", "m2", 1), ("e", "m2+", 1)]

    def write(connection: sqlite3.Connection) -> None:
        for name, message, dead in rows:
            body = msgspec.json.encode(replace(EVENT, id=EventId(name))).decode()
            connection.execute("INSERT INTO outbox VALUES (?, 'r', 0, ?, 2, 9, 'down', ?, ?)", (name, message, dead, body))

    with SqliteStore(file_before(tmp_path / "tracker.db", "counted", write)) as store:
        waiting = [*store.service.deliveries(), *store.service.deliveries(dead=True)]
    assert [(delivery.event.id, delivery.message, delivery.counted) for delivery in waiting] == [
        ("a", "m1", False),
        ("b", "m1", True),
        ("c", "", False),
        ("d", "m2", False),
        ("e", "m2", True),
    ]
    assert {(delivery.tries, delivery.error, delivery.route) for delivery in waiting} == {(2, "down", "r")}


def test_counters_keep_their_amounts_and_fetches_their_board_and_verdict(tmp_path: Path):
    rows = [
        ("events", "debut", 4),
        ("fetch_bytes", "acme/text", 4096.0),
        ("fetches", "acme/text new", 3),
        ("fetches", "acme/text not_modified", 9),
        ("sent", "news file", 2),
    ]
    path = file_before(
        tmp_path / "tracker.db", "counters", lambda file: file.executemany("INSERT INTO counts VALUES (?, ?, ?)", rows)
    )
    with SqliteStore(path) as store:
        assert store.service.counts() == {
            counter(Counted.EVENTS, "debut"): 4,
            counter(Counted.FETCH_BYTES, "acme/text"): 4096,
            counter(Counted.FETCHES, "acme/text", Verdict.NEW): 3,
            counter(Counted.FETCHES, "acme/text", Verdict.NOT_MODIFIED): 9,
            counter(Counted.SENT, "news file"): 2,
        }


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_of_a_later_version_is_refused_and_not_changed(tmp_path: Path, *, read_only: bool):
    path = tmp_path / "tracker.db"
    SqliteStore(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE _checks ADD COLUMN trust REAL")
        connection.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('tracker', 'trust', '')")
        connection.commit()
    before = path.read_bytes()
    with pytest.raises(Newer, match=r"tracker\.db: was written by a later version .* added trust; .*install that one"):
        SqliteStore(path, read_only=read_only)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["tracker.db"]


def columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(path)) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        return {table: file.execute(f"PRAGMA table_info({table})").fetchall() for table in tables}


@pytest.mark.parametrize("newest", MIGRATIONS)
def test_a_file_of_every_earlier_schema_gets_the_present_one_and_is_sound(tmp_path: Path, newest: str):
    following = dict(itertools.pairwise((*MIGRATIONS, None)))[newest]
    path = tmp_path / "tracker.db"
    with closing(sqlite3.connect(path)) as connection:
        migrations.apply(Database(connection), stop_before=following)
    SqliteStore(tmp_path / "present.db").close()
    with SqliteStore(path) as store:
        store.check()
    assert columns(path) == columns(tmp_path / "present.db")
