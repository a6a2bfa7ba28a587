"""Fetches under way: limits, hosts, deadlines, and results of every kind."""

from __future__ import annotations

import threading
from dataclasses import replace

from daemon_world import START, Later
from hypothesis import given
from hypothesis import strategies as st
from kit import board

from tracker.daemon.flights import InFlight, in_a_thread
from tracker.errors import Gone, Transient
from tracker.model import Board, BoardId, Unchanged, Validators


def made(name: str) -> Board:
    return replace(board(), id=BoardId(f"made/{name}"))


def unchanged(asked: Board) -> Unchanged:
    return Unchanged(board=asked.id, observed_at=START, url=asked.request.url, validators=Validators())


class Time:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def test_results_land_once_and_in_order_of_arrival():
    later = Later()
    flights = InFlight(unchanged, parallel=3, deadline_s=10, monotonic=Time(), begin=later)
    for name in "abc":
        flights.start(made(name), name)
    assert (len(flights), flights.landed()) == (3, [])
    later.begun.reverse()
    later.go_on()
    assert [flight.id for flight, _ in flights.landed()] == ["made/c", "made/b", "made/a"]
    assert (len(flights), flights.landed()) == (0, [])


def test_an_error_of_the_fetch_is_a_result():
    def gone(asked: Board) -> Unchanged:
        raise Gone(f"{asked.id}: status 404")

    flights = InFlight(gone, parallel=1, deadline_s=10, monotonic=Time(), begin=lambda work: work())
    flights.start(made("a"), "a")
    ((_, error),) = flights.landed()
    assert isinstance(error, Gone)


def test_a_bug_of_ours_is_a_result_too_and_is_named_as_ours():
    def faulty(_: Board) -> Unchanged:
        raise KeyError("oops")

    flights = InFlight(faulty, parallel=1, deadline_s=10, monotonic=Time(), begin=lambda work: work())
    flights.start(made("a"), "a")
    ((_, error),) = flights.landed()
    assert isinstance(error, Transient)
    assert str(error) == "made/a: KeyError of the tracker's own: 'oops'; expected a fetch; see the log"


def test_a_fetch_is_cut_off_at_its_deadline_and_not_before():
    later, time = Later(), Time()
    flights = InFlight(unchanged, parallel=1, deadline_s=10, monotonic=time, begin=later)
    flights.start(made("a"), "a")
    time.s = 9.9
    assert flights.landed() == []
    assert made("a").id in flights
    time.s = 10.0
    ((_, error),) = flights.landed()
    assert isinstance(error, Transient)
    assert error.answer is None
    assert str(error).startswith("made/a: cut off after 10 s")
    assert flights.may_start("a")
    later.go_on()
    assert flights.landed() == []


def test_the_late_result_of_a_cut_off_fetch_does_not_count_for_the_next_one():
    later, time = Later(), Time()
    flights = InFlight(unchanged, parallel=1, deadline_s=10, monotonic=time, begin=later)
    flights.start(made("a"), "a")
    (late,) = later.begun
    later.begun.clear()
    time.s = 10.0
    flights.landed()
    flights.start(made("a"), "a")
    late()
    assert flights.landed() == []
    assert len(flights) == 1
    later.go_on()
    assert [flight.id for flight, _ in flights.landed()] == ["made/a"]


def test_a_result_wakes_the_loop():
    woken = threading.Event()
    flights = InFlight(unchanged, parallel=1, deadline_s=60, monotonic=Time(), begin=in_a_thread, wake=woken.set)
    flights.start(made("a"), "a")
    assert woken.wait(30)
    assert len(flights.landed()) == 1


@given(st.lists(st.sampled_from("abcdef"), max_size=20), st.integers(1, 4))
def test_fetches_never_exceed_the_limit_nor_one_per_host(hosts: list[str], parallel: int):
    later = Later()
    flights = InFlight(unchanged, parallel=parallel, deadline_s=10, monotonic=Time(), begin=later)
    out: list[str] = []
    for number, host in enumerate(hosts):
        allowed = len(out) < parallel and host not in out
        assert flights.may_start(host) is allowed
        if allowed:
            flights.start(made(str(number)), host)
            out.append(host)
        else:
            later.go_on()
            assert len(flights.landed()) == len(out)
            out = []
