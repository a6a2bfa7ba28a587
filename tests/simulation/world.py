"""A world from a seed: boards whose true states are known, and everything that goes wrong with them for some days.

What a board truly shows is a function of the time that really passed, whatever the clock says. Each answer of a server is noted;
`oracle.py` compares what the tracker made of them.
"""

from __future__ import annotations

import csv as csv_library
import fcntl
import hashlib
import pickle
import random
import sqlite3
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import httpx

from simulation.disk import DEADLY, Crash, Fault, Operation
from simulation.machine import Machine, csv, records
from simulation.pages import DAY, FLICKER_AGAIN, HOUR, ODD, OUTAGES, POISON, WRONG, State, page, states
from tracker.daemon.loop import Loop
from tracker.daemon.opening import rescue
from tracker.errors import TrackerError
from tracker.line import apart
from tracker.line.apart import NO_MEMORY
from tracker.model import BoardId
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Damaged
from tracker.workspace import Settings

DAYS, CALM = 3.0, 1.5
"""How long things go wrong, and how long nothing does afterwards."""
MINUTE_S, LOOK_S = 60.0, 900.0
CADENCES = ("0 */4 * * *", "0 */6 * * *", "0 */8 * * *", "0 */12 * * *")
PERIOD_H = {"0 */4 * * *": 4, "0 */6 * * *": 6, "0 */8 * * *": 8, "0 */12 * * *": 12}
INCIDENTS = (
    *("outage",) * 5,
    *("wrong page",) * 5,
    *("odd page",) * 2,
    *("kill",) * 6,
    *("power",) * 2,
    *("disk",) * 3,
    *("pause",) * 2,
    *("channel",) * 3,
    "clock ahead",
    "clock back",
    "poison",
    "damage",
    "hosts",
    "no database",
    "index",
)


@dataclass(slots=True, kw_only=True)
class Serve:
    """An answer of a board's server: `kind` is empty for the true state. `must`: it reached the tracker undisturbed."""

    board: str
    passed_s: float
    kind: str
    sha256: str
    number: int
    must: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Something that goes wrong."""

    at_s: float
    what: str
    board: str
    detail: str = ""
    lasts_s: float = 0.0


@dataclass(kw_only=True)
class World:
    """Enter nothing; `run` it once, then ask `oracle.problems`."""

    seed: int
    root: Path
    days: float = DAYS
    boards: int = 3
    incidents_per_day: float = 2.0
    kills: int = 0
    kinds: Sequence[str] = INCIDENTS
    serves: list[Serve] = field(default_factory=list)
    paused: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    excused: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    seen: Counter[str] = field(default_factory=Counter)
    kills_at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"world {self.seed}")
        self.machine = Machine(root=self.root)
        self.names = [BoardId(f"house{number % 3}/board{number}") for number in range(self.boards)]
        self.cadence = {name: self.rng.choice(CADENCES) for name in self.names}
        self.states = {name: states(random.Random(f"{self.seed} {name}"), (self.days + CALM / 3) * DAY) for name in self.names}
        for number, name in enumerate(self.names):
            form = "json_records" if number % 3 == 1 else "csv_table"
            self.machine.declare(name, form=form, cadence=self.cadence[name])
            self.machine.answers[name] = self._server(name, form)
        self.machine.hook = self._hook
        self.end_s = self.days * DAY
        count = int(self.days * self.incidents_per_day)
        planned = [*(self._planned() for _ in range(count)), *(self._planned("kill") for _ in range(self.kills))]
        clocks = [incident for incident in planned if incident.what.startswith("clock")]
        if clocks:  # only one: see docs/decisions/0058-simulation.md
            planned = [incident for incident in planned if incident not in clocks[1:]]
        self.incidents = sorted(planned, key=lambda incident: incident.at_s)
        self._queue = list(self.incidents)
        self._pending: list[Serve] = []
        self._once: dict[str, list[str]] = defaultdict(list)
        self._outages: list[Incident] = []
        self._channel: list[str] = []
        self._struck = False
        self._sent_s = -HOUR
        self._clock_until: tuple[float, timedelta] | None = None
        self._damaged = False
        self._away: dict[str, float] = {}
        self._reports: tuple[float, Callable[[], None]] = (float("inf"), lambda: None)
        self._reported = 1
        self._flickers: dict[str, float] = {}
        self._recent: dict[str, frozenset[str]] = defaultdict(frozenset)
        self.machine.disk.before = self._leased
        self.machine.disk.watches_power = any(incident.what == "power" for incident in self.incidents)

    @property
    def passed_s(self) -> float:
        return self.machine.outside.passed_s

    @property
    def _resets_hosts(self) -> bool:
        """Whether something may have deleted or bypassed the memory of hosts."""
        return any(incident.what in {"hosts", "clock ahead", "clock back"} for incident in self.incidents)

    def _planned(self, what: str = "") -> Incident:
        rng = self.rng
        what = what or rng.choice(self.kinds)
        detail = {
            "outage": rng.choice(OUTAGES),
            "wrong page": rng.choice(WRONG),
            "odd page": rng.choice(ODD),
            "kill": rng.choice((Fault.CRASH, Fault.TORN_CRASH)).name,
            "power": rng.choice((Fault.POWER, Fault.POWER_ALL)).name,
            "disk": rng.choice((Fault.FULL, Fault.ERROR, Fault.TORN)).name,
            "channel": rng.choice(("error", "no answer", "gone after it", "dies")),
            "index": rng.choice(("cut", "torn", "garbled")),
        }.get(what, "")
        at_s = rng.uniform(0.3 * DAY, self.days * DAY)
        lasts_s = rng.choice((2, 5, 9, 14)) * HOUR
        return Incident(at_s=at_s, what=what, board=rng.choice(self.names), detail=detail, lasts_s=lasts_s)

    def each(self, span_s: float, report: Callable[[], None]) -> None:
        """Call `report` each time that so much time has passed."""
        self._reports = span_s, report

    def _leased(self, kind: str, path: str) -> None:
        """Nobody may get a board's lease while its index is written."""
        if kind != "write" or not path.endswith("index.jsonl"):
            return
        lock = self.machine.settings.captures / ".locks" / "--".join(Path(path).parts[-3:-1])
        if lock.exists():
            with lock.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
        self.wrong.append(f"{path.rpartition('captures/')[2]} is written by a process that does not hold the board's lease")

    # ── what servers say ─────────────────────────────────────────────────────────────────────────

    def true_state(self, board: BoardId, passed_s: float | None = None) -> State:
        """What the board shows."""
        at = self.passed_s if passed_s is None else passed_s
        return next(state for state in reversed(self.states[board]) if state.since_s <= at)

    def _server(self, name: BoardId, form: str) -> Callable[[httpx.Request], httpx.Response]:
        written = records if form == "json_records" else csv

        def answer(request: httpx.Request) -> httpx.Response:
            state = self.true_state(name)
            kind = self._kind(name)
            if kind in {"cut", POISON} and form != "csv_table":
                kind = "equal"
            body = page(kind, state, written)
            digest = hashlib.sha256(body).hexdigest()
            serve = Serve(board=name, passed_s=self.passed_s, kind=kind, sha256=digest, number=state.number)
            self.serves.append(serve)
            self._pending.append(serve)
            self.seen[f"served {kind or 'well'}"] += 1
            if name in self.paused:
                self.wrong.append(f"{name}: asked at {self.passed_s / HOUR:.1f} h, although it is paused")
            host = name.partition("/")[0]
            if self._clock_until is None and self.passed_s < self._away.get(host, 0.0) and not self._resets_hosts:
                self.wrong.append(f"{name}: asked at {self.passed_s / HOUR:.1f} h, which its host had asked us not to do")
            if kind in OUTAGES and kind not in {"layout", "empty"}:
                return self._failing(name, kind, request)
            tag = f'"{digest[:16]}"'
            if form == "csv_table" and request.headers.get("if-none-match") == tag:
                return httpx.Response(304, headers={"etag": tag})
            mime = "application/json" if form == "json_records" else "text/csv"
            return httpx.Response(200, content=body, headers={"content-type": mime, "etag": tag})

        return answer

    def _kind(self, name: str) -> str:
        """What the server shows now; empty for the true state."""
        kind, recent = self._once[name].pop(0) if self._once[name] else self._outage_of(name), self._recent[name]
        if kind in ODD and not recent.isdisjoint(ODD):
            kind = ""  # what is read twice is believed
        if kind == "flicker" and self.passed_s < self._flickers.get(name, -DAYS * DAY) + 2 * DAY:
            kind = ""  # an absence of days is a departure
        elif kind == "flicker":
            self._flickers[name] = self.passed_s + DAY - 4 * HOUR
        elif not kind and self.passed_s < self._flickers.get(name, 0.0) and FLICKER_AGAIN not in recent:
            kind = FLICKER_AGAIN  # the row is back before its absence is certain
        self._recent[name] = frozenset((*self._recent[name], kind)) if kind else frozenset()
        return kind

    def _outage_of(self, name: str) -> str:
        host = name.partition("/")[0]
        for outage in self._outages:
            of_host = outage.detail in {"down", "slow", "busy"}
            is_hit = outage.board.partition("/")[0] == host if of_host else outage.board == name
            if is_hit and outage.at_s <= self.passed_s < outage.at_s + outage.lasts_s:
                return outage.detail
        return ""

    def _failing(self, name: str, kind: str, request: httpx.Request) -> httpx.Response:
        if kind == "down":
            raise httpx.ConnectError("refused", request=request)
        if kind == "slow":
            self.machine.outside.wait(timedelta(seconds=45))
            raise httpx.ReadTimeout("slow", request=request)
        if kind == "busy":
            self._away[(request.url.host or "").partition(".")[0]] = self.passed_s + 1790
            return httpx.Response(429, headers={"retry-after": "1800"})
        if kind == "busy for years":  # a day at most, and only this board
            self.excused[name].append((self.passed_s, self.passed_s + DAY))
            return httpx.Response(429, headers={"retry-after": "1000000000"})
        if kind == "login":
            form = b"<!doctype html><title>Log in</title><form><input type=password></form>"
            return httpx.Response(200, content=form, headers={"content-type": "text/html"})
        return httpx.Response(404 if kind == "gone" else 500)

    def _hook(self, request: httpx.Request) -> httpx.Response:
        kind = self._channel.pop(0) if self._channel else ""
        self.seen[f"message {kind or 'taken'}"] += 1
        if kind == "error":
            return httpx.Response(500)
        if kind == "no answer":
            raise httpx.ReadTimeout("hangs", request=request)
        if kind == "dies":
            self.machine.disk.kill()
            self.kills_at.append(self.passed_s)
        return httpx.Response(200)

    # ── the run ──────────────────────────────────────────────────────────────────────────────────

    def run(self) -> None:
        """Live through all of it, then through some calm days."""
        with self.machine.outside.installed(self.seed), _killing(self):
            self._live()
            self._calm()
            self.end_s = (self.days + CALM) * DAY
            self._live()
            self._check_pauses()

    def _calm(self) -> None:
        self.machine.disk.plan = lambda _: None
        self._queue.clear()
        self._channel.clear()
        self._once.clear()
        self._outages.clear()
        self._right_clock()

    def _live(self) -> None:
        starts, failures, last_s = 0, 0, self.passed_s
        while self.passed_s < self.end_s:
            starts = starts + 1 if self.passed_s - last_s < HOUR else 0
            last_s = self.passed_s if not starts else last_s
            if starts > 60:
                self.wrong.append(f"the daemon ended {starts} times within an hour")
                return
            result = self.machine.outside.process(self._daemon)
            self._forget()
            if isinstance(result, Crash):
                self.seen["processes killed"] += 1
                self.machine.outside.wait(timedelta(seconds=5))
            elif isinstance(result, TrackerError):
                failures += 1
                self.machine.outside.wait(timedelta(seconds=60))
                if failures > 40:
                    self.wrong.append(f"the daemon does not start: {result}")
                    return
            elif isinstance(result, BaseException):
                self.wrong.append(f"the daemon ended with a trace: {type(result).__name__}: {result}")
                raise result
            elif isinstance(result, Incident):
                self._between(result)

    def _daemon(self) -> Incident | None:
        """One process, until it is stopped for an incident, or the time is over."""
        try:
            with self.machine.daemon() as loop:
                self._check_pauses()
                if self._damaged:
                    self.wrong.append("the daemon started on a damaged database and did not notice")
                    self._damaged = False
                while self.passed_s < self.end_s:
                    loop.turn()
                    self._turned(loop)
                    while self._queue and self._queue[0].at_s <= self.passed_s:
                        incident = self._queue.pop(0)
                        self.seen[incident.what] += 1
                        if not self._happens(incident):
                            return incident
                    self.machine.outside.wait(timedelta(seconds=self._step_s(loop)))
                    self._clock_goes_right()
                    if self.passed_s >= self._reported * self._reports[0]:
                        self._reported += 1
                        self._reports[1]()
        except Damaged as error:
            self.seen["rescues"] += 1
            self._damaged = False
            rescue(self.machine.settings, error)
        return None

    def _step_s(self, loop: Loop) -> float:
        if loop.trouble:
            return 30.0
        until = [self.end_s, *(incident.at_s for incident in self._queue[:1])]
        idle_s = loop.idle_s if loop.idle_s is not None else LOOK_S
        if MINUTE_S / 2 < idle_s <= MINUTE_S:  # the loop asks for paused boards every minute
            idle_s = LOOK_S
        return max(1.0, min(idle_s, LOOK_S if self.machine.unsent else 12 * LOOK_S, *(at - self.passed_s for at in until)))

    def _turned(self, loop: Loop) -> None:
        if self._struck:
            self._forget()
            self._struck = bool(loop.trouble)
        elif not loop.trouble and not loop.busy:
            for serve in self._pending:
                serve.must = self._clock_until is None
            self._pending.clear()

    def _forget(self) -> None:
        """The tracker may not have noted what it was last told: its process died, or its disk failed."""
        for serve in self._pending:
            if serve.kind == "busy":
                self._away.pop(serve.board.partition("/")[0], None)
        self._pending.clear()

    # ── what happens ─────────────────────────────────────────────────────────────────────────────

    def _happens(self, incident: Incident) -> bool:
        """Let it happen while the daemon runs. Returns False if the daemon must end first."""
        rng = random.Random(f"{self.seed} {incident}")
        until = self.passed_s + incident.lasts_s
        match incident.what:
            case "outage":
                self._outages.append(incident)
            case "wrong page" | "odd page":
                self._once[incident.board].append(incident.detail)
                self.excused[incident.board].append((self.passed_s, self.passed_s + 2 * DAY))
            case "poison":
                self._once[incident.board].append(POISON)
                self.excused[incident.board].append((self.passed_s, self.passed_s + 2 * DAY))
            case "kill" | "power" | "disk":
                self._strike_after(rng.randint(1, 200), Fault[incident.detail], rng.randint(1, 30))
            case "channel":
                self._channel += [incident.detail] * (1 if incident.detail == "dies" else rng.randint(1, 4))
            case "pause":
                self._pause(incident.board)
            case "clock ahead":
                self._set_clock(timedelta(days=rng.choice((1, 3, 40, 400))), rng.choice((2, 7, 20)) * HOUR)
            case "clock back":
                self._set_clock(-timedelta(hours=rng.choice((1, 5, 30))), rng.choice((2, 7)) * HOUR)
            case _:
                return False
        if incident.what in {"outage", "disk"}:
            self.excused["" if incident.what == "disk" else incident.board.partition("/")[0]].append(
                (self.passed_s, until + 9 * HOUR)
            )
        return True

    def _strike_after(self, operations: int, fault: Fault, times: int) -> None:
        """Fail an operation: a deadly fault strikes once, another one some times in a row."""
        left = [operations, times]

        def plan(_: Operation) -> Fault | None:
            left[0] -= 1
            if left[0] > 0 or left[1] <= 0:
                return None
            left[1] = 0 if fault in DEADLY else left[1] - 1
            self._struck = True
            self.seen[f"struck: {fault.name}"] += 1
            if fault in DEADLY:
                self.kills_at.append(self.passed_s)
            return fault

        self.machine.disk.plan = plan

    def _pause(self, board: str) -> None:
        """A person pauses a board, or resumes it."""
        words = ["board", "resume", board]
        if board not in self.paused:
            words = ["board", "pause", board, "--reason", f"at {self.passed_s:.0f}", "--by", "me"]
        for _ in range(3):
            result = self.machine.outside.process(self.machine.command(*words))
            if not isinstance(result, BaseException):
                break
            if "is not paused" in str(result):
                break
        else:
            return
        self.excused[board].append((self.passed_s, self.passed_s))
        if words[1] == "resume":
            self.paused.pop(board, None)
        else:
            self.paused[board] = f"at {self.passed_s:.0f}"
            self.excused[board].append((self.passed_s, (self.days + CALM + 1) * DAY))

    def _set_clock(self, by: timedelta, lasts_s: float) -> None:
        if self._clock_until is not None:
            return
        self._clock_until = self.passed_s + lasts_s, by
        self.machine.outside.set_clock(self.machine.outside.now + by)
        until_s = self.passed_s + lasts_s + DAY  # a clock that is ahead by less than two days is not noticed
        self.excused[""].append((self.passed_s, until_s + 9 * HOUR))

    def _clock_goes_right(self) -> None:
        if self._clock_until is not None and self.passed_s >= self._clock_until[0]:
            self._right_clock()

    def _right_clock(self) -> None:
        if self._clock_until is not None:
            self.machine.outside.set_clock(self.machine.outside.now - self._clock_until[1])
            self._clock_until = None

    def _between(self, incident: Incident) -> None:
        """What damages files while no process runs."""
        rng, settings = random.Random(f"{self.seed} {incident}"), self.machine.settings
        self.excused[""].append((self.passed_s, self.passed_s + HOUR))
        self.machine.disk.plan, self.machine.disk.before = lambda _: None, lambda *_: None
        match incident.what:
            case "damage":
                _damage(settings, rng)
                self._damaged = True
            case "hosts":
                for ending in ("-journal", "-wal", "-shm"):
                    settings.hosts.with_name(settings.hosts.name + ending).unlink(missing_ok=True)
                settings.hosts.write_bytes(rng.randbytes(5000))
            case "no database":
                if settings.backup.exists():
                    for path in settings.store.glob("tracker.db*"):
                        path.unlink()
            case "index":
                _spoil_index(settings.captures / incident.board / "index.jsonl", incident.detail, rng)
        self.machine.disk.before = self._leased

    def _check_pauses(self) -> None:
        with SqliteStore(self.machine.settings.database) as store:
            found = {str(board): pause.reason for board, pause in store.service.pauses().items() if pause.by == "me"}
        if found != self.paused:
            self.wrong.append(f"pauses at {self.passed_s / HOUR:.1f} h: expected {self.paused}, found {found}")
            self.paused = dict(found)


@contextmanager
def _killing(world: World) -> Iterator[None]:
    """Within the block, a poisoned page kills the process that reads it, and exhausts the memory of one that reads it alone."""
    reader = csv_library.reader

    def read(lines: Any, *rest: Any, **more: Any) -> Any:
        if POISON.encode() in lines.buffer.getvalue():
            world.seen["killed by a page"] += 1
            world.machine.disk.kill()
            raise Crash
        return reader(lines, *rest, **more)

    def alone(command: Any, *, input: Any, **_: Any) -> Any:  # noqa: A002  # as `subprocess.run`
        board, bodies, received = pickle.loads(input)
        if any(POISON.encode() in body for body in bodies):
            return subprocess.CompletedProcess(command, NO_MEMORY, b"", b"")
        return subprocess.CompletedProcess(command, 0, pickle.dumps(apart._result(board, bodies, received)), b"")

    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(csv_library, "reader", read))
        stack.enter_context(mock.patch.object(subprocess, "run", alone))
        yield


def _damage(settings: Settings, rng: random.Random) -> None:
    """Overwrite the root page of a table of the history."""
    table = rng.choice(("_measures", "_events", "_checks", "_entries"))
    with closing(sqlite3.connect(settings.database)) as connection, suppress(sqlite3.Error):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with settings.database.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(rng.randbytes(size))


def _spoil_index(path: Path, how: str, rng: random.Random) -> None:
    if not path.exists():
        return
    lines = path.read_bytes().splitlines(keepends=True)
    if how == "cut":
        lines = lines[: max(1, len(lines) - rng.randint(1, 2))]
    elif how == "torn":
        lines.append(lines[-1][: len(lines[-1]) // 2])
    else:
        lines[-1] = b"\0" * len(lines[-1])
    path.write_bytes(b"".join(lines))
