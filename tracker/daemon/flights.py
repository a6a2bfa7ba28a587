"""Fetches under way: a thread each, no more than so many, one per host, and none for longer than its deadline."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tracker.errors import FetchError, Transient
from tracker.model import Board, BoardId, Capture, Unchanged

Fetched = Capture | Unchanged | FetchError
Start = Callable[[Callable[[], None]], None]
"""Runs a function beside the caller (a thread), or at once (a simulation)."""


def in_a_thread(work: Callable[[], None]) -> None:
    """Start a thread that does not keep the process alive."""
    threading.Thread(target=work, name="fetch", daemon=True).start()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flight:
    board: Board
    host: str
    until: float


class Flights:
    """Starts fetches and collects what came of them, always in the caller's thread.

    `fetch` may raise anything: a FetchError is an answer, any other rises from `landed`. `monotonic` is in seconds.
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
        self._down: queue.SimpleQueue[tuple[_Flight, Fetched | BaseException]] = queue.SimpleQueue()

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
        try:
            result: Fetched | BaseException = self._fetch(flight.board)
        except BaseException as error:  # noqa: BLE001  # it rises where it can be answered
            result = error
        self._down.put((flight, result))
        self._wake()

    def landed(self) -> list[tuple[Board, Fetched]]:
        """What has come in since the last call, and what is cut off now.

        Raises:
            Whatever a fetch raised that was no FetchError; its flight has ended, the others are kept for the next call.
        """
        found: list[tuple[Board, Fetched]] = []
        while not self._down.empty():
            flight, result = self._down.get()
            if self._out.get(flight.board.id) is not flight:  # it was cut off before
                continue
            del self._out[flight.board.id]
            if isinstance(result, BaseException) and not isinstance(result, FetchError):
                self._return(found)
                raise result
            found.append((flight.board, result))
        return found + [(board, self._cut_off(board)) for board in self._overdue()]

    def _return(self, found: list[tuple[Board, Fetched]]) -> None:
        for board, result in found:
            flight = self._out[board.id] = _Flight(board=board, host="", until=float("inf"))
            self._down.put((flight, result))

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
