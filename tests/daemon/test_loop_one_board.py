"""A failure of one board does not affect the others, and is retried automatically."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from daemon_world import HOUR, ONE, OTHER, ROUTE, TEXT, Daemon, showing

from tracker.model import Board, BoardId, Result

CODE = BoardId("acme/code")


def two(daemon: Daemon) -> None:
    daemon.write("routes.toml", ROUTE)
    daemon.declare("text", cadence="@hourly")
    daemon.declare("code", cadence="@hourly")
    daemon.run(HOUR / 2)


def test_damaged_bytes_of_one_board_do_not_delay_the_others(daemon: Daemon):
    two(daemon)
    index = daemon.folder / "captures" / TEXT / "index.jsonl"
    whole = index.read_bytes()
    index.write_bytes(whole + b"no line that was ever read\n")
    daemon.answers[TEXT] = daemon.answers[CODE] = showing(OTHER)
    daemon.run(HOUR)
    assert daemon.results(CODE) == [Result.ACCEPTED, Result.ACCEPTED]
    assert daemon.results(TEXT) == [Result.ACCEPTED]
    assert list(daemon.open()) == [("fault", TEXT)]
    assert "is damaged" in daemon.open()["fault", TEXT]
    assert "of the tracker's own" not in daemon.open()["fault", TEXT]
    index.write_bytes(whole)
    daemon.run(3 * HOUR)
    assert Result.ACCEPTED in daemon.results(TEXT)[1:]
    assert daemon.open() == {}
    assert daemon.ended() == [("fault", TEXT)]


def test_an_index_whose_lines_were_read_before_is_restored_and_costs_no_reading(daemon: Daemon):
    two(daemon)
    index = daemon.folder / "captures" / TEXT / "index.jsonl"
    whole = index.read_bytes()
    index.write_bytes(whole.replace(b"observed_at", b"observed_by"))
    daemon.answers[TEXT] = showing(OTHER)
    daemon.run(HOUR)
    assert daemon.results(TEXT) == [Result.ACCEPTED, Result.ACCEPTED]
    assert (daemon.open(), index.read_bytes().startswith(whole)) == ({}, True)


def test_a_daemon_that_starts_with_damaged_bytes_of_one_board_reads_the_others(daemon: Daemon):
    two(daemon)
    index = daemon.folder / "captures" / TEXT / "index.jsonl"
    with index.open("ab") as file:
        file.write(b"no line of ours\n")
    daemon.restart()
    daemon.answers[CODE] = showing(OTHER)
    daemon.run(HOUR)
    assert daemon.results(CODE) == [Result.ACCEPTED, Result.ACCEPTED]
    assert list(daemon.open()) == [("fault", TEXT)]


@pytest.mark.slow
def test_a_board_leased_by_another_process_waits_alone_and_is_not_fetched_again(daemon: Daemon):
    two(daemon)
    daemon.answers[TEXT] = daemon.answers[CODE] = showing(OTHER)
    with daemon.archive.lease(TEXT):
        daemon.run(timedelta(minutes=90))
        assert daemon.results(CODE) == [Result.ACCEPTED, Result.ACCEPTED, Result.UNCHANGED]
        assert len(daemon.times(TEXT)) == 2
    daemon.run(timedelta(minutes=2))
    assert daemon.results(TEXT)[:2] == [Result.ACCEPTED, Result.ACCEPTED]
    assert daemon.open() == {}


def test_a_bug_while_syncing_is_news_once_and_retried_in_an_hour(daemon: Daemon):
    two(daemon)

    def nonsense(board: Board) -> object:
        return replace(showing(ONE)(board), bodies=("text, no bytes",))  # what no fetch ever returns

    daemon.answers[TEXT] = nonsense
    daemon.run(timedelta(minutes=45))
    asked = len(daemon.times(TEXT))
    assert list(daemon.open()) == [("fault", TEXT)]
    assert "of the tracker's own" in daemon.open()["fault", TEXT]
    assert len([line for line in daemon.news() if "cannot be synced" in line]) == 1
    daemon.run(timedelta(minutes=30))
    assert len(daemon.times(TEXT)) == asked
    daemon.answers[TEXT] = showing(OTHER)
    daemon.run(HOUR)
    assert daemon.results(TEXT)[-1] is Result.ACCEPTED
    assert daemon.open() == {}
