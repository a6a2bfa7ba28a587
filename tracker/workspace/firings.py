"""When the user's watches would have fired over the stored history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from tracker import watches
from tracker.errors import DeclarationError
from tracker.line import fold
from tracker.line.apart import read_line
from tracker.model import Board, BoardState, Event, EventFilter
from tracker.model.names import Lexicon
from tracker.ports import Archive, Store
from tracker.watches import Firing, Held, Watch
from tracker.workspace import Settings


def watches_of(settings: Settings, lexicon: Lexicon, name: str | None = None) -> tuple[Watch, ...]:
    """The user's watches, or the one of that name. Raises DeclarationError if it is unknown, or if the file is wrong."""
    declared = watches.load(settings.declaration("watches.toml"), lexicon)
    chosen = tuple(watch for watch in declared if name in (None, watch.name))
    if not chosen and name is not None:
        known = ", ".join(watch.name for watch in declared) or "none"
        raise DeclarationError(f'watch "{name}" is unknown; known: {known} (tracker watch list)')
    return chosen


def firings(board: Board, chosen: Sequence[Watch], store: Store, archive: Archive, lexicon: Lexicon) -> Iterator[Firing]:
    """The firings of the watches over a board's whole history, with the events as stored."""
    asked = [watch for watch in chosen if watches.touches(watch, board)]
    if not asked:
        return
    stored: dict[datetime, list[Event]] = {}
    for event in store.events(EventFilter(board=board.id)):
        stored.setdefault(event.recorded_at, []).append(event)
    lines, _ = archive.index(board.id)
    past, held = BoardState(), dict.fromkeys(asked, Held())
    for derived in fold.steps(board, lines, archive, before=None, past=past, lexicon=lexicon, read=read_line):
        step = replace(derived, events=tuple(stored.get(derived.check.observed_at, ())))
        for watch in asked:
            fired, held[watch] = watches.firings(watch, board, step, past, held[watch], lexicon=lexicon)
            yield from fired
        past = step.past
