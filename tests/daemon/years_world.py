"""Made publishers that misbehave by the clock, a receiver that counts, and the daemon's own loop run through years of it.

What a board shows, and how its server misbehaves, is a function of (board, time) alone: a fetch that is killed and done
again sees the same. Every request is written to a log of its own, and what the store must hold follows from that log.
"""

import bisect
import gzip
import hashlib
import itertools
import json
import math
import os
import random
import selectors
import socket
import struct
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Self

import time_machine
from memory_store import MemoryStore

from tracker import cadence, notify
from tracker.daemon.delivery import pass_once
from tracker.daemon.flights import InFlight
from tracker.daemon.loop import Loop, World
from tracker.fetch import Fetcher, post
from tracker.line import intake, sync
from tracker.model import Board, BoardId, Delivery, DeliveryOutcome, EventFilter, MetricId, Result
from tracker.notify.channels import webhook
from tracker.notify.outbox import deliver, exists_in
from tracker.schedules.formats import formats
from tracker.stores.archive import FileArchive
from tracker.stores.hosts import SqliteHosts
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.declarations import Declarations, Declared
from tracker.workspace.names import default_lexicon

START = datetime(2027, 1, 4, 0, 0, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOOK = timedelta(minutes=5)
"""How often the simulated worker looks while a delivery waits; the real worker looks every 15 seconds."""
BOARDS_PER_HOST = 3.4
TIMEOUT_S = 0.15
MAX_BYTES = 300_000
ERROR_OF_FITS = 2.0
"""A page whose values scatter by more than half of the stated error waits (docs/decisions/0056-pages-of-other-rankings.md)."""
REFIT = 0.4
"""A refit moves each value by this at most; those between two readings add up to less than half of that error for most values."""
ENVIRONMENT = {"HOOK_KEY": "a key for tests"}

SILENT = ("half", "reset", "drip")
"""No complete answer arrives."""
PASSING = (*SILENT, "error", "busy_seconds", "busy_date")
LASTING = ("loop", "login", "bomb", "layout", "challenge", "empty", "gone")
"""Refused, gone, or unreadable: news at once."""

RHYTHMS = (
    ("17 * * * *", "UTC", 5),
    ("0 */6 * * *", "America/New_York", 13),
    ("30 6 * * *", "Europe/Berlin", 31),
    ("5 2 * * *", "America/New_York", 29),
    ("0 9 * * *", "Asia/Tokyo", 47),
    ("45 1 * * *", "Australia/Lord_Howe", 37),
    ("@daily", "UTC", 26),
    ("10 7 * * 1-5", "Europe/London", 53),
    ("0 8 * * 1", "America/Sao_Paulo", 120),
    ("20 4 */3 * *", "Asia/Kolkata", 71),
)
"""Cadence, time zone, and after so many hours each the board may change."""
ONCE = 2
"""Rhythms of one board only: an hourly board costs as much as 24 daily ones."""
BRANDS = ("Qwen", "Llama", "Gemma", "Phi", "Yi", "Zephyr", "Falcon")

ROUTES = """
[[route]]
name = "news"
channel = "webhook"
address = "HOOK/news"
secret = "${HOOK_KEY}"
min_weight = 35

[[route]]
name = "nights off"
channel = "webhook"
address = "HOOK/nights"
secret = "${HOOK_KEY}"
board = ["house1/*", "house2/*", "tracker"]
quiet = ["22:00-07:00"]
time_zone = "Europe/Berlin"
cool_down = "6h"
gather = "10m"

[[route]]
name = "digest"
channel = "webhook"
address = "HOOK/digest"
secret = "${HOOK_KEY}"
digest = "daily 08:00"
time_zone = "Europe/Berlin"
min_weight = 20
"""

CHANNEL_ROUTES = """
[[route]]
name = "capped"
channel = "webhook"
address = "HOOK/capped"
secret = "${HOOK_KEY}"
most_per_hour = 3

[[route]]
name = "everything"
channel = "webhook"
address = "HOOK/everything"
secret = "${HOOK_KEY}"
news_only = false
digest = "daily 08:00"
"""


# ── what is shown ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A made board. `step` is how often it may change; `etag`: whether its server answers 304."""

    id: BoardId
    number: int
    host: str
    cadence: str
    zone: str
    step: timedelta
    format: str
    fitted: bool
    etag: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    kind: str
    start: datetime
    end: datetime


@dataclass(slots=True)
class Shown:
    """One state of a board: name, score, price by key."""

    rows: dict[str, tuple[str, float, float]] = field(default_factory=dict)

    def changed(self, rng: random.Random, born: "Iterator[int]", *, fitted: bool) -> None:
        """The next state."""
        if fitted:
            self.rows = {
                key: (name, round(score + rng.uniform(-REFIT, REFIT), 2), price)
                for key, (name, score, price) in self.rows.items()
            }
        elif rng.random() < 0.012:  # the publisher measures anew
            self.rows = {key: (name, round(score * 0.9 + 2, 1), price) for key, (name, score, price) in self.rows.items()}
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            key = rng.choice(sorted(self.rows))
            name, score, price = self.rows[key]
            tie = rng.choice(sorted(self.rows))
            new = self.rows[tie][1] if rng.random() < 0.2 else round(min(96.0, max(8.0, score + rng.gauss(0, 4))), 1)
            self.rows[key] = (name, new, price)
        if rng.random() < 0.1:
            key = rng.choice(sorted(self.rows))
            name, score, _ = self.rows[key]
            self.rows[key] = (name, score, rng.choice((0.2, 0.5, 1.0, 3.0, 10.0)))
        if rng.random() < 0.2 and len(self.rows) < 16:
            self.arrive(rng, next(born))
        if rng.random() < 0.15 and len(self.rows) > 9:
            del self.rows[rng.choice(sorted(self.rows))]

    def arrive(self, rng: random.Random, number: int) -> None:
        if f"m{number}" in self.rows:
            return
        brand = BRANDS[number % len(BRANDS)]
        name = f"{brand} {1 + number // 14}.{number % 5} {rng.choice((2, 7, 14, 32, 72))}B"
        self.rows[f"m{number}"] = (name, round(min(95.0, rng.uniform(30, 70) + number % 200 / 8), 1), rng.choice((0.5, 1.0, 3.0)))


class Script:
    """The boards, what each shows at any time, and when it fails. Times that are asked for may not go back far cheaply."""

    def __init__(
        self,
        *,
        seed: int,
        boards: int,
        days: int,
        rhythms: Sequence[tuple[str, str, int]] = (),
        models: int = 0,
        outages: float = 1.0,
    ) -> None:
        """`rhythms` replace the usual ones; `models` come and go (0: no limit); `outages` is a factor of their usual number."""
        self.seed, self._models, self._share = seed, models, outages
        hosts = max(2, math.ceil(boards / BOARDS_PER_HOST))
        self.boards = tuple(_made(number, hosts, rhythms) for number in range(boards))
        self.by_id = {made.id: made for made in self.boards}
        self.end = START + timedelta(days=days)
        self._outages = {made.id: list[Outage]() for made in self.boards}
        self._plan()
        for planned in self._outages.values():
            planned.sort(key=lambda outage: outage.start)
        self._states: dict[BoardId, tuple[int, Shown, random.Random, Iterator[int]]] = {}

    def fault(self, board: BoardId, at: datetime) -> str:
        """How its server fails; empty if it does not."""
        outages = self._outages[board]
        place = bisect.bisect_right(outages, at, key=lambda outage: outage.start) - 1
        return next((outage.kind for outage in outages[max(0, place - 3) : place + 1] if outage.start <= at < outage.end), "")

    def rows(self, made: Made, at: datetime) -> Mapping[str, tuple[str, float, float]]:
        wanted = (at - START) // made.step
        number, shown, rng, born = self._states.get(made.id) or self._first(made)
        if wanted < number:
            number, shown, rng, born = self._first(made)
        for _ in range(wanted - number):
            shown.changed(rng, born, fitted=made.fitted)
        self._states[made.id] = wanted, shown, rng, born
        return shown.rows

    def _first(self, made: Made) -> tuple[int, Shown, random.Random, Iterator[int]]:
        rng, born, shown = random.Random(f"{self.seed} {made.id}"), self._numbers(), Shown()
        for _ in range(11):
            shown.arrive(rng, next(born))
        return 0, shown, rng, born

    def _numbers(self) -> Iterator[int]:
        return itertools.cycle(range(self._models)) if self._models else itertools.count()

    def body(self, made: Made, at: datetime, *, column: str = "score", empty: bool = False) -> bytes:
        rows = {} if empty else self.rows(made, at)
        if made.format == "json_records":
            records = [{"id": key, "name": name, column: score, "price": price} for key, (name, score, price) in rows.items()]
            return json.dumps({"models": records}).encode()
        lines = [f"id,name,{column},price", *(f"{key},{name},{score},{price}" for key, (name, score, price) in rows.items())]
        return ("\n".join(lines) + "\n").encode()

    def _plan(self) -> None:
        """Outages of single boards and of whole hosts. At most one host is silent: three would be a missing network."""
        rng = random.Random(f"{self.seed} outages")
        at = START + DAY
        while at < self.end:  # one after the other
            kind = rng.choices(SILENT, (4, 4, 1))[0]
            lasts = timedelta(hours=2 if kind == "drip" else rng.choice((1, 4, 9, 16, 30)))  # each drip takes real time
            self._fail(kind, at, at + lasts, rng)
            at += lasts + timedelta(hours=rng.uniform(20, 300)) / self._share
        for made in self.boards:
            at = START + timedelta(days=rng.uniform(1, 40)) / self._share
            while at < self.end:
                lasts = timedelta(hours=rng.choice((2, 7, 20, 40, 75)))
                kind = rng.choice((*LASTING, "error", "busy_seconds", "busy_date"))
                self._outages[made.id].append(Outage(kind=kind, start=at, end=at + lasts))
                at += lasts + timedelta(days=rng.uniform(5, 90)) / self._share

    def _fail(self, kind: str, start: datetime, end: datetime, rng: random.Random) -> None:
        made = rng.choice(self.boards)
        hit = [board for board in self.boards if board.host == made.host] if rng.random() < 0.4 and kind != "drip" else [made]
        for board in hit:
            self._outages[board.id].append(Outage(kind=kind, start=start, end=end))


def _made(number: int, hosts: int, rhythms: Sequence[tuple[str, str, int]]) -> Made:
    among = rhythms or (RHYTHMS[number : number + 1] if number < ONCE else RHYTHMS[ONCE:])
    cadence_, zone, hours = among[number % len(among)]
    return Made(
        id=BoardId(f"house{number % hosts}/board{number}"),
        number=number,
        host=f"127.0.0.{1 + number % hosts}",
        cadence=cadence_,
        zone=zone,
        step=timedelta(hours=hours),
        format="json_records" if number % 2 else "csv_table",
        fitted=number % 5 == 3,
        etag=number % 3 != 0,
    )


def declare(script: Script, folder: Path, *, port: int, hook: str, routes: str = ROUTES) -> None:
    """Write the schedules of the boards and the routes."""
    for made in script.boards:
        path = folder / f"{made.id}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_declaration(made, f"http://{made.host}:{port}/{made.id}"), encoding="utf-8")
    (folder / "routes.toml").write_text(routes.replace("HOOK/", f"{hook}/"), encoding="utf-8")


def _declaration(made: Made, url: str) -> str:
    records = '\nrecords = "models"' if made.format == "json_records" else ""
    more = 'jitter = "10m"\n' if made.number % 4 == 2 else ""
    more += 'quiet = ["01:00-05:00"]\n' if made.number % 7 == 4 else ""
    return f"""title = "Board {made.number}"
page = "{url}"
cadence = "{made.cadence}"
time_zone = "{made.zone}"
{more}
[request]
url = "{url}"
gap_s = 0
timeout_s = {TIMEOUT_S}
max_bytes = {MAX_BYTES}

[parse]
format = "{made.format}"{records}

[columns]
key = "id"
name = "name"

[metrics.score]
from = "score"
nature = "{"fitted" if made.fitted else "tested"}"
unit = "points"
topic = "overall"
higher_is_better = true
primary = true
stated_error = {ERROR_OF_FITS if made.fitted else 0.5}

[metrics.price]
from = "price"
nature = "listed"
unit = "USD per 1M tokens"
topic = "price"
higher_is_better = false

[contract]
depth = "whole"
min_entries = 4
score = {{ min = 0, max = 100, min_filled = 0.5 }}
"""


# ── the publishers ───────────────────────────────────────────────────────────────────────────────


class Publishers:
    """Serves a script on all its hosts, at one port, as of the time `now`. Each answer to a board is a line of `log`."""

    def __init__(self, script: Script, now: Callable[[], datetime], log: Path, port: int = 0) -> None:
        self._script, self._now = script, now
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self._bomb = gzip.compress(bytes(20_000_000), 1)
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._guard = threading.Lock()
        self.port = port
        for host in sorted({made.host for made in script.boards}):
            listening = socket.create_server((host, self.port), backlog=64)
            self.port = listening.getsockname()[1]
            self._selector.register(listening, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopping = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()
        os.close(self._log)

    def _serve(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select(0.05):
                assert isinstance(key.fileobj, socket.socket)
                connection, _ = key.fileobj.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # whoever asked may go at any moment
            connection.settimeout(5)
            asked = b""
            while b"\r\n\r\n" not in asked:
                more = connection.recv(65_536)
                if not more:
                    return
                asked += more
            target = asked.split(b" ", 2)[1].decode().partition("?")[0].strip("/")
            if target == "robots.txt":
                connection.sendall(_reply(200, b"User-agent: *\nAllow: /\n", "text/plain"))
                return
            self._board(connection, BoardId(target), asked.decode("latin-1").lower())

    def _board(self, connection: socket.socket, board: BoardId, asked: str) -> None:
        at, made = self._now(), self._script.by_id[board]
        kind = self._script.fault(board, at)
        with self._guard:
            body = self._script.body(made, at, column="points" if kind == "layout" else "score", empty=kind == "empty")
        sha256 = hashlib.sha256(body).hexdigest()
        line = {"board": board, "at": int(at.timestamp()), "kind": kind, "sha256": sha256}
        os.write(self._log, json.dumps(line).encode() + b"\n")
        if not kind or kind in ("layout", "empty"):
            tag = f'"{sha256[:20]}"'
            if made.etag and f"if-none-match: {tag}" in asked:
                connection.sendall(_reply(304, b"", "text/plain", ETag=tag))
                return
            mime = "application/json" if made.format == "json_records" else "text/csv"
            connection.sendall(_reply(200, body, mime, **({"ETag": tag} if made.etag else {})))
            return
        self._misbehave(connection, kind, board, body, at)

    def _misbehave(self, connection: socket.socket, kind: str, board: BoardId, body: bytes, at: datetime) -> None:
        if kind == "drip":
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nContent-Length: 5000\r\n\r\n")
            for byte in body:
                connection.sendall(bytes((byte,)))
                time.sleep(TIMEOUT_S / 4)
        elif kind == "half":
            connection.sendall(_reply(200, body, "text/csv", length=len(body) + 500)[:-40])
        elif kind == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            connection.sendall(self._wrong(kind, board, at))

    def _wrong(self, kind: str, board: BoardId, at: datetime) -> bytes:
        wait_s = 40 + int(hashlib.sha256(f"{board} {at}".encode()).hexdigest()[:4], 16) % 7000
        match kind:
            case "error":
                return _reply(500, b"<h1>Internal Server Error</h1>", "text/html")
            case "busy_seconds":
                return _reply(429, b"slow down", "text/plain", **{"Retry-After": str(wait_s)})
            case "busy_date":
                date = format_datetime(at + timedelta(seconds=wait_s), usegmt=True)
                return _reply(429, b"slow down", "text/plain", **{"Retry-After": date})
            case "loop":
                return _reply(302, b"", "text/plain", Location=f"/{board}?again=1")
            case "login":
                return _reply(200, b"<!doctype html><title>Log in</title><form><input type=password></form>", "text/html")
            case "bomb":
                return _reply(200, self._bomb, "text/csv", **{"Content-Encoding": "gzip"})
            case "challenge":
                page = b"<!doctype html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
                return _reply(403, page, "text/html")
            case "gone":
                return _reply(404, b"not found", "text/plain")
        raise AssertionError(kind)


def _reply(status: int, body: bytes, mime: str, *, length: int | None = None, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} As it is", f"Content-Type: {mime}", "Connection: close"]
    if status != 304:
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


# ── the receiver ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A message that came: `at` is the sender's time, `answer` what came of it."""

    id: str
    route: str
    at: int
    events: tuple[str, ...]
    more: int
    answer: str

    @property
    def taken(self) -> bool:
        return self.answer == "ok"


class Receiver:
    """Counts messages. `behave(n)` is the answer to the n-th: ok, error, hang, large; `before(n)` is called before it."""

    def __init__(
        self,
        behave: Callable[[int, int], str] = lambda *_: "ok",
        before: Callable[[int], None] = lambda _: None,
        *,
        keep: int | None = None,
    ) -> None:
        """`keep`: remember only so many messages."""
        self._behave, self._before, self._keep = behave, before, keep
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._socket.settimeout(0.05)
        self._stopping = False
        self.arrived: list[Arrived] = []
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopping = True
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while not self._stopping:
            with suppress(TimeoutError):
                connection, _ = self._socket.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the sender may be killed at any moment
            connection.settimeout(5)
            head, _, body = _head(connection).partition(b"\r\n\r\n")
            headers = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
            while len(body) < int(headers["content-length"]):
                more = connection.recv(65_536)
                if not more:
                    return
                body += more
            number = len(self.arrived)
            behaviour = self._behave(number, len(body))
            message = json.loads(body)
            events = tuple(event["id"] for event in message["events"])
            at = int(headers["webhook-timestamp"])
            name = headers["webhook-id"]
            self.arrived.append(
                Arrived(id=name, route=message["route"], at=at, events=events, more=message["more"], answer=behaviour)
            )
            if self._keep is not None:
                del self.arrived[: len(self.arrived) - self._keep]
            self._before(number)
            if behaviour == "hang":
                time.sleep(0.3)
            elif behaviour != "cut":
                connection.sendall(_reply({"ok": 200, "error": 500, "large": 413}[behaviour], b"", "text/plain"))


def _head(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65_536)
        if not more:
            raise OSError("gone")
        head += more
    return head


# ── the daemon, driven ───────────────────────────────────────────────────────────────────────────


class Standing:
    """A clock that stands still until the driver moves it; whoever sleeps on it goes on at once."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        """At once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folder of a simulation."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "tracker.db"

    @property
    def captures(self) -> Path:
        return self.root / "captures"

    @property
    def schedules(self) -> Path:
        return self.root / "schedules"

    @property
    def log(self) -> Path:
        return self.root / "served.jsonl"

    @property
    def time(self) -> Path:
        return self.root / "now"


class Years:
    """The daemon in `place`, from the time noted there on. Enter it, then call `run`."""

    def __init__(self, place: Place, script: Script, *, port: int = 0, post_s: float = 0.0) -> None:
        self._place, self._script, self._post_s = place, script, post_s
        self._stack = ExitStack()
        self.clock = Standing(noted(place.time))
        self.turns = 0
        place.root.mkdir(parents=True, exist_ok=True)
        self.publishers = Publishers(script, self.clock.now, place.log, port)

    def __enter__(self) -> Self:
        self._stack.callback(self.publishers.close)
        self._travel = self._stack.enter_context(time_machine.travel(self.clock.at, tick=False))
        self.store = self._stack.enter_context(SqliteStore(self._place.database))
        self.archive = FileArchive(self._place.captures)
        self.hosts = self._stack.enter_context(closing(SqliteHosts(self._place.root / "hosts.db")))
        self._fetcher = self._stack.enter_context(Fetcher(self.hosts, self.clock, ENVIRONMENT, monotonic=time.perf_counter))
        world = World(
            archive=self.archive,
            store=self.store,
            hosts=self.hosts,
            clock=self.clock,
            environment=ENVIRONMENT,
            monotonic=time.perf_counter,
        )
        declarations = Declarations(
            Settings(store=self._place.root, schedules=self._place.schedules), formats(), self.store.declared
        )
        self.loop = Loop(world, declarations, self._flights, self._deliver)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _flights(self, wake: Callable[[], None]) -> InFlight:
        return InFlight(
            lambda board: self._fetcher.fetch(board, intake.validators(self.archive, board.id)),
            parallel=4,
            deadline_s=600,
            monotonic=time.perf_counter,
            begin=lambda work: work(),
            wake=wake,
        )

    def _deliver(self, declared: Declared, *, fresh: bool) -> None:
        if not self._post_s:
            pass_once(self.store, declared.routes, declared.boards, self.clock, ENVIRONMENT)
            return
        quick = partial(post, timeout_s=self._post_s)
        deliver(
            self.store.service,
            declared.routes,
            lambda route: webhook.open_route(route, ENVIRONMENT, quick),
            clock=self.clock,
            boards=declared.boards,
            exists=exists_in(self.store),
        )

    def run(self, until: datetime) -> None:
        """Turn the loop at every time at which there is something to do."""
        while self.clock.at < until:
            self._resume()
            self.loop.turn()
            self.loop.turn()  # what landed has its next time only now
            assert not self.loop.trouble, self.loop.trouble
            self.turns += 2
            self._jump(min(self._next(), until))

    def _resume(self) -> None:
        """Somebody looks after what is paused, every midnight."""
        for board, pause in self.store.service.pauses().items():
            if pause.since < _midnight(self.clock.at):
                self.store.service.resume(board)
                self.loop.reload()

    def _next(self) -> datetime:
        idle_s = self.loop.idle_s
        times = [self.clock.at + timedelta(seconds=math.ceil(max(idle_s, 1)))] if idle_s is not None else []
        if self.store.service.pauses():
            times.append(_midnight(self.clock.at) + DAY)
        deliveries = self.store.service.deliveries()
        queues = [
            (route, [delivery for delivery in deliveries if delivery.route == route.name]) for route in self.loop.declared.routes
        ]
        times += [_sendable(route, queue, self.store, self.clock.at) for route, queue in queues if queue]
        return min(times)

    def _jump(self, at: datetime) -> None:
        note(self._place.time, at)
        self.clock.at = at
        self._travel.move_to(at)


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0)


def _sendable(route: notify.Route, deliveries: Sequence[Delivery], store: SqliteStore, now: datetime) -> datetime:
    """The next time at which something may have changed for deliveries that wait."""
    if route.digest:
        return _firing(route, now)
    gather = timedelta(seconds=max(route.gather_s, 900))
    times = [delivery.not_before for delivery in deliveries if delivery.not_before] + [
        delivery.queued_at + gather for delivery in deliveries
    ]
    times += [delivery.queued_at + timedelta(seconds=route.gather_s) for delivery in deliveries]
    spans = [timedelta(seconds=route.cool_down_s), HOUR if route.most_per_hour else timedelta()]
    for span in filter(None, spans):
        times += [receipt.delivered_at + span for receipt in store.service.receipts(route.name, since=now - span)]
    times += filter(None, [cadence.in_quiet(route.quiet, route.time_zone, now)])
    return min((at for at in times if at > now), default=now + LOOK)


def _firing(route: notify.Route, at: datetime) -> datetime:
    assert route.digest
    return next(cadence.firings(route.digest, route.time_zone, at))


def note(path: Path, at: datetime) -> None:
    """Write a time so that it is there whole or not at all."""
    temporary = path.with_suffix(".new")
    temporary.write_text(at.isoformat(), encoding="utf-8")
    temporary.replace(path)


def noted(path: Path) -> datetime:
    """The time that was written there last, START if none was."""
    return datetime.fromisoformat(path.read_text(encoding="utf-8")) if path.exists() else START


def one_certificate(folder: Path) -> Path:
    """A file with a single certificate, for SSL_CERT_FILE: httpx reads all of them for each message, which takes 30 ms."""
    import certifi  # noqa: PLC0415  # comes with httpx

    path, end = folder / "one.pem", "-----END CERTIFICATE-----\n"
    path.write_text(certifi.contents().partition(end)[0] + end, encoding="ascii")
    return path


@contextmanager
def years(root: Path, script: Script, hook: str, *, routes: str = ROUTES, post_s: float = 0.0) -> Iterator[Years]:
    """A fresh simulation in that folder."""
    place = Place(root=root)
    made = Years(place, script, post_s=post_s)
    declare(script, place.schedules, port=made.publishers.port, hook=hook, routes=routes)
    with made:
        yield made


# ── what must be there ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A request to a board's server, and its answer."""

    board: BoardId
    at: datetime
    kind: str
    sha256: str


def served(log: Path) -> dict[BoardId, list[Served]]:
    """The log by board, each time once."""
    boards: dict[BoardId, dict[datetime, Served]] = defaultdict(dict)
    for line in log.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        at = datetime.fromtimestamp(fields["at"], UTC)
        boards[fields["board"]][at] = Served(board=fields["board"], at=at, kind=fields["kind"], sha256=fields["sha256"])
    return {board: sorted(times.values(), key=lambda fetch: fetch.at) for board, times in boards.items()}


def oracle(script: Script, place: Place, *, arrived: Sequence[Arrived] | None = None) -> tuple[list[str], Counter[str]]:
    """Everything in the store that contradicts the servers' log, and counts of what was checked."""
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    with SqliteStore(place.database) as store:
        log = served(place.log)
        for made in script.boards:
            fetches = log.get(made.id, [])
            wrong += _states(script, made, fetches, store, seen)
            wrong += _events(made, fetches, store, seen)
            wrong += _outages(made, fetches, store, seen)
        wrong += _deliveries(place, store, seen, arrived)
        wrong += _again(script, place, store, seen)
    return wrong, seen


def _states(script: Script, made: Made, fetches: Sequence[Served], store: SqliteStore, seen: Counter[str]) -> list[str]:
    """Each good answer is in the history once, at its time, with its values; and nothing else is."""
    good = {fetch.at: fetch.sha256 for fetch in fetches if not fetch.kind}
    accepted = [check for check in store.checks(made.id) if check.result in (Result.ACCEPTED, Result.UNCHANGED)]
    kept = {check.observed_at: (check.sha256[0] if check.sha256 else "") for check in accepted}
    partial = {check.observed_at for check in accepted if "left out" in check.message}
    seen["states served well"] += len(good)
    wrong = [f"{made.id} {at}: served well and not in the history" for at in good.keys() - kept.keys()]
    wrong += [f"{made.id} {at}: in the history and not served well" for at in kept.keys() - good.keys()]
    wrong += [f"{made.id} {at}: other bytes" for at in good.keys() & kept.keys() if good[at] != kept[at]]
    for at in sorted(good)[:: max(1, len(good) // 12)]:
        snapshot = store.at(made.id, at)
        shown = {key: (score, price) for key, (_, score, price) in script.rows(made, at).items()}
        assert snapshot is not None
        read = {
            key: tuple(entry.measures[MetricId(name)].value for name in ("score", "price"))
            for key, entry in snapshot.entries.items()
        }
        seen["snapshots compared"] += 1
        waits = shown.keys() - read.keys()  # a value that nobody would believe waits for a second reading
        if len(waits) <= 1 and bool(waits) == (at in partial):
            shown = {key: shown[key] for key in read if key in shown}
        if read != shown:
            wrong.append(f"{made.id} {at}: the snapshot says {read}, the publisher said {shown}")
    return wrong


def _events(made: Made, fetches: Sequence[Served], store: SqliteStore, seen: Counter[str]) -> list[str]:
    """A failed fetch causes no event but a broken board."""
    good = {fetch.at for fetch in fetches if not fetch.kind}
    bodies = {fetch.sha256 for fetch in fetches if not fetch.kind}
    wrong = []
    for event in store.events(EventFilter(board=made.id)):
        seen["events"] += 1
        seen["news"] += event.is_news
        if event.kind == "board_broken":
            continue
        if event.recorded_at not in good:
            wrong.append(f"{made.id}: {event.kind} recorded at {event.recorded_at}, which was a failed fetch")
        wrong += [
            f"{made.id}: {event.kind} of {event.recorded_at} is based on a failed fetch of {proof.observed_at}"
            for proof in event.evidence
            if proof.observed_at not in good or proof.sha256 not in bodies
        ]
    return wrong


def _outages(made: Made, fetches: Sequence[Served], store: SqliteStore, seen: Counter[str]) -> list[str]:
    """Each outage is news once if it must be, at most once otherwise; and so is its end."""
    broken = sorted(store.events(EventFilter(board=made.id, kinds=("board_broken",))), key=lambda event: event.recorded_at)
    ended = [event for event in store.events(EventFilter(board=made.id, kinds=("board_recovered",))) if event.grade == "broken"]
    wrong, claimed = [], 0
    for stretch, after in outages(fetches):
        until = after.at if after else datetime.max.replace(tzinfo=UTC)
        began = [event for event in broken if stretch[0].at <= event.recorded_at < until]
        over = [event for event in ended if after and event.recorded_at == after.at]
        claimed += len(began) + len(over)
        must = any(fetch.kind in LASTING for fetch in stretch) or (
            len(stretch) >= 3 and stretch[-1].at - stretch[0].at >= timedelta(hours=6)
        )
        seen["outages"] += 1
        seen["outages that must be news"] += must
        seen["outages that were news"] += len(began)
        if len(began) > 1 or (must and not began) or (after and len(over) != len(began)):
            kinds = ", ".join(sorted({fetch.kind for fetch in stretch}))
            wrong.append(
                f"{made.id}: the outage from {stretch[0].at} to {stretch[-1].at} ({kinds}, {len(stretch)} fetches)"
                f" was news {len(began)} times, its end {len(over)} times"
            )
    if claimed != len(broken) + len(ended):
        wrong.append(f"{made.id}: {len(broken) + len(ended) - claimed} events of an outage that did not happen")
    return wrong


def outages(fetches: Sequence[Served]) -> Iterator[tuple[list[Served], Served | None]]:
    """Failed fetches in a row, and the good fetch after them."""
    stretch: list[Served] = []
    for fetch in fetches:
        if fetch.kind:
            stretch.append(fetch)
        elif stretch:
            yield stretch, fetch
            stretch = []
    if stretch:
        yield stretch, None


def _deliveries(place: Place, store: SqliteStore, seen: Counter[str], arrived: Sequence[Arrived] | None) -> list[str]:
    """What a route wants has one receipt or waits; what has a receipt arrived once."""
    routes = notify.load(place.schedules / "routes.toml", watches=()).routes
    receipts = {(receipt.event, receipt.route): receipt for receipt in store.service.receipts()}
    waiting = {(delivery.event.id, delivery.route) for dead in (False, True) for delivery in store.service.deliveries(dead=dead)}
    wrong = []
    for event in store.events(EventFilter()):
        for route in routes:
            if notify.wants(route, event):
                seen["deliveries"] += 1
                homes = ((event.id, route.name) in receipts) + ((event.id, route.name) in waiting)
                wrong += [f"{event.id} {event.kind} for {route.name} is in {homes} places"] * (homes != 1)
    seen["deliveries waiting"] = len(waiting)
    seen["receipts"] = len(receipts)
    if arrived is None:
        return wrong
    came = Counter((event, message.route) for message in arrived if message.taken for event in message.events)
    sent = {name for name, receipt in receipts.items() if receipt.how is DeliveryOutcome.SENT}
    wrong += [f"{name} has a receipt and never came" for name in sent - came.keys()]
    wrong += [f"{name} came {times} times" for name, times in came.items() if times > 1]
    wrong += [f"{name} came and has no receipt" for name in came.keys() - sent]
    seen["messages"] = len(arrived)
    return wrong


def _again(script: Script, place: Place, store: SqliteStore, seen: Counter[str]) -> list[str]:
    """Every fifth board, rebuilt from its captures, has the same events and checks."""
    wrong, archive = [], FileArchive(place.captures)
    for made in script.boards[::5]:
        board, other = store.declared(made.id), MemoryStore()
        assert isinstance(board, Board)
        sync.replay(board, archive, other, lexicon=default_lexicon())
        seen["boards replayed"] += 1
        wanted = EventFilter(board=made.id)
        if list(other.events(wanted)) != list(store.events(wanted)) or list(other.checks(made.id)) != list(store.checks(made.id)):
            wrong.append(f"{made.id}: a replay of its captures gives another history")
    return wrong


def kept_once(place: Place, arrived: Sequence[Arrived]) -> tuple[list[str], Counter[str]]:
    """What a failing channel lost or took twice: each delivery waits or has one receipt, and each message has its own."""
    seen: Counter[str] = Counter(f"answered {message.answer}" for message in arrived)
    with SqliteStore(place.database) as store:
        wrong = _deliveries(place, store, seen, None)
        receipts = store.service.receipts()
        seen["deliveries given up"] = len(store.service.deliveries(dead=True))
    sent = Counter(receipt.message for receipt in receipts if receipt.how is DeliveryOutcome.SENT)
    counted = Counter(receipt.message for receipt in receipts if receipt.how is DeliveryOutcome.COUNTED)
    seen["deliveries only counted"] = counted.total()
    taken = [message for message in arrived if message.taken]
    ids = Counter(message.id for message in taken)
    wrong += [f"message {name} was taken {times} times" for name, times in ids.items() if times > 1]
    wrong += [f"message {name} has receipts and was never taken" for name in sent.keys() - ids.keys()]
    homes = {(receipt.event, receipt.route): receipt.message for receipt in receipts}
    for message in taken:
        name, shown = message.id, len(message.events)
        seen["events left out of a shortened message"] += sent[name] - shown
        if shown + message.more != sent[name] + counted[name]:
            wrong.append(f"message {name} has {shown} and counts {message.more}; receipts: {sent[name]} and {counted[name]}")
        strangers = [event for event in message.events if homes.get((event, message.route)) != name]
        wrong += [f"{event} came in {name} and has no receipt of it" for event in strangers]
    return wrong, seen


def capped(arrived: Sequence[Arrived], route: str, most: int) -> list[str]:
    """Every hour in which more than `most` messages were taken on a route."""
    times = sorted(message.at for message in arrived if message.taken and message.route == route)
    return [
        f"{route}: more than {most} within an hour from {first}"
        for first, last in zip(times, times[most:], strict=False)
        if last - first < 3600
    ]
