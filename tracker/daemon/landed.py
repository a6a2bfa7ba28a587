"""What fetches brought and the loop has not stored yet: pages, answers that nothing changed, and errors."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from tracker.daemon.flights import Fetched
from tracker.errors import FetchError, StoreError
from tracker.model import Board, Capture
from tracker.ports import Archive

LARGE = 2_000_000
"""Bytes of a capture that may take long to read."""
MAX_WAITING = 64_000_000
"""Bytes of captures that may wait in memory while others are fetched."""


class Landed(Struct, kw_only=True):
    """The result of a fetch, and its time; `tried`: storing it has failed before."""

    board: Board
    fetched: Fetched
    at: datetime
    tried: bool = False

    @property
    def size(self) -> int:
        """The bytes of the bodies."""
        return sum(map(len, self.fetched.bodies)) if isinstance(self.fetched, Capture) else 0

    @property
    def is_large(self) -> bool:
        """Whether it may take long to read."""
        return self.size > LARGE


class Unstored:
    """What landed and is not stored yet: small pages first, and of the large ones, one a turn."""

    def __init__(self) -> None:
        self._queue: deque[Landed] = deque()
        self._has_read_large = False

    def __len__(self) -> int:
        return len(self._queue)

    def __contains__(self, board: object) -> bool:
        return any(landed.board.id == board for landed in self._queue)

    def begin_turn(self) -> None:
        """Allow another large page."""
        self._has_read_large = False

    def add(self, results: Iterable[tuple[Board, Fetched]], now: datetime) -> None:
        """Queue the results of fetches."""
        for board, fetched in results:
            self._queue.append(
                Landed(board=board, fetched=fetched, at=now if isinstance(fetched, FetchError) else fetched.observed_at)
            )
        self._queue = deque(sorted(self._queue, key=lambda landed: landed.is_large))

    def store(self, work: Callable[[Landed], bool]) -> bool:
        """Store one after another by `work`, which returns False if it must be tried later. Returns whether a large one is left.

        Raises what `work` raises; after a StoreError the result stays, as `tried`.
        """
        later: list[Landed] = []
        while self._queue:
            landed = self._queue[0]
            if landed.is_large and self._has_read_large and sum(other.size for other in self._queue) <= MAX_WAITING:
                break
            self._has_read_large = self._has_read_large or landed.is_large
            try:
                if not work(landed):
                    later.append(landed)
            except StoreError:
                landed.tried = True
                raise
            self._queue.popleft()
        more = bool(self._queue)
        self._queue.extend(later)
        return more


def is_kept(landed: Landed, archive: Archive) -> bool:
    """Whether the archive has what landed, or a newer state of the board from another process."""
    newest = archive.newest(landed.board.id)
    if newest is None or newest < landed.at:
        return False
    if not isinstance(landed.fetched, Capture):
        return True
    last = archive.last(landed.board.id)
    return last is not None and last.sha256 == tuple(hashlib.sha256(body).hexdigest() for body in landed.fetched.bodies)
