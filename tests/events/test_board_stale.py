"""A board that has shown the same for longer than its rhythm."""

from datetime import timedelta

import pytest
from kit import PAGE, START, board, brief

from tracker.events.board_stale import rhythm
from tracker.events.detecting import silence
from tracker.model import Board, BoardState, Event, Sha256

DAILY = BoardState(changed_at=tuple(START + timedelta(days=day) for day in range(5)))
DAYS = 4
"""The last change of DAILY is this number of days after START."""


def asked(days: float, past: BoardState = DAILY, on: Board | None = None) -> tuple[Event, ...]:
    return silence(on or board(), past, observed_at=START + timedelta(days=days), url=PAGE, sha256=(Sha256("same"),))


def test_a_board_is_stale_after_three_times_its_longest_pause():
    assert asked(DAYS + 3) == ()
    (event,) = asked(DAYS + 4)
    assert brief([event]) == ["board_stale/stale"]
    assert event.headline == "Board has not changed for 4 days, longer than usual (3 days)."
    assert (event.after, event.facts["limit_s"]) == (DAILY.changed_at[-1], 3 * 86400)
    assert [proof.sha256 for proof in event.evidence] == ["same"]


def test_one_long_pause_lengthens_the_rhythm():
    paused = BoardState(changed_at=(*DAILY.changed_at, START + timedelta(days=14)))
    assert rhythm(board(), paused) == timedelta(days=30)
    assert asked(14 + 30, paused) == ()
    assert asked(14 + 31, paused)


def test_a_lively_board_has_three_days_at_least():
    hourly = BoardState(changed_at=tuple(START + timedelta(hours=hour) for hour in range(12)))
    assert rhythm(board(), hourly) == timedelta(days=3)


@pytest.mark.parametrize("changes", range(5))
def test_with_fewer_than_five_changes_the_rhythm_is_not_known(changes: int):
    assert asked(1000, BoardState(changed_at=DAILY.changed_at[:changes])) == ()


def test_a_declared_limit_is_believed_from_the_first_change():
    hourly = board(stale_after_s=7200.0)
    first = BoardState(changed_at=(START,))
    assert asked(2 / 24, first, hourly) == ()
    (event,) = asked(3 / 24, first, hourly)
    assert event.headline == "Board has not changed for 3 hours, longer than usual (2 hours)."


def test_a_board_without_any_accepted_snapshot_is_not_stale():
    assert asked(1000, BoardState(), board(stale_after_s=1.0)) == ()


def test_a_stale_board_is_reported_once():
    assert asked(DAYS + 40, BoardState(changed_at=DAILY.changed_at, stale_since=START + timedelta(days=DAYS + 4))) == ()
