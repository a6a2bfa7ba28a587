"""When each host was last asked, in a file that outlives the process.

Threads fetch while the main thread writes history, sometimes for long. In the history's file they would wait for that
transaction, or write inside it; so hosts have their own file.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from pathlib import Path
from threading import Lock

from tracker.errors import StoreError
from tracker.stores._codec import seconds, seconds_or_none, time_or_none
from tracker.stores.locks import held

_BUSY_S = 30.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS hosts"
    " (host TEXT PRIMARY KEY, last_request INTEGER, not_before INTEGER, failures INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
)
_TURN_S = 900.0
"""How long to wait for another process that asks the same host: longer than one request can take."""


class SqliteHosts:
    """One small SQLite file, created if missing; fulfils `ports.Hosts`. Threads may share it. Raises StoreError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._turns = path.with_name("locks")
        try:
            self._connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        try:
            self._run(_TABLE)
            self._add_failures()
        except StoreError:
            self._connection.close()
            raise

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

    def _column(self, column: str, host: str) -> int | None:
        row = self._run(f"SELECT {column} FROM hosts WHERE host = ?", host)  # noqa: S608  # our own columns
        return row[0] if row else None

    def _note(self, column: str, host: str, value: int | None) -> None:
        """Write one column only: another process may be writing the others."""
        sql = f"INSERT INTO hosts (host, {column}) VALUES (?, ?) ON CONFLICT DO UPDATE SET {column} = excluded.{column}"  # noqa: S608  # our own columns
        self._run(sql, host, value)

    def _run(self, sql: str, *values: object) -> tuple[int | None, ...] | None:
        with self._lock:
            try:
                row: tuple[int | None, ...] | None = self._connection.execute(sql, values).fetchone()
            except sqlite3.Error as error:
                raise self._trouble(error) from error
            return row

    def _trouble(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self._path}: cannot keep when hosts were asked: {error}; expected a writable SQLite file")
