"""Entries over time, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, EntryId, EntryRecord, Event, EventFilter, Metric, MetricId, RankSpan, Span
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.filters import Filters, is_wanted
from tracker.query.find import demand, remembered, states

_EVER, _NEVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """A period with one value of an entry on a metric, or with one rank (then `metric` is None)."""

    board: BoardId
    entry: EntryId
    name: str
    valid_from: datetime
    valid_to: datetime | None
    metric: MetricId | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    estimated: bool | None = None
    rank: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One entry over time on one board: its names, when it was listed, its values per metric (of `metrics`) and its ranks.

    Values of a metric compare from one of its `segments` to the next.
    """

    board: BoardId
    entry: EntryId
    known: EntryRecord
    metrics: Mapping[MetricId, Metric]
    values: dict[MetricId, Sequence[Span]]
    ranks: Sequence[RankSpan]
    events: Sequence[Event]
    segments: Mapping[MetricId, tuple[datetime, ...]] = field(default_factory=dict)

    def table(self) -> Iterator[CourseRow]:
        """Each period with a value or a rank."""
        for metric, spans in self.values.items():
            for span in spans:
                measure = {name: getattr(span.measure, name) for name in ("value", "low", "high", "estimated")}
                yield self._row(metric=metric, valid_from=span.valid_from, valid_to=span.valid_to, **measure)
        for rank in self.ranks:
            yield self._row(rank=rank.rank, valid_from=rank.valid_from, valid_to=rank.valid_to)

    def _row(self, **period: Any) -> CourseRow:
        return CourseRow(board=self.board, entry=self.entry, name=self.known.name, **period)

    def segment_of(self, metric: MetricId, at: datetime) -> datetime | None:
        """When the segment that holds a time began."""
        return max((start for start in self.segments.get(metric, ()) if start <= at), default=None)

    def by_segment(self, metric: MetricId) -> list[list[float]]:
        """The values of a metric, oldest first, in a list for each segment."""
        groups = groupby(self.values.get(metric, ()), key=lambda span: self.segment_of(metric, span.valid_from))
        return [[span.measure.value for span in spans] for _, spans in groups]


def history(name: str, store: Store, lexicon: Lexicon, *, boards: Sequence[BoardId] | None = None) -> tuple[Course, ...]:
    """Everything about the entries that a name means (`find`) on some boards, or all, including those that left their board.

    Raises:
        DeclarationError: no board lists or listed it; the nearest names are suggested.
    """
    boards = store.boards() if boards is None else boards
    meant = demand(name, remembered(store, states(store, lexicon=lexicon, boards=boards), lexicon), lexicon)
    known = {name: store.past(name).known for name in meant.by_board}
    return tuple(_course(listed.state.board, listed.entry.id, known[listed.state.board.id], store) for listed in meant.entries)


def _course(declared: Board, entry: EntryId, known: Mapping[EntryId, EntryRecord], store: Store) -> Course:
    board, metrics = declared.id, {metric.id: metric for metric in declared.metrics}
    values = {metric: spans for metric in metrics if (spans := store.spans(board, entry, metric))}
    events = tuple(store.events(EventFilter(board=board, entry=entry)))
    ranks = store.rank_spans(board, entry)
    starts = {metric: tuple(of.started_at for of in store.segments(board) if of.metric == metric) for metric in values}
    return Course(
        board=board,
        entry=entry,
        known=known[entry],
        metrics=metrics,
        values=values,
        ranks=ranks,
        events=events,
        segments=starts,
    )


def narrowed(courses: Sequence[Course], only: Filters) -> tuple[Course, ...]:
    """The courses with what the metrics, topics and times of the filters mean: values, ranks and events.

    Raises:
        DeclarationError: none has values of those metrics.
    """
    chosen = tuple(_narrowed(course, only) for course in courses)
    if not (only.metrics or only.topics):
        return chosen
    chosen = tuple(course for course in chosen if course.metrics)
    if not chosen:
        known = ", ".join(sorted({name for course in courses for name in course.values})) or "none"
        wanted = f'metric "{", ".join(only.metrics)}"' if only.metrics else f'topic "{", ".join(only.topics)}"'
        raise DeclarationError(f"{wanted}: that model has no values of it; expected one of: {known}")
    return chosen


def _narrowed(course: Course, only: Filters) -> Course:
    every = not (only.metrics or only.topics)
    present = course.metrics if every else course.values
    metrics = {name: course.metrics[name] for name in present if is_wanted(course.metrics[name], only)}
    since, until = only.since or _EVER, only.until or _NEVER

    def lasted(span: Span | RankSpan) -> bool:
        return span.valid_from < until and (span.valid_to is None or span.valid_to > since)

    def happened(event: Event) -> bool:
        return since <= event.recorded_at < until and (every or event.metric in metrics)

    return replace(
        course,
        metrics=metrics,
        values={name: tuple(filter(lasted, spans)) for name, spans in course.values.items() if name in metrics},
        ranks=tuple(filter(lasted, course.ranks)) if any(metric.primary for metric in metrics.values()) else (),
        events=tuple(filter(happened, course.events)),
    )
