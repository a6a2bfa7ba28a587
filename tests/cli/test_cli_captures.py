"""Stored captures: shown as read, as received, and side by side; nothing of a publisher acts on a terminal."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_world import BODIES, World, csv

from tracker.cli.capture_show import _write

ESCAPE = "\x1b]0;owned\x07\x1b[2J"


@pytest.fixture
def kept(world: World) -> World:
    world.imported()
    return world


def test_a_capture_is_shown_as_it_is_read(kept: World):
    rows = kept.run("capture", "show", "acme/text", "--at", "2026-03-01", "--json").rows
    assert rows[0] == {
        "board": "acme/text",
        "observed_at": "2026-03-01T06:00:00Z",
        "entry": "a",
        "name": "Model A",
        "cells": {"licence": "MIT", "score": "90", "price": "2"},
    }
    people = kept.run("capture", "show", "acme/text").out.splitlines()
    assert people[0].startswith("Acme Arena (acme/text), 2026-03-05 06:00 UTC: ")
    assert people[1].startswith("sha256 ")
    assert "Model A   Apache-2.0   91      1.5" in "\n".join(people)


def test_raw_gives_the_bytes_as_received_to_another_program(kept: World):
    assert kept.run("capture", "show", "acme/text", "--raw", "--at", "2026-03-03T06:00Z").out == csv(BODIES["2026-03-03T060000Z"])
    assert "expected one of them" in kept.run("capture", "show", "acme/text", "--raw", "--body", "2").error


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_control_characters_spelled_out(monkeypatch: pytest.MonkeyPatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    _write([f"key\n{ESCAPE}\u202e".encode() + b"\xff"])
    assert screen.getvalue() == "key\n\\x1b]0;owned\\x07\\x1b[2J\\u202e\\xff\n"


def test_hostile_cells_are_plain_in_tables_and_in_differences(world: World):
    world.declare("acme/text")
    head = "key,name,score,price,licence\n"
    pages = {
        f"2026-03-0{day}T060000Z": f"{head}a,A,{90 + day},1,{ESCAPE}\nb,B,80,1,{ESCAPE}\nc,C,70,1,\nd,D,60,{day},\n"
        for day in (1, 2)
    }
    assert world.run("import", "acme/text", world.bodies(pages, raw=True)).code == 0
    for args in (("show", "acme/text"), ("diff", "acme/text", "--since", "2026-03-01T12:00Z")):
        ran = world.run("capture", *args)
        assert ran.code == 0
        assert "\x1b" not in ran.out


def test_two_captures_are_compared_cell_by_cell_then_as_text(kept: World):
    args = ("capture", "diff", "acme/text", "--since", "2026-03-02T12:00Z", "--until", "2026-03-03T12:00Z")
    rows = kept.run(*args, "--json").rows
    assert [(row["entry"], row["column"], row["before"], row["after"]) for row in rows] == [
        ("a", "licence", "MIT", "Apache-2.0"),
        ("a", "price", "2", "1.5"),
        ("g", None, None, "score 97, price 9"),
        ("f", None, "score 40, price 1", None),
    ]
    assert (rows[0]["since"], rows[0]["until"]) == ("2026-03-02T06:00:00Z", "2026-03-03T06:00:00Z")
    people = kept.run(*args).out
    assert "Model A   price     2                      1.5" in people
    assert "-a,Model A,90,2,MIT\n+a,Model A,90,1.5,Apache-2.0" in people


def test_a_capture_opens_as_text(kept: World):
    path = Path(kept.run("capture", "open", "acme/text", "--at", "2026-03-01T06:00Z").out.strip())
    try:
        assert path.suffix == ".txt"
        assert path.read_text(encoding="utf-8") == csv(BODIES["2026-03-01T060000Z"])
    finally:
        path.unlink()


def refusals() -> Iterator[tuple[tuple[str, ...], str]]:
    show = ("capture", "show", "acme/text")
    yield (*show, "--at", "2026-02-01"), "no capture at or before 2026-02-01T23:59:59Z; the first is of 2026-03-01T06:00:00Z"
    yield ("capture", "diff", "acme/text", "--since", "2026-03-09"), "both are the capture of 2026-03-05T06:00:00Z; expected two"


@pytest.mark.parametrize(("args", "says"), list(refusals()))
def test_a_time_without_a_capture_is_refused(kept: World, args: tuple[str, ...], says: str):
    ran = kept.run(*args)
    assert (ran.code, ran.out) == (2, "")
    assert says in ran.error


def test_a_struck_capture_does_not_count(kept: World):
    assert kept.run("capture", "strike", "acme/text", "2026-03-05T06:00:00Z", "--reason", "wrong").code == 0
    (first, *_) = kept.run("capture", "show", "acme/text", "--json").rows
    assert first["observed_at"] != "2026-03-05T06:00:00Z"


def test_an_unreadable_capture_can_still_be_read_raw(world: World):
    world.imported()
    world.run("import", "acme/text", world.bodies({"2026-03-06T060000Z": "<html>oops</html>"}, "broken", raw=True))
    ran = world.run("capture", "show", "acme/text")
    assert ran.code == 1
    assert "acme/text" in ran.error
    assert world.run("capture", "show", "acme/text", "--raw").out == "<html>oops</html>"


def test_captures_are_listed_in_a_window(kept: World):
    rows = kept.run("capture", "list", "acme/text", "--since", "2026-03-02", "--until", "2026-03-03", "--json").rows
    assert [row["observed_at"][:10] for row in rows] == ["2026-03-03", "2026-03-02"]


def test_every_event_names_the_command_that_shows_its_state(kept: World):
    proofs = [(row["board"], proof) for row in kept.run("events", "--json").rows for proof in row["evidence"]]
    assert proofs
    for board, proof in proofs:
        assert proof["show"] == f"tracker capture show {board} --at {proof['observed_at']}"
        assert kept.run(*proof["show"].split()[1:], "--json").rows[0]["observed_at"] == proof["observed_at"]
    page = kept.run("report", "--format", "html", "--since", "2026-03-01").out
    assert any(f"<kbd>{proof['show']}</kbd>" in page for _, proof in proofs)
