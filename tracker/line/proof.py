"""Applies an operator's decisions, and verifies that recorded events follow from the bytes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from tracker.errors import DeclarationError
from tracker.line import dates
from tracker.line.apart import read_line
from tracker.line.fold import fetches_of, steps
from tracker.line.sync import Desk, Outcome, Telling, sync_leased
from tracker.model import Board, BoardId, BoardState, Event, IndexLine, Result, Sha256, Verdict, kept_and_pruned
from tracker.model.names import Lexicon
from tracker.ports import Archive, Store
from tracker.wording import machine_time

_OF_A_FETCH = (Verdict.STRIKE, Verdict.RESTORE)


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
    now: datetime | None = None,
) -> Outcome:
    """Accept or reject a reading, or strike or restore a fetch, and derive the history again.

    Raises:
        DeclarationError: there is no such reading or fetch, or the decision does not apply to it.
    """
    url, sha256 = (_fetch if verdict in _OF_A_FETCH else _reading)(board, at, verdict, archive, store)
    line = IndexLine(observed_at=at, url=url, verdict=verdict, sha256=sha256, by=by, reason=reason)
    with archive.lease(board.id):
        archive.note(board.id, line)
        return sync_leased(board, Desk(archive=archive, store=store, lexicon=lexicon, telling=telling, now=now))


def _reading(board: Board, at: datetime, verdict: Verdict, archive: Archive, store: Store) -> tuple[str, tuple[Sha256, ...]]:  # noqa: ARG001
    check = next((check for check in store.checks(board.id) if check.observed_at == at), None)
    allowed = (Result.QUARANTINED, Result.REJECTED if verdict is Verdict.ACCEPT else Result.ACCEPTED)
    if check is None or check.result not in allowed:
        state = "no reading" if check is None else f"a reading that is {check.result}"
        expected = f"expected one that is {' or '.join(allowed)} (tracker quarantine list)"
        raise DeclarationError(f"{board.id}: {state} at {machine_time(at)}; {expected}")
    return check.url, check.sha256


def _fetch(board: Board, at: datetime, verdict: Verdict, archive: Archive, store: Store) -> tuple[str, tuple[Sha256, ...]]:  # noqa: ARG001
    lines = [line for line in archive.index(board.id)[0] if line.observed_at == at]
    counted = [line for line in fetches_of(lines) if line.observed_at == at]
    if not lines or bool(counted) is (verdict is Verdict.RESTORE):
        state = "no fetch" if not lines else "a fetch that counts" if counted else "a fetch that is struck"
        raise DeclarationError(f"{board.id}: {state} at {machine_time(at)}; expected another (tracker capture list {board.id})")
    return lines[0].url, lines[0].sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Whether an event follows from the stored bytes. `differences` are the fields that do not, one line each.

    `reworded` are fields that another version of the tracker words or weighs differently; the event is the same. `pruned`: it was
    only recorded, and cannot be derived from the bodies that `tracker prune` has left.
    """

    event: Event
    differences: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()
    pruned: bool = False

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts the event: it follows from the bytes, unless they are pruned."""
        return not self.differences


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardVerification:
    """Whether a board's record follows from its bytes: each event, and the `differences` of its tables, one line each.

    If the bodies of some fetches were `pruned`, the news and the states of the others are compared.
    """

    board: BoardId
    events: tuple[Verification, ...]
    differences: tuple[str, ...]
    pruned: int = 0

    @property
    def holds(self) -> bool:
        """Whether everything follows from the bytes."""
        return not self.differences and all(event.holds for event in self.events)


def verify(events: Sequence[Event], board: Board, archive: Archive, lexicon: Lexicon) -> tuple[Verification, ...]:
    """Derive a board's history from the stored bytes, and compare the events with it. Raises StoreError for damaged bytes."""
    lines, _ = archive.index(board.id)
    wrong = dates.misdated(lines)
    history = steps(board, lines, archive, before=None, past=BoardState(), misdated=wrong, lexicon=lexicon, read=read_line)
    is_pruned = bool(kept_and_pruned(lines)[1])
    return compared(events, (event for step in history for event in step.events), is_pruned=is_pruned)


def compared(events: Iterable[Event], derived: Iterable[Event], *, is_pruned: bool) -> tuple[Verification, ...]:
    """Each event beside the one of its id that was derived again."""
    by_id = {event.id: event for event in derived}
    verified = (_verified(event, by_id.get(event.id)) for event in events)
    return tuple(
        Verification(event=found.event, pruned=True) if is_pruned and not found.holds and not found.event.is_news else found
        for found in verified
    )


_WORDED_FACTS = ("message", "why")
"""Facts that quote an error or a reason of the tracker."""
_WORDED = ("headline", "weight", *_WORDED_FACTS)


def _verified(event: Event, derived: Event | None) -> Verification:
    if derived is None:
        why = f"the stored bytes and the present declaration do not give this {event.kind}"
        return Verification(event=event, differences=(why,))
    recorded, now = _fields_of(event), _fields_of(derived)
    changed = {
        name: f"{name}: recorded {value!r}, derived {now[name]!r}" for name, value in recorded.items() if value != now[name]
    }
    return Verification(
        event=event,
        differences=tuple(line for name, line in changed.items() if name not in _WORDED),
        reworded=tuple(line for name, line in changed.items() if name in _WORDED),
    )


def _fields_of(event: Event) -> dict[str, object]:
    """The fields of an event, with the worded facts apart from the others."""
    values = {field.name: getattr(event, field.name) for field in fields(Event)}
    worded = {name: event.facts.get(name) for name in _WORDED_FACTS}
    return values | worded | {"facts": {name: value for name, value in event.facts.items() if name not in worded}}
