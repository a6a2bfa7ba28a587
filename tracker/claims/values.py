"""Values of a metric: the best of some, in one snapshot and over time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.claims._records import Since
from tracker.model import Measure, Metric, Span
from tracker.order import best

# ── how two sides stood over time ────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The best measure of each side from a time on, until one of them changes; None where a side has no value."""

    since: datetime
    mine: Measure | None
    theirs: Measure | None


def moments(
    metric: Metric, mine: Sequence[Sequence[Span]], theirs: Sequence[Sequence[Span]], *, since: datetime, at: datetime
) -> list[Moment]:
    """How the best of two sides stood over time, from `since` to `at`, oldest first."""
    spans = [span for side in (mine, theirs) for course in side for span in course]
    times = {time for span in spans for time in (span.valid_from, span.valid_to) if time is not None and since < time <= at}
    return [
        Moment(since=time, mine=_best_at(metric, mine, time), theirs=_best_at(metric, theirs, time))
        for time in sorted({since, *times})
    ]


def _best_at(metric: Metric, side: Sequence[Sequence[Span]], time: datetime) -> Measure | None:
    values = [measure for course in side if (measure := value_at(course, time)) is not None]
    return best(metric, values)


def value_at(course: Sequence[Span], time: datetime) -> Measure | None:
    """The measure of a course that held at a time."""
    place = bisect_right(course, time, key=lambda span: span.valid_from) - 1
    if place < 0:
        return None
    span = course[place]
    return span.measure if span.valid_to is None or time < span.valid_to else None


def rise(metric: Metric, course: Sequence[Moment], looks: Sequence[datetime]) -> Since | None:
    """Since when the first side stands above, and how it came to; None where it does not."""
    above = [_is_above(metric, moment) for moment in course]
    if not above or not above[-1]:
        return None
    place = len(above) - 1
    while place > 0 and above[place - 1] is not False:
        place -= 1
    start = next(later for later in range(place, len(above)) if above[later])
    until = course[start].since
    how = _how(course, start, place)
    before = bisect_left(looks, until) - 1
    return Since(after=looks[before] if before >= 0 and how != "start" else None, until=until, how=how)


def _is_above(metric: Metric, moment: Moment) -> bool | None:
    if moment.mine is None or moment.theirs is None:
        return None
    return metric.better(moment.mine.value, moment.theirs.value)


def _how(course: Sequence[Moment], start: int, place: int) -> str:
    if place > 0:
        return "passing"
    if start == 0:
        return "start"
    return "rival_entry" if course[start - 1].mine is not None else "entry"
