"""Serve the seed season (`snapshots/seed/`) day by day on this machine, for `tracker demo` and its tests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from threading import Thread
from types import TracebackType
from typing import Self

from msgspec import Struct

from tracker.errors import DeclarationError
from tracker.shipped import SEED

PLACEHOLDER = "http://127.0.0.1:0/"
"""The address in the season's schedules: the port is known only when the server runs."""
CONTENT_TYPES = {".html": "text/html; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".csv": "text/csv; charset=utf-8"}
POLL_S = 0.02
"""Interval at which the server checks whether to stop."""


class Page(Struct, frozen=True, kw_only=True):
    """The page of a board from a time on."""

    since: datetime
    body: bytes
    content_type: str

    @property
    def etag(self) -> str:
        """Equal for equal bodies."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


class Season:
    """A context manager with a server on 127.0.0.1.

    `GET /<source>/<board>` answers with the board's page on `day`, a number in `days`; there is no other page and no
    robots.txt. `days` are the times at which some board was captured, oldest first.

    Raises:
        DeclarationError: `root` has no season, or a capture's name has no time or no known extension.
    """

    def __init__(self, root: Path = SEED) -> None:
        self._schedules = root / "schedules"
        self._pages = _pages(root / "captures")
        self.days: Sequence[datetime] = sorted({page.since for pages in self._pages.values() for page in pages})
        self._day = 0
        self._server: PageServer | None = None

    @property
    def day(self) -> int:
        """The number of the present day, counted from 0."""
        return self._day

    @day.setter
    def day(self, day: int) -> None:
        if not 0 <= day < len(self.days):
            raise IndexError(f"day {day} of the season, expected 0 to {len(self.days) - 1}")
        self._day = day

    @property
    def url(self) -> str:
        """The server's address, ending in `/`. Raises RuntimeError if it does not run."""
        if self._server is None:
            raise RuntimeError("the season is not served; use it as a context manager")
        return f"http://127.0.0.1:{self._server.server_port}/"

    def page(self, board: str) -> Page | None:
        """The board's page on `day`; None if there is no such board or it has no page yet."""
        now = self.days[self.day]
        return next((page for page in reversed(self._pages.get(board, ())) if page.since <= now), None)

    def schedules(self, target: Path) -> None:
        """Write the declarations of the boards to `target`, with the server's address."""
        for path in sorted(self._schedules.rglob("*.toml")):
            written = target / path.relative_to(self._schedules)
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(path.read_text(encoding="utf-8").replace(PLACEHOLDER, self.url), encoding="utf-8")

    def __enter__(self) -> Self:
        self._server = PageServer(self.page)
        Thread(target=self._server.serve_forever, args=(POLL_S,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()
        self._server = None


def _pages(captures: Path) -> dict[str, list[Page]]:
    """Each board's pages, oldest first."""
    pages: dict[str, list[Page]] = {}
    for path in sorted(captures.glob("*/*/*")):
        pages.setdefault(f"{path.parent.parent.name}/{path.parent.name}", []).append(_page(path))
    if not pages:
        raise DeclarationError(f"{captures}: no captures found; expected <source>/<board>/<time>.<ext> (tracker demo --seed DIR)")
    return pages


def _page(path: Path) -> Page:
    try:
        since = datetime.strptime(path.stem, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
        return Page(since=since, body=path.read_bytes(), content_type=CONTENT_TYPES[path.suffix])
    except (ValueError, KeyError) as error:
        known = ", ".join(CONTENT_TYPES)
        raise DeclarationError(f"{path}: not the name of a capture, expected YYYY-MM-DDTHHMMSSZ and one of {known}") from error


class PageServer(ThreadingHTTPServer):
    """A server on 127.0.0.1 that answers `GET /<name>` with `page(name)`, and with 404 if that is None."""

    def __init__(self, page: Callable[[str], Page | None]) -> None:
        self.page = page
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        """Bind without the base class's look-up of our own name, which can take long without a network."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", int(self.server_address[1])


class _Handler(BaseHTTPRequestHandler):
    server: PageServer

    def do_GET(self) -> None:
        """Answer with a page, with 304 if the client has it, and with 404 for any other path."""
        page = self.server.page(self.path.removeprefix("/"))
        if page is None:
            self._answer(HTTPStatus.NOT_FOUND, b"not found\n", {"Content-Type": "text/plain"})
        elif page.etag in _etags(self.headers.get("If-None-Match", "")):
            self._answer(HTTPStatus.NOT_MODIFIED, b"", {"ETag": page.etag})
        else:
            self._answer(HTTPStatus.OK, page.body, {"ETag": page.etag, "Content-Type": page.content_type})

    def _answer(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Print nothing between the lines of the demo."""


def _etags(header: str) -> set[str]:
    """The tags of an If-None-Match header; weak ones match too (RFC 9110 §13.1.2)."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
