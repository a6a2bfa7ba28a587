"""By how much: whether a figure in a sentence is that of the record, at the precision with which it was written."""

from __future__ import annotations

from tracker.claims._records import Amount
from tracker.model import Metric
from tracker.wording import number

_ABOUT = 0.1
"""`about 5` and `half` are right within a tenth."""


def agrees(amount: Amount, metric: Metric, one: float, other: float, *, priced: bool = False) -> tuple[bool, str]:
    """Whether the gap between the subject's value and the rival's is the amount, and the true figures in words.

    `priced`: the amount is what the subject costs as a share of the rival ("half the price of"). A percentage may be meant of the
    rival's value or, where the metric is itself in percent, in points; either reading will do.
    """
    true = _figures(amount, metric, one, other, priced=priced)
    words = " or ".join(f"{number(value)} {unit}" for value, unit in true) or "no such figure"
    return any(_is(amount, value) for value, _ in true), words


def _figures(amount: Amount, metric: Metric, one: float, other: float, *, priced: bool) -> list[tuple[float, str]]:
    percent = metric.percent_factor or 1.0
    if amount.unit == "points":
        return [(abs(one - other) * percent, "points")]
    if amount.unit == "percent":
        base = one if amount.base == "subject" else other
        relative = [(abs(one - other) / abs(base) * 100, "%")] if base else []
        return relative + ([(abs(one - other) * percent, "points")] if metric.percent_factor else [])
    top, bottom = (one, other) if priced or metric.higher_is_better else (other, one)
    return [(top / bottom, "times")] if bottom else []


def _is(amount: Amount, value: float) -> bool:
    if amount.bound == "least":
        return value >= amount.value
    if amount.bound == "most":
        return value <= amount.value
    if amount.bound == "about":
        return abs(value - amount.value) <= _ABOUT * amount.value
    half_a_digit: float = 0.5 * 10.0**-amount.decimals
    return abs(value - amount.value) <= half_a_digit + 1e-9
