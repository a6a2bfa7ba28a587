"""Which deliveries of a route go out now, in which messages: digests, quiet hours, cool-down, cap per hour. Pure.

Source: docs/guide/notify.md
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tracker import cadence
from tracker.events import folding_of, trouble_of
from tracker.model import BoardId, Delivery, DeliveryOutcome, Event, Receipt
from tracker.notify.routes import WITHDRAWN, Route
from tracker.reports.folding import fold, order

HOUR = timedelta(hours=1)
TROUBLES_GATHER = timedelta(minutes=15)
"""How long trouble waits for more of it: the boards of a host are read minutes apart, and a failing host is one message."""
UNREACHABLE_GATHER = timedelta(hours=1)
"""Trouble that is news only after hours waits longer for other boards of its host: each is retried at its own times."""
MOST_UNANSWERED = 5
"""While this many messages wait for a retry, no new one begins; once the channel is back, what waited is sent together."""
LONGEST_WAIT = timedelta(days=1)
"""No delivery waits longer. One that seems to was postponed before the clock was set back, and is due."""

_EARLY = datetime.min.replace(tzinfo=UTC)
_CLOCK_SET_BACK = timedelta(minutes=1)
_LONG = timedelta(days=32)
"""Every daily, weekly and monthly digest is due once in this time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """The deliveries that a message shows, weightiest first, and those it only counts. `message`: its id if tried before."""

    in_full: tuple[Delivery, ...]
    counted: tuple[Delivery, ...] = ()
    message: str = ""

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """All of them."""
        return (*self.in_full, *self.counted)


def plan(route: Route, deliveries: Sequence[Delivery], receipts: Sequence[Receipt], now: datetime) -> Sequence[Batch]:
    """The messages that go out on a route now, in order.

    `deliveries` are those that wait on the route, `receipts` its receipts at least since `remembers(route, now)`. A message that
    was tried before goes out unchanged, before new ones.
    """
    if is_quiet(route, now):
        return ()
    tried, fresh = _by_message(deliveries)
    slots = _slots(route, receipts, now)
    again = [batch for batch in tried if _is_due(_next_try(batch), now)][:slots]
    if len(tried) >= MOST_UNANSWERED:
        return again
    new = _digest(route, fresh, now) if route.digest else _at_once(route, fresh, _warm(route, tried, receipts, now), now)
    return [*again, *_capped(new, None if slots is None else slots - len(again))]


def is_quiet(route: Route, now: datetime) -> bool:
    """Whether nothing goes out on the route at that time."""
    return bool(route.quiet) and cadence.in_quiet(route.quiet, route.time_zone, now) is not None


def remembers(route: Route, now: datetime) -> datetime:
    """The time since which receipts matter now."""
    return now - max(HOUR, timedelta(seconds=route.cool_down_s))


def message_of(route: Route, batch: Batch) -> str:
    """The id of a batch's message: the same for the same events on the same route, so that a receiver recognises a retry."""
    if batch.message:
        return batch.message
    events = sorted(delivery.event.id for delivery in batch.deliveries)
    return hashlib.sha256(json.dumps([route.name, events]).encode()).hexdigest()[:24]


def subject_of(event: Event) -> str:
    """What cools down after a message about it: a model (on any board), an entry, a board in trouble, or the event alone."""
    if trouble_of(event):
        return f"board {event.board}"
    if len(event.subjects) == 1 or (event.subjects and folding_of(event).by_first):
        party = event.subjects[0]
        return f"model {party.model}" if party.model else f"entry {event.board} {party.entry}"
    return f"event {event.id}"


def _by_message(deliveries: Iterable[Delivery]) -> tuple[list[Batch], list[Delivery]]:
    """The batches that were tried before, the longest waiting first, and the deliveries outside any batch.

    If a batch has nothing left to show (it was dropped), the deliveries it counted are new again.
    """
    in_full: dict[str, list[Delivery]] = {}
    counted: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        (counted if delivery.counted else in_full).setdefault(delivery.message, []).append(delivery)
    fresh = in_full.pop("", [])
    without_lead = (delivery for name, of_name in counted.items() if name not in in_full for delivery in of_name)
    fresh += [replace(delivery, message="", counted=False) for delivery in without_lead]
    tried = [
        Batch(in_full=_ordered(shown), counted=_ordered(counted.get(name, ())), message=name) for name, shown in in_full.items()
    ]
    return sorted(tried, key=lambda batch: (_next_try(batch), batch.message)), fresh


def _next_try(batch: Batch) -> datetime:
    """When the batch is due: with its first delivery, because a person may have revived that one."""
    return min(delivery.not_before or _EARLY for delivery in batch.deliveries)


def _is_due(at: datetime, now: datetime) -> bool:
    return not now < at <= now + LONGEST_WAIT


def _oldest(deliveries: Iterable[Delivery], now: datetime) -> datetime:
    """When the first of them was queued; long ago if that is in the future, because the clock was set back."""
    first = min(delivery.queued_at for delivery in deliveries)
    return first if first <= now + _CLOCK_SET_BACK else now - _LONG


def _ordered(deliveries: Iterable[Delivery]) -> tuple[Delivery, ...]:
    return tuple(sorted(deliveries, key=lambda delivery: order(delivery.event)))


def _slots(route: Route, receipts: Iterable[Receipt], now: datetime) -> int | None:
    """How many messages may still go out; None without a cap. Receipts from the future (a clock set back) do not count."""
    if route.most_per_hour is None:
        return None
    sent = {receipt.message for receipt in receipts if _is_sent(receipt, now - HOUR, now)}
    return max(0, route.most_per_hour - len(sent))


def _is_sent(receipt: Receipt, after: datetime, until: datetime) -> bool:
    return receipt.how is DeliveryOutcome.SENT and after < receipt.delivered_at <= until


def _capped(batches: Sequence[Batch], slots: int | None) -> Sequence[Batch]:
    """As many batches as there are slots, the weightiest first; the last one counts the deliveries of the others."""
    ordered = sorted(batches, key=lambda batch: order(batch.in_full[0].event))
    if slots is None or len(ordered) <= slots:
        return ordered
    if slots == 0:
        return ()
    *whole, last = ordered[:slots]
    return [*whole, replace(last, counted=_ordered(delivery for batch in ordered[slots:] for delivery in batch.in_full))]


def _digest(route: Route, deliveries: Sequence[Delivery], now: datetime) -> Sequence[Batch]:
    """All deliveries in one batch, once the digest has been due since the oldest was queued."""
    if not deliveries or not all(_is_due(delivery.not_before or _EARLY, now) for delivery in deliveries):
        return ()
    assert route.digest is not None, "only digests have an hour"
    due = next(cadence.firings(route.digest, route.time_zone, _oldest(deliveries, now)), None)
    return () if due is None or due > now else [Batch(in_full=_ordered(deliveries))]


def _at_once(route: Route, deliveries: Iterable[Delivery], warm: frozenset[str], now: datetime) -> Sequence[Batch]:
    """A batch for all trouble and one per story, if their subjects have cooled down and they have waited for related events."""
    due = (delivery for delivery in deliveries if _is_due(delivery.not_before or _EARLY, now))
    ready = [delivery for delivery in due if subject_of(delivery.event) not in warm]
    gather = timedelta(seconds=route.gather_s)
    troubles = [delivery for delivery in ready if trouble_of(delivery.event)]
    kinds = ((trouble_of(delivery.event), delivery.event.grade) for delivery in troubles)
    slow = all(trouble is not None and grade in trouble.slow for trouble, grade in kinds)
    trouble = _gathered(troubles, max(gather, UNREACHABLE_GATHER if slow else TROUBLES_GATHER), now)
    news = _gathered((delivery for delivery in ready if not trouble_of(delivery.event)), gather, now)
    groups = _stories(news)
    groups = _joined(groups) if route.cool_down_s else groups
    return [Batch(in_full=_ordered(group)) for group in (trouble, *groups) if group]


def _gathered(deliveries: Iterable[Delivery], gather: timedelta, now: datetime) -> Sequence[Delivery]:
    """The deliveries, if the first of them has waited long enough."""
    waiting = tuple(deliveries)
    return waiting if waiting and _oldest(waiting, now) + gather <= now else ()


def _stories(deliveries: Iterable[Delivery]) -> list[Sequence[Delivery]]:
    boards: dict[BoardId, dict[str, Delivery]] = {}
    withdrawn: dict[BoardId, Sequence[Delivery]] = {}
    for delivery in deliveries:
        if delivery.event.kind == WITHDRAWN:  # a wrong reading takes all of its news with it
            withdrawn[delivery.event.board] = [*withdrawn.get(delivery.event.board, ()), delivery]
        else:
            boards.setdefault(delivery.event.board, {})[delivery.event.id] = delivery
    return [*withdrawn.values()] + [
        [of_board[event.id] for event in (story.lead, *story.folded)]
        for of_board in boards.values()
        for story in fold(delivery.event for delivery in of_board.values())
    ]


def _joined(groups: Iterable[Sequence[Delivery]]) -> list[Sequence[Delivery]]:
    """Joins groups that share a subject: after the first message the others would have to wait for it to cool down."""
    joined: list[tuple[set[str], list[Delivery]]] = []
    for group in groups:
        subjects, deliveries = {subject_of(delivery.event) for delivery in group}, list(group)
        for other in [other for other in joined if other[0] & subjects]:
            joined.remove(other)
            subjects, deliveries = subjects | other[0], other[1] + deliveries
        joined.append((subjects, deliveries))
    return [deliveries for _, deliveries in joined]


def _warm(route: Route, tried: Iterable[Batch], receipts: Iterable[Receipt], now: datetime) -> frozenset[str]:
    """Subjects that had a message too recently for another, or whose message waits for a retry."""
    if not route.cool_down_s:
        return frozenset()
    start = now - timedelta(seconds=route.cool_down_s)
    lately = {receipt.subject for receipt in receipts if _is_sent(receipt, start, now)}
    return frozenset(lately | {subject_of(delivery.event) for batch in tried for delivery in batch.in_full})
