"""The loop of the service: threads fetch what is due, and the loop stores what they bring, one board after another.

The store and the declarations determine what is due, so a new process continues where the last one ended. Only this loop writes
history; another process (`tracker run`) takes turns with it by the lease of each board.

Source: docs/decisions/0016-when-a-board-is-due.md, docs/decisions/0017-the-daemon.md
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from tracker import notify
from tracker.daemon.flights import Fetched, InFlight
from tracker.daemon.landed import Landed, Unstored, is_kept
from tracker.daemon.network import Network
from tracker.daemon.nightly import NightlyCheck
from tracker.daemon.notices import Notices
from tracker.daemon.ticker import Ticker
from tracker.errors import Poisonous, StoreError, TrackerError, Transient
from tracker.fetch import NotYet, still_away
from tracker.line import apart, index, intake, sync
from tracker.line.isolation import of_one
from tracker.line.sync import Outcome, Telling
from tracker.model import Board, BoardId, Capture, Delivery, Event, Pause, Result
from tracker.ports import Archive, Clock, Environment, Hosts, Store
from tracker.query.due import due_at, missing_keys
from tracker.query.vitals import TRACKER
from tracker.stores.locks import Taken
from tracker.stores.sqlite_errors import Damaged
from tracker.wording import host_of, machine_time
from tracker.workspace.declarations import Declarations, Declared

LOOK_AGAIN = timedelta(minutes=1)
CLOCK_SET_BACK = timedelta(minutes=1)
STORE_AGAIN_S = (5.0, 60.0)
"""How long to wait after the store failed: the first time, doubled each time, up to the longest."""
FAULT_AGAIN = timedelta(hours=1)
BACK_UP_EVERY = timedelta(minutes=5)
OF_A_PROCESS = ("network", "store", "fault")
"""Kinds of trouble that a new process detects again."""
REFUSED_FOR = timedelta(days=7)
REFUSED_TIMES = 7
"""A board that was refused this often, for this long, is paused: a person decides (terms, a key, another source)."""

log = logging.getLogger("tracker.daemon")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The environment of the loop.

    `monotonic` is in seconds, by a clock that nobody can set. `read` reads the bodies of a capture. `reloaded` is called after
    the declarations were read, `back_up` every five minutes.
    """

    archive: Archive
    store: Store
    hosts: Hosts
    clock: Clock
    environment: Environment
    monotonic: Callable[[], float]
    read: apart.Read = apart.read
    reloaded: Callable[[], None] = lambda: None
    back_up: Callable[[], None] = lambda: None
    nightly: NightlyCheck = field(default_factory=NightlyCheck)


class Deliver(Protocol):
    """Is called after every turn with the current declarations, and whether the outbox has something new."""

    def __call__(self, declared: Declared, *, fresh: bool) -> None:
        """Send what is new, or have it sent."""


class Loop:
    """Call `turn` repeatedly: it does what is due. Then nothing is due for `idle_s`; `wake` ends a wait early.

    Everything happens in the caller's thread, except what `flights` and `deliver` start themselves.
    """

    def __init__(
        self, world: World, declarations: Declarations, flights: Callable[[Callable[[], None]], InFlight], deliver: Deliver
    ) -> None:
        self._world = world
        self._declarations = declarations
        self._deliver = deliver
        self.wake = threading.Event()
        self._flights = flights(self.wake.set)
        self._ticker = Ticker(self._due, self._say)
        self._notices = Notices(world.store.service, self._deliveries)
        self._network = Network()
        self._waiting: dict[BoardId, bool] = {}
        self._fresh = False
        self._aside: dict[BoardId, datetime] = {}
        self._unstored = Unstored()
        self.declared = Declared()
        self._telling = Telling()
        self._reload_asked = True
        self._behind: list[BoardId] | None = None
        self._large: set[BoardId] = set()
        self._newest: datetime | None = None
        self._set_back = False
        self._store_failed_at: datetime | None = None
        self._backed_up_at: datetime | None = None
        self._store_pause_s = 0.0
        self._store_again_at = 0.0
        self.turned_at = world.monotonic()
        self.idle_s: float | None = None

    @property
    def trouble(self) -> str:
        """Why nothing can be stored now; empty if it can."""
        failed_at = self._store_failed_at
        return "" if failed_at is None else f"the store cannot be written since {machine_time(failed_at)}"

    @property
    def busy(self) -> bool:
        """Whether a fetch is under way or not stored yet."""
        return bool(len(self._flights) or self._unstored)

    def reload(self) -> None:
        """Read all declarations again at the next turn."""
        self._reload_asked = True
        self.wake.set()

    # ── one turn ─────────────────────────────────────────────────────────────────────────────────

    def turn(self, *, start: bool = True) -> None:
        """Do what is due now. Without `start` no fetch begins, and only what is under way is finished."""
        self.turned_at = self._world.monotonic()
        if start and self._store_failed_at is not None and self.turned_at < self._store_again_at:
            return
        try:
            self._do(self._world.clock.now(), start=start)
        except StoreError as error:
            self._store_failed(error)
        else:
            self._store_works()

    def _do(self, now: datetime, *, start: bool) -> None:
        self._world.store.check_place()
        self._check_clock(now)
        if self._reload_asked or self._declarations.changed():
            self._reload(now)
        if self._behind is None:
            self._behind = self._left_behind()
        elif start and self._behind:
            self._catch_up(self._behind, now)
        self._unstored.begin_turn()
        more = self._land()
        if start:
            idle_s = self._ticker.tick(now)
            self._probe(now)
            while self._launch(now):
                more = self._land()
            self.idle_s = 0.0 if more or self._behind else idle_s
            self._world.nightly.turn(self._notices, now)
        self._check_pauses(now)
        self._back_up(now)
        fresh, self._fresh = self._fresh, False
        self._deliver(self.declared, fresh=fresh)

    def _check_clock(self, now: datetime) -> None:
        """Notice a clock that was set back: boards read in its future wait until it has caught up (`due_at`)."""
        if self._newest is not None and now < self._newest - CLOCK_SET_BACK:
            times = f"from {self._newest:%Y-%m-%d %H:%M:%S} to {now:%Y-%m-%d %H:%M:%S} UTC"
            if not self._set_back:
                self._telling = Telling.of(self.declared.routes, self.declared.watches, self._world.store, now)
                self._notices.open(sync.CLOCK, "", f"The clock was set back {times}; boards wait until it has caught up", now)
                self._watch_all(now)
                self._behind = None
            self._set_back = True
        elif self._set_back:
            self._notices.close(sync.CLOCK, "", now)
            self._set_back = False
        self._newest = max(now, self._newest or now)

    def _back_up(self, now: datetime) -> None:
        if self._backed_up_at is None or not timedelta(0) <= now - self._backed_up_at < BACK_UP_EVERY:
            self._world.back_up()
            self._backed_up_at = now

    def _check_pauses(self, now: datetime) -> None:
        """Keep a notice open for each pause of ours: a person may end one at any time, and we may end before the notice."""
        service = self._world.store.service
        ours = {name: pause for name, pause in service.pauses().items() if pause.by == TRACKER}
        if {notice.subject for notice in service.notices() if notice.kind == "paused"} != ours.keys():
            titles = {name: board.title for name, board in self.declared.boards.items()}
            reasons = {
                str(name): f"{titles.get(name, name)} is paused: {pause.reason} (tracker board resume {name})"
                for name, pause in ours.items()
            }
            self._notices.only("paused", reasons, now)

    def _land(self) -> bool:
        """Store what the fetches brought; what cannot be stored is tried again. Returns whether a large page is left."""
        self._unstored.add(self._flights.landed(), self._world.clock.now())
        return self._unstored.store(lambda landed: self._isolated(landed.board, lambda: self._store_landed(landed)))

    def _isolated(self, board: Board, work: Callable[[], None]) -> bool:
        """Do one board's work; only a StoreError of the whole disk or database stops the others. False: another has it."""
        try:
            work()
        except Taken as error:  # an import, perhaps
            log.warning("board is taken", extra={"board": board.id, "why": str(error)})
            return False
        except Exception as error:  # noqa: BLE001  # a defect too is one board's trouble
            self._set_aside(board, of_one(board.id, error))
        return True

    def _set_aside(self, board: Board, error: TrackerError) -> None:
        """Report a failure with one board, and leave the board alone for a while."""
        now = self._world.clock.now()
        self._aside[board.id] = now + FAULT_AGAIN
        self._notices.open("fault", board.id, f"{board.title} cannot be synced: {error}", now)
        self._ticker.watch(board.id, now)

    def _left_behind(self) -> list[BoardId]:
        """The boards of which a killed process had archived something and not synced it; last those with which it ended.

        Of the paused ones, those whose history a clock that was ahead has dated: no fetch will correct it.
        """
        archive, store, behind = self._world.archive, self._world.store, []
        paused, now = store.service.pauses(), self._world.clock.now()
        for name in sorted(self._ticker.boards(), key=lambda name: (archive.begun(name) is not None, name)):

            def look(name: BoardId = name) -> None:
                if sync.is_ahead(name, store, now) if name in paused else index.is_behind(name, archive, store):
                    behind.append(name)

            self._isolated(self.declared.boards[name], look)
        return behind

    def _catch_up(self, behind: list[BoardId], now: datetime) -> None:
        """Sync the next of these boards, so that it is not fetched again for what the archive has: one a turn."""
        board = self.declared.boards.get(behind[0])
        if board is not None and self._is_wanted(board) and self._may_sync(board.id, now):
            self._isolated(board, lambda: self._sync(board, now))
        del behind[0]

    def _may_sync(self, name: BoardId, now: datetime) -> bool:
        return not self._is_paused(name) or sync.is_ahead(name, self._world.store, now)

    def _sync(self, board: Board, now: datetime) -> None:
        self._report(self._synced(board), now)
        self._fresh = True
        self._give_up(board, now)
        self._ticker.watch(board.id, now)

    def _synced(self, board: Board) -> Outcome:
        world = self._world
        lexicon, now = self.declared.lexicon, world.clock.now()
        return sync.sync_board(board, world.archive, world.store, lexicon, self._telling, now=now, read=world.read)

    # ── declarations ─────────────────────────────────────────────────────────────────────────────

    def _reload(self, now: datetime) -> None:
        first, self._reload_asked = not self.declared.boards, True  # until all of this is done
        self.declared = self._declarations.read()
        self._telling = Telling.of(self.declared.routes, self.declared.watches, self._world.store, now)
        self._notices.only("declaration", dict(self.declared.errors), now)
        if first:
            for kind in OF_A_PROCESS:
                self._notices.only(kind, {}, now)
            self._notices.close(sync.CLOCK, "", now)
        self._watch_all(now)
        self._reload_asked = False
        self._world.reloaded()
        declared = self.declared
        counts = {"boards": len(self._ticker.boards()), "routes": len(declared.routes), "errors": len(declared.errors)}
        log.info("declarations read", extra=counts)

    def _watch_all(self, now: datetime) -> None:
        wanted = {name for name, board in self.declared.boards.items() if self._is_wanted(board)}
        for board in self._ticker.boards() - wanted:
            self._ticker.forget(board)
        for board in sorted(wanted):
            self._ticker.watch(board, now)

    def _is_wanted(self, board: Board) -> bool:
        return board.enabled and not missing_keys(board, self._world.environment)

    # ── what is due ──────────────────────────────────────────────────────────────────────────────

    def _due(self, name: BoardId, now: datetime) -> datetime:
        """When a board is due according to the store; a minute from now while that is unknown."""
        board = self.declared.boards.get(name)
        if board is None or self._store_failed_at is not None or self._is_paused(name):
            return now + LOOK_AGAIN
        due = max(due_at(board, self._world.store, now), self._aside.get(name, now))
        away = (still_away(self._world.hosts.not_before(whom), now) for whom in (host_of(board.request.url), name))
        return max(due, *filter(None, away), due)

    def _is_paused(self, board: BoardId) -> bool:
        return board in self._world.store.service.pauses()

    def _say(self, board: BoardId) -> None:
        self._waiting.setdefault(board, False)

    def _launch(self, now: datetime) -> bool:
        """Begin fetches of waiting boards, up to the limit. Returns whether any began.

        They begin in the order in which they became due, but those of large pages last.
        """
        begun = False
        for name, forced in sorted(self._waiting.items(), key=lambda waiting: waiting[0] in self._large):
            board = self.declared.boards.get(name)
            if self._behind and name in self._behind:
                continue
            if board is None or name in self._flights or name in self._unstored:
                del self._waiting[name]
            elif self._flights.may_start(host_of(board.request.url)):
                del self._waiting[name]
                if not forced and self._due(name, now) > now:  # `tracker run` has read it meanwhile
                    self._ticker.watch(name, now)
                else:
                    self._flights.start(board, host_of(board.request.url))
                    begun = True
        return begun

    def _probe(self, now: datetime) -> None:
        """While no host answers, let one board at a time try."""
        if not self._network.wants_a_probe(now) or len(self._flights):
            return
        failing = [name for name in sorted(self._ticker.boards()) if not self._is_paused(name)]
        if failing:
            probe = min(failing, key=lambda name: (self._due(name, now), name))
            board = self.declared.boards[probe]
            host = host_of(board.request.url)
            self._network.probes(now)
            self._world.hosts.note_not_before(host, None)
            self._flights.start(board, host)

    # ── what landed ──────────────────────────────────────────────────────────────────────────────

    def _store_landed(self, landed: Landed) -> None:
        """Archive the result of a fetch and sync the board's history."""
        fetched, board = landed.fetched, self.declared.boards.get(landed.board.id, landed.board)
        if isinstance(fetched, Capture):
            (self._large.add if landed.is_large else self._large.discard)(board.id)
        outcome = self._take(board, landed)
        now = self._world.clock.now()
        self._report(outcome, now)
        self._fresh = self._fresh or bool(outcome.events)
        if self._aside.pop(board.id, None) is not None:
            self._notices.close("fault", board.id, now)
        self._listen(board, fetched, now)
        self._give_up(board, now)
        self._waiting.pop(board.id, None)
        self._ticker.watch(board.id, now)

    def _report(self, outcome: Outcome, now: datetime) -> None:
        """Log an outcome. A changed declaration that was not applied is a notice until one is, as is a capture left out."""
        _log(outcome)
        if isinstance(outcome.error, Poisonous):
            self._notices.open(sync.POISON, outcome.board, str(outcome.error), now)
        elif outcome.readings:
            self._notices.close(sync.POISON, outcome.board, now)
        if outcome.refused is not None:
            self._notices.open(sync.NOT_APPLIED, outcome.board, str(outcome.refused), now)
        elif outcome.error is None:
            self._notices.close(sync.NOT_APPLIED, outcome.board, now)

    def _take(self, board: Board, landed: Landed) -> Outcome:
        """If only the history could not be written last time, do not archive the result again."""
        world, lexicon = self._world, self.declared.lexicon
        if landed.tried and is_kept(landed, world.archive):
            return self._synced(board)
        return intake.take(
            board,
            landed.fetched,
            archive=world.archive,
            store=world.store,
            clock=world.clock,
            lexicon=lexicon,
            telling=self._telling,
            read=world.read,
        )

    def _listen(self, board: Board, fetched: Fetched, now: datetime) -> None:
        """Distinguish a failing host from a missing network."""
        if isinstance(fetched, NotYet):
            return
        if isinstance(fetched, Transient) and fetched.answer is None:
            self._network.silent(host_of(board.request.url), now)
            if self._network.dark and self._network.since is not None:
                since = f"{self._network.since:%Y-%m-%d %H:%M} UTC"
                message = f"No host has responded since {since}; check the network. One board is retried every five minutes"
                self._notices.open("network", "", message, now)
            return
        if self._network.answered():
            self._retry_all()
        self._notices.close("network", "", now)

    def _retry_all(self) -> None:
        """Retry the boards that failed because of our network at once."""
        for name in self._ticker.boards():
            host, past = host_of(self.declared.boards[name].request.url), self._world.store.past(name)
            if past.failures and past.passing and not self._is_paused(name):
                self._world.hosts.note_failures(host, 0)
                self._world.hosts.note_not_before(host, None)
                self._waiting[name] = True

    def _give_up(self, board: Board, now: datetime) -> None:
        """Pause a board that was refused for too long."""
        past, last = self._world.store.past(board.id), self._world.store.last_check(board.id)
        if last is None or last.result is not Result.FAILED or past.passing or past.failing_since is None:
            return
        if past.failures >= REFUSED_TIMES and now - past.failing_since >= REFUSED_FOR:
            reason = f"refused {past.failures} times since {past.failing_since:%Y-%m-%d}: {last.message}"
            self._world.store.service.pause(Pause(board=board.id, since=now, by=TRACKER, reason=reason))

    def _deliveries(self, event: Event, now: datetime) -> Sequence[Delivery]:
        self._fresh = True
        return notify.deliveries(self._telling.routes, (event,), {}, queued_at=now, since=self._telling.since)

    # ── the store ────────────────────────────────────────────────────────────────────────────────

    def _store_failed(self, error: StoreError) -> None:
        """Log it once, keep what landed, and try again after longer and longer waits. Raise if the file is damaged for good."""
        if isinstance(error, Damaged):
            raise error
        first, longest = STORE_AGAIN_S
        self._store_pause_s = min(self._store_pause_s * 2 or first, longest)
        self._store_again_at = self._world.monotonic() + self._store_pause_s
        if self._store_failed_at is None:
            self._store_failed_at = self._world.clock.now()
            log.error("store failed", extra={"error": str(error), "kept": len(self._unstored)})

    def _store_works(self) -> None:
        if self._store_failed_at is None:
            return
        since, now = self._store_failed_at, self._world.clock.now()
        try:
            self._notices.open("store", "", f"The store could not be written from {since:%Y-%m-%d %H:%M} UTC on", since)
            self._notices.close("store", "", now)
        except StoreError as error:
            self._store_failed(error)
            return
        self._store_failed_at, self._store_pause_s = None, 0.0
        log.warning("store works again", extra={"since": since})
        self._watch_all(now)


def _log(outcome: Outcome) -> None:
    last = outcome.checks[-1] if outcome.checks else None
    facts: dict[str, object] = {"board": outcome.board, "news": sum(event.is_news for event in outcome.new_events)}
    if last is not None:
        facts |= {"result": last.result.value, "entries": last.entries, "at": last.observed_at}
    if outcome.failed:
        log.warning("board failed", extra=facts | {"why": str(outcome.error or (last.message if last else ""))})
    else:
        log.info("board read", extra=facts)
