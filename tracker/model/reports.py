"""A report and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.model.events import Event
from tracker.model.history import State
from tracker.model.ids import BoardId


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a board is, and since when. `due_at` is the next time its cadence asks for it; `reason` says why it is not ok."""

    board: BoardId
    title: str
    page: str
    attribution: str
    state: State
    reason: str = ""
    enabled: bool = True
    entries: int | None = None
    last_checked: datetime | None = None
    last_accepted: datetime | None = None
    last_changed: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A stretch without an accepted snapshot, much longer than the board's usual one: what happened in it is dated only by its ends."""

    after: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Events that tell one thing: the weightiest leads, the others (of the same entry, or siblings of one release) are folded into it."""

    lead: Event
    folded: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardReport:
    """One board in a report: its stories by weight, its gaps, and how many events were only kept in the record."""

    health: Health
    stories: tuple[Story, ...] = ()
    gaps: tuple[Gap, ...] = ()
    checks: int = 0
    untold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What changed on some boards in since ≤ recorded_at < until; boards with the weightiest story first, quiet ones last."""

    since: datetime
    until: datetime
    boards: tuple[BoardReport, ...]
