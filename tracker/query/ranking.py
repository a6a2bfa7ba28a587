"""A board's order on a metric with what is known of its models, as far as the filters ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.model import Board, Measure, Metric, MetricId
from tracker.ports import Store
from tracker.query.filters import EntryKey, Filters, metrics_of
from tracker.query.moves import Movement, movements
from tracker.query.rivals import against
from tracker.query.since import Interval, segment_start
from tracker.query.standings import Standing, accepted, ordered, wanted_metric

if TYPE_CHECKING:  # a question that is not about models does not load what resolves them
    from tracker.query.facts import ModelFacts
    from tracker.query.listings import Choice, Listings


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedRow:
    """A row with its facts (None if nothing asks for them), and its values of all metrics.

    Beside a rival: `above` is since when it is above the best row of the rival, which `is_rival` marks; `beyond_error` by the
    rule of the overtakes (None: no error is stated); `price_ratio` is its price through the rival's. `moved`: since `only.since`.
    """

    standing: Standing
    facts: ModelFacts | None
    measures: Mapping[MetricId, Measure]
    is_rival: bool = False
    above: Interval | None = None
    beyond_error: bool | None = None
    price_ratio: float | None = None
    moved: Movement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Rows of a board's order on a metric, with their ranks among all rows, as of the reading `observed_at`.

    Values are comparable since `segment`. `unknown`: how many rows are left out only because a trait is not stated, by trait.
    `rebased`: the ranks of `only.since` do not compare.
    """

    board: Board
    metric: Metric
    observed_at: datetime
    segment: datetime | None
    rows: tuple[RankedRow, ...]
    unknown: Mapping[str, int] = field(default_factory=dict)
    rebased: bool = False


def rankings(
    boards: Sequence[Board],
    store: Store,
    listings: Callable[[], Listings],
    only: Filters,
    wanted: Sequence[str],
    *,
    skip: bool,
    with_facts: bool = False,
) -> tuple[Ranking, ...]:
    """The order of each board on each metric that is meant, now or at `only.at`, cut to the rows that fulfil the conditions.

    `wanted` are the traits of `JOINED` that are to be shown. Rows keep their ranks among all. With `skip`, boards without a
    metric to rank them, without a snapshot then, or without such a row are left out. `listings` is called if models matter.

    Raises:
        DeclarationError: there is no such board, or otherwise no such metric or snapshot.
    """
    if skip:
        times = [only.at] if only.rivals or only.since is None else [only.at, only.since]
        boards = [board for board in boards if metrics_of(board, only) and _is_accepted(store, board, times)]
    ids, traits = [board.id for board in boards], tuple(dict.fromkeys((*wanted, *only.traits)))
    facts: Mapping[EntryKey, ModelFacts] = {}
    choice = rivals = None
    if with_facts or wanted or only.about_models or only.columns or only.rivals:
        known = listings()
        facts = known.facts(ids, traits)
        known.check_makers(ids, only)
        choice = known.choice(ids, only, facts) if only.about_models else None
        rivals = known.named(only.rivals, ids) if only.rivals else None
    found = [_ranking(board, metric, store, facts=facts, at=only.at) for board, metric in _asked(boards, only)]
    if rivals is not None:
        found = [against(ranking, store, rivals, only) for ranking in found]
    elif only.since is not None:
        found = [_moved(ranking, store, only.since) for ranking in found]
    if choice is not None:
        found = [_cut(ranking, choice) for ranking in found]
    return tuple(ranking for ranking in found if ranking.rows or not skip)


def _moved(ranking: Ranking, store: Store, since: datetime) -> Ranking:
    moved = movements(ranking, store, since)
    if moved is None:
        return replace(ranking, rebased=True)
    return replace(ranking, rows=tuple(replace(row, moved=moved.get(row.standing.entry)) for row in ranking.rows))


def _cut(ranking: Ranking, choice: Choice) -> Ranking:
    """The rows that fulfil the conditions on models, and the rival if any other does."""
    board = ranking.board.id
    rows = [row for row in ranking.rows if row.is_rival or (board, row.standing.entry) in choice.entries]
    rows = [] if all(row.is_rival for row in rows) else rows
    return replace(ranking, rows=tuple(rows), unknown=choice.unknown.get(board, {}))


def _is_accepted(store: Store, board: Board, times: Iterable[datetime | None]) -> bool:
    return all((store.at(board.id, at, ()) if at else store.latest_bodies(board.id)) is not None for at in times)


def _asked(boards: Sequence[Board], only: Filters) -> Iterator[tuple[Board, Metric]]:
    for board in boards:
        metrics = metrics_of(board, only)
        if not metrics:
            wanted_metric(board, None)
        yield from ((board, metric) for metric in metrics)


def _ranking(board: Board, metric: Metric, store: Store, *, facts: Mapping[EntryKey, ModelFacts], at: datetime | None) -> Ranking:
    snapshot = accepted(board, store, at)
    rows = (
        RankedRow(
            standing=standing, facts=facts.get((board.id, standing.entry)), measures=snapshot.entries[standing.entry].measures
        )
        for standing in ordered(board, metric.id, snapshot)
    )
    return Ranking(
        board=board,
        metric=metric,
        observed_at=snapshot.observed_at,
        segment=segment_start(store, board.id, metric.id, at),
        rows=tuple(rows),
    )
