"""Which values can be compared, and under which key an entry is known."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter, itemgetter
from typing import TypeVar

from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Measure, Metric, MetricDiff, StoredSnapshot
from tracker.order import competition_ranks

SAYS_NOTHING = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)
"""Verdicts under which the values that are left prove nothing. A re-based scale and a new column are whole in themselves."""
TOP = 10
"""A debut is news down to this rank, and so is what happens in points."""
RECORDED = 100
"""An overtake in points is an event down to this rank: on a long list of counts, hundreds pass each other every day."""
_figures = attrgetter("value", "low", "high", "estimated")
_Item = TypeVar("_Item")
_Key = TypeVar("_Key")


def measured(entry: Entry | None, metric: Metric) -> Measure | None:
    """The measured value of an entry. None for an estimate, and for an entry that is not listed."""
    measure = entry.measures.get(metric.id) if entry else None
    return None if measure is None or measure.estimated else measure


def verdict_of(diff: Diff, metric: Metric) -> Comparability:
    """The verdict on a metric; on a first snapshot every metric has just appeared."""
    return diff.metrics[metric.id].verdict if diff.before else Comparability.APPEARED


def values_shown(page: StoredSnapshot, metric: Metric) -> tuple[list[float], list[float]]:
    """The measured values on a page, and the estimates; of the metric that ranks the board those of all rows."""
    has, values = page.measured(metric.id), page.values(metric.id)
    unnamed = (page.unnamed_measured, page.unnamed_estimates) if metric.primary else ((), ())
    return [*has.values(), *unnamed[0]], [*(values[entry] for entry in values.keys() - has.keys()), *unnamed[1]]


def joint_rank(diff: Diff, metric: Metric, entry: EntryId, rank: int) -> str:
    """`rank 3`, or `joint rank 3` if another row has the same value."""
    page, values = diff.after, diff.after.values(metric.id)
    standings, standing = page.standings(metric), metric.sort_key(values[entry])
    alike = bisect_right(standings, standing, key=itemgetter(0)) - bisect_left(standings, standing, key=itemgetter(0))
    estimates = values.keys() - page.measured(metric.id).keys() if len(standings) < len(values) else ()
    others = [*(values[other] for other in estimates), *(page.unnamed if metric.primary else ())]
    return f"{'joint ' if alike + others.count(values[entry]) > 1 else ''}rank {rank}"


def is_comparable(diff: Diff, past: BoardState, metric: Metric) -> bool:
    """Whether values before and after can be compared, and the field has not lost values lately."""
    return diff.before is not None and diff.metrics[metric.id].usable and metric.id not in past.drifted


def is_whole(diff: Diff, past: BoardState, metric: Metric) -> bool:
    """Whether values on one page can be compared: on a re-based scale they can, in a field that lost values they cannot."""
    return diff.metrics[metric.id].verdict not in SAYS_NOTHING and metric.id not in past.drifted


def judged(diff: Diff, verdict: Comparability) -> Iterator[tuple[Metric, MetricDiff]]:
    """The metrics with this verdict."""
    for metric in diff.board.metrics:
        result = diff.metrics.get(metric.id)
        if result is not None and result.verdict is verdict:
            yield metric, result


def ranked_primary(diff: Diff) -> Metric | None:
    """The metric that ranks the board, if it shows quality."""
    primary = diff.board.primary
    return primary if primary is not None and primary.ranked else None


def ordered_primary(diff: Diff) -> Metric | None:
    """The metric that ranks the board, if its order can be news."""
    primary = diff.board.primary
    return primary if primary is not None and primary.ordered else None


def near_the_top(diff: Diff, metric: Metric, places: int = TOP) -> frozenset[EntryId]:
    """The entries that are or were among the best by a metric."""
    shown = ((page.values(metric.id), page.unnamed if metric.primary else ()) for page in (diff.before, diff.after) if page)
    ranks = (ranked for values, others in shown for ranked in competition_ranks(metric, values, others).items())
    return frozenset(entry for entry, rank in ranks if rank <= places)


def keys_now(diff: Diff) -> Mapping[EntryId, EntryId]:
    """The key that an entry has now, by the key that it had before; only those that changed, also if they are re-listed."""
    return {before: now for now, before in (*diff.rekeyed.items(), *diff.relisted.items(), *diff.returned.items())}


def grouped(items: Iterable[_Item], key: Callable[[_Item], _Key]) -> dict[_Key, list[_Item]]:
    """The items by key, in the order in which they come."""
    groups: defaultdict[_Key, list[_Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def changed(diff: Diff) -> bool:
    """Whether the board shows anything new: other entries, names, properties or values of any metric."""
    if diff.before is None or diff.before.entries.keys() != diff.after.entries.keys():
        return True
    verdicts = diff.metrics.values()
    if any(verdict.moved or verdict.rounded or verdict.filled_before != verdict.filled_after for verdict in verdicts):
        return True
    return any(_differ(diff.before.entries[entry], diff.after.entries[entry]) for entry in diff.common)


def _differ(old: Entry, new: Entry) -> bool:
    if old.name != new.name or old.attributes != new.attributes or old.measures.keys() != new.measures.keys():
        return True
    return any(
        measure is not new.measures[metric] and _figures(measure) != _figures(new.measures[metric])
        for metric, measure in old.measures.items()
    )


def drifted_value(diff: Diff, metric: Metric, value: float) -> float:
    """An earlier value as it would be now, the common drift of a fitted board added."""
    verdict = diff.metrics[metric.id]
    return verdict.intercept + verdict.slope * value


def undrifted_value(diff: Diff, metric: Metric, value: float) -> float:
    """A present value as it would have been before, the common drift of a fitted board removed."""
    verdict = diff.metrics[metric.id]
    return (value - verdict.intercept) / verdict.slope if verdict.slope else value


def last_unseen(past: BoardState, metric: Metric, entry: EntryId) -> float | None:
    """The last value of an entry that left the page and did not depart, the common drift since then added."""
    plain = past.memory.get("overtake", {}).get(metric.id, {})
    return plain["unseen"][entry][0] if entry in plain.get("unseen", {}) else None
