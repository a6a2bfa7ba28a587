"""Serve the health and metrics of a running daemon over HTTP."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tracker.clock import SystemClock
from tracker.daemon.loop import Loop
from tracker.query.vitals import Vitals
from tracker.query.vitals import vitals as vitals_of
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings


@contextmanager
def served(address: str, loop: Loop, settings: Settings) -> Iterator[None]:
    """Serve the pages about this loop within the block, if there is an address."""
    if not address:
        yield
        return
    from tracker import web  # noqa: PLC0415  # an extra

    def probe() -> web.Probe:
        troubles = (loop.trouble,) if loop.trouble else ()
        return web.Probe(idle_s=time.monotonic() - loop.turned_at, boards=len(loop.declared.boards), troubles=troubles)

    def vitals() -> Vitals:
        with SqliteStore(settings.database) as store:
            routes = [route.name for route in loop.declared.routes]
            return vitals_of(loop.declared.boards.values(), store, now=SystemClock().now(), environment=os.environ, routes=routes)

    server = web.serve(web.app(probe, vitals, web.token_of(os.environ)), address)
    try:
        yield
    finally:
        server.stop()
