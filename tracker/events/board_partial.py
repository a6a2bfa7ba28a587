"""A board that should be shown whole seems to be cut off."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.events._event import make, page_proofs
from tracker.model import Diff, Event, Past

RULE = "board_partial/1"


def detect(diff: Diff, past: Past) -> Iterator[Event]:
    """Told once, when it starts: at a round number of rows with entries displaced, or fewer rows than the page says there are."""
    whole = diff.board.contract.depth == "whole"
    cap = diff.cap if diff.cap is not None else diff.after.depth if whole else None
    if cap is None or past.capped_at is not None:
        return
    yield make(
        diff,
        rule=RULE,
        grade="cap" if diff.cap is not None else "depth",
        weight=40,
        told=True,
        headline=f"{diff.board.title} seems to be cut off at {cap} rows; until it is whole again nobody is said to have left it.",
        facts={"rows": len(diff.after.entries), "missing": [str(entry) for entry in diff.hidden]},
        evidence=page_proofs(diff),
    )


def capped_after(diff: Diff, past: Past) -> int | None:
    """The number of rows the board is cut at after this diff; it stays until the count changes."""
    if diff.cap is not None:
        return diff.cap
    if diff.board.contract.depth == "whole" and diff.after.depth is not None:
        return diff.after.depth
    return past.capped_at if past.capped_at == len(diff.after.entries) else None
