"""Step 13, query: what the store knows, as rows of dataclasses. Reads only."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.errors import DeclarationError
from tracker.model import (
    CADENCES,
    Board,
    BoardId,
    Check,
    EntryId,
    Event,
    EventFilter,
    Health,
    Known,
    MetricId,
    Past,
    RankSpan,
    Result,
    Snapshot,
    Span,
    State,
    competition_ranks,
)
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
    """How a board is: paused (switched off, or no key), broken, stale, partial or ok, with the reason and when it is due."""
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
        due_at=next_due(board, last.observed_at) if last and board.enabled else None,
    )


def _state(
    board: Board, past: Past, last: Check | None, store: Store, *, now: datetime, environment: Environment | None
) -> tuple[State, str]:
    missing = missing_keys(board, environment) if environment is not None else ()
    if not board.enabled:
        return State.PAUSED, f"disabled: {board.terms}" if board.terms else "disabled"
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
    """Names of the secrets the board's request needs and the environment does not have."""
    texts = (board.request.url, *board.request.headers.values(), *board.request.params.values())
    named = [part.partition("}")[0] for text in texts for part in text.split("${")[1:]]
    return tuple(dict.fromkeys(name for name in named if not environment.get(name)))


def next_due(board: Board, after: datetime) -> datetime:
    """The first time of the board's cadence after a time, in UTC."""
    from cronsim import CronSim  # noqa: PLC0415  # only health needs it

    local = after.astimezone(ZoneInfo(board.time_zone))
    return next(CronSim(CADENCES.get(board.cadence, board.cadence), local)).astimezone(after.tzinfo)


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
