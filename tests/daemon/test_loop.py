"""When the daemon asks: what is due, once, and no more at a time than is allowed."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from daemon_world import DAY, HOUR, OTHER, START, TEXT, Daemon, Later, showing

from tracker.errors import StoreError, Transient
from tracker.model import Pause, Result


def test_a_board_is_asked_when_it_is_due_once_and_again_after_its_cadence(daemon: Daemon):
    daemon.declare(cadence="0 */6 * * *")
    daemon.run(DAY)
    assert daemon.times() == [START + n * HOUR for n in (0, 6, 12, 18, 24)]
    assert daemon.results() == [Result.ACCEPTED, *[Result.UNCHANGED] * 4]


@pytest.mark.slow
def test_a_board_that_another_process_reads_meanwhile_is_not_asked_again(daemon: Daemon):
    daemon.declare(cadence="0 */6 * * *")
    daemon.run(6 * HOUR - timedelta(minutes=1))
    daemon.pass_by(timedelta(minutes=1, seconds=1))
    daemon.run_beside("acme/text")
    daemon.run(3 * HOUR)
    assert daemon.times() == [START]
    daemon.run(4 * HOUR)
    assert daemon.times() == [START, START + 12 * HOUR]


def test_firings_missed_while_the_machine_slept_are_one_fetch(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR)
    daemon.pass_by(50.5 * HOUR)
    daemon.run(HOUR)
    assert daemon.times() == [START + n * HOUR for n in (0, 1, 51.5, 52)]


@pytest.mark.slow
def test_what_is_due_survives_a_restart(daemon: Daemon):
    daemon.declare(cadence="@daily")
    for _ in range(6):
        daemon.run(3 * HOUR)
        daemon.restart()
    daemon.run(HOUR)
    assert daemon.times() == [START, START + 18 * HOUR]


def test_no_more_boards_are_asked_at_a_time_than_are_allowed(tmp_path, clock: time_machine.Traveller):
    later = Later()
    daemon = Daemon(folder=tmp_path, traveller=clock, start=later, parallel=3)
    for number in range(8):
        daemon.declare(f"b{number}")
    at_a_time = []
    while len(daemon.asked) < 8:
        daemon.run()
        at_a_time.append(len(later.begun))
        later.go_on()
    assert at_a_time == [3, 3, 2]
    daemon.store.close()


def test_no_host_is_asked_by_two_at_a_time(tmp_path, clock: time_machine.Traveller):
    later = Later()
    daemon = Daemon(folder=tmp_path, traveller=clock, start=later)
    for number in range(3):
        daemon.declare(f"b{number}", host="one.acme.test")
    daemon.declare("other")
    at_a_time = []
    while len(daemon.asked) < 4:
        daemon.run()
        at_a_time.append(len(later.begun))
        later.go_on()
    assert at_a_time == [2, 1, 1]
    daemon.store.close()


def test_a_stuck_fetch_is_cut_off_frees_its_place_and_what_it_brings_late_is_thrown_away(tmp_path, clock: time_machine.Traveller):
    later = Later()
    daemon = Daemon(folder=tmp_path, traveller=clock, start=later, parallel=1)
    daemon.declare("stuck")
    daemon.declare("text")
    daemon.run()
    (stuck,) = later.begun
    later.begun.clear()
    daemon.pass_by(timedelta(seconds=daemon.deadline_s))
    daemon.run()
    assert daemon.results("acme/stuck") == [Result.FAILED]
    assert "acme/stuck: cut off after 600 s" in daemon.checks("acme/stuck")[0].message
    assert len(later.begun) == 1, "the place is free"
    later.go_on()
    stuck()
    daemon.run()
    assert daemon.results("acme/stuck") == [Result.FAILED], "the late result is nobody's"
    assert daemon.results("acme/text") == [Result.ACCEPTED]
    daemon.store.close()


def test_a_thread_that_hangs_does_not_hold_up_the_others(tmp_path, clock: time_machine.Traveller):
    from tracker.daemon.flights import in_a_thread  # noqa: PLC0415  # the real thing, here alone

    hangs, let_go = threading.Event(), threading.Event()

    def hang(board):
        hangs.set()
        assert let_go.wait(30)
        raise Transient("late")

    daemon = Daemon(folder=tmp_path, traveller=clock, start=in_a_thread, parallel=2, answers={"acme/hangs": hang})
    daemon.declare("hangs")
    for name in ("a", "b", "c"):
        daemon.declare(name)
    while not all(daemon.results(f"acme/{name}") for name in "abc"):
        daemon.run()
        assert daemon.loop.wake.wait(30)
        daemon.loop.wake.clear()
    assert hangs.is_set()
    assert [daemon.results(f"acme/{name}") for name in "abc"] == [[Result.ACCEPTED]] * 3
    assert daemon.results("acme/hangs") == []
    assert daemon.loop.busy
    let_go.set()
    daemon.store.close()


def test_a_board_is_asked_again_soon_after_a_passing_fault_and_later_each_time(daemon: Daemon):
    daemon.declare(cadence="@daily")
    daemon.declare("well", cadence="@hourly")

    def fails(board):
        raise Transient(f"{board.id}: status 500")

    daemon.answers[TEXT] = fails
    daemon.run(3 * HOUR)
    minutes = [(at - START) // timedelta(minutes=1) for at in daemon.times()]
    assert minutes == [0, 5, 15, 35, 75, 155]


def test_a_paused_board_is_not_asked_and_a_resumed_one_soon(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(1.5 * HOUR)
    daemon.store.service.pause(Pause(board=TEXT, since=daemon.now, by="ann", reason="terms"))
    daemon.run(5 * HOUR)
    assert len(daemon.times()) == 2
    daemon.store.service.resume(TEXT)
    daemon.run(timedelta(minutes=2))
    assert len(daemon.times()) == 3


def test_a_board_without_its_key_is_not_asked_until_the_key_is_there(daemon: Daemon):
    daemon.declare()
    path = daemon.folder / "schedules/acme/text.toml"
    path.write_text(path.read_text().replace("[request]", '[request]\nheaders = { x-api-key = "${ACME_KEY}" }'))
    daemon.run(HOUR)
    assert daemon.asked == []
    daemon.environment["ACME_KEY"] = "secret"
    daemon.loop.reload()
    daemon.run()
    assert daemon.times() == [START + HOUR]


@pytest.mark.slow
def test_a_host_that_asked_us_to_stay_away_is_left_alone(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.hosts.note_not_before("text.acme.test", START + 5 * HOUR + timedelta(minutes=10))
    daemon.run(7 * HOUR)
    assert [(at - START) / HOUR for at in daemon.times()] == [pytest.approx(5 + 1 / 6), 6, 7]


def test_news_wakes_the_courier_and_nothing_new_does_not(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(3.5 * HOUR)
    before = list(daemon.fresh)
    daemon.answers[TEXT] = showing(OTHER)
    daemon.run(3 * HOUR)
    assert [at for at in daemon.fresh if at not in before] == [START + 4 * HOUR]


def test_a_fault_of_ours_with_one_board_does_not_stop_the_others(daemon: Daemon):
    def faulty(board):
        raise ZeroDivisionError("a bug")

    daemon.declare("bad", cadence="@hourly")
    daemon.declare("text", cadence="@hourly")
    daemon.answers["acme/bad"] = faulty
    daemon.run(HOUR)
    assert daemon.results() == [Result.ACCEPTED, Result.UNCHANGED]
    assert "ZeroDivisionError of the tracker's own: a bug" in daemon.checks("acme/bad")[0].message


def test_a_turn_without_start_begins_nothing(daemon: Daemon):
    daemon.declare()
    daemon.loop.turn(start=False)
    assert daemon.asked == []
    daemon.loop.turn()
    assert len(daemon.asked) == 1


@pytest.mark.slow
def test_a_lease_that_another_process_has_is_waited_for_and_nothing_is_lost(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    with daemon.archive.lease(TEXT):
        daemon.run()
        assert daemon.times() == [START]
        assert daemon.checks() == []
        daemon.run(timedelta(minutes=2))
    assert len(daemon.times()) == 1
    daemon.run(timedelta(minutes=10))
    assert daemon.results() == [Result.ACCEPTED]
    assert len(daemon.times()) == 1
    with pytest.raises(StoreError, match="held by process"), daemon.archive.lease(TEXT), daemon.archive.lease(TEXT):
        pass
