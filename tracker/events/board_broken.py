"""A board cannot be read: reported once, when it starts; nothing happened to its models.

Source: docs/decisions/0010-no-such-host.md
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum

from tracker.events.kind import BoardTrouble, EventKind
from tracker.events.making import build, whole_page
from tracker.model import Board, BoardState, Event, Failure, FailureStage
from tracker.wording import span

RULE = "board_broken/2"
Grade = StrEnum("Grade", "UNREACHABLE FETCH PAGE PARSE CONTRACT QUARANTINE")
UNREACHABLE_AFTER = timedelta(hours=6)
UNREACHABLE_TRIES = 3
"""A passing fault (a timeout, a 5xx) breaks a board after this time and this number of tries: nightly maintenance is not news."""
_REASONS = {
    FailureStage.FETCH: "could not be fetched",
    FailureStage.PAGE: "returned something other than a leaderboard",
    FailureStage.PARSE: "returned data that could not be read as its table",
    FailureStage.CONTRACT: "shows a table that is not credible",
    FailureStage.QUARANTINE: "is in quarantine",
}


def detect(board: Board, failure: Failure, past: BoardState) -> Iterator[Event]:
    """One event until the board can be read again. A passing fault breaks it only if it lasts; until then the board is late."""
    if past.broken_since is not None or not breaks(failure, past):
        return
    why = _REASONS[failure.trouble] + (f": {failure.doubt}" if failure.doubt else "")
    if failure.passing and past.failing_since is not None:
        why = f"could not be reached for {span(failure.observed_at - past.failing_since)}"
    kept = "the last accepted state remains in use" + ("" if failure.doubt else " until the page is readable again")
    state = kept if past.changed_at else "no reading has been accepted yet"
    yield build(
        board=board.id,
        recorded_at=failure.observed_at,
        digests=("", "+".join(failure.sha256)),
        rule=RULE,
        grade=Grade.UNREACHABLE if failure.passing else failure.trouble.value,
        weight=85,
        is_news=True,
        headline=f"{board.title} {why}; {state}.",
        facts={"error": failure.error, "message": failure.message, "failures": past.failures + 1},
        evidence=whole_page(failure.sha256, failure.url, failure.observed_at),
        after=past.changed_at[-1] if past.changed_at else None,
        until=failure.observed_at,
    )


def breaks(failure: Failure, past: BoardState) -> bool:
    """Whether the failure breaks the board: at once, or, if it is a passing fault, when it lasts."""
    if not failure.passing:
        return True
    lasted = failure.observed_at - past.failing_since if past.failing_since else timedelta(0)
    return past.failures + 1 >= UNREACHABLE_TRIES and lasted >= UNREACHABLE_AFTER


KIND = EventKind(
    RULE, tuple(Grade), trouble=BoardTrouble(shared=dict.fromkeys(Grade, "cannot be read"), slow=frozenset((Grade.UNREACHABLE,)))
)
