"""A board that should be shown whole seems to be cut off."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events.kind import EventKind
from tracker.events.making import make, page_proofs
from tracker.model import BoardState, Diff, Event

RULE = "board_partial/1"
Grade = StrEnum("Grade", "CAP DEPTH")


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """Told once, when it is sure: fewer rows than the page says there are, or entries displaced while the count stands at a round number.

    A count that only passes through a round number is a suspicion: departures are withheld, nothing is told.
    """
    if past.cap_told or not cap_told(diff, past):
        return
    rows = len(diff.after.entries)
    yield make(
        diff,
        rule=RULE,
        grade=Grade.CAP if _is_whole(diff) else Grade.DEPTH,
        weight=40,
        is_news=True,
        headline=f"{diff.board.title} seems to be cut off at {rows} rows; until it is whole again nobody is said to have left it.",
        facts={"rows": rows, "missing": [str(entry) for entry in diff.hidden]},
        evidence=page_proofs(diff),
    )


def capped_after(diff: Diff, past: BoardState) -> int | None:
    """The number of rows the board may be cut at after this diff; it stays until the count changes."""
    if diff.cap is not None:
        return diff.cap
    if not _is_whole(diff):
        return diff.after.depth
    return past.capped_at if _stands(diff) and past.capped_at == len(diff.after.entries) else None


def cap_told(diff: Diff, past: BoardState) -> bool:
    """Whether the board is surely cut after this diff."""
    if not _is_whole(diff):
        return True
    return _stands(diff) and (past.cap_told or diff.cap is not None)


def _stands(diff: Diff) -> bool:
    """Whether the number of rows did not change, and is not just now said to be all of them."""
    before = diff.before
    return before is not None and before.depth == diff.after.depth and len(before.entries) == len(diff.after.entries)


def _is_whole(diff: Diff) -> bool:
    return diff.board.contract.depth != "whole" or diff.after.depth is None


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset(Grade), detect=detect)
