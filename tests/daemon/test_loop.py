"""When the daemon fetches: what is due, once, and within its limits."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from daemon_world import DAY, HOUR, OTHER, START, TEXT, Daemon, Later, showing

from tracker.errors import StoreError, Transient
from tracker.model import Pause, Result


def test_a_board_is_fetched_once_when_it_is_due_and_again_after_its_cadence(daemon: Daemon):
    daemon.declare(cadence="0 */6 * * *")
    daemon.run(DAY)
    assert daemon.times() == [START + n * HOUR for n in (0, 6, 12, 18, 24)]
    assert daemon.results() == [Result.ACCEPTED, *[Result.UNCHANGED] * 4]


@pytest.mark.slow
def test_a_board_that_another_process_has_read_is_not_fetched_again(daemon: Daemon):
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
def test_due_times_survive_a_restart(daemon: Daemon):
    daemon.declare(cadence="@daily")
    for _ in range(6):
        daemon.run(3 * HOUR)
        daemon.restart()
    daemon.run(HOUR)
    assert daemon.times() == [START, START + 18 * HOUR]


ONE_HOST = ["one.acme.test"] * 3


@pytest.mark.parametrize(("hosts", "expected"), [([None] * 8, [3, 3, 2]), ([*ONE_HOST, None], [2, 1, 1])], ids=["limit", "host"])
def test_fetches_stay_within_the_limit_and_one_per_host(tmp_path, clock: time_machine.Traveller, hosts, expected):
    later = Later()
    daemon = Daemon(folder=tmp_path, traveller=clock, start=later, parallel=3)
    for number, host in enumerate(hosts):
        daemon.declare(f"b{number}", **({"host": host} if host else {}))
    at_a_time = []
    while len(daemon.asked) < len(hosts):
        daemon.run()
        at_a_time.append(len(later.begun))
        later.go_on()
    assert at_a_time == expected
    daemon.store.close()


def test_a_stuck_fetch_is_cut_off_and_its_late_result_is_dropped(tmp_path, clock: time_machine.Traveller):
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


def test_a_hanging_thread_does_not_delay_the_others(tmp_path, clock: time_machine.Traveller):
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


def test_a_board_is_retried_soon_after_a_transient_error_and_later_each_time(daemon: Daemon):
    daemon.declare(cadence="@daily")
    daemon.declare("well", cadence="@hourly")

    def fails(board):
        raise Transient(f"{board.id}: status 500")

    daemon.answers[TEXT] = fails
    daemon.run(3 * HOUR)
    minutes = [(at - START) // timedelta(minutes=1) for at in daemon.times()]
    assert minutes == [0, 5, 15, 35, 75, 155]


def test_a_paused_board_is_not_fetched_and_a_resumed_one_soon_is(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(1.5 * HOUR)
    daemon.store.service.pause(Pause(board=TEXT, since=daemon.now, by="ann", reason="terms"))
    daemon.run(5 * HOUR)
    assert len(daemon.times()) == 2
    daemon.store.service.resume(TEXT)
    daemon.run(timedelta(minutes=2))
    assert len(daemon.times()) == 3


def test_a_board_without_its_key_is_not_fetched_until_the_key_is_set(daemon: Daemon):
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
def test_a_host_that_asked_us_to_stay_away_is_not_asked(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.hosts.note_not_before("text.acme.test", START + 5 * HOUR + timedelta(minutes=10))
    daemon.run(7 * HOUR)
    assert [(at - START) / HOUR for at in daemon.times()] == [pytest.approx(5 + 1 / 6), 6, 7]


def test_a_board_that_must_wait_is_not_asked_and_the_others_of_its_host_are(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.declare("code", cadence="@hourly", host="text.acme.test")
    daemon.hosts.note_not_before("acme/text", START + 3 * HOUR)
    daemon.run(2.5 * HOUR)
    assert daemon.times() == []
    assert len(daemon.times("acme/code")) == 3
    daemon.run(HOUR)
    assert daemon.times() == [START + 3 * HOUR]


def test_a_wait_that_was_noted_while_the_clock_was_ahead_by_40_days_delays_nothing(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    for whom in ("text.acme.test", "acme/text"):
        daemon.hosts.note_not_before(whom, START + timedelta(days=40))
    daemon.run(1.5 * HOUR)
    assert daemon.times() == [START, START + HOUR]


def test_only_news_wakes_the_delivery_worker(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(3.5 * HOUR)
    before = list(daemon.fresh)
    daemon.answers[TEXT] = showing(OTHER)
    daemon.run(3 * HOUR)
    assert [at for at in daemon.fresh if at not in before] == [START + 4 * HOUR]


def test_a_bug_with_one_board_does_not_stop_the_others(daemon: Daemon):
    def faulty(board):
        raise ZeroDivisionError("a bug")

    daemon.declare("bad", cadence="@hourly")
    daemon.declare("text", cadence="@hourly")
    daemon.answers["acme/bad"] = faulty
    daemon.run(HOUR)
    assert daemon.results() == [Result.ACCEPTED, Result.UNCHANGED]
    assert "ZeroDivisionError of the tracker's own: a bug" in daemon.checks("acme/bad")[0].message


def test_a_turn_without_start_begins_no_fetch(daemon: Daemon):
    daemon.declare()
    daemon.loop.turn(start=False)
    assert daemon.asked == []
    daemon.loop.turn()
    assert len(daemon.asked) == 1


@pytest.mark.slow
def test_a_lease_of_another_process_delays_the_board_and_nothing_is_lost(daemon: Daemon):
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
