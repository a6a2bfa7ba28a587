"""Bars for people on stderr, and nothing of them for anybody else."""

from __future__ import annotations

import io

import pytest
from cli_world import BODIES, World

from tracker.cli._progress import counted, tracked


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Bodies:
    name = "archive"

    def body(self, number: int) -> bytes:
        return bytes([number])


def test_a_person_sees_how_many_are_done(monkeypatch: pytest.MonkeyPatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    assert list(tracked("abc", "boards", of=3)) == ["a", "b", "c"]
    assert "boards" in screen.getvalue()
    assert "3/3" in screen.getvalue()


def test_bodies_are_counted_as_they_are_read_and_more_than_expected_are_accepted(monkeypatch: pytest.MonkeyPatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    with counted(Bodies(), "captures", of=2) as archive:
        assert [archive.body(1), archive.body(2), archive.body(3), archive.name] == [b"\1", b"\2", b"\3", "archive"]
    assert "captures" in screen.getvalue()


def test_another_program_gets_no_bar(world: World):
    world.declare("acme/text")
    ran = world.run("import", "acme/text", world.bodies(BODIES))
    assert (ran.code, ran.err) == (0, f"tracker: created the store {world.store}\n")
    assert world.run("replay").err == ""
