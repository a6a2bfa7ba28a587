"""A board that was broken, stale or cut off is well again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from tracker.events import board_partial
from tracker.events._values import changed
from tracker.events.kind import BoardTrouble, EventKind
from tracker.events.making import make
from tracker.model import BoardState, Diff, Event
from tracker.wording import span

RULE = "board_recovered/2"
Grade = StrEnum("Grade", "BROKEN STALE PARTIAL")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event per trouble that ended with this snapshot; for a broken or stale board with how long it lasted."""
    if past.broken_since is not None:
        yield _event(diff, Grade.BROKEN, past.broken_since, past.broken_by, past.failures)
    if past.stale_since is not None and changed(diff):
        yield _event(diff, Grade.STALE, past.stale_since, "the content did not change", 0)
    if past.cap_told and past.capped_at is not None and not board_partial.cap_told(diff, past):
        rows = len(diff.after.entries)
        yield make(
            diff,
            rule=RULE,
            grade=Grade.PARTIAL,
            weight=25,
            is_news=True,
            headline=f"{diff.board.title} is no longer cut off at {past.capped_at} rows; it shows {rows}.",
            facts={"capped_at": past.capped_at, "rows": rows},
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


KIND = EventKind(
    RULE, tuple(Grade), detect, trouble=BoardTrouble(shared={Grade.BROKEN: "read again", Grade.STALE: "change again"}, ends=True)
)
