"""Sends what waits in the outbox: at least once, under a name by which a receiver can tell a second try from a second message.

A delivery is bound to its message before the message is sent, and leaves the outbox against a receipt after it was. Whoever is
killed between the two sends the very same message again: that is the one window in which a receiver sees it twice.

Source: docs/guide/notify.md
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.errors import DeliveryError
from tracker.events.making import build
from tracker.model import Board, BoardId, Counted, CounterKey, Delivery, DeliveryOutcome, Event, EventId, Receipt
from tracker.notify.channels import Channel
from tracker.notify.messages import Message, compose
from tracker.notify.plan import LONGEST_WAIT, Batch, is_quiet, message_of, plan, remembers, subject_of
from tracker.notify.routes import OURS, WATCH, WITHDRAWN, Route
from tracker.ports import Clock, ServiceState, Store

MOST_TRIES = 20
FIRST_WAIT = timedelta(minutes=1)
SLOWEST = timedelta(hours=6)
_SHORTEST = 200
"""A message that is too large at so many characters of body is not made shorter."""

log = logging.getLogger("tracker.notify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one pass over the outbox came to: messages by route, and deliveries that were dropped or given up.

    `failures` has the last error of each route on which something could not be delivered.
    """

    sent: Mapping[str, int] = field(default_factory=dict)
    dropped: int = 0
    dead_lettered: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)


def deliver(
    service: ServiceState,
    routes: Iterable[Route],
    channels: Callable[[Route], Channel],
    *,
    clock: Clock,
    boards: Mapping[BoardId, Board],
    exists: Callable[[Delivery], bool] = lambda _: True,
) -> Delivered:
    """One pass over the outbox. What fails waits longer each time, and after MOST_TRIES for a person.

    One route's trouble never stops another. `channels` opens a route's channel and may raise DeliveryError; `exists` says
    whether the event of a delivery still stands (`standing_in` says it of a store): one that was withdrawn is not told.
    Only one process may do this on a store at a time.

    Raises:
        StoreError: the service cannot be read or written.
    """
    waiting: dict[str, list[Delivery]] = {}
    for delivery in service.deliveries():
        waiting.setdefault(delivery.route, []).append(delivery)
    passes = [
        _Pass(service, route, channels, clock, boards, exists) for route in routes if route.enabled and route.name in waiting
    ]
    for one in passes:
        one.run(waiting[one.route.name])
    return Delivered(
        sent={one.route.name: one.sent for one in passes if one.sent},
        dropped=sum(one.dropped for one in passes),
        dead_lettered=sum(one.dead_lettered for one in passes),
        failures={one.route.name: one.failure for one in passes if one.failure},
    )


def standing_in(store: Store) -> Callable[[Delivery], bool]:
    """Whether the event of a delivery stands in a store's history. Those that no history has are never withdrawn.

    A correction stands as long as what it takes back is gone: that may have come again before the correction was sent.
    """
    return lambda delivery: _stands(delivery.event, store)


def _stands(event: Event, store: Store) -> bool:
    if event.kind == WITHDRAWN:
        return store.event(str(event.facts["event"])) is None
    return event.kind in (WATCH, *OURS) or store.event(event.id) is not None


def drop(service: ServiceState, deliveries: Iterable[Delivery], at: datetime) -> int:
    """Take deliveries out of the outbox, never to be sent. Returns how many."""
    receipts = [Receipt(event=one.event.id, route=one.route, delivered_at=at, how=DeliveryOutcome.DROPPED) for one in deliveries]
    service.receive(receipts)
    return len(receipts)


def send_test(route: Route, channel: Channel, at: datetime) -> Message:
    """Send one message on a route that says it is a test, and give it back. Raises DeliveryError."""
    event = build(
        board=BoardId(""),
        recorded_at=at,
        digests=("", route.name),
        rule="test/1",
        grade="test",
        weight=0,
        is_news=True,
        headline=f'This is a test of the route "{route.name}": nothing has happened.',
        facts={},
        evidence=(),
        after=None,
        until=at,
    )
    message = compose([event], route=route.name, id=f"test-{event.id}", boards={}, limits=channel.limits)
    channel.send(message)
    return message


def wait_after(tries: int, retry_after_s: float | None) -> timedelta:
    """How long to wait after so many failed tries: a minute, doubled each time, up to SLOWEST; longer if the channel asks for it, but no longer than LONGEST_WAIT."""
    ours = min(SLOWEST, FIRST_WAIT * (1 << min(tries - 1, 16)))
    asked = min(LONGEST_WAIT, timedelta(seconds=min(max(retry_after_s or 0.0, 0.0), LONGEST_WAIT.total_seconds())))
    return max(ours, asked)


class _Pass:
    """One pass over the deliveries of one route."""

    def __init__(  # noqa: PLR0917  # what `deliver` was given, in its order
        self,
        service: ServiceState,
        route: Route,
        channels: Callable[[Route], Channel],
        clock: Clock,
        boards: Mapping[BoardId, Board],
        exists: Callable[[Delivery], bool],
    ) -> None:
        self.route = route
        self.sent = self.dropped = self.dead_lettered = 0
        self.failure = ""
        self._service, self._channels, self._clock, self._boards, self._exists = service, channels, clock, boards, exists

    def run(self, deliveries: Sequence[Delivery]) -> None:
        """Send what is due, up to the first message that the channel does not take now."""
        batches = self._plan(deliveries)
        if not batches:
            return
        try:
            channel = self._channels(self.route)
        except DeliveryError as error:
            # Whatever is missing may be there after the next start: nothing is given up for it before its time.
            for batch in batches:
                self._put_off_or_bury(batch, error, final=False)
            return
        for batch in batches:
            if is_quiet(self.route, self._clock.now()) or not self._sent(channel, batch):
                return

    def _plan(self, deliveries: Sequence[Delivery]) -> Sequence[Batch]:
        """The batches that are due, without deliveries whose events were withdrawn: those are dropped, and the rest is planned anew."""
        now = self._clock.now()
        receipts = self._service.receipts(self.route.name, since=remembers(self.route, now))
        standing: set[EventId] = set()
        while True:
            batches = plan(self.route, deliveries, receipts, now)
            looked_at = [one for batch in batches for one in batch.deliveries if one.event.id not in standing]
            gone = {one.event.id for one in looked_at if not self._exists(one)}
            if not gone:
                return batches
            standing.update(one.event.id for one in looked_at if one.event.id not in gone)
            self.dropped += drop(self._service, (one for one in deliveries if one.event.id in gone), now)
            log.info("withdrawn before it was told", extra={"route": self.route.name, "events": sorted(gone)})
            deliveries = [one for one in deliveries if one.event.id not in gone]

    def _sent(self, channel: Channel, batch: Batch) -> bool:
        """Whether the channel can be asked for more: it took the message, or will never take this one."""
        named = replace(batch, message=message_of(self.route, batch))
        self._service.bind(named.in_full, named.message)
        self._service.bind(named.counted, named.message, counted=True)
        try:
            self._hand_over(channel, named)
        except DeliveryError as error:
            self._put_off_or_bury(named, error, final=error.final)
            return error.final
        self._receive(named)
        return True

    def _hand_over(self, channel: Channel, batch: Batch) -> None:
        """Send the message, and where the channel finds it too large a shorter one at once."""
        limits = channel.limits
        while True:
            try:
                message = compose(
                    _events(batch.in_full),
                    _events(batch.counted),
                    route=self.route.name,
                    id=batch.message,
                    boards=self._boards,
                    limits=limits,
                    zone=ZoneInfo(self.route.time_zone),
                )
                channel.send(message)
            except DeliveryError as error:
                if not error.too_large:
                    raise
                limits = replace(limits, body=min(limits.body, len(message.body)) // 2)
                if limits.body < _SHORTEST:
                    raise DeliveryError(f"{error}; it was too large even when made short", final=True) from error
            except Exception as error:
                # A fault of ours in one channel must not stop the others; its text may hold a secret.
                raise DeliveryError(f"{self.route.channel}: {type(error).__name__} while sending; please report this") from error
            else:
                return

    def _receive(self, batch: Batch) -> None:
        at = self._clock.now()
        receipts = [_receipt(one, batch, at, DeliveryOutcome.SENT) for one in batch.in_full]
        receipts += [_receipt(one, batch, at, DeliveryOutcome.COUNTED) for one in batch.counted]
        self._service.receive(receipts)
        self._service.count({CounterKey(what=Counted.SENT, subject=self.route.name): 1})
        self.sent += 1
        log.info("message sent", extra=self._said(batch))

    def _put_off_or_bury(self, batch: Batch, error: DeliveryError, *, final: bool) -> None:
        tries = 1 + max(delivery.tries for delivery in batch.deliveries)
        self.failure = str(error)
        self._service.count({CounterKey(what=Counted.SEND_FAILURES, subject=self.route.name): 1})
        if final or tries >= MOST_TRIES:
            self._service.dead_letter(batch.deliveries, error=self.failure)
            self.dead_lettered += len(batch.deliveries)
            log.error("message given up", extra={**self._said(batch), "tries": tries, "error": self.failure})
            return
        at = self._clock.now() + wait_after(tries, error.retry_after_s)
        self._service.put_off(batch.deliveries, not_before=at, error=self.failure)
        log.warning("message put off", extra={**self._said(batch), "tries": tries, "until": at, "error": self.failure})

    def _said(self, batch: Batch) -> dict[str, object]:
        names = {"route": self.route.name, "message_id": batch.message, "events": len(batch.in_full), "more": len(batch.counted)}
        return {name: value for name, value in names.items() if value}


def _events(deliveries: Iterable[Delivery]) -> tuple[Event, ...]:
    return tuple(delivery.event for delivery in deliveries)


def _receipt(delivery: Delivery, batch: Batch, at: datetime, how: DeliveryOutcome) -> Receipt:
    subject = subject_of(delivery.event) if how is DeliveryOutcome.SENT else ""
    return Receipt(
        event=delivery.event.id, route=delivery.route, delivered_at=at, how=how, message=batch.message, subject=subject
    )
