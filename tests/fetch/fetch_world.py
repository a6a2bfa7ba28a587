"""A publisher with the answers of a test, and a clock that does not wait; no network, no sleeping."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import ip_address

from memory_store import MemoryHosts

from tracker.clock import FixedClock
from tracker.fetch import Fetcher
from tracker.fetch.http import httpx
from tracker.model import Board, BoardId, Column, Parse, Request

START = datetime(2026, 4, 10, 6, 0, 0, tzinfo=UTC)
PAGE = "https://board.test/models"

Answering = Callable[[httpx.Request], httpx.Response]


def answer(status: int = 200, body: bytes | Iterable[bytes] = b"the page", **headers: str) -> Answering:
    """A response that streams its body as a socket would; `content_type` stands for the header Content-Type."""
    chunks = [body] if isinstance(body, bytes) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, headers=named, content=iter(chunks))


def failing(error: Exception) -> Answering:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    return fail


class WatchedClock(FixedClock):
    """A fixed clock with the seconds that were slept, in order."""

    slept: tuple[float, ...] = ()

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.slept += (seconds,) if seconds > 0 else ()


class World:
    """Servers, clock, hosts and names around a fetcher. `/robots.txt` is 404 until a test says otherwise."""

    def __init__(self) -> None:
        self.clock = WatchedClock(START)
        self.hosts = MemoryHosts()
        self.addresses: dict[str, list[str]] = {}
        self.asked: list[httpx.Request] = []
        self.asked_at: list[datetime] = []
        self._script: dict[str, list[Answering]] = {"/robots.txt": [answer(404)]}
        self._open: list[Fetcher] = []

    def put(self, place: str, *answers: Answering) -> None:
        """What a path, or a host and path, answers: one after the other, the last one for ever."""
        self._script[place] = list(answers)

    def fetcher(self, environment: dict[str, str] | None = None, **options) -> Fetcher:
        options.setdefault("transport", httpx.MockTransport(self._respond))
        fetcher = Fetcher(self.hosts, self.clock, environment or {}, resolve=self._resolve, **options)
        self._open.append(fetcher)
        return fetcher

    @property
    def pages(self) -> list[str]:
        """The URLs asked for, robots.txt apart."""
        return [str(request.url) for request in self.asked if request.url.path != "/robots.txt"]

    @property
    def last(self) -> httpx.Request:
        return self.asked[-1]

    def close(self) -> None:
        for fetcher in self._open:
            fetcher.close()

    def _respond(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        self.asked_at.append(self.clock.now())
        place = f"{request.url.host}{request.url.path}"
        answers = self._script.get(place) or self._script.get(request.url.path) or [answer(404)]
        return (answers.pop(0) if len(answers) > 1 else answers[0])(request)

    def _resolve(self, host: str) -> list:
        return [ip_address(text) for text in self.addresses.get(host, ["93.184.216.34"])]


def make_board(url: str = PAGE, *, id: str = "test/board", **request) -> Board:  # noqa: A002 - a board's own word
    request.setdefault("gap_s", 0.0)
    column = Column(sources=("name",))
    return Board(
        id=BoardId(id),
        title="Test",
        page=url,
        request=Request(url=url, **request),
        parse=Parse(format="json_records"),
        key=(column,),
        name=column,
    )
