"""The daemon over HTTP: whether it is alive and ready, and its figures for Prometheus.

The libraries are an extra, and loaded only when something is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tracker.errors import DeclarationError
from tracker.query.vitals import Vitals
from tracker.web.address import TOKEN, Address, parse_address, token_of
from tracker.web.probe import STUCK_AFTER_S, Probe

if TYPE_CHECKING:
    from starlette.applications import Starlette

    from tracker.model import Board, BoardId
    from tracker.web.server import Server
    from tracker.web.site.limits import Limiter
    from tracker.web.site.routes import Opened
    from tracker.web.site.writing import Site

__all__ = ["STUCK_AFTER_S", "TOKEN", "Address", "Probe", "app", "parse_address", "serve", "site_app", "token_of"]

_LIBRARIES = frozenset(("starlette", "uvicorn", "prometheus_client", "anyio", "h11"))


def app(probe: Callable[[], Probe], vitals: Callable[[], Vitals], token: str | None = None) -> Starlette:
    """The pages `/healthz`, `/readyz` and `/metrics`.

    `probe` is called in the server's own thread and returns at once; `vitals` in others, one call at a time: it reads through a
    separate store, not the main loop's. With a `token` that is not empty, every page but `/healthz` requires it.

    Raises:
        DeclarationError: a library of the extra `web` is missing.
    """
    with _extra():
        from tracker.web.pages import pages  # noqa: PLC0415  # an extra
    return pages(probe, vitals, token or None)


def serve(app: Starlette, address: str) -> Server:
    """Answer at `127.0.0.1:8787` or `[::1]:8787` (port 0: any free one) in a thread, until `stop()`. It listens on return.

    Raises:
        DeclarationError: the address is invalid, in use, or public without a token; or a library is missing.
    """
    with _extra():
        from tracker.web.server import Server  # noqa: PLC0415  # an extra
    return Server(app, parse_address(address))


def site_app(
    opened: Opened, about: Site, barred: Mapping[BoardId, Board], token: str | None, limiter: Limiter | None = None
) -> Starlette:
    """The pages over a workspace (`tracker.web.site`), for `serve`.

    Raises:
        DeclarationError: a library of the extra `web` is missing.
    """
    with _extra():
        from tracker.web.site.routes import application  # noqa: PLC0415  # an extra
    return application(opened, about, barred, token or None, limiter)


@contextmanager
def _extra() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _LIBRARIES:
            raise
        raise DeclarationError(f"--http: {missing} is not installed; install the extra: leaderboard-tracker[web]") from error
