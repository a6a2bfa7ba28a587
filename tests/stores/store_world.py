"""A small board, snapshots of it written in one line, and every question a store can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import kit

from tracker.compare import compare
from tracker.events.detecting import advance, advance_failed, detect, fail
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Check,
    Column,
    Contract,
    Entry,
    EntryId,
    EventFilter,
    Failure,
    FailureStage,
    Identity,
    Measure,
    Metric,
    MetricId,
    Nature,
    Parse,
    Request,
    Result,
    Sha256,
    Snapshot,
    Step,
    StoredSnapshot,
)
from tracker.ports import Store

BOARD = BoardId("acme/text")
OTHER = BoardId("acme/code")
SCORE, PRICE = MetricId("score"), MetricId("price")
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
ENTRIES = tuple(EntryId(key) for key in "abcdefg")


def metric(name: MetricId, nature: Nature, *, higher: bool, primary: bool = False, topic: str = "") -> Metric:
    column = Column(sources=(name,))
    return Metric(
        id=name, title=name.title(), column=column, nature=nature, higher_is_better=higher, primary=primary, topic=topic
    )


def board(board_id: BoardId = BOARD, **changes: object) -> Board:
    declared = Board(
        id=board_id,
        title="Acme Arena",
        page="https://acme.example/",
        request=Request(url="https://acme.example/text.csv", headers={"x-key": "${ACME_KEY}"}),
        parse=Parse(format="csv_table", options={"where": {"split": "test"}}),
        key=(Column(sources=("key",)),),
        name=Column(sources=("name",)),
        attributes={"licence": Column(sources=("licence",)), "page": Column(sources=("link",))},
        metrics=(
            metric(SCORE, Nature.TESTED, higher=True, primary=True, topic="overall"),
            metric(PRICE, Nature.LISTED, higher=False, topic="price"),
        ),
        contract=Contract(max_drop=0.5),
    )
    return replace(declared, **changes)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def sha(text: str) -> Sha256:
    return Sha256((text.encode().hex() or "0").ljust(64, "0")[:64])


def measure(value: float, decimals: int = 1, **more: object) -> Measure:
    return Measure(**{"value": value, "decimals": decimals, "raw": f"{value:.{decimals}f}", **more})


def entry(key: str, score: float | None = None, price: float | None = None, **more: object) -> Entry:
    measures = {
        name: measure(value, decimals) for name, value, decimals in ((SCORE, score, 1), (PRICE, price, 2)) if value is not None
    }
    return Entry(**{"id": EntryId(key), "name": key.upper(), "position": 1, "measures": measures, "who": Identity(), **more})


def snapshot(at: datetime, entries: Iterable[Entry], *, board_id: BoardId = BOARD, **more: object) -> Snapshot:
    listed = {entry.id: replace(entry, position=place, rank=place) for place, entry in enumerate(entries, 1)}
    pages = max((entry.page for entry in listed.values()), default=0)
    return Snapshot(
        **{
            "board": board_id,
            "observed_at": at,
            "url": "https://acme.example/text.csv",
            "sha256": tuple(sha(f"{board_id}{at:%j}{page}") for page in range(pages + 1)),
            "entries": listed,
            "metrics": frozenset((SCORE, PRICE)),
            **more,
        }
    )


def scores(number: int, text: str, **more: object) -> Snapshot:
    """`scores(3, "a:90 b:80")`: day 3, with those scores; a bare name has none."""
    pairs = (part.partition(":") for part in text.split())
    return snapshot(day(number), [entry(key, float(value) if value else None) for key, _, value in pairs], **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that could not be read."""

    at: datetime
    trouble: FailureStage = FailureStage.PARSE


def steps(
    of: Board, states: Iterable[Snapshot | Fault], *, before: StoredSnapshot | None = None, past: BoardState | None = None
) -> Iterator[Step]:
    """The fold that the pipeline makes of snapshots and faults."""
    past, before = past or BoardState(), kit.unsure(before)
    for state in states:
        if isinstance(state, Fault):
            step = _failed(of, state, past)
        else:
            diff = compare(of, before, state, seen_until=past.seen_until)
            detected = detect(diff, past)
            step = Step(
                check=_check(of, state.observed_at, Result.ACCEPTED, state.sha256, len(state.entries)),
                past=advance(past, diff, detected),
                diff=diff,
                events=detected.events,
            )
            before = state
        past = step.past
        yield step


def _failed(of: Board, fault: Fault, past: BoardState) -> Step:
    failure = Failure(
        board=of.id,
        observed_at=fault.at,
        url="https://acme.example/text.csv",
        sha256=(sha("broken"),),
        trouble=fault.trouble,
        error="ParseError",
        message="acme/text: found a login page, expected CSV",
    )
    check = replace(_check(of, fault.at, Result.UNREADABLE, failure.sha256, None), message=failure.message, status=503)
    return Step(check=check, past=advance_failed(past, failure), events=fail(of, failure, past))


def _check(of: Board, at: datetime, result: Result, sha256: tuple[Sha256, ...], entries: int | None) -> Check:
    url = "https://acme.example/text.csv"
    return Check(board=of.id, observed_at=at, result=result, url=url, sha256=sha256, status=200, entries=entries)


def save_all(store: Store, of: Board, states: Iterable[Snapshot | Fault]) -> list[Step]:
    store.declare(of)
    saved = list(steps(of, states))
    for step in saved:
        store.save(step)
    return saved


def answers(store: Store, board_id: BoardId, times: Iterable[datetime]) -> Mapping[str, object]:
    """A store's answer to every question about a board, at each of the times."""
    times = sorted(times)
    return {
        "boards": store.boards(),
        "position": store.position(board_id),
        "declared": store.declared(board_id),
        "past": store.past(board_id),
        "latest": store.latest(board_id),
        "at": [store.at(board_id, at) for at in times],
        "at, score only": [store.at(board_id, at, [SCORE]) for at in times],
        "at, no metric": [store.at(board_id, at, ()) for at in times],
        "checks": list(store.checks(board_id)),
        "last check": store.last_check(board_id),
        "spans": {(key, name): list(store.spans(board_id, key, name)) for key in ENTRIES for name in (SCORE, PRICE)},
        "ranks": {key: list(store.rank_spans(board_id, key)) for key in ENTRIES},
        "segments": list(store.segments(board_id)),
        "events": list(store.events(EventFilter())),
        "events since": [[event.id for event in store.events(EventFilter(since=at))] for at in times],
        "events until": [[event.id for event in store.events(EventFilter(board=board_id, until=at))] for at in times],
        "events of": {key: [event.id for event in store.events(EventFilter(entry=key))] for key in ENTRIES},
        "news": [event.id for event in store.events(EventFilter(is_news=True))],
        "event": {event.id: store.event(event.id) for event in store.events(EventFilter(board=board_id))},
        "withdrawn": list(store.withdrawn(board_id)),
    }
