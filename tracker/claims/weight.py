"""How two measures of one metric stand to each other: above, below, or too near to tell. Symmetric: turned round it says the reverse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tracker.model import Measure, Metric, Nature
from tracker.order import certainty
from tracker.wording import difference

SPREAD_SHARE = 0.02
"""Share of the board's spread that stands for an error where none is stated (as for refits, docs/decisions/0003-comparability.md)."""
ESTIMATE_FACTOR = 3.0
"""So many times the error must lie between two values of which one is an estimate: how far it may be off is not published."""


class Order(StrEnum):
    """How the first stands to the second."""

    ABOVE = "above"
    BELOW = "below"
    NEAR = "near"

    @property
    def reverse(self) -> Order:
        """How the second stands to the first."""
        return {Order.ABOVE: Order.BELOW, Order.BELOW: Order.ABOVE, Order.NEAR: Order.NEAR}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """The order of two values and why. `gap` is positive where the first is better. `error` is what was asked of it, None for facts."""

    order: Order
    gap: float
    error: float | None
    why: str
    caveats: tuple[str, ...] = ()


def weigh(metric: Metric, one: Measure, other: Measure, spread: float) -> Weight:
    """The order of two values in one snapshot. `spread` is that of the metric's values there.

    Facts (prices, context) stand as listed. Scores need a gap beyond the error, by the rule of docs/decisions/0004-overtakes.md;
    where no error is stated, beyond 2 % of the spread; where one of them is an estimate, beyond three times as much.
    """
    gap = one.value - other.value if metric.higher_is_better else other.value - one.value
    if metric.nature in (Nature.LISTED, Nature.LIVE):
        return Weight(order=_order(gap), gap=gap, error=None, why="the same value" if gap == 0 else "as listed")
    error, what = _error(metric, one, other, spread)
    caveats = (
        [f"the board states no error; a gap of {difference(error, metric)} (2 % of the spread) was asked for"]
        if what == "spread"
        else []
    )
    if one.estimated or other.estimated:
        caveats.append("one of the values is an estimate of the publisher, not a measurement" if one.estimated != other.estimated else "both values are estimates of the publisher, not measurements")  # fmt: skip
        sure = abs(gap) > ESTIMATE_FACTOR * error
        why = f"beyond {ESTIMATE_FACTOR:g} times the error of {difference(error, metric)}" if sure else f"within {ESTIMATE_FACTOR:g} times the error of {difference(error, metric)}, and an estimate is among them"  # fmt: skip
    else:
        sure = certainty(metric, one, other) != "nominal" if what != "spread" else abs(gap) > error
        why = (
            f"{'beyond' if sure else 'within'} the error of {difference(error, metric)}"
            if what != "spread"
            else "by values that state no error"
        )
    return Weight(
        order=_order(gap) if sure else Order.NEAR,
        gap=gap,
        error=error,
        why=why if gap else "the same value",
        caveats=tuple(caveats),
    )


def _order(gap: float) -> Order:
    return Order.ABOVE if gap > 0 else Order.BELOW if gap < 0 else Order.NEAR


def _error(metric: Metric, one: Measure, other: Measure, spread: float) -> tuple[float, str]:
    """The gap that two values need, and whether it is stated or taken from the spread."""
    widths = [measure.half_width for measure in (one, other) if measure.half_width is not None]
    joint = sum(width * width for width in widths) ** 0.5
    if len(widths) == 2 or metric.stated_error is not None:
        return max(joint if len(widths) == 2 else 0.0, metric.stated_error or 0.0), "stated"
    return max(SPREAD_SHARE * spread, joint), "spread"


def spread(values: Iterable[float]) -> float:
    """From the lowest to the highest value; 0 for fewer than two."""
    every = list(values)
    return max(every) - min(every) if every else 0.0
