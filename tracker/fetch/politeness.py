"""Politeness towards a host: one request at a time, a gap between two, its Retry-After (RFC 9110 §10.2.3), and keys' budgets."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from tracker.errors import Refused, Transient
from tracker.fetch.addresses import Address, is_public
from tracker.fetch.http import Ask, Reply
from tracker.ports import Clock, Hosts
from tracker.wording import machine_time

LONGEST_WAIT_S = 60.0
"""A longer Retry-After or Crawl-delay is not waited for within a run, but by the next run."""
LONGEST_AWAY_S = 86_400.0
"""A longer Retry-After counts as this, and concerns the board only: no host means to close all its boards for longer."""
BREAKS_AFTER = 4
"""A host that failed this many fetches in a row, of any boards, gets a break; after it, one board tries."""
FIRST_BREAK_S = 300.0
"""Each further break is twice as long, up to LONGEST_BREAK_S."""
LONGEST_BREAK_S = 2 * 3600.0
CUT_S = 1.0
"""Times are stored in whole seconds; a gap is longer by this, so that it is never shorter than declared."""


class NotYet(Transient):
    """The host asked us to stay away, has a break after failures, or a key is used up: nothing was asked, and no retry helps."""


def retry_after_s(header: str, now: datetime, most_s: float = LONGEST_AWAY_S) -> float | None:
    """The seconds that a Retry-After header asks for, at most `most_s`; None if it is unusable or in the past."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), most_s)
    try:
        at = parsedate_to_datetime(text)
        wait_s = (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds()
    except (ValueError, OverflowError):
        return None
    return min(wait_s, most_s) if wait_s > 0 else None


def still_away(until: datetime | None, now: datetime) -> datetime | None:
    """Until when a host or board is left alone. None if that has passed, or is over a day away: a clock was ahead then."""
    return until if until is not None and now < until <= now + timedelta(seconds=LONGEST_AWAY_S) else None


class Pace:
    """Gives turns at hosts. `hosts` is called from the fetching threads, one call at a time."""

    def __init__(self, hosts: Hosts, clock: Clock) -> None:
        self._hosts = hosts
        self._clock = clock
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}

    @contextmanager
    def turn(self, ask: Ask) -> Iterator[None]:
        """Within the block nobody else asks the host; begins after the gap. Raises NotYet if a request must not be sent now."""
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
                self._spend(ask)
                self._hosts.note_request(ask.host, self._clock.now())
            yield

    def heed(self, ask: Ask, reply: Reply) -> None:
        """Remember the Retry-After of an error: for the host, or for the board alone if it is longer than a day."""
        now = self._clock.now()
        asked_s = retry_after_s(reply.headers.get("retry-after", ""), now, math.inf)
        if asked_s and reply.status >= HTTPStatus.BAD_REQUEST:
            whom = ask.host if asked_s <= LONGEST_AWAY_S else ask.board
            with self._guard:
                self._hosts.note_not_before(whom, now + timedelta(seconds=min(asked_s, LONGEST_AWAY_S)))

    def keep_public(self, ask: Ask, addresses: Sequence[Address]) -> Ask:
        """The request, which demands a public address if its host once had none but public ones. Raises Refused."""
        is_public_now = bool(addresses) and all(map(is_public, addresses))
        with self._guard:
            was_public = self._hosts.was_public(ask.host)
            if is_public_now and not was_public:
                self._hosts.note_public(ask.host)
        if was_public and addresses and not is_public_now:
            raise Refused(
                f"{ask.place}: {ask.host!r} has a private address now, expected a public one, as before;"
                " correct request.url, or set request.allow_private = true"
            )
        return replace(ask, public=was_public or is_public_now)

    def _spend(self, ask: Ask) -> None:
        """Count the request for its keys. Raises NotYet if one is used up."""
        for key in ask.keys if ask.max_per_day else ():
            now = self._clock.now()
            until = self._hosts.spend(key, now, ask.max_per_day)
            if until is not None:
                self._hosts.note_not_before(ask.board, until)
                raise _not_yet(ask, f"request.max_per_day = {ask.max_per_day} of {key} is used up, paused until", until, now)

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
        self._check_time(ask, ask.board, "this board waits, for a Retry-After or the budget of its key")
        with self._guard:
            failures = self._hosts.failures(ask.host)
        why = f"failed {failures} times in a row and is left alone" if failures >= BREAKS_AFTER else "asked us to stay away"
        self._check_time(ask, ask.host, f"the host {why}")

    def _check_time(self, ask: Ask, whom: str, why: str) -> None:
        """Raises NotYet if the host or board `whom` must not be asked yet."""
        now = self._clock.now()
        with self._guard:
            noted = self._hosts.not_before(whom)
            until = still_away(noted, now)
            if noted is not None and until is None:
                self._hosts.note_not_before(whom, None)
        if until is not None:
            raise _not_yet(ask, f"{why}, due at", until, now)


def _not_yet(ask: Ask, why: str, until: datetime, now: datetime) -> NotYet:
    return NotYet(f"{ask.place}: {why} {machine_time(until)}", retry_after_s=(until - now).total_seconds())
