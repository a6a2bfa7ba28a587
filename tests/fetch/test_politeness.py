"""Politeness: the gap between two requests, and Retry-After in all its forms."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from fetch_world import PAGE, START, World, answer, make_board
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import FetchError, Refused, Transient
from tracker.fetch import NotYet
from tracker.fetch.politeness import LONGEST_AWAY_S, retry_after_s, still_away
from tracker.model import Capture, Validators

DAY = 86_400


@given(seconds=st.integers(0, 10**30))
def test_seconds_are_read_and_capped_at_a_day(seconds):
    assert retry_after_s(f" {seconds} ", START) == min(seconds, DAY)


@given(seconds=st.integers(-(10**8), 10**8))
def test_a_date_is_the_time_left_until_it(seconds):
    header = format_datetime(START + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_s(header, START) == (min(seconds, DAY) if seconds > 0 else None)


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


def test_a_wait_that_was_noted_while_the_clock_was_ahead_is_over(world):
    world.put("/models", answer())
    for whom in ("board.test", "test/board"):
        world.hosts.note_not_before(whom, START + timedelta(seconds=DAY + 1))
    world.fetcher().fetch(make_board())
    assert world.pages
    assert world.hosts.not_before("board.test") is world.hosts.not_before("test/board") is None


@pytest.mark.parametrize(("seconds", "waits"), [(-1, False), (0, False), (1, True), (DAY, True), (DAY + 1, False)])
def test_a_host_is_left_alone_for_a_day_at_most(seconds, waits):
    until = START + timedelta(seconds=seconds)
    assert still_away(until, START) == (until if waits else None)
    assert still_away(None, START) is None


def test_a_refusal_with_a_retry_after_is_remembered_too(world):
    world.put("/models", answer(403, retry_after="120"))
    with pytest.raises(Refused):
        world.fetcher().fetch(make_board())
    assert world.hosts.not_before("board.test") == START + timedelta(seconds=120)


@pytest.mark.parametrize("status", [403, 404, 429, 503])
@pytest.mark.parametrize("header", [str(DAY + 1), "9" * 50, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_retry_after_of_more_than_a_day_counts_as_a_day_and_for_its_board_only(world, status, header):
    world.put("/models", answer(status, retry_after=header))
    world.put("/others", answer())
    with pytest.raises(FetchError):
        world.fetcher().fetch(make_board())
    assert world.hosts.not_before("board.test") is None
    assert world.hosts.not_before("test/board") == START + timedelta(days=1)
    world.fetcher().fetch(make_board("https://board.test/others", id="test/other"))
    with pytest.raises(NotYet, match=r"this board waits, for a Retry-After .*, due at 2026-04-11T06:00:00Z"):
        world.fetcher().fetch(make_board())
    world.clock.sleep(DAY)
    world.put("/models", answer())
    world.fetcher().fetch(make_board())


def test_a_retry_after_of_a_day_is_for_the_host(world):
    world.put("/models", answer(429, retry_after=str(DAY)))
    with pytest.raises(Transient):
        world.fetcher().fetch(make_board())
    assert world.hosts.not_before("board.test") == START + timedelta(days=1)
    assert world.hosts.not_before("test/board") is None


KEYED = {"X-Key": "${KEY}"}
KEYS = {"KEY": "s3cret-value", "OTHER": "another-value"}


def test_a_key_is_used_as_often_a_day_as_declared_over_all_its_boards(world):
    world.put("/models", answer())
    boards = [make_board(f"{PAGE}?{name}", id=f"test/{name}", headers=KEYED, max_per_day=3) for name in "abcd"]
    fetcher = world.fetcher(KEYS)
    for board in boards[:3]:
        fetcher.fetch(board)
        world.clock.sleep(3600)
    with pytest.raises(NotYet, match=r"request\.max_per_day = 3 of KEY is used up, paused until 2026-04-11T06:00:00Z") as caught:
        fetcher.fetch(boards[3])
    assert caught.value.retry_after_s == 21 * 3600
    assert world.hosts.not_before("test/d") == START + timedelta(days=1)
    fetcher.fetch(make_board(id="test/free"))
    fetcher.fetch(make_board(id="test/other", headers={"X-Key": "${OTHER}"}, max_per_day=1))
    world.clock.sleep(21 * 3600)
    fetcher.fetch(boards[3])
    with pytest.raises(NotYet, match=r"paused until 2026-04-11T07:00:00Z"):
        fetcher.fetch(boards[0])


def test_retries_and_redirects_count_for_a_key_and_robots_and_other_hosts_do_not(world):
    world.put("board.test/models", answer(500), answer(302, location="https://other.test/there"))
    world.put("other.test/there", answer())
    board = make_board(headers=KEYED, max_per_day=2)
    world.fetcher(KEYS).fetch(board)
    with pytest.raises(NotYet, match=r"request\.max_per_day = 2 of KEY is used up"):
        world.fetcher(KEYS).fetch(board)
    assert world.pages == [PAGE, PAGE, "https://other.test/there"]


def test_without_a_key_the_requests_to_a_host_count(world):
    world.put("/models", answer())
    world.fetcher().fetch(make_board(max_per_day=1))
    with pytest.raises(NotYet, match=r"request.max_per_day = 1 of board\.test is used up"):
        world.fetcher().fetch(make_board(id="test/b", max_per_day=1))


def test_a_key_that_is_used_up_leaves_the_other_boards_of_its_host_alone(world):
    world.put("/models", answer())
    keyed = make_board(id="test/keyed", headers=KEYED, max_per_day=1)
    fetcher = world.fetcher(KEYS)
    fetcher.fetch(keyed)
    jobs = [(keyed, Validators()), (make_board(), Validators())]
    outcomes = {board.id: outcome for board, outcome in fetcher.fetch_all(jobs)}
    assert isinstance(outcomes["test/keyed"], NotYet)
    assert isinstance(outcomes["test/board"], Capture)


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
