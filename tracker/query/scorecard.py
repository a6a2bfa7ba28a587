"""How news turned out: held, reversed, corrected by the publisher, or withdrawn, by kind and grade.

Source: docs/reference/scorecard.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.events import KINDS
from tracker.model import BoardId, Correction, EntryId, Event, Party

HORIZON = timedelta(days=30)
"""News is graded by what followed within this time."""
_DECIDED = frozenset(("overtake", "new_leader", "debut", "departure", "price_change", "rank_move"))
"""The kinds that a later event can contradict; of others nothing shows that they held."""
_UNSURE = ("nominal", "unsure_origin", "sustained")
"""Grades of overtakes that reverse nothing: the order may be as before, or is as stated."""


class NewsOutcome(StrEnum):
    """What became of news. `open`: nothing contradicts it, but the board was not read for the whole time, or nothing could."""

    HELD = "held"
    REVERSED = "reversed"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindScore:
    """The number of news events of a kind and grade by their outcome."""

    kind: str
    grade: str
    counts: Mapping[NewsOutcome, int]

    @property
    def precision(self) -> float | None:
        """The share of those decided that held, 0–1; None if none is decided."""
        decided = sum(self.counts.values()) - self.counts[NewsOutcome.OPEN]
        return self.counts[NewsOutcome.HELD] / decided if decided else None


def scores(
    events: Mapping[BoardId, Sequence[Event]],
    corrections: Iterable[Correction],
    newest: Mapping[BoardId, datetime],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[KindScore, ...]:
    """The scores of the news that happened in a period, by kind and grade.

    `events` are all of each board, also later ones; `newest` is its last reading. Troubles of boards are left out.
    """

    def counts(event: Event) -> bool:
        in_time = (since is None or event.until >= since) and (until is None or event.until < until)
        return event.is_news and in_time and event.kind in KINDS and KINDS[event.kind].trouble is None

    found: dict[tuple[str, str], Counter[NewsOutcome]] = {}
    for board, of_board in events.items():
        for event in filter(counts, of_board):
            found.setdefault((event.kind, event.grade), Counter())[outcome(event, of_board, newest[board])] += 1
    stored = {event.id for of_board in events.values() for event in of_board}
    withdrawn = {
        correction.before.id: correction.before
        for correction in corrections
        if correction.board in events and correction.before is not None and correction.after is None
    }
    for event in withdrawn.values():
        if event.id not in stored and counts(event):
            found.setdefault((event.kind, event.grade), Counter())[NewsOutcome.WITHDRAWN] += 1
    return tuple(KindScore(kind=kind, grade=grade, counts=counted) for (kind, grade), counted in sorted(found.items()))


def outcome(event: Event, events: Iterable[Event], newest: datetime) -> NewsOutcome:
    """What became of one event of a board, by the first later event within the horizon that contradicts it."""
    later = [other for other in events if event.until < other.until <= event.until + HORIZON]
    for other in sorted(later, key=lambda other: (other.until, other.id)):
        if other.grade == "withdrawn" and other.facts.get("event") == event.id:
            return NewsOutcome.WITHDRAWN
        if _reverses(event, other):
            is_corrected = any(_corrects(event, beside) for beside in later if beside.until == other.until)
            return NewsOutcome.CORRECTED if is_corrected else NewsOutcome.REVERSED
    return NewsOutcome.HELD if event.kind in _DECIDED and newest >= event.until + HORIZON else NewsOutcome.OPEN


def _reverses(event: Event, other: Event) -> bool:
    """Whether a later event states the opposite: another order of the same pair, a return, a departure, or the former value."""
    if other.metric != event.metric and event.kind not in ("debut", "departure"):
        return False
    subjects, rivals = _keys(event.subjects), _keys(event.rivals)
    same = bool(subjects & _keys(other.subjects))
    match event.kind:
        case "overtake" | "new_leader":
            crossed = bool(subjects & _keys(other.rivals)) and bool(rivals & _keys(other.subjects))
            return crossed and other.kind == event.kind and other.grade not in _UNSURE
        case "debut":
            return same and other.kind == "departure"
        case "departure":
            return same and other.kind == "debut" and other.grade == "re_entry"
        case "price_change" | "rank_move":
            former = event.facts.get("before")
            return same and other.kind == event.kind and former is not None and other.facts.get("after") == former
        case _:
            return False


def _corrects(event: Event, other: Event) -> bool:
    """Whether the publisher changed a score on which the event rests."""
    parties = _keys(event.subjects) | _keys(event.rivals)
    return other.kind == "score_revision" and other.metric == event.metric and bool(parties & _keys(other.subjects))


def _keys(parties: Iterable[Party]) -> frozenset[EntryId]:
    return frozenset(party.entry for party in parties)
