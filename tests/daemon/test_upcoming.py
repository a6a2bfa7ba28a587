"""The times at which boards are due next."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from daemon_world import DAY, HOUR, START, Daemon
from hypothesis import given
from hypothesis import strategies as st
from kit import board

from tracker import cadence
from tracker.daemon.ticker import upcoming
from tracker.model import Board, BoardId

CADENCES = ("@hourly", "@daily", "*/7 * * * *", "30 2 * * *", "0 0 29 2 *")


def made(name: str, expression: str) -> Board:
    return replace(board(), id=BoardId(f"made/{name}"), cadence=expression)


@given(st.lists(st.sampled_from(CADENCES), max_size=6), st.integers(0, 25))
def test_upcoming_times_are_the_first_firings_of_all_boards(expressions: list[str], most: int):
    boards = [made(str(number), expression) for number, expression in enumerate(expressions)]
    every = [
        (at, board.id)
        for board in boards
        for at in [START, *itertools.islice(cadence.firings(board.cadence, board.time_zone, START), most)]
    ]
    found = upcoming(boards, None, START, most)
    assert [(at, board.id) for at, board in found] == sorted(every)[:most]


@pytest.mark.slow
def test_upcoming_times_come_true(daemon: Daemon):
    for name, expression in (("a", "*/50 * * * *"), ("b", "@hourly"), ("c", "15 3,9 * * *")):
        daemon.declare(name, cadence=expression)
    daemon.run(HOUR / 2)
    promised = upcoming(daemon.loop.declared.boards.values(), daemon.store, daemon.now, 30)
    daemon.asked.clear()
    daemon.run(DAY)
    assert sorted((at, board.id) for at, board in promised) == sorted(daemon.asked)[:30]


def test_an_overdue_board_is_due_now(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run()
    later = START + timedelta(hours=9, minutes=20)
    (now, _), (following, _) = upcoming(daemon.loop.declared.boards.values(), daemon.store, later, 2)
    assert (now, following) == (later, START + 10 * HOUR)
