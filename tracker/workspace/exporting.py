"""What may be exported of a workspace: everything but the boards whose terms bar redistribution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tracker import schedules
from tracker.errors import DeclarationError
from tracker.exports.contents import Contents
from tracker.model import Board, BoardId
from tracker.schedules.formats import formats
from tracker.workspace.ids import known
from tracker.workspace.settings import Settings

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

BARRED = "barred"


def contents_of(workspace: Workspace, names: Sequence[str] = (), *, barred: bool = False) -> tuple[Contents, tuple[Board, ...]]:
    """What to export of the named boards or of all, and the boards that are left out because their terms bar redistribution.

    `barred`: these as well, for the user's own use.

    Raises:
        DeclarationError: nothing of a named board is in the store, or no board is left.
    """
    settings, store = workspace.settings, workspace.store
    ids = [known(settings, store, name) for name in dict.fromkeys(names)] or list(store.boards())
    present = declared_now(settings)
    boards = [_with_terms(board, present.get(board.id)) for name in sorted(ids) if (board := store.declared(name)) is not None]
    left_out = tuple(board for board in boards if board.redistribution == BARRED and not barred)
    kept = tuple(board for board in boards if board not in left_out)
    if not kept:
        why = (
            "the terms of every board bar redistribution (--barred exports them for your own use)"
            if left_out
            else "no board has been read (tracker run)"
        )
        raise DeclarationError(f"nothing to export: {why}")
    return Contents(boards=kept, store=store, archive=workspace.archive, lexicon=workspace.lexicon), left_out


def declared_now(settings: Settings) -> dict[BoardId, Board]:
    """Every board that the files declare now, selected or not: a store may have been synced before its terms were stated."""
    root: Path = settings.schedules
    if settings.shipped is None and not root.is_dir():
        return {}
    return dict(schedules.load(root, formats(), settings.shipped).boards)


def _with_terms(stored: Board, present: Board | None) -> Board:
    """The board as it was last read, with the terms and credits of its file now; barred if either says so."""
    if present is None:
        return stored
    bars = BARRED in (stored.redistribution, present.redistribution)
    redistribution = BARRED if bars else present.redistribution
    return replace(stored, terms=present.terms, attribution=present.attribution, redistribution=redistribution)
