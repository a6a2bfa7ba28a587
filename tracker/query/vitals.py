"""The state of a store's boards and routes, and what they have cost: for `status` and `/metrics`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tracker.model import Board, Counted, CounterKey, Delivery, Health, Notice, Pause, State, Verdict
from tracker.ports import Environment, Store
from tracker.query.health import health

TRACKER = "tracker"
"""Who paused a board if no person did."""
_Counts = Mapping[CounterKey, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardVitals:
    """The health of a board, and what it has cost since the store was made.

    `last_success`: when it was last read and accepted, or answered that nothing changed while nothing was wrong;
    `success_age_s`: how long ago that is. `failures` in a row began at `failing_since`. `fetches` counts by verdict.
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
        """Whether somebody should look: broken, stale, or paused by the tracker itself; not if a person switched it off."""
        by_tracker = self.pause is not None and self.pause.by == TRACKER
        return self.health.enabled and (self.health.state in (State.BROKEN, State.STALE) or by_tracker)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteVitals:
    """Deliveries of a route: `waiting`, with the age of the oldest, `dead`, with the newest `error`, and those sent so far."""

    route: str
    waiting: int = 0
    oldest_age_s: float | None = None
    dead: int = 0
    error: str = ""
    sent: int = 0
    send_failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The state of the whole tracker at a time: boards by id, routes by name, events so far by kind, and the open notices."""

    at: datetime
    boards: tuple[BoardVitals, ...]
    routes: tuple[RouteVitals, ...]
    events: Mapping[str, int]
    notices: tuple[Notice, ...]

    @property
    def troubled(self) -> bool:
        """Whether somebody should look: a troubled board, a dead delivery, or an open notice."""
        return bool(self.notices) or any(board.troubled for board in self.boards) or any(route.dead for route in self.routes)


def vitals(
    boards: Iterable[Board], store: Store, *, now: datetime, environment: Environment, routes: Iterable[str] = ()
) -> Vitals:
    """The state of those boards and of the outbox. Of `routes`, the declared ones, those with nothing to send are included."""
    counts, pauses = store.service.counts(), store.service.pauses()
    declared = sorted(boards, key=lambda board: board.id)
    return Vitals(
        at=now,
        boards=tuple(
            _board_vitals(board, store, counts, pause=pauses.get(board.id), now=now, environment=environment)
            for board in declared
        ),
        routes=tuple(_routes(store, counts, routes, now)),
        events={kind: int(amount) for kind, amount in _by_subject(counts, Counted.EVENTS).items()},
        notices=tuple(store.service.notices()),
    )


def _board_vitals(
    board: Board, store: Store, counts: _Counts, *, pause: Pause | None, now: datetime, environment: Environment
) -> BoardVitals:
    past = store.past(board.id)
    total = {what: counts.get(CounterKey(what=what, subject=board.id), 0.0) for what in Counted}
    fetches = ((key, int(amount)) for key, amount in counts.items() if key.what is Counted.FETCHES and key.subject == board.id)
    return BoardVitals(
        health=health(board, store, now=now, environment=environment),
        last_success=past.seen_until,
        success_age_s=None if past.seen_until is None else _age(past.seen_until, now),
        failures=past.failures,
        failing_since=past.failing_since,
        pause=pause,
        fetches={key.verdict: amount for key, amount in fetches if key.verdict is not None},
        fetch_bytes=int(total[Counted.FETCH_BYTES]),
        read_s=total[Counted.READ_SECONDS],
        detect_s=total[Counted.DETECT_SECONDS],
        store_s=total[Counted.STORE_SECONDS],
    )


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
    routes: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        routes.setdefault(delivery.route, []).append(delivery)
    return routes


def _by_subject(counts: _Counts, what: Counted) -> dict[str, float]:
    return {key.subject: amount for key, amount in counts.items() if key.what is what}


def _age(then: datetime, now: datetime) -> float:
    """In seconds; never negative, though the clock was set back."""
    return max(0.0, (now - then).total_seconds())
