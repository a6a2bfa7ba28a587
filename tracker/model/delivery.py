"""What is queued, sent, noted and counted of the service, and what an operator set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.model.captured import Verdict
from tracker.model.events import Event
from tracker.model.ids import BoardId, EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event that waits in the outbox for one route; there is never a second one for the same event and route.

    `message` names the message it was put into, so that another try sends the very same one; empty before the first. `counted`:
    the message does not tell the event, only counts it.
    `tries` failed so far, the last with `error`; not tried before `not_before`. `dead`: given up, a person decides.
    """

    event: Event
    route: str
    queued_at: datetime
    message: str = ""
    counted: bool = False
    tries: int = 0
    not_before: datetime | None = None
    error: str = ""
    dead: bool = False


class DeliveryOutcome(StrEnum):
    """How a delivery left the outbox."""

    SENT = "sent"
    COUNTED = "counted"
    """Among the "and 14 more" of a message."""
    DROPPED = "dropped"
    """By a person, or because the event was withdrawn before it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That an event was delivered on a route: when, in which message, and about which subject (for the cool-down)."""

    event: EventId
    route: str
    delivered_at: datetime
    how: DeliveryOutcome = DeliveryOutcome.SENT
    message: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A board that is not fetched until somebody resumes it. `by` is who decided, `tracker` for ourselves."""

    board: BoardId
    since: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Trouble of the tracker's own (a file in `schedules/`, a route, the clock), from `since` on; `ended_at` when it is over.

    `kind` and `subject` name it: of the two there is one open notice at most.
    """

    kind: str
    subject: str
    message: str
    since: datetime
    ended_at: datetime | None = None


class Counted(StrEnum):
    """What a counter counts."""

    FETCHES = "fetches"
    FETCH_BYTES = "fetch_bytes"
    EVENTS = "events"
    READ_SECONDS = "read_seconds"
    DETECT_SECONDS = "detect_seconds"
    STORE_SECONDS = "store_seconds"
    SENT = "sent"
    SEND_FAILURES = "send_failures"


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterKey:
    """A counter's name: what it counts, for which board, route or kind of event. Only FETCHES are counted by `verdict`."""

    what: Counted
    subject: str
    verdict: Verdict | None = None
