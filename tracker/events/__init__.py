"""Step 9: what a change means. One file per kind; files whose names start with `_` are helpers that kinds share.

The `KIND` of a file holds what others must know of the kind: its grades, how reports fold it, what it explains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from importlib import import_module

from tracker.events import _past, board_broken, board_stale, new_leader, overtake
from tracker.events._past import advance_failed
from tracker.events._values import changed
from tracker.events.departure import awaits_confirmation, confirm
from tracker.events.kind import BoardTrouble, Detection, EventKind, Folding
from tracker.model import Board, BoardState, Diff, Event, Failure, Sha256

__all__ = [
    "KINDS",
    "RECORDED",
    "advance",
    "advance_failed",
    "awaits_confirmation",
    "confirm",
    "detect",
    "fail",
    "folding_of",
    "silence",
    "trouble_of",
]

_FILES = (
    *("board_recovered", "board_partial", "methodology", "field_drift", "metric_added", "metric_removed", "new_leader"),
    *("class_leader", "milestone", "line_overtake", "debut", "departure", "rename", "overtake", "score_revision"),
    *("estimate_measured", "rank_move", "price_change", "attribute_change", "lifecycle", "release_group", "generation_gain"),
    *("parity", "frontier", "regime_change", "board_broken", "board_stale", "consensus"),
)
KINDS: Mapping[str, EventKind] = {name: import_module(f"{__name__}.{name}").KIND for name in _FILES}
"""All kinds by name, in the order in which the events of a diff are stored."""
RECORDED = tuple(name for name, kind in KINDS.items() if kind.across is None)
"""Kinds that are in a board's history. The others are computed on request."""


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


def folding_of(event: Event) -> Folding:
    """How reports fold the event. Events from elsewhere (a watch, a withdrawal) have no folding of their own."""
    return KINDS[event.kind].folding if event.kind in KINDS else Folding()


def trouble_of(event: Event) -> BoardTrouble | None:
    """The trouble of a board that the event is about; None if it is about none."""
    return KINDS[event.kind].trouble if event.kind in KINDS else None


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
