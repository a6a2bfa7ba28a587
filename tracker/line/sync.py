"""Brings the store up to date with the archive, step by step or by rewriting a board's history."""

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
from tracker.watches.keeping import fire
from tracker.watches.matching import Watch

_HOW_IT_IS_READ = ("parse", "key", "name", "rank", "attributes", "metrics", "contract", "payloads")
_NEWS_FOR = timedelta(days=7)
"""A replay reports only events recorded within this time before the newest reading; older ones are not news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one board: the stored checks, their events, and the error, if the last one failed.

    `took`: the seconds of each activity (`read`, `detect`, `store`).
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
    """The routes and watches that get the events. A route gets only events recorded after its `since`."""

    routes: tuple[Route, ...] = ()
    watches: tuple[Watch, ...] = ()
    since: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, routes: Sequence[Route], watches: Sequence[Watch], store: Store, now: datetime) -> Telling:
        """These routes, each from now on, or from when the store first knew of it."""
        since = {route.name: store.service.route_since(route.name, now) for route in routes}
        return cls(routes=tuple(routes), watches=tuple(watches), since=since)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a sync needs besides the board."""

    archive: Archive
    store: Store
    lexicon: Lexicon
    telling: Telling | None = None


def sync_board(board: Board, archive: Archive, store: Store, lexicon: Lexicon, telling: Telling | None = None) -> Outcome:
    """Store the captures of a board that the archive has and the store lacks, oldest first.

    Lines older than the stored ones, decisions, and a declaration that reads bodies differently change later steps: then the
    board's history is rewritten from the archive, in one transaction.
    """
    with archive.lease(board.id):
        return sync_leased(board, Desk(archive=archive, store=store, lexicon=lexicon, telling=telling))


def sync_leased(board: Board, desk: Desk) -> Outcome:
    """`sync_board` for a caller that already holds the board's lease."""
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
    """Whether two declarations derive the same history from the same bodies, whatever their addresses, cadence and title."""
    if before is None:
        return False
    return all(getattr(board, name) == getattr(before, name) for name in _HOW_IT_IS_READ)


def _rewrites(line: IndexLine, stored: Check | None, last: Check) -> bool:
    """Whether a line changes the stored history: a decision, an older state, or a body where only a failure was known."""
    if line.verdict in DECISIONS:
        return True
    if stored is None:
        return line.observed_at <= last.observed_at
    return line.verdict in CONTENT and (line.sha256, line.status) != (stored.sha256, stored.status)


def replay(board: Board, archive: Archive, store: Store, lexicon: Lexicon, telling: Telling | None = None) -> Outcome:
    """Rewrite a board's history from the archive and its declaration, in one transaction.

    Events that were sent and no longer follow are corrected on their routes.
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
            wrong = "held readings agree with one that the archive's index does not list"
            raise StoreError(f"{board.id}: {wrong}; the history is unchanged")
        store.move_position(board.id, end)
        if newest is not None:
            store.service.post(corrections(((event, route) for event, route in sent if store.event(event.id) is None), newest))
    return outcome


def _sent(board: Board, desk: Desk, newest: datetime | None) -> list[tuple[Event, str]]:
    """The events of a board that were recently sent, with their routes, as far as these are still enabled."""
    if desk.telling is None or newest is None:
        return []
    store, since = desk.store, newest - CORRECTED_FOR
    routes = [route.name for route in desk.telling.routes if route.enabled]
    receipts = (receipt for route in routes for receipt in store.service.receipts(route, since=since))
    sent = [(store.event(receipt.event), receipt.route) for receipt in receipts if receipt.how is DeliveryOutcome.SENT]
    return [(event, route) for event, route in sent if event is not None and event.board == board.id]


def _store(board: Board, lines: Sequence[IndexLine], desk: Desk) -> Outcome | None:
    """Store the steps of the lines; None at a reading that stored suspects agree with, since that changes earlier history."""
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
        for activity, seconds in {**step.took, "store": time.perf_counter() - started}.items():
            took[activity] = took.get(activity, 0.0) + seconds
    return Outcome(board=board.id, checks=tuple(checks), events=tuple(events), took=took)


def _deliveries(  # noqa: PLR0917  # one step of a fold
    board: Board, step: Step, past: BoardState, holds: Mapping[str, str], desk: Desk, news_since: datetime
) -> tuple[Sequence[Delivery], Mapping[str, str]]:
    """The deliveries of a step, and the holds of the watches after it; none without `telling`, so that watches begin later."""
    telling = desk.telling
    if telling is None:
        return (), {}
    fired = fire(telling.watches, board, step, past, holds, desk.lexicon)
    since = {name: max(at, news_since) for name, at in telling.since.items()}
    events = (*step.events, *fired.events)
    return deliveries(telling.routes, events, fired.names, queued_at=step.check.observed_at, since=since), fired.holds
