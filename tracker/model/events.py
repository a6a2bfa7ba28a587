"""Events with their evidence, and what a board remembers between two snapshots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tracker.model.ids import BoardId, EntryId, EventId, MetricId, ModelId, Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """An entry as an event speaks of it; `model` is empty where its name leaves open which model it is."""

    entry: EntryId
    name: str
    model: ModelId = ModelId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a fact stands: which bytes, fetched from where and when, and the cell as published (None: not there)."""

    sha256: str
    url: str
    observed_at: datetime
    entry: EntryId | None = None
    metric: MetricId | None = None
    raw: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A change that means something.

    It happened later than `after` and not later than `until` (`after` is None when there was
    nothing before). `is_news` is True for news, False for what is only kept in the record. `weight` orders
    events in a report, 0–100. `rule` names the file that found it and its version.
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
    headline: str
    facts: Mapping[str, object]
    evidence: tuple[Evidence, ...]
    rule: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """What is remembered of an entry of a board, listed or not.

    `last_seen` is None while it is listed, else the last accepted snapshot that had it, `primary`
    its value then and `last_in`, `last_url` the bytes. `missing_since` is the first snapshot in
    which it would have had to be visible and was not; `departed` is True once that was confirmed
    and told, or when it goes on under another key or belongs to a table that was replaced. `names` are all it ever bore, `name` is the last. `scored` says whether it ever had a
    primary value: empty, `estimated` or `measured`.
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
    """An overtake that waits to be sustained: it has held for `held` accepted snapshots so far."""

    event: EventId
    metric: MetricId
    subject: EntryId
    rivals: tuple[EntryId, ...]
    since: datetime
    held: int = 0


class FailureStage(StrEnum):
    """Why nothing could be read."""

    FETCH = "fetch"
    PAGE = "page"
    PARSE = "parse"
    CONTRACT = "contract"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A fetch that gave no accepted snapshot: what failed, and in our own words why. `passing`: it may be gone at the next try."""

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
    """A reading held in quarantine: when, and which entries it had."""

    observed_at: datetime
    entries: frozenset[EntryId]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """What must be remembered of a board to judge its next snapshot; small, and a fold over its accepted snapshots.

    `listed_since`: when the first snapshot was accepted. `leaders` are the acknowledged ones per
    metric. `changed_at` holds the last times the content changed, oldest first. `failing_since` is the first of the
    `failures` in a row that the last readings were, `passing` whether the last of them may be gone at the next try. `broken_since`, `stale_since` and `capped_at` are open troubles. `suspects` are the readings quarantined in a row.
    `memory` is what an event kind remembers for itself, by kind: plain JSON, small (`events.kind.Detection`).
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
    memory: Mapping[str, Any] = field(default_factory=dict)
