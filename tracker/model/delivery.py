"""Deliveries, receipts, notices, counters and pauses of the service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tracker.model.captured import Verdict
from tracker.model.events import Event
from tracker.model.ids import BoardId, EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One event in the outbox for one route; an event has at most one delivery per route.

    `message` names its message, so that every try sends the same one; it is empty before the first. `counted`: the message only
    counts the event. `tries` have failed, the last with `error`; the next is not before `not_before`. `dead`: given up until a
    person decides.
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
    """The result of a delivery that left the outbox."""

    SENT = "sent"
    COUNTED = "counted"
    """Among the "and 14 more" of a message."""
    DROPPED = "dropped"
    """By a person, or because the event was withdrawn before it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The delivery of an event on a route: when, in which message, and about which subject (for the cool-down)."""

    event: EventId
    route: str
    delivered_at: datetime
    how: DeliveryOutcome = DeliveryOutcome.SENT
    message: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A board that is not fetched until a person resumes it. `by` is who decided, `tracker` if nobody did."""

    board: BoardId
    since: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A problem of the tracker itself, from `since` to `ended_at`. At most one with the same `kind` and `subject` is open."""

    kind: str
    subject: str
    message: str
    since: datetime
    ended_at: datetime | None = None


class Counted(StrEnum):
    """The subject of a counter."""

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
    """A counter's key: what it counts, for which board, route or kind of event; `verdict` is for FETCHES."""

    what: Counted
    subject: str
    verdict: Verdict | None = None
