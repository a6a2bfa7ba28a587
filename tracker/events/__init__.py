"""Step 9: what a change means. One file per kind; files whose names start with `_` are helpers that kinds share.

The `KIND` of a file holds what others must know of the kind: its grades, how reports fold it, what it explains. `detecting` finds
the events of a diff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module

from tracker.events.kind import BoardTrouble, EventKind, Folding
from tracker.model import Event

_FILES = (
    *("board_recovered", "board_partial", "methodology", "field_drift", "metric_added", "metric_removed", "new_leader"),
    *("class_leader", "milestone", "line_overtake", "debut", "departure", "rename", "overtake", "score_revision"),
    *("estimate_measured", "rank_move", "price_change", "attribute_change", "lifecycle", "release_group", "generation_gain"),
    *("parity", "frontier", "regime_change", "board_broken", "board_stale", "consensus"),
)
ACROSS = ("consensus",)
"""Kinds that are computed on request, from the events of several boards."""
RECORDED = tuple(name for name in _FILES if name not in ACROSS)
"""Kinds that are in a board's history."""


@cache
def _loaded(name: str) -> EventKind:
    if name not in _FILES:
        raise KeyError(name)
    kind: EventKind = import_module(f"{__name__}.{name}").KIND
    return kind


class _Kinds(Mapping[str, EventKind]):
    """Each kind by name, its file loaded when it is first asked for."""

    def __getitem__(self, name: str) -> EventKind:
        return _loaded(name)

    def __contains__(self, name: object) -> bool:
        return name in _FILES

    def __iter__(self) -> Iterator[str]:
        return iter(_FILES)

    def __len__(self) -> int:
        return len(_FILES)


KINDS: Mapping[str, EventKind] = _Kinds()
"""All kinds by name, in the order in which the events of a diff are stored."""


def folding_of(event: Event) -> Folding:
    """How reports fold the event. Events from elsewhere (a watch, a withdrawal) have no folding of their own."""
    return KINDS[event.kind].folding if event.kind in KINDS else Folding()


def trouble_of(event: Event) -> BoardTrouble | None:
    """The trouble of a board that the event is about; None if it is about none."""
    return KINDS[event.kind].trouble if event.kind in KINDS else None
