"""Which captures have a date that can be believed, since a machine's clock may be wrong. Pure.

Source: docs/decisions/0048-clocks.md
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from tracker.model import BoardId, IndexLine, Verdict
from tracker.wording import machine_time, span

SLACK = timedelta(minutes=1)
"""Fetches of one second are a second apart in the archive."""
LONG = timedelta(days=30)
"""A capture this long after the fetch before it waits until a later run finds the clock past its time."""
PASSED = timedelta(minutes=10)
_AHEAD, _USUAL_GAPS = timedelta(days=2), 3
"""History is ahead of the clock if this time, and this many usual gaps, are between it and what is before the clock's time."""
_TIMES = 30
_HOUR = timedelta(hours=1)
EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)
"""The tracker was released later: a clock with an earlier time is wrong."""
MISDATED = "its date was wrong: captures that were taken later are dated earlier"
_CONTENT = frozenset((Verdict.NEW, Verdict.REVISIT))
_FETCHED = frozenset((Verdict.NOT_MODIFIED, Verdict.REFUSED, Verdict.GONE, Verdict.TRANSIENT))


def set_aside(fetches: Sequence[IndexLine], stored: Sequence[datetime], now: datetime) -> dict[datetime, str]:
    """Why some captures do not enter history yet, by time. `stored` are the times in history, oldest first.

    A capture is dated later than `now`, or long after the fetch before it. What is in history stays, unless it is ahead: the
    clock was wrong when it was taken. If there is no history, it was lost, and the fetches that are later than `now` were in it,
    unless later fetches prove their dates wrong. `fetches` are in the order of the archive.
    """
    known = stored or sorted({line.observed_at for line in fetches if _is_fetched(line)} - misdated(fetches))
    ahead = is_ahead(known, now)
    stays = frozenset(time for time in known if (bool(stored) if time <= now else not ahead))
    latest = max((now, *stays)) + SLACK
    aside: dict[datetime, str] = {}
    before: IndexLine | None = None
    for line in sorted(fetches, key=lambda line: line.observed_at):
        time = line.observed_at
        if time in stays:
            before = line
        elif time > latest:
            aside[time] = f"dated {span(time - now)} later than now"
        elif before is not None and (aside or _waits(before, time, now)):
            aside[time] = f"dated {span(time - before.observed_at)} after the fetch before it"
        else:
            before = line
    return aside


def misdated(lines: Sequence[IndexLine]) -> frozenset[datetime]:
    """The times of fetches that were ahead: a later fetch, in the order of the archive, has a time in the gap before them."""
    times: list[datetime] = []
    wrong: set[datetime] = set()
    for line in lines:
        if not _is_fetched(line):
            continue
        if times and line.observed_at < times[-1] and is_ahead(times, line.observed_at):
            wrong.update(times[bisect_right(times, line.observed_at) :])
            times = [time for time in times if time not in wrong]
        insort(times, line.observed_at)
    return frozenset(wrong)


def _is_fetched(line: IndexLine) -> bool:
    """Whether a line is surely of a fetch. Imports come in any order, and have gaps."""
    return line.verdict in _FETCHED or (line.verdict in _CONTENT and line.content_type != "" and not line.origin)


def _waits(before: IndexLine, time: datetime, now: datetime) -> bool:
    """Whether a capture comes so long after the fetch before it that the clock has to prove it."""
    return _is_fetched(before) and time - before.observed_at > LONG and now < time + PASSED


def is_ahead(stored: Sequence[datetime], now: datetime) -> bool:
    """Whether the end of the history was dated by a clock that was ahead: the clock's time is in a gap before it.

    Otherwise the clock was set back. The gap is long, far longer than usual ones, and longer than what is behind it.
    """
    at = bisect_right(stored, now)
    if not 0 < at < len(stored):
        return False
    gap, earlier = stored[at] - stored[at - 1], stored[max(at - _TIMES, 0) : at]
    gaps = sorted(later - former for former, later in pairwise(earlier)) or [timedelta(0)]
    return gap > max(_AHEAD, stored[-1] - stored[at], _USUAL_GAPS * gaps[len(gaps) // 2])


def is_all_ahead(stored: Sequence[datetime], now: datetime) -> bool:
    """Whether the whole history was dated by a clock that was ahead: it begins later than `now` by more than it lasts."""
    return bool(stored) and now >= EARLIEST and stored[0] - now > max(_HOUR, stored[-1] - stored[0])


def again(ahead: Sequence[IndexLine], now: datetime) -> dict[datetime, datetime]:
    """Other times, before `now`, for the times of these fetches, in the same order.

    A time is when the line was written, if the clock was right by then, and otherwise has the same gaps, though none is long.
    """
    times, at, later = {}, now, None
    for line in reversed(ahead):
        written = line.received_at
        if written is not None and EARLIEST <= written < at:
            at = written.replace(microsecond=0)
        else:
            at -= timedelta(seconds=1) if later is None else min(later - line.observed_at, LONG)
        times[line.observed_at], later = at, line.observed_at
    return times


def dated(at: datetime, newest: datetime | None, stored: Sequence[datetime]) -> datetime:
    """The time of a fetch: the clock's, or a second after the last one if the clock was set back."""
    if newest is not None and at <= newest < at + SLACK:
        return newest + timedelta(seconds=1)
    if not stored or at > stored[-1] or is_ahead(stored, at) or is_all_ahead(stored, at):
        return at
    return stored[-1] + timedelta(seconds=1)


def told(board: BoardId, aside: Mapping[datetime, str]) -> str:
    """What is set aside, and what to do about it."""
    time, why = next(iter(aside.items()))
    more = f" ({len(aside) - 1} more)" if len(aside) > 1 else ""
    remedy = f"if the clock was wrong: tracker capture strike {board} {machine_time(time)}"
    return f"{board}: the capture of {machine_time(time)} is {why}{more}; set aside until the clock has passed it; {remedy}"


def behind(board: BoardId, last: datetime, now: datetime) -> str:
    """What becomes of captures while the clock is behind history."""
    consequence = f"until it has passed {machine_time(last)}, captures are dated a second apart"
    return f"{board}: the clock is {span(last - now)} behind the last capture; {consequence}; check the clock"
