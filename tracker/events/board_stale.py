"""A board has shown the same content for longer than usual: that is silence, not stability."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from tracker.events.kind import BoardTrouble, EventKind
from tracker.events.making import build, whole_page
from tracker.model import Board, BoardState, Event, Sha256
from tracker.wording import span

RULE = "board_stale/1"
Grade = StrEnum("Grade", "STALE")
_RHYTHM_KNOWN_AFTER = 5
_TIMES_THE_LONGEST_PAUSE = 3
_LEAST = timedelta(days=3)


def detect(board: Board, past: BoardState, *, observed_at: datetime, url: str, sha256: tuple[Sha256, ...]) -> Iterator[Event]:
    """One event when readings have shown nothing new for too long; `board_recovered` ends it."""
    limit = rhythm(board, past)
    if past.stale_since is not None or limit is None or not past.changed_at or observed_at - past.changed_at[-1] <= limit:
        return
    since = past.changed_at[-1]
    yield build(
        board=board.id,
        recorded_at=observed_at,
        digests=("", "+".join(sha256)),
        rule=RULE,
        grade=Grade.STALE,
        weight=45,
        is_news=True,
        headline=f"{board.title} has not changed for {span(observed_at - since)}, longer than usual ({span(limit)}).",
        facts={"since": since.isoformat(), "limit_s": int(limit.total_seconds())},
        evidence=whole_page(sha256, url, observed_at),
        after=since,
        until=observed_at,
    )


def rhythm(board: Board, past: BoardState) -> timedelta | None:
    """How long the same content is believable: as declared, or three times the longest of the last pauses, once known."""
    if board.contract.stale_after_s is not None:
        return timedelta(seconds=board.contract.stale_after_s)
    if len(past.changed_at) < _RHYTHM_KNOWN_AFTER:
        return None
    return max(_LEAST, _TIMES_THE_LONGEST_PAUSE * max(later - earlier for earlier, later in pairwise(past.changed_at)))


KIND = EventKind(RULE, tuple(Grade), trouble=BoardTrouble(shared={Grade.STALE: "have not changed for longer than usual"}))
