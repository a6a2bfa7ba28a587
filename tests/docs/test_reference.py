"""The reference names everything there is: commands, formats of reports, event kinds and their grades."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tracker import reports
from tracker.cli import COMMANDS, cli
from tracker.events import KINDS
from tracker.model import Nature, State
from tracker.parsers import FORMATS

ROOT = Path(__file__).resolve().parents[2]
EVENTS = (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
FORMATS_PAGE = (ROOT / "docs/reference/formats.md").read_text(encoding="utf-8")
WORDS = (ROOT / "docs/reference/words.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"`tracker {command}" in CLI


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_of_pages_is_documented(form):
    assert f"`{form}`" in FORMATS_PAGE


def test_no_documented_command_is_missing():
    assert set(re.findall(r"^\| `tracker ([\w-]+)", CLI, re.MULTILINE)) == set(COMMANDS)


def every_command(command: click.Command = cli, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Each command that can be run, with the words that call it."""
    if not isinstance(command, click.Group) or command.invoke_without_command:
        yield path, command
    if not isinstance(command, click.Group):
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        yield from every_command(command.get_command(context, name), *path, name)


def options(*commands: click.Command) -> set[str]:
    params = [param for command in commands for param in command.params if isinstance(param, click.Option)]
    return {name for param in params for name in (*param.opts, *param.secondary_opts)}


def rows(*path: str) -> list[str]:
    """The rows of the commands that these words call, without what stands for a bar in a table."""
    lines = [line.replace("\\|", "|") for line in CLI.splitlines() if line.startswith(f"| `tracker {path[0]}")]
    return [line for line in lines if set(path) <= set(re.findall(r"[\w-]+", line.split("`")[1]))]


@pytest.mark.parametrize(
    ("path", "command"), list(every_command()), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_option_of_every_command_is_documented(path: tuple[str, ...], command: click.Command):
    text = "".join(rows(*path))
    named = set(re.findall(r"(?<![\w-])--?[a-zA-Z][\w-]*", text))
    assert options(command) - {"--json"} - named == set()
    assert "--json" not in options(command) or "eys" in text or "--json" in named, "its keys"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_documented_option_exists(name: str):
    known = options(cli, *(command for path, command in every_command() if path[0] == name))
    assert {option for row in rows(name) for option in re.findall(r"(?<![\w-])--?[a-z][\w-]*", row.split("`")[1])} <= known


@pytest.mark.parametrize("form", reports.FORMATS)
def test_every_report_format_is_documented(form):
    assert f"`{form}`" in CLI


def test_the_table_of_kinds_is_the_registry():
    documented = re.findall(r"^\| `(\w+)` \| [`t]", EVENTS.partition("## Kinds")[2], re.MULTILINE)
    assert sorted(documented) == sorted(KINDS)


def test_the_grades_of_each_kind_are_those_documented():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", EVENTS.partition("## Kinds")[2], re.MULTILINE)
    assert {kind: tuple(re.findall(r"`([\w-]+)`", grades)) for kind, grades in rows} == {
        name: kind.grades for name, kind in KINDS.items()
    }


def test_natures_and_board_states_are_in_the_list_of_words():
    assert all(nature in WORDS for nature in Nature)
    assert all(f"*{state}*" in WORDS for state in State)


def test_decisions_are_all_in_their_index():
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"({path.name})" in index for path in folder.glob("0*.md"))
