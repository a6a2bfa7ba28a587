"""Takes back what was told: a delivery for each event that was sent and that the history, written anew, does not give any more.

Source: docs/decisions/0015-outbox.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from tracker.model import Delivery, Event, EventId
from tracker.notify.routes import WITHDRAWN

CORRECTED_FOR = timedelta(days=30)
"""What was told is taken back only so long after it was delivered: later nobody remembers it."""


def corrections(told: Iterable[tuple[Event, str]], at: datetime) -> tuple[Delivery, ...]:
    """A delivery for each event that was sent on a route and is withdrawn; `at` is the newest state of its board.

    The same event is taken back under the same id whenever that happens, so on each route once for ever.
    """
    return tuple(Delivery(event=_withdrawal(event, at), route=route, queued_at=at) for event, route in told)


def _withdrawal(event: Event, at: datetime) -> Event:
    """It names no subjects: it must not wait for the cool-down of a model, nor stand folded below other news of it."""
    return Event(
        id=_id_of(event),
        kind=WITHDRAWN,
        grade=WITHDRAWN,
        weight=event.weight,
        is_news=True,
        board=event.board,
        metric=event.metric,
        subjects=(),
        rivals=(),
        after=event.after,
        until=event.until,
        headline=f"Withdrawn: {event.headline}",
        facts={"event": event.id},
        evidence=(),
        rule=f"{WITHDRAWN}/1",
        recorded_at=at,
    )


def _id_of(event: Event) -> EventId:
    return EventId(hashlib.sha256(json.dumps([WITHDRAWN, event.id]).encode()).hexdigest()[:16])
