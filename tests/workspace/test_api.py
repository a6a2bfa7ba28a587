"""The public Python API: `tracker.open` finds the workspace like a command, and answers like the command."""

from __future__ import annotations

import inspect
import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import tracker
from tracker.cli import cli
from tracker.errors import DeclarationError
from tracker.model import EventFilter
from tracker.workspace.api import Workspace

QUERIES = {
    "status",
    "standings",
    "models",
    "history",
    "compare",
    "resolve",
    "why-not",
    "events",
    "corrections",
    "report",
    "check",
    "verify",
    "quarantine",
}
"""Commands that only read, each with a function of its name."""


def rows(demo: Path, *command: str) -> list[dict[str, object]]:
    ran = CliRunner().invoke(cli, ["--store", str(demo), *command, "--json"], catch_exceptions=False)
    return [json.loads(line) for line in ran.output.splitlines()]


pytestmark = pytest.mark.slow


def test_every_query_command_has_its_function():
    functions = {name.replace("_", "-") for name, _ in inspect.getmembers(Workspace, inspect.isfunction)}
    assert functions >= QUERIES


def test_every_function_has_a_docstring_and_a_type():
    public = [(name, member) for name, member in vars(Workspace).items() if not name.startswith("_") and callable(member)]
    assert [name for name, member in public if not member.__doc__ or "return" not in inspect.get_annotations(member)] == []


def test_standings_of_a_model_keep_the_ranks_of_the_whole_board(workspace: Workspace, demo: Path):
    ranks = {row.entry: row.rank for row in workspace.standings("meridian/llms")}
    found = workspace.standings("meridian/llms", model="quillon 3")
    assert [(row.name, row.rank) for row in found] == [("Quillon-3 (max)", 1), ("Quillon-3 (low)", 8)]
    assert all(ranks[row.entry] == row.rank for row in found)
    assert [row["entry"] for row in rows(demo, "standings", "meridian/llms", "--model", "quillon 3")] == [
        row.entry for row in found
    ]


def test_a_model_that_the_board_does_not_list_names_the_boards_that_do(workspace: Workspace):
    with pytest.raises(DeclarationError, match=r'^veritas/hallucination: does not list "Damson Seed 1B"; .*meridian/llms'):
        workspace.standings("veritas/hallucination", model="Damson Seed 1B")


def test_a_history_of_one_metric_has_no_other_metric(workspace: Workspace):
    assert {metric for course in workspace.history("quillon 3", metric="coding") for metric in course.values} == {"coding"}


def test_the_status_is_that_of_the_command(workspace: Workspace, demo: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(demo)
    status = workspace.status()
    shown = rows(demo, "status")
    assert shown[0]["troubled"] is status.troubled
    boards = {row["board"]: (row["state"], row["entries"]) for row in shown if row["what"] == "board"}
    assert boards["meridian/llms"][1] > 10
    assert boards == {str(board.health.board): (board.health.state, board.health.entries) for board in status.vitals.boards}


def test_the_overview_is_that_of_the_command(workspace: Workspace, demo: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(demo)
    listed = {row["board"]: (row["origin"], row["state"], row["entries"]) for row in rows(demo, "boards")}
    overview = workspace.overview()
    assert "meridian/llms" in listed
    assert listed == {str(row.board.id): (row.origin, row.health.state, row.health.entries) for row in overview}


@pytest.mark.parametrize("name", ["quillon 3", "Quillon-9"])
def test_a_resolution_is_that_of_the_command(workspace: Workspace, demo: Path, name: str):
    (row,) = rows(demo, "resolve", name)
    resolution = workspace.resolution(name)
    assert (row["listed"], row["nearest"]) == (list(resolution.listed), list(resolution.nearest))
    assert (row["model"], workspace.resolve(name)) == (resolution.identity.model, resolution.identity)
    assert bool(resolution.listed) is (name == "quillon 3")


def test_firings_are_those_that_the_command_shows(workspace: Workspace, demo: Path):
    fired = workspace.firings()
    assert len(fired) > 0
    assert [(firing.watch, firing.headline) for firing in fired] == [
        (row["watch"], row["headline"]) for row in rows(demo, "watch", "test")
    ]


def test_events_are_those_that_the_command_lists(workspace: Workspace, demo: Path):
    wanted = EventFilter(kinds=("overtake", "consensus"))
    assert [event.id for event in workspace.events(wanted)] == [
        row["id"] for row in rows(demo, "events", "--kind", "overtake", "--kind", "consensus")
    ]


def test_every_event_of_the_season_is_verified(workspace: Workspace):
    events = list(workspace.events())
    assert [result.event.id for result in workspace.verify(events) if not result.holds] == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda opened: opened.standings("meridian/llm"),
        lambda opened: opened.events(EventFilter(kinds=("overtook",))),
        lambda opened: opened.models("quillon 3") and opened.history("quilon 3"),
        lambda opened: opened.event("zz"),
        lambda opened: opened.report(["meridian/llms"], since=NEVER, until=NEVER),
    ],
    ids=["board", "kind", "model", "event", "window"],
)
def test_unknown_names_are_refused_at_once_in_one_line(workspace: Workspace, ask):
    with pytest.raises(DeclarationError) as raised:
        ask(workspace)
    assert "\n" not in str(raised.value)


NEVER = datetime.fromisoformat("2001-01-01T00:00:00Z")


def test_a_time_without_a_zone_is_refused(workspace: Workspace):
    with pytest.raises(ValueError, match=r"^at=2026-03-01T00:00:00 has no time zone; "):
        workspace.standings("meridian/llms", at=datetime(2026, 3, 1))  # noqa: DTZ001  # that is the point


@pytest.mark.parametrize("folder", ["missing", "."])
def test_a_folder_without_a_store_is_refused_and_nothing_is_created(tmp_path: Path, folder: str):
    with pytest.raises(DeclarationError, match="expected"):
        tracker.open(tmp_path / folder)
    assert list(tmp_path.iterdir()) == []
