"""The loop of the service: what is due is fetched beside it, what lands is settled in it, one board after the other.

What is due stands in the store and in the declarations, not in the process: whatever ends it, the next one goes on.
Only this loop writes history, so boards need no locks among themselves; another process (`tracker run`) takes turns
with it by the lease of each board.

Source: docs/decisions/0016-when-a-board-is-due.md, docs/decisions/0017-the-daemon.md
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from tracker import notify
from tracker.daemon.flights import Fetched, InFlight
from tracker.daemon.network import Network
from tracker.daemon.notices import Notices
from tracker.daemon.rescue import is_of_all, is_spoilt
from tracker.daemon.ticker import Ticker
from tracker.errors import FetchError, StoreError, TrackerError, Transient
from tracker.fetch import NotYet
from tracker.line import intake, sync
from tracker.line.sync import Outcome, Telling
from tracker.model import Board, BoardId, Capture, Delivery, Event, Pause, Result
from tracker.ports import Archive, Clock, Environment, Hosts, Store
from tracker.query.due import due_at, missing_keys
from tracker.query.vitals import TRACKER
from tracker.stores.locks import Taken
from tracker.wording import host_of
from tracker.workspace.declarations import Declarations, Declared

LOOK_AGAIN = timedelta(minutes=1)
CLOCK_SET_BACK = timedelta(minutes=1)
STORE_AGAIN_S = (5.0, 60.0)
"""When the store failed, it is tried again after so many seconds, doubled each time up to so many."""
FAULT_AGAIN = timedelta(hours=1)
BACK_UP_EVERY = timedelta(minutes=5)
OF_A_PROCESS = ("clock", "network", "store", "fault")
"""Kinds of trouble that a new process finds out for itself."""
REFUSED_FOR = timedelta(days=7)
REFUSED_TIMES = 7
"""A board that was refused so often, over so long, is paused: a person decides (terms, a key, another source)."""

log = logging.getLogger("tracker.daemon")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the loop works with.

    `monotonic` is in seconds, by a clock that nobody can set. `reloaded` is called when the declarations were read,
    `back_up` every five minutes.
    """

    archive: Archive
    store: Store
    hosts: Hosts
    clock: Clock
    environment: Environment
    monotonic: Callable[[], float]
    reloaded: Callable[[], None] = lambda: None
    back_up: Callable[[], None] = lambda: None


@dataclass(slots=True, kw_only=True)
class _Landed:
    """What came of a fetch, and when; `tried`: it could not be stored so far."""

    board: Board
    fetched: Fetched
    at: datetime
    tried: bool = False


class Deliver(Protocol):
    """Is told after every turn what is in force, and whether there is something new in the outbox."""

    def __call__(self, declared: Declared, *, fresh: bool) -> None:
        """Send it, or have it sent."""
        ...


class Loop:
    """Call `turn` again and again: it does what there is to do. After it, `idle_s` is for how long nothing will be due.

    `flights` fetch. Everything happens in the caller's thread,
    but for what `flights` and `deliver` start themselves; `wake` may be waited on between two turns.
    """

    def __init__(
        self,
        world: World,
        declarations: Declarations,
        flights: Callable[[Callable[[], None]], InFlight],
        deliver: Deliver,
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
        self._unsettled: deque[_Landed] = deque()
        self._declared = Declared()
        self._telling = Telling()
        self._reload_asked = True
        self._caught_up = False
        self._newest: datetime | None = None
        self._set_back = False
        self._store_failed_at: datetime | None = None
        self._backed_up_at: datetime | None = None
        self._store_pause_s = 0.0
        self._store_again_at = 0.0
        self.turned_at = world.monotonic()
        self.idle_s: float | None = None

    @property
    def declared(self) -> Declared:
        """What is in force."""
        return self._declared

    @property
    def trouble(self) -> str:
        """Why nothing can be stored now, empty when it can."""
        return (
            ""
            if self._store_failed_at is None
            else f"the store cannot be written since {self._store_failed_at:%Y-%m-%dT%H:%M:%SZ}"
        )

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return bool(len(self._flights) or self._unsettled)

    def reload(self) -> None:
        """Read all declarations anew at the next turn."""
        self._reload_asked = True
        self.wake.set()

    # ── one turn ─────────────────────────────────────────────────────────────────────────────────

    def turn(self, *, start: bool = True) -> None:
        """Do what there is to do now. Without `start` no new fetch begins: what is under way is brought to its end."""
        self.turned_at = self._world.monotonic()
        if start and self._store_failed_at is not None and self.turned_at < self._store_again_at:
            return
        try:
            self._do(self._world.clock.now(), start=start)
        except StoreError as error:
            self._store_failed(error)
        else:
            self._store_is_well()

    def _do(self, now: datetime, *, start: bool) -> None:
        self._mind_the_clock(now)
        if self._reload_asked or self._declarations.changed():
            self._reload(now)
        if not self._caught_up:
            self._catch_up(now)
        self._land()
        if start:
            self.idle_s = self._ticker.tick(now)
            self._probe(now)
            while self._launch(now):
                self._land()
        self._mind_the_pauses(now)
        self._back_up(now)
        fresh, self._fresh = self._fresh, False
        self._deliver(self._declared, fresh=fresh)

    def _mind_the_clock(self, now: datetime) -> None:
        """Boards that were read later than now wait until the clock has caught up (`due_at`)."""
        if self._newest is not None and now < self._newest - CLOCK_SET_BACK:
            times = f"from {self._newest:%Y-%m-%d %H:%M:%S} to {now:%Y-%m-%d %H:%M:%S} UTC"
            if not self._set_back:
                self._notices.open("clock", "", f"The clock was set back {times}; boards wait until it has caught up", now)
                self._watch_all(now)
            self._set_back = True
        elif self._set_back:
            self._notices.close("clock", "", now)
            self._set_back = False
        self._newest = max(now, self._newest or now)

    def _back_up(self, now: datetime) -> None:
        if self._backed_up_at is None or not timedelta(0) <= now - self._backed_up_at < BACK_UP_EVERY:
            self._world.back_up()
            self._backed_up_at = now

    def _mind_the_pauses(self, now: datetime) -> None:
        """A pause of ours is told as long as it lasts: somebody may end it at any time, and we may end before it was told."""
        service = self._world.store.service
        ours = {name: pause for name, pause in service.pauses().items() if pause.by == TRACKER}
        if {notice.subject for notice in service.notices() if notice.kind == "paused"} != ours.keys():
            self._notices.only("paused", {name: self._paused(pause) for name, pause in ours.items()}, now)

    def _paused(self, pause: Pause) -> str:
        board = self._declared.boards.get(pause.board)
        return f"{board.title if board else pause.board} is paused: {pause.reason} (tracker board resume {pause.board})"

    def _land(self) -> None:
        """Settle what has come in. What cannot be stored stays, and is tried again."""
        now = self._world.clock.now()
        self._unsettled.extend(
            _Landed(board=board, fetched=came, at=_seen_at(came, now)) for board, came in self._flights.landed()
        )
        taken: list[_Landed] = []
        while self._unsettled:
            landed = self._unsettled[0]
            board = landed.board
            try:
                self._settle(landed)
            except Taken as error:  # by an import, perhaps: the others need not wait for it
                log.warning("board is taken", extra={"board": board.id, "why": str(error)})
                taken.append(landed)
            except Exception as error:  # one board must never stop the others, not even by a fault of ours
                if isinstance(error, StoreError) and is_of_all(error):
                    landed.tried = True
                    raise
                log.exception("board not settled", extra={"board": board.id})
                self._set_aside(board, error)
            self._unsettled.popleft()
        self._unsettled.extend(taken)

    def _set_aside(self, board: Board, error: Exception) -> None:
        """A fault of the tracker's own with one board: say it, and leave the board alone for a while."""
        now = self._world.clock.now()
        self._aside[board.id] = now + FAULT_AGAIN
        whose = "" if isinstance(error, TrackerError) else f"{type(error).__name__} of the tracker's own, see its log: "
        message = f"{board.title} cannot be settled: {whose}{error}"
        self._notices.open("fault", board.id, message, now)
        self._ticker.watch(board.id, now)

    def _catch_up(self, now: datetime) -> None:
        """Settle what a process that was killed had kept and not settled: a board that was fetched is not fetched again for it."""
        world = self._world
        for board in filter(self._is_wanted, self._declared.boards.values()):
            try:
                if not world.archive.index(board.id, world.store.position(board.id))[0]:
                    continue
                _log(sync.sync_board(board, world.archive, world.store, self._declared.lexicon, self._telling))
            except Taken as error:  # whoever has it settles it
                log.warning("board is taken", extra={"board": board.id, "why": str(error)})
            except Exception as error:  # as in _land
                if isinstance(error, StoreError) and is_of_all(error):
                    raise
                log.exception("board not settled", extra={"board": board.id})
                self._set_aside(board, error)
            else:
                self._fresh = True
                self._give_up(board, now)
                self._ticker.watch(board.id, now)
        self._caught_up = True

    # ── declarations ─────────────────────────────────────────────────────────────────────────────

    def _reload(self, now: datetime) -> None:
        first, self._reload_asked = not self._declared.boards, True  # until all of it is done
        self._declared = self._declarations.read()
        self._telling = Telling.of(self._declared.routes, self._declared.watches, self._world.store, now)
        self._notices.only("declaration", dict(self._declared.errors), now)
        if first:
            for kind in OF_A_PROCESS:
                self._notices.only(kind, {}, now)
        self._watch_all(now)
        self._reload_asked = False
        self._world.reloaded()
        counts = {
            "boards": len(self._ticker.boards()),
            "routes": len(self._declared.routes),
            "errors": len(self._declared.errors),
        }
        log.info("declarations read", extra=counts)

    def _watch_all(self, now: datetime) -> None:
        wanted = {name for name, board in self._declared.boards.items() if self._is_wanted(board)}
        for board in self._ticker.boards() - wanted:
            self._ticker.forget(board)
        for board in sorted(wanted):
            self._ticker.watch(board, now)

    def _is_wanted(self, board: Board) -> bool:
        return board.enabled and not missing_keys(board, self._world.environment)

    # ── what is due ──────────────────────────────────────────────────────────────────────────────

    def _due(self, name: BoardId, now: datetime) -> datetime:
        """When a board is due, by the store; a minute from now while that cannot be said."""
        board = self._declared.boards.get(name)
        if board is None or self._store_failed_at is not None or self._is_paused(name):
            return now + LOOK_AGAIN
        due = max(due_at(board, self._world.store, now), self._aside.get(name, now))
        away = self._world.hosts.not_before(host_of(board.request.url))
        return max(due, away) if away is not None else due

    def _is_paused(self, board: BoardId) -> bool:
        return board in self._world.store.service.pauses()

    def _say(self, board: BoardId) -> None:
        self._waiting.setdefault(board, False)

    def _launch(self, now: datetime) -> bool:
        """Begin what waits, in the order in which it became due, as far as there are places. Whether anything was begun."""
        begun = False
        for name, forced in tuple(self._waiting.items()):
            board = self._declared.boards.get(name)
            if board is None or name in self._flights or any(one.board.id == name for one in self._unsettled):
                del self._waiting[name]
            elif self._flights.may_start(host_of(board.request.url)):
                del self._waiting[name]
                begun = self._begin(board, now, forced=forced) or begun
        return begun

    def _begin(self, board: Board, now: datetime, *, forced: bool) -> bool:
        if not forced and self._due(board.id, now) > now:  # `tracker run` has read it meanwhile
            self._ticker.watch(board.id, now)
            return False
        self._flights.start(board, host_of(board.request.url))
        return True

    def _probe(self, now: datetime) -> None:
        """While nothing answers, one board in a while asks for all."""
        if not self._network.wants_a_probe(now) or len(self._flights):
            return
        failing = [name for name in sorted(self._ticker.boards()) if not self._is_paused(name)]
        if failing:
            probe = min(failing, key=lambda name: (self._due(name, now), name))
            self._network.probes(now)
            self._world.hosts.note_not_before(host_of(self._declared.boards[probe].request.url), None)
            self._flights.start(self._declared.boards[probe], host_of(self._declared.boards[probe].request.url))

    # ── what landed ──────────────────────────────────────────────────────────────────────────────

    def _settle(self, landed: _Landed) -> None:
        """Keep what came and bring the board's history up to it."""
        fetched, board = landed.fetched, self._declared.boards.get(landed.board.id, landed.board)
        outcome = self._taken(board, landed)
        now = self._world.clock.now()
        _log(outcome)
        self._fresh = self._fresh or bool(outcome.events)
        if self._aside.pop(board.id, None) is not None:
            self._notices.close("fault", board.id, now)
        self._listen(board, fetched, now)
        self._give_up(board, now)
        self._waiting.pop(board.id, None)
        self._ticker.watch(board.id, now)

    def _taken(self, board: Board, landed: _Landed) -> Outcome:
        """What came of a fetch. Where only the history could not be written the last time, the archive is not given it again."""
        world, lexicon = self._world, self._declared.lexicon
        if landed.tried and _is_kept(landed, world.archive):
            return sync.sync_board(board, world.archive, world.store, lexicon, self._telling)
        return intake.take(
            board,
            landed.fetched,
            archive=world.archive,
            store=world.store,
            clock=world.clock,
            lexicon=lexicon,
            telling=self._telling,
        )

    def _listen(self, board: Board, fetched: Fetched, now: datetime) -> None:
        """Tell a host that failed from a network that is gone."""
        if isinstance(fetched, NotYet):
            return
        if isinstance(fetched, Transient) and fetched.answer is None:
            self._network.silent(host_of(board.request.url), now)
            if self._network.dark and self._network.since is not None:
                message = f"No host answers since {self._network.since:%Y-%m-%d %H:%M} UTC; expected a network; one board asks every five minutes"
                self._notices.open("network", "", message, now)
            return
        if self._network.answered():
            self._ask_again()
        self._notices.close("network", "", now)

    def _ask_again(self) -> None:
        """What failed for our own sake is asked again at once."""
        for name in self._ticker.boards():
            board, past = self._declared.boards[name], self._world.store.past(name)
            if past.failures and past.passing and not self._is_paused(name):
                self._world.hosts.note_failures(host_of(board.request.url), 0)
                self._world.hosts.note_not_before(host_of(board.request.url), None)
                self._waiting[name] = True

    def _give_up(self, board: Board, now: datetime) -> None:
        """Pause a board that is refused for too long."""
        past, last = self._world.store.past(board.id), self._world.store.last_check(board.id)
        if last is None or last.result is not Result.FAILED or past.passing or past.failing_since is None:
            return
        if past.failures >= REFUSED_TIMES and now - past.failing_since >= REFUSED_FOR:
            reason = f"refused {past.failures} times since {past.failing_since:%Y-%m-%d}: {last.message}"
            self._world.store.service.pause(Pause(board=board.id, since=now, by=TRACKER, reason=reason))

    # ── telling ──────────────────────────────────────────────────────────────────────────────────

    def _deliveries(self, event: Event, now: datetime) -> Sequence[Delivery]:
        self._fresh = True
        return notify.deliveries(self._telling.routes, (event,), {}, queued_at=now, since=self._telling.since)

    # ── the store ────────────────────────────────────────────────────────────────────────────────

    def _store_failed(self, error: StoreError) -> None:
        """Say it once, keep what landed, and try again later and later. A file that is spoilt gets no better by itself: then raise."""
        if is_spoilt(error):
            raise error
        first, longest = STORE_AGAIN_S
        self._store_pause_s = min(self._store_pause_s * 2 or first, longest)
        self._store_again_at = self._world.monotonic() + self._store_pause_s
        if self._store_failed_at is None:
            self._store_failed_at = self._world.clock.now()
            log.error("store failed", extra={"error": str(error), "kept": len(self._unsettled)})

    def _store_is_well(self) -> None:
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
        log.warning("store is well again", extra={"since": since})
        self._watch_all(now)


def _seen_at(fetched: Fetched, now: datetime) -> datetime:
    return now if isinstance(fetched, FetchError) else fetched.observed_at


def _is_kept(landed: _Landed, archive: Archive) -> bool:
    """Whether the archive has what landed, or somebody else's newer look at the board, which says as much."""
    newest = archive.newest(landed.board.id)
    if newest is None or newest < landed.at:
        return False
    if not isinstance(landed.fetched, Capture):
        return True
    last = archive.last(landed.board.id)
    return last is not None and last.sha256 == tuple(hashlib.sha256(body).hexdigest() for body in landed.fetched.bodies)


def _log(outcome: Outcome) -> None:
    last = outcome.checks[-1] if outcome.checks else None
    facts: dict[str, object] = {"board": outcome.board, "news": sum(event.is_news for event in outcome.events)}
    if last is not None:
        facts |= {"result": last.result.value, "entries": last.entries, "at": last.observed_at}
    if outcome.failed:
        log.warning("board failed", extra=facts | {"why": str(outcome.error or (last.message if last else ""))})
    else:
        log.info("board read", extra=facts)
