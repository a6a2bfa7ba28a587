"""The tracker's own troubles: each is news once when it begins and once when it ends, outside any board's history."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from tracker.model import BoardId, Delivery, Event, EventId, Notice
from tracker.notify.routes import RECOVERED, TROUBLE
from tracker.ports import ServiceState
from tracker.wording import span

TRACKER = BoardId("tracker")
"""The board of such an event."""

log = logging.getLogger("tracker.daemon")


class Notices:
    """Opens and closes notices in the service, with their deliveries. `deliveries` makes those of an event."""

    def __init__(self, service: ServiceState, deliveries: Callable[[Event, datetime], Sequence[Delivery]]) -> None:
        self._service = service
        self._deliveries = deliveries

    def open(self, kind: str, subject: str, message: str, now: datetime) -> None:
        """Open a notice, which is news if it is new. The message is one line."""
        notice = Notice(kind=kind, subject=subject, message=message, since=now)
        if self._service.open_notice(notice, self._deliveries(as_event(notice), now)):
            log.warning("trouble", extra={"kind": kind, "subject": subject, "what": message})

    def close(self, kind: str, subject: str, now: datetime) -> None:
        """Close the notice, if it is open."""
        for notice in self._service.notices():
            if (notice.kind, notice.subject) == (kind, subject):
                ended = Notice(kind=kind, subject=subject, message=notice.message, since=notice.since, ended_at=now)
                self._service.close_notice(kind, subject, now, self._deliveries(as_event(ended), now))
                log.info("trouble ended", extra={"kind": kind, "subject": subject, "since": notice.since})

    def only(self, kind: str, messages: dict[str, str], now: datetime) -> None:
        """Of one kind, leave exactly these notices open, by subject."""
        for notice in self._service.notices():
            if notice.kind == kind and notice.subject not in messages:
                self.close(kind, notice.subject, now)
        for subject, message in sorted(messages.items()):
            self.open(kind, subject, message, now)


def as_event(notice: Notice) -> Event:
    """The event of a notice that opens, or, with `ended_at`, closes."""
    ended = notice.ended_at
    at = ended or notice.since
    named = [notice.kind, notice.subject, notice.since.isoformat(), "ended" if ended else "began"]
    lasted = f" It lasted {span(ended - notice.since)}." if ended else ""
    return Event(
        id=EventId(hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]),
        kind=RECOVERED if ended else TROUBLE,
        grade=notice.kind,
        weight=50 if ended else 80,
        is_news=True,
        board=TRACKER,
        metric=None,
        subjects=(),
        rivals=(),
        after=notice.since if ended else None,
        until=at,
        headline=f"{'Over: ' if ended else ''}{notice.message.rstrip('.')}.{lasted}",
        facts={"kind": notice.kind, "subject": notice.subject, "since": notice.since.isoformat()},
        evidence=(),
        rule="tracker/1",
        recorded_at=at,
    )
