"""The order in which the record gained and lost events, so that a client can ask for what it has not seen yet.

A replay that finds the same events again adds nothing. Each row is chained to those before it: a cursor names a row and its
chain, so that one of another store, or of a copy that went another way, is recognised.

Source: docs/decisions/0068-sql-and-cursors.md
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from tracker.errors import DeclarationError
from tracker.model import BoardId, EventId

TABLE = """
CREATE TABLE changes (
  position INTEGER PRIMARY KEY,
  event TEXT NOT NULL,
  withdrawn INTEGER NOT NULL,
  chain INTEGER NOT NULL
)
"""
_CURSOR = re.compile(r"([0-9]{1,18})-([0-9a-f]{1,16})")
_LIVE = "SELECT event FROM changes GROUP BY event HAVING NOT withdrawn AND max(position)"
"""Events that were not withdrawn since. Of the row with the largest position, by SQLite's rule for a bare column beside max()."""


_AFTER = """
SELECT event, withdrawn, position, chain,
  (SELECT min(position) FROM changes n WHERE n.event = c.event AND n.position > c.position)
FROM changes c WHERE position > ? ORDER BY position
"""
"""The rows after a position, each with the position of the next row of its event."""


class LogEntry(NamedTuple):
    """A row of the log, and the cursor of a client that has got everything up to it."""

    event: EventId
    withdrawn: bool
    cursor: str


def _net(rows: Iterable[tuple[EventId, bool]]) -> list[tuple[EventId, bool]]:
    """The last row of each event, unless it leaves what was before the first; gained and withdrawn take turns."""
    first: dict[EventId, bool] = {}
    last: dict[EventId, bool] = {}
    for event, withdrawn in rows:
        first.setdefault(event, withdrawn)
        last.pop(event, None)
        last[event] = withdrawn
    return [(event, withdrawn) for event, withdrawn in last.items() if withdrawn == first[event]]


class ChangeLog:
    """The log of a store; it is written in the transactions of the store."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._run = connection.execute

    def add(self, events: Iterable[EventId], *, withdrawn: bool = False) -> None:
        """Note new events, or withdrawn ones, in that order."""
        position, chain = self._run("SELECT position, chain FROM changes ORDER BY position DESC LIMIT 1").fetchone() or (0, 0)
        for position, event in enumerate(events, position + 1):  # noqa: B020  # it goes on from the last
            chain = int.from_bytes(hashlib.sha256(f"{chain} {event} {withdrawn:d}".encode()).digest()[:7])
            self._run("INSERT INTO changes VALUES (?, ?, ?, ?)", (position, event, withdrawn, chain))

    def rewritten(self, board: BoardId) -> None:
        """Note what differs after a board's history was rewritten; its former events are in `withdrawn` by now."""
        lost = f"SELECT event FROM withdrawn WHERE board = ? AND event IN ({_LIVE}) ORDER BY event"  # noqa: S608  # our own words
        self.add([event for (event,) in self._run(lost, (board,)).fetchall()], withdrawn=True)
        new = f"SELECT event FROM _events WHERE board = ? AND event NOT IN ({_LIVE}) ORDER BY recorded_at, place"  # noqa: S608  # as above
        self.add([event for (event,) in self._run(new, (board,)).fetchall()])

    def after(self, cursor: str, most: int) -> list[LogEntry]:
        """What a client with this cursor ("": none yet) has to know, in order: at most `most` rows.

        An event that came and went since, or went and came back, is left out: its rows are never given apart, even if there are
        more than `most`. Only after the last of them the cursor moves on.

        Raises:
            DeclarationError: it is not a cursor, or not one of this store.
        """
        position = self._position(cursor) if cursor else 0
        found: list[LogEntry] = []
        together: list[tuple[EventId, bool]] = []
        end = 0
        for event, withdrawn, place, chain, following in self._run(_AFTER, (position,)):
            together.append((event, bool(withdrawn)))
            end = max(end, following or 0)
            if place < end:
                continue
            news, after = _net(together), f"{place}-{chain:x}"
            if found and len(found) + len(news) > most:
                break
            found += [LogEntry(*row, cursor=after if row == news[-1] else cursor) for row in news]
            together, cursor = [], after if news else cursor
            if len(found) >= most:
                break
        return found

    def _position(self, cursor: str) -> int:
        match = _CURSOR.fullmatch(cursor)
        if match is None:
            raise DeclarationError(f'cursor "{cursor}" is not one; expected what an earlier answer gave')
        row = self._run("SELECT chain FROM changes WHERE position = ?", (int(match[1]),)).fetchone()
        if row is None or row[0] != int(match[2], 16):
            problem = "this store has another past: it was rebuilt or restored, or is another"
            raise DeclarationError(f'cursor "{cursor}": {problem}; expected a cursor of this store (to read all again: none)')
        return int(match[1])
