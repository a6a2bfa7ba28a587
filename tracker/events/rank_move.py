"""A survivor's place among the survivors changed: what is left of Δrank without arrivals and departures above it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import both_proofs, make, page_proofs, party
from tracker.model import BoardState, Diff, Event, RankMove

RULE = "rank_move/1"
Grade = StrEnum("Grade", "MOVED NOMINAL")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # every kind is asked in the same way
    """One event per entry whose own value moved beyond its error; the others of the day in one event that is not told."""
    primary = diff.board.primary
    if primary is None or not primary.ranked:
        return
    moves = diff.metrics[primary.id].moves if diff.before else {}
    quiet: list[RankMove] = []
    for move in diff.ranks:
        if not move.moves:
            continue
        if move.entry in moves and moves[move.entry].significant:
            yield _told(diff, move)
        else:
            quiet.append(move)
    if quiet:
        yield _quiet(diff, quiet)


def _told(diff: Diff, move: RankMove) -> Event:
    primary = diff.board.primary
    assert primary is not None
    who = party(diff.after, move.entry)
    way = "climbs" if move.moves < 0 else "falls"
    return make(
        diff,
        rule=RULE,
        grade=Grade.MOVED,
        weight=15 + min(20, 2 * abs(move.moves)),
        is_news=True,
        subjects=[who],
        metric=primary.id,
        headline=f"{who.name} {way} {_places(move.moves)} on {diff.board.title} ({primary.title}){_from_to(move)}.",
        facts=_facts(move),
        evidence=both_proofs(diff, [move.entry], primary.id),
    )


def _quiet(diff: Diff, moves: list[RankMove]) -> Event:
    primary = diff.board.primary
    assert primary is not None
    return make(
        diff,
        rule=RULE,
        grade=Grade.NOMINAL,
        weight=1,
        is_news=False,
        subjects=[party(diff.after, move.entry) for move in moves],
        metric=primary.id,
        headline=f"{len(moves)} {'entry' if len(moves) == 1 else 'entries'} changed places on {diff.board.title} ({primary.title}) within the error of their values.",
        facts={"moves": {str(move.entry): _facts(move) for move in moves}},
        evidence=page_proofs(diff),
    )


def _from_to(move: RankMove) -> str:
    """The published ranks, where they say the same as the places; else that others entered or left above."""
    if move.after - move.before == move.moves:
        return f", from rank {move.before} to {move.after}"
    return " among the entries that were there before"


def _places(moves: int) -> str:
    return "1 place" if abs(moves) == 1 else f"{abs(moves)} places"


def _facts(move: RankMove) -> dict[str, object]:
    return {
        "before": move.before,
        "after": move.after,
        "arrivals_above": move.arrivals_above,
        "departures_above": move.departures_above,
        "moves": move.moves,
        "unrounded": move.unrounded,
    }


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset((Grade.MOVED,)),
    detect=detect,
    folding=Folding(crowd=("rank move", "rank moves"), consequence=True),
    explains={What.RANK: 10},
)
