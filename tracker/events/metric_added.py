"""A metric appeared on a board."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events._values import judged
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make
from tracker.model import BoardState, Comparability, Diff, Event

RULE = "metric_added/1"
Grade = StrEnum("Grade", "NEW RETURNED")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """No entry had a value before, and now there are values: new, or `returned` after the field had been lost."""
    for metric, verdict in judged(diff, Comparability.APPEARED):
        title, rows = metric.title, len(diff.after.entries)
        shows = f"shows {title} again" if metric.id in past.drifted else f"now has {title}"
        yield make(
            diff,
            rule=RULE,
            grade=Grade.RETURNED if metric.id in past.drifted else Grade.NEW,
            weight=20,
            is_news=True,
            metric=metric.id,
            headline=f"{diff.board.title} {shows} for {verdict.filled_after} of {rows} entries.",
            facts={"filled": verdict.filled_after, "of": rows},
        )


KIND = EventKind(
    RULE, tuple(Grade), detect, folding=Folding(crowd=("new metric", "new metrics")), explains={What.VALUE: 12}, of_metric=True
)
