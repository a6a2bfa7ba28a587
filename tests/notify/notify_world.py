"""Events, deliveries and a channel made by hand, for the tests of what goes out and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tracker.errors import DeliveryError
from tracker.model import BoardId, Delivery, EntryId, Event, EventId, ModelId, Party, Window
from tracker.notify.messages import Limits, Message
from tracker.notify.routes import Route

START = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
NIGHT = Window(start=22 * 60, end=7 * 60)


def at(minutes: float) -> datetime:
    """So many minutes after START."""
    return START + timedelta(minutes=minutes)


def event(name: str, **more: object) -> Event:
    """An event about the entry `subject`, or about none; its id is its name. `recorded` in minutes after START."""
    subject, model = more.pop("subject", ""), more.pop("model", "")
    recorded = at(more.pop("recorded", 0))
    parties = (Party(entry=EntryId(subject), name=subject, model=ModelId(model)),) if subject else ()
    values = {
        "id": EventId(name),
        "kind": "overtake",
        "grade": "supported",
        "weight": 50,
        "is_news": True,
        "board": BoardId("made/board"),
        "metric": None,
        "subjects": parties,
        "rivals": (),
        "after": None,
        "until": recorded,
        "headline": f"{name} happened.",
        "facts": {},
        "evidence": (),
        "rule": "made/1",
        "recorded_at": recorded,
        **more,
    }
    return Event(**{**values, "board": BoardId(values["board"])})


def delivery(name: str, queued: float = 0, route: str = "r", **more: object) -> Delivery:
    """A delivery with such an event, queued so many minutes after START."""
    of_delivery = {key: more.pop(key) for key in ("message", "counted", "tries", "not_before", "error", "dead") if key in more}
    return Delivery(event=event(name, recorded=queued, **more), route=route, queued_at=at(queued), **of_delivery)


def route(**more: object) -> Route:
    return Route(**{"name": "r", "channel": "stdout", **more})


@dataclass
class Heard:
    """A channel that keeps what it was sent; `answer` may raise for a message."""

    answer: Callable[[Message], None] = lambda message: None
    limits: Limits = field(default_factory=Limits)
    messages: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        self.answer(message)
        self.messages.append(message)


def failing(**how: object) -> Callable[[Message], None]:
    """An answer that always fails so."""

    def answer(message: Message) -> None:
        raise DeliveryError("the channel is down", **how)

    return answer
