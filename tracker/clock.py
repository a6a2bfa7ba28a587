"""Clocks that tell the time and sleep: the machine's, and a fixed one for tests and the demo."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""A clock that is ahead by millennia stands still here, so that spans can be added to its time."""


class SystemClock:
    """The machine's clock, in UTC and whole seconds."""

    def now(self) -> datetime:
        """The current second, never rounded up; at most `LATEST`."""
        return min(datetime.now(UTC).replace(microsecond=0), LATEST)

    def sleep(self, seconds: float) -> None:
        """Sleep for the seconds; zero or less returns at once."""
        if seconds > 0:
            time.sleep(seconds)


class FixedClock:
    """A clock that moves only when a caller sleeps, and then at once.

    Fractions of a second add up although `now` is cut to whole ones. Safe to share between threads.

    Raises:
        ValueError: `at` has no time zone.
    """

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError(f"a clock needs an aware time, found {at.isoformat()}")
        self._at = at.astimezone(UTC)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The current time in UTC and whole seconds, never rounded up."""
        with self._lock:
            return self._at.replace(microsecond=0)

    def sleep(self, seconds: float) -> None:
        """Move the clock forward; zero or less has no effect."""
        with self._lock:
            if seconds > 0:
                self._at += timedelta(seconds=seconds)
