"""The page about workspaces names every key of `tracker.toml` with its default, and every origin a board can have."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tracker.schedules import Origin
from tracker.toml import keys
from tracker.workspace import find
from tracker.workspace.boards import STORE, UNSELECTED
from tracker.workspace.create import create
from tracker.workspace.file import WorkspaceTable, parsed

PAGE = (Path(__file__).parents[2] / "docs/reference/workspace.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.+?) \|", PAGE, re.MULTILINE))


def test_every_key_has_its_row():
    assert ROWS.keys() == keys(WorkspaceTable).keys()


@pytest.mark.parametrize("key", ROWS)
def test_every_default_on_the_page_is_correct(key: str):
    default = "" if ROWS[key] == "none" else json.loads(ROWS[key].strip("`"))
    found = getattr(parsed("", "tracker.toml"), key)
    assert (list(found) if isinstance(found, tuple) else str(found)) == default


@pytest.mark.parametrize("origin", [*Origin, STORE, UNSELECTED])
def test_every_origin_is_explained(origin: str):
    assert f"`{origin}`" in PAGE


def test_the_folder_looks_as_shown(tmp_path: Path):
    create(tmp_path)
    shown = set(re.findall(r"[\w.-]+\.toml", PAGE.partition("```")[2].partition("```")[0]))
    assert shown == {path.name for path in tmp_path.rglob("*.toml")}
    assert find(None, None, here=tmp_path, environment={}).store.name in PAGE
