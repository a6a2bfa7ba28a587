"""The terms of each board of a store, and which boards may therefore not be passed on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker import schedules
from tracker.model import Board, BoardId
from tracker.schedules.formats import formats
from tracker.shipped import SCHEDULES

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

_BARRED = "barred"


def is_barred(board: Board) -> bool:
    """Whether a board's terms bar redistribution."""
    return board.redistribution == _BARRED


def with_terms(workspace: Workspace) -> tuple[Board, ...]:
    """The boards of the store with the terms and credits of their files now; barred if the file or the store says so.

    The store may have been synced before a file stated the terms. If no file of the workspace declares a board, the shipped file
    of that id counts: another folder of schedules does not make its content free.
    """
    settings, stored = workspace.settings, workspace.boards()
    is_there = settings.shipped is not None or settings.schedules.is_dir()
    present = schedules.load(settings.schedules, formats(), settings.shipped).boards if is_there else {}
    if any(board.id not in present for board in stored):
        present = {**schedules.load(SCHEDULES, formats()).boards, **present}
    return tuple(_with_terms(board, present.get(board.id, board)) for board in stored)


def barred_boards(workspace: Workspace) -> Mapping[BoardId, Board]:
    """The boards of the store whose terms bar redistribution."""
    return {board.id: board for board in with_terms(workspace) if is_barred(board)}


def _with_terms(stored: Board, present: Board) -> Board:
    redistribution = _BARRED if is_barred(stored) else present.redistribution
    return replace(stored, terms=present.terms, attribution=present.attribution, redistribution=redistribution)
