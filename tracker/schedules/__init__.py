"""Reads the declarations in `schedules/`: one TOML file per board becomes one `Board`.

The folder may overlay another one, `base`, file by file: a user's folder overlays the shipped one. Keys that a board omits come
from `_defaults.toml` of its source, then from `_defaults.toml` beside the sources. `schedules/README.md` explains every key, and
editors read `schedules/board.schema.json`; tests compare both with the file shapes in `shapes.py`. https://toml.io/en/v1.0.0
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
from tracker.schedules.files import counterpart, definitions, fingerprint, holds_defaults, load_board, read_defaults, shipped
from tracker.schedules.schema import schema
from tracker.schedules.shapes import Formats
from tracker.toml import place_of, quoted
from tracker.wording import count

__all__ = ["KINDS", "Formats", "fingerprint", "load_board", "schema"]


class Origin(StrEnum):
    """Where a board's declaration comes from."""

    SHIPPED = "shipped"
    LOCAL = "local"
    CUSTOMIZED = "customized"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """The readable boards, and the errors of the other files by path. `left_out` are boards of `base` that are not selected."""

    boards: Mapping[BoardId, Board]
    errors: Mapping[str, DeclarationError]
    origins: Mapping[BoardId, Origin] = field(default_factory=dict)
    left_out: frozenset[BoardId] = frozenset()

    @property
    def troubles(self) -> Mapping[str, DeclarationError]:
        """The errors to report, by path: wrong defaults once, with the number of boards that wait for them."""
        troubles = {path: error for path, error in self.errors.items() if _error_of_defaults(error) is None}
        waiting = Counter(str(wrong) for error in self.errors.values() if (wrong := _error_of_defaults(error)))
        for message, number in waiting.items():
            boards = count(number, "board waits", "boards wait")
            troubles[message.partition(": ")[0]] = DeclarationError(f"{message} ({boards} for it)")
        return troubles

    def error(self, board: str) -> DeclarationError | None:
        """The error in the declaration of that board, or None."""
        return next((error for path, error in self.errors.items() if path.endswith(f"/{board}.toml")), None)

    def board(self, board: str) -> Board:
        """The board of that id. Raises DeclarationError if its file is wrong or missing; then it names the nearest ids."""
        if BoardId(board) in self.boards:
            return self.boards[BoardId(board)]
        if (error := self.error(board)) is not None:
            raise error
        if BoardId(board) in self.left_out:
            add = "add it to boards in tracker.toml (tracker boards --all)"
            raise DeclarationError(f"board {quoted(board)} is not selected; {add}")
        raise unknown_board(board, self.boards)


def unknown_board(board: str, known: Collection[str]) -> DeclarationError:
    """The error for an unknown id; it names the nearest known ones."""
    containing = sorted(known_id for known_id in known if board and board in known_id)
    near = containing[:5] or get_close_matches(board[:200], known, n=3)
    hint = f"; did you mean {', '.join(near)}?" if near else ""
    boards = count(len(known), "board is", "boards are")
    return DeclarationError(f"board {quoted(board)} is unknown{hint} ({boards} known: tracker boards)")


def _error_of_defaults(error: DeclarationError) -> DeclarationError | None:
    """The error in its defaults, if a board is wrong only because of them."""
    cause = error.__cause__ and error.__cause__.__cause__
    return cause if isinstance(cause, DeclarationError) else None


def load(root: Path, formats: Formats, base: Path | None = None, select: Sequence[str] = ("*",)) -> Schedules:
    """Read every board under `root`, and those of `base` whose id matches a glob of `select`.

    A wrong file never hides the others. With a `base`, `root` need not exist. If both are the same folder, it is read once, and
    the globs apply to all of it.

    Raises:
        DeclarationError: `root` is not a readable folder.
    """
    boards: dict[BoardId, Board] = {}
    errors: dict[str, DeclarationError] = {}
    origins: dict[BoardId, Origin] = {}
    left_out: set[BoardId] = set()
    read = cache(read_defaults)
    for path, origin, is_own in _files(root, base):
        try:
            if holds_defaults(path, root):
                read(path, root, base)
            elif not is_own and not is_selected(_id_at(path), select):
                left_out.add(_id_at(path))
            else:
                board = load_board(path, root, formats, base, read)
                boards[board.id], origins[board.id] = board, origin
        except DeclarationError as error:
            errors[place_of(path, root)] = error
    if base is not None:
        try:
            check_selection(select, base)
        except DeclarationError as error:
            errors["tracker.toml"] = error
    return Schedules(
        boards=MappingProxyType(boards),
        errors=MappingProxyType(errors),
        origins=MappingProxyType(origins),
        left_out=frozenset(left_out),
    )


def _files(root: Path, base: Path | None) -> Iterator[tuple[Path, Origin, bool]]:
    """Every file of a board or of defaults, by its path under `root`, with its origin, and whether it is the user's own.

    An own file that is a copy of the shipped one customizes nothing.
    """
    own = set(definitions(root)) if base is None or root.exists() else set[Path]()
    inherited = {root / path.relative_to(base) for path in shipped(base)} if base is not None and base != root else set[Path]()
    for path in sorted(own | inherited):
        is_own = path in own and base != root
        yield path, _origin(path, root, base) if is_own else Origin.SHIPPED, is_own


def _origin(path: Path, root: Path, base: Path | None) -> Origin:
    under = counterpart(path, root, base)
    if under is None:
        return Origin.LOCAL
    return Origin.SHIPPED if _are_alike(path, under) else Origin.CUSTOMIZED


def origin_of(board: BoardId, root: Path, base: Path | None) -> Origin | None:
    """Where the declaration of a board comes from; None if there is no file of it."""
    path = root / f"{board}.toml"
    if base != root and path.is_file():
        return _origin(path, root, base)
    return Origin.SHIPPED if base is not None and (base / f"{board}.toml").is_file() else None


def _are_alike(path: Path, other: Path) -> bool:
    try:
        return path.stat().st_size == other.stat().st_size and path.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _id_at(path: Path) -> BoardId:
    return BoardId(f"{path.parent.name}/{path.stem}")


def is_selected(board: BoardId, select: Sequence[str]) -> bool:
    """Whether one of the globs matches the board's id."""
    return any(fnmatchcase(board, glob) for glob in select)


def check_selection(select: Sequence[str], base: Path) -> None:
    """Refuse a glob that matches no board of `base`, since a misspelt one would silently select nothing."""
    boards = {_id_at(path) for path in shipped(base) if not holds_defaults(path, base)}
    for glob in select:
        if glob != "*" and not any(fnmatchcase(board, glob) for board in boards):
            near = get_close_matches(glob[:200], boards, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else "; see: tracker boards --all"
            raise DeclarationError(f"tracker.toml: boards = {quoted(glob)} matches no shipped board{hint}")
