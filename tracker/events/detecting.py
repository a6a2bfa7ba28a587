"""Finds the events of a diff or of a failed reading, and advances what is remembered of the board."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tracker.events import KINDS, _past, board_broken, board_stale, new_leader, overtake
from tracker.events._past import advance_failed
from tracker.events._values import changed
from tracker.events.departure import awaits_confirmation, confirm
from tracker.events.kind import Detection
from tracker.model import Board, BoardState, Diff, Event, Failure, Sha256

__all__ = ["advance", "advance_failed", "awaits_confirmation", "confirm", "detect", "fail", "silence"]


def detect(diff: Diff, past: BoardState) -> Detection:
    """All events of a diff, given what is remembered of the board, in the order of `KINDS`; and the new memory of each kind."""
    events: list[Event] = []
    memory: dict[str, object] = {}
    for kind in KINDS.values():
        result = kind.detect(diff, past) if kind.detect is not None else ()
        if isinstance(result, Detection):
            memory[kind.name] = result.memory
        events += result.events if isinstance(result, Detection) else result
    return Detection(events=tuple(events), memory=memory)


def fail(board: Board, failure: Failure, past: BoardState) -> tuple[Event, ...]:
    """The events of a reading that was not accepted: trouble with the board, reported once."""
    return tuple(board_broken.detect(board, failure, past))


def silence(board: Board, past: BoardState, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...]) -> tuple[Event, ...]:
    """The events of a reading that showed nothing new: none, or that the board has gone stale."""
    return tuple(board_stale.detect(board, past, observed_at=observed_at, url=url, sha256=sha256))


def advance(past: BoardState, diff: Diff, detected: Detection) -> BoardState:
    """The state for the next snapshot, after this diff was accepted with the events detected in it."""
    pending = overtake.pending_after(diff, past, detected.events) if changed(diff) else past.pending
    leaders = new_leader.leaders_after(diff, past)
    return replace(_past.advance(past, diff), leaders=leaders, memory=detected.memory, pending=pending)
