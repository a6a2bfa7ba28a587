"""The pages as a client gets them, without a socket; and vitals to show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import httpx

from tracker import web
from tracker.model import BoardId, Health, Notice, State
from tracker.query.vitals import BoardVitals, RouteVitals, Vitals
from tracker.web import Probe

NOW = datetime(2026, 4, 18, 6, tzinfo=UTC)
FINE = Probe(idle_s=2, boards=3)
EMPTY = Vitals(at=NOW, boards=(), routes=(), events={}, notices=())


def board_vitals(board: str = "acme/text", state: State = State.OK, **more: object) -> BoardVitals:
    health = Health(board=BoardId(board), title="Acme", page="", attribution="", state=state, entries=more.pop("entries", None))
    return BoardVitals(health=health, **more)


def full() -> Vitals:
    """Every figure there is, each with a value of its own."""
    text = board_vitals(
        state=State.BROKEN,
        entries=509,
        last_success=NOW,
        success_age_s=61.5,
        failures=3,
        failing_since=NOW,
        fetches={"new": 7, "not_modified": 11},
        fetch_bytes=123_456_789,
        read_s=1.5,
        detect_s=0.25,
        store_s=0.125,
    )
    routes = (
        RouteVitals(route="ops", waiting=4, oldest_age_s=90, dead=2, error="410", sent=13, send_failures=5),
        RouteVitals(route="chat"),
    )
    notice = Notice(kind="declaration", subject="acme/code.toml", message="cadence is missing", since=NOW)
    return Vitals(
        at=NOW, boards=(text, board_vitals("acme/code")), routes=routes, events={"debut": 17, "overtake": 1}, notices=(notice,)
    )


def ask(
    path: str,
    *,
    probe: Probe | Callable[[], Probe] = FINE,
    vitals: Vitals | Callable[[], Vitals] = EMPTY,
    token: str | None = None,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
) -> httpx.Response:
    """The answer of one page."""
    app = web.app(probe if callable(probe) else lambda: probe, vitals if callable(vitals) else lambda: vitals, token)

    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tracker.test") as client:
            return await client.request(method, path, headers=headers)

    return asyncio.run(answer())
