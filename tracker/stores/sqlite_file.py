"""The SQLite file: opens, migrates, reads and writes it, and reports errors in one line."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from tracker.stores.sqlite_errors import REBUILD, Damaged, Replaced, newer, store_error

if TYPE_CHECKING:
    from tempfile import TemporaryDirectory

MIGRATIONS = (
    "history",
    "ledger",
    "news",
    "still_broken",
    "counted",
    "counters",
    "indices",
    "vintages",
    "documented",
    "changes",
    "key_before",
    "joined_traits",
    "changes_by_event",
)
"""The names in `stores.migrations`, in order."""
NEWEST_MIGRATION = MIGRATIONS[-1]
Row = tuple[Any, ...]
_BUSY_MS = 30_000


class SqliteFile:
    """One SQLite file, open until `close`. Its errors are StoreErrors that name it."""

    def __init__(self, path: Path, *, read_only: bool | None = None) -> None:
        """Open, create or migrate the file; with `read_only` (by default if it is not writable) as it is. Raises StoreError."""
        self._path = path
        self._copy: TemporaryDirectory[str] | None = None
        writable = not path.exists() or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
        self._read_only = not writable if read_only is None else read_only
        with self._storing("open"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._connected(self._as_it_is() if self._read_only else str(path))
            try:
                self._prepare()
                self._inode, self._changes_before = _inode(path), self._connection.total_changes
            except BaseException:
                self._connection.close()
                raise

    def _connected(self, name: str) -> sqlite3.Connection:
        is_address = name.startswith("file:")
        return sqlite3.connect(name, timeout=_BUSY_MS / 1000, isolation_level=None, check_same_thread=False, uri=is_address)

    def _as_it_is(self) -> str:
        """The address of a file that cannot be written. A log that cannot be read in its place is read in a copy."""
        wal, shm = (self._path.with_name(f"{self._path.name}{ending}") for ending in ("-wal", "-shm"))
        if not wal.exists():  # no process has it open, so it needs no lock file
            return f"{self._path.absolute().as_uri()}?mode=ro&immutable=1"
        return f"{self._path.absolute().as_uri()}?mode=ro" if shm.exists() else self._copied()

    def _copied(self) -> str:
        """A copy of the file and its log, which `close` removes."""
        from tempfile import TemporaryDirectory  # noqa: PLC0415  # slow to load

        self._copy = TemporaryDirectory()
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{self._path}{ending}", Path(self._copy.name, f"{self._path.name}{ending}"))
        return str(Path(self._copy.name, self._path.name))

    def _prepare(self) -> None:
        if self._read_only:
            if not self._is_current():  # of an earlier version
                self._connection.close()
                self._connection = self._connected(self._copied())
                migrate(self._connection)
            self._connection.execute("PRAGMA query_only = ON")
            return
        if not self._is_current():
            with _alone(self._path.parent):  # two processes may open a new file at once
                self._connection.execute("PRAGMA journal_mode = WAL")
                if not self._is_current():
                    migrate(self._connection)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute("PRAGMA foreign_keys = ON")

    def _is_current(self) -> bool:
        """Whether all migrations were applied. Does not load sqlite-utils: most commands only read. Raises Newer."""
        asked = "SELECT 1 FROM sqlite_master WHERE name = '_sqlite_migrations'"
        if self._connection.execute(asked).fetchone() is None:
            return False
        applied = {name for (name,) in self._connection.execute("SELECT name FROM _sqlite_migrations")}
        if later := ", ".join(sorted(applied.difference(MIGRATIONS))):
            raise newer(self._path, later)
        return applied.issuperset(MIGRATIONS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def has_written(self) -> bool:
        """Whether this connection has changed a row since it was opened."""
        return self._connection.total_changes > self._changes_before

    def check(self) -> None:
        """Read the whole file. Raises Damaged if it is not a sound database, or no longer the one that was opened."""
        if (problem := self._one("PRAGMA quick_check(1)")) != ("ok",):
            found = str((problem or ("",))[0]).rpartition("\n")[2]
            raise Damaged(f"{self._path}: is damaged: {found}; expected a sound database ({REBUILD})")
        self.check_place()

    def check_place(self) -> None:
        """Raise Replaced if the file is no longer the one that was opened: what is written now would be lost."""
        with self._storing("read"):
            is_there = self._inode is None or _inode(self._path) == self._inode
        if not is_there:
            raise Replaced(f"{self._path}: was replaced or deleted while it was in use; expected the same file (run this again)")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
        if self._copy is not None:
            self._copy.cleanup()

    def _run(self, sql: str, *values: object) -> None:
        with self._storing("write"):
            self._connection.execute(sql, values)

    def _one(self, sql: str, *values: object) -> Row | None:
        with self._storing("read"):
            row: Row | None = self._connection.execute(sql, values).fetchone()
            return row

    def _all(self, sql: str, *values: object) -> list[Row]:
        with self._storing("read"):
            return self._connection.execute(sql, values).fetchall()

    def _each(self, sql: str, *values: object) -> Iterator[Row]:
        with self._storing("read"):
            for row in self._connection.execute(sql, values):  # noqa: UP028  # a caller that stops early may have closed the file
                yield row

    @contextmanager
    def _reading(self, what: str = "the service state") -> Iterator[None]:
        with self._storing("read"), self._decoding(what):
            yield

    @contextmanager
    def _decoding(self, what: str) -> Iterator[None]:
        """Report a row that another program, or a bad disk, changed as damage; never guess."""
        try:
            yield
        except (ValueError, TypeError, LookupError, OverflowError) as error:
            problem = f"{self._path}: {what}: a row cannot be read ({error}); expected what the tracker wrote"
            raise Damaged(f"{problem} ({REBUILD})") from error

    @contextmanager
    def _storing(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise store_error(self._path, doing, error) from error


def copy(source: Path, target: Path) -> None:
    """Write a SQLite file as it is now to a new one, also while others write, whatever version wrote it. Raises StoreError."""
    writable = os.access(source, os.W_OK) and os.access(source.parent, os.W_OK)
    name = str(source) if writable else f"{source.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(name, uri=not writable)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise store_error(source, "copy", error) from error


def _inode(path: Path) -> int | None:
    """The file behind a path; None if there is none, as for a database in memory."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def migrate(connection: sqlite3.Connection) -> None:
    """Apply the migrations that are not applied yet."""
    from sqlite_utils import Database  # noqa: PLC0415  # see _is_current

    from tracker.stores.migrations import migrations  # noqa: PLC0415  # see _is_current

    migrations.apply(Database(connection))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Within the block no other process is in a block of the same folder."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)  # this releases the lock
