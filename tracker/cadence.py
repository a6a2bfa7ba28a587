"""When a board is due: the times of its cadence, its quiet windows and its jitter, in any time zone.

The rules are those of Debian's cron (crontab(5), cron(8)). cronsim matches the fields of an expression on a calendar without time
zones; this module converts these wall times to real moments, since schedulers lose or double runs when a clock changes.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.errors import DeclarationError
from tracker.model import CADENCES, Board, Window

_DAY = timedelta(days=1)
_DAY_MINUTES = 24 * 60
_SECOND = timedelta(seconds=1)
_LONGEST_QUIET = timedelta(days=4)  # windows that leave one minute open, on a day when the clock skips that minute, and to spare
_WINDOW = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")


def firings(cadence: str, time_zone: str, after: datetime) -> Iterator[datetime]:
    """Every time later than `after` at which a cadence fires, in order and in UTC. Ends only if it never fires again.

    A cadence with fixed times (neither minute nor hour begins with `*`) keeps its runs when the clock changes: those in the
    skipped hour become one, right after it; those in the doubled hour run only in its first pass. Any other cadence follows the
    clock: nothing in the skipped hour, and the doubled hour twice.

    Raises:
        cronsim.CronSimError: it is not a cron expression of five fields, which `tracker.schedules` refuses.

    Source: cron(8) of Debian, section "Daylight saving time"
    """
    from cronsim import CronSim  # noqa: PLC0415  # only those who schedule need it

    zone, expression = ZoneInfo(time_zone), CADENCES.get(cadence, cadence)
    last = after.astimezone(UTC)
    minute, hour, *_ = expression.split()
    repeated = _offset(last, zone) - _offset(last + _DAY, zone)  # if the clock is about to be set back, search from earlier
    start = last.astimezone(zone).replace(tzinfo=None) - max(repeated, timedelta())
    for moment in _in_order(CronSim(expression, start), zone, fixed=not minute.startswith("*") and not hour.startswith("*")):
        if moment > last:
            yield (last := moment)


def next_due(board: Board, after: datetime) -> datetime:
    """When a board last read at `after` is due: at its next firing plus jitter, or at the end of the quiet window then.

    The jitter of a firing is constant, and shorter than the time to the next firing, so that no firing overtakes another.

    Raises:
        DeclarationError: the windows leave no time.
    """
    coming = firings(board.cadence, board.time_zone, after)
    firing = next(coming)
    due = firing + _jitter(board, firing, coming)
    return in_quiet(board.quiet, board.time_zone, due) or due


def in_quiet(windows: Sequence[Window], time_zone: str, at: datetime) -> datetime | None:
    """The end, in UTC, of the quiet period around `at`; None outside. Windows that touch or overlap are one period.

    A window lasts from the first time that the clock shows its start to the last time that it shows its end, which may be an hour
    more when the clock changes.

    Raises:
        DeclarationError: the windows leave no time.
    """
    zone = ZoneInfo(time_zone)
    begun = end = at.astimezone(UTC)
    while (later := _closing(windows, zone, end)) is not None:
        if later - begun > _LONGEST_QUIET:
            raise DeclarationError("the quiet windows cover the whole day; expected some time for fetches")
        end = later
    return end if end > begun else None


def window(text: str) -> Window:
    """The window of a text such as `22:00-06:00`; `24:00` is the midnight that ends a day. Raises ValueError."""
    match = _WINDOW.fullmatch(text)
    if not match or int(match[3]) * 60 + int(match[4]) > _DAY_MINUTES:
        raise ValueError('not a window; expected hours as in "22:00-06:00"')
    return Window(start=int(match[1]) * 60 + int(match[2]), end=(int(match[3]) * 60 + int(match[4])) % _DAY_MINUTES)


def covers_the_day(windows: Sequence[Window]) -> bool:
    """Whether windows leave no minute of an ordinary day."""
    minutes = {minute % _DAY_MINUTES for window in windows for minute in range(window.start, _ending(window))}
    return len(minutes) == _DAY_MINUTES


def _in_order(walls: Iterator[datetime], zone: ZoneInfo, *, fixed: bool) -> Iterator[datetime]:
    """The real moments of wall times. The second pass of a repeated hour comes after all of the first."""
    again: deque[datetime] = deque()
    for wall in walls:
        moments = _kept(wall, zone)[:1] if fixed else _moments(wall, zone)
        for moment in moments[:1]:
            while again and again[0] <= moment:
                yield again.popleft()
            yield moment
        again.extend(moments[1:])
    yield from again


def _moments(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When the clock shows a wall time: once; twice if it is set back; never if it is set forward (PEP 495)."""
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early == late:
        return (early,)
    return (early, late) if early < late else ()


def _kept(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """As `_moments`, but a skipped wall time counts as the moment right after the gap."""
    return _moments(wall, zone) or (_after_the_gap(wall, zone),)


def _after_the_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock jumps over a wall time, found by bisection."""
    late, early = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    changed = _offset(late, zone)
    while late - early > _SECOND:
        middle = early + (late - early) // 2 // _SECOND * _SECOND
        early, late = (early, middle) if _offset(middle, zone) == changed else (middle, late)
    return late


def _offset(at: datetime, zone: ZoneInfo) -> timedelta:
    offset = at.astimezone(zone).utcoffset()
    assert offset is not None, "a time in a zone has an offset"
    return offset


def _jitter(board: Board, firing: datetime, coming: Iterator[datetime]) -> timedelta:
    """Whole seconds derived from the board's id and the firing: the same after a restart, different for every board."""
    if board.jitter_s <= 0:
        return timedelta()
    from hashlib import sha256  # noqa: PLC0415  # only those who schedule need it
    from math import ceil  # noqa: PLC0415

    following = next(coming, firing + _DAY)
    choices = min(ceil(board.jitter_s), (following - firing) // _SECOND)
    drawn = int.from_bytes(sha256(f"{board.id} {firing.isoformat()}".encode()).digest()[:8], "big")
    return timedelta(seconds=drawn % choices)


def _ending(window: Window) -> int:
    """The minute in which a window ends, counted from the midnight before it begins."""
    return window.end if window.end > window.start else window.end + _DAY_MINUTES


def _closing(windows: Sequence[Window], zone: ZoneInfo, at: datetime) -> datetime | None:
    """The end of the window that is open at a time, the last one of several; None if none is."""
    today = at.astimezone(zone).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0, fold=0)
    ends = [
        end
        for day in (today - _DAY, today, today + _DAY)  # tomorrow may have begun already, if the clock is set back over midnight
        for window in windows
        if (end := _kept(day + timedelta(minutes=_ending(window)), zone)[-1]) > at
        and _kept(day + timedelta(minutes=window.start), zone)[0] <= at
    ]
    return max(ends, default=None)
