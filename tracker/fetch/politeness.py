"""Politeness towards a host: one request at a time, a gap between two, and its Retry-After (RFC 9110 §10.2.3)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tracker.errors import Transient
from tracker.fetch.http import Ask
from tracker.ports import Clock, Hosts

LONGEST_WAIT_S = 60.0
"""A longer Retry-After or Crawl-delay is not waited for within a run, but by the next run."""
LONGEST_AWAY_S = 7 * 86_400.0
"""A longer Retry-After counts as this."""
BREAKS_AFTER = 4
"""A host that failed this many fetches in a row, of any boards, gets a break; after it, one board tries."""
FIRST_BREAK_S = 300.0
"""Each further break is twice as long, up to LONGEST_BREAK_S."""
LONGEST_BREAK_S = 2 * 3600.0
CUT_S = 1.0
"""Times are stored in whole seconds; a gap is longer by this, so that it is never shorter than declared."""


class NotYet(Transient):
    """The host asked us to stay away, or has a break after failures: nothing was asked, and a retry now would not help."""


def retry_after_s(header: str, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for, at most `LONGEST_AWAY_S`; None if it is unusable or in the past."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        digits = text.lstrip("0") or "0"
        return LONGEST_AWAY_S if len(digits) > len("604800") else min(float(digits), LONGEST_AWAY_S)
    try:
        at = parsedate_to_datetime(text)
        wait_s = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(wait_s, LONGEST_AWAY_S) if wait_s > 0 else None


class Pace:
    """Gives turns at hosts. `hosts` is called from the fetching threads, one call at a time."""

    def __init__(self, hosts: Hosts, clock: Clock) -> None:
        self._hosts = hosts
        self._clock = clock
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}

    @contextmanager
    def turn(self, ask: Ask) -> Iterator[None]:
        """Within the block nobody else asks the host; begins after the gap. Raises NotYet if the host asked us to stay away."""
        with self._guard:
            turn = self._turns.setdefault(ask.host, threading.Lock())
        with turn, self._hosts.turn(ask.host):
            self._keep_away(ask)
            with self._guard:
                last = self._hosts.last_request(ask.host)
            if last is not None and ask.gap_s > 0:  # a last request in the future (the clock was set back) counts as made now
                passed_s = max(0.0, (self._clock.now() - last).total_seconds())
                self._clock.sleep(max(0.0, ask.gap_s + CUT_S - passed_s))
            with self._guard:
                self._hosts.note_request(ask.host, self._clock.now())
            yield

    def stay_away(self, host: str, wait_s: float) -> None:
        """Remember that the host asked us to stay away."""
        with self._guard:
            self._hosts.note_not_before(host, self._clock.now() + timedelta(seconds=wait_s))

    def answered(self, host: str) -> None:
        """Remember that the host answered: its failures are over."""
        with self._guard:
            if self._hosts.failures(host):
                self._hosts.note_failures(host, 0)

    def failed(self, host: str) -> None:
        """Remember that a fetch failed because of the host; after `BREAKS_AFTER` in a row it gets a break."""
        with self._guard:
            failures = self._hosts.failures(host) + 1
            self._hosts.note_failures(host, failures)
            if failures < BREAKS_AFTER:
                return
            wait_s = min(FIRST_BREAK_S * 2.0 ** min(failures - BREAKS_AFTER, 20), LONGEST_BREAK_S)
            until, asked = self._clock.now() + timedelta(seconds=wait_s), self._hosts.not_before(host)
            self._hosts.note_not_before(host, max(until, asked) if asked else until)

    def _keep_away(self, ask: Ask) -> None:
        now = self._clock.now()
        with self._guard:
            until, failures = self._hosts.not_before(ask.host), self._hosts.failures(ask.host)
            if until is not None and until <= now:
                self._hosts.note_not_before(ask.host, None)
        if until is not None and until > now:
            wait_s = (until - now).total_seconds()
            why = f"failed {failures} times in a row and is left alone" if failures >= BREAKS_AFTER else "asked us to stay away"
            raise NotYet(f"{ask.place}: the host {why}, due at {until:%Y-%m-%dT%H:%M:%SZ}", retry_after_s=wait_s)
