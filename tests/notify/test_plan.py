"""Which deliveries go out now, and in which message; each rule alone, then days of arrivals under a plain checker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import examples
from notify_world import NIGHT, START, at, delivery, route

from tracker.model import Delivery, DeliveryOutcome, Receipt, Window
from tracker.notify.plan import MOST_UNANSWERED, Batch, message_of, plan, subject_of
from tracker.notify.routes import Route

DAILY = "0 8 * * *"


def brief(batches: Iterable[Batch]) -> list[str]:
    """Each batch as the ids it tells, and after a + those it counts."""
    return [
        " ".join(shown.event.id for shown in batch.in_full) + "".join(f" +{counted.event.id}" for counted in batch.counted)
        for batch in batches
    ]


def sent(event: str, minutes: float, **more: object) -> Receipt:
    return Receipt(**{"event": event, "route": "r", "delivered_at": at(minutes), "message": f"m-{event}", **more})


# ── at once ──────────────────────────────────────────────────────────────────────────────────────


def test_each_story_is_a_message_and_the_weightiest_comes_first():
    deliveries = [
        delivery("a", subject="x"),
        delivery("b", subject="y", weight=90),
        delivery("c", subject="x", weight=60, kind="debut"),
    ]
    assert brief(plan(route(), deliveries, (), at(0))) == ["b", "c a"]


def test_the_same_entry_on_two_boards_is_two_stories():
    deliveries = [delivery("a", subject="x"), delivery("b", subject="x", board="other/board", weight=40)]
    assert brief(plan(route(), deliveries, (), at(0))) == ["a", "b"]


def test_gathering_waits_for_others_after_the_first_event():
    deliveries = [delivery("a", 0), delivery("b", 8)]
    assert brief(plan(route(gather_s=600), deliveries, (), at(9))) == []
    assert brief(plan(route(gather_s=600), deliveries, (), at(10))) == ["a", "b"]


def test_nothing_goes_out_in_quiet_hours():
    night = route(quiet=(NIGHT,))
    deliveries = [delivery("a", 590), delivery("b", 590, message="m")]
    assert brief(plan(night, deliveries, (), at(599))) == ["b", "a"]
    assert plan(night, deliveries, (), at(600)) == ()
    assert plan(night, deliveries, (), at(600 + 539)) == ()
    assert brief(plan(night, deliveries, (), at(600 + 540))) == ["b", "a"]


def test_a_delivery_that_was_put_off_waits():
    deliveries = [delivery("a", not_before=at(5)), delivery("b")]
    assert brief(plan(route(), deliveries, (), at(4))) == ["b"]
    assert brief(plan(route(), deliveries, (), at(5))) == ["a", "b"]


def test_a_clock_that_is_set_back_does_not_delay_deliveries_for_years():
    ahead = 3 * 365 * 1440
    assert brief(plan(route(), [delivery("a", ahead, not_before=at(ahead + 60), tries=1)], (), at(0))) == ["a"]
    assert brief(plan(route(), [delivery("a", ahead, message="m", not_before=at(ahead + 60))], (), at(0))) == ["a"]
    assert brief(plan(route(digest=DAILY), [delivery("a", ahead)], (), at(0))) == ["a"]
    assert brief(plan(route(most_per_hour=1), [delivery("a")], [sent("x", ahead)], at(0))) == ["a"]
    assert brief(plan(route(cool_down_s=60), [delivery("a")], [sent("x", ahead, subject="event a")], at(0))) == ["a"]


# ── trouble ──────────────────────────────────────────────────────────────────────────────────────


def test_troubles_gather_for_a_quarter_of_an_hour_and_are_one_message():
    deliveries = [
        delivery(name, minute, kind="board_broken", board=f"host/{name}") for name, minute in (("a", 0), ("b", 9), ("c", 14))
    ]
    assert brief(plan(route(), deliveries, (), at(14))) == []
    assert brief(plan(route(), deliveries, (), at(15))) == ["a b c"]


def test_boards_of_a_host_that_stays_silent_wait_an_hour_for_each_other():
    silent = {"kind": "board_broken", "grade": "unreachable"}
    deliveries = [delivery(name, minute, board=f"host/{name}", **silent) for name, minute in (("a", 0), ("b", 31), ("c", 58))]
    assert brief(plan(route(), deliveries, (), at(59))) == []
    assert brief(plan(route(), deliveries, (), at(60))) == ["a b c"]
    worse = delivery("d", 40, kind="board_broken", grade="parse", board="host/d")
    assert brief(plan(route(), [*deliveries, worse], (), at(58))) == ["a b d c"]


def test_all_corrections_of_a_board_are_one_message():
    deliveries = [delivery(name, 0, kind="withdrawn", board=f"host/{name[0]}") for name in ("a1", "a2", "b1")]
    assert brief(plan(route(), deliveries, (), at(0))) == ["a1 a2", "b1"]


def test_a_trouble_and_its_end_that_still_wait_are_one_message():
    deliveries = [delivery("broke", 0, kind="board_broken", weight=85), delivery("well", 10, kind="board_recovered")]
    assert brief(plan(route(), deliveries, (), at(15))) == ["broke well"]


def test_news_does_not_wait_for_trouble():
    deliveries = [delivery("broke", kind="board_broken", weight=85), delivery("news")]
    assert brief(plan(route(), deliveries, (), at(1))) == ["news"]
    assert brief(plan(route(), deliveries, (), at(15))) == ["broke", "news"]


def test_a_flapping_board_has_one_message_per_cool_down():
    flapping = route(cool_down_s=3600)
    deliveries = [delivery("again", 20, kind="board_broken"), delivery("well", 30, kind="board_recovered")]
    first = sent("first", 15, subject="board made/board")
    assert brief(plan(flapping, deliveries, [first], at(74))) == []
    assert brief(plan(flapping, deliveries, [first], at(75))) == ["again well"]


# ── cool-down ────────────────────────────────────────────────────────────────────────────────────


def test_a_subject_that_had_a_message_waits_until_it_has_cooled_down():
    cooling = route(cool_down_s=3600)
    deliveries = [delivery("a", 30, subject="x", model="qwen"), delivery("b", 30, subject="y")]
    receipts = [sent("before", 0, subject="model qwen")]
    assert brief(plan(cooling, deliveries, receipts, at(59))) == ["b"]
    assert brief(plan(cooling, deliveries, receipts, at(60))) == ["a", "b"]
    assert brief(plan(route(), deliveries, receipts, at(59))) == ["a", "b"]


def test_a_counted_event_starts_no_cool_down():
    counted = sent("before", 0, subject="model qwen", how=DeliveryOutcome.COUNTED)
    assert brief(plan(route(cool_down_s=3600), [delivery("a", 1, subject="x", model="qwen")], [counted], at(2))) == ["a"]


def test_stories_of_one_subject_that_wait_together_are_one_message():
    deliveries = [
        delivery("a", subject="x", model="qwen"),
        delivery("b", subject="xx", model="qwen", board="other/board"),
        delivery("c", subject="y", model="gpt"),
    ]
    assert brief(plan(route(cool_down_s=60), deliveries, (), at(0))) == ["a b", "c"]


def test_a_subject_whose_message_waits_for_a_retry_gets_no_other():
    tried = delivery("a", subject="x", message="m", tries=1, not_before=at(60))
    fresh = delivery("b", 5, subject="x")
    assert brief(plan(route(cool_down_s=60), [tried, fresh], (), at(30))) == []
    assert brief(plan(route(), [tried, fresh], (), at(30))) == ["b"]


@pytest.mark.parametrize(
    ("more", "subject"),
    [
        ({"subject": "x", "model": "qwen"}, "model qwen"),
        ({"subject": "x"}, "entry made/board x"),
        ({}, "event a"),
        ({"kind": "board_stale"}, "board made/board"),
        ({"kind": "board_recovered", "board": "other/board"}, "board other/board"),
    ],
)
def test_the_subject_is_the_model_or_the_entry_or_the_board_in_trouble(more: dict[str, str], subject: str):
    assert subject_of(delivery("a", **more).event) == subject


# ── the cap ──────────────────────────────────────────────────────────────────────────────────────


def test_the_last_slot_shows_the_weightiest_remaining_event_and_counts_the_others():
    deliveries = [delivery(name, weight=weight) for name, weight in (("a", 10), ("b", 50), ("c", 30), ("d", 40))]
    assert brief(plan(route(most_per_hour=2), deliveries, (), at(0))) == ["b", "d +c +a"]
    assert brief(plan(route(most_per_hour=4), deliveries, (), at(0))) == ["b", "d", "c", "a"]


def test_messages_of_the_last_hour_take_slots_and_events_of_one_message_take_one():
    deliveries = [delivery("a"), delivery("b")]
    receipts = [sent("x", -30, message="one"), sent("y", -30, message="one"), sent("z", -59, message="two")]
    assert brief(plan(route(most_per_hour=3), deliveries, receipts, at(0))) == ["a +b"]
    assert brief(plan(route(most_per_hour=3), deliveries, receipts, at(1))) == ["a", "b"]
    assert brief(plan(route(most_per_hour=2), deliveries, receipts, at(0))) == []


def test_counted_and_dropped_deliveries_take_no_slot():
    receipts = [
        sent("x", -30, how=DeliveryOutcome.COUNTED, message="elsewhere"),
        sent("y", -30, how=DeliveryOutcome.DROPPED, message=""),
    ]
    assert brief(plan(route(most_per_hour=1), [delivery("a")], receipts, at(0))) == ["a"]


# ── digests ──────────────────────────────────────────────────────────────────────────────────────


def test_a_digest_has_everything_at_its_time():
    deliveries = [delivery("a", 0), delivery("b", 600, weight=70), delivery("c", 1190, subject="x")]
    assert brief(plan(route(digest=DAILY), deliveries, (), at(1199))) == []
    assert brief(plan(route(digest=DAILY), deliveries, (), at(1200))) == ["b a c"]


def test_a_digest_in_quiet_hours_comes_at_their_end():
    late = route(digest=DAILY, quiet=(Window(start=7 * 60, end=9 * 60),))
    assert brief(plan(late, [delivery("a")], (), at(1259))) == []
    assert brief(plan(late, [delivery("a")], (), at(1260))) == ["a"]


def test_a_postponed_digest_waits_with_everything():
    deliveries = [delivery("a", not_before=at(1300), tries=1), delivery("b", 10)]
    assert brief(plan(route(digest=DAILY), deliveries, (), at(1299))) == []
    assert brief(plan(route(digest=DAILY), deliveries, (), at(1300))) == ["a b"]


# ── tried before ─────────────────────────────────────────────────────────────────────────────────


def test_a_message_is_sent_again_unchanged_when_it_is_due():
    tried = [delivery("a", message="m", not_before=at(5)), delivery("b", message="m", counted=True, not_before=at(5))]
    assert brief(plan(route(), [*tried, delivery("c", weight=99)], (), at(4))) == ["c"]
    again, new = plan(route(), [*tried, delivery("c", weight=99)], (), at(5))
    assert brief([again, new]) == ["a +b", "c"]
    assert (again.message, message_of(route(), again)) == ("m", "m")
    assert new.message == ""


def test_a_retried_message_takes_its_slot_before_new_ones():
    tried = delivery("a", message="m", not_before=at(5), weight=1)
    assert brief(plan(route(most_per_hour=1), [tried, delivery("b", weight=99)], (), at(5))) == ["a"]


def test_counted_deliveries_are_new_again_if_their_message_has_nothing_left_to_show():
    (batch,) = plan(route(), [delivery("b", message="m", counted=True)], (), at(0))
    assert (brief([batch]), batch.message) == (["b"], "")


def test_a_person_who_revives_one_delivery_revives_its_message():
    deliveries = [delivery("a", message="m", not_before=at(60)), delivery("b", message="m")]
    assert brief(plan(route(), deliveries, (), at(0))) == ["a b"]


def test_while_many_messages_are_unanswered_nothing_new_is_begun():
    tried = [delivery(f"t{number}", message=f"m{number}", not_before=at(60)) for number in range(MOST_UNANSWERED)]
    assert brief(plan(route(), [*tried, delivery("a")], (), at(0))) == []
    assert brief(plan(route(), [*tried[1:], delivery("a")], (), at(0))) == ["a"]


def test_the_id_of_a_message_depends_on_its_events_and_route():
    first, second = (
        Batch(in_full=(delivery("a"),), counted=(delivery("b"),)),
        Batch(in_full=(delivery("b"),), counted=(delivery("a"),)),
    )
    assert message_of(route(), first) == message_of(route(), second)
    assert message_of(route(), first) != message_of(route(name="s"), first)
    assert message_of(route(), first) != message_of(route(), replace(first, counted=()))


# ── days of it ───────────────────────────────────────────────────────────────────────────────────

DAYS_OF_ARRIVALS, DAYS = 2, 40
STEP = 7


@dataclass
class Service:
    """A plain stand-in for the outbox: tries what is planned, and keeps what went out when."""

    route: Route
    chance: Random
    fails: float
    waiting: dict[str, Delivery] = field(default_factory=dict)
    receipts: list[Receipt] = field(default_factory=list)
    out: list[tuple[datetime, str, frozenset[str], frozenset[str]]] = field(default_factory=list)
    tried: dict[str, tuple[frozenset[str], frozenset[str]]] = field(default_factory=dict)

    def work(self, now: datetime) -> None:
        for batch in plan(self.route, list(self.waiting.values()), self.receipts, now):
            name = message_of(self.route, batch)
            content = (ids(batch.in_full), ids(batch.counted))
            assert self.tried.setdefault(name, content) == content, "another try is the same message"
            if self.chance.random() < self.fails:
                self.put_off(batch, name, now + timedelta(minutes=self.chance.randint(1, 300)))
                return
            self.out.append((now, name, *content))
            for sent in batch.deliveries:
                del self.waiting[sent.event.id]
                how = DeliveryOutcome.SENT if sent in batch.in_full else DeliveryOutcome.COUNTED
                subject = subject_of(sent.event) if how is DeliveryOutcome.SENT else ""
                receipt = Receipt(event=sent.event.id, route="r", delivered_at=now, how=how, message=name, subject=subject)
                self.receipts.append(receipt)

    def put_off(self, batch: Batch, name: str, until: datetime) -> None:
        for deliveries, counted in ((batch.in_full, False), (batch.counted, True)):
            for failed in deliveries:
                tried = replace(failed, message=name, counted=counted, not_before=until, tries=failed.tries + 1)
                self.waiting[failed.event.id] = tried


def ids(deliveries: Iterable[Delivery]) -> frozenset[str]:
    return frozenset(delivery.event.id for delivery in deliveries)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Delivery]:
    shape = st.tuples(
        st.integers(0, DAYS_OF_ARRIVALS * 1440),
        st.sampled_from(["overtake", "debut", "rank_move", "board_broken", "board_recovered", "board_stale"]),
        st.sampled_from(["", "x", "y", "z"]),
        st.sampled_from(["", "m1", "m2"]),
        st.sampled_from(["one/board", "two/board"]),
        st.integers(0, 100),
    )
    drawn = draw(st.lists(shape, max_size=40))
    keys = ("kind", "subject", "model", "board", "weight")
    made = [(minute - minute % 3, dict(zip(keys, rest, strict=True))) for minute, *rest in drawn]
    troubles = {"subject": ""}
    return [
        delivery(f"e{number}", minute, **(facts | troubles if "board_" in facts["kind"] else facts))
        for number, (minute, facts) in enumerate(made)
    ]


ROUTES = st.builds(
    route,
    quiet=st.sampled_from([(), (NIGHT,), (NIGHT, Window(start=720, end=750))]),
    cool_down_s=st.sampled_from([0.0, 3600.0, 6 * 3600.0]),
    most_per_hour=st.sampled_from([None, 1, 2, 5]),
    gather_s=st.sampled_from([0.0, 600.0, 3600.0]),
) | st.builds(
    route,
    quiet=st.sampled_from([(), (NIGHT,)]),
    most_per_hour=st.sampled_from([None, 1]),
    digest=st.sampled_from([DAILY, "0 */3 * * *"]),
)


@pytest.mark.slow
@examples(100)
@given(ROUTES, arrivals(), st.integers(0, 2**32), st.sampled_from([0.0, 0.3, 0.8]))
def test_everything_goes_out_once_and_never_when_it_must_not(route: Route, deliveries: list[Delivery], seed: int, fails: float):
    service = Service(route=route, chance=Random(seed), fails=fails)
    coming = sorted(deliveries, key=lambda delivery: delivery.queued_at)
    now = START
    while coming or service.waiting:
        assert now < START + timedelta(days=DAYS), "what waits goes out in the end"
        while coming and coming[0].queued_at <= now:
            queued = coming.pop(0)
            service.waiting[queued.event.id] = queued
        service.work(now)
        now += timedelta(minutes=STEP)
    shown = [event for _, _, shown, counted in service.out for event in (*shown, *counted)]
    assert sorted(shown) == sorted(delivery.event.id for delivery in deliveries)
    check_hours(service.out, route)
    check_quiet(service.out, route)
    check_waits(service.out, route, {delivery.event.id: delivery for delivery in deliveries})
    check_cool_down(service.out, route, {delivery.event.id: delivery for delivery in deliveries})


Out = Sequence[tuple[datetime, str, frozenset[str], frozenset[str]]]


def check_hours(out: Out, route: Route) -> None:
    times = [when for when, *_ in out]
    for start in times:
        inside = sum(start <= when < start + timedelta(hours=1) for when in times)
        assert inside <= (route.most_per_hour or len(times))
    if route.most_per_hour is None:
        assert not any(counted for *_, counted in out)


def check_quiet(out: Out, route: Route) -> None:
    for when, *_ in out:
        minute = when.hour * 60 + when.minute
        for window in route.quiet:
            over_midnight = window.end <= window.start
            inside = (minute >= window.start or minute < window.end) if over_midnight else window.start <= minute < window.end
            assert not inside


def check_waits(out: Out, route: Route, deliveries: dict[str, Delivery]) -> None:
    """Nothing goes out before its digest's hour, or before it could have company."""
    step = {DAILY: 24, "0 */3 * * *": 3}.get(route.digest or "", 0)
    for when, _, shown, counted in out:
        queued = [deliveries[event].queued_at for event in (*shown, *counted)]
        assert max(queued) <= when
        if step:
            hours = (when - timedelta(hours=8 if step == 24 else 0)).timestamp() // 3600 // step
            oldest = (min(queued) - timedelta(hours=8 if step == 24 else 0)).timestamp() // 3600 // step
            assert hours > oldest
        elif any("board_" in deliveries[event].event.kind for event in shown):
            assert when - min(queued) >= timedelta(seconds=max(900.0, route.gather_s))
        else:
            assert when - min(deliveries[event].queued_at for event in shown) >= timedelta(0)


def check_cool_down(out: Out, route: Route, deliveries: dict[str, Delivery]) -> None:
    about = [(when, {subject(deliveries[event]) for event in shown}) for when, _, shown, _ in out]
    for place, (when, subjects) in enumerate(about):
        for later, others in about[place + 1 :]:
            if subjects & others:
                assert later - when >= timedelta(seconds=route.cool_down_s)


def subject(delivery: Delivery) -> str:
    """The subject of a delivery, found without the code under test."""
    if delivery.event.kind.startswith("board_"):
        return delivery.event.board
    if not delivery.event.subjects:
        return delivery.event.id
    (party,) = delivery.event.subjects
    return party.model or f"{delivery.event.board} {party.entry}"
