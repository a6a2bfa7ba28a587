"""Reads what is declared in `schedules/`: one TOML file per board becomes one `Board`.

The folder may be laid over another one, `base`, file by file: a user's over the one that comes with the package.
What a board's file leaves out comes from `_defaults.toml` of its source, then from `_defaults.toml` beside the sources. Every
key is explained in `schedules/README.md`, and `schedules/board.schema.json` tells editors the same; both follow the file
shapes in `shapes.py` and are held to them by tests. https://toml.io/en/v1.0.0
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId
from tracker.schedules.columns import KINDS
from tracker.schedules.files import (
    counterpart,
    definitions,
    holds_defaults,
    read_board,
    read_defaults,
    shipped,
    take_fingerprints,
)
from tracker.schedules.schema import schema
from tracker.schedules.shapes import Formats
from tracker.toml import place_of, quoted

__all__ = [
    "KINDS",
    "Formats",
    "Origin",
    "Schedules",
    "fingerprint",
    "is_selected",
    "load",
    "load_board",
    "schema",
    "unknown_board",
]


class Origin(StrEnum):
    """Where a board's declaration comes from."""

    SHIPPED = "shipped"
    LOCAL = "local"
    CUSTOMIZED = "customized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Everything that is declared: the boards that could be read, and what is wrong with the other files, by path.

    `left_out` are the boards of `base` that were not selected.
    """

    boards: Mapping[BoardId, Board]
    errors: Mapping[str, DeclarationError]
    origins: Mapping[BoardId, Origin] = field(default_factory=dict)
    left_out: frozenset[BoardId] = frozenset()

    @property
    def troubles(self) -> Mapping[str, DeclarationError]:
        """What is to be told of `errors`, by path: wrong defaults once, with how many boards wait for them."""
        told = {path: error for path, error in self.errors.items() if _defaults_behind(error) is None}
        waiting = Counter(str(wrong) for error in self.errors.values() if (wrong := _defaults_behind(error)))
        for message, count in waiting.items():
            boards = "1 board waits" if count == 1 else f"{count} boards wait"
            told[message.partition(": ")[0]] = DeclarationError(f"{message} ({boards} for it)")
        return told

    def error(self, board: str) -> DeclarationError | None:
        """What is wrong with the declaration of that board, or None."""
        return next((error for path, error in self.errors.items() if path.endswith(f"/{board}.toml")), None)

    def board(self, board: str) -> Board:
        """The board of that id.

        Raises:
            DeclarationError: its file is wrong, or there is none; then the nearest known ids are named.
        """
        if BoardId(board) in self.boards:
            return self.boards[BoardId(board)]
        if (error := self.error(board)) is not None:
            raise error
        if BoardId(board) in self.left_out:
            raise DeclarationError(
                f"board {quoted(board)} is not selected; add it to boards in tracker.toml (tracker boards --all)"
            )
        raise unknown_board(board, self.boards)


def unknown_board(board: str, known: Collection[str]) -> DeclarationError:
    """What is wrong with an id that is none of those known; the nearest of them are named."""
    inside = sorted(one for one in known if board and board in one)
    near = inside[:5] or get_close_matches(board[:200], known, n=3)
    meant = f"; did you mean {', '.join(near)}?" if near else ""
    count = "1 board is" if len(known) == 1 else f"{len(known)} boards are"
    return DeclarationError(f"board {quoted(board)} is unknown{meant} ({count} known: tracker boards)")


def _defaults_behind(error: DeclarationError) -> DeclarationError | None:
    """What is wrong with its defaults, where a board is wrong only because of that."""
    found = error.__cause__ and error.__cause__.__cause__
    return found if isinstance(found, DeclarationError) else None


def load(root: Path, formats: Formats, base: Path | None = None, select: Sequence[str] = ("*",)) -> Schedules:
    """Read every board under `root`, and of `base` those whose id matches a glob of `select`; a file that is wrong never hides the others.

    `root` need not exist where there is a `base`. If both are the same folder, it is read once and all of it is selected from.

    Raises:
        DeclarationError: `root` is no folder that can be read.
    """
    boards: dict[BoardId, Board] = {}
    errors: dict[str, DeclarationError] = {}
    origins: dict[BoardId, Origin] = {}
    left_out: set[BoardId] = set()
    read = cache(read_defaults)
    for path, origin in _files(root, base):
        try:
            if holds_defaults(path, root):
                read(path, root, base)
            elif origin is Origin.SHIPPED and not is_selected(_id_at(path), select):
                left_out.add(_id_at(path))
            else:
                board = read_board(path, root, formats, read, base)
                boards[board.id], origins[board.id] = board, origin
        except DeclarationError as error:
            errors[place_of(path, root)] = error
    if base is not None:
        errors |= _unmatched(select, {_id_at(path) for path in shipped(base) if not holds_defaults(path, base)})
    return Schedules(
        boards=MappingProxyType(boards),
        errors=MappingProxyType(errors),
        origins=MappingProxyType(origins),
        left_out=frozenset(left_out),
    )


def _files(root: Path, base: Path | None) -> Iterator[tuple[Path, Origin]]:
    """Every file that is a board or defaults, by its path under `root`, whether it is there, in `base`, or in both."""
    own = set(definitions(root)) if base is None or root.exists() else set[Path]()
    inherited = {root / path.relative_to(base) for path in shipped(base)} if base is not None and base != root else set[Path]()
    for path in sorted(own | inherited):
        if path not in own or base == root:
            yield path, Origin.SHIPPED
        else:
            yield path, Origin.LOCAL if counterpart(path, root, base) is None else Origin.CUSTOMIZED


def _id_at(path: Path) -> BoardId:
    return BoardId(f"{path.parent.name}/{path.stem}")


def is_selected(board: BoardId, select: Sequence[str]) -> bool:
    """Whether one of the globs matches the board's id."""
    return any(fnmatchcase(board, glob) for glob in select)


def _unmatched(select: Sequence[str], boards: Collection[BoardId]) -> Mapping[str, DeclarationError]:
    """The error for globs that match no shipped board: a misspelt one would silently follow nothing."""
    for glob in select:
        if glob != "*" and not any(fnmatchcase(board, glob) for board in boards):
            near = get_close_matches(glob[:200], boards, n=1)
            meant = f'; did you mean "{near[0]}"?' if near else "; see: tracker boards --all"
            return {"tracker.toml": DeclarationError(f"tracker.toml: boards = {quoted(glob)} matches no shipped board{meant}")}
    return {}


def load_board(path: Path, root: Path, formats: Formats, base: Path | None = None) -> Board:
    """Read `<root>/<source>/<board>.toml`, upon the defaults of its source and of all. `formats` tells the options of each parser.

    With a `base`, the file may be there alone, or in both.

    Raises:
        DeclarationError: the file, or one of the defaults, is wrong; one line naming file, key, value found, values allowed.
    """
    return read_board(path, root, formats, read_defaults, base)


def fingerprint(root: Path) -> Mapping[str, tuple[int, int, int]]:
    """Every TOML file under `root`, by its path there: time of change in ns, size and inode. Two that are equal say that nothing changed.

    Nothing is read. A file that vanishes meanwhile is left out; a folder that cannot be listed stands there with zeros.
    """
    found: dict[str, tuple[int, int, int]] = {}
    take_fingerprints(root, "", found)
    return MappingProxyType(found)
