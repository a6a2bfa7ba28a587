"""A host that fails repeatedly gets growing breaks; after each, one board tries."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from fetch_world import World, answer, failing, make_board

from tracker.errors import FetchError, Gone, Refused, Transient
from tracker.fetch.http import httpx
from tracker.fetch.politeness import BREAKS_AFTER, FIRST_BREAK_S, LONGEST_BREAK_S, NotYet
from tracker.model import Board, Validators

HOST = "board.test"
DOWN = answer(500)


def boards(many: int, host: str = HOST) -> list[Board]:
    return [make_board(f"https://{host}/b{number}", id=f"test/b{number}") for number in range(many)]


def everywhere(world: World, what: object, many: int = 12, host: str = HOST) -> None:
    for number in range(many):
        world.put(f"{host}/b{number}", what)


def fetch(world: World, *asked: Board) -> list[type]:
    """The classes of what each board came to; none of its waits counts."""
    return [type(validator) for _, validator in world.fetcher().fetch_all([(board, Validators()) for board in asked], workers=1)]


def away_until(world: World, host: str = HOST) -> datetime | None:
    return world.hosts.not_before(host)


def wait(world: World, seconds: float) -> None:
    world.clock.sleep(seconds)


def break_it(world: World) -> None:
    everywhere(world, DOWN)
    assert fetch(world, *boards(BREAKS_AFTER)) == [Transient] * BREAKS_AFTER


def test_after_four_failures_in_a_row_of_any_boards_a_host_gets_a_break(world: World):
    everywhere(world, DOWN)
    assert fetch(world, *boards(6)) == [Transient] * 4 + [NotYet] * 2
    assert world.hosts.failures(HOST) == 4
    assert away_until(world) == world.clock.now() + timedelta(seconds=FIRST_BREAK_S)
    assert {url.rpartition("/")[2] for url in world.pages} == {"b0", "b1", "b2", "b3"}


def test_a_board_of_a_host_with_a_break_states_the_reason_and_the_end(world: World):
    break_it(world)
    with pytest.raises(NotYet, match=r"the host failed 4 times in a row and is left alone, due at 2026-04-10T06:05:") as caught:
        world.fetcher().fetch(boards(1)[0])
    assert 299 <= caught.value.retry_after_s <= 301


def test_three_failures_cause_no_break(world: World):
    everywhere(world, DOWN)
    fetch(world, *boards(3))
    assert away_until(world) is None
    assert fetch(world, boards(4)[3]) == [Transient]
    assert away_until(world) is not None


def test_after_a_break_one_board_tries_and_a_failure_doubles_the_break(world: World):
    break_it(world)
    expected_s = FIRST_BREAK_S
    for _ in range(9):
        wait(world, (away_until(world) - world.clock.now()).total_seconds())
        asked = len(world.pages)
        assert fetch(world, *boards(4)) == [Transient] + [NotYet] * 3
        assert {url.rpartition("/")[2] for url in world.pages[asked:]} == {"b0"}
        expected_s = min(2 * expected_s, LONGEST_BREAK_S)
        assert away_until(world) == world.clock.now() + timedelta(seconds=expected_s)
    assert expected_s == LONGEST_BREAK_S


def test_a_success_ends_the_break(world: World):
    break_it(world)
    wait(world, FIRST_BREAK_S)
    everywhere(world, answer())
    assert NotYet not in fetch(world, *boards(5))
    assert (world.hosts.failures(HOST), away_until(world)) == (0, None)
    everywhere(world, DOWN)
    assert fetch(world, *boards(5)) == [Transient] * 4 + [NotYet]


@pytest.mark.parametrize(("status", "error"), [(404, Gone), (403, Refused)])
def test_a_gone_or_refused_page_is_not_a_failure_of_the_host(world: World, status: int, error: type[FetchError]):
    everywhere(world, DOWN)
    fetch(world, *boards(3))
    everywhere(world, answer(status))
    assert fetch(world, boards(1)[0]) == [error]
    assert world.hosts.failures(HOST) == 0


def test_a_board_that_was_not_asked_does_not_count(world: World):
    break_it(world)
    until = away_until(world)
    assert fetch(world, *boards(12)) == [NotYet] * 12
    assert (world.hosts.failures(HOST), away_until(world)) == (4, until)


def test_another_host_has_no_break(world: World):
    break_it(world)
    everywhere(world, answer(), host="other.test")
    assert fetch(world, *boards(3, "other.test")).count(NotYet) == 0
    assert world.hosts.failures("other.test") == 0


def test_a_longer_retry_after_extends_the_break(world: World):
    everywhere(world, DOWN)
    fetch(world, *boards(3))
    world.put(f"{HOST}/b0", answer(429, retry_after="7200"))
    assert fetch(world, *boards(2)) == [Transient, NotYet]
    assert away_until(world) == world.clock.now() + timedelta(hours=2)


def test_a_shorter_retry_after_does_not_shorten_the_break(world: World):
    everywhere(world, DOWN)
    fetch(world, *boards(3))
    world.put(f"{HOST}/b0", answer(429, retry_after="70"))
    assert fetch(world, *boards(1)) == [Transient]
    assert away_until(world) == world.clock.now() + timedelta(seconds=FIRST_BREAK_S)


@pytest.mark.parametrize("trouble", [DOWN, failing(httpx.ConnectTimeout("x"))])
def test_an_unavailable_robots_file_counts_as_a_failure(world: World, trouble: object):
    world.put("/robots.txt", trouble)
    everywhere(world, answer())
    assert fetch(world, *boards(6)) == [Transient] * 4 + [NotYet] * 2
    assert world.pages == []


def test_the_next_run_remembers_the_failures_of_a_host(world: World):
    everywhere(world, DOWN)
    for number in range(4):
        fetch(world, boards(4)[number])
    assert fetch(world, boards(5)[4]) == [NotYet]
