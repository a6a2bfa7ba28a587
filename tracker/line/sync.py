"""Brings the store up to date with the archive, step by step or by rewriting a board's history."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial

from tracker.errors import DeclarationError, Defect, Poisonous, StoreError, TrackerError
from tracker.events import KINDS
from tracker.identity import as_model, resolve_models
from tracker.line import apart, dates, index
from tracker.line.apart import Read, ReadLine, read_line
from tracker.line.fold import CONTENT, DECISIONS, Last, fetches_of, steps
from tracker.model import (
    Begun,
    Board,
    BoardId,
    BoardState,
    Check,
    Delivery,
    DeliveryOutcome,
    Event,
    EventFilter,
    EventId,
    IndexLine,
    Notice,
    Reading,
    Receipt,
    Result,
    Snapshot,
    Step,
    Verdict,
)
from tracker.model.names import Lexicon
from tracker.notify import Route, deliveries
from tracker.notify.routes import CORRECTED_FOR, corrections
from tracker.ports import Archive, Store
from tracker.query.due import CLOCK_BACK
from tracker.watches.keeping import fire
from tracker.watches.matching import Watch
from tracker.wording import machine_time

_HOW_IT_IS_READ = ("parse", "key", "name", "rank", "attributes", "metrics", "contract", "payloads")
NEWS_FOR = timedelta(days=7)
"""A replay reports only events recorded within this time before the newest reading; older ones are not news."""
_NOT_ACCEPTED = (Result.FAILED, Result.UNREADABLE, Result.QUARANTINED, Result.STILL_BROKEN)
CLOCK = "clock"
"""The kind of the notice about captures that are set aside, as of the trouble of a clock that was set back."""
TRIES = 2
"""A capture with which this number of processes ended is left out."""
POISON = "poison"
"""The kind of the notice about a capture that is left out because processes ended with it."""
NOT_APPLIED = "not_applied"
"""The kind of the notice about a changed declaration that is not applied."""
_SENT_MIN = 2
"""A changed declaration that withdraws this many sent events, or fewer, may be a correction of them."""


@cache
def rules() -> str:
    """The versions of all rules by which events are found."""
    return " ".join(sorted(kind.rule for kind in KINDS.values()))


class _LosesHistoryError(DeclarationError):
    """A changed declaration does not read what its predecessor read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """The history that was replaced: the time of its last check, and its events with earlier withdrawn ones.

    `ahead` is the content of the events that a clock that was ahead had dated: with other dates they are not news.
    """

    until: datetime
    events: frozenset[EventId]
    known: frozenset[EventId]
    ahead: frozenset[tuple[str, ...]] = frozenset()
    by_declaration: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The outcome of one board: the stored checks, their events, and the error, if the last one failed.

    `rebuilt`: the earlier history, if it was rewritten; then checks and events are those of the whole history. `refused`: why a
    changed declaration was not applied. `aside`: which captures do not enter history yet, and why; empty if all did. `took`: the
    seconds of each activity (`read`, `detect`, `store`).
    """

    board: BoardId
    checks: tuple[Check, ...] = ()
    events: tuple[Event, ...] = ()
    error: TrackerError | None = None
    rebuilt: Rebuilt | None = None
    refused: DeclarationError | None = None
    aside: str = ""
    took: Mapping[str, float] = field(default_factory=dict, compare=False)

    @property
    def failed(self) -> bool:
        """Whether the newest state of the board could not be accepted."""
        return self.error is not None or (bool(self.checks) and self.checks[-1].result in _NOT_ACCEPTED)

    @property
    def exit_code(self) -> int:
        """The exit code of a command for this board."""
        return self.error.exit_code if self.error is not None else int(self.failed)

    @property
    def new_checks(self) -> tuple[Check, ...]:
        """The checks that the history did not have before."""
        return tuple(check for check in self.checks if self.rebuilt is None or check.observed_at > self.rebuilt.until)

    @property
    def new_events(self) -> tuple[Event, ...]:
        """The events that no history of the board had before."""
        rebuilt = self.rebuilt
        if rebuilt is None:
            return self.events
        return tuple(event for event in self.events if event.id not in rebuilt.known and _content(event) not in rebuilt.ahead)

    @property
    def readings(self) -> int:
        """The number of accepted readings."""
        return sum(check.result is Result.ACCEPTED for check in self.checks)

    @property
    def differing(self) -> int:
        """The number of events in which the rewritten part of the history differs from before."""
        if self.rebuilt is None:
            return 0
        return len(self.rebuilt.events ^ {event.id for event in self.events if event.recorded_at <= self.rebuilt.until})


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
    """Everything that a sync needs besides the board. Without `now`, no capture is too late for history.

    `until`: a rewritten history ends at this byte of the index, up to which it had been read; the next sync reports the rest.
    `attended`: a person runs this and may end the process, so its end says nothing about the capture that it was at.
    """

    archive: Archive
    store: Store
    lexicon: Lexicon
    telling: Telling | None = None
    now: datetime | None = None
    until: int | None = None
    attended: bool = False
    read: Read = apart.read
    read_line: ReadLine = read_line


def sync_board(
    board: Board,
    archive: Archive,
    store: Store,
    lexicon: Lexicon,
    telling: Telling | None = None,
    *,
    now: datetime | None = None,
    attended: bool = False,
    read: Read = apart.read,
) -> Outcome:
    """Store the captures of a board that the archive has and the store lacks, oldest first.

    Lines older than the stored ones, decisions, and a declaration that reads bodies differently change later steps: then the
    board's history is rewritten from the archive, in one transaction. A changed declaration that would lose accepted captures, or
    most of the sent events, is not applied (`Outcome.refused`): the previous one stays in force. Captures whose date is not
    credible at `now` are set aside (`Outcome.aside`).
    """
    with archive.lease(board.id):
        desk = Desk(archive=archive, store=store, lexicon=lexicon, telling=telling, now=now, attended=attended, read=read)
        return sync_leased(board, desk)


def sync_leased(board: Board, desk: Desk) -> Outcome:
    """`sync_board` for a caller that already holds the board's lease."""
    return _noticed(_without_poison(board, desk, _synced), desk)


def _noticed(outcome: Outcome, desk: Desk) -> Outcome:
    """Keep a notice open while captures are set aside, or one since the last fetch while the clock is far behind history."""
    if desk.now is None:
        return outcome
    service, last = desk.store.service, desk.store.last_check(outcome.board)
    message = outcome.aside
    if not message:
        service.close_notice(CLOCK, outcome.board, desk.now)
        if last is not None and last.observed_at - desk.now > CLOCK_BACK:
            message = dates.behind(outcome.board, last.observed_at, desk.now)
    if message:
        service.open_notice(Notice(kind=CLOCK, subject=outcome.board, message=message, since=desk.now))
    return outcome


def _without_poison(board: Board, desk: Desk, work: Callable[[Board, Desk], Outcome]) -> Outcome:
    """Do the work; first reject a capture if processes ended, as if killed, whenever they had begun with it.

    The first time may be a coincidence, so that capture is tried once more, and read in a process of its own. The end of a
    process that a person runs does not count; a defect of the tracker always does. Raises Defect.
    """
    archive, error, is_over = desk.archive, None, True
    begun = archive.begun(board.id)
    if begun is not None and begun.times >= TRIES:
        lines, _, _ = index.all_lines(board.id, archive, desk.store)
        line = next((line for line in lines if line.observed_at == begun.observed_at and line.sha256), None)
        if line is not None:
            reason = f"the tracker ended or failed {begun.times} times while it processed this capture"
            archive.note(board.id, replace(line, verdict=Verdict.REJECT, by="tracker", reason=reason, error=""))
            retry = f"tracker quarantine accept {board.id} {machine_time(line.observed_at)}"
            error = Poisonous(f"{board.id}: {reason}, of {machine_time(line.observed_at)}; left out; to try it again: {retry}")
    try:
        outcome = work(board, replace(desk, read_line=_reader(desk, begun)))
    except (TrackerError, MemoryError):
        raise
    except Exception as defect:
        is_over, met = False, archive.begun(board.id)
        if desk.attended and met is not None:
            archive.begin(board.id, replace(met, times=met.times + 1))
        raise Defect(board.id, defect) from defect
    finally:
        if is_over:
            archive.begin(board.id, None)
    return outcome if error is None else replace(outcome, error=error)


def _reader(desk: Desk, begun: Begun | None) -> ReadLine:
    """Reads a capture after noting that it was begun, and alone if a process ended with it, whether or not that counts."""

    def read(board: Board, line: IndexLine, archive: Archive) -> Reading:
        again = begun is not None and begun.observed_at == line.observed_at
        times = begun.times if begun is not None and again else 0
        archive.begin(board.id, Begun(observed_at=line.observed_at, times=times + (not desk.attended)))
        return read_line(board, line, archive, read=desk.read, alone=again)

    return read


def _synced(board: Board, desk: Desk) -> Outcome:
    if desk.store.last_check(board.id) is None or _read_alike(board, desk.store.declared(board.id)):
        return _sync(board, desk)
    return _apply(board, desk, _sync)


def _apply(board: Board, desk: Desk, otherwise: Callable[[Board, Desk], Outcome]) -> Outcome:
    """Rewrite the history by the declaration. If it changed and loses history, do `otherwise` with the previous one."""
    before = desk.store.declared(board.id)
    if before is None or _read_alike(board, before):
        return _replay(board, desk)
    try:
        return _replay(board, desk, changed=True)
    except _LosesHistoryError as error:
        kept = replace(board, **{name: getattr(before, name) for name in _HOW_IT_IS_READ})
        return replace(otherwise(kept, desk), refused=error)


def _sync(board: Board, desk: Desk) -> Outcome:
    store = desk.store
    lines, piece = index.new_lines(board.id, desk.archive, store)
    last = store.last_check(board.id)
    new = {line.observed_at for line in lines}
    waiting = [line for line in set_aside(board.id, desk.archive, store) if line.observed_at not in new]
    lines = [*waiting, *lines]
    aside = _aside(board, desk, lines, last)
    if aside and not aside.keys().isdisjoint(_times(board.id, store)):
        return _replay(board, desk)
    lines = [line for line in lines if line.observed_at not in aside]
    if last is not None:
        store.declare(board, desk.lexicon, rules())
        store.identify(board, desk.lexicon.version, lambda entry: as_model(entry, board.id, desk.lexicon))
    if last is not None and any(line.observed_at <= last.observed_at or line.verdict in DECISIONS for line in lines):
        stored = {check.observed_at: check for check in store.checks(board.id)}
        if any(_rewrites(line, stored.get(line.observed_at), last) for line in lines):
            return _replay(board, desk)
        lines = [line for line in lines if line.observed_at not in stored]
    if any(line.observed_at not in aside for line in waiting):  # whether their dates were wrong, the whole index tells
        return _replay(board, desk)
    outcome = _store(board, lines, desk)
    if outcome is None:
        return _replay(board, desk)
    if piece:
        store.move_position(board.id, store.position(board.id) + len(piece), piece)
    return replace(outcome, aside=dates.told(board.id, aside)) if aside else outcome


def set_aside(board: BoardId, archive: Archive, store: Store) -> list[IndexLine]:
    """The fetches that are not in history; none unless a notice says that some are set aside."""
    if not any((notice.kind, notice.subject) == (CLOCK, board) for notice in store.service.notices()):
        return []
    known = {*_times(board, store)}
    return [line for line in fetches_of(archive.index(board)[0]) if line.observed_at not in known]


def _aside(board: Board, desk: Desk, lines: Sequence[IndexLine], last: Check | None) -> dict[datetime, str]:
    """Why some captures do not enter history, or no longer, by time; nothing is looked up unless a date is odd."""
    now, times = desk.now, [line.observed_at for line in lines if line.verdict not in DECISIONS]
    times += [] if last is None else [last.observed_at]
    if now is None or not times:
        return {}
    newest = max(times)
    waits = newest > now - dates.PASSED and (last is None or newest - last.observed_at > dates.LONG)
    if newest <= now + dates.SLACK and not waits:
        return {}
    return dates.set_aside(fetches_of(desk.archive.index(board.id)[0]), _times(board.id, desk.store), now)


def is_ahead(board: BoardId, store: Store, now: datetime) -> bool:
    """Whether a clock that was ahead dated the end of the board's history, which the next sync corrects."""
    last = store.last_check(board)
    return last is not None and last.observed_at > now and dates.is_ahead(_times(board, store), now)


def _times(board: BoardId, store: Store) -> list[datetime]:
    """The times of a board's history, oldest first; none if its rows are damaged."""
    try:
        return [check.observed_at for check in store.checks(board)]
    except StoreError:
        return []


def _read_alike(board: Board, before: Board | None) -> bool:
    """Whether two declarations derive the same history from the same bodies, whatever their addresses, cadence and title."""
    if before is None:
        return False
    return all(getattr(board, name) == getattr(before, name) for name in _HOW_IT_IS_READ)


def _rewrites(line: IndexLine, stored: Check | None, last: Check) -> bool:
    """Whether a line changes the stored history: a decision, an older state, or a body where only a failure was known.

    Pruned bodies do not: the history keeps what was read of them until it is rewritten.
    """
    if line.verdict is Verdict.PRUNE:
        return False
    if line.verdict in DECISIONS:
        return True
    if stored is None:
        return line.observed_at <= last.observed_at
    return line.verdict in CONTENT and (line.sha256, line.status) != (stored.sha256, stored.status)


def replay(
    board: Board,
    archive: Archive,
    store: Store,
    lexicon: Lexicon,
    telling: Telling | None = None,
    *,
    careful: bool = False,
    now: datetime | None = None,
    until: int | None = None,
    attended: bool = False,
) -> Outcome:
    """Rewrite a board's history from the archive and its declaration, in one transaction.

    Events that were sent and no longer follow are corrected on their routes. A `careful` replay applies a changed declaration
    only if `sync_board` would, and refuses to give up states whose bodies are gone. `until` is the byte of the index up to which
    it had been read: later captures are left to `sync_board`, which reports their news. By default, and with 0, all are read.
    """
    desk = Desk(archive=archive, store=store, lexicon=lexicon, telling=telling, now=now, until=until, attended=attended)
    with archive.lease(board.id):
        work = partial(_apply, otherwise=_replay) if careful else partial(_replay, drop=True)
        return _noticed(_without_poison(board, desk, work), desk)


def _replay(board: Board, desk: Desk, *, changed: bool = False, drop: bool = False) -> Outcome:
    """`replay` for the holder of the lease. Raises _LosesHistoryError if the `changed` declaration loses history."""
    store = desk.store
    accepted = frozenset(check.observed_at for check in store.checks(board.id) if changed and check.result is Result.ACCEPTED)
    lines, whole, read = index.all_lines(board.id, desk.archive, store, drop=drop)
    if desk.until:
        whole = whole[: read or desk.until]
        lines = _up_to(whole.count(b"\n"), lines)
    aside = _aside(board, desk, lines, None)
    lines = [line for line in lines if line.observed_at not in aside]
    rebuilt = _rebuilt(board, desk, aside, changed=changed)
    newest = max((line.observed_at for line in fetches_of(lines)), default=None)
    sent = _sent(board, desk, newest)
    ahead = [(event, route) for event, route in sent if _is_ahead(event.recorded_at, aside, desk)]
    silent = frozenset((route, *_content(event)) for event, route in ahead)
    with store.rewriting(board.id):
        outcome = _store(board, lines, desk, accepted, silent)
        if outcome is None:
            raise _inconsistent(board)
        store.move_position(board.id, len(whole), whole)
        withdrawn = [pair for pair in sent if store.event(pair[0].id) is None and pair not in ahead]
        if changed and len(withdrawn) > max(len(sent) / 2, _SENT_MIN):
            raise _loss(board, f"{len(withdrawn)} of {len(sent)} sent events no longer follow")
        if newest is not None:
            store.service.post(corrections(withdrawn, newest))
    return replace(outcome, rebuilt=rebuilt, aside=dates.told(board.id, aside) if aside else "")


def derive(
    board: Board,
    archive: Archive,
    store: Store,
    lexicon: Lexicon,
    *,
    until: int,
    stored: Collection[datetime] = (),
    aside: Collection[datetime] = (),
) -> None:
    """Store the history that the first `until` bytes of the index give, without what is set `aside`, in an empty store.

    Later lines of the times `stored` count too: a process may have died before it noted how far it had come. Writes nothing to
    the archive.
    """
    number = archive.raw(board.id, 0, until).count(b"\n")
    lines = [line for line in _up_to(number, archive.index(board.id)[0], stored) if line.observed_at not in aside]
    desk = Desk(archive=archive, store=store, lexicon=lexicon)
    if _store(board, lines, desk) is None:
        raise _inconsistent(board)


def _up_to(number: int, lines: Sequence[IndexLine], stored: Collection[datetime] = ()) -> list[IndexLine]:
    """The first lines of an index, those of the times `stored`, and those that say which bodies are gone by now."""
    return [
        line for place, line in enumerate(lines) if place < number or line.observed_at in stored or line.verdict is Verdict.PRUNE
    ]


def _inconsistent(board: Board) -> StoreError:
    wrong = "held readings agree with one that the archive's index does not list"
    return StoreError(f"{board.id}: {wrong}; the history is unchanged")


def _is_ahead(recorded_at: datetime, aside: Collection[datetime], desk: Desk) -> bool:
    """Whether a clock that was ahead dated what the history records at that time."""
    return recorded_at in aside or (desk.now is not None and recorded_at > desk.now + dates.SLACK)


def _rebuilt(board: Board, desk: Desk, aside: Collection[datetime], *, changed: bool) -> Rebuilt | None:
    """The history before it is rewritten; None if there is none, or if its rows are damaged."""
    store = desk.store
    try:
        checks = list(store.checks(board.id))
        events = list(store.events(EventFilter(board=board.id)))
    except StoreError:
        return None
    if not checks:
        return None
    ids, last = frozenset(event.id for event in events), checks[-1].observed_at
    return Rebuilt(
        until=last if desk.now is None else min(last, desk.now),
        events=ids,
        known=ids.union(store.withdrawn(board.id)),
        ahead=frozenset(_content(event) for event in events if _is_ahead(event.recorded_at, aside, desk)),
        by_declaration=changed,
    )


def _loss(board: Board, loss: str) -> _LosesHistoryError:
    remedy = f"correct the file, or apply it with: tracker replay {board.id}"
    return _LosesHistoryError(
        f"{board.id}: the changed declaration is not applied, the previous one is in force: {loss}; {remedy}"
    )


def _sent(board: Board, desk: Desk, newest: datetime | None) -> list[tuple[Event, str]]:
    """The events of a board that were recently sent, with their routes, as far as these are still enabled."""
    if desk.telling is None or newest is None:
        return []
    store, since = desk.store, newest - CORRECTED_FOR
    routes = [route.name for route in desk.telling.routes if route.enabled]
    receipts = (receipt for route in routes for receipt in store.service.receipts(route, since=since))
    sent = [(store.event(receipt.event), receipt.route) for receipt in receipts if receipt.how is DeliveryOutcome.SENT]
    return [(event, route) for event, route in sent if event is not None and event.board == board.id]


def _content(event: Event) -> tuple[str, ...]:
    """What an event says, whenever it is recorded."""
    return (
        event.kind,
        event.metric or "",
        *(party.entry for party in event.subjects),
        "",
        *(party.entry for party in event.rivals),
    )


def _store(
    board: Board,
    lines: Sequence[IndexLine],
    desk: Desk,
    accepted: Collection[datetime] = (),
    silent: Collection[tuple[str, ...]] = frozenset(),
) -> Outcome | None:
    """Store the steps of the lines; None at a reading that stored suspects agree with, since that changes earlier history.

    `silent`: routes with the content of the news that each was already sent, of captures that are set aside now.

    Raises:
        _LosesHistoryError: a capture of these times, which were accepted before, is not accepted now.
    """
    if not lines:
        return Outcome(board=board.id)
    store, archive = desk.store, desk.archive
    checks: list[Check] = []
    events: list[Event] = []
    took: dict[str, float] = {}
    store.declare(board, desk.lexicon, rules())
    before, past, last = _last(board.id, desk), store.past(board.id), store.last_check(board.id)
    is_rejected = last is not None and last.result is Result.REJECTED and last.message != dates.MISDATED
    rejected = last.sha256 if last is not None and is_rejected else ()
    holds = store.service.holds(board.id) if last is not None else {}
    newest = max(line.observed_at for line in lines)
    wrong = dates.misdated(lines) if before is None else frozenset[datetime]()
    news_since = (newest if desk.now is None else min(newest, desk.now)) - NEWS_FOR
    for step in steps(
        board,
        lines,
        archive,
        before=before,
        past=past,
        rejected=rejected,
        misdated=wrong,
        lexicon=desk.lexicon,
        read=desk.read_line,
    ):
        if step.agreed_since is not None:
            return None
        if step.check.observed_at in accepted and step.check.result in _NOT_ACCEPTED:
            raise _loss(board, _no_longer_accepted(step.check))
        started = time.perf_counter()
        posted, holds = _deliveries(board, step, past, holds, desk, news_since)
        known = [delivery for delivery in posted if (delivery.route, *_content(delivery.event)) in silent]
        store.save(step, [delivery for delivery in posted if delivery not in known], holds if desk.until is None else None)
        if known:
            sent = DeliveryOutcome.SENT
            store.service.receive(Receipt(event=it.event.id, route=it.route, delivered_at=newest, how=sent) for it in known)
        past = step.past
        checks.append(step.check)
        events.extend(step.events)
        for activity, seconds in {**step.took, "store": time.perf_counter() - started}.items():
            took[activity] = took.get(activity, 0.0) + seconds
    return Outcome(board=board.id, checks=tuple(checks), events=tuple(events), took=took)


def _last(board: BoardId, desk: Desk) -> Last | None:
    """The last accepted snapshot; its models are resolved only if a page shows something else."""

    @cache
    def snapshot() -> Snapshot:
        stored = desk.store.latest(board)
        assert stored is not None
        return resolve_models(stored, desk.lexicon, desk.store.identities(board, desk.lexicon.version))

    bodies = desk.store.latest_bodies(board)
    return None if bodies is None else Last(bodies, snapshot)


def _no_longer_accepted(check: Check) -> str:
    problem = check.message.removeprefix(f"{check.board}: ").partition("; the capture is kept")[0]
    accepted = f"the capture of {machine_time(check.observed_at)}, which was accepted,"
    return f"with the changed one, {accepted} is {check.result}: {problem}"


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
