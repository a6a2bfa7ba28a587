"""A board whose past is on servers that behave like the Wayback Machine and the Hub, with limits, errors and gaps; no network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from memory_store import MemoryHosts

from tracker.backfill.job import Backfilled, fill
from tracker.backfill.sources import Surroundings, found
from tracker.clock import FixedClock
from tracker.fetch import Fetcher
from tracker.fetch.http import httpx
from tracker.line.sync import Outcome, sync_board
from tracker.model import Board, BoardId, Column, EventFilter, Metric, MetricId, Nature, Parse, PastSource, Request
from tracker.stores.archive import FileArchive
from tracker.stores.sqlite import SqliteStore
from tracker.workspace.names import default_lexicon

BOARD, URL, PAGE = BoardId("acme/text"), "https://acme.example/text.csv", "https://acme.example/"
START, NOW = datetime(2026, 3, 1, 6, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
CHALLENGE = b"<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"


def at(number: float) -> datetime:
    return START + timedelta(days=number)


def page(text: str) -> bytes:
    """`a:90 b:80`: the key and the score of each entry."""
    rows = "".join(f"{key},Model {key.upper()},{score}\n" for key, score in (part.split(":") for part in text.split()))
    return f"key,name,score\n{rows}".encode()


STATES: Mapping[float, bytes] = {
    0: page("a:90 b:80 c:70"),
    1: page("a:90 b:95 c:70"),
    2: page("a:90 b:95 c:70"),
    5: page("a:90 b:95 c:70 d:99"),
    9: page("a:90 b:95 c:71 d:99"),
}


def board(url: str = URL) -> Board:
    score = Metric(
        id=MetricId("score"),
        title="Score",
        column=Column(sources=("score",)),
        nature=Nature.TESTED,
        higher_is_better=True,
        primary=True,
        stated_error=2.0,
    )
    return Board(
        id=BOARD,
        title="Acme Arena",
        page=PAGE,
        request=Request(url=url),
        parse=Parse(format="csv_table"),
        key=(Column(sources=("key",)),),
        name=Column(sources=("name",)),
        metrics=(score,),
    )


Answering = Callable[[httpx.Request], httpx.Response]


@dataclass
class Servers:
    """Answers every host, and notes what was asked and when. `trouble` is answered first, once each."""

    clock: FixedClock
    answer: Answering
    trouble: list[httpx.Response] = field(default_factory=list)
    asked: list[tuple[datetime, str]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/robots.txt":
            return httpx.Response(404)
        self.asked.append((self.clock.now(), str(request.url)))
        return self.trouble.pop(0) if self.trouble else self.answer(request)


def digest(body: bytes) -> str:
    return base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def wayback(captures: Mapping[float, bytes], *, page_rows: int = 1000, moved: Mapping[float, float] | None = None) -> Answering:
    """The Wayback Machine with these captures; repeats are revisit records. `moved`: answered with another capture."""
    stamps = {number: f"{at(number):%Y%m%d%H%M%S}" for number in captures}
    goes_to = {stamps[start]: stamps[end] for start, end in (moved or {}).items()}
    rows, seen = [], set()
    for number, body in captures.items():
        again = digest(body) in seen
        seen.add(digest(body))
        kind, status = ("warc/revisit", "-") if again else ("text/csv", "200")
        rows.append([stamps[number], URL, status, kind, digest(body), str(len(body))])
    rows.insert(1, ["20260301070000", URL, "503", "text/html", "X" * 32, "12"])

    def answer(request: httpx.Request) -> httpx.Response:
        params, path = request.url.params, request.url.path
        if path == "/cdx/search/cdx":
            wanted = [row for row in rows if params.get("from", "") <= row[0] <= params.get("to", "9")]
            start = int(params.get("resumeKey", "0"))
            shown = wanted[start : start + page_rows]
            more = [[], [str(start + page_rows)]] if start + page_rows < len(wanted) else []
            return httpx.Response(200, content=json.dumps([params["fl"].split(","), *shown, *more] if wanted else []))
        stamp = re.fullmatch(r"/web/(\d{14})id_/.*", path)[1]
        if stamp in goes_to:
            return httpx.Response(302, headers={"location": f"/web/{goes_to[stamp]}id_/{URL}"})
        body = next(body for number, body in captures.items() if stamps[number] == stamp)
        return httpx.Response(200, content=body, headers={"content-type": "text/csv"})

    return answer


def hub(revisions: Mapping[float, bytes | None], *, size: int = 2) -> Answering:
    """The Hub with a dataset of these revisions, newest first, `size` to a page; None: the file is not in it."""
    commits = [(hashlib.sha1(str(number).encode(), usedforsecurity=False).hexdigest(), number) for number in revisions][::-1]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/datasets/acme/board/commits/main":
            start = int(request.url.params["p"]) * size
            rows = [{"id": sha, "title": "Update", "date": f"{at(number):%Y-%m-%dT%H:%M:%S}.000Z"} for sha, number in commits]
            return httpx.Response(200, content=json.dumps(rows[start : start + size]))
        sha = re.fullmatch(r"/datasets/acme/board/resolve/([0-9a-f]{40})/scores.csv", request.url.path)[1]
        body = revisions[dict(commits)[sha]]
        return httpx.Response(404) if body is None else httpx.Response(200, content=body)

    return answer


@dataclass
class Past:
    """An archive and a store to fill, with a clock that does not wait."""

    folder: Path
    clock: FixedClock = field(default_factory=lambda: FixedClock(NOW))
    said: list[str] = field(default_factory=list)
    hosts: MemoryHosts = field(default_factory=MemoryHosts)

    def __post_init__(self) -> None:
        self.archive = FileArchive(self.folder / "captures")
        self.store = SqliteStore(self.folder / "tracker.db")

    def servers(self, answer: Answering, *trouble: httpx.Response) -> Servers:
        self.asking = Servers(clock=self.clock, answer=answer, trouble=list(trouble))
        return self.asking

    def take(self, source: PastSource, declared: Board | None = None, **limits: object) -> Backfilled:
        declared = declared or board()
        around = Surroundings(
            cache=self.folder / "cache", fetcher=self._fetcher, clock=self.clock, servers={}, say=self.said.append
        )
        with found(source, declared, around, **limits) as states:
            return fill(declared, states, archive=self.archive, store=self.store, sync=lambda: self._synced(declared))

    def _synced(self, declared: Board) -> Outcome:
        return sync_board(declared, self.archive, self.store, default_lexicon(), now=self.clock.now())

    @contextmanager
    def _fetcher(self) -> Iterator[Fetcher]:
        transport = httpx.MockTransport(self.asking)
        with Fetcher(self.hosts, self.clock, {}, transport=transport, resolve=lambda _: [ip_address("93.184.216.34")]) as fetcher:
            yield fetcher

    @property
    def times(self) -> list[datetime]:
        return [check.observed_at for check in self.store.checks(BOARD)]

    @property
    def events(self) -> list[tuple[str, str]]:
        return [(event.id, event.headline) for event in self.store.events(EventFilter())]
