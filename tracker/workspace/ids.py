"""The ids of boards: those declared, those that have been read, and the error for any other."""

from __future__ import annotations

from collections.abc import Collection

from tracker import toml
from tracker.errors import DeclarationError
from tracker.model import BoardId
from tracker.ports import Store
from tracker.workspace import Settings


def ids(settings: Settings) -> frozenset[str]:
    """The ids of the declared boards by the names of their files, without reading them; wrong ones are included."""
    paths = {path.relative_to(folder) for folder in settings.declarations for path in folder.glob("*/[!_]*.toml")}
    return frozenset(path.with_suffix("").as_posix() for path in paths if path.parent.name not in ("models", "rules"))


def known(settings: Settings, store: Store, name: str) -> BoardId:
    """The id of a board that has been read. Raises DeclarationError naming those that have, or the nearest."""
    if name in (boards := store.boards()):
        return BoardId(name)
    if any(sign in name for sign in "*?["):
        raise DeclarationError(f"board {toml.quoted(name)} is a pattern; expected the id of one board (tracker boards)")
    if name not in (declared := ids(settings)):
        raise unknown(name, declared.union(boards))
    read = ", ".join(boards) or "none"
    raise DeclarationError(f'board "{name}": nothing of it is in the store; expected one of: {read} (tracker run {name})')


def unknown(name: str, boards: Collection[str]) -> DeclarationError:
    """The error for a name that is none of these boards."""
    from tracker.schedules import unknown_board  # noqa: PLC0415  # only for an error

    return unknown_board(name, boards)
