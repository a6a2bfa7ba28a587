"""The three pages, and who may see them."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from threading import Lock

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.errors import TrackerError
from tracker.query.vitals import Vitals
from tracker.web import STUCK_AFTER_S, Probe
from tracker.web.figures import exposition

log = logging.getLogger(__name__)
_OPEN = frozenset(("/healthz",))
"""Asked by what restarts the daemon; tells nothing that a stranger could not know."""
_LONGEST_PATH = 200


def pages(probe: Callable[[], Probe], vitals: Callable[[], Vitals], token: str | None) -> Starlette:
    """The application; `app.state.guarded` says whether it asks for a token."""
    alone = Lock()

    def healthz(_: Request) -> Response:
        return _lines(_stuck(found := probe()), f"alive, the main loop turned {found.idle_s:.0f} s ago")

    def readyz(_: Request) -> Response:
        found = probe()
        empty = ("no board is declared",) if found.boards == 0 else ()
        return _lines((*_stuck(found), *empty, *found.troubles), f"ready, {found.boards} boards")

    def metrics(request: Request) -> Response:
        with alone:
            text, content_type = exposition(vitals, request.headers.get("accept", ""))
        return Response(text, headers={"content-type": content_type})

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    application = Starlette(routes=routes, middleware=[Middleware(_Told), Middleware(_Guarded, token=token)])
    application.router.redirect_slashes = False
    application.state.guarded = token is not None
    return application


def _stuck(probe: Probe) -> tuple[str, ...]:
    return (f"the main loop has not turned for {probe.idle_s:.0f} s",) if probe.idle_s > STUCK_AFTER_S else ()


def _lines(troubles: tuple[str, ...], fine: str) -> Response:
    """503 with a line for each trouble, or 200."""
    told = [" ".join(trouble.split()) for trouble in troubles] or [fine]
    return PlainTextResponse("".join(f"{line}\n" for line in told), 503 if troubles else 200)


class _Guarded:
    """Lets pass who shows the token (RFC 6750), compared so that the time it takes tells nothing of it."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = None if token is None else token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._token is None or scope["path"] in _OPEN or _shows(Headers(scope=scope), self._token):
            await self._app(scope, receive, send)
            return
        asked = {"www-authenticate": "Bearer"}
        await PlainTextResponse("a token is needed\n", 401, headers=asked)(scope, receive, send)


def _shows(headers: Headers, token: bytes) -> bool:
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and hmac.compare_digest(shown.strip(" ").encode("latin-1"), token)


class _Told:
    """Logs what was not answered with 200, and answers what went wrong: 503 for a trouble of ours, 500 for a fault."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = 0

        async def noting(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        path = scope["path"][:_LONGEST_PATH]
        try:
            await self._app(scope, receive, noting)
        except TrackerError as error:
            log.warning("page not shown", extra={"path": path, "error": str(error)})
            await PlainTextResponse(f"{error}\n", 503)(scope, receive, send)
        except Exception:
            log.exception("page failed", extra={"path": path})
            if status:
                raise
            await PlainTextResponse("this is a fault of ours; the log says more\n", 500)(scope, receive, send)
        else:
            if status != 200:
                log.info("page refused", extra={"path": path, "method": scope["method"], "status": status})
