"""Step 9: what a change means. One file per kind; a file that begins with `_` is no kind but shared by them.

`KINDS` read a diff, in the order in which their events are stored; the two of `TROUBLES` tell of
boards that could not be read, or that say nothing new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from tracker.events import (
    _past,
    attribute_change,
    board_broken,
    board_partial,
    board_recovered,
    board_stale,
    class_leader,
    consensus,
    debut,
    departure,
    estimate_measured,
    field_drift,
    frontier,
    generation_gain,
    lifecycle,
    line_overtake,
    methodology,
    metric_added,
    metric_removed,
    milestone,
    new_leader,
    overtake,
    parity,
    price_change,
    rank_move,
    regime_change,
    release_group,
    rename,
    score_revision,
)
from tracker.events._past import advance_failed
from tracker.events.detection import Detection
from tracker.model import Board, BoardState, Diff, Event, Failure, Sha256

__all__ = ["ACROSS", "GRADES", "KINDS", "TROUBLES", "advance", "advance_failed", "detect", "fail", "silence"]

KINDS: Mapping[str, Callable[[Diff, BoardState], Iterator[Event] | Detection]] = {
    "board_recovered": board_recovered.detect,
    "board_partial": board_partial.detect,
    "methodology": methodology.detect,
    "field_drift": field_drift.detect,
    "metric_added": metric_added.detect,
    "metric_removed": metric_removed.detect,
    "new_leader": new_leader.detect,
    "class_leader": class_leader.detect,
    "milestone": milestone.detect,
    "line_overtake": line_overtake.detect,
    "debut": debut.detect,
    "departure": departure.detect,
    "rename": rename.detect,
    "overtake": overtake.detect,
    "score_revision": score_revision.detect,
    "estimate_measured": estimate_measured.detect,
    "rank_move": rank_move.detect,
    "price_change": price_change.detect,
    "attribute_change": attribute_change.detect,
    "lifecycle": lifecycle.detect,
    "release_group": release_group.detect,
    "generation_gain": generation_gain.detect,
    "parity": parity.detect,
    "frontier": frontier.detect,
    "regime_change": regime_change.detect,
}

TROUBLES = ("board_broken", "board_stale")

ACROSS: Mapping[str, Callable[[Iterable[Event], consensus.Panel], Iterator[Event]]] = {"consensus": consensus.detect}
"""Kinds that several boards tell together: worked out when asked for, and kept in no board's history."""

GRADES: Mapping[str, tuple[str, ...]] = {
    "debut": ("release", "listing", "late_listing", "re_entry", "first_score", "mass", "revealed"),
    "departure": ("confirmed", "mass"),
    "rename": ("new_name", "flip", "spelling"),
    "rank_move": ("moved", "nominal"),
    "overtake": ("nominal", "debut", "supported", "decisive", "sustained"),
    "new_leader": ("nominal", "debut", "supported", "succession"),
    "class_leader": ("debut", "supported", "nominal", "succession", "classified"),
    "milestone": ("first", "nominal"),
    "line_overtake": ("debut", "nominal", "supported", "decisive"),
    "score_revision": ("beyond_error", "within_error", "withdrawn"),
    "estimate_measured": ("measured",),
    "price_change": ("cut", "rise", "uniform"),
    "attribute_change": (),
    "lifecycle": ("deprecated", "undeprecated", "licence", "context", "weights_opened", "weights_closed", "free", "expires"),
    "release_group": ("release", "listing", "late_listing", "addition"),
    "generation_gain": ("gain", "loss", "level", "nominal", "unmatched"),
    "parity": ("size", "price"),
    "frontier": ("price", "size", "speed"),
    "regime_change": ("better", "worse", "board"),
    "methodology": ("re-based", "another_table"),
    "metric_added": ("new", "returned"),
    "metric_removed": ("removed",),
    "field_drift": ("emptied", "thinned"),
    "board_partial": ("cap", "depth"),
    "board_stale": ("stale",),
    "board_broken": ("unreachable", "fetch", "page", "parse", "contract", "quarantine"),
    "board_recovered": ("broken", "stale", "partial"),
    "consensus": ("agreed", "contradicted", "joined"),
}
"""The grades of every kind, as `docs/reference/events.md` explains them; `attribute_change` has those that publishers make."""


def detect(diff: Diff, past: BoardState) -> Detection:
    """Everything that a diff means, given what is remembered of the board, in the order of `KINDS`; and each kind's new memory."""
    events: list[Event] = []
    memory: dict[str, object] = {}
    for name, kind in KINDS.items():
        found = kind(diff, past)
        if isinstance(found, Detection):
            memory[name] = found.memory
        events += found.events if isinstance(found, Detection) else found
    return Detection(events=tuple(events), memory=memory)


def fail(board: Board, failure: Failure, past: BoardState) -> tuple[Event, ...]:
    """What a reading that was not accepted means: trouble with the board, told once."""
    return tuple(board_broken.detect(board, failure, past))


def silence(board: Board, past: BoardState, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...]) -> tuple[Event, ...]:
    """What a reading that brought nothing new means: nothing, or that the board has gone stale."""
    return tuple(board_stale.detect(board, past, observed_at=observed_at, url=url, sha256=sha256))


def advance(past: BoardState, diff: Diff, detected: Detection) -> BoardState:
    """The past as the next snapshot will find it, after this diff was accepted with what was detected in it."""
    return replace(_past.advance(past, diff, detected.events), memory=detected.memory)
