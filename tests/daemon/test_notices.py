"""Trouble of our own is news once when it begins and once when it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest
from daemon_world import START
from hypothesis import given
from hypothesis import strategies as st
from memory_store import MemoryServiceState

from tracker.daemon.notices import TRACKER, Notices, as_event
from tracker.model import Delivery, Event, Notice

HOUR = timedelta(hours=1)


@pytest.fixture
def service() -> MemoryServiceState:
    return MemoryServiceState()


def notices(service: MemoryServiceState) -> Notices:
    def deliveries(event: Event, now):
        return [Delivery(event=event, route="all", queued_at=now)]

    return Notices(service, deliveries)


def news(service: MemoryServiceState) -> list[tuple[str, str]]:
    return [(delivery.event.kind, delivery.event.headline) for delivery in service.deliveries()]


def test_trouble_is_news_when_it_begins_and_when_it_ends_with_its_duration(service: MemoryServiceState):
    ours = notices(service)
    ours.open("network", "", "No host answers", START)
    ours.open("network", "", "No host answers", START + HOUR)
    ours.close("network", "", START + 3 * HOUR)
    ours.close("network", "", START + 4 * HOUR)
    assert news(service) == [
        ("tracker_trouble", "No host answers."),
        ("tracker_recovered", "Over: No host answers. It lasted 3 hours."),
    ]
    assert service.notices() == []


def test_another_process_continues_the_open_notices(service: MemoryServiceState):
    notices(service).open("declaration", "a.toml", "a.toml is wrong", START)
    notices(service).only("declaration", {"a.toml": "a.toml is wrong"}, START + HOUR)
    notices(service).only("declaration", {}, START + 2 * HOUR)
    assert [kind for kind, _ in news(service)] == ["tracker_trouble", "tracker_recovered"]


def test_the_same_trouble_later_is_a_new_notice(service: MemoryServiceState):
    ours = notices(service)
    for day in range(3):
        ours.open("clock", "", "The clock was set back", START + day * 24 * HOUR)
        ours.close("clock", "", START + day * 24 * HOUR + HOUR)
    assert len({delivery.event.id for delivery in service.deliveries()}) == 6


def test_a_notice_closes_only_its_own_kind_and_subject(service: MemoryServiceState):
    ours = notices(service)
    for kind, subject in (("paused", "a"), ("paused", "b"), ("fault", "a")):
        ours.open(kind, subject, "x", START)
    ours.close("paused", "a", START + HOUR)
    assert {(notice.kind, notice.subject) for notice in service.notices()} == {("paused", "b"), ("fault", "a")}


@given(st.lists(st.tuples(st.sampled_from(["declaration", "paused"]), st.sets(st.sampled_from("abcd"))), max_size=12))
def test_exactly_the_notices_named_last_are_open_and_each_had_two_deliveries(changes: list[tuple[str, set[str]]]):
    service = MemoryServiceState()
    ours, open_now, deliveries = notices(service), {"declaration": set(), "paused": set()}, 0
    for number, (kind, subjects) in enumerate(changes):
        ours.only(kind, dict.fromkeys(subjects, "wrong"), START + number * HOUR)
        deliveries += len(open_now[kind] ^ subjects)
        open_now[kind] = subjects
    assert {(notice.kind, notice.subject) for notice in service.notices()} == {
        (kind, subject) for kind, subjects in open_now.items() for subject in subjects
    }
    assert len(service.deliveries()) == deliveries


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=40), "40 seconds"),
        (timedelta(seconds=119), "119 seconds"),
        (timedelta(minutes=2), "2 minutes"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=57), "57 days"),
    ],
)
def test_the_duration_has_one_unit(span: timedelta, words: str):
    notice = Notice(kind="store", subject="", message="The store failed.", since=START, ended_at=START + span)
    assert as_event(notice).headline == f"Over: The store failed. It lasted {words}."


def test_an_event_of_the_tracker_belongs_to_no_board_and_names_its_cause():
    event = as_event(Notice(kind="store", subject="", message="x", since=START))
    assert (event.board, event.kind, event.grade, event.is_news) == (TRACKER, "tracker_trouble", "store", True)
    assert event.id == as_event(Notice(kind="store", subject="", message="y", since=START)).id, "the message is no part of it"
