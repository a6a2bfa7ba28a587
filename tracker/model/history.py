"""The history of a board in the store, and its answers."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from tracker.model.events import Event
from tracker.model.ids import BoardId, EntryId, EventId, MetricId
from tracker.model.reading import Measure


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An event that a new vintage of a board withdrew (`after` is None), added (`before` is None) or changed.

    `corrected_at` is when the record changed; `why` says what the former history was made with otherwise, one phrase each:
    `names: qwen.toml`, `declaration: metrics`, `rules: overtake/4`, `captures` (other or older ones).
    """

    board: BoardId
    vintage: int
    corrected_at: datetime
    why: tuple[str, ...]
    before: Event | None
    after: Event | None

    @property
    def how(self) -> str:
        """`withdrawn`, `added` or `changed`."""
        return "withdrawn" if self.after is None else "added" if self.before is None else "changed"

    @property
    def changed(self) -> tuple[str, ...]:
        """The fields of the event that differ, if it is changed."""
        if self.before is None or self.after is None:
            return ()
        return tuple(field.name for field in fields(Event) if getattr(self.before, field.name) != getattr(self.after, field.name))

    @property
    def is_news(self) -> bool:
        """Whether the event is news, or was."""
        return any(event.is_news for event in (self.before, self.after) if event is not None)

    @property
    def event(self) -> Event:
        """The event as it is now or, if it is withdrawn, as it was."""
        event = self.after or self.before
        assert event is not None
        return event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """What the record gained or lost: an `event`, or the one of that `id`, which is `withdrawn`.

    `event` is None for a withdrawal, and for an event that was withdrawn since: its withdrawal follows. `cursor` is the place
    in the order of changes after it.
    """

    id: EventId
    board: BoardId
    headline: str
    event: Event | None
    withdrawn: bool
    cursor: str
