"""A board saved into a store state by state, for the questions people ask of its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import kit

from tracker.compare import compare
from tracker.events.detecting import advance, advance_failed, detect, fail
from tracker.model import (
    Board,
    BoardId,
    Check,
    Column,
    Contract,
    Entry,
    EntryId,
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
)
from tracker.ports import Store

BOARD, OTHER = BoardId("acme/text"), BoardId("acme/code")
SCORE, PRICE, SPEED = MetricId("score"), MetricId("price"), MetricId("speed")
START = datetime(2026, 3, 1, 6, tzinfo=UTC)
URL = "https://acme.example/text"


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def board(board_id: BoardId = BOARD, **changes: object) -> Board:
    def metric(name: MetricId, nature: Nature, *, higher: bool | None, primary: bool = False) -> Metric:
        column = Column(sources=(name,))
        return Metric(id=name, title=name.title(), column=column, nature=nature, higher_is_better=higher, primary=primary)

    declared = Board(
        id=board_id,
        title="Acme Arena",
        page="https://acme.example/",
        request=Request(url=URL),
        parse=Parse(format="csv_table"),
        key=(Column(sources=("key",)),),
        name=Column(sources=("name",)),
        metrics=(
            metric(SCORE, Nature.TESTED, higher=True, primary=True),
            metric(PRICE, Nature.LISTED, higher=False),
            metric(SPEED, Nature.LIVE, higher=None),
        ),
        contract=Contract(),
        attribution="Acme",
    )
    return replace(declared, **changes)


def entry(key: str, score: float | None = None, price: float | None = None, *, name: str = "", estimated: bool = False) -> Entry:
    values = ((SCORE, score), (PRICE, price), (SPEED, price))
    measures = {
        metric: Measure(value=value, raw=str(value), decimals=1, estimated=estimated, low=value - 1, high=value + 1)
        for metric, value in values
        if value is not None
    }
    return Entry(id=EntryId(key), name=name or key.upper(), position=1, measures=measures, who=Identity())


def save(
    store: Store, days: float, entries: Iterable[Entry], of: Board | None = None, *, unnamed: tuple[float, ...] = ()
) -> None:
    """An accepted reading."""
    of = of or board()
    listed = {entry.id: entry for entry in entries}
    after = Snapshot(
        board=of.id,
        observed_at=at(days),
        url=URL,
        sha256=(Sha256(f"{days:064}"),),
        entries=listed,
        metrics=frozenset((SCORE, PRICE, SPEED)),
        unnamed=unnamed,
    )
    past = store.past(of.id)
    diff = compare(of, kit.unsure(store.latest(of.id)), after, seen_until=past.seen_until)
    detected = detect(diff, past)
    store.declare(of)
    step = Step(
        check=check(of, days, Result.ACCEPTED, entries=len(listed)),
        past=advance(past, diff, detected),
        diff=diff,
        events=detected.events,
    )
    store.save(step)


def check(of: Board, days: float, result: Result, *, message: str = "", entries: int | None = None) -> Check:
    return Check(board=of.id, observed_at=at(days), result=result, url=URL, message=message, entries=entries)


def note(store: Store, days: float, result: Result, message: str = "", *, passing: bool = False) -> None:
    """A fetch that brought nothing accepted."""
    of, past, events = board(), store.past(BOARD), ()
    if result is not Result.UNCHANGED:
        failure = Failure(
            board=BOARD,
            observed_at=at(days),
            url=URL,
            sha256=(),
            trouble=FailureStage.FETCH,
            error="Gone",
            message=message,
            passing=passing,
        )
        events, past = fail(of, failure, past), advance_failed(past, failure)
    store.save(Step(check=check(of, days, result, message=message), past=past, events=events))
