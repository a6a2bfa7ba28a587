"""Trouble of the daemon's own: the store, the clock, the network; and a publisher that refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import time_machine
from daemon_world import DAY, HOUR, ONE, OTHER, ROUTE, START, TEXT, Daemon, refused, showing, silent

from tracker.errors import Refused, StoreError
from tracker.model import BoardId, Pause, Result
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Damaged

MINUTE = timedelta(minutes=1)


class Failing:
    """A store whose `save` fails so many times."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store
        self.times = 0

    def save(self, *args: object) -> None:
        if self.times:
            self.times -= 1
            error = sqlite3.OperationalError("disk I/O error")
            raise StoreError(f"tracker.db: cannot write the store: {error}; expected a writable SQLite file") from error
        self._store.save(*args)

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


class Locked:
    """Somebody else has the database for himself."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._connection = sqlite3.connect(self._path, isolation_level=None)
        self._connection.execute("BEGIN EXCLUSIVE")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self._connection.close()


@pytest.fixture
def failing(tmp_path: Path, clock: time_machine.Traveller) -> tuple[Daemon, Failing]:
    made: list[Failing] = []

    def wrapped(store: SqliteStore) -> Failing:
        made.append(Failing(store))
        return made[-1]

    daemon = Daemon(folder=tmp_path, traveller=clock, wraps=wrapped)
    return daemon, made[0]


# ── the store ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("times", [1, 4])
def test_results_that_landed_while_the_store_failed_are_stored_once_it_works(failing: tuple[Daemon, Failing], times: int):
    daemon, store = failing
    daemon.write("routes.toml", ROUTE)
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR - MINUTE)
    daemon.answers[TEXT] = showing(OTHER)
    store.times = times
    daemon.run(2 * MINUTE)
    assert daemon.times() == [START, START + HOUR]
    daemon.run(10 * MINUTE)
    assert daemon.times() == [START, START + HOUR], "it is not asked for what was received"
    assert daemon.results() == [Result.ACCEPTED, Result.ACCEPTED]
    assert daemon.checks()[1].observed_at == START + HOUR, "it is stored for when it was seen"
    assert len(daemon.archive.index(TEXT)[0]) == 2
    assert daemon.store.past(TEXT).seen_until == START + HOUR


@pytest.mark.parametrize("times", [1, 4])
def test_a_failure_of_the_store_is_news_once_afterwards(failing: tuple[Daemon, Failing], times: int):
    daemon, store = failing
    daemon.write("routes.toml", ROUTE)
    daemon.declare(cadence="@hourly")
    store.times = times
    daemon.run(HOUR)
    assert daemon.open() == {}
    assert daemon.ended() == [("store", "")]
    began, ended = daemon.news()
    assert began == "The store could not be written from 2026-03-01 06:00 UTC on."
    assert ended.startswith("Over: The store could not be written from 2026-03-01 06:00 UTC on. It lasted ")


def test_a_failure_that_could_not_be_stored_counts_once(failing: tuple[Daemon, Failing]):
    daemon, store = failing
    daemon.declare(cadence="@hourly")
    daemon.answers[TEXT] = refused
    store.times = 3
    daemon.run(HOUR - MINUTE)
    assert daemon.results() == [Result.FAILED]
    assert daemon.store.past(TEXT).failures == 1


@pytest.mark.slow
def test_no_board_is_fetched_while_the_store_cannot_be_written(failing: tuple[Daemon, Failing]):
    daemon, store = failing
    daemon.declare("a", cadence="*/5 * * * *")
    daemon.run(4 * MINUTE)
    daemon.declare("b")
    store.times = 10_000
    daemon.run(HOUR)
    assert daemon.times("acme/b") == [START + 4 * MINUTE]
    assert len(daemon.times("acme/a")) <= 2
    assert daemon.loop.trouble == "the store cannot be written since 2026-03-01T06:04:00Z"
    store.times = 0
    daemon.run(6 * MINUTE)
    assert daemon.loop.trouble == ""
    assert [(check.observed_at, check.result) for check in daemon.checks("acme/b")] == [(START + 4 * MINUTE, Result.ACCEPTED)]


def test_a_locked_database_delays_storing_and_nothing_is_lost(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR - MINUTE)
    daemon.answers[TEXT] = showing(OTHER)
    with Locked(daemon.folder / "tracker.db"):
        daemon.run(20 * MINUTE)
        assert daemon.loop.trouble
    daemon.run(6 * MINUTE)
    assert daemon.results() == [Result.ACCEPTED, Result.ACCEPTED]
    assert daemon.times() == [START, START + HOUR]
    assert daemon.ended() == [("store", "")]


def test_a_damaged_file_is_raised_at_once(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR / 2)
    path = daemon.folder / "tracker.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(StoreError):
        went_on(daemon)


def went_on(daemon: Daemon) -> None:
    daemon.restart()
    daemon.run(HOUR)


# ── the clock ────────────────────────────────────────────────────────────────────────────────────


def test_a_clock_that_was_set_back_is_news_once_and_boards_wait_until_it_has_caught_up(daemon: Daemon):
    daemon.write("routes.toml", ROUTE)
    daemon.declare(cadence="@hourly")
    daemon.run(5 * HOUR)
    asked = daemon.times()
    daemon.traveller.shift(-3 * HOUR)
    daemon.run(3 * HOUR - 2 * MINUTE)
    assert daemon.times() == asked, "boards wait until the clock has caught up"
    (message,) = daemon.open().values()
    assert "The clock was set back from 2026-03-01 11:00:00 to 2026-03-01 08:00:00 UTC" in message
    daemon.run(2 * HOUR)
    assert daemon.times() == [START + n * HOUR for n in range(7)]
    assert daemon.open() == {}
    assert [line.partition(" from")[0] for line in daemon.news()] == ["The clock was set back", "Over: The clock was set back"]


def test_a_route_that_a_daemon_first_read_while_the_clock_was_ahead_gets_news_once_it_is_right(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR)
    daemon.traveller.shift(3 * HOUR)
    daemon.write("routes.toml", ROUTE)
    daemon.loop.reload()
    daemon.loop.turn()
    daemon.traveller.shift(-3 * HOUR)
    daemon.run(2 * MINUTE)
    assert [line.partition(" from")[0] for line in daemon.news()] == ["The clock was set back"]


def test_a_clock_corrected_by_seconds_is_not_trouble(daemon: Daemon):
    daemon.declare(cadence="@hourly")
    daemon.run(HOUR)
    daemon.traveller.shift(timedelta(seconds=-30))
    daemon.run(HOUR)
    assert daemon.open() == {}
    assert daemon.ended() == []


# ── the network ──────────────────────────────────────────────────────────────────────────────────

NAMES = ("a", "b", "c", "d", "e")


def networked(daemon: Daemon) -> Callable[[Callable[..., object]], None]:
    """Five boards on five hosts, read once; the function has them answer otherwise."""
    daemon.write("routes.toml", ROUTE)
    for name in NAMES:
        daemon.declare(name, cadence="@hourly")

    def answer(what: Callable[..., object]) -> None:
        daemon.answers.update({f"acme/{name}": what for name in NAMES})

    daemon.run(HOUR / 2)
    return answer


@pytest.mark.slow
def test_a_missing_network_is_one_notice_and_one_board_tries_every_five_minutes(daemon: Daemon):
    answer = networked(daemon)
    answer(silent)
    daemon.run(HOUR / 2)
    gone = len(daemon.asked)
    daemon.run(4 * HOUR)
    assert list(daemon.open()) == [("network", "")]
    assert daemon.news() == [
        "No host has responded since 2026-03-01 07:00 UTC; check the network. One board is retried every five minutes."
    ]
    times = sorted(at for at, _ in daemon.asked[gone:])
    assert len(times) >= 4 * 12 - 1
    assert max(late - early for early, late in pairwise(times)) <= 6 * MINUTE


@pytest.mark.slow
def test_when_the_network_is_back_all_boards_are_fetched_at_once(daemon: Daemon):
    answer = networked(daemon)
    answer(silent)
    daemon.run(24 * HOUR)
    answer(showing(OTHER))
    daemon.asked.clear()
    daemon.run(6 * MINUTE)
    assert {board for _, board in daemon.asked} == {f"acme/{name}" for name in NAMES}
    assert max(daemon.times(f"acme/{name}")[-1] for name in NAMES) - daemon.asked[0][0] <= MINUTE
    assert all(daemon.results(f"acme/{name}")[-1] is Result.ACCEPTED for name in NAMES)
    assert daemon.open() == {}
    assert [line for line in daemon.news() if "host" in line][1].startswith("Over: No host has responded since")


def test_one_silent_host_is_not_a_missing_network(daemon: Daemon):
    networked(daemon)
    daemon.answers["acme/a"] = silent
    daemon.run(4 * HOUR)
    assert daemon.open() == {}


def test_a_network_missing_at_the_start_is_noticed_and_survived(daemon: Daemon):
    for name in NAMES:
        daemon.declare(name)
        daemon.answers[f"acme/{name}"] = silent
    daemon.run(HOUR)
    assert list(daemon.open()) == [("network", "")]
    daemon.answers.clear()
    daemon.run(6 * MINUTE)
    assert all(daemon.results(f"acme/{name}")[-1] is Result.ACCEPTED for name in NAMES)


# ── refused ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_board_refused_for_a_week_is_paused_with_the_reason_and_is_news_once(daemon: Daemon):
    daemon.write("routes.toml", ROUTE)
    daemon.declare(cadence="0 */6 * * *")
    daemon.run(HOUR)
    daemon.answers[TEXT] = refused
    daemon.run(6 * DAY)
    assert daemon.store.service.pauses() == {}
    daemon.run(3 * DAY)
    (pause,) = daemon.store.service.pauses().values()
    assert (pause.board, pause.by) == (TEXT, "tracker")
    assert pause.reason.startswith("refused ")
    assert "status 403" in pause.reason
    assert [kind for kind, _ in daemon.open()] == ["paused"]
    asked = len(daemon.times())
    daemon.run(5 * DAY)
    assert len(daemon.times()) == asked
    assert len([line for line in daemon.news() if "is paused" in line]) == 1


@pytest.mark.slow
def test_a_resumed_board_that_answers_is_not_paused_again(daemon: Daemon):
    daemon.declare(cadence="0 */6 * * *")
    daemon.answers[TEXT] = refused
    daemon.run(9 * DAY)
    assert daemon.store.service.resume(TEXT)
    daemon.answers[TEXT] = showing(ONE)
    daemon.run(2 * DAY)
    assert daemon.results()[-1] is Result.UNCHANGED
    assert daemon.store.service.pauses() == {}
    assert daemon.open() == {}, "the pause is over, and so is its notice"


@pytest.mark.slow
def test_few_refusals_over_a_long_time_do_not_pause_a_board(daemon: Daemon):
    daemon.declare(cadence="@weekly")
    daemon.answers[TEXT] = refused
    daemon.run(28 * DAY)
    assert daemon.store.service.pauses() == {}
    assert daemon.store.past(TEXT).failures < 7


@pytest.mark.slow
def test_transient_errors_for_weeks_never_pause_a_board(daemon: Daemon):
    daemon.declare(cadence="0 */6 * * *")
    daemon.declare("well", cadence="0 */6 * * *")
    daemon.answers[TEXT] = silent
    daemon.run(10 * DAY)
    assert daemon.store.past(TEXT).failures > 7
    assert daemon.store.service.pauses() == {}


def test_a_refusal_names_the_publisher_or_robots(daemon: Daemon):
    daemon.declare()

    def page(board):
        raise Refused(f"{board.id}: robots.txt forbids it")

    daemon.answers[TEXT] = page
    daemon.run()
    assert "robots.txt" in daemon.checks()[0].message


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE _boards SET past = substr(past, 2)",
        "UPDATE _checks SET result = 'perfect'",
        "UPDATE pauses SET since = 'soon'",
    ],
)
def test_a_row_that_cannot_be_decoded_is_damage_of_the_database_and_not_a_fault_of_one_board(daemon: Daemon, sql: str):
    daemon.declare(cadence="@hourly")
    daemon.run(1)
    daemon.store.service.pause(Pause(board=BoardId("acme/other"), since=daemon.now, by="ann", reason="terms"))
    with closing(sqlite3.connect(daemon.folder / "tracker.db")) as file, file:
        assert file.execute(sql).rowcount
    with pytest.raises(Damaged, match="a row cannot be read"):
        daemon.run(HOUR)
    assert daemon.open() == {}


@pytest.mark.parametrize("restarts", [False, True])
def test_a_paused_board_keeps_no_history_that_a_clock_ahead_has_dated(daemon: Daemon, restarts: bool):
    daemon.declare(cadence="@hourly")
    daemon.run(2 * HOUR)
    daemon.traveller.shift(40 * DAY)
    daemon.run(2 * HOUR)
    daemon.store.service.pause(Pause(board=TEXT, since=daemon.now, by="ann", reason="terms"))
    assert daemon.checks()[-1].observed_at > START + 40 * DAY
    asked = len(daemon.times())
    daemon.traveller.shift(-40 * DAY)
    if restarts:
        daemon.restart()
    daemon.run(3 * MINUTE)
    assert [check.observed_at for check in daemon.checks()] == [START + number * HOUR for number in range(3)]
    assert len(daemon.times()) == asked, "a paused board is not fetched"
