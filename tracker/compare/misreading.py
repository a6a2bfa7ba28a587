"""Values that look misread: yesterday's with digits added or their point moved, mostly lost, or far from all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.model import Board, BoardState, EntryId, Measure, Metric, MetricId, Nature, Snapshot
from tracker.order import fallen, few_rows
from tracker.wording import count, number

SCALES = (10, 100, 1000)
LEAST_DIGITS = 2
"""Digits below which 2 may well become 23."""
JUDGED = frozenset((Nature.TESTED, Nature.FITTED, Nature.LISTED))
LEAST_LOST = 100
"""Points below which an entry may well lose most of what it has."""
ENOUGH, SPREADS = 5, 5
"""With this number of values before, one that is further outside them than this many times their spread is far from all."""
_AGAIN = 0.1
"""Two readings of a value agree if they differ by no more than this share of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDoubt:
    """Why an entry's values wait for a second reading, and which they are."""

    why: str
    values: dict[MetricId, float] = field(default_factory=dict)


def doubts(board: Board, before: Snapshot, after: Snapshot, past: BoardState) -> dict[EntryId, RowDoubt]:
    """The entries with values that cannot be believed at once, unless the reading before showed the same.

    If most values moved so, it is a new scale instead.
    """
    doubted: dict[EntryId, RowDoubt] = {}
    for metric in board.metrics:
        if metric.nature not in JUDGED and not metric.accumulates:
            continue
        old, new = before.values(metric.id), after.values(metric.id)
        changed = [entry for entry, value in new.items() if old.get(entry) != value]
        if not changed:  # as on an ordinary day
            continue
        for entry, why in {**_outliers(metric, old, new, changed), **_misread(metric, before, after, changed)}.items():
            row = past.left_out.get(entry)
            seen = row.doubtful.get(metric.id) if row else None
            if seen is None or abs(new[entry] - seen) > _AGAIN * abs(seen):
                doubt = doubted.setdefault(entry, RowDoubt(why=f"{metric.title} of {after.entries[entry].name} {why}"))
                doubt.values[metric.id] = new[entry]
    return doubted


def too_many(doubted: Mapping[EntryId, RowDoubt], after: Snapshot) -> str | None:
    """None, or why more values are doubtful than a reading may leave out."""
    if len(doubted) <= few_rows(len(after.entries)):
        return None
    return f"{count(len(doubted), 'entry has', 'entries have')} doubtful values, such as {next(iter(doubted.values())).why}"


def _misread(metric: Metric, before: Snapshot, after: Snapshot, changed: Sequence[EntryId]) -> dict[EntryId, str]:
    old, new = before.values(metric.id), after.values(metric.id)
    far = [entry for entry in changed if entry in old and _is_far(old[entry], new[entry])]
    odd = [entry for entry in far if _looks_misread(*_pair(metric, before, after, entry))]
    few = 2 * len(odd) < len(old.keys() & new.keys())
    doubted = dict.fromkeys(odd if few else (), "has digits added or its decimal point moved")
    for entry in fallen(metric, old, new):
        if old[entry] >= LEAST_LOST and 2 * new[entry] < old[entry]:
            doubted[entry] = "fell to less than half while others grow"
    figures = {entry: f"{number(old[entry], metric)} is now {number(new[entry], metric)}" for entry in sorted(doubted)}
    return {entry: f"{doubted[entry]}: {text}" for entry, text in figures.items()}


def _outliers(
    metric: Metric, old: Mapping[EntryId, float], new: Mapping[EntryId, float], changed: Sequence[EntryId]
) -> dict[EntryId, str]:
    """Values that are new and far outside those that the board had."""
    if len(old) < ENOUGH or metric.places:
        return {}
    low, high = min(old.values()), max(old.values())
    far = SPREADS * (high - low)
    odd = (entry for entry in changed if not low - far <= new[entry] <= high + far)
    return {entry: f"is {new[entry]:g}, while all others were from {low:g} to {high:g}" for entry in odd} if far else {}


def _pair(metric: Metric, before: Snapshot, after: Snapshot, entry: EntryId) -> tuple[Measure, Measure]:
    return before.entries[entry].measures[metric.id], after.entries[entry].measures[metric.id]


def _is_far(old: float, new: float) -> bool:
    low, high = sorted((abs(old), abs(new)))
    return low > 0 and high >= 9.5 * low


def _looks_misread(old: Measure, new: Measure) -> bool:
    low, high = sorted((abs(old.value), abs(new.value)))
    if any(abs(high - low * scale) <= 1e-9 * high for scale in SCALES):
        return True
    was, now = f"{abs(old.value):.0f}", f"{abs(new.value):.0f}"
    return len(was) >= LEAST_DIGITS and now.startswith(was) and new.decimals == old.decimals == 0
