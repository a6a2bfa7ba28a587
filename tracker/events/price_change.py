"""A listed price changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Diff, EntryId, Event, Metric, Move, Nature
from tracker.wording import number, relative

RULE = "price_change/1"
Grade = StrEnum("Grade", "CUT RISE UNIFORM")
UNIFORM = 8
"""So many prices of one creator that change by one ratio in one night are one story."""


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # every kind is asked in the same way
    """Prices are facts: every change between two known prices is told. A price that vanished is unknown, not free."""
    if diff.before is None:
        return
    for metric in diff.board.metrics:
        verdict = diff.metrics[metric.id]
        if metric.nature is Nature.LISTED and metric.topic == "price" and verdict.usable:
            for entries in _together(diff, verdict.moves):
                if len(entries) >= UNIFORM:
                    yield _uniform(diff, metric, entries, verdict.moves)
                else:
                    yield from (_event(diff, metric, entry, verdict.moves[entry]) for entry in entries)


def _together(diff: Diff, moves: Mapping[EntryId, Move]) -> list[list[EntryId]]:
    """Entries whose price changed by the same ratio, those of one creator together; in the order of their keys."""
    alike: dict[tuple[str, float], list[EntryId]] = {}
    for entry, move in sorted(moves.items()):
        ratio = round(move.after.value / move.before.value, 3) if move.before.value else float("inf")
        alike.setdefault((diff.after.entries[entry].attributes.get("creator", ""), ratio), []).append(entry)
    return list(alike.values())


def _uniform(diff: Diff, metric: Metric, entries: list[EntryId], moves: Mapping[EntryId, Move]) -> Event:
    who = [party(diff.after, entry) for entry in entries]
    before, after = moves[entries[0]].before.value, moves[entries[0]].after.value
    creator = diff.after.entries[entries[0]].attributes.get("creator", "")
    by = f"{relative((after - before) / before)}" if before else "from zero"
    return make(
        diff,
        rule=RULE,
        grade=Grade.UNIFORM,
        weight=35,
        is_news=True,
        subjects=who,
        metric=metric.id,
        headline=f"{metric.title} of {len(who)} {creator + ' ' if creator else ''}entries changes by the same {by} at once, says"
        f" {diff.board.title}; that may be its formula rather than their price.",
        facts={"change": (after - before) / before if before else None, "count": len(who)},
        evidence=both_proofs(diff, entries[:10], metric.id),
    )


def _event(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> Event:
    who = party(diff.after, entry)
    before, after = move.before.value, move.after.value
    change = (after - before) / before if before else None
    by = f" ({relative(change)})" if change is not None else ""
    return make(
        diff,
        rule=RULE,
        grade=Grade.CUT if after < before else Grade.RISE,
        weight=20 + int(min(30.0, 30 * abs(change if change is not None else 1.0))),
        is_news=True,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name}: {metric.title} goes from {number(before, metric)} to {number(after, metric)}{by}, says {diff.board.title}.",
        facts={"before": before, "after": after, "change": change},
        evidence=both_proofs(diff, [entry], metric.id),
    )


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade),
    detect=detect,
    folding=Folding(crowd=("price change", "price changes")),
    explains={What.VALUE: 22},
)
