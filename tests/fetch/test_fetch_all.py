"""Many boards: hosts in parallel, one request at a time per host, and no board's error affects another."""

import threading
from collections import Counter

import pytest
from fetch_world import answer, failing, make_board
from memory_store import MemoryHosts

from tracker.errors import Gone, Refused, StoreError
from tracker.fetch import Fetcher
from tracker.fetch.http import httpx
from tracker.model import Capture, Unchanged, Validators

NEVER_S = 20
"""How long a test waits before it fails."""


def job(host: str, path: str = "/models"):
    return make_board(f"https://{host}{path}", id=f"{host}{path}"), Validators()


def test_every_board_has_its_outcome(world):
    world.put("/models", answer())
    world.put("/gone", answer(404))
    world.put("/same", answer(304))
    jobs = [job("a.test"), job("a.test", "/gone"), (make_board("https://b.test/same", id="b.test/same"), Validators(etag='"x"'))]
    jobs.append((make_board("https://c.test/", id="c", headers={"X": "${NO_KEY}"}), Validators()))
    jobs.append((make_board("no url", id="d"), Validators()))
    outcomes = {board.id: type(outcome) for board, outcome in world.fetcher().fetch_all(jobs)}
    assert outcomes == {"a.test/models": Capture, "a.test/gone": Gone, "b.test/same": Unchanged, "c": Refused, "d": Refused}


def test_no_jobs_have_no_outcomes(world):
    assert list(world.fetcher().fetch_all([])) == []


def test_boards_of_one_host_keep_their_order(world):
    world.put("/models", answer())
    for number in range(6):
        world.put(f"/{number}", answer())
    jobs = [job("a.test", f"/{number}") for number in range(6)]
    assert [board.id for board, _ in world.fetcher().fetch_all(jobs)] == [board.id for board, _ in jobs]


def test_hosts_are_fetched_in_parallel(world):
    meeting = threading.Barrier(3, timeout=NEVER_S)

    def meet(request: httpx.Request) -> httpx.Response:
        meeting.wait()
        return answer()(request)

    world.put("/models", meet)
    jobs = [job(host) for host in ("a.test", "b.test", "c.test")]
    assert all(isinstance(outcome, Capture) for _, outcome in world.fetcher().fetch_all(jobs))


def test_a_host_gets_one_request_at_a_time_even_through_redirects(world):
    asking: Counter[str] = Counter()
    most: Counter[str] = Counter()
    guard = threading.Lock()

    def watched(request: httpx.Request) -> httpx.Response:
        host = request.url.host
        with guard:
            asking[host] += 1
            most[host] = max(most[host], asking[host])
        threading.Event().wait(0.002)  # long enough for another to come
        with guard:
            asking[host] -= 1
        return answer()(request)

    world.put("shared.test/models", watched)
    jobs = [job("shared.test"), job("shared.test")]
    for number in range(6):
        world.put(f"h{number}.test/models", answer(302, location="https://shared.test/models"))
        jobs.append(job(f"h{number}.test"))
    assert sum(1 for _ in world.fetcher().fetch_all(jobs)) == 8
    assert most == {"shared.test": 1}


def test_an_outcome_is_yielded_as_soon_as_it_exists(world):
    yielded = threading.Event()

    def late(request: httpx.Request) -> httpx.Response:
        assert yielded.wait(NEVER_S)
        return answer()(request)

    world.put("slow.test/models", late)
    world.put("fast.test/models", answer())
    outcomes = world.fetcher().fetch_all([job("slow.test"), job("fast.test")])
    assert next(outcomes)[0].id == "fast.test/models"
    yielded.set()
    assert next(outcomes)[0].id == "slow.test/models"


def test_a_bug_is_the_outcome_of_its_board_and_the_next_boards_of_its_host_are_fetched(world):
    world.put("/first", failing(ZeroDivisionError("a bug")))
    world.put("/second", answer())
    outcomes = [outcome for _, outcome in world.fetcher().fetch_all([job("a.test", "/first"), job("a.test", "/second")])]
    assert str(outcomes[0]) == "a.test/first: ZeroDivisionError of the tracker's own: a bug; expected a fetch; see the log"
    assert isinstance(outcomes[1], Capture)


class FullDisk(MemoryHosts):
    def note_request(self, host, at):
        raise StoreError("the disk is full")


def test_an_error_of_the_store_is_raised(world):
    transport = httpx.MockTransport(answer())
    with Fetcher(FullDisk(), world.clock, {}, transport=transport, resolve=world._resolve) as fetcher, pytest.raises(StoreError):
        list(fetcher.fetch_all([job("a.test")]))


def test_leaving_early_ends_after_the_current_boards(world):
    world.put("/models", answer())
    for number in range(50):
        world.put(f"/{number}", answer())
    gate = threading.Event()

    def second(request: httpx.Request) -> httpx.Response:
        assert gate.wait(NEVER_S)
        return answer()(request)

    world.put("/1", second)
    outcomes = world.fetcher().fetch_all([job("a.test", f"/{number}") for number in range(50)])
    next(outcomes)
    threading.Timer(0.05, gate.set).start()
    outcomes.close()
    assert len(world.pages) <= 3
