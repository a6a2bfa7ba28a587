"""Events that several boards make together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tracker.events import ACROSS
from tracker.events.consensus import AGREES_WITHIN
from tracker.identity import resolve_models
from tracker.model import Board, BoardId, Event, EventFilter, Snapshot
from tracker.model.names import Lexicon
from tracker.ports import Store

# ── what several boards say together ─────────────────────────────────────────────────────────────


def across(
    store: Store, *, since: datetime, until: datetime, boards: Sequence[BoardId] = (), lexicon: Lexicon
) -> tuple[Event, ...]:
    """What several boards (all by default) tell together, recorded in since ≤ recorded_at < until; by time, then id.

    Each time one of them told an overtake, the boards are asked as they stood then; nothing of it is stored.
    """
    chosen = boards or store.boards()
    wanted = [
        EventFilter(board=board, kinds=("overtake",), since=since - AGREES_WITHIN, until=until, is_news=True) for board in chosen
    ]
    events = sorted((event for one in wanted for event in store.events(one)), key=lambda event: (event.recorded_at, event.id))
    found: list[Event] = []
    for at in sorted({event.recorded_at for event in events if event.recorded_at >= since}):
        panel = _panel(store, chosen, at, lexicon)
        so_far = [event for event in events if at - AGREES_WITHIN <= event.recorded_at <= at]
        found += [event for kind in ACROSS.values() for event in kind(so_far, panel)]
    return tuple(found)


def _panel(store: Store, boards: Iterable[BoardId], at: datetime, lexicon: Lexicon) -> list[tuple[Board, Snapshot]]:
    """The boards that rank their entries, with their primary metric as it stood at a time."""
    declared = [board for name in boards if (board := store.declared(name)) is not None and board.primary is not None]
    seen = [(board, store.at(board.id, at, [board.primary.id])) for board in declared if board.primary is not None]
    return [(board, resolve_models(snapshot, lexicon)) for board, snapshot in seen if snapshot is not None]
