"""When each host was last asked, and what keys have spent, in a file that outlives the process.

Threads fetch while the main thread writes history, sometimes for long. In the history's file they would wait for that
transaction, or write inside it; so hosts have their own file. It is a cache: a damaged one is recreated.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock

from tracker.errors import StoreError
from tracker.stores._codec import seconds, seconds_or_none, time_or_none
from tracker.stores.locks import held
from tracker.stores.sqlite_errors import is_damage, store_error

_BUSY_S = 30.0
_TABLES = (
    """CREATE TABLE IF NOT EXISTS hosts
       (host TEXT PRIMARY KEY, last_request INTEGER, not_before INTEGER, failures INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID""",
    "CREATE TABLE IF NOT EXISTS spent (key TEXT NOT NULL, at INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS public (host TEXT PRIMARY KEY) WITHOUT ROWID",
)
_DAY_S = 86_400
_LATEST = 1 << 37
"""Seconds since 1970: no stored time is later than the year 6325."""
_TURN_S = 900.0
"""How long to wait for another process that asks the same host: longer than one request can take."""

log = logging.getLogger("tracker.stores")


class SqliteHosts:
    """One small SQLite file, created if missing or damaged; fulfils `ports.Hosts`. Threads may share it. Raises StoreError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._turns = path.with_name("locks")
        self._connection = self._opened()
        try:
            for table in _TABLES:
                self._run(table)
            self._add_failures()
        except StoreError:
            self._connection.close()
            raise

    def _opened(self) -> sqlite3.Connection:
        try:
            return sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise store_error(self._path, "open", error) from error

    def _recreate(self, why: object) -> None:
        """Replace the damaged file by an empty one; the caller holds the lock, if others may use the connection."""
        log.warning("hosts.db was damaged and has been created again", extra={"path": str(self._path), "why": str(why)})
        self._connection.close()
        for ending in ("", "-journal", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        self._connection = self._opened()
        for table in _TABLES:
            self._connection.execute(table)

    def _add_failures(self) -> None:
        """Add the column that a file of version 0.1 lacks."""
        if self._run("SELECT 1 FROM pragma_table_info('hosts') WHERE name = 'failures'") is not None:
            return
        with suppress(StoreError):  # another process may have just done so
            self._run("ALTER TABLE hosts ADD COLUMN failures INTEGER NOT NULL DEFAULT 0")
        self.failures("")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def turn(self, host: str) -> AbstractContextManager[None]:
        return held(self._turns / f"host-{hashlib.sha256(host.encode()).hexdigest()[:16]}", patience_s=_TURN_S)

    def last_request(self, host: str) -> datetime | None:
        return time_or_none(self._column("last_request", host))

    def not_before(self, host: str) -> datetime | None:
        return time_or_none(self._column("not_before", host))

    def failures(self, host: str) -> int:
        return self._column("failures", host) or 0

    def note_request(self, host: str, at: datetime) -> None:
        self._note("last_request", host, seconds(at))

    def note_not_before(self, host: str, at: datetime | None) -> None:
        self._note("not_before", host, seconds_or_none(at))

    def note_failures(self, host: str, failures: int) -> None:
        self._note("failures", host, failures)

    def was_public(self, host: str) -> bool:
        return self._run("SELECT 1 FROM public WHERE host = ?", host) is not None

    def note_public(self, host: str) -> None:
        self._run("INSERT OR IGNORE INTO public VALUES (?)", host)

    def spend(self, key: str, at: datetime, most: int) -> datetime | None:
        now = seconds(at)
        self._run("UPDATE spent SET at = ? WHERE at > ?", now, now)  # the clock was ahead
        self._run("DELETE FROM spent WHERE at <= ?", now - _DAY_S)
        with_room = "INSERT INTO spent SELECT ?, ? WHERE (SELECT count(*) FROM spent WHERE key = ?) < ? RETURNING at"
        if self._run(with_room, key, now, key, most) is not None:
            return None
        oldest = self._number("SELECT at FROM spent WHERE key = ? ORDER BY at DESC LIMIT 1 OFFSET ?", key, most - 1)
        return time_or_none(None if oldest is None else oldest + _DAY_S)

    def _column(self, column: str, host: str) -> int | None:
        return self._number(f"SELECT {column} FROM hosts WHERE host = ?", host)  # noqa: S608  # our own columns

    def _number(self, sql: str, *values: object) -> int | None:
        (value,) = self._run(sql, *values) or (None,)
        if value is None or (isinstance(value, int) and 0 <= value < _LATEST):
            return value
        with self._lock:
            self._recreate(f"{sql}: {value!r}")
        return None

    def _note(self, column: str, host: str, value: int | None) -> None:
        """Write one column only: another process may be writing the others."""
        sql = f"INSERT INTO hosts (host, {column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET {column} = excluded.{column}"  # noqa: S608  # our own columns
        self._run(sql, host, value)

    def _run(self, sql: str, *values: object) -> tuple[object, ...] | None:
        with self._lock:
            try:
                return self._first(sql, values)
            except sqlite3.Error as error:
                if not is_damage(error):
                    raise store_error(self._path, "use", error) from error
                damage = error
            try:
                self._recreate(damage)
                return self._first(sql, values)
            except (sqlite3.Error, OSError) as error:
                raise store_error(self._path, "recreate", error) from error

    def _first(self, sql: str, values: tuple[object, ...]) -> tuple[object, ...] | None:
        row: tuple[object, ...] | None = self._connection.execute(sql, values).fetchone()
        return row
