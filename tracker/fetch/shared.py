"""One answer for several boards: those that ask for exactly the same, one right after the other, are not sent to ask twice."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tracker.model import Board, BoardId, Capture, Request, Unchanged, Validators
from tracker.ports import Clock

SHARED_FOR = timedelta(minutes=2)
MAX_KEPT = 4
MAX_BYTES = 16_000_000
"""Larger captures are not kept for others: the service stays small."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What came for a request, since when, what it was asked with, and whom it has served: never the same board twice."""

    outcome: Capture | Unchanged
    at: datetime
    last: Validators
    served: set[BoardId] = field(default_factory=set)


class Shared:
    """Remembers the last few answers for two minutes. Safe to share between threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def of(self, board: Board, last: Validators) -> Capture | Unchanged | None:
        """What another board has just received for the same request; None where this one has to ask itself."""
        with self._lock:
            now = self._clock.now()
            self._kept = {key: one for key, one in self._kept.items() if timedelta(0) <= now - one.at < SHARED_FOR}
            kept = self._kept.get(_key(board))
            if kept is None or board.id in kept.served or (isinstance(kept.outcome, Unchanged) and kept.last != last):
                return None
            kept.served.add(board.id)
            return replace(kept.outcome, board=board.id)

    def keep(self, board: Board, last: Validators, outcome: Capture | Unchanged) -> None:
        """Remember an answer for others, if it is not too large."""
        if isinstance(outcome, Capture) and sum(map(len, outcome.bodies)) > MAX_BYTES:
            return
        with self._lock:
            self._kept.pop(key := _key(board), None)
            self._kept[key] = _Kept(outcome, self._clock.now(), last, {board.id})
            for oldest in list(self._kept)[:-MAX_KEPT]:
                del self._kept[oldest]


def _key(board: Board) -> str:
    """The same for boards that ask for exactly the same: nothing here is sent, so secrets stand in it by name."""
    return repr([_asked(one) for one in (board.request, *(payload.request for payload in board.payloads))])


def _asked(request: Request) -> Mapping[str, object]:
    names = ("url", "method", "pagination", "newest", "each", "member")
    return {name: getattr(request, name) for name in names} | {
        "headers": sorted(request.headers.items()),
        "params": sorted(request.params.items()),
    }
