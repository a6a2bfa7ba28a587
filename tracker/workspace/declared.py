"""The boards that a workspace declares."""

from __future__ import annotations

from collections.abc import Sequence

from tracker import schedules
from tracker.model import Board, BoardId
from tracker.schedules.formats import formats
from tracker.workspace import Settings


def declared(settings: Settings) -> schedules.Schedules:
    """All board declarations of the workspace, wrong ones as errors."""
    return schedules.load(settings.schedules, formats(), settings.shipped, settings.boards)


def chosen(settings: Settings, names: Sequence[str]) -> list[Board]:
    """The named boards, reading only their files, or all. Raises DeclarationError for an unknown board or a wrong file."""
    if not names:
        return list(declared(settings).boards.values())
    return [_named(settings, name) for name in dict.fromkeys(names)]


def _named(settings: Settings, name: str) -> Board:
    path = settings.schedules / f"{name}.toml"
    is_shipped_too = settings.shipped is not None and (settings.shipped / f"{name}.toml").is_file()
    is_known = path.is_file() or (is_shipped_too and schedules.is_selected(BoardId(name), settings.boards))
    if name.count("/") == 1 and ".." not in name and is_known:
        return schedules.load_board(path, settings.schedules, formats(), settings.shipped)
    return declared(settings).board(BoardId(name))  # raises with the nearest names
