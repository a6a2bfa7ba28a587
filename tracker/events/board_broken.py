"""A board cannot be read: told once when it starts; nothing happened to its models."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.events._event import build
from tracker.model import Board, Event, Evidence, Failure, Past, Trouble

RULE = "board_broken/1"


def detect(board: Board, failure: Failure, past: Past) -> Iterator[Event]:
    """One event until the board reads again. A passing fault (`transient`) makes a board late, not broken."""
    if past.broken_since is not None or failure.passing:
        return
    why = {
        Trouble.FETCH: "could not be fetched",
        Trouble.PAGE: "answered with something that is no leaderboard",
        Trouble.PARSE: "has another shape than declared",
        Trouble.CONTRACT: "shows a table that is not credible",
        Trouble.QUARANTINE: "differs too much from the last accepted snapshot",
    }[failure.trouble]
    yield build(
        board=board.id,
        recorded_at=failure.observed_at,
        digests=("", "+".join(failure.sha256)),
        rule=RULE,
        grade=failure.trouble.value,
        weight=85,
        told=True,
        headline=f"{board.title} {why}; {'its last accepted state stands until it reads again' if past.changed_at else 'nothing of it was accepted yet'}.",
        facts={"error": failure.error, "message": failure.message},
        evidence=tuple(Evidence(sha256=sha256, url=failure.url, observed_at=failure.observed_at) for sha256 in failure.sha256),
        after=past.changed_at[-1] if past.changed_at else None,
        until=failure.observed_at,
    )
