"""Politeness: the gap between two requests, and Retry-After in all its forms."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from fetch_world import START, World, answer, make_board
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import Refused, Transient
from tracker.fetch.politeness import LONGEST_AWAY_S, retry_after_s

WEEK = 7 * 86_400


@given(seconds=st.integers(0, 10**30))
def test_seconds_are_read_and_capped_at_a_week(seconds):
    assert retry_after_s(f" {seconds} ", START) == min(seconds, WEEK)


@given(seconds=st.integers(-(10**8), 10**8))
def test_a_date_is_the_time_left_until_it(seconds):
    header = format_datetime(START + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_s(header, START) == (min(seconds, WEEK) if seconds > 0 else None)


@given(header=st.text() | st.from_regex(r"\A\w{3}, \d{1,2} \w{3} \d{1,9} \d\d:\d\d:\d\d [+-]?\w{1,9}\Z"))
def test_any_header_is_handled(header):
    wait_s = retry_after_s(header, START)
    assert wait_s is None or 0 <= wait_s <= LONGEST_AWAY_S


@pytest.mark.parametrize("header", ["", "-5", "soon", "1.5", "٣", "1e3", "Fri, 32 Apr 2026 06:00:00 GMT"])
def test_garbage_is_ignored(header):
    assert retry_after_s(header, START) is None


def test_a_short_retry_after_is_waited_for(world):
    world.put("/models", answer(429, retry_after="30"), answer(body=b"now"))
    assert world.fetcher().fetch(make_board()).bodies == (b"now",)
    assert world.clock.slept == (30.0,)


def test_a_long_retry_after_waits_for_the_next_run(world):
    world.put("/models", answer(503, retry_after="3600"), answer())
    with pytest.raises(Transient, match="answered 503") as caught:
        world.fetcher().fetch(make_board())
    assert caught.value.retry_after_s == 3600
    assert world.hosts.not_before("board.test") == START + timedelta(hours=1)
    assert world.clock.slept == ()


def test_a_host_is_not_asked_before_its_retry_after(world):
    world.put("/models", answer())
    world.hosts.note_not_before("board.test", START + timedelta(seconds=20))
    with pytest.raises(Transient, match="due at 2026-04-10T06:00:20Z") as caught:
        world.fetcher().fetch(make_board())
    assert caught.value.retry_after_s == 20
    assert world.asked == []
    assert world.clock.slept == ()


def test_a_host_is_asked_after_its_retry_after(world):
    world.put("/models", answer())
    world.hosts.note_not_before("board.test", START)
    world.fetcher().fetch(make_board())
    assert world.pages
    assert world.hosts.not_before("board.test") is None


def test_a_refusal_with_a_retry_after_is_remembered_too(world):
    world.put("/models", answer(403, retry_after="120"))
    with pytest.raises(Refused):
        world.fetcher().fetch(make_board())
    assert world.hosts.not_before("board.test") == START + timedelta(seconds=120)


def test_an_absurd_retry_after_counts_as_a_week(world):
    world.put("/models", answer(429, retry_after="9" * 50))
    with pytest.raises(Transient) as caught:
        world.fetcher().fetch(make_board())
    assert caught.value.retry_after_s == WEEK


@given(gap_s=st.floats(0.1, 100), passed_s=st.floats(0, 200))
def test_the_gap_is_at_least_as_declared_and_at_most_two_seconds_longer(gap_s, passed_s):
    world = World()
    world.put("/models", answer())
    asked_at = START + timedelta(milliseconds=700)
    world.clock.sleep(0.7 + passed_s)
    world.hosts.note_request("board.test", asked_at.replace(microsecond=0))
    world.fetcher().fetch(make_board(gap_s=gap_s))
    world.close()
    first_wait = world.clock.slept[1] if len(world.clock.slept) > 2 else 0.0
    assert passed_s + first_wait >= gap_s - 1e-6
    assert first_wait <= max(0.0, gap_s - passed_s + 2)


def test_the_gap_applies_between_runs_and_between_boards(world):
    world.put("/models", answer())
    world.hosts.note_request("board.test", START)
    world.fetcher().fetch(make_board(gap_s=5.0))
    world.fetcher().fetch(make_board(gap_s=5.0))
    times = [START, *world.asked_at]
    assert all(later - earlier >= timedelta(seconds=5) for earlier, later in pairwise(times))


def test_a_clock_set_back_costs_one_gap_not_days(world):
    world.put("/models", answer())
    world.hosts.note_request("board.test", START + timedelta(days=3))
    world.fetcher().fetch(make_board(gap_s=5.0))
    assert sum(world.clock.slept) <= 12


def test_no_gap_means_no_wait(world):
    world.put("/models", answer())
    fetcher = world.fetcher()
    fetcher.fetch(make_board())
    fetcher.fetch(make_board())
    assert world.clock.slept == ()


def test_every_request_is_noted(world):
    world.put("/models", answer())
    world.clock.sleep(60)
    world.fetcher().fetch(make_board())
    assert world.hosts.last_request("board.test") == datetime(2026, 4, 10, 6, 1, tzinfo=UTC)
