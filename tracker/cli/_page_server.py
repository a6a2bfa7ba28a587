"""Serve pages on this machine, as they are at the time of the request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page of a board from a time on."""

    since: datetime
    body: bytes
    content_type: str

    @property
    def etag(self) -> str:
        """Equal for equal bodies."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'


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
