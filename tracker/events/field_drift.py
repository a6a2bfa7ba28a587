"""A field lost its values while the entries stayed: an alarm about the page, not news about models."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events._values import judged
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make
from tracker.model import BoardState, Comparability, Diff, Event

RULE = "field_drift/1"
Grade = StrEnum("Grade", "EMPTIED THINNED")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # all kinds have this signature
    """One event per metric; nothing is concluded from the field in this snapshot."""
    for metric, verdict in judged(diff, Comparability.DRIFTED):
        lost = "lost many of its values" if verdict.filled_after else "lost all its values"
        yield make(
            diff,
            rule=RULE,
            grade=Grade.THINNED if verdict.filled_after else Grade.EMPTIED,
            weight=55,
            is_news=True,
            metric=metric.id,
            headline=f"{diff.board.title}: {metric.title} {lost} ({verdict.filled_before} before, {verdict.filled_after} now);"
            " nothing is concluded from it.",
            facts={"filled_before": verdict.filled_before, "filled_after": verdict.filled_after, "reason": verdict.reason},
        )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    folding=Folding(crowd=("field that lost values", "fields that lost values")),
    explains={What.VALUE: 11},
    of_metric=True,
)
