"""Takes back news that a rewritten history no longer contains: one delivery for each event that was sent.

Source: docs/decisions/0015-outbox.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from tracker.model import Delivery, Event, EventId
from tracker.notify.routes import WITHDRAWN

CORRECTED_FOR = timedelta(days=30)
"""News that was delivered longer ago is not taken back: nobody remembers it."""


def corrections(sent: Iterable[tuple[Event, str]], at: datetime) -> tuple[Delivery, ...]:
    """A delivery for each (withdrawn event, route) that was sent; `at` is the newest state of its board.

    The correction of an event always has the same id, so each route gets it once.
    """
    return tuple(Delivery(event=_withdrawal(event, at), route=route, queued_at=at) for event, route in sent)


def _withdrawal(event: Event, at: datetime) -> Event:
    """Names no subjects: it must not wait for a model's cool-down, nor be folded below other news of the model."""
    return replace(
        event,
        id=EventId(hashlib.sha256(json.dumps([WITHDRAWN, event.id]).encode()).hexdigest()[:16]),
        kind=WITHDRAWN,
        grade=WITHDRAWN,
        is_news=True,
        subjects=(),
        rivals=(),
        headline=f"Withdrawn: {event.headline}",
        facts={"event": event.id},
        evidence=(),
        rule=f"{WITHDRAWN}/1",
        recorded_at=at,
    )
