"""A board's order on a metric with what is known of its models, as far as the filters ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.model import Board, Measure, Metric, MetricId
from tracker.ports import Store
from tracker.query.filters import EntryKey, Filters, metrics_of
from tracker.query.since import segment_start
from tracker.query.standings import Standing, accepted, ordered, wanted_metric

if TYPE_CHECKING:  # a question that is not about models does not load what resolves them
    from tracker.query.facts import ModelFacts
    from tracker.query.listings import Choice, Listings


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRow:
    """A row with its facts (None if nothing asks for them), and its values of all metrics."""

    standing: Standing
    facts: ModelFacts | None
    measures: Mapping[MetricId, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Rows of a board's order on a metric, with their ranks among all rows, as of the reading `observed_at`.

    Values are comparable since `segment`. `unknown`: how many rows are left out only because a trait is not stated, by trait.
    """

    board: Board
    metric: Metric
    observed_at: datetime
    segment: datetime | None
    rows: tuple[RankedRow, ...]
    unknown: Mapping[str, int] = field(default_factory=dict)


def rankings(
    boards: Sequence[Board], listings: Listings, only: Filters, wanted: Sequence[str], *, skip: bool
) -> tuple[Ranking, ...]:
    """The order of each board on each metric that is meant, now or at `only.at`, cut to the rows that fulfil the conditions.

    `wanted` are the traits of `JOINED` that are to be shown. Rows keep their ranks among all. With `skip`, boards without a
    metric to rank them, without a snapshot then, or without such a row are left out.

    Raises:
        DeclarationError: there is no such board, or otherwise no such metric or snapshot.
    """
    if skip:
        boards = [board for board in boards if metrics_of(board, only) and _is_accepted(listings.store, board, only.at)]
    ids, traits = [board.id for board in boards], tuple(dict.fromkeys((*wanted, *only.traits)))
    facts = listings.facts(ids, traits) if wanted or only.about_models or only.columns else {}
    listings.check_makers(ids, only)
    choice = listings.choice(ids, only, facts) if only.about_models else None
    found = [
        _ranking(board, metric, listings.store, only=only, facts=facts, choice=choice) for board, metric in _asked(boards, only)
    ]
    return tuple(ranking for ranking in found if ranking.rows or not skip)


def _is_accepted(store: Store, board: Board, at: datetime | None) -> bool:
    return (store.at(board.id, at, ()) if at else store.latest_bodies(board.id)) is not None


def _asked(boards: Sequence[Board], only: Filters) -> Iterator[tuple[Board, Metric]]:
    for board in boards:
        metrics = metrics_of(board, only)
        if not metrics:
            wanted_metric(board, None)
        yield from ((board, metric) for metric in metrics)


def _ranking(
    board: Board, metric: Metric, store: Store, *, only: Filters, facts: Mapping[EntryKey, ModelFacts], choice: Choice | None
) -> Ranking:
    snapshot = accepted(board, store, only.at)
    rows = (
        RankedRow(
            standing=standing, facts=facts.get((board.id, standing.entry)), measures=snapshot.entries[standing.entry].measures
        )
        for standing in ordered(board, metric.id, snapshot)
        if choice is None or (board.id, standing.entry) in choice.entries
    )
    return Ranking(
        board=board,
        metric=metric,
        observed_at=snapshot.observed_at,
        segment=segment_start(store, board.id, metric.id, only.at),
        rows=tuple(rows),
        unknown=choice.unknown.get(board.id, {}) if choice else {},
    )
