"""When each host was asked, kept between runs in a file of its own.

Fetching happens in threads while the main thread writes history, sometimes for long; in one file a host's time would wait
for that, and on one connection it would stand in somebody else's transaction.
"""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from tracker.errors import StoreError
from tracker.stores.locks import held

_BUSY_S = 30.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS hosts"
    " (host TEXT PRIMARY KEY, last_request INTEGER, not_before INTEGER, failures INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
)
_TURN_S = 900.0
"""How long to wait for another process that asks the same host: longer than one request can take."""


class SqliteHosts:
    """One small SQLite file, made where there is none. Safe to share between threads. Raises StoreError."""

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
        """To a file of version 0.1, which has no such column."""
        if self._run("SELECT 1 FROM pragma_table_info('hosts') WHERE name = 'failures'") is not None:
            return
        with suppress(StoreError):  # another process that met on it has just done so
            self._run("ALTER TABLE hosts ADD COLUMN failures INTEGER NOT NULL DEFAULT 0")
        self.failures("")

    def turn(self, host: str) -> AbstractContextManager[None]:
        """Nobody else with the same file, in whatever process, asks this host within the block."""
        return held(self._turns / f"host-{hashlib.sha256(host.encode()).hexdigest()[:16]}", patience_s=_TURN_S)

    def failures(self, host: str) -> int:
        """How many fetches in a row the host failed."""
        row = self._run("SELECT failures FROM hosts WHERE host = ?", host)
        return 0 if row is None else row[0] or 0

    def note_failures(self, host: str, failures: int) -> None:
        """Remember how many fetches in a row it failed."""
        sql = "INSERT INTO hosts (host, failures) VALUES (?, ?) ON CONFLICT DO UPDATE SET failures = excluded.failures"
        self._run(sql, host, failures)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def last_request(self, host: str) -> datetime | None:
        """When we last asked this host, None if never."""
        return self._time("SELECT last_request FROM hosts WHERE host = ?", host)

    def not_before(self, host: str) -> datetime | None:
        """The time a publisher asked us to wait for, None if none."""
        return self._time("SELECT not_before FROM hosts WHERE host = ?", host)

    def note_request(self, host: str, at: datetime) -> None:
        """Remember that the host was asked at that time."""
        sql = (
            "INSERT INTO hosts (host, last_request) VALUES (?, ?) ON CONFLICT DO UPDATE SET last_request = excluded.last_request"
        )
        self._run(sql, host, int(at.timestamp()))

    def note_not_before(self, host: str, at: datetime | None) -> None:
        """Remember, or forget with None, that the host asked us to come back at that time."""
        sql = "INSERT INTO hosts (host, not_before) VALUES (?, ?) ON CONFLICT DO UPDATE SET not_before = excluded.not_before"
        self._run(sql, host, None if at is None else int(at.timestamp()))

    def _time(self, sql: str, host: str) -> datetime | None:
        row = self._run(sql, host)
        return None if row is None or row[0] is None else datetime.fromtimestamp(row[0], UTC)

    def _run(self, sql: str, *values: object) -> tuple[int | None, ...] | None:
        with self._lock:
            try:
                row: tuple[int | None, ...] | None = self._connection.execute(sql, values).fetchone()
            except sqlite3.Error as error:
                raise self._trouble(error) from error
            return row

    def _trouble(self, error: sqlite3.Error) -> StoreError:
        return StoreError(f"{self._path}: cannot keep when hosts were asked: {error}; expected a writable SQLite file")
