"""Who arrives on a board, and who can be compared for the first time; not in crowds, which are the publisher's doing."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.events import debut
from tracker.model import BoardState, Comparability, Diff, EntryId

_ENTERED = frozenset((debut.Grade.RELEASE, debut.Grade.LISTING, debut.Grade.LATE_LISTING))
_SAYS_NOTHING = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE, Comparability.APPEARED)


def arrivals(diff: Diff, past: BoardState) -> Mapping[EntryId, str]:
    """Entries never listed before, with the grade of their debut: `release`, `listing` or `late_listing`. Nobody on a day of mass arrivals."""
    if diff.before is None or not diff.arrived:
        return {}
    grades = dict(debut.arrivals(diff, past))
    if debut.crowd_of(diff, grades.items()):
        return {}
    return {entry: grade for entry, grade in grades.items() if grade in _ENTERED}


def newly_measured(diff: Diff, past: BoardState) -> Mapping[EntryId, str]:
    """Entries with their first measured value on the metric that ranks the board, with how they came to it.

    Besides the grades of `arrivals`: `first_score` for entries that were listed without a value, or
    with an estimate. Nobody while the field has lost its values, or where many are scored at once.
    """
    primary = diff.board.primary
    if primary is None or diff.before is None or primary.id in past.drifted:
        return {}
    verdict = diff.metrics[primary.id]
    if verdict.verdict in _SAYS_NOTHING:
        return {}
    fresh = diff.after.measured(primary.id).keys() - diff.before.measured(primary.id).keys()
    if not fresh:
        return {}
    entered = {entry: grade for entry, grade in arrivals(diff, past).items() if entry in fresh}
    return entered | dict.fromkeys(_first_scores(diff, past, fresh) if verdict.usable else (), debut.Grade.FIRST_SCORE)


def _first_scores(diff: Diff, past: BoardState, fresh: set[EntryId]) -> list[EntryId]:
    scored = sorted(entry for entry in fresh.intersection(diff.common) if not _was_measured(diff, past, entry))
    crowded = len(scored) >= debut.CROWD and len(scored) >= debut.CROWD_SHARE * len(diff.after.entries)
    return [] if crowded else scored


def _was_measured(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    known = past.known.get(diff.rekeyed.get(entry, entry))
    return known is not None and known.scored == "measured"
