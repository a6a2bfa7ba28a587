"""Which boards may not be passed on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tracker.model import Board, BoardId
from tracker.workspace.declared import declared

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

_BARRED = "barred"


def barred_boards(workspace: Workspace) -> Mapping[BoardId, Board]:
    """The boards whose terms bar redistribution: by their files now, or as they were when the boards were last read."""
    present = declared(workspace.settings).boards
    stored = {board.id: board for board in workspace.boards()}
    either = {board: (known, present.get(board, known)) for board, known in stored.items()}
    return {board: known for board, (known, now) in either.items() if _BARRED in (known.redistribution, now.redistribution)}
