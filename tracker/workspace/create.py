"""Make a folder a workspace: write `tracker.toml`, and `schedules/` with an example board, routes and watches to edit."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from tracker import shipped
from tracker.errors import DeclarationError
from tracker.schedules import check_selection
from tracker.workspace.file import parsed, read
from tracker.workspace.lookup import FILE, around

SHIPPED = ("routes.toml", "watches.toml", "README.md", "board.schema.json")
"""Files copied from the shipped schedules, to edit or to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """The files written and the existing ones kept, relative to the folder. `outer` is the folder of an enclosing workspace."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]
    outer: Path | None = None


def create(folder: Path, *, contact: str = "", time_zone: str = "UTC", boards: Sequence[str] = ("*",)) -> Created:
    """Make the folder a workspace. Existing files are never overwritten.

    Raises:
        DeclarationError: it is a workspace already, it is a checkout of the tracker, it is among the declarations of another
            workspace, or a setting is wrong; nothing was written.
    """
    if os.path.lexists(folder / FILE):
        raise DeclarationError(f"{folder / FILE}: already exists; edit it, or choose another folder (tracker init DIR)")
    if (folder / "schedules").is_dir() and (folder / "schedules").samefile(shipped.SCHEDULES):
        raise DeclarationError(f"{folder.absolute()}: is the tracker's own checkout; choose another folder (tracker init DIR)")
    outer = around(folder)
    if outer is not None and folder.resolve().is_relative_to(_schedules(outer).resolve()):
        raise DeclarationError(
            f"{folder.absolute()}: is among the declarations of the workspace {outer}; choose another folder (tracker init DIR)"
        )
    texts = _texts(contact=contact, time_zone=time_zone, boards=boards)
    written = tuple(path for path, text in texts.items() if _write(folder / path, text))
    return Created(written=written, kept=tuple(path for path in texts if path not in written), outer=outer)


def _schedules(workspace: Path) -> Path:
    """The folder of its declarations; the default one if its file is wrong."""
    try:
        return read(workspace / FILE).schedules
    except DeclarationError:
        return workspace / "schedules"


def _texts(*, contact: str, time_zone: str, boards: Sequence[str]) -> Mapping[Path, str]:
    """The files by path, `tracker.toml` last: a folder is a workspace only once it is complete."""
    templates = files("tracker.workspace") / "templates"
    settings = (templates / FILE).read_text(encoding="utf-8")
    for key, value in (("contact", contact), ("time_zone", time_zone), ("boards", list(boards))):
        settings = settings.replace(f"{{{key}}}", json.dumps(value, ensure_ascii=False))
    check_selection(parsed(settings, FILE).boards, shipped.SCHEDULES)
    schedules = Path("schedules")
    return {
        schedules / "example" / "board.toml": (templates / "board.toml").read_text(encoding="utf-8"),
        **{schedules / name: (shipped.SCHEDULES / name).read_text(encoding="utf-8") for name in SHIPPED},
        Path(FILE): settings,
    }


def _write(path: Path, text: str) -> bool:
    """Write a file unless it exists; return whether it was written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True
