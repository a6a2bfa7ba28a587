"""Decisions of an operator, and whether recorded events follow from the bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from tracker.errors import DeclarationError
from tracker.line.fold import steps
from tracker.line.sync import Desk, Outcome, Telling, sync_leased
from tracker.model import Board, BoardState, Event, IndexLine, Result, Verdict
from tracker.model.names import Lexicon
from tracker.ports import Archive, Store
from tracker.wording import machine_time

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
    lexicon: Lexicon,
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
            f"{board.id}: {state} at {machine_time(at)}; expected one that is {expected} (tracker quarantine list)"
        )
    line = IndexLine(observed_at=at, url=found.url, verdict=verdict, sha256=found.sha256, by=by, reason=reason)
    with archive.lease(board.id):
        archive.note(board.id, line)
        return sync_leased(board, Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether an event follows from the stored bytes. `differences` says what does not, one line each.

    `reworded` says what another version of the tracker words or weighs in another way: the event is the same.
    """

    event: Event
    differences: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the bytes say what the event says."""
        return not self.differences


def verify(events: Sequence[Event], board: Board, archive: Archive, lexicon: Lexicon) -> tuple[Verification, ...]:
    """Derive a board's history anew from the stored bytes and compare these events with it. Raises StoreError for damaged bytes."""
    lines, _ = archive.index(board.id)
    every = steps(board, lines, archive, before=None, past=BoardState(), lexicon=lexicon)
    found = {event.id: event for step in every for event in step.events}
    return tuple(_verified(event, found.get(event.id)) for event in events)


_WORDING = ("headline", "weight")
_WORDED_FACTS = ("message", "why")
"""Facts that quote an error or a reason of the tracker: sentences of ours."""


def _verified(event: Event, derived: Event | None) -> Verification:
    if derived is None:
        why = f"the stored bytes and the present declaration do not give this {event.kind}"
        return Verification(event=event, differences=(why,))
    recorded, now = _said(event), _said(derived)
    differences = {
        name: f"{name}: recorded {value!r}, derived {now[name]!r}" for name, value in recorded.items() if value != now[name]
    }
    return Verification(
        event=event,
        differences=tuple(line for name, line in differences.items() if name not in (*_WORDING, *_WORDED_FACTS)),
        reworded=tuple(line for name, line in differences.items() if name in (*_WORDING, *_WORDED_FACTS)),
    )


def _said(event: Event) -> dict[str, object]:
    """What an event says, by field; the worded facts apart from the others."""
    said = {field.name: getattr(event, field.name) for field in fields(Event)}
    worded = {name: event.facts.get(name) for name in _WORDED_FACTS}
    return said | worded | {"facts": {name: value for name, value in event.facts.items() if name not in worded}}
