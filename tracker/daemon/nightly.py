"""Reads a part of the archive each night, in a thread of its own: damage is noticed while copies of the bytes still exist."""

from __future__ import annotations

import logging
import queue
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from tracker.daemon.flights import Start, in_a_thread
from tracker.daemon.notices import Notices
from tracker.errors import TrackerError
from tracker.model import BoardId

FROM_HOUR = 2
"""UTC; a daemon that starts later in the day checks at once."""
NIGHTS = 7
"""Each board's turn comes once in this many nights."""

log = logging.getLogger("tracker.daemon")


@dataclass(slots=True, kw_only=True)
class NightlyCheck:
    """Call `turn` with each turn of the loop. `boards` lists those of the archive, `check` the problems of one of them."""

    boards: Callable[[], Sequence[BoardId]] = tuple
    check: Callable[[BoardId], Sequence[str]] = lambda _: ()
    begin: Start = in_a_thread
    _checked_on: date | None = field(default=None, init=False)
    _found: queue.SimpleQueue[tuple[BoardId, Sequence[str]]] = field(default_factory=queue.SimpleQueue, init=False)

    def turn(self, notices: Notices, now: datetime) -> None:
        """Begin the night's check when it is time, and open or close a notice for each board that was checked since."""
        if now.hour >= FROM_HOUR and now.date() != self._checked_on:
            self._checked_on = now.date()
            tonight = [board for board in self.boards() if zlib.crc32(board.encode()) % NIGHTS == now.toordinal() % NIGHTS]
            if tonight:
                self.begin(lambda: self._work(tonight))
        while not self._found.empty():
            board, problems = self._found.get()
            if problems:
                more = f" (and {len(problems) - 1} more: tracker verify --board {board})" if len(problems) > 1 else ""
                notices.open("archive", board, f"{problems[0]}{more}", now)
            else:
                notices.close("archive", board, now)

    def _work(self, boards: Sequence[BoardId]) -> None:
        for board in boards:
            try:
                self._found.put((board, self.check(board)))
            except TrackerError as error:
                self._found.put((board, (str(error),)))
            except Exception:
                log.exception("nightly check failed by a bug", extra={"board": board})
        log.info("archive checked", extra={"boards": len(boards)})
