"""Who ranks above whom, and how certain that is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import hypot
from typing import TypeVar

from tracker.model import Diff, EntryId, Measure, Metric, Nature, PublishedEntry, StoredSnapshot

AnyEntry = TypeVar("AnyEntry", bound=PublishedEntry)
_FEW_ROWS = 0.02
_FEW_FALL = 0.1
"""Share of a column's points up to which a fall is out of the ordinary: downloads of a week fall as often as they rise."""


def competition_ranks(metric: Metric, values: Mapping[EntryId, float], others: Sequence[float] = ()) -> dict[EntryId, int]:
    """Each entry's rank, 1 for the best; ties share the best rank of their group ("1224").

    `others` are the values of further rows of the board without an entry.
    """
    worst_first = sorted((*values.values(), *others), reverse=not metric.higher_is_better)
    ranks = dict(zip(worst_first, range(len(worst_first), 0, -1), strict=True))  # the last of equal values is the best place
    return {entry: ranks[value] for entry, value in values.items()}


def is_noise(value: float, other: float) -> bool:
    """Whether two values differ by no more than the noise of binary floats, or of rounding long ones."""
    return abs(value - other) <= _NOISE * max(1.0, abs(value))


_NOISE = 1e-10


def certainty(metric: Metric, measure: Measure, other: Measure) -> str:
    """The certainty of the order of two measured values: `decisive`, `supported` or `nominal`.

    Decisive: their 95 % intervals are disjoint. Supported: z = Δ/√(σa²+σb²) ≥ 1.96, σ = half-width/1.96, if both have an
    interval, otherwise beyond the metric's stated error. Both also need a gap beyond the stated error, if there is one. Different
    points are decisive.

    Source: docs/decisions/0004-overtakes.md
    """
    gap = abs(measure.value - other.value)
    if metric.exact:
        return "decisive" if gap else "nominal"
    if metric.stated_error is not None and gap <= metric.stated_error:
        return "nominal"
    low, high = (measure, other) if measure.value <= other.value else (other, measure)
    if low.high is not None and high.low is not None and low.high < high.low:
        return "decisive"
    half_width, other_half_width = measure.half_width, other.half_width
    if half_width is not None and other_half_width is not None:
        return "supported" if gap > 0 and gap >= hypot(half_width, other_half_width) else "nominal"
    return "supported" if metric.stated_error is not None else "nominal"


def states_error(metric: Metric, *measures: Measure) -> bool:
    """Whether the publisher states an error of the metric, or of one of the values; points have none."""
    return metric.exact or metric.stated_error is not None or any(measure.half_width is not None for measure in measures)


def error_between(metric: Metric, measure: Measure, other: Measure) -> float | None:
    """The error of the difference of two values, two readings of one entry too; None if none is published."""
    if metric.stated_error is not None:
        return metric.stated_error
    widths = [width for width in (measure.half_width, other.half_width) if width is not None]
    return hypot(*widths) if widths else None


def is_certain(metric: Metric, measure: Measure, other: Measure) -> bool:
    """Whether the order of two measured values is certain. Scores of a test without any error are in the order published."""
    if metric.nature is Nature.TESTED and metric.stated_error is measure.half_width is other.half_width is None:
        return measure.value != other.value
    return certainty(metric, measure, other) != "nominal"


def beyond_error(metric: Metric, measure: Measure, other: Measure) -> bool | None:
    """Whether the order of two measured values is certain by the published error; None if none is."""
    return certainty(metric, measure, other) != "nominal" if states_error(metric, measure, other) else None


def is_apart(metric: Metric, measure: Measure, other: Measure) -> bool:
    """Whether a picture may put two values in order: beyond the error or, if none is published, as published."""
    return is_certain(metric, measure, other) if states_error(metric, measure, other) else measure.value != other.value


def would_be_shown(diff: Diff, entry: EntryId, last: float | None) -> bool:
    """Whether an entry with that last known primary value must be visible in `diff.after` if it is still listed."""
    if diff.cap is not None or entry in diff.after.ambiguous:
        return False
    if diff.after.depth is None:
        return True
    primary = diff.board.primary
    return primary is not None and last is not None and surely_inside(diff.after, primary, last)


def may_have_fallen_out(diff: Diff, last: float | None) -> bool:
    """Whether an entry with that last known primary value may be below the last row of a chart or a top N of unchanged length."""
    primary = diff.board.primary
    if diff.before is None or len(diff.before.entries) != len(diff.after.entries) or primary is None or last is None:
        return False
    if primary.places:
        new = (value for entry, value in diff.after.values(primary.id).items() if entry not in diff.before.entries)
        return last + sum(value <= last for value in new) > len(diff.after.entries)
    return diff.is_top and not surely_inside(diff.after, primary, last)


def surely_inside(snapshot: StoredSnapshot, primary: Metric, value: float) -> bool:
    """Whether a value ranks above the lowest on a page of limited depth, by more than its interval."""
    shown = [entry.measures[primary.id] for entry in snapshot.entries.values() if primary.id in entry.measures]
    if not shown:
        return False
    floor = max(shown, key=lambda measure: primary.sort_key(measure.value))
    margin = max(primary.stated_error or 0.0, floor.half_width or 0.0)
    return primary.sort_key(value) < primary.sort_key(floor.value) - margin


def few_rows(rows: int) -> int:
    """The number of rows of a table that may be left out: 2 %, or one."""
    return max(1, int(_FEW_ROWS * rows))


def fallen(metric: Metric, before: Mapping[EntryId, float], after: Mapping[EntryId, float]) -> list[EntryId]:
    """The entries whose points fell, if points are expected to grow and few fell; none where falls are ordinary."""
    common = before.keys() & after.keys() if metric.accumulates else frozenset[EntryId]()
    fell = sorted(entry for entry in common if after[entry] < before[entry])
    return fell if len(fell) <= max(1, _FEW_FALL * len(common)) else []


def best_entry(metric: Metric, entries: Iterable[AnyEntry]) -> AnyEntry | None:
    """The entry with the best measured value; one with an estimate only if none is measured."""

    def order(entry: AnyEntry) -> tuple[bool, float, EntryId]:
        measure = entry.measures[metric.id]
        return measure.estimated, metric.sort_key(measure.value), entry.id

    return min((entry for entry in entries if metric.id in entry.measures), key=order, default=None)


def best(metric: Metric, values: Iterable[Measure]) -> Measure | None:
    """The best measured value; the best estimate only if nothing is measured."""
    return min(values, key=lambda measure: (measure.estimated, metric.sort_key(measure.value)), default=None)
