"""A daemon in its own folder: its loop with a clock and boards that tests control. No network, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine
from memory_store import MemoryHosts

from tracker.clock import SystemClock
from tracker.daemon.flights import Fetched, InFlight, Start
from tracker.daemon.loop import Loop, World
from tracker.daemon.nightly import NightlyCheck
from tracker.errors import Refused, Transient
from tracker.line import intake
from tracker.model import Board, BoardId, Capture, Check, Delivery, Result
from tracker.parsers import FORMATS, options_of
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.declarations import Declarations, Declared
from tracker.workspace.names import default_lexicon

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
LOOK_EVERY_S = 60.0
"""The real daemon looks every five seconds; here once a minute is enough."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXT = BoardId("acme/text")
BOARD = """
title = "Acme {name}"
page = "https://{host}/"
cadence = "{cadence}"
[request]
url = "https://{host}/{name}.csv"
[parse]
format = "csv_table"
[columns]
key = "key"
name = "name"
[metrics.score]
from = "score"
title = "Score"
nature = "tested"
topic = "overall"
higher_is_better = true
primary = true
stated_error = 2.0
"""
ROUTE = """
[[route]]
name = "all"
channel = "stdout"
kind = ["new_leader", "overtake", "board_broken", "board_recovered", "tracker_trouble", "tracker_recovered"]
"""
ONE = "a:90 b:80 c:70 d:60 e:50 f:40"
OTHER = ONE.replace("b:80", "b:95")
_FORMATS = {name: options_of(name) for name in FORMATS}


def csv(text: str) -> bytes:
    """`a:90 b:80`: key and score; the name is the key in capitals."""
    rows = (part.partition(":") for part in text.split())
    return "\n".join(["key,name,score", *(f"{key},Model {key.upper()},{score}" for key, _, score in rows)]).encode()


def silent(board: Board) -> Fetched:
    """No answer at all: what a fetch of a host that is gone comes to."""
    raise Transient(f"{board.id}: no answer from the host; expected one within 30 s")


def refused(board: Board) -> Fetched:
    raise Refused(f"{board.id}: status 403; expected 200; a person decides")


def showing(text: str) -> Callable[[Board], Fetched]:
    """The board shows that."""

    def answer(board: Board) -> Fetched:
        return Capture(
            board=board.id, observed_at=datetime.now(UTC).replace(microsecond=0), url=board.request.url, bodies=(csv(text),)
        )

    return answer


class Later:
    """Instead of threads: what was begun waits until the test lets it go on."""

    def __init__(self) -> None:
        self.begun: list[Callable[[], None]] = []

    def __call__(self, work: Callable[[], None]) -> None:
        self.begun.append(work)

    def go_on(self) -> None:
        """All that was begun comes to its end."""
        works, self.begun = self.begun, []
        for work in works:
            work()


OPENED: list[SqliteStore] = []
"""Stores that the daemons of a test opened; a fixture closes them when it is over."""


@dataclass
class Daemon:
    """The folder, the loop over it, and what was asked of whom when. `answers` may be changed at any time."""

    folder: Path
    traveller: time_machine.Traveller
    answers: dict[str, Callable[[Board], Fetched]] = field(default_factory=dict)
    asked: list[tuple[datetime, BoardId]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    start: Start = lambda work: work()
    parallel: int = 4
    deadline_s: float = 600.0
    fresh: list[datetime] = field(default_factory=list)
    hosts: MemoryHosts = field(default_factory=MemoryHosts)
    passed_s: float = 0.0
    wraps: Callable[[SqliteStore], object] = lambda store: store
    nightly: Callable[[], NightlyCheck] = NightlyCheck

    def __post_init__(self) -> None:
        (self.folder / "schedules" / "acme").mkdir(parents=True, exist_ok=True)
        self.archive = FileArchive(self.folder / "captures", lease_s=0.0)
        self._opened()

    def _opened(self) -> None:
        self.store = SqliteStore(self.folder / "tracker.db")
        OPENED.append(self.store)
        self.store._connection.execute("PRAGMA busy_timeout = 1")  # nobody waits half a minute in a test
        self.loop = self._loop(self.wraps(self.store))

    def _loop(self, store: object) -> Loop:
        world = World(
            archive=self.archive,
            store=store,
            hosts=self.hosts,
            clock=SystemClock(),
            environment=self.environment,
            monotonic=lambda: self.passed_s,
            nightly=self.nightly(),
        )
        return Loop(
            world,
            Declarations(Settings(store=self.folder, schedules=self.folder / "schedules"), _FORMATS, self.store.declared),
            self._flights,
            self._deliver,
        )

    def _flights(self, wake: Callable[[], None]) -> InFlight:
        return InFlight(
            self.fetch,
            parallel=self.parallel,
            deadline_s=self.deadline_s,
            monotonic=lambda: self.passed_s,
            begin=self.start,
            wake=wake,
        )

    def _deliver(self, declared: Declared, *, fresh: bool) -> None:  # the signature of a worker
        if fresh:
            self.fresh.append(self.now)

    def fetch(self, board: Board) -> Fetched:
        self.asked.append((self.now, board.id))
        return self.answers.get(board.id, showing(ONE))(board)

    # ── what a person does ───────────────────────────────────────────────────────────────────────

    def declare(self, name: str = "text", *, cadence: str = "@daily", host: str | None = None, more: str = "") -> BoardId:
        """Write the file of the board acme/NAME."""
        text = more + BOARD.format(name=name, cadence=cadence, host=host or f"{name}.acme.test")
        self.write(f"acme/{name}.toml", text)
        return BoardId(f"acme/{name}")

    def write(self, name: str, text: str) -> None:
        (self.folder / "schedules" / name).write_text(text, encoding="utf-8")

    def remove(self, name: str) -> None:
        (self.folder / "schedules" / name).unlink()

    def restart(self) -> None:
        """End the process and begin another in the same folder."""
        self.store.close()
        self._opened()

    def run_beside(self, *names: str) -> None:
        """What `tracker run` does, with a store of its own."""
        with SqliteStore(self.folder / "tracker.db") as store:
            for name in names:
                board = self.loop.declared.boards[BoardId(name)]
                intake.take(
                    board, showing(ONE)(board), archive=self.archive, store=store, clock=SystemClock(), lexicon=default_lexicon()
                )

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    @property
    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)

    def pass_by(self, span: timedelta) -> None:
        """Time goes by without a turn of the loop."""
        self.traveller.shift(span)
        self.passed_s += span.total_seconds()

    def run(self, span: timedelta | float = 0.0) -> None:
        """Turn as the daemon does, for so long; at least once."""
        until = self.now + (span if isinstance(span, timedelta) else timedelta(seconds=span))
        self.loop.turn()
        while self.now < until:
            wait_s = min(LOOK_EVERY_S, max(self.loop.idle_s if self.loop.idle_s is not None else LOOK_EVERY_S, 1.0))
            self.pass_by(min(timedelta(seconds=wait_s), until - self.now))
            self.loop.turn()

    # ── what came of it ──────────────────────────────────────────────────────────────────────────

    def times(self, name: str = "acme/text") -> list[datetime]:
        """When a board was asked."""
        return [at for at, board in self.asked if board == name]

    def checks(self, name: str = "acme/text") -> list[Check]:
        return list(self.store.checks(BoardId(name)))

    def results(self, name: str = "acme/text") -> list[Result]:
        return [check.result for check in self.checks(name)]

    def news(self) -> list[str]:
        """The headlines in the outbox, in order."""
        deliveries: list[Delivery] = sorted(self.store.service.deliveries(), key=lambda delivery: delivery.queued_at)
        return [delivery.event.headline for delivery in deliveries]

    def open(self) -> Mapping[tuple[str, str], str]:
        """Notices that are open, by kind and subject."""
        return {(notice.kind, notice.subject): notice.message for notice in self.store.service.notices()}

    def ended(self) -> list[tuple[str, str]]:
        return [(notice.kind, notice.subject) for notice in self.store.service.notices(ended=True)]
