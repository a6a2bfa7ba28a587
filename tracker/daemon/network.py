"""Is it them or us? Where every host that is asked stays silent, our own network is gone; then one board asks for all of them."""

from __future__ import annotations

from datetime import datetime, timedelta

DARK_AFTER = 3
"""So many hosts without an answer, and none with one, and it is us."""
PROBE_EVERY = timedelta(minutes=5)


class Network:
    """What was last heard of the world."""

    def __init__(self) -> None:
        self._silent: set[str] = set()
        self._tried_at: datetime | None = None
        self.since: datetime | None = None

    @property
    def dark(self) -> bool:
        """Whether nothing answers."""
        return len(self._silent) >= DARK_AFTER

    def silent(self, host: str, now: datetime) -> None:
        """A host gave no answer at all."""
        self.since = self.since or now
        self._silent.add(host)
        self._tried_at = now

    def answered(self) -> bool:
        """A host answered, whatever it said. Whether it had been dark."""
        was = self.dark
        self._silent.clear()
        self.since = self._tried_at = None
        return was

    def wants_a_probe(self, now: datetime) -> bool:
        """Whether it is dark and nobody was asked for a while."""
        return self.dark and (self._tried_at is None or now - self._tried_at >= PROBE_EVERY)

    def probes(self, now: datetime) -> None:
        """Somebody is asked now."""
        self._tried_at = now
