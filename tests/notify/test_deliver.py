"""The pass over the outbox: nothing lost, nothing twice, one route's trouble is its own."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from kit import counter
from memory_store import MemoryStore
from notify_world import START, Heard, at, delivery, event, failing, route

from tracker.clock import FixedClock
from tracker.errors import DeliveryError
from tracker.model import Counted, Delivery, DeliveryOutcome, Window
from tracker.notify.messages import Limits, Message
from tracker.notify.outbox import MOST_TRIES, Delivered, deliver, drop, exists_in, send_test, wait_after
from tracker.notify.routes import Route
from tracker.ports import ServiceState
from tracker.stores.sqlite import SqliteStore


@pytest.fixture(params=[pytest.param("memory", marks=pytest.mark.slow), "sqlite"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ServiceState]:
    if request.param == "memory":
        yield MemoryStore().service
        return
    with SqliteStore(tmp_path / "tracker.db") as store:
        yield store.service


class Office:
    """Routes with a channel each, over a service, at a clock that stands still unless it is moved."""

    def __init__(self, service: ServiceState, **channels: Heard) -> None:
        self.service, self.channels, self.clock = service, channels, FixedClock(START)
        self.routes = tuple(route(name=name) for name in channels)

    def post(self, *deliveries: Delivery) -> None:
        self.service.post(deliveries)

    def work(self, minutes: float = 0, exists: Callable[[Delivery], bool] = lambda _: True) -> Delivered:
        self.clock.sleep(minutes * 60)
        return deliver(
            self.service, self.routes, lambda route: self.channels[route.name], clock=self.clock, boards={}, exists=exists
        )

    def sent(self, channel: str = "r") -> list[str]:
        """The events of each message."""
        return [" ".join(event.id for event in message.events) for message in self.channels[channel].messages]


def test_a_sent_delivery_is_replaced_by_its_receipt(service: ServiceState):
    office = Office(service, r=Heard())
    office.post(delivery("a", subject="x", model="qwen"), delivery("b", weight=10))
    assert office.work() == Delivered(sent={"r": 2})
    assert office.sent() == ["a", "b"]
    assert service.deliveries() == []
    first, second = office.channels["r"].messages
    found = {
        (receipt.event, receipt.how, receipt.message, receipt.subject, receipt.delivered_at) for receipt in service.receipts("r")
    }
    assert found == {
        ("a", DeliveryOutcome.SENT, first.id, "model qwen", START),
        ("b", DeliveryOutcome.SENT, second.id, "event b", START),
    }
    assert office.work() == Delivered()
    assert service.counts() == {counter(Counted.SENT, "r"): 2}


def test_an_event_goes_to_each_of_its_routes_once(service: ServiceState):
    office = Office(service, r=Heard(), s=Heard())
    office.post(delivery("a"), delivery("a", route="s"))
    office.work()
    office.post(delivery("a"), delivery("a", route="s"))
    office.work()
    assert (office.sent("r"), office.sent("s")) == (["a"], ["a"])


def test_a_counted_delivery_is_delivered_too(service: ServiceState):
    office = Office(service, r=Heard())
    office.routes = (route(most_per_hour=1),)
    office.post(delivery("a", weight=90), delivery("b"), delivery("c"))
    office.work()
    (message,) = office.channels["r"].messages
    assert ([event.id for event in message.events], message.more) == (["a"], 2)
    assert Counter(receipt.how for receipt in service.receipts("r")) == {DeliveryOutcome.SENT: 1, DeliveryOutcome.COUNTED: 2}
    assert {receipt.message for receipt in service.receipts("r")} == {message.id}
    assert service.deliveries() == []


def test_a_route_that_is_switched_off_sends_nothing_and_loses_nothing(service: ServiceState):
    office = Office(service, r=Heard())
    office.routes = (route(enabled=False),)
    office.post(delivery("a"))
    assert office.work() == Delivered()
    assert len(service.deliveries()) == 1


# ── failing ──────────────────────────────────────────────────────────────────────────────────────


def test_a_failed_message_is_sent_again_unchanged_after_longer_and_longer_waits(service: ServiceState):
    office = Office(service, r=Heard(answer=failing()))
    office.post(delivery("a"))
    waits = []
    for _ in range(5):
        assert office.work().failures == {"r": "the channel is down"}
        (waiting,) = service.deliveries()
        waits.append((waiting.not_before - office.clock.now()) // timedelta(minutes=1))
        assert office.work(waits[-1] - 1 / 60) == Delivered()
        office.clock.sleep(1)
    assert waits == [1, 2, 4, 8, 16]
    assert (waiting.tries, waiting.error) == (5, "the channel is down")
    office.channels["r"].answer = lambda message: None
    office.work()
    (message,) = office.channels["r"].messages
    assert message.id == waiting.message
    assert service.counts() == {counter(Counted.SEND_FAILURES, "r"): 5, counter(Counted.SENT, "r"): 1}


def test_after_a_failure_the_others_of_the_route_wait_for_the_next_pass(service: ServiceState):
    asked: list[str] = []

    def answer(message: Message) -> None:
        asked.append(message.events[0].id)
        raise DeliveryError("the channel is down")

    office = Office(service, r=Heard(answer=answer))
    office.post(*(delivery(name) for name in "abc"))
    office.work()
    assert asked == ["a"]
    assert [delivery.message for delivery in service.deliveries() if delivery.event.id != "a"] == ["", ""]


def test_after_a_long_outage_the_waiting_news_is_sent_together(service: ServiceState):
    office = Office(service, r=Heard(answer=failing()))
    office.routes = (route(most_per_hour=3),)
    office.post(*(delivery(f"e{number}", number, weight=90 - number) for number in range(30)))
    for _ in range(60):
        office.work(1)
    office.channels["r"].answer = lambda message: None
    for _ in range(48):
        office.work(15)
    messages = office.channels["r"].messages
    assert sum(len(message.events) + message.more for message in messages) == 30
    assert len(messages) < 10
    assert service.deliveries() == []


def test_a_channel_may_ask_for_a_longer_wait():
    assert wait_after(1, None) == timedelta(minutes=1)
    assert wait_after(1, 5) == timedelta(minutes=1)
    assert wait_after(1, 600) == timedelta(minutes=10)
    assert wait_after(12, 600) == timedelta(hours=6)
    assert wait_after(1, 1e12) == timedelta(days=1)
    assert wait_after(20, -1) == timedelta(hours=6)


def test_one_routes_trouble_never_stops_another(service: ServiceState):
    def broken(message: Message) -> None:
        raise ZeroDivisionError("token=hunter2")

    office = Office(service, down=Heard(answer=failing()), broken=Heard(answer=broken), r=Heard())
    office.post(delivery("a", route="down"), delivery("a", route="broken"), delivery("a"))
    result = office.work()
    assert result.sent == {"r": 1}
    assert result.failures == {
        "down": "the channel is down",
        "broken": "stdout: ZeroDivisionError while sending; please report this",
    }
    assert len(service.deliveries()) == 2


def test_a_channel_that_cannot_be_opened_keeps_its_deliveries_for_days(service: ServiceState):
    def closed(route: Route) -> Heard:
        raise DeliveryError("${TOKEN} is not set", final=True)

    clock = FixedClock(START)
    service.post([delivery("a"), delivery("b")])
    result = deliver(service, [route()], closed, clock=clock, boards={})
    assert (result.failures, result.dead_lettered) == ({"r": "${TOKEN} is not set"}, 0)
    assert {(delivery.message, delivery.tries, delivery.not_before) for delivery in service.deliveries()} == {("", 1, at(1))}


def test_a_message_refused_for_good_is_dead_at_once_and_the_rest_is_sent(service: ServiceState):
    def answer(message: Message) -> None:
        if message.events[0].id == "a":
            raise DeliveryError("no such room", final=True)

    office = Office(service, r=Heard(answer=answer))
    office.post(delivery("a", weight=90), delivery("b"))
    assert office.work() == Delivered(sent={"r": 1}, dead_lettered=1, failures={"r": "no such room"})
    assert [(delivery.event.id, delivery.error) for delivery in service.deliveries(dead=True)] == [("a", "no such room")]
    assert office.work(60) == Delivered()


def test_after_many_tries_a_delivery_is_dead_until_a_person_revives_it(service: ServiceState):
    office = Office(service, r=Heard(answer=failing()))
    office.post(delivery("a"))
    tries = 0
    while service.deliveries():
        tries += bool(office.work(60).failures)
    assert tries == MOST_TRIES
    assert office.clock.now() - START > timedelta(days=2)
    (dead,) = service.deliveries(dead=True)
    service.revive([dead])
    office.channels["r"].answer = lambda message: None
    office.work()
    assert [message.id for message in office.channels["r"].messages] == [dead.message]


def test_a_message_has_as_many_tries_as_its_most_tried_delivery(service: ServiceState):
    office = Office(service, r=Heard(answer=failing()))
    office.post(delivery("a", message="m", tries=MOST_TRIES - 1), delivery("b", message="m"))
    assert office.work().dead_lettered == 2


def test_a_message_that_is_too_large_is_made_shorter_at_once(service: ServiceState):
    def answer(message: Message) -> None:
        if len(message.body) > 700:
            raise DeliveryError("413", too_large=True)

    office = Office(service, r=Heard(answer=answer))
    office.post(delivery("a", headline="Something happened. " * 200))
    assert office.work().sent == {"r": 1}
    (message,) = office.channels["r"].messages
    assert 200 < len(message.body) <= 700


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_a_delivery_is_dead_if_even_its_shortest_form_is_too_large(service: ServiceState, form: str):
    office = Office(service, r=Heard(answer=failing(too_large=True), limits=Limits(form=form)))
    office.post(delivery("a", headline="Something happened. " * 20))
    assert office.work().dead_lettered == 1


def test_quiet_hours_that_begin_during_a_pass_end_it(service: ServiceState):
    office = Office(service, r=Heard(answer=lambda message: office.clock.sleep(3600)))
    office.routes = (route(quiet=(Window(start=13 * 60, end=14 * 60),)),)
    office.post(delivery("a"), delivery("b"))
    assert office.work().sent == {"r": 1}
    assert office.sent() == ["a"]


# ── withdrawn ────────────────────────────────────────────────────────────────────────────────────


def test_an_event_withdrawn_before_it_was_sent_is_dropped(service: ServiceState):
    office = Office(service, r=Heard())
    office.routes = (route(most_per_hour=1),)
    office.post(delivery("a", weight=90), delivery("b"), delivery("c"))
    assert office.work(exists=lambda delivery: delivery.event.id != "a") == Delivered(sent={"r": 1}, dropped=1)
    (message,) = office.channels["r"].messages
    assert ([event.id for event in message.events], message.more) == (["b"], 1)
    assert {receipt.event: receipt.how for receipt in service.receipts("r")} == {
        "a": DeliveryOutcome.DROPPED,
        "b": DeliveryOutcome.SENT,
        "c": DeliveryOutcome.COUNTED,
    }


def test_an_event_exists_in_the_store_or_outside_any_store():
    exists = exists_in(MemoryStore())
    assert not exists(delivery("a"))
    assert exists(delivery("a", kind="watch"))
    assert exists(delivery("a", kind="tracker_trouble"))


def test_dropped_deliveries_are_never_posted_again(service: ServiceState):
    office = Office(service, r=Heard())
    office.post(delivery("a"))
    assert drop(service, service.deliveries(), START) == 1
    office.post(delivery("a"))
    assert office.work() == Delivered()


# ── killed ───────────────────────────────────────────────────────────────────────────────────────


class Killed(BaseException):
    """The process ends here."""


def killed(message: Message) -> None:
    raise Killed


def test_a_process_killed_before_sending_loses_and_doubles_nothing(service: ServiceState):
    office = Office(service, r=Heard(answer=killed))
    office.routes = (route(most_per_hour=1),)
    office.post(delivery("a", weight=90), delivery("b"))
    with pytest.raises(Killed):
        office.work()
    office.channels["r"].answer = lambda message: None
    office.post(delivery("later", weight=99))
    office.work()
    (message,) = office.channels["r"].messages
    assert ([event.id for event in message.events], message.more) == (["a"], 1)


def test_a_process_killed_before_the_receipt_sends_the_same_message_again(service: ServiceState):
    heard = Heard()

    def sent_and_killed(message: Message) -> None:
        heard.messages.append(message)
        raise Killed

    heard.answer = sent_and_killed
    office = Office(service, r=heard)
    office.post(delivery("a"), delivery("b"))
    with pytest.raises(Killed):
        office.work()
    heard.answer = lambda message: None
    office.work()
    first, again, other = heard.messages
    assert (first, first.id) == (again, again.id)
    assert (other.id != first.id, [event.id for event in other.events]) == (True, ["b"])


@pytest.mark.slow
def test_a_channel_that_fails_every_third_time_loses_and_doubles_nothing_and_keeps_the_cap(service: ServiceState):
    chance = Random(4)

    def answer(message: Message) -> None:
        if chance.random() < 0.3:
            raise DeliveryError("no answer")
        times.append(office.clock.now())

    times = []
    office = Office(service, r=Heard(answer=answer))
    office.routes = (route(most_per_hour=4, cool_down_s=1800),)
    for number in range(200):
        office.post(delivery(f"e{number}", 5 * number, subject=f"s{number % 17}", weight=number % 90))
        office.work(5)
    for _ in range(200):
        office.work(30)
    delivered = [
        event
        for event, how in ((receipt.event, receipt.how) for receipt in service.receipts("r"))
        if how is not DeliveryOutcome.DROPPED
    ]
    assert sorted(delivered) == sorted(f"e{number}" for number in range(200))
    heard = [event.id for message in office.channels["r"].messages for event in message.events]
    assert len(heard) == len(set(heard))
    assert len(heard) + sum(message.more for message in office.channels["r"].messages) == 200
    assert max(sum(start <= time < start + timedelta(hours=1) for time in times) for start in times) == 4
    assert len(times) > 60


# ── reports ──────────────────────────────────────────────────────────────────────────────────────


def test_every_result_is_logged(service: ServiceState, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger="tracker.notify")
    office = Office(service, r=Heard(), down=Heard(answer=failing()), never=Heard(answer=failing(final=True)))
    office.post(*(delivery("a", route=name) for name in ("r", "down", "never")))
    office.work()
    assert [(record.levelname, record.getMessage(), record.route) for record in caplog.records] == [
        ("INFO", "message sent", "r"),
        ("WARNING", "message put off", "down"),
        ("ERROR", "message given up", "never"),
    ]


def test_a_test_message_says_that_it_is_a_test():
    heard = Heard()
    message = send_test(route(name="phone"), heard, START)
    assert heard.messages == [message]
    assert message.body.startswith('This is a test of the route "phone": nothing has happened.')
    assert send_test(route(name="phone"), heard, START).id == message.id != send_test(route(), heard, START).id


def test_the_service_state_keeps_an_event_whole(service: ServiceState):
    office = Office(service, r=Heard())
    office.post(delivery("a", subject="x", model="qwen", facts={"gap": 1.5}))
    office.work()
    assert office.channels["r"].messages[0].events == (event("a", subject="x", model="qwen", facts={"gap": 1.5}),)
