"""`tracker --help` is quick because it imports nothing, and correct because it has the commands' own texts."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from cli_world import World
from click.testing import CliRunner

from tracker.cli import COMMANDS, GROUPS, board, capture, cli
from tracker.cli._group import LazyGroup

ROOT = Path(__file__).resolve().parents[2]
LOADED = "import json, sys; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
HEAVY = {
    "httpx",
    "rich",
    "sqlite_utils",
    "lxml",
    "bs4",
    "msgspec",
    "sqlite3",
    "jinja2",
    "zoneinfo",
    "tracker.model",
    "tracker.line",
}


def test_help_lists_all_commands_with_their_short_help():
    ran = CliRunner().invoke(cli, ["--help"])
    assert ran.exit_code == 0
    shown = " ".join(ran.output.split())
    for name, (_, text) in COMMANDS.items():
        assert f"{name} {text}" in shown


@pytest.mark.parametrize("name", COMMANDS)
def test_a_commands_own_help_begins_with_its_short_help(name: str):
    module, text = COMMANDS[name]
    command = import_module(f"tracker.cli.{module}").command
    assert isinstance(command, click.Command)
    assert command.name == name
    assert (command.help or "").split("\n\n")[0].split("\n")[0] == text
    ran = CliRunner().invoke(cli, [name, "--help"])
    assert (ran.exit_code, text in ran.output) == (0, True)


def test_every_module_of_a_command_is_registered():
    modules = {path.stem for path in (ROOT / "tracker" / "cli").glob("[a-z]*.py")}
    later = {module for group in (board, capture) for module, _ in group.LATER.values()}
    assert modules == {module for module, _ in COMMANDS.values()} | later


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_has_a_help_text(name: str):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    commands = [command, *(command.commands.values() if isinstance(command, click.Group) else ())]
    options = [option for each in commands for option in each.params if isinstance(option, click.Option)]
    assert [option.name for option in options if not option.help and option.name != "form"] == []


def modules(*args: str) -> set[str]:
    """The modules imported by the end of the command."""
    code = f"import atexit, sys\natexit.register(lambda: exec({LOADED!r}))\nfrom tracker.cli import main\nmain()"
    ran = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=False, cwd=ROOT)
    return set(json.loads(ran.stderr.splitlines()[-1]))


@pytest.mark.slow
@pytest.mark.parametrize("args", [("--help",), ("--version",), ("nonsense",)], ids=" ".join)
def test_help_imports_none_of_the_libraries(args: tuple[str, ...]):
    loaded = modules(*args)
    assert "tracker.cli" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.slow
@pytest.mark.parametrize("args", [("standings", "acme/text", "--json"), ("events", "--json"), ("history", "a", "--json")])
def test_reading_history_for_programs_imports_neither_parsers_nor_the_network(world: World, args: tuple[str, ...]):
    world.imported()
    loaded = modules("--store", str(world.store), *args)
    assert "tracker.stores.sqlite" in loaded
    assert loaded & {"httpx", "rich", "sqlite_utils", "lxml", "bs4", "jinja2"} == set()


@pytest.mark.slow
def test_the_shipped_boards_are_read_without_beautiful_soup():
    loaded = modules("boards", "--all", "--json")
    assert "tracker.parsers.html_table" in loaded
    assert loaded & {"bs4", "soupsieve"} == set()


def test_the_version_is_printed(world: World):
    ran = world.plain("--version")
    assert ran.code == 0
    assert ran.out.startswith("tracker, version ")


@pytest.mark.parametrize(("typed", "meant"), [("standngs", "standings"), ("why_not", "why-not"), ("reports", "report")])
def test_an_unknown_command_suggests_the_nearest(typed: str, meant: str):
    ran = CliRunner().invoke(cli, [typed])
    assert ran.exit_code == 2
    assert f"did you mean '{meant}'?" in ran.output


@pytest.mark.parametrize(
    ("group", "typed", "meant"),
    [
        ("board", "repiar", "repair"),
        ("board", "shwo", "show"),
        ("notify", "tset", "test"),
        ("outbox", "rety", "retry"),
        ("quarantine", "acept", "accept"),
        ("watch", "lists", "list"),
    ],
)
def test_a_mistyped_command_of_a_group_suggests_the_nearest(group: str, typed: str, meant: str):
    ran = CliRunner().invoke(cli, [group, typed])
    assert ran.exit_code == 2
    assert f"No such command '{typed}'; did you mean '{meant}'?" in ran.output


def test_every_group_suggests_the_nearest_command():
    commands = [cli.get_command(click.Context(cli), name) for name in COMMANDS]
    groups = [command for command in (cli, *commands) if isinstance(command, click.Group)]
    assert len(groups) > 5
    assert all(isinstance(group, LazyGroup) for group in groups)


def test_every_command_is_in_one_group_of_the_help():
    assert sorted(name for group in GROUPS.values() for name in group) == sorted(COMMANDS)
