"""The pages over HTTP: reading only, and nothing in a page can run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol, cast
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId
from tracker.web.pages import Guarded, Logged
from tracker.web.site.addresses import LONGEST, LONGEST_QUERY, asked, split, view
from tracker.web.site.limits import Limiter
from tracker.web.site.openapi import description
from tracker.web.site.remembering import Remembered, Remembering
from tracker.web.site.views import FORMATS
from tracker.web.site.writing import Site, message, script, styles, written

if TYPE_CHECKING:
    from tracker.stores.sqlite import SqliteStore
    from tracker.workspace.api import Workspace

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self';"
        " img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}
_PICTURE = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
_KEPT, _VERSIONS = 256, 3
"""Pages that are kept until the store changes, and versions of the store whose answers are."""


class Opened(Protocol):
    """A workspace, opened for one request; `stamp` differs whenever the store may have changed."""

    def __call__(self, known_at: datetime | None = None) -> AbstractContextManager[Workspace]:
        """Open it, as it was known at a time."""

    def stamp(self) -> object:
        """Equal as long as the store is the same."""


def application(
    opened: Opened, about: Site, barred: Mapping[BoardId, Board], token: str | None, limiter: Limiter | None = None
) -> Starlette:
    """The pages. With a `token` every one requires it, unless the site is public. `limiter` counts costly questions."""
    found = _Pages(opened, about, barred, limiter or Limiter())
    routes = [
        Route("/style.css", found.style),
        Route("/site.js", found.script),
        Route("/openapi.json", found.openapi),
        Route("/{path:path}", found.page),
    ]
    guard = Middleware(Guarded, token=None if about.public else token)
    pages = Starlette(routes=routes, middleware=[Middleware(Logged), guard, Middleware(GZipMiddleware, compresslevel=6)])
    pages.router.redirect_slashes = False
    pages.state.guarded = token is not None or about.public
    return pages


class _Pages:
    """The answers to requests. Pages are kept until the store changes, or the hour in which boards may become stale."""

    def __init__(self, opened: Opened, about: Site, barred: Mapping[BoardId, Board], limiter: Limiter) -> None:
        self._opened, self._about, self._barred, self._limiter = opened, about, barred, limiter
        self._body = lru_cache(maxsize=_KEPT)(self._made)
        self._answers = lru_cache(maxsize=_VERSIONS)(lambda _stamp, _known_at: Remembered())

    def style(self, request: Request) -> Response:
        """The style sheet."""
        return _answer(request, styles(), "text/css; charset=utf-8")

    def script(self, request: Request) -> Response:
        """The script."""
        return _answer(request, script(), "text/javascript; charset=utf-8")

    def openapi(self, request: Request) -> Response:
        """The description for programs."""
        return _answer(request, description(self._about.url), FORMATS["json"])

    def page(self, request: Request) -> Response:
        """A view, or why there is none."""
        path, query = request.path_params["path"], request.url.query
        name, form = split(path)
        if form == "html" and path and not path.endswith("/"):
            here = f"./{quote(path.rpartition('/')[2], safe='')}/"  # relative: an address never leads to another host
            return RedirectResponse(f"{here}?{query}" if query else here, 308, HEADERS)
        if name == "check" and query and (wait_s := self._limiter.wait_s(request.client.host if request.client else "")):
            busy = self._message(request, "Too many questions", f"Ask again in {wait_s} s.", 429)
            busy.headers["retry-after"] = str(wait_s)
            return busy
        text = "There is no such page."
        if len(path) <= LONGEST and len(query) <= LONGEST_QUERY:
            hour = None if self._about.static else _hour()
            try:
                found = self._body(self._opened.stamp(), hour, path, tuple(request.query_params.multi_items()))
            except DeclarationError as error:
                found, text = None, str(error)
            if found is not None:
                return _answer(request, found, FORMATS[form])
        return self._message(request, "Nothing to show", text, 404)

    def _message(self, request: Request, title: str, text: str, status: int) -> Response:
        return _answer(request, message(title, text, self._about), FORMATS["html"], status)

    def _made(self, stamp: object, hour: datetime | None, path: str, query: tuple[tuple[str, str], ...]) -> bytes | None:
        name, form = split(path)
        wanted = asked(query, takes_cursor=(name, form) == ("changes", "json"))
        with self._opened(wanted.known_at) as workspace:
            remembering = Remembering(workspace.store, self._answers(stamp, wanted.known_at))
            workspace.store = cast("SqliteStore", remembering)
            found = view(workspace, name, wanted, self._barred, hour)
            if found is None:
                return None
            return written(found, form, self._about, picture=wanted.picture, look=wanted.look)


def _hour() -> datetime:
    """The hour that has begun: boards are stale as of it, so that a page stays the same within it."""
    return SystemClock().now().replace(minute=0, second=0, microsecond=0)


def _answer(request: Request, body: bytes, content_type: str, status: int = 200) -> Response:
    """The answer with its hash, or 304 if the client has it (RFC 9110)."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'  # sent as a weak one: compressed or not, it is the same page
    more = _PICTURE if content_type == FORMATS["svg"] else {}
    headers = {**HEADERS, **more, "etag": f"W/{etag}", "content-type": content_type}
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if status == 200 and (etag in known or "*" in known):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers)
