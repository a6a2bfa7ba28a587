"""Decisions of an operator, and whether recorded events follow from the bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from tracker.errors import DeclarationError
from tracker.lexicon import Lexicon
from tracker.line.fold import steps
from tracker.line.sync import Outcome, Telling, _Desk, _settle
from tracker.model import Board, Event, IndexLine, Past, Result, Verdict
from tracker.ports import Archive, Store

# ── decisions and proof ──────────────────────────────────────────────────────────────────────────


def decide(
    board: Board,
    at: datetime,
    verdict: Verdict,
    *,
    by: str,
    reason: str,
    archive: Archive,
    store: Store,
    lexicon: Lexicon | None = None,
    telling: Telling | None = None,
) -> Outcome:
    """Accept a quarantined reading, or reject an accepted one; the history becomes what it would have been.

    Raises:
        DeclarationError: there is no such reading, or the decision does not apply to it.
    """
    found = next((check for check in store.checks(board.id) if check.observed_at == at), None)
    allowed = {Verdict.ACCEPT: (Result.QUARANTINED, Result.REJECTED), Verdict.REJECT: (Result.QUARANTINED, Result.ACCEPTED)}[
        verdict
    ]
    if found is None or found.result not in allowed:
        state = "no reading" if found is None else f"a reading that is {found.result}"
        expected = " or ".join(allowed)
        raise DeclarationError(
            f"{board.id}: {state} at {at.isoformat()}; expected one that is {expected} (tracker quarantine list)"
        )
    line = IndexLine(observed_at=at, url=found.url, verdict=verdict, sha256=found.sha256, by=by, reason=reason)
    with archive.lease(board.id):
        archive.note(board.id, line)
        return _settle(board, _Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether an event follows from the stored bytes; `differences` says what does not, one line each."""

    event: Event
    differences: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the bytes say what the event says."""
        return not self.differences


def verify(events: Sequence[Event], board: Board, archive: Archive, lexicon: Lexicon | None = None) -> tuple[Verification, ...]:
    """Derive a board's history anew from the stored bytes and compare these events with it. Raises StoreError for damaged bytes."""
    lines, _ = archive.index(board.id)
    every = steps(board, lines, archive, before=None, past=Past(), lexicon=lexicon)
    found = {event.id: event for step in every for event in step.events}
    return tuple(Verification(event=event, differences=_differences(event, found.get(event.id))) for event in events)


def _differences(event: Event, derived: Event | None) -> tuple[str, ...]:
    if derived is None:
        return (f"the stored bytes and the present declaration do not give this {event.kind}",)
    return tuple(
        f"{name}: recorded {getattr(event, name)!r}, derived {getattr(derived, name)!r}"
        for name in (field.name for field in fields(Event))
        if getattr(event, name) != getattr(derived, name)
    )
