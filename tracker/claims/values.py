"""Values of a metric: the best of some, in one snapshot and over time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime

from tracker.claims._records import Since
from tracker.model import Metric
from tracker.query.since import Moment


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
