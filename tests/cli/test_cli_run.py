"""`tracker run` against a server on this machine: what is due, what has a key, what failed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli_world import DECLARATION, World, csv
from pytest_httpserver import HTTPServer

from tracker.cli.run import run
from tracker.clock import FixedClock
from tracker.settings import Settings

NOW = datetime(2026, 3, 1, 6, tzinfo=UTC)
SIX = "a:90:2 b:80:3 c:70:1 d:60:1 e:50:1 f:40:1"


@pytest.fixture(scope="module")
def running() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as server:
        yield server


@pytest.fixture
def server(running: HTTPServer) -> HTTPServer:
    running.clear()
    return running


def declare(world: World, server: HTTPServer, board: str = "acme/text", **changes: str) -> None:
    text = DECLARATION.replace('"https://acme.example/text.csv"', f'"{server.url_for(f"/{board}")}"\ngap_s = 0')
    for old, new in changes.items():
        text = text.replace({"request": "[request]", "cadence": 'cadence = "@daily"'}[old], new)
    world.declare(board, text)


def shows(server: HTTPServer, text: str, board: str = "acme/text", status: int = 200) -> None:
    server.clear_all_handlers()
    server.expect_request("/robots.txt").respond_with_data("", status=404)
    server.expect_request(f"/{board}").respond_with_data(text, status=status, content_type="text/csv")


def settings(world: World) -> Settings:
    return Settings(store=world.store, schedules=world.folder / "schedules")


def test_run_fetches_and_says_what_changed(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, csv(SIX))
    assert run(settings(world), (), FixedClock(NOW)) is False
    shows(server, csv(SIX.replace("b:80", "b:95")))
    assert run(settings(world), (), FixedClock(NOW + timedelta(days=1))) is False
    out = world.captured.readouterr().out.splitlines()
    assert out[0] == "2026-03-01T06:00:00Z  acme/text: accepted, 6 entries"
    assert out[1] == "2026-03-02T06:00:00Z  acme/text: accepted, 6 entries"
    assert out[2] == "    new_leader: Model B leads Acme Arena (Score) with 95, ahead of Model A."


def test_run_with_due_asks_only_boards_whose_time_has_come(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, csv(SIX))
    for hours, requests in ((0, 1), (17, 1), (18, 2)):
        assert run(settings(world), (), FixedClock(NOW + timedelta(hours=hours)), due=True) is False
        assert len([one for one, _ in server.log if one.path == "/acme/text"]) == requests


def test_run_fetches_neither_disabled_boards_nor_those_without_a_key(world: World, server: HTTPServer):
    declare(world, server, cadence='enabled = false\ncadence = "@daily"')
    declare(world, server, "acme/key", request='[request]\nheaders = { x-api-key = "${TRACKER_TEST_NO_SUCH_KEY}" }')
    assert run(settings(world), (), FixedClock(NOW)) is False
    assert world.captured.readouterr().out == ""
    assert server.log == []


def test_a_board_that_fails_is_told_on_stderr_for_programs_every_time(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, "gone", status=404)
    for number in range(2):
        assert run(settings(world), (), FixedClock(NOW + timedelta(days=number)), as_json=True) is True
        out, err = world.captured.readouterr()
        assert [json.loads(line)["kind"] for line in out.splitlines()] == ["board_broken"][number:]
        (line,) = err.splitlines()
        assert line.startswith("tracker: acme/text: ")
        assert "404" in line


def test_a_wrong_declaration_fails_the_run_and_stops_no_other_board(world: World, server: HTTPServer):
    declare(world, server)
    world.declare("acme/wrong", "title = 3")
    shows(server, csv(SIX))
    assert run(settings(world), (), FixedClock(NOW)) is True
    out, err = world.captured.readouterr()
    assert "acme/text: accepted, 6 entries" in out
    assert "acme/wrong.toml" in err


def test_the_exit_code_is_that_of_the_run(world: World, server: HTTPServer):
    declare(world, server)
    shows(server, csv(SIX))
    assert world.run("run", "acme/text").code == 0
    shows(server, "<!doctype html><title>Just a moment...</title>")
    assert world.run("run").code == 1
    unknown = world.run("run", "acme/none")
    assert (unknown.code, "acme/none" in unknown.error) == (2, True)


def test_without_schedules_there_is_nothing_to_run(world: World):
    ran = world.run("run")
    assert ran.code == 2
    assert str(Path("schedules")) in ran.error
