"""Events that follow from several boards together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from tracker.events import ACROSS, KINDS
from tracker.model import Board, BoardId, Event, EventFilter, Snapshot
from tracker.model.names import Lexicon
from tracker.ports import Store


def across(
    store: Store, *, since: datetime, until: datetime, boards: Sequence[BoardId] = (), lexicon: Lexicon
) -> tuple[Event, ...]:
    """The events of several boards together (all by default), with since ≤ recorded_at < until; by time, then id.

    They are derived from the standings whenever one of the boards has an event of the kinds concerned; nothing is stored.
    """
    chosen = boards or store.boards()
    together: list[Event] = []
    for across in filter(None, (KINDS[name].across for name in ACROSS)):
        seen = EventFilter(kinds=across.kinds, since=since - across.within, until=until, is_news=True)
        events = [event for board in chosen for event in store.events(replace(seen, board=board))]
        events.sort(key=lambda event: (event.recorded_at, event.id))
        for at in sorted({event.recorded_at for event in events if event.recorded_at >= since}):
            so_far = [event for event in events if at - across.within <= event.recorded_at <= at]
            together += across.detect(so_far, _panel(store, chosen, at, lexicon))
    return tuple(sorted(together, key=lambda event: event.recorded_at))


def _panel(store: Store, boards: Iterable[BoardId], at: datetime, lexicon: Lexicon) -> list[tuple[Board, Snapshot]]:
    """The boards that rank their entries, with their primary metric at a time."""
    declared = [board for name in boards if (board := store.declared(name)) is not None and board.primary is not None]
    from tracker.identity import resolve_models  # noqa: PLC0415  # most reports show nothing that several boards agree on

    seen = [(board, store.at(board.id, at, [board.primary.id])) for board in declared if board.primary is not None]
    return [(board, resolve_models(snapshot, lexicon)) for board, snapshot in seen if snapshot is not None]
