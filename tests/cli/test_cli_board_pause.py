"""`tracker board pause|resume`, and the effect of a pause on `tracker run` and `tracker boards`."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cli_world import World

from tracker.cli.run import run
from tracker.clock import FixedClock
from tracker.model import BoardId
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings

BOARD = BoardId("acme/text")
NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)


@pytest.fixture
def paused(world: World) -> World:
    world.imported()
    ran = world.run("board", "pause", BOARD, "--reason", "the publisher asked us to", "--by", "ann")
    assert (ran.code, ran.out, ran.err) == (0, "acme/text: paused (tracker board resume acme/text)\n", "")
    return world


def state(world: World) -> tuple[object, object]:
    (row,) = world.run("boards", "--json").rows
    return row["state"], row["reason"]


def test_a_paused_board_shows_by_whom_since_when_and_why(paused: World):
    name, reason = state(paused)
    assert name == "paused"
    assert str(reason).startswith("by ann since 20")
    assert str(reason).endswith(" UTC: the publisher asked us to")


def test_pausing_again_changes_the_reason(paused: World):
    assert paused.run("board", "pause", BOARD, "--reason", "terms", "--by", "bob").code == 0
    name, reason = state(paused)
    assert name == "paused"
    assert str(reason).startswith("by bob since ")
    assert str(reason).endswith(": terms")


def test_a_resumed_board_is_as_it_was(world: World):
    world.imported()
    before = state(world)
    world.run("board", "pause", BOARD, "--reason", "x")
    ran = world.run("board", "resume", BOARD)
    assert (ran.code, ran.out) == (0, "acme/text: resumed\n")
    assert state(world) == before


def test_a_board_that_is_not_paused_cannot_be_resumed_and_the_paused_ones_are_named(paused: World):
    ran = paused.run("board", "resume", "acme/code")
    assert (ran.code, ran.error) == (2, 'tracker: board "acme/code" is not paused; paused: acme/text')
    paused.run("board", "resume", BOARD)
    assert paused.run("board", "resume", BOARD).error.endswith("is not paused; paused: none")


def test_a_board_that_is_no_longer_declared_can_be_resumed(paused: World):
    (paused.folder / "schedules" / "acme" / "text.toml").unlink()
    assert paused.run("board", "resume", BOARD).code == 0


def test_only_declared_boards_can_be_paused_and_a_reason_is_required(world: World):
    world.imported()
    assert world.run("board", "pause", "acme/none", "--reason", "x").code == 2
    ran = world.run("board", "pause", BOARD)
    assert (ran.code, "--reason" in ran.err) == (2, True)
    with SqliteStore(world.store / "tracker.db") as store:
        assert store.service.pauses() == {}


def test_a_reason_cannot_write_control_characters_to_a_terminal(world: World):
    world.imported()
    world.run("board", "pause", BOARD, "--reason", "a\x1b[31mb\nc")
    with SqliteStore(world.store / "tracker.db") as store:
        reason = store.service.pauses()[BOARD].reason
    assert "\x1b" not in reason
    assert "\n" not in reason


def test_a_run_skips_a_paused_board(paused: World):
    assert run(settings(paused), (), FixedClock(NOW)) == 0
    assert run(settings(paused), (), FixedClock(NOW), due=True) == 0
    assert paused.captured.readouterr().out == ""


@pytest.mark.parametrize("more", [(), ("--due",)])
def test_a_run_that_names_a_paused_board_is_refused_with_the_reason(paused: World, more: tuple[str, ...]):
    ran = paused.run("run", BOARD, *more)
    assert (ran.code, ran.out) == (2, "")
    assert ran.error == "tracker: acme/text: paused by ann: the publisher asked us to (tracker board resume acme/text)"


def test_a_pause_survives_a_replay(paused: World):
    assert paused.run("replay").code == 0
    assert state(paused)[0] == "paused"


def settings(world: World) -> Settings:
    return Settings(store=world.store, schedules=world.folder / "schedules")
