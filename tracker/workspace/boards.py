"""The boards of a workspace with their health: the declared ones, and those that only the store knows."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.model import Board, Health
from tracker.ports import Store
from tracker.query.health import health
from tracker.schedules import Schedules
from tracker.workspace import Settings
from tracker.workspace.declared import declared

STORE = "store"
"""The origin of a board that is no longer declared."""
UNSELECTED = "unselected"
"""The origin of a shipped board that `boards` in tracker.toml leaves out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardOverview:
    """A board, its health, and the origin of its declaration: shipped, local, customized, `unselected` or `store`."""

    board: Board
    health: Health
    origin: str


def overview(
    settings: Settings, store: Store, found: Schedules, *, now: datetime, every: bool = False
) -> tuple[BoardOverview, ...]:
    """The boards by id; `every`: also the shipped ones that tracker.toml does not select. A board not followed is never due."""
    others = declared(replace(settings, boards=("*",))).boards if every and found.left_out else {}
    unselected = {board: others[board] for board in found.left_out if board in others}
    stored = {board: last for board in store.boards() if (last := store.declared(board)) and board not in found.left_out}
    origins = {**dict.fromkeys(unselected, UNSELECTED), **found.origins}
    boards = {**stored, **unselected, **found.boards}
    rows = []
    for name, board in sorted(boards.items()):
        state, origin = health(board, store, now=now, environment=os.environ), origins.get(name, STORE)
        is_followed = origin not in {STORE, UNSELECTED}
        rows.append(BoardOverview(board=board, health=state if is_followed else replace(state, due_at=None), origin=origin))
    return tuple(rows)
