"""The three pages, and access to them."""

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
from tracker.web.figures import exposition
from tracker.web.probe import STUCK_AFTER_S, Probe

log = logging.getLogger(__name__)
_OPEN = frozenset(("/healthz",))
"""For whatever restarts the daemon; reveals nothing secret."""
_LONGEST_PATH = 200


def pages(probe: Callable[[], Probe], vitals: Callable[[], Vitals], token: str | None) -> Starlette:
    """The application; `app.state.guarded` is whether it requires a token."""
    alone = Lock()

    async def healthz(_: Request) -> Response:
        state = probe()
        return _lines(_stuck(state), f"alive, the main loop turned {state.idle_s:.0f} s ago")

    async def readyz(_: Request) -> Response:
        state = probe()
        empty = ("no board is declared",) if state.boards == 0 else ()
        return _lines((*_stuck(state), *empty, *state.troubles), f"ready, {state.boards} boards")

    def metrics(request: Request) -> Response:
        with alone:
            text, content_type = exposition(vitals, request.headers.get("accept", ""))
        return Response(text, headers={"content-type": content_type})

    routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
    application = Starlette(routes=routes, middleware=[Middleware(Logged), Middleware(Guarded, token=token)])
    application.router.redirect_slashes = False
    application.state.guarded = token is not None
    return application


def _stuck(probe: Probe) -> tuple[str, ...]:
    return (f"the main loop has not turned for {probe.idle_s:.0f} s",) if probe.idle_s > STUCK_AFTER_S else ()


def _lines(troubles: tuple[str, ...], fine: str) -> Response:
    """503 with a line per trouble, or 200."""
    lines = [" ".join(trouble.split()) for trouble in troubles] or [fine]
    return PlainTextResponse("".join(f"{line}\n" for line in lines), 503 if troubles else 200)


class Guarded:
    """Requires the token (RFC 6750); the time of the comparison reveals nothing about it."""

    def __init__(self, app: ASGIApp, token: str | None) -> None:
        self._app = app
        self._token = None if token is None else token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401."""
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        shown = (
            self._token and scheme.lower() == "bearer" and hmac.compare_digest(token.strip(" ").encode("latin-1"), self._token)
        )
        if self._token is None or scope["path"] in _OPEN or shown:
            await self._app(scope, receive, send)
            return
        asked = {"www-authenticate": "Bearer"}
        await PlainTextResponse("a token is needed\n", 401, headers=asked)(scope, receive, send)


class Logged:
    """Logs requests not answered with 200, and answers errors: 503 for ours, 500 for a bug."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
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
            await PlainTextResponse("this is a bug of the tracker; see its log\n", 500)(scope, receive, send)
        else:
            if status != 200:
                log.info("page refused", extra={"path": path, "method": scope["method"], "status": status})
