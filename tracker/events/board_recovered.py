"""A board that was broken, stale, cut off or read without some rows is well again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from tracker.events import board_partial
from tracker.events._values import changed
from tracker.events.kind import BoardTrouble, EventKind
from tracker.events.making import make
from tracker.model import BoardState, Diff, Event
from tracker.wording import number, shortened, span

RULE = "board_recovered/2"
Grade = StrEnum("Grade", "BROKEN STALE PARTIAL")
_SHOWN = 2
"""Rows whose fate a headline states."""


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
    ends = bool(board_partial.unread(past.left_out) and not board_partial.unread(diff.left_out))
    if ends or (past.left_out and not diff.left_out):
        yield make(
            diff,
            rule=RULE,
            grade=Grade.PARTIAL,
            weight=25,
            is_news=ends,
            headline=f"{diff.board.title} is read as a whole again; {'; '.join(_fates(diff, past)[:_SHOWN])}.",
            facts={"rows": len(diff.after.entries), "left_out": {str(key): row.why for key, row in past.left_out.items()}},
        )


def _fates(diff: Diff, past: BoardState) -> list[str]:
    """What became of rows that were left out; first of those whose entries the board had before."""
    primary, fates = diff.board.primary, list[str]()
    for key, row in sorted(past.left_out.items(), key=lambda item: (item[1].last is None, item[0])):
        if key not in diff.after.entries and row.last is None and fates:
            continue
        entry = diff.after.entries.get(key)
        was, now = (side.measures.get(primary.id) if side and primary else None for side in (row.last, entry))
        name = shortened(entry.name if entry else row.last.name if row.last else key)
        if entry is None:
            fates.append(f"{name} is {'still left out' if key in diff.left_out else 'not listed'}")
        elif now is None or was is None or primary is None:
            fates.append(f"{name} is listed{'' if row.last is None else ' again'}")
        elif now.value == was.value:
            fates.append(f"{name} still has {number(now.value, primary)}")
        else:
            fates.append(f"{name} has {number(now.value, primary)} after {number(was.value, primary)}")
    return fates


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
