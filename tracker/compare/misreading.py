"""Values that look misread: yesterday's with digits of something else behind them, moved by a power of ten, or mostly lost."""

from __future__ import annotations

from tracker.model import Board, Measure, Metric, Nature, Snapshot
from tracker.order import fallen
from tracker.wording import count, number

SCALES = (10, 100, 1000)
LEAST_DIGITS = 2
"""Digits below which 2 may well become 23."""
JUDGED = frozenset((Nature.TESTED, Nature.FITTED, Nature.LISTED))
LEAST_LOST = 100
"""Points below which an entry may well lose most of what it has."""


def misread(board: Board, before: Snapshot, after: Snapshot) -> str | None:
    """None, or why some values of a metric cannot be believed at once. If most values moved so, it is a new scale instead."""
    for metric in board.metrics:
        if metric.nature not in JUDGED and not metric.accumulates:
            continue
        old, new = before.values(metric.id), after.values(metric.id)
        moved = [entry for entry, value in new.items() if entry in old and _is_far(old[entry], value)]
        pairs = [(before.entries[entry].measures[metric.id], after.entries[entry].measures[metric.id]) for entry in moved]
        odd = [pair for pair in pairs if _looks_misread(*pair)]
        if odd and 2 * len(odd) < len(old.keys() & new.keys()):
            return _reason(
                metric, *odd[0], f"{count(len(odd), 'value')} of {metric.title} with digits added or a decimal point moved"
            )
        lost = [entry for entry in fallen(metric, old, new) if old[entry] >= LEAST_LOST and 2 * new[entry] < old[entry]]
        if lost:
            was, now = (snapshot.entries[lost[0]].measures[metric.id] for snapshot in (before, after))
            return _reason(
                metric, was, now, f"{count(len(lost), 'value')} of {metric.title} fell to less than half while others grow"
            )
    return None


def _reason(metric: Metric, old: Measure, new: Measure, what: str) -> str:
    return f"{what}, such as {number(old.value, metric)} is now {number(new.value, metric)}"


def _is_far(old: float, new: float) -> bool:
    low, high = sorted((abs(old), abs(new)))
    return low > 0 and high >= 9.5 * low


def _looks_misread(old: Measure, new: Measure) -> bool:
    low, high = sorted((abs(old.value), abs(new.value)))
    if any(abs(high - low * scale) <= 1e-9 * high for scale in SCALES):
        return True
    was, now = f"{abs(old.value):.0f}", f"{abs(new.value):.0f}"
    return len(was) >= LEAST_DIGITS and now.startswith(was) and new.decimals == old.decimals == 0
