"""A survivor's place among the survivors changed: what is left of Δrank without arrivals and departures above it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from tracker.events._values import TOP, ordered_primary
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import both, last_named, make, page_proofs, party
from tracker.model import BoardState, Diff, Event, Metric, Move, RankMove
from tracker.order import is_certain, states_error
from tracker.wording import NO_ERROR, count, listed, unsure

RULE = "rank_move/1"
Grade = StrEnum("Grade", "MOVED NOMINAL FELL_OUT")
_MOST = 3
"""A re-grading that moves more entries is one cause: these are news, the others are recorded."""
_FIGURES = ("before", "after", "arrivals_above", "departures_above", "moves", "unrounded")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # all kinds have this signature
    """One event per entry whose own value moved that way beyond its error; the other moves of the day are one recorded event.

    Moves of one place are news only into, within or out of the ten best; of a day's moves, the three nearest the top are. A move
    to within the error of the nearest entry that it passed, or that passed it, is not.
    Of points all moves are that one: each follows from an overtake or a fall, which are events of their own.
    Entries that fell out of a top N are one recorded event, and do not depart.
    """
    if diff.fell_out:
        yield _fell_out(diff)
    primary = ordered_primary(diff)
    if primary is None:
        return
    values = diff.metrics[primary.id].moves if diff.before and not primary.exact else {}
    sure = [move for move in diff.ranks if move.moves and _is_own(primary, move, values.get(move.entry))]
    within_error = [move for move in diff.ranks if move.moves and move not in sure]
    large = sorted(
        (move for move in sure if (abs(move.moves) > 1 or _best(move) <= TOP) and _is_certain(diff, primary, move)),
        key=lambda move: (_best(move), move.entry),
    )
    for move in sure:
        event = _moved(diff, primary, move, is_news=move in large[:_MOST])
        near = {} if event.is_news or _is_certain(diff, primary, move) else {"within_error": True}
        yield replace(event, facts={**event.facts, **near})
    if within_error:
        yield _nominal(diff, primary, within_error)


def _is_own(primary: Metric, move: RankMove, change: Move | None) -> bool:
    """Whether an entry's own value moved beyond its error, and in the direction in which it changed its place."""
    return change is not None and change.significant and (primary.sort_key(change.shift) > 0) is (move.moves > 0)


def _is_certain(diff: Diff, primary: Metric, move: RankMove) -> bool:
    """Whether the order with the nearest entry that it passed, or that passed it, is certain."""
    assert diff.before is not None
    had, has, own = diff.before.measured(primary.id), diff.after.measured(primary.id), move.entry
    up = move.moves < 0
    sides = (had, has) if up else (has, had)
    passed = (
        entry
        for entry in had.keys() & has.keys()
        if primary.better(sides[0][entry], sides[0][own]) and not primary.better(sides[1][entry], sides[1][own])
    )
    nearest = min(passed, key=lambda entry: (abs(has[entry] - has[own]), entry), default=None)
    return nearest is not None and is_certain(primary, *(diff.after.entries[key].measures[primary.id] for key in (own, nearest)))


def _best(move: RankMove) -> int:
    return min(move.before, move.after)


def _moved(diff: Diff, primary: Metric, move: RankMove, *, is_news: bool) -> Event:
    who = party(diff.after, move.entry)
    way = "climbs" if move.moves < 0 else "falls"
    agree = move.after - move.before == move.moves  # the published ranks and the places among those that were there before
    measure = diff.after.entries[move.entry].measures[primary.id]
    sure = "" if states_error(primary, measure, measure) else unsure(primary, measure)
    where = f", from rank {move.before} to {move.after}" if agree else " among the entries that were there before"
    return make(
        diff,
        rule=RULE,
        grade=Grade.MOVED,
        weight=15 + min(20, 2 * abs(move.moves)),
        is_news=is_news,
        subjects=[who],
        metric=primary.id,
        headline=f"{who.name} {way} {count(abs(move.moves), 'place')} on {diff.board.title} ({primary.title}){where}{sure}.",
        facts=_facts(move),
    )


def _nominal(diff: Diff, primary: Metric, moves: list[RankMove]) -> Event:
    pairs = [[page.entries[move.entry].measures[primary.id] for page in both(diff)] for move in moves]
    guesses = sum(any(measure.estimated for measure in pair) for pair in pairs)
    reserved = unsure(primary, *(measure for pair in pairs for measure in pair)) if guesses < len(pairs) else ""
    if guesses:
        others = reserved if reserved == NO_ERROR else reserved.replace(", ", ", the others ")
        many = f"{guesses:,}" if guesses < len(pairs) else "all"
        reserved = f", {many} of them with an estimate before or now{others}"
    return make(
        diff,
        rule=RULE,
        grade=Grade.NOMINAL,
        weight=1,
        is_news=False,
        subjects=[party(diff.after, move.entry) for move in moves],
        metric=primary.id,
        headline=f"{count(len(moves), 'entry', 'entries')} changed rank on {diff.board.title} ({primary.title}){reserved}.",
        facts={"moves": {str(move.entry): _facts(move) for move in moves}} | ({"exact": True} if primary.exact else {}),
        evidence=page_proofs(diff),
    )


def _fell_out(diff: Diff) -> Event:
    rows, parties = len(diff.after.entries), [last_named(diff, entry) for entry in diff.fell_out]
    return make(
        diff,
        rule=RULE,
        grade=Grade.FELL_OUT,
        weight=5,
        is_news=False,
        subjects=parties,
        headline=f"{listed(parties)} fell out of the top {rows} of {diff.board.title}.",
        facts={"rows": rows},
    )


def _facts(move: RankMove) -> dict[str, object]:
    return {name: getattr(move, name) for name in _FIGURES}


def _why_recorded(event: Event) -> str:
    if event.grade == Grade.FELL_OUT:
        return "others may have displaced it from the last places, so it need not have left"
    if event.facts.get("exact"):
        return "ranks by points: another leader and overtakes among the ten best are news, not each move"
    if event.grade == Grade.MOVED:
        if event.facts.get("within_error"):
            return "it ended within the error of the nearest entry"
        return f"of a day's moves, the {_MOST} nearest the top are news; those of one place only among the first {TOP}"
    return "rank move nominal: no measured value of its own moved that way beyond its error"


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    recorded=(Grade.NOMINAL, Grade.FELL_OUT),
    folding=Folding(crowd=("rank move", "rank moves"), consequence=True),
    explains={What.RANK: 10},
    why_recorded=_why_recorded,
)
