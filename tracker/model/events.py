"""Events with their evidence, and the state of a board between two snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tracker.model.ids import BoardId, EntryId, EventId, MetricId, ModelId, Sha256
from tracker.model.reading import LeftOut


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An entry as an event names it; `model` is empty if the name is ambiguous."""

    entry: EntryId
    name: str
    model: ModelId = ModelId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The evidence for a fact: the bytes, their address and time, and the cell as published (None: absent)."""

    sha256: str
    url: str
    observed_at: datetime
    entry: EntryId | None = None
    metric: MetricId | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change that matters.

    It happened later than `after` and not later than `until` (`after` is None if there was nothing before). An event that is not
    news is only recorded. `weight` orders events in a report, 0–100. `rule` names the file that found it and its version. The
    order of the fields is that of its JSON (docs/reference/events.md).
    """

    id: EventId
    kind: str
    grade: str
    weight: int
    is_news: bool
    board: BoardId
    metric: MetricId | None
    subjects: tuple[Party, ...]
    rivals: tuple[Party, ...]
    after: datetime | None
    until: datetime
    recorded_at: datetime
    headline: str
    facts: Mapping[str, object]
    evidence: tuple[Evidence, ...]
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """The memory of an entry of a board, listed or not.

    `last_seen` is None while it is listed; otherwise it is the last accepted snapshot with it, `primary` its value then, and
    `last_in`, `last_url` the bytes. `missing_since` is the first snapshot without it that should have shown it. `departed` is
    True once that was confirmed and reported, or if it continues under another key or belongs to a replaced table. `names` are
    all its names, `name` is the last. `scored` is empty, `estimated` or `measured`: whether it ever had a primary value.
    """

    name: str
    names: frozenset[str]
    first_seen: datetime
    last_seen: datetime | None = None
    last_in: str = ""
    last_url: str = ""
    primary: float | None = None
    missing_since: datetime | None = None
    departed: bool = False
    scored: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingOvertake:
    """An overtake that is not yet sustained; it has held for `held` accepted snapshots. `grade` is that of its event."""

    event: EventId
    metric: MetricId
    subject: EntryId
    rivals: tuple[EntryId, ...]
    since: datetime
    held: int = 0
    grade: str = ""


class FailureStage(StrEnum):
    """The stage at which a reading failed."""

    FETCH = "fetch"
    PAGE = "page"
    PARSE = "parse"
    CONTRACT = "contract"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A fetch without an accepted snapshot, with the reason in our own words. `passing`: the next try may succeed."""

    board: BoardId
    observed_at: datetime
    url: str
    sha256: tuple[Sha256, ...]
    trouble: FailureStage
    error: str
    message: str
    passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldReading:
    """A reading in quarantine: its time, its entries and their values of the primary metric."""

    observed_at: datetime
    entries: frozenset[EntryId]
    values: Mapping[EntryId, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """The memory of a board for judging its next snapshot: small, and a fold over its accepted snapshots.

    `leaders` are the acknowledged ones per metric. `changed_at` has the last times when the content changed, oldest first. The
    last `failures` readings failed, the first at `failing_since`; `passing`: the next try may succeed. `broken_since`,
    `stale_since`, `capped_at` and `left_out` (rows of the last accepted snapshot) are open troubles. `suspects` are the last
    readings in quarantine. `memory` is the memory of each event kind: plain JSON, small (`events.kind.Detection`).
    """

    known: Mapping[EntryId, EntryRecord] = field(default_factory=dict)
    leaders: Mapping[MetricId, tuple[EntryId, ...]] = field(default_factory=dict)
    pending: tuple[PendingOvertake, ...] = ()
    sizes: tuple[int, ...] = ()
    filled: Mapping[MetricId, tuple[float, ...]] = field(default_factory=dict)
    drifted: frozenset[MetricId] = frozenset()
    changed_at: tuple[datetime, ...] = ()
    seen_until: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    passing: bool = False
    broken_since: datetime | None = None
    broken_by: str = ""
    stale_since: datetime | None = None
    capped_at: int | None = None
    cap_told: bool = False
    suspects: tuple[HeldReading, ...] = ()
    left_out: Mapping[EntryId, LeftOut] = field(default_factory=dict)
    memory: Mapping[str, Any] = field(default_factory=dict)
