"""The page about the Python API: its examples run, and it names every function."""

from __future__ import annotations

import doctest
import inspect
import re
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker.claims import Finding
from tracker.cli import cli
from tracker.model import EventFilter
from tracker.query.history import Course
from tracker.query.standings import Standing
from tracker.workspace.api import Workspace

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/python.md"
GUIDE = PAGE.parents[1] / "guide/python.md"


@pytest.mark.slow
@pytest.mark.parametrize("page", [PAGE, GUIDE], ids=["reference", "guide"])
def test_the_examples_give_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, page: Path):
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["demo", "--store", "snapshots/demo"], catch_exceptions=False).exit_code == 0
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert (failed, tried > 10) == (0, True)


def test_the_page_names_every_public_function_and_its_arguments():
    text = PAGE.read_text(encoding="utf-8")
    for name, function in inspect.getmembers(Workspace, inspect.isfunction):
        if name.startswith("_") or name == "parts":
            continue
        assert f"{name}(" in text, name
        keywords = [word.name for word in inspect.signature(function).parameters.values() if word.kind is word.KEYWORD_ONLY]
        row = next((line for line in text.splitlines() if line.startswith("|") and f"`{name}(" in line), "")
        assert name == "close" or [word for word in keywords if not re.search(rf"\b{word}=", row)] == [], name


@pytest.mark.parametrize("record", [Standing, Course, Finding, EventFilter])
def test_the_page_names_the_fields_of_the_records_asked_for_most(record: type):
    (row,) = re.findall(rf"^\| `{record.__name__}` \| .*", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [field.name for field in fields(record) if f"`{field.name}`" not in row] == []
