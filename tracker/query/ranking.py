"""A board's order on a metric with what is known of its models, as far as the filters ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tracker.model import Board, BoardId, Measure, Metric, MetricId
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.facts import ModelFacts, facts_of, states_trait
from tracker.query.filters import Choice, EntryKey, Filters, check_makers, choose, metrics_of, named_entries
from tracker.query.find import BoardAt, remembered, states
from tracker.query.since import segment_start
from tracker.query.standings import Standing, accepted, ordered, wanted_metric


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


class Listings:
    """Boards as of a time with the facts of their models, each loaded when it is first asked for.

    `gone`: the entries that have left are listed too, as they were last seen.
    """

    def __init__(
        self,
        store: Store,
        lexicon: Callable[[], Lexicon],
        boards: Iterable[Board],
        *,
        at: datetime | None = None,
        gone: bool = False,
    ) -> None:
        self.store, self.at, self.gone = store, at, gone
        self._lexicon = lexicon
        self._boards = {board.id: board for board in boards}
        self._states: dict[BoardId, BoardAt] = {}

    @property
    def lexicon(self) -> Lexicon:
        """The known names; a question that is not about models does not read them."""
        return self._lexicon()

    def states(self, boards: Iterable[BoardId]) -> tuple[BoardAt, ...]:
        """These boards; those without an accepted snapshot are left out."""
        names = tuple(boards)
        missing = [name for name in names if name not in self._states]
        if missing:
            current = states(self.store, at=self.at, lexicon=self.lexicon, boards=missing)
            listed = remembered(self.store, current, self.lexicon) if self.gone else current
            self._states |= {state.board.id: state for state in listed}
        return tuple(self._states[name] for name in names if name in self._states)

    def facts(self, boards: Iterable[BoardId], wanted: Sequence[str]) -> dict[EntryKey, ModelFacts]:
        """The facts of each entry of these boards; the traits `wanted` may be from other boards (`facts_of`)."""
        return {
            (state.board.id, entry): known
            for state in self.states(boards)
            for entry, known in facts_of(state, wanted, self._stating).items()
        }

    def choice(self, boards: Sequence[BoardId], only: Filters, facts: Mapping[EntryKey, ModelFacts]) -> Choice:
        """The entries of these boards that fulfil the conditions on models.

        Raises:
            DeclarationError: a lab, a country or a name means nothing that is listed.
        """
        listed = self.states(boards)
        check_makers(only, listed)
        return choose(only, facts, named_entries(only.models, listed, self.lexicon) if only.models else None)

    def _stating(self, trait: str) -> tuple[BoardAt, ...]:
        return self.states(board.id for board in self._boards.values() if states_trait(board, trait))


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
