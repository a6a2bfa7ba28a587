"""Events with their evidence, and failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from tracker.model.ids import BoardId, EntryId, EventId, MetricId, ModelId, Sha256


class Party(Struct, frozen=True, kw_only=True, gc=False):
    """An entry as an event names it; `model` is empty if the name is ambiguous."""

    entry: EntryId
    name: str
    model: ModelId = ModelId("")


class Evidence(Struct, frozen=True, kw_only=True, gc=False):
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


class FailureStage(StrEnum):
    """The stage at which a reading failed."""

    FETCH = "fetch"
    PAGE = "page"
    PARSE = "parse"
    CONTRACT = "contract"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A fetch without an accepted snapshot, with the reason in our own words. `passing`: the next try may succeed.

    `doubt` is the reason alone if the reading is in quarantine.
    """

    board: BoardId
    observed_at: datetime
    url: str
    sha256: tuple[Sha256, ...]
    trouble: FailureStage
    error: str
    message: str
    passing: bool = False
    doubt: str = ""
