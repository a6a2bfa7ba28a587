"""Distinguishes failing hosts from a missing network: if no host answers, it is ours, and one board at a time tries."""

from __future__ import annotations

from datetime import datetime, timedelta

DARK_AFTER = 3
"""If this many hosts, and only silent ones, were asked, the network is missing."""
PROBE_EVERY = timedelta(minutes=5)


class Network:
    """Which hosts were silent since the last answer."""

    def __init__(self) -> None:
        self._silent: set[str] = set()
        self._tried_at: datetime | None = None
        self.since: datetime | None = None

    @property
    def dark(self) -> bool:
        """Whether no host answers."""
        return len(self._silent) >= DARK_AFTER

    def silent(self, host: str, now: datetime) -> None:
        """A host gave no answer at all."""
        self.since = self.since or now
        self._silent.add(host)
        self._tried_at = now

    def answered(self) -> bool:
        """A host answered, in whatever way. Returns whether it was dark before."""
        was = self.dark
        self._silent.clear()
        self.since = self._tried_at = None
        return was

    def wants_a_probe(self, now: datetime) -> bool:
        """Whether it is dark and no host was asked recently."""
        return self.dark and (self._tried_at is None or now - self._tried_at >= PROBE_EVERY)

    def probes(self, now: datetime) -> None:
        """A host is asked now."""
        self._tried_at = now
