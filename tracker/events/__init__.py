"""Step 9: what a change means. One file per kind; a file that begins with `_` is no kind but shared by them.

What others must know of a kind is in the `KIND` of its file: its grades, how reports fold it, what it explains.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from importlib import import_module

from tracker.events import _past, board_broken, board_stale
from tracker.events._past import advance_failed
from tracker.events.detection import Detection
from tracker.events.kind import BoardTrouble, EventKind, Folding
from tracker.model import Board, BoardState, Diff, Event, Failure, Sha256

__all__ = ["KINDS", "RECORDED", "advance", "advance_failed", "detect", "fail", "folding_of", "silence", "trouble_of"]

_FILES = (
    "board_recovered",
    "board_partial",
    "methodology",
    "field_drift",
    "metric_added",
    "metric_removed",
    "new_leader",
    "class_leader",
    "milestone",
    "line_overtake",
    "debut",
    "departure",
    "rename",
    "overtake",
    "score_revision",
    "estimate_measured",
    "rank_move",
    "price_change",
    "attribute_change",
    "lifecycle",
    "release_group",
    "generation_gain",
    "parity",
    "frontier",
    "regime_change",
    "board_broken",
    "board_stale",
    "consensus",
)
KINDS: Mapping[str, EventKind] = {name: import_module(f"{__name__}.{name}").KIND for name in _FILES}
"""All kinds by name, in the order in which the events of a diff are stored."""
RECORDED = tuple(name for name, kind in KINDS.items() if kind.across is None)
"""Kinds that are in a board's history. The others are worked out when asked for."""


def detect(diff: Diff, past: BoardState) -> Detection:
    """Everything that a diff means, given what is remembered of the board, in the order of `KINDS`; and each kind's new memory."""
    events: list[Event] = []
    memory: dict[str, object] = {}
    for kind in KINDS.values():
        found = kind.detect(diff, past) if kind.detect is not None else ()
        if isinstance(found, Detection):
            memory[kind.name] = found.memory
        events += found.events if isinstance(found, Detection) else found
    return Detection(events=tuple(events), memory=memory)


def folding_of(event: Event) -> Folding:
    """How reports fold the event. Events that are not of this package (a watch, a withdrawal) have no folding of their own."""
    return KINDS[event.kind].folding if event.kind in KINDS else Folding()


def trouble_of(event: Event) -> BoardTrouble | None:
    """What the event says of trouble with its board; None if nothing."""
    return KINDS[event.kind].trouble if event.kind in KINDS else None


def fail(board: Board, failure: Failure, past: BoardState) -> tuple[Event, ...]:
    """What a reading that was not accepted means: trouble with the board, told once."""
    return tuple(board_broken.detect(board, failure, past))


def silence(board: Board, past: BoardState, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...]) -> tuple[Event, ...]:
    """What a reading that brought nothing new means: nothing, or that the board has gone stale."""
    return tuple(board_stale.detect(board, past, observed_at=observed_at, url=url, sha256=sha256))


def advance(past: BoardState, diff: Diff, detected: Detection) -> BoardState:
    """The past as the next snapshot will find it, after this diff was accepted with what was detected in it."""
    return replace(_past.advance(past, diff, detected.events), memory=detected.memory)
