"""The declarations of the workspace, for the commands that need them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click
from msgspec import Struct

from tracker import parsers, schedules
from tracker.cli._text import safe
from tracker.model import Board, BoardId
from tracker.workspace import Settings


class _Formats(Mapping[str, type[Struct]]):
    """The options of each format, its parser loaded only when a declaration names it."""

    def __getitem__(self, name: str) -> type[Struct]:
        if name not in parsers.FORMATS:
            raise KeyError(name)
        return parsers.options_of(name)

    def __iter__(self) -> Iterator[str]:
        return iter(parsers.FORMATS)

    def __len__(self) -> int:
        return len(parsers.FORMATS)


def formats() -> schedules.Formats:
    """The options of every format, each loaded when it is first asked for."""
    return _Formats()


def declared(settings: Settings) -> schedules.Schedules:
    """Every declaration of the workspace, the broken ones as errors."""
    return schedules.load(settings.schedules, _Formats(), settings.shipped, settings.boards)


def tell_troubles(found: schedules.Schedules, *, is_all: bool) -> None:
    """Say on stderr what is wrong with declarations, a line for each. If that `is_all` there is, the last of it is raised."""
    troubles = list(found.troubles.values())
    last = troubles.pop() if troubles and is_all else None
    for error in troubles:
        click.echo(f"tracker: {safe(str(error))}", err=True)
    if last is not None:
        raise last


def chosen(settings: Settings, names: Sequence[str]) -> list[Board]:
    """The boards named, only their files read, or all. Raises DeclarationError for one that is unknown or whose file is wrong."""
    if not names:
        return list(declared(settings).boards.values())
    return [_named(settings, name) for name in dict.fromkeys(names)]


def _named(settings: Settings, name: str) -> Board:
    path = settings.schedules / f"{name}.toml"
    is_shipped_too = settings.shipped is not None and (settings.shipped / f"{name}.toml").is_file()
    is_known = path.is_file() or (is_shipped_too and schedules.is_selected(BoardId(name), settings.boards))
    if name.count("/") == 1 and ".." not in name and is_known:
        return schedules.load_board(path, settings.schedules, _Formats(), settings.shipped)
    return declared(settings).board(BoardId(name))  # it raises, and knows the nearest names
