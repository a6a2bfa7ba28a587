"""A board that was broken, stale or cut off is well again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from tracker.events import board_partial
from tracker.events.kind import BoardTrouble, EventKind
from tracker.events.making import make
from tracker.model import BoardState, Diff, Entry, Event
from tracker.wording import span

RULE = "board_recovered/2"
Grade = StrEnum("Grade", "BROKEN STALE PARTIAL")
_figures = attrgetter("value", "low", "high", "estimated")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event per trouble that ended with this snapshot; for a broken or stale board with how long it lasted."""
    if past.broken_since is not None:
        yield _event(diff, Grade.BROKEN, past.broken_since, past.broken_by, past.failures)
    if past.stale_since is not None and changed(diff):
        yield _event(diff, Grade.STALE, past.stale_since, "the content did not change", 0)
    if past.cap_told and past.capped_at is not None and not board_partial.cap_told(diff, past):
        yield _whole(diff, past.capped_at)


def changed(diff: Diff) -> bool:
    """Whether the board shows anything new: other entries, names, properties or values of any metric."""
    if diff.before is None or diff.before.entries.keys() != diff.after.entries.keys():
        return True
    verdicts = diff.metrics.values()
    if any(verdict.moved or verdict.rounded or verdict.filled_before != verdict.filled_after for verdict in verdicts):
        return True
    return any(_differ(diff.before.entries[entry], diff.after.entries[entry]) for entry in diff.common)


def _differ(old: Entry, new: Entry) -> bool:
    if old.name != new.name or old.attributes != new.attributes or old.measures.keys() != new.measures.keys():
        return True
    return any(
        measure is not new.measures[metric] and _figures(measure) != _figures(new.measures[metric])
        for metric, measure in old.measures.items()
    )


def _event(diff: Diff, grade: Grade, since: datetime, why: str, missed: int) -> Event:
    lasted = diff.after.observed_at - since
    again = "reads again" if grade == Grade.BROKEN else "changes again"
    failed = f"; {missed} reading{'s' if missed > 1 else ''} in a row had failed" if missed else ""
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=50,
        is_news=True,
        headline=f"{diff.board.title} {again} after {span(lasted)}{failed}.",
        facts={"since": since.isoformat(), "lasted_s": int(lasted.total_seconds()), "why": why, "missed": missed},
        after=since,
    )


def _whole(diff: Diff, capped_at: int) -> Event:
    rows = len(diff.after.entries)
    return make(
        diff,
        rule=RULE,
        grade=Grade.PARTIAL,
        weight=25,
        is_news=True,
        headline=f"{diff.board.title} is no longer cut off at {capped_at} rows; it shows {rows}.",
        facts={"capped_at": capped_at, "rows": rows},
    )


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade),
    detect=detect,
    trouble=BoardTrouble(shared={Grade.BROKEN: "read again", Grade.STALE: "change again"}, ends=True),
)
