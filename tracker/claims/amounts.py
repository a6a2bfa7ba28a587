"""By how much: whether a figure in a sentence is that of the record, at the precision with which it was written."""

from __future__ import annotations

from tracker.claims._records import Amount
from tracker.model import Metric
from tracker.wording import number

_ABOUT = 0.1
"""`about 5` and `half` are right within a tenth."""


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
    match amount.bound:
        case "over":
            return value > amount.value
        case "under":
            return value < amount.value
        case "least":
            return value >= amount.value
        case "most":
            return value <= amount.value
        case "about":
            return abs(value - amount.value) <= _ABOUT * amount.value
        case _:
            half_a_digit: float = 0.5 * 10.0**-amount.decimals
            return abs(value - amount.value) <= half_a_digit + 1e-9
