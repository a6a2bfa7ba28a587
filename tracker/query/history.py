"""Entries through time, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracker.errors import DeclarationError
from tracker.model import BoardId, EntryId, EntryRecord, Event, EventFilter, Metric, MetricId, RankSpan, Span
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.find import demand, remembered, states


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One entry through time on one board: its names, when it was listed, its values per metric (of `metrics`) and its ranks."""

    board: BoardId
    entry: EntryId
    known: EntryRecord
    metrics: Mapping[MetricId, Metric]
    values: dict[MetricId, Sequence[Span]]
    ranks: Sequence[RankSpan]
    events: Sequence[Event]


def history(name: str, store: Store, lexicon: Lexicon, *, board: BoardId | None = None) -> tuple[Course, ...]:
    """Everything about the entries that a name means (`find`), those that left their board included.

    Raises:
        DeclarationError: no board lists or listed it; the nearest names are suggested.
    """
    boards = store.boards() if board is None else (board,)
    meant = demand(name, remembered(store, states(store, lexicon=lexicon, boards=boards), lexicon), lexicon)
    known = {one: store.past(one).known for one in meant.by_board}
    pairs = [(listed.state.board.id, listed.entry.id) for listed in meant.entries]
    return tuple(_course(one, entry, known[one][entry], store) for one, entry in pairs)


def _course(board: BoardId, entry: EntryId, known: EntryRecord, store: Store) -> Course:
    declared = store.declared(board)
    metrics = {metric.id: metric for metric in declared.metrics} if declared else {}
    values = {metric: spans for metric in metrics if (spans := store.spans(board, entry, metric))}
    events = tuple(store.events(EventFilter(board=board, entry=entry)))
    ranks = store.rank_spans(board, entry)
    return Course(board=board, entry=entry, known=known, metrics=metrics, values=values, ranks=ranks, events=events)


def with_metric(courses: Sequence[Course], metric: MetricId) -> tuple[Course, ...]:
    """Those with values of the metric, without those of others. Raises DeclarationError where none has any."""
    chosen = tuple(replace(course, values={metric: course.values[metric]}) for course in courses if metric in course.values)
    if not chosen:
        known = ", ".join(sorted({name for course in courses for name in course.values})) or "none"
        raise DeclarationError(f'metric "{metric}": that model has no values of it; expected one of: {known}')
    return chosen
