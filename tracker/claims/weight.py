"""Two measures of one metric: above, below, or too near to decide, and by how much. Swapped sides get the reverse order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

from msgspec import Struct

from tracker.claims._records import Amount
from tracker.model import Measure, Metric, Nature, Snapshot
from tracker.order import certainty
from tracker.wording import difference, number

SPREAD_SHARE = 0.02
"""Share of the board's spread taken as the error if none is stated (as for refits, docs/decisions/0003-comparability.md)."""
ESTIMATE_FACTOR = 3.0
"""How many times the error must lie between two values if one is an estimate: how far it may be off is not published."""
WIDE = 3.0
"""A gap of three errors is a lot, or one of facts of a third of the higher; a smaller one is a little."""
_ABOUT = 0.1
"""`about 5` and `half` are right within a tenth."""


class Order(StrEnum):
    """How the first compares with the second."""

    ABOVE = "above"
    BELOW = "below"
    NEAR = "near"

    @property
    def reverse(self) -> Order:
        """How the second compares with the first."""
        return {Order.ABOVE: Order.BELOW, Order.BELOW: Order.ABOVE, Order.NEAR: Order.NEAR}[self]


class Weight(Struct, frozen=True, kw_only=True):
    """The order of two values and why. `gap` is positive if the first is better. `error` is the gap required, None for facts.

    `wide` is the gap that is a lot: three errors, or a third of the higher fact.
    """

    order: Order
    gap: float
    error: float | None
    wide: float
    why: str
    caveats: tuple[str, ...] = ()

    def agrees(self, degree: str) -> bool:
        """Whether the gap is as wide as a word of degree says: `strong`, `weak`, or none."""
        return not degree or (abs(self.gap) >= self.wide if degree == "strong" else abs(self.gap) <= self.wide)


def weigh(metric: Metric, measure: Measure, other: Measure, spread: float) -> Weight:
    """The order of two values in one snapshot. `spread` is that of the metric's values there.

    Facts (prices, context, points) are compared as listed. Scores need a gap beyond the error, by the rule of
    docs/decisions/0004-overtakes.md; if no error is stated, beyond 2 % of the spread; if one is an estimate, beyond three errors.
    """
    gap = measure.value - other.value if metric.higher_is_better else other.value - measure.value
    nominal = Order.ABOVE if gap > 0 else Order.BELOW if gap < 0 else Order.NEAR
    if metric.nature in (Nature.LISTED, Nature.LIVE, Nature.POINTS):
        wide = max(abs(measure.value), abs(other.value)) / WIDE
        return Weight(order=nominal, gap=gap, error=None, wide=wide, why="as listed" if gap else "the same value")
    error, stated = _error(metric, measure, other, spread)
    asked = difference(error, metric)
    caveats = [] if stated else [f"the board states no error; a gap of {asked} (2 % of the spread) was asked for"]
    if measure.estimated and other.estimated:
        caveats.append("both values are estimates of the publisher, not measurements")
    elif measure.estimated or other.estimated:
        caveats.append("one of the values is an estimate of the publisher, not a measurement")
    if measure.estimated or other.estimated:
        sure = abs(gap) > ESTIMATE_FACTOR * error
        needed = f"{ESTIMATE_FACTOR:g} times the error of {asked}"
        why = f"beyond {needed}" if sure else f"within {needed}, and an estimate is among them"
    elif stated:
        sure = certainty(metric, measure, other) != "nominal"
        why = f"{'beyond' if sure else 'within'} the error of {asked}"
    else:
        sure, why = abs(gap) > error, "though no error margin is published"
    order = nominal if sure else Order.NEAR
    why = why if gap else "the same value"
    return Weight(order=order, gap=gap, error=error, wide=WIDE * error, why=why, caveats=tuple(caveats))


def _error(metric: Metric, measure: Measure, other: Measure, spread: float) -> tuple[float, bool]:
    """The gap that two values need, and whether the error is stated or taken from the spread."""
    widths = [width for width in (measure.half_width, other.half_width) if width is not None]
    joint = sum(width * width for width in widths) ** 0.5
    if len(widths) == 2 or metric.stated_error is not None:
        return max(joint if len(widths) == 2 else 0.0, metric.stated_error or 0.0), True
    return max(SPREAD_SHARE * spread, joint), False


def spread_in(snapshot: Snapshot, metric: Metric) -> float:
    """How far the metric's values in a snapshot are apart."""
    return spread(measure.value for measure in snapshot.measures(metric.id).values())


def spread(values: Iterable[float]) -> float:
    """From the lowest to the highest value; 0 for fewer than two."""
    ordered = sorted(values)
    return ordered[-1] - ordered[0] if ordered else 0.0


def agrees(amount: Amount, metric: Metric, subject: float, rival: float, *, priced: bool = False) -> tuple[bool, str]:
    """Whether the gap between the subject's value and the rival's is the amount, and the true figures in words.

    `priced`: the amount is the subject's price as a share of the rival's ("half the price of"). A percentage may refer to the
    rival's value or, if the metric is itself in percent, to points; either reading is accepted.
    """
    figures = _figures(amount, metric, subject, rival, priced=priced)
    true = " or ".join(f"{number(value)} {unit}" for value, unit in figures) or "no such figure"
    if any(matches(amount, value) for value, _ in figures):
        return True, f"the figure is right ({true})"
    return False, f"it is not {amount.text} but {true}"


def _figures(amount: Amount, metric: Metric, subject: float, rival: float, *, priced: bool) -> list[tuple[float, str]]:
    points = (abs(subject - rival) * (metric.percent_factor or 1.0), "points")
    if amount.unit == "points":
        return [points]
    if amount.unit == "percent":
        base = subject if amount.base == "subject" else rival
        relative = [(abs(subject - rival) / abs(base) * 100, "%")] if base else []
        return [*relative, points] if metric.percent_factor else relative
    top, bottom = (subject, rival) if priced or metric.higher_is_better else (rival, subject)
    return [(top / bottom, "times")] if bottom else []


def matches(amount: Amount, value: float) -> bool:
    """Whether a value is the figure, or lies on the side of it that is claimed."""
    gap, half_a_digit = abs(value - amount.value), 0.5 * 10.0**-amount.decimals
    bounds = {
        "over": value > amount.value,
        "under": value < amount.value,
        "least": value >= amount.value,
        "most": value <= amount.value,
        "about": gap <= _ABOUT * amount.value,
    }
    return bounds.get(amount.bound, gap <= half_a_digit + 1e-9)


def holds(amount: Amount, metric: Metric, measure: Measure) -> bool:
    """Whether a value is the figure, or on the claimed side of it. A live figure, which moves daily, may be a tenth off."""
    value = measure.value * ((metric.percent_factor or 1) if amount.value > 1 else 1)
    about = metric.nature is Nature.LIVE and not amount.bound
    return matches(replace(amount, bound="about") if about else amount, value)
