"""Step 13, query: what the store knows, as rows of dataclasses. Reads only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker import cadence
from tracker.errors import DeclarationError
from tracker.model import (
    Board,
    BoardId,
    Check,
    EntryId,
    Event,
    EventFilter,
    Health,
    Known,
    Letter,
    MetricId,
    Notice,
    Past,
    Pause,
    RankSpan,
    Result,
    Snapshot,
    Span,
    State,
)
from tracker.order import competition_ranks
from tracker.ports import Environment, Store

LATE_AFTER = 3
"""A board is called stale when so many of its cadence's times have passed without an accepted or unchanged reading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One row of a board's order on a metric. `rank` is the competition rank over all rows with a value, None without one.

    Where rows share a name, they are left out; on the primary metric they still count in the ranks, on others there are no ranks.
    """

    rank: int | None
    entry: EntryId
    name: str
    value: float | None
    low: float | None
    high: float | None
    estimated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One entry through time on one board: its names, when it was listed, its values per metric and its ranks."""

    board: BoardId
    entry: EntryId
    known: Known
    values: dict[MetricId, Sequence[Span]]
    ranks: Sequence[RankSpan]
    events: Sequence[Event]


def standings(board: Board, store: Store, *, metric: MetricId | None = None, at: datetime | None = None) -> tuple[Standing, ...]:
    """A board's order on a metric (the primary one by default), now or as of a time; entries without a value last, by name.

    Raises:
        DeclarationError: the board has no such metric, or nothing was accepted by then.
    """
    wanted = _metric(board, metric)
    snapshot = store.at(board.id, at, [wanted]) if at else store.latest(board.id)
    if snapshot is None:
        when = f" by {at.isoformat()}" if at else ""
        raise DeclarationError(f"{board.id}: nothing was accepted{when}; expected a snapshot (tracker run {board.id})")
    return _ordered(board, wanted, snapshot)


def _metric(board: Board, metric: MetricId | None) -> MetricId:
    if metric is None and board.primary is not None:
        return board.primary.id
    known = [one.id for one in board.metrics]
    if metric is None or metric not in known:
        raise DeclarationError(f'{board.id}: metric "{metric or ""}" is unknown; known: {", ".join(known)}')
    return metric


def _ordered(board: Board, metric: MetricId, snapshot: Snapshot) -> tuple[Standing, ...]:
    values = {entry: one.measures[metric].value for entry, one in snapshot.entries.items() if metric in one.measures}
    declared = board.metric(metric)
    certain = declared.higher_is_better is not None and (declared.primary or not snapshot.ambiguous)
    ranks = competition_ranks(declared, values, snapshot.unnamed) if certain else {}
    rows = []
    for entry, one in snapshot.entries.items():
        measure = one.measures.get(metric)
        rows.append(
            Standing(
                rank=ranks.get(entry),
                entry=entry,
                name=one.name,
                value=measure.value if measure else None,
                low=measure.low if measure else None,
                high=measure.high if measure else None,
                estimated=measure.estimated if measure else False,
            )
        )
    return tuple(sorted(rows, key=lambda row: (row.value is None, row.rank or 0, row.name, row.entry)))


def history(name: str, store: Store, *, board: BoardId | None = None) -> tuple[Course, ...]:
    """Everything about the entries whose key or any name is `name` (case and width ignored); else those whose name contains it.

    Raises:
        DeclarationError: nothing bears that name.
    """
    boards = store.boards() if board is None else (board,)
    pasts = {one: store.past(one) for one in boards}
    found = _find(pasts, name, whole=True) or _find(pasts, name, whole=False)
    if not found:
        raise DeclarationError(
            f'"{name}": no entry bears that name; expected one that a board lists or listed (tracker standings BOARD)'
        )
    return tuple(_course(one, entry, pasts[one].known[entry], store) for one, entry in found)


def _find(pasts: dict[BoardId, Past], name: str, *, whole: bool) -> list[tuple[BoardId, EntryId]]:
    wanted = _folded(name)
    return [
        (board, entry)
        for board, past in sorted(pasts.items())
        for entry, known in sorted(past.known.items())
        if any(wanted == one if whole else wanted in one for one in map(_folded, (entry, *known.names)))
    ]


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _course(board: BoardId, entry: EntryId, known: Known, store: Store) -> Course:
    declared = store.declared(board)
    metrics = [metric.id for metric in declared.metrics] if declared else []
    values = {metric: spans for metric in metrics if (spans := store.spans(board, entry, metric))}
    events = tuple(store.events(EventFilter(board=board, entry=entry)))
    return Course(board=board, entry=entry, known=known, values=values, ranks=store.rank_spans(board, entry), events=events)


# ── health ───────────────────────────────────────────────────────────────────────────────────────


def health(board: Board, store: Store, *, now: datetime, environment: Environment | None = None) -> Health:
    """How a board is: paused (switched off, by somebody, or no key), broken, stale, partial or ok, with the reason and when it is due."""
    past, last = store.past(board.id), store.last_check(board.id)
    accepted = store.at(board.id, last.observed_at, ()) if last else None
    state, reason = _state(board, past, last, store, now=now, environment=environment)
    return Health(
        board=board.id,
        title=board.title,
        page=board.page,
        attribution=board.attribution,
        state=state,
        reason=reason,
        enabled=board.enabled,
        entries=len(accepted.entries) if accepted else None,
        last_checked=last.observed_at if last else None,
        last_accepted=accepted.observed_at if accepted else None,
        last_changed=past.changed_at[-1] if past.changed_at else None,
        due_at=due_at(board, store, now) if last and board.enabled else None,
    )


def _state(
    board: Board, past: Past, last: Check | None, store: Store, *, now: datetime, environment: Environment | None
) -> tuple[State, str]:
    missing = missing_keys(board, environment) if environment is not None else ()
    if not board.enabled:
        return State.PAUSED, f"disabled: {board.terms}" if board.terms else "disabled"
    if (pause := store.ledger.pauses().get(board.id)) is not None:
        return State.PAUSED, f"by {pause.by} since {_stamp(pause.since)}: {pause.reason}"
    if missing:
        return State.PAUSED, f"no key: set {', '.join(missing)}"
    if past.broken_since is not None:
        return State.BROKEN, past.broken_by
    if past.stale_since is not None:
        return (
            State.STALE,
            f"the content has not changed since {_stamp(past.changed_at[-1]) if past.changed_at else 'the start'}",
        )
    if last is not None and _late(board, read := _last_read(last, store), now):
        return State.STALE, f"not read since {_stamp(read)}{f': {last.message}' if last.message else ''}"
    if past.cap_told:
        return State.PARTIAL, f"cut off at {past.capped_at} rows"
    if last is None:
        return State.OK, "not read yet"
    return State.OK, last.message if last.result is Result.FAILED else ""


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def missing_keys(board: Board, environment: Environment) -> tuple[str, ...]:
    """Names of the secrets the board's requests need and the environment does not have."""
    named = [part.partition("}")[0] for text in board.asked_with() for part in text.split("${")[1:]]
    return tuple(dict.fromkeys(name for name in named if not environment.get(name)))


def next_due(board: Board, after: datetime) -> datetime:
    """When a board that was last read at `after` is due, in UTC: its cadence, jitter and quiet windows (`tracker/cadence.py`)."""
    return cadence.next_due(board, after)


TRY_AGAIN = timedelta(minutes=5)
LONGEST_TRY = timedelta(hours=2)
"""A passing fault is tried again after five minutes, then after twice as long each time, up to two hours."""
SLOWED_BY = timedelta(minutes=15)
MOST_SLOWED = timedelta(days=1)
"""A board that is refused, or cannot be read, keeps its cadence: after one failure as it is, after two but for the times within
half an hour, after three within an hour … up to a day."""
CLOCK_BACK = timedelta(days=1)
"""A last check that lies less than this in the future: the clock was put back, and is waited for; more: somebody's wrong date."""


def due_at(board: Board, store: Store, now: datetime) -> datetime:
    """When a board is to be fetched next, by its last check, its cadence and its failures; `now` where it was never read.

    Source: docs/decisions/0016-when-a-board-is-due.md
    """
    last = store.last_check(board.id)
    if last is None:
        return cadence.in_quiet(board.quiet, board.time_zone, now) or now
    if last.observed_at > now:
        return last.observed_at if last.observed_at - now <= CLOCK_BACK else now
    return _due_after(board, store.past(board.id), last.observed_at)


def _due_after(board: Board, past: Past, last: datetime) -> datetime:
    doubled = 2 ** min(past.failures - 1, 16) if past.failures else 0
    if past.failures and past.passing:
        again = last + min(TRY_AGAIN * doubled, LONGEST_TRY)
        return cadence.in_quiet(board.quiet, board.time_zone, again) or again
    slowed = min(SLOWED_BY * doubled, MOST_SLOWED) - timedelta(seconds=1) if doubled > 1 else timedelta(0)
    return next_due(board, last + slowed)


def _last_read(last: Check, store: Store) -> datetime:
    """When the board last answered; the first try where it never did."""
    if last.result is not Result.FAILED:
        return last.observed_at
    checks = list(store.checks(last.board))
    return max((check.observed_at for check in checks if check.result is not Result.FAILED), default=checks[0].observed_at)


def _late(board: Board, read: datetime, now: datetime) -> bool:
    due = read
    for _ in range(LATE_AFTER):
        due = next_due(board, due)
    return now > due + timedelta(hours=1)


# ── vitals ───────────────────────────────────────────────────────────────────────────────────────

TRACKER = "tracker"
"""Who a pause is by when nobody asked for it: ourselves, in trouble."""
_Counts = Mapping[tuple[str, str], float]


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
    fetches: Mapping[str, int] = field(default_factory=dict)
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
        """Whether somebody should look: a troubled board, a dead letter, or an open notice."""
        return bool(self.notices) or any(one.troubled for one in self.boards) or any(route.dead for route in self.routes)


def vitals(
    boards: Iterable[Board], store: Store, *, now: datetime, environment: Environment, routes: Iterable[str] = ()
) -> Vitals:
    """How those boards do, and the outbox, for `/metrics` and `tracker status` alike.

    `routes` are those declared, so that one with nothing to send is there too.
    """
    counts = store.ledger.counts()
    pauses = store.ledger.pauses()
    declared = sorted(boards, key=lambda board: board.id)
    return Vitals(
        at=now,
        boards=tuple(_board_vitals(board, store, counts, pauses.get(board.id), now, environment) for board in declared),
        routes=tuple(_routes(store, counts, routes, now)),
        events={kind: int(amount) for kind, amount in _labelled(counts, "events").items()},
        notices=tuple(store.ledger.notices()),
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
        fetch_bytes=int(counts.get(("fetch_bytes", board.id), 0)),
        read_s=counts.get(("read_seconds", board.id), 0.0),
        detect_s=counts.get(("detect_seconds", board.id), 0.0),
        store_s=counts.get(("store_seconds", board.id), 0.0),
    )


def _fetches(board: BoardId, counts: _Counts) -> dict[str, int]:
    """By verdict; the label of the count is `<board> <verdict>`."""
    found = _labelled(counts, "fetches").items()
    return {label.removeprefix(f"{board} "): int(amount) for label, amount in found if label.startswith(f"{board} ")}


def _routes(store: Store, counts: _Counts, declared: Iterable[str], now: datetime) -> Iterator[RouteVitals]:
    waiting, dead = _by_route(store.ledger.letters()), _by_route(store.ledger.letters(dead=True))
    sent, failures = _labelled(counts, "sent"), _labelled(counts, "send_failures")
    for route in sorted({*declared, *waiting, *dead, *sent, *failures}):
        queue, given_up = waiting.get(route, ()), dead.get(route, ())
        yield RouteVitals(
            route=route,
            waiting=len(queue),
            oldest_age_s=_age(min(letter.queued_at for letter in queue), now) if queue else None,
            dead=len(given_up),
            error=given_up[-1].error if given_up else "",
            sent=int(sent.get(route, 0)),
            send_failures=int(failures.get(route, 0)),
        )


def _by_route(letters: Iterable[Letter]) -> dict[str, list[Letter]]:
    found: dict[str, list[Letter]] = {}
    for letter in letters:
        found.setdefault(letter.route, []).append(letter)
    return found


def _labelled(counts: _Counts, what: str) -> dict[str, float]:
    return {label: amount for (counted, label), amount in counts.items() if counted == what}


def _age(then: datetime, now: datetime) -> float:
    """In seconds; a clock that was set back makes nothing younger than new."""
    return max(0.0, (now - then).total_seconds())
