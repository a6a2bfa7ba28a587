"""A listed price changed."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.events._event import both_proofs, make, number, party
from tracker.model import Diff, EntryId, Event, Metric, Move, Nature, Past

RULE = "price_change/1"


def detect(diff: Diff, past: Past) -> Iterator[Event]:  # noqa: ARG001  # every kind is asked in the same way
    """Prices are facts: every change between two known prices is told. A price that vanished is unknown, not free."""
    if diff.before is None:
        return
    for metric in diff.board.metrics:
        verdict = diff.metrics[metric.id]
        if metric.nature is Nature.LISTED and metric.topic == "price" and verdict.usable:
            for entry, move in sorted(verdict.moves.items()):
                yield _event(diff, metric, entry, move)


def _event(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> Event:
    who = party(diff.after, entry)
    before, after = move.before.value, move.after.value
    change = (after - before) / before if before else None
    by = f" ({change:+.0%})" if change is not None else ""
    return make(
        diff,
        rule=RULE,
        grade="cut" if after < before else "rise",
        weight=20 + int(min(30.0, 30 * abs(change if change is not None else 1.0))),
        told=True,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name}: {metric.title} goes from {number(before, metric)} to {number(after, metric)}{by}, says {diff.board.title}.",
        facts={"before": before, "after": after, "change": change},
        evidence=both_proofs(diff, [entry], metric.id),
    )
