"""A value that the publisher had only estimated is now measured."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import make, party
from tracker.model import BoardState, Diff, EntryId, Event, Metric
from tracker.wording import number

RULE = "estimate_measured/1"
Grade = StrEnum("Grade", "MEASURED")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event per entry and metric that declares its estimates, or ranks the board; news on the primary, the first time."""
    if diff.before is None:
        return
    for metric in diff.board.metrics:
        if not (metric.estimated or metric.primary) or metric.volatile or not diff.metrics[metric.id].usable:
            continue
        for entry in diff.common:
            old, new = (snapshot.entries[entry].measures.get(metric.id) for snapshot in (diff.before, diff.after))
            if old is not None and new is not None and old.estimated and not new.estimated:
                first = not (entry in past.known and past.known[entry].scored == "measured")
                yield _event(diff, metric, entry, old.value, new.value, first=first)


def _event(diff: Diff, metric: Metric, entry: EntryId, estimate: float, measured: float, *, first: bool) -> Event:
    who = party(diff.after, entry)
    return make(
        diff,
        rule=RULE,
        grade=Grade.MEASURED,
        weight=40 if metric.primary else 15,
        is_news=metric.primary and first,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name} is now measured at {number(measured, metric)} on {diff.board.title} ({metric.title});"
        f" the estimate was {number(estimate, metric)}.",
        facts={"estimate": estimate, "measured": measured},
    )


KIND = EventKind(
    RULE, tuple(Grade), detect, folding=Folding(crowd=("first measurement", "first measurements")), explains={What.VALUE: 21}
)
