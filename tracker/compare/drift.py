"""The common drift of a board: a refit moves every value a little, a re-base moves them all together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from statistics import median

from tracker.model import Measure, Metric, Nature
from tracker.order import error_between
from tracker.wording import number

_ENOUGH_FOR_SHIFT = 8
_ENOUGH_FOR_SLOPE = 30
FALLBACK_HALF_WIDTH = 0.02
"""Share of the board's spread that replaces an interval if none is published (a refit moved 0.001–0.02 of it)."""
_ONE_SIDED = 0.9
_SHIFT_IN_HALF_WIDTHS = 0.5
_OF_TWO = 2**0.5
"""The error of the difference between two values of one error. A stretch that moves half the values less is within it."""
_STEADY = frozenset((Nature.TESTED, Nature.FITTED, Nature.LISTED))
_HALF = 0.5
"""This share of the values by more than this share of their error: a refit or a new run moves most values far less."""
_FREE = 0.04
"""Without a published error, a value is free to move by this share of the spread; a listed one by this share of itself."""
_LOST_ORDER = 0.2
"""Below this slope the values no longer follow the former ones (a refit keeps the rank correlation above 0.996)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """after ≈ intercept + slope · before; `rebase` is the reason why it is more than a refit, empty if it is not."""

    intercept: float = 0.0
    slope: float = 1.0
    rebase: str = ""

    def shift(self, before: float, after: float) -> float:
        """What is left of a move without the common drift."""
        return after - (self.intercept + self.slope * before)


def fit(pairs: Sequence[tuple[float, float]], half_widths: Sequence[float]) -> Drift:
    """Fit the common drift of (before, after) values robustly: medians, so that a few true moves do not bend it.

    The slope is the median over pairs half a board apart (incomplete Theil–Sen), the intercept the median of what the slope
    leaves. Fewer than 8 common values show no drift, fewer than 30 no slope.
    """
    if len(pairs) < _ENOUGH_FOR_SHIFT:
        return Drift()
    ordered = sorted(pairs)
    spread = ordered[-1][0] - ordered[0][0]
    half_width = median(half_widths) if half_widths else FALLBACK_HALF_WIDTH * spread
    slope = _slope(ordered)
    intercept = median(after - slope * before for before, after in ordered)
    return Drift(intercept=intercept, slope=slope, rebase=_rebase(ordered, slope, half_width))


def moved_apart(metric: Metric, pairs: Sequence[tuple[Measure, Measure]]) -> int:
    """The number of values that moved by more than half their error, beside any common drift; 0 unless most did.

    The page of another ranking of the same models differs so. Metrics whose values may well do so are not judged.
    """
    pairs = [pair for pair in pairs if not (pair[0].estimated or pair[1].estimated)] if metric.nature in _STEADY else []
    if len(pairs) < _ENOUGH_FOR_SHIFT or metric.volatile:
        return 0
    values, errors = _with_errors(metric, pairs)
    if _far((after - before for before, after in values), errors) < _HALF * len(values):
        return 0
    slope = _slope(sorted(values), _ENOUGH_FOR_SHIFT)
    left = [after - slope * before for before, after in values]
    middle = median(left)
    apart = _far((shift - middle for shift in left), errors)
    return apart if apart >= _HALF * len(values) else 0


def _with_errors(metric: Metric, pairs: Sequence[tuple[Measure, Measure]]) -> tuple[list[tuple[float, float]], list[float]]:
    """Values before and after, and the largest move of each that means nothing; of listed ones the logarithms."""
    if metric.nature is Nature.LISTED:
        logs = [(log(before.value), log(after.value)) for before, after in pairs if before.value > 0 < after.value]
        return logs, [log(1 + _FREE)] * len(logs)
    values = [(before.value, after.value) for before, after in pairs]
    free = _FREE * (max(values)[0] - min(values)[0]) if values else 0.0
    errors = (error_between(metric, *pair) for pair in pairs)
    return values, [free if error is None else error for error in errors]


def _far(shifts: Iterable[float], errors: Sequence[float]) -> int:
    return sum(abs(shift) > _HALF * error for shift, error in zip(shifts, errors, strict=True))


def _slope(ordered: Sequence[tuple[float, float]], enough: int = _ENOUGH_FOR_SLOPE) -> float:
    if len(ordered) < enough:
        return 1.0
    apart = zip(ordered, ordered[len(ordered) // 2 :], strict=False)
    slopes = [(high[1] - low[1]) / (high[0] - low[0]) for low, high in apart if high[0] > low[0]]
    return median(slopes) if slopes else 1.0


def _rebase(pairs: Sequence[tuple[float, float]], slope: float, half_width: float) -> str:
    values, shifts = [before for before, _ in pairs], [after - before for before, after in pairs]
    middle, center = median(shifts), median(values)
    one_way = sum((shift > 0) == (middle > 0) and shift != 0 for shift in shifts) / len(shifts)
    if middle and one_way >= _ONE_SIDED and abs(middle) >= _SHIFT_IN_HALF_WIDTHS * half_width:
        return f"{one_way:.0%} of the values {'rose' if middle > 0 else 'fell'}, by {number(abs(middle))} in the median"
    if slope < _LOST_ORDER:
        return "the values no longer follow the former ones"
    displaced = median(abs(slope - 1) * abs(before - center) for before in values)
    if displaced >= max(_OF_TWO * half_width, 1e-12):
        return f"the scale was stretched by a factor of {number(slope)}"
    return ""
