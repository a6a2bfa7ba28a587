"""When boards will be due next, were nothing to fail."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from datetime import datetime

from tracker import cadence
from tracker.model import Board
from tracker.ports import Store
from tracker.query.due import due_at


def upcoming(boards: Iterable[Board], store: Store | None, now: datetime, most: int) -> Sequence[tuple[datetime, Board]]:
    """The next so many times, earliest first; those of one time by board. What is overdue is due now."""
    ahead = [(_first(board, store, now), board.id, board) for board in boards]
    heapq.heapify(ahead)
    found: list[tuple[datetime, Board]] = []
    while ahead and len(found) < most:
        at, name, board = heapq.heappop(ahead)
        found.append((at, board))
        heapq.heappush(ahead, (cadence.next_due(board, at), name, board))
    return found


def _first(board: Board, store: Store | None, now: datetime) -> datetime:
    return now if store is None else max(due_at(board, store, now), now)
