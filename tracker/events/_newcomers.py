"""Whose value is new on a metric, and who moved by themselves: the causes that an overtake, a lead or a milestone can have."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from tracker.model import BoardState, Diff, EntryId, EntryRecord, Measure, Metric
from tracker.order import surely_inside

WORDS: Mapping[str, str] = {
    "entry": "enters",
    "first_score": "gets its first score on",
    "measured": "is measured for the first time on",
    "re_entry": "is back on",
}
"""How an entry came to a value that it did not have before, as a sentence says it."""


def newcomers(diff: Diff, past: BoardState, metric: Metric) -> dict[EntryId, str]:
    """`arrivals_among` all entries that have a measured value and had none."""
    had = diff.before.measured(metric.id) if diff.before else {}
    return arrivals_among(diff.after.measured(metric.id).keys() - had.keys(), diff, past, metric)


def arrivals_among(entries: AbstractSet[EntryId], diff: Diff, past: BoardState, metric: Metric) -> dict[EntryId, str]:
    """Of entries that have a measured value and had none those whose value is new, with how they came to it (the keys of `WORDS`).

    Not those that may have had it before, unseen: below the depth, behind a suspected cut, back
    without having been told as gone, withdrawn for a while, or in a field that had lost its values.
    """
    if diff.before is None or metric.id in past.drifted:
        return {}
    found = {entry: _arrival(diff, past, entry) for entry in entries & set(diff.arrived)}
    found |= {entry: _first(diff, past, metric, entry) for entry in entries & diff.before.entries.keys()}
    return {entry: how for entry, how in found.items() if how}


def has_value(measure: Measure | None) -> bool:
    """Whether there is a value, and a measured one."""
    return measure is not None and not measure.estimated


def _arrival(diff: Diff, past: BoardState, entry: EntryId) -> str:
    known = past.known.get(entry)
    if known is not None:
        return "re_entry" if known.departed else ""
    return "" if _behind_the_cut(diff, past, entry) else "entry"


def _behind_the_cut(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    """Whether it may have stood on the board before, where a page that seemed cut off did not show it."""
    primary, before = diff.board.primary, diff.before
    if past.capped_at is None or before is None:
        return False
    measure = diff.after.entries[entry].measures.get(primary.id) if primary else None
    return primary is None or measure is None or not surely_inside(before, primary, measure.value)


def _first(diff: Diff, past: BoardState, metric: Metric, entry: EntryId) -> str:
    assert diff.before is not None
    if metric.primary and _was_measured(known_as(diff, past, entry)):
        return ""
    return "measured" if metric.id in diff.before.entries[entry].measures else "first_score"


def _was_measured(known: EntryRecord | None) -> bool:
    return known is not None and known.scored == "measured"


def known_as(diff: Diff, past: BoardState, entry: EntryId) -> EntryRecord | None:
    """What is remembered of an entry, also where it had another key until now."""
    return past.known.get(entry) or past.known.get(diff.rekeyed.get(entry, entry))


def moved(diff: Diff, metric: Metric, *, up: bool) -> set[EntryId]:
    """Entries whose measured value moved to the better (or the worse), beyond precision and the common drift of the board."""
    return {
        entry
        for entry, move in diff.metrics[metric.id].moves.items()
        if (metric.sort_key(move.shift) < 0) is up and has_value(move.before) and has_value(move.after) and move.shift
    }


def drifted_value(diff: Diff, metric: Metric, value: float) -> float:
    """An earlier value as it would stand now, the common drift of a fitted board added."""
    verdict = diff.metrics[metric.id]
    return verdict.intercept + verdict.slope * value


def undrifted_value(diff: Diff, metric: Metric, value: float) -> float:
    """A present value as it would have stood before, the common drift of a fitted board taken out."""
    verdict = diff.metrics[metric.id]
    return (value - verdict.intercept) / verdict.slope if verdict.slope else value
