"""Entries over time, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, EntryId, EntryRecord, Event, EventFilter, Metric, MetricId, RankSpan, Span
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.find import demand, remembered, states


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One entry over time on one board: its names, when it was listed, its values per metric (of `metrics`) and its ranks."""

    board: BoardId
    entry: EntryId
    known: EntryRecord
    metrics: Mapping[MetricId, Metric]
    values: dict[MetricId, Sequence[Span]]
    ranks: Sequence[RankSpan]
    events: Sequence[Event]


def history(name: str, store: Store, lexicon: Lexicon, *, board: BoardId | None = None) -> tuple[Course, ...]:
    """Everything about the entries that a name means (`find`), including those that left their board.

    Raises:
        DeclarationError: no board lists or listed it; the nearest names are suggested.
    """
    boards = store.boards() if board is None else (board,)
    meant = demand(name, remembered(store, states(store, lexicon=lexicon, boards=boards), lexicon), lexicon)
    known = {name: store.past(name).known for name in meant.by_board}
    return tuple(_course(listed.state.board, listed.entry.id, known[listed.state.board.id], store) for listed in meant.entries)


def _course(declared: Board, entry: EntryId, known: Mapping[EntryId, EntryRecord], store: Store) -> Course:
    board, metrics = declared.id, {metric.id: metric for metric in declared.metrics}
    values = {metric: spans for metric in metrics if (spans := store.spans(board, entry, metric))}
    events = tuple(store.events(EventFilter(board=board, entry=entry)))
    ranks = store.rank_spans(board, entry)
    return Course(board=board, entry=entry, known=known[entry], metrics=metrics, values=values, ranks=ranks, events=events)


def with_metric(courses: Sequence[Course], metric: MetricId) -> tuple[Course, ...]:
    """The courses with values of the metric, without their other values.

    Raises:
        DeclarationError: none has any.
    """
    chosen = tuple(replace(course, values={metric: course.values[metric]}) for course in courses if metric in course.values)
    if not chosen:
        known = ", ".join(sorted({name for course in courses for name in course.values})) or "none"
        raise DeclarationError(f'metric "{metric}": that model has no values of it; expected one of: {known}')
    return chosen
