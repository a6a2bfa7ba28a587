"""A database that is spoilt is put aside and made anew: history comes again from the archive, the ledger as far as it can be read."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from tracker import pipeline
from tracker.errors import StoreError
from tracker.lexicon import Lexicon
from tracker.model import Board, BoardId, Notice
from tracker.ports import Archive
from tracker.stores.ledger import TABLES
from tracker.stores.sqlite import SqliteStore

log = logging.getLogger("tracker.daemon")
_SPOILT = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))


def is_spoilt(error: StoreError) -> bool:
    """Whether the file itself is damaged; a full disk or a lock leaves it whole."""
    cause = error.__cause__
    return isinstance(cause, sqlite3.DatabaseError) and (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _SPOILT


def is_of_all(error: StoreError) -> bool:
    """Whether the disk or the database is in trouble, and with it every board; else one board's bytes or rows are damaged."""
    return isinstance(error.__cause__, sqlite3.Error | OSError)


def rebuild(database: Path, archive: Archive, boards: Mapping[BoardId, Board], *, lexicon: Lexicon | None, now: datetime) -> Path:
    """Make the database anew; nothing is told again. Where the spoilt one is now. Nobody may have it open.

    Raises:
        StoreError: the archive, or the new file, cannot be used either.
    """
    aside = _put_aside(database, now)
    with SqliteStore(database) as store:
        saved = _take_over(aside, store)
        unreadable = [name for name in archive.boards() if name in boards and not _replay(boards[name], archive, store, lexicon)]
        lost = ", ".join([*sorted(TABLES - saved), *(f"the history of {name}" for name in unreadable)]) or "nothing"
        message = f"The database was damaged; it is at {aside.name}, and was made anew from the archive. Lost: {lost}"
        store.ledger.open_notice(Notice(kind="store", subject="", message=message, since=now))
    return aside


def _replay(board: Board, archive: Archive, store: SqliteStore, lexicon: Lexicon | None) -> bool:
    """Whether a board's history could be made anew; a damaged archive of one does not stop the others."""
    try:
        pipeline.replay(board, archive, store, lexicon)
    except StoreError as error:
        log.error("history not rebuilt", extra={"board": board.id, "error": str(error)})  # noqa: TRY400  # it says all
        return False
    return True


def _put_aside(path: Path, now: datetime) -> Path:
    """Move the file out of the way, with what belongs to it."""
    aside = path.with_name(f"{path.name}.spoilt-{now.astimezone(UTC):%Y-%m-%dT%H%M%SZ}")
    try:
        path.rename(aside)
        for ending in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + ending).rename(aside.with_name(aside.name + ending))
    except OSError as error:
        raise StoreError(f"{path}: is spoilt and cannot be moved: {error.strerror}; expected a writable folder") from error
    return aside


def _take_over(aside: Path, store: SqliteStore) -> frozenset[str]:
    """Copy what can be read of a spoilt file's ledger. The tables that were read."""
    saved = set()
    with closing(sqlite3.connect(aside)) as old:
        for table in sorted(TABLES):
            with suppress(sqlite3.Error):
                store.ledger.restore(table, old.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608  # our own table names
                saved.add(table)
    return frozenset(saved)
