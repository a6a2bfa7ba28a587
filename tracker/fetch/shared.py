"""Shares one answer between boards that send the same request shortly after each other."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter

from tracker.model import Board, BoardId, Capture, Unchanged, Validators
from tracker.ports import Clock

SHARED_FOR = timedelta(minutes=2)
MAX_KEPT = 4
MAX_BYTES = 16_000_000
"""Larger captures are not shared, to save memory."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The outcome of a request, its time and validators, and the boards it has served: each board once."""

    outcome: Capture | Unchanged
    at: datetime
    last: Validators
    served: set[BoardId] = field(default_factory=set)


class Shared:
    """Remembers the last few answers for two minutes. Threads may share it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def of(self, board: Board, last: Validators) -> Capture | Unchanged | None:
        """What another board has just received for the same request; None if this board must ask itself."""
        with self._lock:
            now = self._clock.now()
            self._kept = {key: kept for key, kept in self._kept.items() if timedelta(0) <= now - kept.at < SHARED_FOR}
            kept = self._kept.get(_key(board))
            if kept is None or board.id in kept.served or (isinstance(kept.outcome, Unchanged) and kept.last != last):
                return None
            kept.served.add(board.id)
            return replace(kept.outcome, board=board.id)

    def keep(self, board: Board, last: Validators, outcome: Capture | Unchanged) -> None:
        """Remember an answer for other boards, if it is not too large."""
        if isinstance(outcome, Capture) and sum(map(len, outcome.bodies)) > MAX_BYTES:
            return
        with self._lock:
            self._kept.pop(key := _key(board), None)
            self._kept[key] = _Kept(outcome, self._clock.now(), last, {board.id})
            for oldest in list(self._kept)[:-MAX_KEPT]:
                del self._kept[oldest]


def _key(board: Board) -> str:
    """The same for boards that send the same requests. Contains secrets by name only."""
    requests = (board.request, *(payload.request for payload in board.payloads))
    fields = attrgetter("url", "method", "pagination", "newest", "each", "member")
    return repr([(*fields(request), sorted(request.headers.items()), sorted(request.params.items())) for request in requests])
