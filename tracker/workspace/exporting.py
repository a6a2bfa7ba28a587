"""What may be exported of a workspace: everything that the filters choose, but the boards whose terms bar redistribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker.errors import DeclarationError
from tracker.exports.contents import Contents
from tracker.model import Board
from tracker.query.filters import EVERYTHING, EntryKey, Filters, boards_of
from tracker.query.listings import Listings
from tracker.workspace.ids import known
from tracker.workspace.sharing import is_barred, with_terms

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace


def contents_of(workspace: Workspace, only: Filters = EVERYTHING, *, barred: bool = False) -> tuple[Contents, tuple[Board, ...]]:
    """What the filters choose, and the boards that are left out because their terms bar redistribution.

    `barred`: these as well, for the user's own use.

    Raises:
        DeclarationError: a filter means nothing that the store has, or no board is left.
    """
    settings, store = workspace.settings, workspace.store
    for name in only.boards:
        if "/" in name and not any(sign in name for sign in "*?["):
            known(settings, store, name)
    boards = boards_of(only, with_terms(workspace))
    left_out = tuple(board for board in boards if is_barred(board) and not barred)
    kept = tuple(board for board in boards if board not in left_out)
    if not kept:
        bars = "the terms of every board bar redistribution (--barred exports them for your own use)"
        raise DeclarationError(f"nothing to export: {bars if left_out else 'no board has been read (tracker run)'}")
    entries = _entries(workspace, kept, only) if only.about_models else None
    contents = Contents(
        boards=kept, store=store, archive=workspace.archive, lexicon=workspace.lexicon, only=only, entries=entries
    )
    return contents, left_out


def _entries(workspace: Workspace, boards: tuple[Board, ...], only: Filters) -> frozenset[EntryKey]:
    """The entries that fulfil the conditions on models, with those that have left their boards."""
    listings = Listings(workspace.store, lambda: workspace.lexicon, workspace.boards(), at=only.at, gone=True)
    ids = [board.id for board in boards]
    listings.check_makers(ids, only)
    return listings.choice(ids, only, listings.facts(ids, only.traits)).entries
