"""What the store keeps of a board and answers with."""

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
    """What one line of the archive's index came to."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"
    UNCHANGED = "unchanged"
    """Nothing came that differs from what was accepted last."""
    STILL_BROKEN = "still_broken"
    """Nothing came that differs, and the board was broken before."""
    UNREADABLE = "unreadable"
    FAILED = "failed"


class State(StrEnum):
    """How a board is."""

    OK = "ok"
    PARTIAL = "partial"
    STALE = "stale"
    BROKEN = "broken"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One fetch as the store remembers it. `entries` is how many the reading had, None where nothing could be read."""

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
    """What one line of the index added to a board's history; stored as one transaction. `diff` is there when it was accepted.

    `agreed_since` is the time of the first of several readings in quarantine that this one agrees with: they are right.
    `took` is how many seconds it took, by what was done (`read`, `detect`); no part of the history.
    """

    check: Check
    past: BoardState
    diff: Diff | None = None
    events: tuple[Event, ...] = ()
    agreed_since: datetime | None = None
    took: Mapping[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch [valid_from, valid_to) in which an entry's published value of a metric did not change; open where `valid_to` is None."""

    valid_from: datetime
    valid_to: datetime | None
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class RankSpan:
    """A stretch in which an entry's rank on the primary metric did not change."""

    valid_from: datetime
    valid_to: datetime | None
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of time, from `started_at` on, in which a metric's values are comparable. `reason`: why it began."""

    metric: MetricId
    started_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are asked for; None and empty ask for all. `since` ≤ recorded_at < `until`.

    `entry` asks for a party of that key, `fact` for events whose facts have that key.
    """

    board: BoardId | None = None
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    is_news: bool | None = None
    entry: EntryId | None = None
    fact: str = ""
