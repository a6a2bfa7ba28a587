"""What `/metrics` and `tracker status` both show: boards, the outbox, counts and notices at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import History, counter
from memory_store import MemoryStore
from query_world import BOARD, OTHER, at, board, check, entry, note, save

from tracker.model import (
    Counted,
    Delivery,
    DeliveryOutcome,
    EventId,
    Notice,
    Pause,
    Receipt,
    Request,
    Result,
    State,
    Step,
    Verdict,
)
from tracker.ports import Store
from tracker.query.vitals import BoardVitals, RouteVitals, Vitals
from tracker.query.vitals import vitals as vitals_of

HISTORY = History()
HISTORY.show("a:90 b:80")
(EVENT, *_) = HISTORY.show("a:90 b:95")


def delivery(number: int, route: str, queued_at: datetime, **more: object) -> Delivery:
    return Delivery(event=replace(EVENT, id=EventId(f"{number:064x}")), route=route, queued_at=queued_at, **more)


def vitals(store: Store, days: float, *boards: object, **more: object) -> Vitals:
    return vitals_of(boards or [board()], store, now=at(days), environment={}, **more)


def only(store: Store, days: float, *boards: object) -> BoardVitals:
    (acme,) = vitals(store, days, *boards).boards
    return acme


# ── boards ───────────────────────────────────────────────────────────────────────────────────────


def test_an_answer_that_nothing_changed_is_a_success(store: Store):
    save(store, 0, [entry("a", 90), entry("b", 80)])
    store.save(Step(check=check(board(), 1, Result.UNCHANGED), past=replace(store.past(BOARD), seen_until=at(1))))
    acme = only(store, 1.5)
    assert (acme.last_success, acme.success_age_s, acme.failures) == (at(1), 43200, 0)
    assert (acme.health.state, acme.health.entries, acme.health.last_changed) == (State.OK, 2, at(0))
    assert not acme.troubled


def test_failures_in_a_row_are_counted_since_the_first_and_are_not_a_success(store: Store):
    save(store, 0, [entry("a", 90)])
    for days in (1, 2, 3):
        note(store, days, Result.FAILED, "acme/text: timed out", passing=True)
    acme = only(store, 3)
    assert (acme.failures, acme.failing_since, acme.last_success, acme.success_age_s) == (3, at(1), at(0), 3 * 86400)


def test_a_board_that_was_never_read_has_no_age_and_not_age_zero(store: Store):
    acme = only(store, 5)
    assert (acme.last_success, acme.success_age_s, acme.troubled) == (None, None, False)


def test_an_age_is_not_negative_after_the_clock_was_set_back(store: Store):
    save(store, 2, [entry("a", 90)])
    assert only(store, 1).success_age_s == 0


def test_a_broken_board_is_trouble_but_not_when_it_was_switched_off(store: Store):
    save(store, 0, [entry("a", 90)])
    note(store, 1, Result.FAILED, "acme/text: 404")
    assert (only(store, 1).health.state, only(store, 1).troubled) == (State.BROKEN, True)
    assert not only(store, 1, board(enabled=False)).troubled


@pytest.mark.parametrize(("by", "troubled"), [("tracker", True), ("ann", False)])
def test_a_pause_is_trouble_only_if_the_tracker_set_it(store: Store, by: str, troubled: bool):
    save(store, 0, [entry("a", 90)])
    store.service.pause(Pause(board=BOARD, since=at(1), by=by, reason="401, the key is refused"))
    acme = only(store, 1)
    assert (acme.health.state, acme.troubled) == (State.PAUSED, troubled)
    assert acme.health.reason == f"by {by} since 2026-03-02 06:00 UTC: 401, the key is refused"
    assert store.service.resume(BOARD)
    assert (only(store, 1).health.state, only(store, 1).pause) == (State.OK, None)


def test_a_board_whose_key_is_not_set_is_paused_without_trouble(store: Store):
    acme = only(store, 1, board(request=Request(url="https://a.example/", headers={"x": "${KEY}"})))
    assert (acme.health.state, acme.troubled) == (State.PAUSED, False)


def test_each_board_has_its_own_counts(store: Store):
    near = board(type(BOARD)("acme/text2"))
    counts = {
        counter(Counted.FETCHES, "acme/text", Verdict.NEW): 3,
        counter(Counted.FETCHES, "acme/text", Verdict.NOT_MODIFIED): 9,
        counter(Counted.FETCHES, "acme/text2", Verdict.NEW): 1,
        counter(Counted.FETCH_BYTES, "acme/text"): 4096,
        counter(Counted.READ_SECONDS, "acme/text"): 0.5,
        counter(Counted.DETECT_SECONDS, "acme/text"): 0.25,
        counter(Counted.STORE_SECONDS, "acme/text2"): 0.125,
    }
    store.service.count(counts)
    acme, other = vitals(store, 1, near, board()).boards
    assert (acme.health.board, other.health.board) == (BOARD, "acme/text2")
    assert (acme.fetches, acme.fetch_bytes, acme.read_s, acme.detect_s, acme.store_s) == (
        {"new": 3, "not_modified": 9},
        4096,
        0.5,
        0.25,
        0,
    )
    assert (other.fetches, other.fetch_bytes, other.store_s) == ({"new": 1}, 0, 0.125)


# ── delivery ─────────────────────────────────────────────────────────────────────────────────────


def test_a_route_counts_waiting_dead_and_sent_deliveries(store: Store):
    deliveries = [delivery(1, "ops", at(1)), delivery(2, "ops", at(2)), delivery(3, "ops", at(0)), delivery(4, "chat", at(2))]
    store.service.post(deliveries)
    store.service.dead_letter(deliveries[2:3], error="ops: 410, the webhook is gone")
    store.service.count({counter(Counted.SENT, "ops"): 5, counter(Counted.SEND_FAILURES, "ops"): 2})
    found = vitals(store, 3, routes=["quiet"])
    assert found.troubled
    assert found.routes == (
        RouteVitals(route="chat", waiting=1, oldest_age_s=86400),
        RouteVitals(
            route="ops",
            waiting=2,
            oldest_age_s=2 * 86400,
            dead=1,
            error="ops: 410, the webhook is gone",
            sent=5,
            send_failures=2,
        ),
        RouteVitals(route="quiet"),
    )


def test_waiting_deliveries_are_not_trouble_and_delivered_ones_are_gone(store: Store):
    waiting = delivery(1, "ops", at(1))
    store.service.post([waiting])
    assert not vitals(store, 9).troubled
    store.service.receive([Receipt(event=waiting.event.id, route="ops", delivered_at=at(2), how=DeliveryOutcome.SENT)])
    assert vitals(store, 9).routes == ()


def test_an_open_notice_is_trouble_until_it_is_closed(store: Store):
    notice = Notice(kind="declaration", subject="acme/code.toml", message="cadence is missing", since=at(1))
    store.service.open_notice(notice)
    found = vitals(store, 2)
    assert (found.notices, found.troubled) == ((notice,), True)
    store.service.close_notice("declaration", "acme/code.toml", at(2))
    assert (vitals(store, 2).notices, vitals(store, 2).troubled) == ((), False)


def test_events_are_counted_by_kind(store: Store):
    store.service.count(
        {counter(Counted.EVENTS, "debut"): 4, counter(Counted.EVENTS, "overtake"): 1, counter(Counted.SENT, "debut"): 7}
    )
    assert vitals(store, 1).events == {"debut": 4, "overtake": 1}


def test_looking_changes_nothing(store: Store):
    save(store, 0, [entry("a", 90)])
    store.service.post([delivery(1, "ops", at(0))])
    assert vitals(store, 1, board(), board(OTHER)) == vitals(store, 1, board(), board(OTHER))
    assert store.boards() == (BOARD,)


@given(queued=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.booleans()), max_size=12))
def test_every_delivery_counts_once_in_its_route_and_the_oldest_sets_the_age(queued: list[tuple[str, int, bool]]):
    store = MemoryStore()
    deliveries = [delivery(number, route, at(days)) for number, (route, days, _) in enumerate(queued)]
    store.service.post(deliveries)
    store.service.dead_letter([route for route, (_, _, dead) in zip(deliveries, queued, strict=True) if dead], error="gone")
    routes = vitals(store, 10).routes
    assert all(route.route < other.route for route, other in pairwise(routes))
    for name in "abc":
        ages = [(10 - days) * 86400 for route, days, dead in queued if route == name and not dead]
        dead = sum(dead for route, _, dead in queued if route == name)
        (found,) = [route for route in routes if route.route == name] or [RouteVitals(route=name)]
        assert (found.waiting, found.dead, found.oldest_age_s) == (len(ages), dead, max(ages, default=None))
