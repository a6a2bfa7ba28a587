"""Each night the daemon reads a part of the archive; damage is a notice until the bytes are right again."""

from __future__ import annotations

from pathlib import Path

import pytest
from daemon_world import DAY, HOUR, ONE, OTHER, TEXT, Daemon, showing

from tracker.daemon import nightly
from tracker.daemon.opening import check_archive
from tracker.errors import StoreError
from tracker.model import BoardId
from tracker.workspace import Settings


@pytest.fixture
def checked(daemon: Daemon) -> list[BoardId]:
    """The boards that were checked, in order; by a daemon with two boards that checks at once instead of in a thread."""
    checked: list[BoardId] = []

    def check(board: BoardId) -> tuple[str, ...]:
        checked.append(board)
        return check_archive(Settings(store=daemon.folder, schedules=daemon.folder), board)

    daemon.nightly = lambda: nightly.NightlyCheck(boards=daemon.archive.boards, check=check, begin=lambda work: work())
    daemon.declare(cadence="@daily")
    daemon.declare("other", cadence="@daily")
    daemon.restart()
    daemon.run(HOUR)
    checked.clear()
    return checked


def bodies(daemon: Daemon) -> list[Path]:
    return sorted((daemon.folder / "captures" / TEXT / "bodies").iterdir())


def test_every_board_is_checked_once_a_week(daemon: Daemon, checked: list[BoardId]):
    daemon.run(7 * DAY)
    assert sorted(checked) == sorted(daemon.archive.boards())
    daemon.run(7 * DAY)
    assert len(checked) == 4
    assert daemon.open() == {}


def test_a_damaged_body_is_a_notice_until_it_is_restored(daemon: Daemon, checked: list[BoardId]):
    daemon.answers[TEXT] = showing(OTHER)
    daemon.run(DAY)
    kept = {path: path.read_bytes() for path in bodies(daemon)}
    daemon.answers[TEXT] = showing(ONE.replace("f:40", "f:41"))
    for path in kept:
        path.write_bytes(b"rubbish")
    daemon.run(7 * DAY)
    assert list(daemon.open()) == [("archive", TEXT)]
    message = daemon.open()["archive", TEXT]
    assert "is damaged" in message
    assert "(and 1 more: tracker verify --board acme/text)" in message
    for path, body in kept.items():
        path.write_bytes(body)
    daemon.run(7 * DAY)
    assert (daemon.open(), daemon.ended()) == ({}, [("archive", TEXT)])


def test_an_index_that_changed_in_the_middle_is_noticed(daemon: Daemon, checked: list[BoardId]):
    index = daemon.folder / "captures" / TEXT / "index.jsonl"
    daemon.run(DAY)
    whole = index.read_bytes()
    index.write_bytes(whole.replace(b"text.csv", b"tent.csv", 1))
    daemon.run(7 * DAY)
    assert "the index is no longer what was read of it; restore it with: tracker replay acme/text" in str(daemon.open())


def test_a_check_that_fails_is_a_notice_and_does_not_end_the_night(daemon: Daemon):
    checked: list[BoardId] = []

    def check(board: BoardId) -> tuple[str, ...]:
        checked.append(board)
        raise StoreError(f"{board}: cannot be read")

    names = [BoardId(f"acme/{number}") for number in range(30)]
    daemon.nightly = lambda: nightly.NightlyCheck(boards=lambda: names, check=check, begin=lambda work: work())
    daemon.restart()
    daemon.run(1)
    assert 1 < len(checked) < 15
    assert daemon.open() == {("archive", board): f"{board}: cannot be read" for board in checked}
