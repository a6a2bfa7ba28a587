"""A metric vanished from a board."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events._values import judged
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make
from tracker.model import BoardState, Comparability, Diff, Event

RULE = "metric_removed/1"
Grade = StrEnum("Grade", "REMOVED")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # all kinds have this signature
    """The whole column is gone, not just its values (that is `field_drift`)."""
    for metric, verdict in judged(diff, Comparability.VANISHED):
        yield make(
            diff,
            rule=RULE,
            grade=Grade.REMOVED,
            weight=20,
            is_news=True,
            metric=metric.id,
            headline=f"{diff.board.title} no longer has {metric.title}; {verdict.filled_before} entries had a value.",
            facts={"filled_before": verdict.filled_before},
        )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    folding=Folding(crowd=("removed metric", "removed metrics")),
    explains={What.VALUE: 13},
    of_metric=True,
)
