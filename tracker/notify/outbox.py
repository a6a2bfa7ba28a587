"""Sends what waits in the outbox, at least once; the message's id shows a receiver that it was sent again.

A delivery is bound to its message before it is sent, and replaced by a receipt afterwards. A process that is killed between the
two sends the same message again: only then can a receiver see it twice.

Source: docs/guide/notify.md
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tracker.errors import DeliveryError
from tracker.events.making import build
from tracker.model import Board, BoardId, Counted, CounterKey, Delivery, DeliveryOutcome, Event, EventId, Receipt
from tracker.notify.messages import Message, compose
from tracker.notify.plan import LONGEST_WAIT, Batch, is_quiet, message_of, plan, remembers, subject_of
from tracker.notify.routes import OURS, WATCH, WITHDRAWN, Route
from tracker.ports import Clock, ServiceState, Store

if TYPE_CHECKING:
    from tracker.notify.channels import Channel

MOST_TRIES = 20
FIRST_WAIT = timedelta(minutes=1)
SLOWEST = timedelta(hours=6)
_SHORTEST = 200
"""The shortest body that is tried when a message is too large."""

log = logging.getLogger("tracker.notify")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The result of a pass over the outbox: messages by route, and deliveries that were dropped or given up.

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
    """One pass over the outbox. A failed message waits longer each time, and after MOST_TRIES for a person.

    One route's trouble never stops another. `channels` opens a route's channel and may raise DeliveryError. A delivery whose
    event is gone (`exists`, as `exists_in` a store) is dropped. Only one process at a time may do this on a store.

    Raises:
        StoreError: the service cannot be read or written.
    """
    waiting: dict[str, list[Delivery]] = {}
    for delivery in service.deliveries():
        waiting.setdefault(delivery.route, []).append(delivery)
    passes = [
        _Pass(route=route, service=service, channels=channels, clock=clock, boards=boards, exists=exists)
        for route in routes
        if route.enabled and route.name in waiting
    ]
    for done in passes:
        done.run(waiting[done.route.name])
    return Delivered(
        sent={done.route.name: done.sent for done in passes if done.sent},
        dropped=sum(done.dropped for done in passes),
        dead_lettered=sum(done.dead_lettered for done in passes),
        failures={done.route.name: done.failure for done in passes if done.failure},
    )


def exists_in(store: Store) -> Callable[[Delivery], bool]:
    """Whether the event of a delivery is in the store's history. Events outside any history always exist.

    A correction exists while its event is gone: that may be found again before the correction is sent.
    """

    def exists(delivery: Delivery) -> bool:
        event = delivery.event
        if event.kind == WITHDRAWN:
            return store.event(str(event.facts["event"])) is None
        return event.kind in (WATCH, *OURS) or store.event(event.id) is not None

    return exists


def drop(service: ServiceState, deliveries: Iterable[Delivery], at: datetime) -> int:
    """Remove deliveries from the outbox for good. Returns how many."""
    receipts = [
        Receipt(event=delivery.event.id, route=delivery.route, delivered_at=at, how=DeliveryOutcome.DROPPED)
        for delivery in deliveries
    ]
    service.receive(receipts)
    return len(receipts)


def send_test(route: Route, channel: Channel, at: datetime) -> Message:
    """Send a test message on a route, and return it. Raises DeliveryError."""
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
    """How long to wait after failures: a minute, doubled up to SLOWEST, or as the channel asks, up to LONGEST_WAIT."""
    ours = min(SLOWEST, FIRST_WAIT * (1 << min(tries - 1, 16)))
    asked = min(LONGEST_WAIT, timedelta(seconds=min(max(retry_after_s or 0.0, 0.0), LONGEST_WAIT.total_seconds())))
    return max(ours, asked)


@dataclass(slots=True, kw_only=True)
class _Pass:
    """One pass over the deliveries of one route, and its results."""

    route: Route
    service: ServiceState
    channels: Callable[[Route], Channel]
    clock: Clock
    boards: Mapping[BoardId, Board]
    exists: Callable[[Delivery], bool]
    sent: int = 0
    dropped: int = 0
    dead_lettered: int = 0
    failure: str = ""

    def run(self, deliveries: Sequence[Delivery]) -> None:
        """Send what is due, until the channel refuses a message that it may take later."""
        batches = self._plan(deliveries)
        if not batches:
            return
        try:
            channel = self.channels(self.route)
        except DeliveryError as error:
            # A missing library or secret may be there after the next start, so this failure is never final.
            for batch in batches:
                self._postpone_or_give_up(batch, error, final=False)
            return
        for batch in batches:
            if is_quiet(self.route, self.clock.now()) or not self._sent(channel, batch):
                return

    def _plan(self, deliveries: Sequence[Delivery]) -> Sequence[Batch]:
        """The batches that are due. Deliveries of withdrawn events are dropped, and the rest is planned again."""
        now = self.clock.now()
        receipts = self.service.receipts(self.route.name, since=remembers(self.route, now))
        existing: set[EventId] = set()
        while True:
            batches = plan(self.route, deliveries, receipts, now)
            unchecked = [delivery for batch in batches for delivery in batch.deliveries if delivery.event.id not in existing]
            gone = {delivery.event.id for delivery in unchecked if not self.exists(delivery)}
            if not gone:
                return batches
            existing.update(delivery.event.id for delivery in unchecked if delivery.event.id not in gone)
            self.dropped += drop(self.service, (delivery for delivery in deliveries if delivery.event.id in gone), now)
            log.info("withdrawn before it was sent", extra={"route": self.route.name, "events": sorted(gone)})
            deliveries = [delivery for delivery in deliveries if delivery.event.id not in gone]

    def _sent(self, channel: Channel, batch: Batch) -> bool:
        """Whether the channel can take more: it took the message, or will never take this one."""
        named = replace(batch, message=message_of(self.route, batch))
        self.service.bind(named.in_full, named.message)
        self.service.bind(named.counted, named.message, counted=True)
        try:
            self._hand_over(channel, named)
        except DeliveryError as error:
            self._postpone_or_give_up(named, error, final=error.final)
            return error.final
        self._receive(named)
        return True

    def _hand_over(self, channel: Channel, batch: Batch) -> None:
        """Send the message; if the channel finds it too large, send a shorter one at once."""
        limits = channel.limits
        while True:
            try:
                message = compose(
                    _events(batch.in_full),
                    _events(batch.counted),
                    route=self.route.name,
                    id=batch.message,
                    boards=self.boards,
                    limits=limits,
                    zone=ZoneInfo(self.route.time_zone),
                )
                channel.send(message)
            except DeliveryError as error:
                if not error.too_large:
                    raise
                limits = replace(limits, body=min(limits.body, len(message.body)) // 2)
                if limits.body < _SHORTEST:
                    raise DeliveryError(f"{error}; even a short form was too large", final=True) from error
            except Exception as error:
                # A bug in one channel must not stop the others; its text may contain a secret.
                raise DeliveryError(f"{self.route.channel}: {type(error).__name__} while sending; please report this") from error
            else:
                return

    def _receive(self, batch: Batch) -> None:
        at = self.clock.now()
        self.service.receive(
            Receipt(
                event=delivery.event.id,
                route=delivery.route,
                delivered_at=at,
                how=how,
                message=batch.message,
                subject=subject_of(delivery.event) if how is DeliveryOutcome.SENT else "",
            )
            for deliveries, how in ((batch.in_full, DeliveryOutcome.SENT), (batch.counted, DeliveryOutcome.COUNTED))
            for delivery in deliveries
        )
        self.service.count({CounterKey(what=Counted.SENT, subject=self.route.name): 1})
        self.sent += 1
        log.info("message sent", extra=self._facts(batch))

    def _postpone_or_give_up(self, batch: Batch, error: DeliveryError, *, final: bool) -> None:
        tries = 1 + max(delivery.tries for delivery in batch.deliveries)
        self.failure = str(error)
        self.service.count({CounterKey(what=Counted.SEND_FAILURES, subject=self.route.name): 1})
        if final or tries >= MOST_TRIES:
            self.service.dead_letter(batch.deliveries, error=self.failure)
            self.dead_lettered += len(batch.deliveries)
            log.error("message given up", extra={**self._facts(batch), "tries": tries, "error": self.failure})
            return
        at = self.clock.now() + wait_after(tries, error.retry_after_s)
        self.service.put_off(batch.deliveries, not_before=at, error=self.failure)
        log.warning("message put off", extra={**self._facts(batch), "tries": tries, "until": at, "error": self.failure})

    def _facts(self, batch: Batch) -> dict[str, object]:
        names = {"route": self.route.name, "message_id": batch.message, "events": len(batch.in_full), "more": len(batch.counted)}
        return {name: value for name, value in names.items() if value}


def _events(deliveries: Iterable[Delivery]) -> tuple[Event, ...]:
    return tuple(delivery.event for delivery in deliveries)
