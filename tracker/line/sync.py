"""Brings the store up to the archive: step by step, or by writing a board's history anew."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker.errors import StoreError, TrackerError
from tracker.line.fold import CONTENT, DECISIONS, steps
from tracker.model import Board, BoardId, BoardState, Check, Delivery, DeliveryOutcome, Event, IndexLine, Result, Step
from tracker.model.names import Lexicon
from tracker.notify import Route, deliveries
from tracker.notify.corrections import CORRECTED_FOR, corrections
from tracker.ports import Archive, Store
from tracker.watches import Watch, fire

_HOW_IT_IS_READ = ("parse", "key", "name", "rank", "attributes", "metrics", "contract", "payloads")
_NEWS_FOR = timedelta(days=7)
"""What a replay finds anew is told only if it was recorded within so long before the newest reading: older is no news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one board: the checks that were stored, the events they brought, and the trouble, if the last one failed.

    `took`: seconds by what was done (`read`, `detect`, `store`).
    """

    board: BoardId
    checks: tuple[Check, ...] = ()
    events: tuple[Event, ...] = ()
    error: TrackerError | None = None
    took: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def failed(self) -> bool:
        """Whether the newest state of the board could not be accepted."""
        last = self.checks[-1].result if self.checks else None
        return self.error is not None or last in (Result.FAILED, Result.UNREADABLE, Result.QUARANTINED, Result.STILL_BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Who is to be told of what: the routes, each with the time since when it is told (older events are not news to it), and the watches."""

    routes: tuple[Route, ...] = ()
    watches: tuple[Watch, ...] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, routes: Sequence[Route], watches: Sequence[Watch], store: Store, now: datetime) -> Telling:
        """What these routes are told from now on, or from when the store first knew of them."""
        since = {route.name: store.service.route_since(route.name, now) for route in routes}
        return cls(routes=tuple(routes), watches=tuple(watches), since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What bringing a board up to date needs besides the board."""

    archive: Archive
    store: Store
    lexicon: Lexicon
    telling: Telling | None = None


# ── bringing history up to the archive ───────────────────────────────────────────────────────────


def sync_board(board: Board, archive: Archive, store: Store, lexicon: Lexicon, telling: Telling | None = None) -> Outcome:
    """Store everything the archive holds of a board and the store does not, oldest first.

    Lines that are older than what is stored, decisions, and another way of reading in the declaration change what came
    after them: then the board's history is written anew from the archive, in one transaction.
    """
    with archive.lease(board.id):
        return sync_leased(board, Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


def sync_leased(board: Board, desk: Desk) -> Outcome:
    """The same for who holds the lease of the board already."""
    store = desk.store
    lines, end = desk.archive.index(board.id, store.position(board.id))
    last = store.last_check(board.id)
    if last is not None:
        if not _read_alike(board, store.declared(board.id)):
            return _replay(board, desk)
        store.declare(board)
    if last is not None and any(line.observed_at <= last.observed_at or line.verdict in DECISIONS for line in lines):
        stored = {check.observed_at: check for check in store.checks(board.id)}
        if any(_rewrites(line, stored.get(line.observed_at), last) for line in lines):
            return _replay(board, desk)
        lines = [line for line in lines if line.observed_at not in stored]
    outcome = _store(board, lines, desk)
    if outcome is None:
        return _replay(board, desk)
    if lines or end != store.position(board.id):
        store.move_position(board.id, end)
    return outcome


def _read_alike(board: Board, before: Board | None) -> bool:
    """Whether two declarations make the same history of the same bodies; addresses, cadence and titles make none."""
    if before is None:
        return False
    return all(getattr(board, name) == getattr(before, name) for name in _HOW_IT_IS_READ)


def _rewrites(line: IndexLine, stored: Check | None, last: Check) -> bool:
    """Whether a line changes what was stored: a decision, an older state, or a body where only a failure was known."""
    if line.verdict in DECISIONS:
        return True
    if stored is None:
        return line.observed_at <= last.observed_at
    return line.verdict in CONTENT and (line.sha256, line.status) != (stored.sha256, stored.status)


def replay(board: Board, archive: Archive, store: Store, lexicon: Lexicon, telling: Telling | None = None) -> Outcome:
    """Write a board's history anew from the archive and its declaration, whole or not at all.

    Events that were told and do not come again are corrected on their routes.
    """
    with archive.lease(board.id):
        return _replay(board, Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


def _replay(board: Board, desk: Desk) -> Outcome:
    store = desk.store
    lines, end = desk.archive.index(board.id)
    newest = max((line.observed_at for line in lines), default=None)
    sent = _sent(board, desk, newest)
    with store.rewriting(board.id):
        outcome = _store(board, lines, desk)
        if outcome is None:
            raise StoreError(
                f"{board.id}: held readings agree with one that the archive's index does not list; the history is as it was"
            )
        store.move_position(board.id, end)
        if newest is not None:
            store.service.post(corrections(((event, route) for event, route in sent if store.event(event.id) is None), newest))
    return outcome


def _sent(board: Board, desk: Desk, newest: datetime | None) -> list[tuple[Event, str]]:
    """What was lately told of a board, and on which of the routes that are told now."""
    if desk.telling is None or newest is None:
        return []
    store, since = desk.store, newest - CORRECTED_FOR
    routes = [route.name for route in desk.telling.routes if route.enabled]
    receipts = [one for route in routes for one in store.service.receipts(route, since=since) if one.how is DeliveryOutcome.SENT]
    found = [(event, one.route) for one in receipts if (event := store.event(one.event)) is not None]
    return [(event, route) for event, route in found if event.board == board.id]


def _store(board: Board, lines: Sequence[IndexLine], desk: Desk) -> Outcome | None:
    """Store what the lines add; None at a reading that several stored in quarantine agree with: then history begins before the lines."""
    if not lines:
        return Outcome(board=board.id)
    store, archive = desk.store, desk.archive
    checks: list[Check] = []
    events: list[Event] = []
    took: dict[str, float] = {}
    store.declare(board)
    before, past, last = store.latest(board.id), store.past(board.id), store.last_check(board.id)
    rejected = last.sha256 if last is not None and last.result is Result.REJECTED else ()
    holds = store.service.holds(board.id) if last is not None else {}
    news_since = max(line.observed_at for line in lines) - _NEWS_FOR
    for step in steps(board, lines, archive, before=before, past=past, rejected=rejected, lexicon=desk.lexicon):
        if step.agreed_since is not None:
            return None
        started = time.perf_counter()
        posted, holds = _deliveries(board, step, past, holds, desk, news_since)
        store.save(step, posted, holds)
        past = step.past
        checks.append(step.check)
        events.extend(step.events)
        for what, seconds in {**step.took, "store": time.perf_counter() - started}.items():
            took[what] = took.get(what, 0.0) + seconds
    return Outcome(board=board.id, checks=tuple(checks), events=tuple(events), took=took)


def _deliveries(  # noqa: PLR0917  # one step of a fold
    board: Board, step: Step, past: BoardState, holds: Mapping[str, str], desk: Desk, news_since: datetime
) -> tuple[Sequence[Delivery], Mapping[str, str]]:
    """What a step has to tell, and what the watches hold after it: nothing where nobody is told, so that they begin anew later."""
    telling = desk.telling
    if telling is None:
        return (), {}
    fired = fire(telling.watches, board, step, past, holds, desk.lexicon)
    since = {name: max(at, news_since) for name, at in telling.since.items()}
    events = (*step.events, *fired.events)
    return deliveries(telling.routes, events, fired.names, queued_at=step.check.observed_at, since=since), fired.holds
