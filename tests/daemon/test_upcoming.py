"""What would be due next."""

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
from tracker.daemon import upcoming
from tracker.model import Board, BoardId

CADENCES = ("@hourly", "@daily", "*/7 * * * *", "30 2 * * *", "0 0 29 2 *")


def made(name: str, expression: str) -> Board:
    return replace(board(), id=BoardId(f"made/{name}"), cadence=expression)


@given(st.lists(st.sampled_from(CADENCES), max_size=6), st.integers(0, 25))
def test_they_are_the_first_of_all_firings_of_all_boards(expressions: list[str], most: int):
    boards = [made(str(number), expression) for number, expression in enumerate(expressions)]
    every = [
        (at, one.id)
        for one in boards
        for at in [START, *itertools.islice(cadence.firings(one.cadence, one.time_zone, START), most)]
    ]
    found = upcoming(boards, None, START, most)
    assert [(at, one.id) for at, one in found] == sorted(every)[:most]


@pytest.mark.slow
def test_they_come_true(daemon: Daemon):
    for name, expression in (("a", "*/50 * * * *"), ("b", "@hourly"), ("c", "15 3,9 * * *")):
        daemon.declare(name, cadence=expression)
    daemon.run(HOUR / 2)
    promised = upcoming(daemon.loop.declared.boards.values(), daemon.store, daemon.now, 30)
    daemon.asked.clear()
    daemon.run(DAY)
    assert sorted((at, one.id) for at, one in promised) == sorted(daemon.asked)[:30]


def test_what_is_overdue_is_due_now(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run()
    later = START + timedelta(hours=9, minutes=20)
    (now, _), (following, _) = upcoming(daemon.loop.declared.boards.values(), daemon.store, later, 2)
    assert (now, following) == (later, START + 10 * HOUR)
