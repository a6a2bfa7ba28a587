"""Pages whose columns or rows hold something else than before: shifted, swapped, reversed, scaled, alike, or another ranking's.

A publisher re-bases a scale now and then, and errs more often. A re-base moves most values alike; a wrong page does not, or it
has values that were elsewhere on the page before. Such a page waits for readings that agree (docs/decisions/0008-guards.md).

Source: docs/decisions/0047-wrong-pages.md, docs/decisions/0056-pages-of-other-rankings.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from statistics import correlation, median

from tracker.compare.drift import moved_apart
from tracker.model import Board, EntryId, HeldReading, Metric, Nature, Snapshot, is_new_version
from tracker.wording import number

_ENOUGH = 8
"""Common values from which a column can be judged."""
_ENOUGH_EQUAL, _KINDS = 5, 2
"""If there were more than two different values before, this number of equal ones is not a coincidence."""
_MOST = 0.8
_HALF = 0.5
_FACTOR = 9.5
_PROBE = 40
"""Of this number of values of another metric, one at least is shown now if most of them are."""
_UNORDERED = 0.3
"""Below this rank correlation an order has nothing to do with the last one. A refit keeps 0.996, a re-base of tests 0.8."""
_KEEPS_ITS_ORDER = frozenset((Nature.TESTED, Nature.FITTED, Nature.LISTED, Nature.COUNT))


def wrong_page(board: Board, before: Snapshot, after: Snapshot) -> str | None:
    """None, or why a column of the page seems to hold something else than before."""
    for metric in board.metrics:
        old, new = before.values(metric.id), after.values(metric.id)
        common = _moved(old, new)
        if not common:
            continue
        for other in board.metrics if not metric.places else ():
            if other.id != metric.id and (taken := _taken_over(common, old, new, before.values(other.id))):
                return f"{taken} values of {metric.title} are those that {other.title} had"
        former, shown = before.measures(metric.id), after.measures(metric.id)
        pairs = [(former[entry], shown[entry]) for entry in common]
        same_version = not is_new_version(before.version_for(metric), after.version_for(metric))
        if reason := wrong_column(metric, old, new):
            return reason
        if same_version and (apart := moved_apart(metric, pairs)):
            return f"{apart} of {len(pairs)} values of {metric.title} moved far up or down, and not together"
    return None


def all_alike(board: Board, before: Snapshot, after: Snapshot) -> str | None:
    """None, or that the values of a metric that ranks the board are all equal, and were not before."""
    for metric in board.metrics:
        values = after.values(metric.id)
        if not (metric.primary or metric.ordered) or len(values) < _ENOUGH_EQUAL or len(set(values.values())) > 1:
            continue
        former = before.values(metric.id)
        if len({former[entry] for entry in values if entry in former}) > _KINDS:
            equal = number(next(iter(values.values())), metric)
            return f"all {len(values)} values of {metric.title} are {equal}, which only a person can accept"
    return None


def agree(metric: Metric, held: HeldReading, later: HeldReading) -> bool:
    """Whether the values of two readings in quarantine may be of one ranking."""
    pairs = [(held.measure(entry), later.measure(entry)) for entry in _moved(held.values, later.values)]
    return not (wrong_column(metric, held.values, later.values) or moved_apart(metric, pairs))


def wrong_column(metric: Metric, old: Mapping[EntryId, float], new: Mapping[EntryId, float]) -> str | None:
    """None, or why the values of a metric, before and after, cannot be of one column."""
    common = _moved(old, new)
    if not common:
        return None
    was, now = [old[entry] for entry in common], [new[entry] for entry in common]
    kinds, title = len(set(was)), f"the values of {metric.title}"
    if len(set(now)) == 1 and kinds > _KINDS:
        return f"all {len(common)} values of {metric.title} are {number(now[0], metric)}"
    if metric.nature not in _KEEPS_ITS_ORDER or metric.volatile:
        return None
    factor = median([value / former for former, value in zip(was, now, strict=True) if former] or [1.0])
    if not 1 / _FACTOR < abs(factor) < _FACTOR:
        return f"{title} are {number(factor)} times those before"
    if (Counter(was) & Counter(now)).total() >= _MOST * len(common) and kinds >= _HALF * len(common):
        return f"{title} are those of other entries before"
    if min(now) > max(was) or max(now) < min(was):
        low, high, lowest, highest = (number(value, metric) for value in (min(now), max(now), min(was), max(was)))
        return f"{title} are from {low} to {high}, and were from {lowest} to {highest}"
    if kinds > 1 and correlation(_ranks(was), _ranks(now)) < _UNORDERED:
        return f"the order of {metric.title} has nothing to do with the last one"
    return None


def _moved(old: Mapping[EntryId, float], new: Mapping[EntryId, float]) -> list[EntryId]:
    """The common entries, if they are enough and at least half of their values moved."""
    if old == new:  # as on an ordinary day
        return []
    common = [entry for entry in new if entry in old]
    moved = sum(old[entry] != new[entry] for entry in common)
    return common if len(common) >= _ENOUGH and moved >= _HALF * len(common) else []


def _taken_over(
    common: Sequence[EntryId], old: Mapping[EntryId, float], new: Mapping[EntryId, float], other: Mapping[EntryId, float]
) -> int:
    """The number of values that the other metric had, if they are most of the common ones, and its own were others."""
    if not any(new.get(entry) == value != old.get(entry) for entry, value in islice(other.items(), _PROBE)):  # as nearly always
        return 0
    taken = sum(other.get(entry) == new[entry] != old[entry] for entry in common)
    differ = sum(entry in other and old[entry] != other[entry] for entry in common)
    return taken if taken >= max(_ENOUGH, _MOST * differ) else 0


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [bisect_left(ordered, value) + bisect_right(ordered, value) for value in values]
