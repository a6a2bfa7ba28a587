"""The history of a board in the store, and its answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tracker.model.compared import Diff
from tracker.model.events import BoardState, Event
from tracker.model.ids import BoardId, EntryId, MetricId, Sha256
from tracker.model.reading import Measure


class Result(StrEnum):
    """The result of one line of the archive's index."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    """The content does not differ from the last accepted one."""
    STILL_BROKEN = "still_broken"
    """The content does not differ, and the board was broken before."""
    UNREADABLE = "unreadable"
    FAILED = "failed"


class State(StrEnum):
    """The state of a board."""

    OK = "ok"
    PARTIAL = "partial"
    STALE = "stale"
    BROKEN = "broken"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One fetch in the store. `entries` is the size of the reading, None if nothing could be read."""

    board: BoardId
    observed_at: datetime
    result: Result
    url: str
    sha256: tuple[Sha256, ...] = ()
    status: int = 0
    entries: int | None = None
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The effect of one line of the index on a board's history, stored in one transaction. `diff` is set if it was accepted.

    `agreed_since` is the time of the first of several readings in quarantine that agree with this one, and so are right. `took`
    is the seconds of each activity (`read`, `detect`), which are not part of the history.
    """

    check: Check
    past: BoardState
    diff: Diff | None = None
    events: tuple[Event, ...] = ()
    agreed_since: datetime | None = None
    took: Mapping[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A period [valid_from, valid_to) with one published value of an entry's metric; `valid_to` is None if it has not ended."""

    valid_from: datetime
    valid_to: datetime | None
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSpan:
    """A period with one rank of an entry on the primary metric."""

    valid_from: datetime
    valid_to: datetime | None
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A period, from `started_at` on, in which a metric's values are comparable. `reason`: why it began."""

    metric: MetricId
    started_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Conditions on events; None and empty allow all. `since` ≤ recorded_at < `until`.

    `entry` is the key of a party, `fact` a key among the facts.
    """

    board: BoardId | None = None
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    is_news: bool | None = None
    entry: EntryId | None = None
    fact: str = ""
