"""A file that an earlier version wrote says the same after it was opened by this one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlite_utils import Database
from store_world import BOARD

from tracker.stores.migrations import migrations
from tracker.stores.sqlite import SqliteStore


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
