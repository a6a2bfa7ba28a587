"""When boards will be due next, if nothing fails."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from datetime import datetime

from tracker import cadence
from tracker.model import Board
from tracker.ports import Store
from tracker.query.due import due_at


def upcoming(boards: Iterable[Board], store: Store | None, now: datetime, most: int) -> Sequence[tuple[datetime, Board]]:
    """The next `most` times, by time and board. An overdue board is due now."""
    ahead = [(max(due_at(board, store, now), now) if store else now, board.id, board) for board in boards]
    heapq.heapify(ahead)
    times: list[tuple[datetime, Board]] = []
    while ahead and len(times) < most:
        at, name, board = heapq.heappop(ahead)
        times.append((at, board))
        heapq.heappush(ahead, (cadence.next_due(board, at), name, board))
    return times
