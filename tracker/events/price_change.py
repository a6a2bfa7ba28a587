"""A listed price changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from math import inf

from tracker.events._values import grouped
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Diff, EntryId, Event, Metric, Move, Nature
from tracker.wording import number, relative

RULE = "price_change/1"
Grade = StrEnum("Grade", "CUT RISE UNIFORM")
UNIFORM = 8
"""From this number on, prices of one creator that change by one ratio in one night are one event."""


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # all kinds have this signature
    """Prices are facts: every change between two known prices is news. A price that vanished is unknown, not free."""
    if diff.before is None:
        return
    for metric in diff.board.metrics:
        verdict = diff.metrics[metric.id]
        if metric.nature is Nature.LISTED and metric.topic == "price" and verdict.usable:
            for entries in _with_one_ratio(diff, verdict.moves):
                if len(entries) >= UNIFORM:
                    yield _uniform(diff, metric, entries, verdict.moves)
                else:
                    yield from (_event(diff, metric, entry, verdict.moves[entry]) for entry in entries)


def _with_one_ratio(diff: Diff, moves: Mapping[EntryId, Move]) -> list[list[EntryId]]:
    """The entries of each creator whose prices changed by the same ratio, in the order of their keys."""

    def creator_and_ratio(entry: EntryId) -> tuple[str, float]:
        before, after = moves[entry].before.value, moves[entry].after.value
        return _creator(diff, entry), round(after / before, 3) if before else inf

    return list(grouped(sorted(moves), creator_and_ratio).values())


def _creator(diff: Diff, entry: EntryId) -> str:
    return diff.after.entries[entry].attributes.get("creator", "")


def _uniform(diff: Diff, metric: Metric, entries: list[EntryId], moves: Mapping[EntryId, Move]) -> Event:
    change, creator = _change(moves[entries[0]]), _creator(diff, entries[0])
    by = "from zero" if change is None else relative(change)
    return make(
        diff,
        rule=RULE,
        grade=Grade.UNIFORM,
        weight=35,
        is_news=True,
        subjects=[party(diff.after, entry) for entry in entries],
        metric=metric.id,
        headline=f"{metric.title} of {len(entries)} {creator + ' ' if creator else ''}entries changes by the same {by} at once,"
        f" says {diff.board.title}; that may be its formula rather than their price.",
        facts={"change": change, "count": len(entries)},
        evidence=both_proofs(diff, entries[:10], metric.id),
    )


def _event(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> Event:
    who, change = party(diff.after, entry), _change(move)
    before, after = (number(measure.value, metric) for measure in (move.before, move.after))
    by = f" ({relative(change)})" if change is not None else ""
    grade, way = (Grade.CUT, "drops") if move.after.value < move.before.value else (Grade.RISE, "rises")
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=20 + int(min(30.0, 30 * abs(change if change is not None else 1.0))),
        is_news=True,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name}: {metric.title} on {diff.board.title} {way} from {before} to {after}{by}.",
        facts={"before": move.before.value, "after": move.after.value, "change": change},
    )


def _change(move: Move) -> float | None:
    """By what share of the earlier price; None from zero."""
    return (move.after.value - move.before.value) / move.before.value if move.before.value else None


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade),
    detect=detect,
    folding=Folding(crowd=("price change", "price changes")),
    explains={What.VALUE: 22},
)
