"""One page, however large or deadly, does not cost the other boards their turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from daemon_world import DAY, HOUR, ONE, OTHER, ROUTE, TEXT, Daemon, Later, csv, showing

from tracker.daemon.landed import LARGE, MAX_WAITING
from tracker.model import Begun, Board, BoardId, Capture, Pause, Result

CODE, MATH = BoardId("acme/code"), BoardId("acme/math")


def archived(daemon: Daemon, *boards: BoardId) -> None:
    """A process was killed after it had archived another state of these boards, and was down for an hour."""
    daemon.pass_by(HOUR)
    for board in boards:
        daemon.archive.keep(showing(OTHER)(daemon.loop.declared.boards[board]))


@pytest.fixture
def three(daemon: Daemon) -> Daemon:
    daemon.write("routes.toml", ROUTE)
    for name in ("text", "code", "math"):
        daemon.declare(name)
    daemon.run()
    return daemon


def test_what_a_killed_process_left_is_synced_one_board_a_turn_after_the_first_turn(three: Daemon):
    archived(three, TEXT, CODE)
    asked = len(three.asked)
    three.restart()
    three.loop.turn()
    assert [len(three.checks(board)) for board in (CODE, TEXT)] == [1, 1], "the service is ready first"
    assert three.loop.idle_s == 0
    three.loop.turn()
    assert [len(three.checks(board)) for board in (CODE, TEXT)] == [2, 1]
    three.loop.turn()
    assert [len(three.checks(board)) for board in (CODE, TEXT)] == [2, 2]
    three.run()
    assert three.loop.idle_s
    assert len(three.asked) == asked, "nothing was fetched again for it"


def test_a_due_board_that_was_left_behind_is_caught_up_instead_of_fetched(three: Daemon):
    three.pass_by(DAY)
    archived(three, TEXT)
    three.restart()
    three.loop.turn()
    assert three.times(TEXT)[1:] == []
    assert len(three.times(CODE)) == 2, "the others are fetched at once"
    three.run(HOUR)
    assert three.results(TEXT) == [Result.ACCEPTED] * 2
    assert three.times(TEXT)[1:] == []


def test_a_paused_board_is_not_caught_up(three: Daemon):
    archived(three, TEXT, CODE)
    for board in (TEXT, CODE):
        three.store.service.pause(Pause(board=board, since=three.now, by="me", reason="their lawyer wrote"))
    three.restart()
    three.loop.turn()
    three.store.service.resume(CODE)
    three.run(HOUR)
    assert len(three.checks(TEXT)) == 1
    assert three.loop.idle_s


def test_a_board_that_is_paused_meanwhile_is_not_caught_up(three: Daemon):
    archived(three, TEXT)
    three.restart()
    three.loop.turn()
    three.store.service.pause(Pause(board=TEXT, since=three.now, by="me", reason="too late"))
    three.run(HOUR)
    assert len(three.checks(TEXT)) == 1


def test_the_board_with_which_the_last_process_ended_is_caught_up_last(three: Daemon):
    archived(three, CODE, TEXT)
    with three.archive.lease(CODE):
        three.archive.begin(CODE, Begun(observed_at=three.now, times=1))
    three.restart()
    three.loop.turn()
    three.loop.turn()
    assert [len(three.checks(board)) for board in (CODE, TEXT)] == [1, 2]
    three.run(HOUR)
    assert len(three.checks(CODE)) == 2
    assert three.open() == {}


def test_a_capture_that_is_left_out_is_a_notice_until_the_board_is_read(three: Daemon):
    archived(three, TEXT)
    with three.archive.lease(TEXT):
        three.archive.begin(TEXT, Begun(observed_at=three.now, times=2))
    three.restart()
    three.run(HOUR)
    assert three.results(TEXT) == [Result.ACCEPTED, Result.REJECTED]
    assert "left out; to try it again: tracker quarantine accept acme/text 2026-03-01T07:00:00Z" in three.open()["poison", TEXT]
    three.answers[TEXT] = showing(ONE.replace("b:80", "b:96"))
    three.run(DAY)
    assert three.results(TEXT)[2] is Result.ACCEPTED
    assert three.open() == {}
    assert three.ended() == [("poison", TEXT)]


def large(number: int = LARGE) -> Sequence[bytes]:
    return (csv(ONE) + b"\n" + b"\n" * number,)


def test_small_pages_come_first_and_a_large_one_waits_for_the_next_turn(tmp_path: Path, clock: time_machine.Traveller):
    later = Later()
    daemon = Daemon(folder=tmp_path, traveller=clock, start=later, parallel=4)

    def show(board: Board) -> Capture:
        return Capture(board=board.id, observed_at=daemon.now, url=board.request.url, bodies=tuple(large()))

    for name in ("large-1", "large-2", "small"):
        daemon.declare(name)
    daemon.answers |= {BoardId("acme/large-1"): show, BoardId("acme/large-2"): show}
    daemon.loop.turn()
    later.go_on()
    daemon.loop.turn()
    assert [len(daemon.checks(f"acme/{name}")) for name in ("large-1", "large-2", "small")] == [1, 0, 1]
    assert daemon.loop.idle_s == 0
    daemon.loop.turn()
    assert len(daemon.checks("acme/large-2")) == 1
    assert daemon.loop.idle_s
    daemon.pass_by(DAY)
    daemon.loop.turn()
    assert [board for _, board in daemon.asked[:3]] == ["acme/large-1", "acme/large-2", "acme/small"]
    later.go_on()
    assert [board for _, board in daemon.asked[3:]] == ["acme/small", "acme/large-1", "acme/large-2"]


@pytest.mark.slow
def test_no_more_waits_than_fits_in_memory(tmp_path: Path, clock: time_machine.Traveller):
    later = Later()
    daemon = Daemon(folder=tmp_path, traveller=clock, start=later, parallel=4)

    def show(board: Board) -> Capture:
        return Capture(board=board.id, observed_at=daemon.now, url=board.request.url, bodies=tuple(large(MAX_WAITING // 2)))

    for name in "abc":
        daemon.declare(name)
        daemon.answers[BoardId(f"acme/{name}")] = show
    daemon.loop.turn()
    later.go_on()
    daemon.loop.turn()
    assert [len(daemon.checks(f"acme/{name}")) for name in "abc"] == [1, 1, 0]


def test_a_thread_that_cannot_start_is_a_failed_fetch(tmp_path: Path, clock: time_machine.Traveller):
    def no_memory(work: object) -> None:
        raise RuntimeError("can't start new thread")

    daemon = Daemon(folder=tmp_path, traveller=clock, start=no_memory)
    daemon.declare("text")
    daemon.run(timedelta(minutes=1))
    assert daemon.results() == [Result.FAILED]
    assert "not asked: can't start new thread; expected memory for another thread" in daemon.checks()[0].message
