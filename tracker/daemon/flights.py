"""Fetches under way: one thread each, a maximum number, one per host, and none beyond its deadline."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field

from msgspec import Struct

from tracker.errors import FetchError, Transient
from tracker.fetch import as_failure
from tracker.model import Board, BoardId, Capture, Unchanged

Fetched = Capture | Unchanged | FetchError
Start = Callable[[Callable[[], None]], None]
"""Runs a function beside the caller (a thread), or at once (a simulation)."""


def in_a_thread(work: Callable[[], None]) -> None:
    """Start a thread that does not keep the process alive."""
    threading.Thread(target=work, name="fetch", daemon=True).start()


class _Flight(Struct, frozen=True, kw_only=True):
    board: Board
    host: str
    until: float


@dataclass(slots=True)
class InFlight:
    """Starts fetches and collects their results, in the caller's thread.

    Whatever `fetch` raises is a result. `monotonic` is in seconds. A fetch that exceeds its deadline counts as failed and
    frees its place; its later result is dropped.
    """

    fetch: Callable[[Board], Fetched]
    _: KW_ONLY
    parallel: int
    deadline_s: float
    monotonic: Callable[[], float]
    begin: Start = in_a_thread
    wake: Callable[[], None] = lambda: None
    _out: dict[BoardId, _Flight] = field(default_factory=dict, init=False)
    _down: queue.SimpleQueue[tuple[_Flight, Fetched]] = field(default_factory=queue.SimpleQueue, init=False)

    def __contains__(self, board: object) -> bool:
        return board in self._out

    def __len__(self) -> int:
        return len(self._out)

    def may_start(self, host: str) -> bool:
        """Whether a place is free, and no fetch from that host is under way."""
        return len(self._out) < self.parallel and all(flight.host != host for flight in self._out.values())

    def start(self, board: Board, host: str) -> None:
        """Begin a fetch."""
        flight = _Flight(board=board, host=host, until=self.monotonic() + self.deadline_s)
        self._out[board.id] = flight

        def fly() -> None:
            self._down.put((flight, self._fetched(board)))
            self.wake()

        try:
            self.begin(fly)
        except RuntimeError as error:  # no memory for another thread
            self._down.put((flight, Transient(f"{board.id}: not asked: {error}; expected memory for another thread")))

    def _fetched(self, board: Board) -> Fetched:
        try:
            return self.fetch(board)
        except Exception as error:  # noqa: BLE001  # a defect too is one board's trouble
            return as_failure(board, error)

    def landed(self) -> list[tuple[Board, Fetched]]:
        """The results since the last call, and an error for each fetch that now exceeds its deadline."""
        landed: list[tuple[Board, Fetched]] = []
        while not self._down.empty():
            flight, result = self._down.get()
            if self._out.get(flight.board.id) is flight:  # otherwise it had exceeded its deadline
                landed.append((flight.board, result))
                del self._out[flight.board.id]
        now = self.monotonic()
        for board in [flight.board for flight in self._out.values() if now >= flight.until]:
            limit = f"{self.deadline_s:g} s; expected an answer by then (tracker daemon --deadline)"
            landed.append((board, Transient(f"{board.id}: cut off after {limit}")))
            del self._out[board.id]
        return landed
