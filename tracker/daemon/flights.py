"""Fetches under way: a thread each, no more than so many, one per host, and none for longer than its deadline."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tracker.errors import FetchError, TrackerError, Transient
from tracker.model import Board, BoardId, Capture, Unchanged

Fetched = Capture | Unchanged | FetchError
Start = Callable[[Callable[[], None]], None]
"""Runs a function beside the caller (a thread), or at once (a simulation)."""

log = logging.getLogger("tracker.daemon")


def in_a_thread(work: Callable[[], None]) -> None:
    """Start a thread that does not keep the process alive."""
    threading.Thread(target=work, name="fetch", daemon=True).start()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flight:
    board: Board
    host: str
    until: float


class InFlight:
    """Starts fetches and collects what came of them, always in the caller's thread.

    Whatever `fetch` raises is an answer. `monotonic` is in seconds.
    A fetch that is still out at its deadline counts as failed and frees its place; what it may bring later is thrown away.
    """

    def __init__(
        self,
        fetch: Callable[[Board], Fetched],
        *,
        parallel: int,
        deadline_s: float,
        monotonic: Callable[[], float],
        start: Start = in_a_thread,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._fetch = fetch
        self._parallel = parallel
        self._deadline_s = deadline_s
        self._monotonic = monotonic
        self._start = start
        self._wake = wake
        self._out: dict[BoardId, _Flight] = {}
        self._down: queue.SimpleQueue[tuple[_Flight, Fetched]] = queue.SimpleQueue()

    def __contains__(self, board: object) -> bool:
        return board in self._out

    def __len__(self) -> int:
        return len(self._out)

    def may_start(self, host: str) -> bool:
        """Whether a place is free, and nobody asks that host."""
        return len(self._out) < self._parallel and all(one.host != host for one in self._out.values())

    def start(self, board: Board, host: str) -> None:
        """Begin to fetch a board."""
        flight = _Flight(board=board, host=host, until=self._monotonic() + self._deadline_s)
        self._out[board.id] = flight
        self._start(lambda: self._fly(flight))

    def _fly(self, flight: _Flight) -> None:
        self._down.put((flight, self._fetched(flight.board)))
        self._wake()

    def _fetched(self, board: Board) -> Fetched:
        """What came of a fetch. A fault that is none of the publisher's is told in the board's record, and asked again like any other."""
        try:
            return self._fetch(board)
        except FetchError as error:
            return error
        except TrackerError as error:  # hosts cannot be noted, say: the disk is full
            return Transient(f"{board.id}: not asked: {error}")
        except Exception as error:
            log.exception("fetch failed for our own sake", extra={"board": board.id})
            return Transient(f"{board.id}: {type(error).__name__} of the tracker's own: {error}; expected a fetch; see the log")

    def landed(self) -> list[tuple[Board, Fetched]]:
        """What has come in since the last call, and what is cut off now."""
        found: list[tuple[Board, Fetched]] = []
        while not self._down.empty():
            flight, result = self._down.get()
            if self._out.get(flight.board.id) is flight:  # else it was cut off before
                del self._out[flight.board.id]
                found.append((flight.board, result))
        return found + [(board, self._cut_off(board)) for board in self._overdue()]

    def _overdue(self) -> list[Board]:
        now = self._monotonic()
        late = [flight.board for flight in self._out.values() if now >= flight.until]
        for board in late:
            del self._out[board.id]
        return late

    def _cut_off(self, board: Board) -> Transient:
        return Transient(
            f"{board.id}: cut off after {self._deadline_s:g} s; expected an answer by then (tracker daemon --deadline)"
        )
