"""The boards' definitions and test folders, each read once for all tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tracker import schedules
from tracker.authoring import fixtures
from tracker.authoring.fixtures import Body
from tracker.model import Board, BoardId
from tracker.parsers import FORMATS, options_of

HERE = Path(__file__).resolve().parent
DECLARED = schedules.load(HERE.parents[1] / "schedules", {name: options_of(name) for name in FORMATS})
BOARDS: Mapping[BoardId, Board] = DECLARED.boards


@cache
def bodies_of(board: BoardId) -> Sequence[Body]:
    """What a capture of the board holds, as its folder has it."""
    return fixtures.bodies_in(BOARDS[board], HERE / board)


def excerpt(board: BoardId) -> Board:
    """The board with no more entries demanded than its folder has."""
    return fixtures.for_an_excerpt(BOARDS[board], HERE / board / "expected.json")


@cache
def found_in(board: BoardId) -> Mapping[str, Any]:
    """What is read from its bodies, as plain JSON values."""
    return fixtures.described(fixtures.read(excerpt(board), bodies_of(board)))


def expected_of(board: BoardId) -> Any:
    """What is expected of them; every call reads it anew."""
    return json.loads((HERE / board / "expected.json").read_text(encoding="utf-8"))


def hostile_of(board: BoardId) -> list[Path]:
    """Its hostile pages."""
    return sorted((HERE / board / "hostile").glob("*"))
