"""Which models are retired, or will be, as far as boards state it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.model import Board, BoardId, Entry, EntryId, Event, EventFilter, ModelId
from tracker.ports import Store
from tracker.query.filters import Filters, is_within
from tracker.query.listings import Listings

_STATED = ("deprecated", "expires")
_KIND = "lifecycle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """What a board states of an entry: that it is `deprecated`, or the day on which it `expires`.

    The board began to state it later than `after` and not later than `since`; None if it did from the first time it listed the
    entry, at `listed_since`. `last_seen` is None while it is listed.
    """

    board: BoardId
    entry: EntryId
    name: str
    model: ModelId | None
    deprecated: bool
    expires: str
    after: datetime | None
    since: datetime | None
    listed_since: datetime
    last_seen: datetime | None


def states_retirement(board: Board) -> bool:
    """Whether a board has a column for it."""
    return any(name in board.attributes for name in _STATED)


def retirements(boards: Sequence[Board], listings: Listings, only: Filters) -> tuple[Retirement, ...]:
    """The retired entries on those boards that state it, those stated last first; from `since` up to `until`, if given."""
    ids = [board.id for board in boards if states_retirement(board)]
    listings.check_makers([board.id for board in boards], only)
    chosen = None
    if only.about_models:
        chosen = listings.choice(ids, only, listings.facts(ids, only.traits)).entries
    found = []
    for state in listings.states(ids):
        board, stated = state.board.id, _stated(state.board.id, listings.store)
        for entry in state.snapshot.entries.values():
            retired = entry.attributes.get("deprecated") == "true" or bool(entry.attributes.get("expires"))
            if retired and (chosen is None or (board, entry.id) in chosen):
                found.append(_retirement(board, entry, stated.get(entry.id), listings.store))
    within = [row for row in found if is_within(row.since or row.listed_since, only)]
    within.sort(key=lambda row: (row.since or row.listed_since, row.board, row.entry), reverse=True)
    return tuple(within[: only.top])


def _stated(board: BoardId, store: Store) -> dict[EntryId, Event]:
    """The last event that an entry's retirement was stated by."""
    events = store.events(EventFilter(board=board, kinds=(_KIND,), grades=_STATED))
    return {party.entry: event for event in events for party in event.subjects}


def _retirement(board: BoardId, entry: Entry, event: Event | None, store: Store) -> Retirement:
    known = store.past(board).known[entry.id]
    return Retirement(
        board=board,
        entry=entry.id,
        name=entry.name,
        model=entry.who.model,
        deprecated=entry.attributes.get("deprecated") == "true",
        expires=entry.attributes.get("expires", ""),
        after=event.after if event else None,
        since=event.until if event else None,
        listed_since=known.first_seen,
        last_seen=known.last_seen,
    )
