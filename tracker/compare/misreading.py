"""Values that look misread: yesterday's with digits of something else behind them, or moved by a power of ten."""

from __future__ import annotations

from tracker.model import Board, Measure, Metric, Nature, Snapshot
from tracker.wording import count, number

SCALES = (10, 100, 1000)
LEAST_DIGITS = 2
"""Significant digits below which 2 may well become 20, or 23."""
JUDGED = frozenset((Nature.TESTED, Nature.FITTED))


def misread(board: Board, before: Snapshot, after: Snapshot) -> str | None:
    """None, or why some values of a metric cannot be believed at once. If most values moved so, it is a new scale instead."""
    for metric in board.metrics:
        if metric.nature not in JUDGED and not metric.accumulates:
            continue
        old, new = before.values(metric.id), after.values(metric.id)
        moved = [entry for entry, value in new.items() if entry in old and _is_far(old[entry], value)]
        pairs = [(before.entries[entry].measures[metric.id], after.entries[entry].measures[metric.id]) for entry in moved]
        odd = [pair for pair in pairs if _looks_misread(*pair, counted=metric.accumulates)]
        if odd and 2 * len(odd) < len(old.keys() & new.keys()):
            return _reason(metric, *odd[0], len(odd))
    return None


def _reason(metric: Metric, old: Measure, new: Measure, odd: int) -> str:
    example = f"{number(old.value, metric)} is now {number(new.value, metric)}"
    return f"{count(odd, 'value')} of {metric.title} with digits added or a decimal point moved, such as {example}"


def _is_far(old: float, new: float) -> bool:
    low, high = sorted((abs(old), abs(new)))
    return low > 0 and high >= 9.5 * low


def _looks_misread(old: Measure, new: Measure, *, counted: bool) -> bool:
    """Whether a value moved by a power of ten or got more digits behind it; or lost some, if values are counted upwards."""
    if len(_digits(old)) < LEAST_DIGITS:
        return False
    less, more = sorted((old, new), key=lambda measure: abs(measure.value))
    low, high = abs(less.value), abs(more.value)
    moved = any(abs(high - low * scale) <= 1e-9 * high for scale in SCALES)
    digits_count = new.decimals == old.decimals == 0 and (more is new or (counted and len(_digits(new)) >= LEAST_DIGITS))
    return moved or (digits_count and _digits(more).startswith(_digits(less)))


def _digits(measure: Measure) -> str:
    """The significant digits as published, without zeros at either end."""
    return f"{abs(measure.value):.{measure.decimals}f}".replace(".", "").strip("0")
