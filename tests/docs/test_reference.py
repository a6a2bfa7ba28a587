"""The reference names everything there is: commands, formats of reports, event kinds and their grades."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracker import reports
from tracker.cli import COMMANDS
from tracker.events import KINDS
from tracker.model import Nature, State

ROOT = Path(__file__).resolve().parents[2]
EVENTS = (ROOT / "docs/reference/events.md").read_text(encoding="utf-8")
CLI = (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8")
WORDS = (ROOT / "docs/reference/words.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"`tracker {command}" in CLI


def test_no_documented_command_is_missing():
    assert set(re.findall(r"^\| `tracker ([\w-]+)", CLI, re.MULTILINE)) == set(COMMANDS)


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
