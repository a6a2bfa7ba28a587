"""When a board is due to be fetched, and which keys it lacks."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker import cadence
from tracker.model import Board, BoardState
from tracker.ports import Environment, Store


def missing_keys(board: Board, environment: Environment) -> tuple[str, ...]:
    """Names of the secrets that the board's requests need and the environment lacks."""
    named = [part.partition("}")[0] for text in board.asked_with() for part in text.split("${")[1:]]
    return tuple(dict.fromkeys(name for name in named if not environment.get(name)))


TRY_AGAIN = timedelta(minutes=5)
LONGEST_TRY = timedelta(hours=2)
"""After a passing fault, the board is tried again after five minutes, then after twice as long each time, up to two hours."""
SLOWED_BY = timedelta(minutes=15)
MOST_SLOWED = timedelta(days=1)
"""A board that is refused or cannot be read keeps its cadence, but from the second failure on it skips the times within half an
hour, then within an hour … up to a day."""
CLOCK_BACK = timedelta(days=1)
"""A last check that is less than this in the future means that the clock was put back: wait for it. If it is more, the board
keeps its cadence, from the notice of its last fetch on."""

CLOCK_PROVEN = timedelta(minutes=15)
"""A capture that is set aside as long after the one before it waits for a fetch this much later."""


def due_at(board: Board, store: Store, now: datetime) -> datetime:
    """When a board must be fetched next, by its last check, its cadence and its failures; `now` if it was never read.

    Source: docs/decisions/0016-when-a-board-is-due.md
    """
    last = store.last_check(board.id)
    if last is None:
        return cadence.in_quiet(board.quiet, board.time_zone, now) or now
    past, notices = store.past(board.id), store.service.notices()
    noticed = next((notice.since for notice in notices if (notice.kind, notice.subject) == ("clock", board.id)), None)
    if last.observed_at - now > CLOCK_BACK:
        return now if noticed is None or noticed > now else _due_after(board, past, noticed)
    if last.observed_at > now:
        return last.observed_at
    due = _due_after(board, past, last.observed_at)
    return due if noticed is None or noticed > now else max(due, noticed + CLOCK_PROVEN)


def _due_after(board: Board, past: BoardState, last: datetime) -> datetime:
    doubled = 2 ** min(past.failures - 1, 16) if past.failures else 0
    if past.failures and past.passing:
        again = last + min(TRY_AGAIN * doubled, LONGEST_TRY)
        return cadence.in_quiet(board.quiet, board.time_zone, again) or again
    slowed = min(SLOWED_BY * doubled, MOST_SLOWED) - timedelta(seconds=1) if doubled > 1 else timedelta(0)
    return cadence.next_due(board, last + slowed)
