"""A report and its parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tracker.model.events import Event
from tracker.model.ids import BoardId

if TYPE_CHECKING:  # charts are of reports and reports of charts
    from tracker.model.charts import BoardCharts


class State(StrEnum):
    """The state of a board."""

    OK = "ok"
    PARTIAL = "partial"
    STALE = "stale"
    BROKEN = "broken"
    PAUSED = "paused"
    NEVER_READ = "never read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of a board. `due_at` is its next time by its cadence; `reason` says why it is not ok, without the board's id.

    `left_out` says why of each row that the last accepted reading left out.
    """

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
    left_out: tuple[str, ...] = ()
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A period without an accepted snapshot, much longer than usual for the board; changes in it are dated only by its ends."""

    after: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Events about one thing: the weightiest leads; the others (of the same entry, or of one release) are folded into it."""

    lead: Event
    folded: tuple[Event, ...] = ()

    @property
    def events(self) -> tuple[Event, ...]:
        """The lead, then the folded events."""
        return (self.lead, *self.folded)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopRow:
    """A row of a board's order, its value as people read it. `was` is its rank at the start of the window, None without one."""

    rank: int
    was: int | None
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The first rows of a board at a window's end; `is_compared`: with its start. `has_error`: the values' error is stated."""

    metric: str
    rows: tuple[TopRow, ...]
    is_compared: bool
    has_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardReport:
    """One board in a report: its stories by weight, its gaps, and the number of events that are only recorded.

    `is_first`: the window contains its first reading and no later one. `top`: of boards with stories that have an order.
    `charts`: of the same, if the report is illustrated.
    """

    health: Health
    stories: tuple[Story, ...] = ()
    gaps: tuple[Gap, ...] = ()
    checks: int = 0
    recorded: int = 0
    is_first: bool = False
    top: Top | None = None
    charts: BoardCharts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What changed on some boards in since ≤ recorded_at < until; boards with the weightiest story first, quiet ones last.

    `only` describes what was asked for if it is not all events of these boards.
    """

    since: datetime
    until: datetime
    boards: tuple[BoardReport, ...]
    only: str = ""
