"""Whether two values of a metric lie farther apart than the error that its publisher states."""

from __future__ import annotations

from tracker.model import Measure, Metric
from tracker.order import certainty


def states_error(metric: Metric, one: Measure, other: Measure) -> bool:
    """Whether anything is known of the error between the two: a stated one, or an interval around both."""
    return metric.stated_error is not None or (one.half_width is not None and other.half_width is not None)


def apart(metric: Metric, one: Measure, other: Measure) -> bool:
    """Whether the gap exceeds the error, as for an overtake. False where no error is known."""
    return certainty(metric, one, other) != "nominal"


def behind(metric: Metric, one: Measure, other: Measure) -> bool:
    """Whether `one` is worse than `other` by more than the error."""
    return metric.better(other.value, one.value) and apart(metric, one, other)
