"""How the boards and routes of a store are doing, and what they have cost: for `status` and `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tracker.model import Board, BoardId, Counted, CounterKey, Delivery, Health, Notice, Pause, State, Verdict
from tracker.ports import Environment, Store
from tracker.query.health import health

# ── vitals ───────────────────────────────────────────────────────────────────────────────────────

TRACKER = "tracker"
"""Who a pause is by when nobody asked for it: ourselves, in trouble."""
_Counts = Mapping[CounterKey, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardVitals:
    """How a board does, and what it has cost since the store was made.

    `last_success` is when it was last read and accepted, or answered that nothing changed while nothing was wrong;
    `success_age_s` how long ago that is. `failures` in a row began at `failing_since`. `fetches` counts by verdict.
    """

    health: Health
    last_success: datetime | None = None
    success_age_s: float | None = None
    failures: int = 0
    failing_since: datetime | None = None
    pause: Pause | None = None
    fetches: Mapping[Verdict, int] = field(default_factory=dict)
    fetch_bytes: int = 0
    read_s: float = 0.0
    detect_s: float = 0.0
    store_s: float = 0.0

    @property
    def troubled(self) -> bool:
        """Whether somebody should look: broken, stale, or paused by the tracker itself. What a person switched off is no trouble."""
        health = self.health
        by_itself = self.pause is not None and self.pause.by == TRACKER
        return health.enabled and (health.state in (State.BROKEN, State.STALE) or by_itself)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteVitals:
    """What waits for a route, the `oldest_age_s` of it, what was given up (the newest `error` of it), and what it has done so far."""

    route: str
    waiting: int = 0
    oldest_age_s: float | None = None
    dead: int = 0
    error: str = ""
    sent: int = 0
    send_failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """How the whole tracker does at a time: boards by id, routes by name, events so far by kind, and the open notices."""

    at: datetime
    boards: tuple[BoardVitals, ...]
    routes: tuple[RouteVitals, ...]
    events: Mapping[str, int]
    notices: tuple[Notice, ...]

    @property
    def troubled(self) -> bool:
        """Whether somebody should look: a troubled board, a dead delivery, or an open notice."""
        return bool(self.notices) or any(one.troubled for one in self.boards) or any(route.dead for route in self.routes)


def vitals(
    boards: Iterable[Board], store: Store, *, now: datetime, environment: Environment, routes: Iterable[str] = ()
) -> Vitals:
    """How those boards do, and the outbox, for `/metrics` and `tracker status` alike.

    `routes` are those declared, so that one with nothing to send is there too.
    """
    counts = store.service.counts()
    pauses = store.service.pauses()
    declared = sorted(boards, key=lambda board: board.id)
    return Vitals(
        at=now,
        boards=tuple(_board_vitals(board, store, counts, pauses.get(board.id), now, environment) for board in declared),
        routes=tuple(_routes(store, counts, routes, now)),
        events={kind: int(amount) for kind, amount in _by_subject(counts, Counted.EVENTS).items()},
        notices=tuple(store.service.notices()),
    )


def _board_vitals(  # noqa: PLR0917  # one line above calls it
    board: Board, store: Store, counts: _Counts, pause: Pause | None, now: datetime, environment: Environment
) -> BoardVitals:
    past = store.past(board.id)
    return BoardVitals(
        health=health(board, store, now=now, environment=environment),
        last_success=past.seen_until,
        success_age_s=None if past.seen_until is None else _age(past.seen_until, now),
        failures=past.failures,
        failing_since=past.failing_since,
        pause=pause,
        fetches=_fetches(board.id, counts),
        fetch_bytes=int(counts.get(CounterKey(what=Counted.FETCH_BYTES, subject=board.id), 0)),
        read_s=counts.get(CounterKey(what=Counted.READ_SECONDS, subject=board.id), 0.0),
        detect_s=counts.get(CounterKey(what=Counted.DETECT_SECONDS, subject=board.id), 0.0),
        store_s=counts.get(CounterKey(what=Counted.STORE_SECONDS, subject=board.id), 0.0),
    )


def _fetches(board: BoardId, counts: _Counts) -> dict[Verdict, int]:
    fetches = ((key, int(amount)) for key, amount in counts.items() if key.what is Counted.FETCHES and key.subject == board)
    return {key.verdict: amount for key, amount in fetches if key.verdict is not None}


def _routes(store: Store, counts: _Counts, declared: Iterable[str], now: datetime) -> Iterator[RouteVitals]:
    waiting, dead = _by_route(store.service.deliveries()), _by_route(store.service.deliveries(dead=True))
    sent, failures = _by_subject(counts, Counted.SENT), _by_subject(counts, Counted.SEND_FAILURES)
    for route in sorted({*declared, *waiting, *dead, *sent, *failures}):
        queue, given_up = waiting.get(route, ()), dead.get(route, ())
        yield RouteVitals(
            route=route,
            waiting=len(queue),
            oldest_age_s=_age(min(delivery.queued_at for delivery in queue), now) if queue else None,
            dead=len(given_up),
            error=given_up[-1].error if given_up else "",
            sent=int(sent.get(route, 0)),
            send_failures=int(failures.get(route, 0)),
        )


def _by_route(deliveries: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    found: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        found.setdefault(delivery.route, []).append(delivery)
    return found


def _by_subject(counts: _Counts, what: Counted) -> dict[str, float]:
    return {key.subject: amount for key, amount in counts.items() if key.what is what}


def _age(then: datetime, now: datetime) -> float:
    """In seconds; a clock that was set back makes nothing younger than new."""
    return max(0.0, (now - then).total_seconds())
