"""A model enters a board: released now, listed late, back again, or scored for the first time."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from math import inf

from tracker.events._values import joint_rank
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make, page_proofs, party
from tracker.model import BoardState, Diff, EntryId, Event, ModelId
from tracker.order import competition_ranks, surely_inside
from tracker.wording import listed, number, ordinal

RULE = "debut/1"
Grade = StrEnum("Grade", "RELEASE LISTING LATE_LISTING RE_ENTRY FIRST_SCORE MASS REVEALED")
RECENT_DAYS = 45
"""A model listed within this many days of its release counts as released, not as listed late."""
CROWD, CROWD_SHARE, STANDS_OUT = 30, 0.15, 10
"""From this number of arrivals on, and this share of the board, they are one event; only top-ten arrivals are news themselves."""
_ARRIVALS = frozenset((Grade.RELEASE, Grade.LISTING, Grade.LATE_LISTING, Grade.RE_ENTRY))
_WEIGHT = {
    Grade.RELEASE: 50,
    Grade.LISTING: 45,
    Grade.FIRST_SCORE: 45,
    Grade.LATE_LISTING: 35,
    Grade.RE_ENTRY: 25,
    Grade.REVEALED: 5,
}
_VERBS = {
    Grade.RELEASE: "enters",
    Grade.LISTING: "enters",
    Grade.LATE_LISTING: "is listed, some time after its release, on",
    Grade.RE_ENTRY: "is back on",
    Grade.FIRST_SCORE: "gets its first score on",
    Grade.REVEALED: "was seen for the first time, below what earlier pages showed, on",
}
_IN_ANOTHER_TABLE = "is in the new table of"


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event per entry that was not on the board before; none if it comes back before its departure was reported.

    An entry that ranks below what the earlier page showed, or may have been cut off from it, is recorded as `revealed`. One
    without any value is recorded as well: its first score is news.
    """
    arrived = [*arrivals(diff, past), *((entry, Grade.FIRST_SCORE) for entry in _first_scores(diff, past))]
    ranks_now = ranks(diff) if arrived else {}
    places = model_places(diff, ranks_now)
    crowd, repeated = crowd_of(diff, arrived), _repeated(diff, past) if arrived else frozenset()
    if crowd:
        who, back = [party(diff.after, entry) for entry in crowd], sum(grade == Grade.RE_ENTRY for _, grade in arrived)
        again = f", {back} of them again" if back else ""
        yield make(
            diff,
            rule=RULE,
            grade=Grade.MASS,
            weight=45,
            is_news=True,
            subjects=who,
            headline=f"{len(who)} entries join {diff.board.title} at once{again}, among them {listed(who)}.",
            facts={"of": len(diff.after.entries)},
            evidence=page_proofs(diff),
        )
    for entry, grade in arrived:
        event = _event(diff, entry, grade, ranks_now, places)
        if grade in _ARRIVALS and (entry in repeated):
            event = replace(event, headline=f"Another row of {event.headline}", is_news=entry in ranks_now)
        lost_in_crowd = crowd and grade in _ARRIVALS and (entry not in ranks_now or ranks_now[entry] > STANDS_OUT)
        yield replace(event, is_news=False, weight=5) if lost_in_crowd else event


def _repeated(diff: Diff, past: BoardState) -> frozenset[EntryId]:
    """The arrivals of a name that another row has or had, or that an arrival before them has."""
    entries, arrived = diff.after.entries, frozenset(diff.arrived)
    names = {known.name for entry, known in past.known.items() if entry not in arrived}
    names |= {entry.name for key, entry in entries.items() if key not in arrived}
    first = {entries[entry].name: entry for entry in reversed(diff.arrived)}
    return frozenset(key for key in diff.arrived if entries[key].name in names or first[entries[key].name] != key)


def crowd_of(diff: Diff, arrived: Iterable[tuple[EntryId, Grade]]) -> list[EntryId]:
    """The arrivals, if they are a crowd, which is one event; none otherwise."""
    crowd = [entry for entry, grade in arrived if grade in _ARRIVALS]
    return crowd if is_crowd(diff, len(crowd)) else []


def is_crowd(diff: Diff, count: int) -> bool:
    """Whether this number of entries at once is the publisher's doing."""
    return count >= CROWD and count >= CROWD_SHARE * len(diff.after.entries)


def arrivals(diff: Diff, past: BoardState) -> Iterator[tuple[EntryId, Grade]]:
    """Each entry that was not on the board before, with the grade of its debut."""
    if diff.before is None:
        return
    for entry in diff.arrived:
        known = past.known.get(entry)
        if known is None:
            grade = _arrival(diff, entry)
            yield entry, Grade.REVEALED if grade != Grade.RELEASE and behind_the_cut(diff, past, entry) else grade
        elif known.departed:
            yield entry, Grade.RE_ENTRY
    again = {*diff.relisted, *diff.returned, *diff.doubtful}
    for entry in diff.revealed:
        if entry not in past.known and entry not in diff.before.ambiguous and entry not in again:
            yield entry, Grade.REVEALED


def behind_the_cut(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    """Whether it may have been on the board before, but not on a page that seemed to be cut off."""
    primary, before = diff.board.primary, diff.before
    if past.capped_at is None or before is None:
        return False
    measure = diff.after.entries[entry].measures.get(primary.id) if primary else None
    return primary is None or measure is None or not surely_inside(before, primary, measure.value)


def _arrival(diff: Diff, entry: EntryId) -> Grade:
    """By the age of the model on the day; a month, or a year, counts from its first day."""
    released = diff.after.entries[entry].attributes.get("released", "")
    try:
        day = datetime.fromisoformat(released + {4: "-01-01", 7: "-01"}.get(len(released), "")).date()
    except ValueError:
        return Grade.LISTING
    return Grade.RELEASE if (diff.after.observed_at.date() - day).days <= RECENT_DAYS else Grade.LATE_LISTING


def _first_scores(diff: Diff, past: BoardState) -> list[EntryId]:
    """Entries listed before that never had a value of the primary metric until now."""
    primary = diff.board.primary
    if primary is None or diff.before is None or not diff.metrics[primary.id].usable:
        return []
    had, has = diff.before.values(primary.id), diff.after.values(primary.id)
    unscored = (entry for entry in diff.common if entry not in had and entry in has)
    return [entry for entry in unscored if not (entry in past.known and past.known[entry].scored)]


def ranks(diff: Diff) -> Mapping[EntryId, int]:
    """The ranks on the page that is new; none where the board has no order."""
    primary = diff.board.primary
    if primary is None or primary.higher_is_better is None:
        return {}
    return competition_ranks(primary, diff.after.values(primary.id), diff.after.unnamed)


def model_places(diff: Diff, ranks_now: Mapping[EntryId, int]) -> Mapping[EntryId, int]:
    """The place of the best entry of each model among the models, where variants of others above make its rank another.

    None at or below a row whose model is not sure, or that names no entry: it may be a variant of another.
    """
    primary = diff.board.primary
    if primary is None or not ranks_now:
        return {}
    keys = {entry: primary.sort_key(value) for entry, value in diff.after.values(primary.id).items()}
    models = {entry: diff.after.entries[entry].who.model for entry in keys}
    unsure = [key for entry, key in keys.items() if models[entry] is None]
    least = min((*unsure, *map(primary.sort_key, diff.after.unnamed)), default=inf)
    best: dict[ModelId | None, float] = {}
    for entry, key in keys.items():
        best[models[entry]] = min(key, best.get(models[entry], key))
    order = sorted(best.values())
    places = {entry: 1 + bisect_left(order, key) for entry, key in keys.items() if key < least and key == best[models[entry]]}
    return {entry: place for entry, place in places.items() if place < ranks_now[entry]}


def among_models(place: int | None) -> str:
    """` (the fifth model)`, to follow a rank; empty if the rank is the place among the models too."""
    return f" (the {ordinal(place)} model)" if place is not None else ""


def rank_bonus(rank: int | None) -> int:
    """The weight that a rank adds to an event."""
    return next((bonus for limit, bonus in ((1, 40), (3, 30), (10, 20), (25, 10)) if rank is not None and rank <= limit), 0)


def _event(diff: Diff, entry: EntryId, grade: Grade, ranks_now: Mapping[EntryId, int], places: Mapping[EntryId, int]) -> Event:
    listing, primary = diff.after.entries[entry], diff.board.primary
    measure = listing.measures.get(primary.id) if primary else None
    facts: dict[str, object] = {
        "of": len(diff.after.entries),
        **{name: listing.attributes[name] for name in ("creator", "released") if name in listing.attributes},
    }
    verb = _IN_ANOTHER_TABLE if diff.restart and grade == Grade.REVEALED else _VERBS[grade]
    place, bonus = "", 0
    if primary is not None and measure is not None:
        rank = ranks_now.get(entry)
        facts |= {"value": measure.value, "estimated": measure.estimated, "rank": rank}
        place = "" if primary.places else f" with {'an estimated ' if measure.estimated else ''}{number(measure.value, primary)}"
        place += "" if primary.exact and primary.unit else f" ({primary.title})"
        if rank is not None and primary.ordered:
            rows = len(ranks_now) + len(diff.after.unnamed)
            shown = f"the {rows} shown" if diff.after.depth is not None else rows
            place = f" at {joint_rank(diff, primary, entry, rank)} of {shown}{among_models(places.get(entry))}" + place
            facts |= {"of": rows} | ({"place": places[entry]} if entry in places else {})
            bonus = rank_bonus(rank)
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_WEIGHT[grade] + (bonus if grade != Grade.REVEALED else 0),
        is_news=grade != Grade.REVEALED and (bool(listing.measures) or primary is None),
        subjects=[party(diff.after, entry)],
        metric=primary.id if primary and measure else None,
        headline=f"{listing.name} {verb} {diff.board.title}{place}.",
        facts=facts,
    )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    recorded=(Grade.REVEALED,),
    folding=Folding(crowd=("newcomer", "newcomers"), debut=True, newcomer=("debuts above", "debuts")),
    explains={What.APPEARANCE: 10, What.VALUE: 30},
)
