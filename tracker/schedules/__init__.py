"""Reads what is declared in `schedules/`: one TOML file per board becomes one `Board`.

What a board's file leaves out comes from `_defaults.toml` of its source, then from `_defaults.toml` beside the sources. Every
key is explained in `schedules/README.md`, and `schedules/board.schema.json` tells editors the same; both follow the file
shapes in `shapes.py` and are held to them by tests. https://toml.io/en/v1.0.0
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId
from tracker.schedules.columns import KINDS
from tracker.schedules.files import definitions, holds_defaults, place_of, read_board, read_defaults, take_fingerprints
from tracker.schedules.schema import schema
from tracker.schedules.shapes import Formats
from tracker.toml import quoted

__all__ = ["KINDS", "Formats", "Schedules", "fingerprint", "load", "load_board", "schema"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """Everything that is declared: the boards that could be read, and what is wrong with the other files, by path."""

    boards: Mapping[BoardId, Board]
    errors: Mapping[str, DeclarationError]

    def board(self, board: str) -> Board:
        """The board of that id.

        Raises:
            DeclarationError: its file is wrong, or there is none; then the nearest known ids are named.
        """
        if BoardId(board) in self.boards:
            return self.boards[BoardId(board)]
        for path, error in self.errors.items():
            if path.endswith(f"/{board}.toml"):
                raise error
        inside = [one for one in self.boards if board and board in one]
        near = inside[:5] or get_close_matches(board[:200], self.boards, n=3)
        meant = f"; did you mean {', '.join(near)}?" if near else ""
        raise DeclarationError(
            f"board {quoted(board)} is unknown{meant} ({len(self.boards)} boards are declared: tracker boards)"
        )


def load(root: Path, formats: Formats) -> Schedules:
    """Read every board under `root`; a file that is wrong never hides the others.

    Raises:
        DeclarationError: `root` is no folder that can be read.
    """
    boards: dict[BoardId, Board] = {}
    errors: dict[str, DeclarationError] = {}
    read = cache(read_defaults)
    for path in sorted(definitions(root)):
        try:
            if holds_defaults(path, root):
                read(path, root)
                continue
            board = read_board(path, root, formats, read)
        except DeclarationError as error:
            errors[place_of(path, root)] = error
        else:
            boards[board.id] = board
    return Schedules(boards=MappingProxyType(boards), errors=MappingProxyType(errors))


def load_board(path: Path, root: Path, formats: Formats) -> Board:
    """Read `<root>/<source>/<board>.toml`, upon the defaults of its source and of all. `formats` tells the options of each parser.

    Raises:
        DeclarationError: the file, or one of the defaults, is wrong; one line naming file, key, value found, values allowed.
    """
    return read_board(path, root, formats, read_defaults)


def fingerprint(root: Path) -> Mapping[str, tuple[int, int, int]]:
    """Every TOML file under `root`, by its path there: time of change in ns, size and inode. Two that are equal say that nothing changed.

    Nothing is read. A file that vanishes meanwhile is left out; a folder that cannot be listed stands there with zeros.
    """
    found: dict[str, tuple[int, int, int]] = {}
    take_fingerprints(root, "", found)
    return MappingProxyType(found)
