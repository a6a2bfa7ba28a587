"""A metric appeared on a board."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make, page_proofs
from tracker.model import BoardState, Comparability, Diff, Event

RULE = "metric_added/1"
Grade = StrEnum("Grade", "NEW RETURNED")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """No entry had a value before, some have one now: new, or `returned` after the field had been lost."""
    for metric in diff.board.metrics:
        verdict = diff.metrics.get(metric.id)
        if verdict is None or verdict.verdict is not Comparability.APPEARED:
            continue
        returned = metric.id in past.drifted
        yield make(
            diff,
            rule=RULE,
            grade=Grade.RETURNED if returned else Grade.NEW,
            weight=20,
            is_news=True,
            metric=metric.id,
            headline=f"{diff.board.title} {'shows' if returned else 'now has'} {metric.title} {'again ' if returned else ''}"
            f"for {verdict.filled_after} of {len(diff.after.entries)} entries.",
            facts={"filled": verdict.filled_after, "of": len(diff.after.entries)},
            evidence=page_proofs(diff),
        )


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade),
    detect=detect,
    folding=Folding(crowd=("new metric", "new metrics")),
    explains={What.VALUE: 12},
    of_metric=True,
)
