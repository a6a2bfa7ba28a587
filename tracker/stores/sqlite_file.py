"""The SQLite file: opened, migrated, read and written, with what goes wrong said in one line."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NEWEST_MIGRATION = "news"


def _may_be_written(path: Path) -> bool:
    """Whether the file may be written, or made."""
    return not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _read_only_uri(path: Path) -> str:
    """SQLite's name for the file as it is. Without a log beside it nobody has it open, so it needs no lock, which could not be made."""
    is_open = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'' if is_open else '&immutable=1'}"


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that are not applied yet."""
    from sqlite_utils import Database  # noqa: PLC0415  # see _is_current

    from tracker.stores.migrations import migrations  # noqa: PLC0415  # see _is_current

    migrations.apply(Database(connection))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While no other process is here with the same folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # this gives the lock back
