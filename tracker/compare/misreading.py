"""Values that look misread: yesterday's with digits added or their point moved, mostly lost, or far from all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tracker.compare.nameless import nameless, namesakes, repeated, respelt
from tracker.model import Board, BoardState, Entry, EntryId, LeftOut, Measure, Metric, MetricId, Nature, Snapshot
from tracker.order import fallen, few_rows
from tracker.wording import count, number

SCALES = (10, 100, 1000)
LEAST_DIGITS = 2
"""Digits below which 2 may well become 23."""
SCORES = frozenset((Nature.TESTED, Nature.FITTED))
JUDGED = SCORES | {Nature.LISTED}
LEAST_LOST = 100
"""Points below which an entry may well lose most of what it has."""
ENOUGH, SPREADS = 5, 5
"""With this number of values before, one that is further outside them than this many times their spread is far from all."""
MANY = 20
"""Values whose spread says how far one may move."""
_WHOLE = 100
_AGAIN = 0.1
"""Two readings of a value agree if they differ by no more than this share of it."""
_JUMP = 0.5
"""A share of the spread of all scores that one score hardly moves at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDoubt:
    """Why an entry's values wait for a second reading, and which they are; none if it is not an entry by its name.

    `repeats`: another row is its entry.
    """

    why: str
    values: dict[MetricId, float | None] = field(default_factory=dict)
    repeats: bool = False


def doubts(board: Board, before: Snapshot, after: Snapshot, past: BoardState) -> dict[EntryId, RowDoubt]:
    """The entries with values that cannot be believed at once, unless the reading before showed the same; names never are.

    If most values moved so, it is a new scale instead.
    """
    doubted = {entry: RowDoubt(why=why) for entry, why in nameless(board, before, after, past).items()}
    doubted |= {entry: RowDoubt(why=why, repeats=True) for entry, why in respelt(board, before, after, past).items()}
    nobody = frozenset(doubted)
    if (primary := board.primary) is not None:
        twice = repeated(board, before, after)
        for entry, why in {**namesakes(before, after), **twice}.items():
            row, value = past.left_out.get(entry), after.values(primary.id).get(entry)
            if entry not in nobody and (row is None or primary.id not in row.doubtful):
                doubted[entry] = RowDoubt(why=why, values={primary.id: value}, repeats=entry in twice)
    for metric in board.metrics:
        if metric.nature not in JUDGED and not metric.accumulates:
            continue
        old, new = before.values(metric.id), after.values(metric.id)
        changed = [entry for entry, value in new.items() if old.get(entry) != value]
        wide = _wide(metric, before, after) if metric.plus_minus or metric.low else {}
        wide |= _guessed(metric, before, after) if metric.primary else {}
        if not (changed or wide) and old.keys() <= new.keys():  # as on an ordinary day
            continue
        jumps = {**wide, **_jumps(metric, old, new, changed)}
        found = {**_outliers(metric, old, new, changed), **_out_of_kind(metric, old, new, changed), **jumps}
        found |= _withdrawn(metric, before, after)
        for entry, why in {**found, **_misread(metric, before, after, changed)}.items():
            if entry in nobody:
                continue
            row, value = past.left_out.get(entry), new.get(entry)
            if row is None or metric.id not in row.doubtful or not _agree(row.doubtful[metric.id], value):
                doubt = doubted.setdefault(entry, RowDoubt(why=f"{metric.title} of {after.entries[entry].name} {why}"))
                doubt.values[metric.id] = value
    return doubted


def _agree(seen: float | None, value: float | None) -> bool:
    """Whether two readings of a value, or of none, are the same."""
    if seen is None or value is None:
        return seen is value
    return abs(value - seen) <= _AGAIN * abs(seen)


def read_again(after: Snapshot, past: BoardState) -> dict[EntryId, LeftOut]:
    """The rows that were left out until now, with those of their doubtful values that are still the same."""
    rows = {entry: row for entry, row in past.left_out.items() if entry in after.entries}
    return {
        entry: replace(row, doubtful={metric: seen for metric, seen in row.doubtful.items() if _agree(seen, _value(now, metric))})
        for entry, row in rows.items()
        for now in (after.entries[entry],)
    }


def _value(entry: Entry, metric: MetricId) -> float | None:
    return entry.measures[metric].value if metric in entry.measures else None


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


def _out_of_kind(
    metric: Metric, old: Mapping[EntryId, float], new: Mapping[EntryId, float], changed: Sequence[EntryId]
) -> dict[EntryId, str]:
    """Shares above 100 %, and prices near 0, of listed entries on boards that never had such a value."""
    moved = [entry for entry in changed if entry in old]
    if len(old) < ENOUGH or not moved:
        return {}
    if metric.unit == "%" and metric.nature in SCORES and max(old.values()) <= _WHOLE:
        return {entry: f"is {new[entry]:g} %, above {_WHOLE} %" for entry in moved if new[entry] > _WHOLE}
    least = min(old.values())
    if metric.topic == "price" and metric.nature is Nature.LISTED and least > 0:
        return {entry: f"is {number(new[entry], metric)}, far below all others" for entry in moved if new[entry] < _AGAIN * least}
    return {}


def _jumps(
    metric: Metric, old: Mapping[EntryId, float], new: Mapping[EntryId, float], changed: Sequence[EntryId]
) -> dict[EntryId, str]:
    """Scores that moved as far as half of the others are apart, and by a tenth of their own, while most did not.

    A score that was far out of the others may come back. Among the others, one may move as far if they are few, or if the metric
    does not rank the board. Points have to double.
    """
    if len(old) < ENOUGH or not (metric.nature in SCORES or metric.accumulates) or old.keys().isdisjoint(changed):
        return {}
    ordered, odd, is_tame = sorted(old.values()), [], metric.primary and not metric.accumulates and len(old) >= MANY
    least = 1.0 if metric.accumulates else _AGAIN
    for entry in (entry for entry in changed if entry in old):
        was, now = old[entry], new[entry]
        low, high = ordered[was == ordered[0]], ordered[-2 if was == ordered[-1] else -1]
        far = _JUMP * (high - low)
        was_out, is_out = (not low - far < value < high + far for value in (was, now))
        if abs(now - was) >= max(far, least * abs(was)) and far and (is_out or (is_tame and not was_out)):
            odd.append(entry)
    few = 2 * len(odd) < len(old.keys() & new.keys())
    return {entry: f"jumped from {number(old[entry], metric)} to {number(new[entry], metric)}" for entry in odd if few}


def _wide(metric: Metric, before: Snapshot, after: Snapshot) -> dict[EntryId, str]:
    """Scores with an error that became larger than all scores are apart, and than ten times what it was."""
    was, now, values = before.measures(metric.id), after.measures(metric.id), before.values(metric.id).values()
    spread, wide = max(values, default=0.0) - min(values, default=0.0), {}
    for entry in was.keys() & now.keys():
        old, new = was[entry].half_width, now[entry].half_width
        if old and new and new > max(spread, 10 * old):
            wide[entry] = f"has an error of {number(new, metric)}, which was {number(old, metric)}"
    return wide


def _guessed(metric: Metric, before: Snapshot, after: Snapshot) -> dict[EntryId, str]:
    """Measured scores that are estimates now, if they are few: it may be a stray mark in a cell."""
    was, now = before.measures(metric.id), after.measures(metric.id)
    guessed = [entry for entry, measure in now.items() if measure.estimated and entry in was and not was[entry].estimated]
    few = len(guessed) <= few_rows(len(after.entries))
    return {entry: f"is an estimate, and was measured: {number(was[entry].value, metric)}" for entry in guessed} if few else {}


def _withdrawn(metric: Metric, before: Snapshot, after: Snapshot) -> dict[EntryId, str]:
    """Scores that are gone, if they are few: then it may be the fault of a row, otherwise it is the publisher's decision."""
    if not metric.primary:
        return {}
    old, new = before.measured(metric.id), after.values(metric.id)
    gone = [entry for entry in old if entry in after.entries and entry not in new]
    few = len(gone) <= few_rows(len(after.entries))
    return {entry: f"is gone: it was {number(old[entry], metric)}" for entry in gone} if few else {}


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
