"""`create` makes a folder a workspace: complete and commented, all or nothing, and overwrites nothing."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from tracker import shipped
from tracker.errors import DeclarationError
from tracker.model import Nature
from tracker.parsers import FORMATS, options_of
from tracker.schedules import Origin, load
from tracker.toml import keys
from tracker.workspace import Settings, find
from tracker.workspace.create import create
from tracker.workspace.file import WorkspaceTable

PARSERS = {name: options_of(name) for name in FORMATS}


def settings(folder: Path) -> Settings:
    return find(None, None, here=folder, environment={})


def test_the_workspace_has_the_stated_settings(tmp_path: Path):
    create(tmp_path, contact="ann@example.org", time_zone="Europe/Berlin", boards=["lmarena/*", "livebench/livebench"])
    made = settings(tmp_path)
    assert (made.store, made.schedules, made.shipped) == (tmp_path / "snapshots", tmp_path / "schedules", shipped.SCHEDULES)
    assert (made.contact, made.time_zone, made.boards) == (
        "ann@example.org",
        "Europe/Berlin",
        ("lmarena/*", "livebench/livebench"),
    )


def test_by_default_the_file_has_the_defaults(tmp_path: Path):
    create(tmp_path / "new")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "tracker.toml").touch()
    made, empty = settings(tmp_path / "new"), settings(tmp_path / "empty")
    assert (made.contact, made.time_zone, made.boards) == (empty.contact, empty.time_zone, empty.boards)
    assert (made.store.name, made.schedules.name) == (empty.store.name, empty.schedules.name)


def test_every_key_of_tracker_toml_is_written_and_explained(tmp_path: Path):
    create(tmp_path)
    text = (tmp_path / "tracker.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text).keys() == keys(WorkspaceTable).keys()
    paragraphs = text.split("\n\n")[1:]
    assert all(paragraph.startswith("# ") for paragraph in paragraphs)
    assert len(paragraphs) == len(keys(WorkspaceTable))


@pytest.mark.slow
def test_the_example_board_is_valid_and_disabled_beside_all_shipped_ones(tmp_path: Path):
    create(tmp_path)
    made = settings(tmp_path)
    found = load(made.schedules, PARSERS, made.shipped, made.boards)
    assert found.errors == {}
    own = [board for board, origin in found.origins.items() if origin is not Origin.SHIPPED]
    assert own == ["example/board"]
    assert not found.boards[own[0]].enabled
    assert len(found.boards) >= 85


def test_the_example_board_names_all_natures(tmp_path: Path):
    create(tmp_path)
    text = (tmp_path / "schedules" / "example" / "board.toml").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith("nature "))
    assert set(re.findall(r"\b[a-z]+\b", re.sub(r"\(.*?\)", "", line))) - {"nature", "or"} == set(Nature)


def test_existing_files_are_kept(tmp_path: Path):
    (tmp_path / "schedules").mkdir()
    (tmp_path / "schedules" / "routes.toml").write_text("# own", encoding="utf-8")
    created = create(tmp_path)
    assert created.kept == (Path("schedules/routes.toml"),)
    assert (tmp_path / "schedules" / "routes.toml").read_text(encoding="utf-8") == "# own"
    assert Path("tracker.toml") in created.written


def test_no_link_in_a_workspace_leads_to_a_file_that_is_not_there(tmp_path: Path):
    create(tmp_path)
    text = (tmp_path / "schedules" / "README.md").read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)#][^)]*)\)", text)]
    assert [link for link in links if "://" not in link and not (tmp_path / "schedules" / link).exists()] == []
    own = [link.partition("/blob/main/")[2] for link in links if "/leaderboard-tracker/blob/main/" in link]
    assert len(own) == 2
    assert [link for link in own if not (shipped.SCHEDULES.parent / link).is_file()] == []


def test_a_workspace_is_not_created_twice(tmp_path: Path):
    create(tmp_path, contact="ann@example.org")
    with pytest.raises(DeclarationError, match=r"tracker\.toml: already exists"):
        create(tmp_path)
    assert settings(tmp_path).contact == "ann@example.org"


def test_a_link_to_nowhere_counts_as_a_file_and_nothing_is_written(tmp_path: Path):
    (tmp_path / "tracker.toml").symlink_to("nowhere")
    with pytest.raises(DeclarationError, match=r"tracker\.toml: already exists"):
        create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["tracker.toml"]


@pytest.mark.parametrize("inside", ["", "acme", "acme/new"])
@pytest.mark.parametrize("named", ["schedules", "own"])
def test_a_workspace_is_not_created_among_the_declarations_of_another(tmp_path: Path, named: str, inside: str):
    create(tmp_path)
    (tmp_path / "schedules").rename(tmp_path / named)
    (tmp_path / "tracker.toml").write_text(f'schedules = "{named}"', encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(DeclarationError, match="is among the declarations of the workspace"):
        create(tmp_path / named / inside)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_workspace_inside_another_one_names_it(tmp_path: Path):
    assert create(tmp_path).outer is None
    assert create(tmp_path / "test" / "new").outer == tmp_path


@pytest.mark.parametrize(
    "wrong",
    [
        {"contact": "ann"},
        {"time_zone": "Mars/Olympus"},
        {"boards": [""]},
        {"boards": ["nope/*"]},
        {"contact": 'a@b"\nstore = "/etc'},
    ],
)
def test_a_wrong_setting_writes_nothing(tmp_path: Path, wrong: dict[str, object]):
    with pytest.raises(DeclarationError, match=r"^tracker\.toml: "):
        create(tmp_path, **wrong)
    assert list(tmp_path.iterdir()) == []


def test_the_trackers_own_checkout_is_refused(tmp_path: Path):
    (tmp_path / "schedules").symlink_to(shipped.SCHEDULES)
    with pytest.raises(DeclarationError, match="own checkout; choose another folder"):
        create(tmp_path)
