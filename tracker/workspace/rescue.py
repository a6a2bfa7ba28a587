"""Replaces a damaged database: history from the archive, the service state as far as it can be read."""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tracker.errors import StoreError
from tracker.line import sync
from tracker.model import Board, BoardId, Notice
from tracker.model.names import Lexicon
from tracker.ports import Archive
from tracker.stores.migrations import converted
from tracker.stores.service_state import TABLES
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_file import NEWEST_MIGRATION

log = logging.getLogger("tracker.daemon")
RECEIPTS_FOR = timedelta(days=31)
"""Older receipts are not backed up: no news is that old."""
_UNNAMED_VERSION = "ledger"
"""The newest migration before backups named it."""


def back_up(store: SqliteStore, path: Path, now: datetime) -> None:
    """Save the service state, without old receipts, outside the database. Raises StoreError."""
    rows: dict[str, Any] = {table: store.service.rows(table) for table in sorted(TABLES)}
    since = int((now - RECEIPTS_FOR).timestamp())
    rows["receipts"] = [row for row in rows["receipts"] if row[2] >= since]  # delivered_at
    new = path.with_name(f"{path.name}.new")
    try:
        with new.open("w", encoding="utf-8") as file:
            json.dump(rows | {"version": NEWEST_MIGRATION}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written: {error.strerror}; expected space and a writable folder") from error


def rebuild(
    database: Path,
    archive: Archive,
    boards: Mapping[BoardId, Board],
    *,
    lexicon: Lexicon,
    now: datetime,
    backup: Path | None = None,
) -> Path:
    """Rebuild the database without sending anything again. Returns the new path of the damaged file, which nobody may have open.

    Tables of the service that cannot be read come from the last `back_up`.

    Raises:
        StoreError: the archive or the new file cannot be used either.
    """
    aside = _put_aside(database, now)
    with SqliteStore(database) as store:
        saved = _take_over(aside, store)
        from_backup = _take_from(backup, store, TABLES - saved) if backup is not None else frozenset()
        unreadable = []
        for name in sorted(boards.keys() & set(archive.boards())):
            try:
                sync.replay(boards[name], archive, store, lexicon)
            except StoreError as error:  # a damaged archive of one board does not stop the others
                log.error("history not rebuilt", extra={"board": name, "error": str(error)})  # noqa: TRY400  # the message is enough
                unreadable.append(name)
        lost = ", ".join([*sorted(TABLES - saved - from_backup), *(f"the history of {name}" for name in unreadable)]) or "nothing"
        older = f" As last backed up: {', '.join(sorted(from_backup))}." if from_backup else ""
        message = f"The database was damaged; it is at {aside.name}, and was rebuilt from the archive.{older} Lost: {lost}"
        log.error("store rebuilt", extra={"spoilt": aside.name, "from_backup": sorted(from_backup), "lost": lost})
        store.service.open_notice(Notice(kind="store", subject="", message=message, since=now))
    return aside


def _put_aside(path: Path, now: datetime) -> Path:
    """Move the file aside, with its log files."""
    aside = path.with_name(f"{path.name}.spoilt-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}")
    try:
        path.rename(aside)
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    except OSError as error:
        raise StoreError(f"{path}: is damaged and cannot be moved: {error.strerror}; expected a writable folder") from error
    return aside


def _take_over(aside: Path, store: SqliteStore) -> frozenset[str]:
    """Copy the readable tables of the damaged file's service. Returns their names."""
    saved = set()
    with closing(sqlite3.connect(aside)) as old:
        version = NEWEST_MIGRATION
        with suppress(sqlite3.Error, TypeError):
            version = str(old.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid DESC LIMIT 1").fetchone()[0])
        for table in sorted(TABLES):
            with suppress(sqlite3.Error, ValueError):
                rows = old.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # our own table names
                store.service.restore(table, converted(table, rows, version))
                saved.add(table)
    return frozenset(saved)


def _take_from(backup: Path, store: SqliteStore, tables: frozenset[str]) -> frozenset[str]:
    """Restore the tables from the backup. Returns their names."""
    restored = set()
    try:
        rows = json.loads(backup.read_text(encoding="utf-8"))
        version = rows.get("version", _UNNAMED_VERSION)
        for table in sorted(tables & rows.keys()):
            store.service.restore(table, converted(table, [tuple(row) for row in rows[table]], version))
            restored.add(table)
    except FileNotFoundError:
        log.warning("no backup", extra={"path": str(backup)})
    except (OSError, ValueError, TypeError, AttributeError, sqlite3.Error, StoreError) as error:
        log.error("backup not readable", extra={"path": str(backup), "error": str(error)})  # noqa: TRY400  # the message is enough
    return frozenset(restored)
