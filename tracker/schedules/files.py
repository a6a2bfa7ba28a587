"""Files under `schedules/`: finds the boards, reads them, and applies their defaults.

`root` overlays the folder `base`, file by file (`toml.overlaid`): the declarations that ship with the package. Files of `base`
are trusted, so how an installer put them there (through links, say) does not matter.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec

from tracker import toml
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId
from tracker.schedules.boards import board_from, check_times
from tracker.schedules.shapes import DefaultsFile, Formats
from tracker.schedules.tables import shaped
from tracker.toml import Wrong, quoted
from tracker.wording import visible

_NO_BOARDS = frozenset({"models", "rules", "routes.toml", "watches.toml"})
_DEFAULTS = "_defaults.toml"
_PATH_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


def definitions(root: Path) -> Iterator[Path]:
    """Every file that should be a board; links and unreadable folders too, which are refused by name, not skipped."""
    unreadable: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unreadable.append):
        at = Path(folder)
        skipped = _NO_BOARDS if at == root else frozenset()
        folders[:] = [name for name in folders if not name.startswith(".") and name not in skipped]
        yield from (at / name for name in folders if (at / name).is_symlink())
        yield from (at / name for name in files if name.lower().endswith(".toml") and name not in skipped)
    for error in unreadable:
        if Path(error.filename) == root:
            expected = "expected a folder of boards (--schedules)"
            raise DeclarationError(f"{visible(str(root))}: {error.strerror}; {expected}") from error
        yield Path(error.filename)


def shipped(base: Path) -> Iterator[Path]:
    """Every file of `base` with a board or the defaults of a source."""
    for path in base.glob("*/*.toml"):
        if path.parent.name not in _NO_BOARDS:
            yield path


def fingerprint(root: Path) -> Mapping[str, tuple[int, int, int]]:
    """The modification time in ns, size and inode of every TOML file under `root`, by its path there; equal if nothing changed.

    No file is read. A file that vanishes meanwhile is left out; a folder that cannot be listed has zeros.
    """
    fingerprints: dict[str, tuple[int, int, int]] = {}

    def unlisted(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):  # otherwise it has just been removed
            fingerprints[os.path.relpath(error.filename, root)] = (0, 0, 0)  # `load` reports the error

    for folder, folders, files in os.walk(root, onerror=unlisted):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in (*folders, *files):  # a link to a folder is among the folders
            if name.lower().endswith(".toml"):
                with suppress(FileNotFoundError):
                    status = Path(folder, name).lstat()
                    fingerprints[os.path.relpath(Path(folder, name), root)] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return MappingProxyType(fingerprints)


def board_id(path: Path, root: Path) -> BoardId:
    """The id of a board, from the path of its file. Raises Wrong."""
    parts = path.relative_to(root).parts if path.is_relative_to(root) else ()
    if len(parts) != 2 or not parts[1].endswith(".toml"):
        raise Wrong("the file of a board is <source>/<board>.toml, two levels deep; move the file there")
    for name in parts:
        if not _PATH_NAME.fullmatch(name):
            allowed = "use a-z, 0-9, '.', '_' and '-', beginning with a letter or digit"
            raise Wrong(f"{quoted(name)} is not allowed in the path of a board; {allowed}")
    return BoardId(f"{parts[0]}/{parts[1].removesuffix('.toml')}")


def content(path: Path, root: Path) -> str:
    """The file's text. Links, devices and large files are refused before they are opened."""
    if path.is_symlink() or (path.parent != root and path.parent.is_symlink()):
        raise Wrong("is reached through a symbolic link; put the file itself there")
    return toml.text_of(path)


def tables_of(text: str) -> dict[str, Any]:
    """The tables of a TOML text, with exact numbers. Raises Wrong."""
    return toml.tables(text, parse_float=Decimal)


def overlaid_tables(path: Path, root: Path, base: Path | None) -> dict[str, Any]:
    """The tables of a file under `root`, over those of its counterpart in `base`; one of the two must exist. Raises Wrong."""
    under = counterpart(path, root, base)
    if under is None:
        return tables_of(content(path, root))
    tables = tables_of(toml.text_of(under))
    return toml.overlaid(tables, tables_of(content(path, root))) if os.path.lexists(path) else tables


def counterpart(path: Path, root: Path, base: Path | None) -> Path | None:
    """The file of `base` that a file under `root` overlays, if any."""
    if base is None or base == root or not path.is_relative_to(root):
        return None
    under = base / path.relative_to(root)
    return under if under.is_file() else None


Defaults = Callable[[Path, Path, Path | None], dict[str, Any]]
"""Returns the tables of a file of defaults by path, root and base; empty without such a file."""


def holds_defaults(path: Path, root: Path) -> bool:
    """Whether it is the file of defaults of a source, or of all sources."""
    return path.name == _DEFAULTS and root in (path.parent, path.parent.parent)


def read_defaults(path: Path, root: Path, base: Path | None = None) -> dict[str, Any]:
    """The tables of a file of defaults, empty if it is missing. Raises DeclarationError."""
    if not os.path.lexists(path) and counterpart(path, root, base) is None:
        return {}
    with toml.at(toml.place_of(path, root)):
        tables = overlaid_tables(path, root, base)
        file = msgspec.convert(shaped(tables, DefaultsFile, ""), DefaultsFile)
        check_times(file)
    return tables


def load_board(path: Path, root: Path, formats: Formats, base: Path | None = None, read: Defaults = read_defaults) -> Board:
    """Read `<root>/<source>/<board>.toml`, with its defaults, which `read` returns. It may be in `root`, in `base`, or in both.

    Raises:
        DeclarationError: the file, or one of its defaults, is wrong; one line naming file, key, value found, values allowed.
    """
    with toml.at(toml.place_of(path, root)):
        own, board = overlaid_tables(path, root, base), board_id(path, root)
        if base not in {None, root} and "request" not in own and counterpart(path, root, base) is None:
            raise Wrong(_overlays_nothing(board, base))
        defaults = upon(defaults_in(root, root, read, base), defaults_in(path.parent, root, read, base))
        return board_from(upon(defaults, own, of_board=True), board, formats)


def _overlays_nothing(board: BoardId, base: Path) -> str:
    """The error in a file that only changes a board, if no such board ships."""
    near = get_close_matches(board, [board_id(path, base) for path in shipped(base) if not holds_defaults(path, base)], n=1)
    hint = f'; did you mean "{near[0]}"?' if near else ""
    return f"request is missing, and no shipped board has this id{hint}; a board of your own needs [request]"


def defaults_in(folder: Path, root: Path, read: Defaults, base: Path | None) -> dict[str, Any]:
    """The defaults of a folder. Raises Wrong."""
    try:
        return read(folder / _DEFAULTS, root, base)
    except DeclarationError as error:
        raise Wrong(f"its defaults are wrong: {error}") from error


def upon(under: dict[str, Any], over: dict[str, Any], *, of_board: bool = False) -> dict[str, Any]:
    """The keys of both; `over` wins, key by key in [request]. A board without a [request] gets none."""
    merged = under | over
    if isinstance(over.get("request"), dict):
        merged["request"] = under.get("request", {}) | over["request"]
    elif of_board and "request" not in over:
        merged.pop("request", None)
    return merged
