"""A database that is spoilt is put aside, and a new one made: what can be derived comes again from the archive, the ledger as far as it can be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from tracker.errors import StoreError
from tracker.stores.ledger import TABLES
from tracker.stores.sqlite import SqliteStore

_SPOILT = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))


def is_spoilt(error: StoreError) -> bool:
    """Whether the file itself is damaged; a full disk or a lock leaves it whole."""
    cause = error.__cause__
    return isinstance(cause, sqlite3.DatabaseError) and (cause.sqlite_errorcode & 0xFF) in _SPOILT


def put_aside(path: Path, now: datetime) -> Path:
    """Move the database out of the way, with what belongs to it. Where it is now."""
    aside = path.with_name(f"{path.name}.spoilt-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}")
    path.rename(aside)
    for ending in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    return aside


def take_over(aside: Path, store: SqliteStore) -> dict[str, int]:
    """Copy what can be read of a spoilt file's ledger. Rows by table; a table that cannot be read is not named."""
    saved: dict[str, int] = {}
    with closing(sqlite3.connect(aside)) as old:
        for table in sorted(TABLES):
            with suppress(sqlite3.Error):
                saved[table] = store.ledger.restore(table, old.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608  # our own table names
    return saved
