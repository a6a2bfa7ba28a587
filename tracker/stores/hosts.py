"""When each host was asked, kept between runs in a file of its own.

Fetching happens in threads while the main thread writes history, sometimes for long; in one file a host's time would wait
for that, and on one connection it would stand in somebody else's transaction.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from tracker.errors import StoreError

_BUSY_S = 30.0
_TABLE = "CREATE TABLE IF NOT EXISTS hosts (host TEXT PRIMARY KEY, last_request INTEGER, not_before INTEGER) WITHOUT ROWID"


class SqliteHosts:
    """One small SQLite file, made where there is none. Safe to share between threads. Raises StoreError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        try:
            self._connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._trouble(error) from error
        try:
            self._run(_TABLE)
        except StoreError:
            self._connection.close()
            raise

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
        sql = "INSERT INTO hosts VALUES (?, ?, NULL) ON CONFLICT DO UPDATE SET last_request = excluded.last_request"
        self._run(sql, host, int(at.timestamp()))

    def note_not_before(self, host: str, at: datetime | None) -> None:
        """Remember, or forget with None, that the host asked us to come back at that time."""
        sql = "INSERT INTO hosts VALUES (?, NULL, ?) ON CONFLICT DO UPDATE SET not_before = excluded.not_before"
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
