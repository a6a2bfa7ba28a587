"""Find the workspace of a command: by its options, by `tracker.toml`, by its folders, or in the user's data folder.

The store is the first of: `--store`, `TRACKER_STORE`, `store` of the nearest `tracker.toml` upwards, `./snapshots` beside
`./schedules`, `leaderboard-tracker/snapshots` in the XDG data folder. The declarations are found likewise. Nothing is created.

Source: docs/decisions/0022-workspaces.md, https://specifications.freedesktop.org/basedir-spec/latest/
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tracker import shipped
from tracker.errors import DeclarationError
from tracker.toml import quoted
from tracker.workspace.settings import Settings

FILE = "tracker.toml"
"""The file that makes a folder a workspace."""
CONTACT = "TRACKER_CONTACT"
"""The variable that overrides the file's `contact`."""


def find(store: Path | None, schedules: Path | None, *, here: Path, environment: Mapping[str, str]) -> Settings:
    """The workspace of a command that runs in the folder `here`; paths below it are relative if `here` is.

    A `store` with a `tracker.toml` is a workspace. Otherwise `store` and `schedules` replace those of the workspace found from
    `here`, and `schedules` overlays no other declarations. If both are given, no workspace is searched for.

    Raises:
        DeclarationError: `tracker.toml` is wrong or belongs to another user, `schedules` is not a folder, or the contact is
            not an address.
    """
    if schedules is not None and not schedules.is_dir():
        raise DeclarationError(
            f"{schedules}: no such folder; expected a folder of declarations (--schedules or TRACKER_SCHEDULES)"
        )
    if schedules is not None and os.path.lexists(schedules / FILE):
        remedy = f"--store {schedules}, or --schedules {schedules / 'schedules'}"
        raise DeclarationError(f"{schedules}: is a workspace; expected its folder of declarations ({remedy})")
    if store is not None and os.path.lexists(store / FILE):
        settings = _settings(store)
    elif store is not None and schedules is not None:
        settings = Settings(store=store, schedules=schedules, store_is_named=True)
    else:
        settings = _settings(_root(here, environment))
        settings = settings if store is None else replace(settings, store=store, store_is_named=True)
    if schedules is not None:
        settings = replace(settings, schedules=schedules, shipped=None)
    return replace(settings, contact=_contact(environment) or settings.contact)


def _contact(environment: Mapping[str, str]) -> str:
    if not (stated := environment.get(CONTACT, "")):
        return ""
    from tracker.workspace.file import address  # noqa: PLC0415  # only if there is one

    try:
        return address(stated)
    except ValueError as error:
        raise DeclarationError(f"{CONTACT} = {quoted(stated)} is {error}") from error


def _root(here: Path, environment: Mapping[str, str]) -> Path:
    for folder in (here, *here.absolute().parents):
        if os.path.lexists(folder / FILE):
            if (folder / FILE).lstat().st_uid not in {os.geteuid(), 0}:  # the file decides which addresses get which keys
                problem = f"belongs to another user; expected your own (if you trust it: --store {folder})"
                raise DeclarationError(f"{folder / FILE}: {problem}")
            return folder
    is_workspace = (here / "schedules").is_dir() or (here / "snapshots" / "tracker.db").exists()
    return here if is_workspace else _data_folder(environment) or here


def around(folder: Path) -> Path | None:
    """The folder of the nearest workspace around a folder, which need not exist."""
    return next((outer for outer in folder.resolve().parents if os.path.lexists(outer / FILE)), None)


def _data_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder in the user's data folder; None if there is no home folder, or if it is not ours to look into."""
    stated = Path(environment.get("XDG_DATA_HOME", ""))
    try:
        folder = (stated if stated.is_absolute() else Path.home() / ".local" / "share") / "leaderboard-tracker"
        (folder / FILE).exists()
    except (RuntimeError, OSError):  # `sudo -u` and containers may leave HOME that of another user
        return None
    return folder


def _settings(root: Path) -> Settings:
    """The settings of the workspace in that folder; the defaults if it has no `tracker.toml`."""
    if not os.path.lexists(root / FILE):
        return Settings(store=root / "snapshots", schedules=(own := root / "schedules"), shipped=_base(own))
    from tracker.workspace.file import read  # noqa: PLC0415  # only if there is one

    settings = read(root / FILE)
    return replace(settings, shipped=_base(settings.schedules))


def _base(own: Path) -> Path:
    """The shipped folder; in a checkout, the user's own folder if it is the same."""
    return own if own.is_dir() and own.samefile(shipped.SCHEDULES) else shipped.SCHEDULES
