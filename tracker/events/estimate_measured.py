"""A value that the publisher had only estimated is now measured; or was, and is an estimate again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from tracker.events._values import keys_now
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Diff, EntryId, Event, Measure, Metric
from tracker.wording import listed, number

RULE = "estimate_measured/1"
Grade = StrEnum("Grade", "MEASURED AGAIN ESTIMATED")
_PROVEN = 10


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per entry and metric that declares its estimates, or ranks the board; news on the primary, the first time.

    Such news is taken back: all entries of it that are `estimated` now are one event, and so are those that are measured `again`.
    Remembers, of the primary metric, whether an entry was last reported as measured.
    """
    now = keys_now(diff)
    told: dict[EntryId, bool] = {now.get(entry, entry): is_measured for entry, is_measured in _told(past).items()}
    events: list[Event] = []
    for metric in diff.board.metrics if diff.before is not None else ():
        if not (metric.estimated or metric.primary) or metric.volatile or not diff.metrics[metric.id].usable:
            continue
        back: dict[Grade, list[EntryId]] = {Grade.AGAIN: [], Grade.ESTIMATED: []}
        for entry, before, after in _turned(diff, metric):
            if after.estimated is told.get(entry) and metric.primary:
                back[Grade.ESTIMATED if after.estimated else Grade.AGAIN].append(entry)
            elif before.estimated:
                known = past.known.get(entry)
                is_news = metric.primary and not (known and known.scored == "measured")
                events.append(_event(diff, metric, entry, before.value, after.value, is_news=is_news))
                told |= {entry: True} if is_news else {}
        events += (_taken_back(diff, metric, grade, entries) for grade, entries in back.items() if entries)
        told |= {entry: grade is Grade.AGAIN for grade, entries in back.items() for entry in entries}
    return Detection(events=events, memory=told)


def _told(past: BoardState) -> dict[EntryId, bool]:
    return {EntryId(entry): is_measured for entry, is_measured in (past.memory.get("estimate_measured") or {}).items()}


def _turned(diff: Diff, metric: Metric) -> Iterator[tuple[EntryId, Measure, Measure]]:
    """The entries of both pages of which one value is an estimate, with both."""
    assert diff.before is not None
    for entry in diff.common:
        old, new = (snapshot.entries[entry].measures.get(metric.id) for snapshot in (diff.before, diff.after))
        if old is not None and new is not None and old.estimated is not new.estimated:
            yield entry, old, new


def _event(diff: Diff, metric: Metric, entry: EntryId, estimate: float, measured: float, *, is_news: bool) -> Event:
    who = party(diff.after, entry)
    return make(
        diff,
        rule=RULE,
        grade=Grade.MEASURED,
        weight=40 if metric.primary else 15,
        is_news=is_news,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name} is now measured at {number(measured, metric)} on {diff.board.title} ({metric.title});"
        f" the estimate was {number(estimate, metric)}.",
        facts={"estimate": estimate, "measured": measured},
    )


def _taken_back(diff: Diff, metric: Metric, grade: Grade, entries: Sequence[EntryId]) -> Event:
    assert diff.before is not None
    who, pages = [party(diff.after, entry) for entry in entries], (diff.before, diff.after)
    values = {str(entry): [page.entries[entry].measures[metric.id].value for page in pages] for entry in entries}
    was, now = (number(value, metric) for value in values[entries[0]])
    verb, figures = ("is", f": {now}, after {was}") if len(who) == 1 else ("are", "")
    state = "measured" if grade == Grade.AGAIN else "estimated"
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=35,
        is_news=True,
        subjects=who,
        metric=metric.id,
        headline=f"{listed(who)} {verb} {state} again on {diff.board.title} ({metric.title}){figures}.",
        facts={"values": values},
        evidence=both_proofs(diff, entries[:_PROVEN], metric.id),
    )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    folding=Folding(crowd=("first measurement", "first measurements"), crowdless=frozenset((Grade.AGAIN, Grade.ESTIMATED))),
    explains={What.VALUE: 21},
)
