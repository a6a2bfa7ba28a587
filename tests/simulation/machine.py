"""One machine with a workspace: its boards' pages, its receiver of news, and the commands that run on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from simulation.disk import Crash, Disk
from simulation.outside import ENVIRONMENT, START, Outside
from tracker.clock import SystemClock
from tracker.daemon.delivery import lock_of, pass_once
from tracker.daemon.loop import Loop
from tracker.daemon.opening import opened, rescue
from tracker.errors import StoreError
from tracker.stores.locks import held
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Damaged
from tracker.workspace import Settings
from tracker.workspace.declarations import Declared

HOOK = "hook.test"
PASS_EVERY_S = 300.0
"""How often the worker looks while nothing is new; the real one looks more often."""
FILE = """title = "Board {name}"
page = "https://{host}/{name}"
cadence = "{cadence}"
[request]
url = "https://{host}/{name}"
[parse]
format = "{format}"{more}
[columns]
key = "id"
name = "name"
[metrics.score]
from = "score"
nature = "tested"
unit = "points"
topic = "overall"
higher_is_better = true
primary = true
stated_error = 0.5
[metrics.price]
from = "price"
nature = "listed"
unit = "USD per 1M tokens"
topic = "price"
higher_is_better = false
[contract]
depth = "whole"
min_entries = 4
"""
ROUTES = """[[route]]
name = "news"
channel = "webhook"
address = "https://hook.test/news"
secret = "${HOOK_KEY}"
min_weight = 1
"""
Row = tuple[str, object, float]
"""Name, score (on a wrong page, anything) and price."""
Rows = Mapping[str, tuple[str, float, float]]
"""The rows of a true page, by key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that the receiver accepted."""

    id: str
    events: tuple[str, ...]


@dataclass(kw_only=True)
class Machine:
    """`answers` has what each board's server says; a board without one is not found."""

    root: Path
    answers: dict[str, Callable[[httpx.Request], httpx.Response]] = field(default_factory=dict)
    hook: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(200)
    came: list[Message] = field(default_factory=list)
    unsent: bool | None = None
    outside: Outside = field(init=False)
    _sent_s: float = field(default=-PASS_EVERY_S, init=False)

    def __post_init__(self) -> None:
        self.store.mkdir(parents=True, exist_ok=True)
        self.settings = Settings(store=self.store, schedules=self.root / "schedules")
        self.outside = Outside(disk=Disk(self.store), answer=self._answer, now=START)

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def disk(self) -> Disk:
        return self.outside.disk

    def declare(self, name: str, *, form: str = "csv_table", cadence: str = "@hourly", host: str = "") -> None:
        """Write the file of a board `<source>/<board>`."""
        path = self.settings.schedules / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        more = '\nrecords = "models"' if form == "json_records" else ""
        host = host or f"{name.partition('/')[0]}.test"
        path.write_text(FILE.format(name=name, host=host, cadence=cadence, format=form, more=more), encoding="utf-8")
        (self.settings.schedules / "routes.toml").write_text(ROUTES, encoding="utf-8")

    def _answer(self, request: httpx.Request) -> httpx.Response:
        address = urlsplit(str(request.url))
        if address.hostname == HOOK:
            response = self.hook(request)
            if response.is_success:
                events = tuple(event["id"] for event in json.loads(request.content)["events"])
                self.came.append(Message(id=request.headers["webhook-id"], events=events))
            return response
        answer = self.answers.get(address.path.strip("/"))
        return httpx.Response(404) if answer is None else answer(request)

    # ── what runs ────────────────────────────────────────────────────────────────────────────────

    def command(self, module: str, *arguments: object) -> Callable[[], object]:
        """`tracker ARGUMENTS`, of a module of `tracker.cli`, as one process."""
        words = list(map(str, arguments))
        return lambda: import_module(f"tracker.cli.{module}").command.main(words, obj=self.settings, standalone_mode=False)

    @contextmanager
    def daemon(self) -> Iterator[Loop]:
        """The loop of `tracker daemon`; all that it does beside the loop, it does in between."""
        self.unsent = None
        with (
            held(self.store / "daemon.lock"),
            opened(self.settings, lambda: None, parallel=4, deadline_s=600, begin=lambda work: work(), send=self.send) as loop,
        ):
            yield loop

    def turns(self, number: int, span: timedelta = timedelta(seconds=20)) -> Callable[[], object]:
        """Some turns of a daemon from its start to its end, as one process."""

        def work() -> None:
            for _ in range(2):
                try:
                    with self.daemon() as loop:
                        for _ in range(number):
                            loop.turn()
                            self.outside.wait(span)
                except Damaged as error:
                    rescue(self.settings, error)
                else:
                    return

        return work

    def send(self, declared: Declared, *, fresh: bool) -> None:
        """What the worker of the daemon does."""
        self.disk.alive()
        if not fresh and (self.unsent is False or self.outside.passed_s - self._sent_s < PASS_EVERY_S):
            return
        self._sent_s = self.outside.passed_s
        try:
            with held(lock_of(self.store)), SqliteStore(self.settings.database) as store:
                self.unsent = True
                pass_once(store, declared.routes, declared.boards, SystemClock(), ENVIRONMENT)
                self.unsent = bool(store.service.deliveries())
        except StoreError:
            if self.disk.dead:
                raise Crash from None


def csv(rows: Mapping[str, Row]) -> bytes:
    """A page of a board."""
    return "".join(
        ["id,name,score,price\n", *(f"{key},{name},{score},{price}\n" for key, (name, score, price) in rows.items())]
    ).encode()


def records(rows: Mapping[str, Row]) -> bytes:
    """The same as JSON."""
    listed = [{"id": key, "name": name, "score": score, "price": price} for key, (name, score, price) in rows.items()]
    return json.dumps({"models": listed}).encode()


def page(body: bytes, mime: str = "text/csv") -> Callable[[httpx.Request], httpx.Response]:
    """A server that shows this."""
    return lambda _: httpx.Response(200, content=body, headers={"content-type": mime})
