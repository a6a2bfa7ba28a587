"""Pages whose columns or rows hold something else than before: shifted, swapped, reversed, scaled, or all alike.

A publisher re-bases a scale now and then, and errs more often. A re-base keeps most of the order; a wrong page does not, or it
has values that were elsewhere on the page before. Such a page waits for readings that agree (docs/decisions/0008-guards.md).

Source: docs/decisions/0047-wrong-pages.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import correlation, median

from tracker.model import Board, EntryId, Metric, Nature, Snapshot

_ENOUGH = 8
"""Common values from which a column can be judged."""
_MOST = 0.8
_HALF = 0.5
_FACTOR = 9.5
_UNORDERED = 0.3
"""Below this rank correlation an order has nothing to do with the last one. A refit keeps 0.996, a re-base of tests 0.8."""
_KEEPS_ITS_ORDER = frozenset((Nature.TESTED, Nature.FITTED, Nature.LISTED, Nature.COUNT))


def wrong_page(board: Board, before: Snapshot, after: Snapshot) -> str | None:
    """None, or why a column of the page seems to hold something else than before."""
    for metric in board.metrics:
        old, new = before.values(metric.id), after.values(metric.id)
        if not _moved(old, new):
            continue
        for other in board.metrics if not metric.places else ():
            if other.id != metric.id and (number := _taken_over(old, new, before.values(other.id))):
                return f"{number} values of {metric.title} are those that {other.title} had"
        if reason := wrong_column(metric, old, new):
            return reason
    return None


def wrong_column(metric: Metric, old: Mapping[EntryId, float], new: Mapping[EntryId, float]) -> str | None:
    """None, or why the values of a metric, before and after, cannot be of one column."""
    common = _moved(old, new)
    if not common:
        return None
    was, now = [old[entry] for entry in common], [new[entry] for entry in common]
    kinds, title = len(set(was)), f"the values of {metric.title}"
    if len(set(now)) == 1 and kinds > 2:
        return f"all {len(common)} {title.removeprefix('the ')} are {now[0]:g}"
    if metric.nature not in _KEEPS_ITS_ORDER or metric.volatile:
        return None
    factor = median([value / former for former, value in zip(was, now, strict=True) if former] or [1.0])
    if not 1 / _FACTOR < abs(factor) < _FACTOR:
        return f"{title} are {factor:g} times those before"
    if (Counter(was) & Counter(now)).total() >= _MOST * len(common) and kinds >= _HALF * len(common):
        return f"{title} are those of other entries before"
    if min(now) > max(was) or max(now) < min(was):
        return f"{title} are from {min(now):g} to {max(now):g}, and were from {min(was):g} to {max(was):g}"
    if kinds > 1 and (order := correlation(_ranks(was), _ranks(now))) < _UNORDERED:
        return f"the order of {metric.title} is another one (rank correlation {order:.2f})"
    return None


def _moved(old: Mapping[EntryId, float], new: Mapping[EntryId, float]) -> list[EntryId]:
    """The common entries, if they are enough and at least half of their values moved."""
    common = [entry for entry in new if entry in old]
    moved = sum(old[entry] != new[entry] for entry in common)
    return common if len(common) >= _ENOUGH and moved >= _HALF * len(common) else []


def _taken_over(old: Mapping[EntryId, float], new: Mapping[EntryId, float], other: Mapping[EntryId, float]) -> int:
    """The number of values that the other metric had, if they are most of the common ones, and its own were others."""
    common = [entry for entry in new if entry in old and entry in other and old[entry] != other[entry]]
    taken = sum(new[entry] == other[entry] for entry in common)
    return taken if taken >= max(_ENOUGH, _MOST * len(common)) else 0


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [bisect_left(ordered, value) + bisect_right(ordered, value) for value in values]
