"""The workspace of a command: options, then the nearest `tracker.toml`, then folders beside it, then the data folder."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tracker import shipped
from tracker.errors import DeclarationError
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import CONTACT, Settings, find


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """An empty folder, three levels deep."""
    (tmp_path / "a" / "b" / "here").mkdir(parents=True)
    return tmp_path / "a" / "b" / "here"


def found(here: Path, *, store: Path | None = None, schedules: Path | None = None, **environment: str) -> Settings:
    return find(store, schedules, here=here, environment={"XDG_DATA_HOME": str(here.parents[2] / "data"), **environment})


def workspace(folder: Path, text: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tracker.toml").write_text(text, encoding="utf-8")
    return folder


def test_in_an_empty_folder_the_users_data_folder_is_used_and_nothing_is_created(here: Path):
    settings = found(here)
    data = here.parents[2] / "data" / "leaderboard-tracker"
    assert (settings.store, settings.schedules) == (data / "snapshots", data / "schedules")
    assert (settings.shipped, settings.store_is_named) == (shipped.SCHEDULES, False)
    assert [path.name for path in here.parents[2].rglob("*")] == ["a", "b", "here"]


def test_a_relative_data_home_is_ignored_as_its_standard_says(here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/home/ann")
    assert found(here, XDG_DATA_HOME="data").store == Path("/home/ann/.local/share/leaderboard-tracker/snapshots")


def test_a_data_folder_that_cannot_be_looked_into_counts_as_absent(here: Path):
    unreadable = found(here, XDG_DATA_HOME=f"/{'x' * 300}")
    assert (unreadable.store, unreadable.schedules) == (here / "snapshots", here / "schedules")


def test_a_workspace_in_the_data_folder_is_found(here: Path):
    workspace(here.parents[2] / "data" / "leaderboard-tracker", 'time_zone = "Asia/Tokyo"')
    assert found(here).time_zone == "Asia/Tokyo"


def test_schedules_and_snapshots_side_by_side_are_a_workspace(here: Path):
    (here / "schedules").mkdir()
    settings = found(here)
    assert (settings.store, settings.schedules, settings.shipped) == (
        here / "snapshots",
        here / "schedules",
        shipped.SCHEDULES,
    )


def test_a_store_in_the_folder_is_found_without_declarations(here: Path):
    SqliteStore(here / "snapshots" / "tracker.db").close()
    assert found(here).store == here / "snapshots"


def test_a_folder_named_snapshots_alone_is_not_a_workspace(here: Path):
    (here / "snapshots").mkdir()
    assert found(here).store != here / "snapshots"


@pytest.mark.parametrize("up", [0, 1, 2])
def test_the_nearest_tracker_toml_upwards_decides(here: Path, up: int):
    folder = workspace([here, *here.parents][up], 'store = "kept"\nschedules = "own"')
    (folder / "own").mkdir()
    workspace(here.parents[2], 'store = "farther"')
    (here / "schedules").mkdir()
    settings = found(here)
    assert (settings.store, settings.schedules, settings.folder) == (folder / "kept", folder / "own", folder)


def test_a_named_store_replaces_only_the_workspaces_store(here: Path):
    workspace(here, 'contact = "ann@example.org"\nboards = "lmarena/*"')
    settings = found(here, store=Path("/elsewhere"))
    assert (settings.store, settings.schedules, settings.store_is_named) == (Path("/elsewhere"), here / "schedules", True)
    assert (settings.contact, settings.boards) == ("ann@example.org", ("lmarena/*",))


def test_a_store_with_a_tracker_toml_is_a_workspace(here: Path, tmp_path: Path):
    other = workspace(tmp_path / "other", 'time_zone = "Europe/Berlin"')
    workspace(here)
    settings = found(here, store=other)
    assert (settings.store, settings.schedules, settings.time_zone) == (
        other / "snapshots",
        other / "schedules",
        "Europe/Berlin",
    )
    assert not settings.store_is_named


def test_named_schedules_overlay_no_others(here: Path):
    workspace(here)
    (own := here / "own").mkdir()
    assert (found(here, schedules=own).schedules, found(here, schedules=own).shipped) == (own, None)


def test_named_schedules_must_exist(here: Path):
    (here / "file").touch()
    for wrong in ("mistyped", "file"):
        with pytest.raises(DeclarationError, match=rf"{wrong}: no such folder; expected a folder of declarations"):
            found(here, schedules=here / wrong)


def test_paths_of_a_workspace_may_be_absolute_or_in_the_home_folder(here: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", "/home/ann")
    workspace(here, f'store = "~/kept"\nschedules = "{here.parent}"')
    assert (found(here).store, found(here).schedules) == (Path("/home/ann/kept"), here.parent)


def test_the_declarations_of_the_file_must_exist_so_that_no_board_is_enabled_by_mistake(here: Path):
    workspace(here, 'schedules = "my-declarations"')
    with pytest.raises(DeclarationError, match=r'tracker\.toml: schedules = "my-declarations": no such folder; expected'):
        found(here)


@pytest.mark.parametrize(
    "make", [lambda path: path.symlink_to("nowhere"), Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)]
)
def test_an_unreadable_tracker_toml_is_an_error_and_never_ignored(here: Path, make: Callable[[Path], None]):
    workspace(here.parent)
    make(here / "tracker.toml")
    with pytest.raises(DeclarationError, match=r"here/tracker\.toml: "):
        found(here)


def test_paths_below_the_current_folder_stay_relative():
    assert find(None, Path("tests"), here=Path(), environment={}).schedules == Path("tests")


def test_the_environments_contact_wins(here: Path):
    workspace(here, 'contact = "ann@example.org"')
    assert (found(here).contact, found(here, **{CONTACT: "bob@example.org"}).contact) == ("ann@example.org", "bob@example.org")


def test_a_checkout_uses_its_own_folders_as_the_shipped_ones():
    checkout = shipped.SCHEDULES.parent
    settings = find(None, None, here=checkout, environment={})
    assert settings.schedules == settings.shipped == checkout / "schedules"


def test_another_users_file_in_a_shared_folder_is_refused(here: Path, monkeypatch: pytest.MonkeyPatch):
    workspace(here.parent)
    assert found(here).folder == here.parent
    if os.geteuid() != 0:
        pytest.skip("only root can give a file away")
    os.chown(here.parent / "tracker.toml", 12345, -1)
    with pytest.raises(DeclarationError, match=r"tracker.toml: belongs to another user; expected your own .*--store"):
        found(here)
    assert found(here, store=here.parent).folder == here.parent
    assert found(here, store=here, schedules=here).schedules == here


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('stroe = "x"', 'stroe is unknown; did you mean "store"?'),
        ('time_zone = "Europe/Berln"', 'time_zone = "Europe/Berln" is unknown; did you mean "Europe/Berlin"?'),
        ('contact = "me"', 'contact = "me" is not an address; expected one such as "you@example.org"'),
        ('contact = "a@b\\r\\nX: y"', "is not an address"),
        ("boards = 3", "boards = 3: expected text or list, found whole number"),
        ("boards = [5]", "boards = [5]: expected text, found whole number as item 1"),
        ("store = {}", "store = {}: expected text, found table"),
        ('store = ""', "store = "),
        ('store = "~nobody-of-that-name/x"', "there is no such home folder"),
        ("store = ", "is not valid TOML"),
        ('store = "a\\u0000b"', "expected a path without control characters"),
        ('schedules = "a\\u0000b"', "expected a path without control characters"),
    ],
)
def test_the_error_of_a_wrong_tracker_toml_has_place_and_reason(here: Path, text: str, message: str):
    workspace(here, text)
    with pytest.raises(DeclarationError) as raised:
        found(here)
    assert str(raised.value).startswith(f"{here}/tracker.toml: ")
    assert message.replace(".3.", '"3"') in str(raised.value)
    assert "\n" not in str(raised.value)
