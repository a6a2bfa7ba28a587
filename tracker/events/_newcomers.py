"""Whose value is new on a metric, crowds aside, and who moved: the causes of an overtake, a lead or a milestone."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from tracker.events import debut
from tracker.events._values import SAYS_NOTHING
from tracker.model import BoardState, Comparability, Diff, EntryId, Metric

WORDS: Mapping[str, str] = {
    "entry": "enters",
    "first_score": "gets its first score on",
    "measured": "is measured for the first time on",
    "re_entry": "is back on",
}
"""How an entry came to a value that it did not have before, as the verb of a headline."""
ARRIVALS = frozenset(("entry", "first_score", "measured"))
"""The ways to a value that can make news; a return cannot."""
_ENTERED = frozenset((debut.Grade.RELEASE, debut.Grade.LISTING, debut.Grade.LATE_LISTING))


def arrivals(diff: Diff, past: BoardState) -> Mapping[EntryId, str]:
    """Entries never listed before, with the grade of their debut: `release`, `listing` or `late_listing`. None in a crowd."""
    if diff.before is None or not diff.arrived:
        return {}
    grades = dict(debut.arrivals(diff, past))
    if debut.crowd_of(diff, grades.items()):
        return {}
    return {entry: grade for entry, grade in grades.items() if grade in _ENTERED}


def newly_measured(diff: Diff, past: BoardState) -> Mapping[EntryId, str]:
    """Entries with their first measured value on the metric that ranks the board, with how they came to it.

    Besides the grades of `arrivals`: `first_score` for entries that were listed without a value, or with an estimate. None while
    the field has lost its values, or if many are scored at once.
    """
    primary = diff.board.primary
    if primary is None or diff.before is None or primary.id in past.drifted:
        return {}
    verdict = diff.metrics[primary.id]
    if verdict.verdict in (*SAYS_NOTHING, Comparability.APPEARED):
        return {}
    fresh = diff.after.measured(primary.id).keys() - diff.before.measured(primary.id).keys()
    if not fresh:
        return {}
    entered = {entry: grade for entry, grade in arrivals(diff, past).items() if entry in fresh}
    return entered | dict.fromkeys(_first_scores(diff, past, fresh) if verdict.usable else (), debut.Grade.FIRST_SCORE)


def _first_scores(diff: Diff, past: BoardState, fresh: set[EntryId]) -> list[EntryId]:
    known = {entry: past.known.get(diff.rekeyed.get(entry, entry)) for entry in fresh.intersection(diff.common)}
    scored = sorted(entry for entry, record in known.items() if record is None or record.scored != "measured")
    return [] if debut.is_crowd(diff, len(scored)) else scored


def newcomers(diff: Diff, past: BoardState, metric: Metric) -> dict[EntryId, str]:
    """`arrivals_among` all entries that have a measured value and had none."""
    had = diff.before.measured(metric.id) if diff.before else {}
    return arrivals_among(diff.after.measured(metric.id).keys() - had.keys(), diff, past, metric)


def arrivals_among(entries: AbstractSet[EntryId], diff: Diff, past: BoardState, metric: Metric) -> dict[EntryId, str]:
    """The entries whose value is new, with how they came to it (keys of `WORDS`). All must have a measured value, and had none.

    Left out are entries that may have had it before, unseen: below the depth, behind a suspected cut, back before their departure
    was reported, withdrawn for a while, or in a field that had lost its values.
    """
    if diff.before is None or metric.id in past.drifted:
        return {}
    ways = {entry: _arrival(diff, past, entry) for entry in entries & set(diff.arrived)}
    ways |= {entry: _first(diff, past, metric, entry) for entry in entries & diff.before.entries.keys()}
    return {entry: way for entry, way in ways.items() if way}


def _arrival(diff: Diff, past: BoardState, entry: EntryId) -> str:
    known = past.known.get(entry)
    if known is not None:
        return "re_entry" if known.departed else ""
    return "" if debut.behind_the_cut(diff, past, entry) else "entry"


def _first(diff: Diff, past: BoardState, metric: Metric, entry: EntryId) -> str:
    assert diff.before is not None
    known = past.known.get(entry) or past.known.get(diff.rekeyed.get(entry, entry))
    if metric.primary and known is not None and known.scored == "measured":
        return ""
    return "measured" if metric.id in diff.before.entries[entry].measures else "first_score"


def moved(diff: Diff, metric: Metric, *, up: bool) -> set[EntryId]:
    """Entries whose measured value surely moved to the better (or the worse), beyond precision and the board's common drift."""
    return {
        entry
        for entry, move in diff.metrics[metric.id].moves.items()
        if move.shift and (metric.sort_key(move.shift) < 0) is up
        if not (move.before.estimated or move.after.estimated or move.unsure_origin)
    }
