"""Since when the best of some entries is above the best of others: never across a metric's segment, never by decimals alone."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from tracker.model import (
    Board,
    BoardId,
    EntryId,
    EventFilter,
    Measure,
    Metric,
    MetricId,
    PublishedEntry,
    Span,
    StoredSnapshot,
)
from tracker.order import best, best_entry
from tracker.ports import Store

SpansOf = Callable[[EntryId], Sequence[Span]]
"""An entry's values over time, oldest first."""


class HowAbove(StrEnum):
    """How one side moved above another.

    `passing`: it was not above before. `entry`: its first value in the segment was already above. `rival_entry`: the other's
    first value was below. `start`: it was above when the segment, or the record, began.
    """

    PASSING = "passing"
    ENTRY = "entry"
    RIVAL_ENTRY = "rival_entry"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """It happened later than `after`, the last look at which it was not so, and not later than `until`, the first when it was.

    `after` is None if there is no earlier look. `estimated`: one of the two values was an estimate when it happened.
    """

    after: datetime | None
    until: datetime
    how: HowAbove
    estimated: bool = False


def passed(
    store: Store,
    board: BoardId,
    metric: MetricId,
    upper: Sequence[EntryId],
    lower: Sequence[EntryId],
    *,
    at: datetime | None = None,
    looks: Sequence[datetime] | None = None,
    spans_of: SpansOf | None = None,
) -> Interval | None:
    """When the best of `upper` last moved above the best of `lower`, in the segment that holds now (or `at`).

    None if it is not above then: it is level or below, or one of the sides has no value. Estimates count as values of a side
    that has nothing else, and are marked. For questions about many pairs of a board, `looks` are the times of `looked_at`,
    and `spans_of` gives an entry's values over time.
    """
    declared = store.declared(board)
    since = segment_start(store, board, metric, at)
    if declared is None or since is None:
        return None
    spans_of = spans_of or (lambda entry: course(store, board, entry, metric))
    sides = [[spans_of(entry) for entry in side] for side in (upper, lower)]
    measured = declared.metric(metric)
    pairs = moments(measured, *sides, since=since, at=at)
    rise = _last_rise(measured, pairs, lambda time: is_respelling(store, declared, measured, (upper, lower), time))
    if rise is None:
        return None
    until, how, estimated, changed = rise
    seen = looked_at(store, board) if looks is None else looks
    place = bisect_left(seen, changed)
    after = None if how is HowAbove.START or place == 0 else seen[place - 1]
    return Interval(after=after, until=until, how=how, estimated=estimated)


def looked_at(store: Store, board: BoardId) -> list[datetime]:
    """When the board could be read, changed or not; oldest first."""
    return [check.observed_at for check in store.checks(board) if check.was_read]


def segment_start(store: Store, board: BoardId, metric: MetricId, at: datetime | None = None) -> datetime | None:
    """Since when the metric's values can be compared with those of now (or of a time); None before the first."""
    starts = (segment.started_at for segment in store.segments(board) if segment.metric == metric)
    return max((start for start in starts if at is None or start <= at), default=None)


def course(store: Store, board: BoardId, entry: EntryId, metric: MetricId) -> tuple[Span, ...]:
    """An entry's values over time, oldest first, with those it had under its former keys."""
    keys: list[EntryId] = []
    key: EntryId | None = entry
    while key is not None and key not in keys:
        keys.append(key)
        key = _key_before(store, board, key)
    spans = (span for key in keys for span in store.spans(board, key, metric))
    return tuple(sorted(spans, key=lambda span: span.valid_from))


def _key_before(store: Store, board: BoardId, entry: EntryId) -> EntryId | None:
    renames = store.events(EventFilter(board=board, fact="key_before", entry=entry))
    keys = [str(event.facts["key_before"]) for event in renames if event.facts.get("key_before") not in (None, entry)]
    return EntryId(keys[-1]) if keys else None


def newest_keys(board: BoardId, store: Store) -> Mapping[EntryId, EntryId]:
    """The newest key of each entry that got another."""
    newer: dict[EntryId, EntryId] = {}
    for event in store.events(EventFilter(board=board, fact="key_before")):
        former, (entry, *_) = EntryId(str(event.facts["key_before"])), (party.entry for party in event.subjects)
        newer = {key: entry if to == former else to for key, to in newer.items() if key != entry}
        newer |= {former: entry} if former != entry else {}
    return newer


def _last_rise(
    metric: Metric, pairs: Sequence[Moment], is_respelling: Callable[[datetime], bool]
) -> tuple[datetime, HowAbove, bool, datetime] | None:
    """Since when the first side is above, how that came about, whether by an estimate, and when it last was not above before."""
    above = [pair.above(metric) for pair in pairs]
    if not above or not above[-1]:
        return None
    start, place = len(pairs) - 1, len(pairs) - 2
    while place >= 0 and (above[place] is not False or is_respelling(pairs[place + 1].since)):
        start = place if above[place] is not None else start
        place -= 1
    first = pairs[start]
    if place >= 0:
        return first.since, HowAbove.PASSING, first.estimated or pairs[place].estimated, pairs[place + 1].since
    how = HowAbove.START
    if start > 0:
        how = HowAbove.RIVAL_ENTRY if pairs[start - 1].first is not None else HowAbove.ENTRY
    return first.since, how, first.estimated, first.since


def is_respelling(store: Store, board: Board, metric: Metric, sides: Sequence[Sequence[EntryId]], time: datetime) -> bool:
    """Whether finer or coarser decimals alone reordered two sides: neither truly moved, by the rule of the overtakes."""
    after = store.at(board.id, time, [metric.id])
    before = store.at(board.id, time - timedelta(seconds=1), [metric.id])
    if not metric.ranked or before is None or after is None:
        return False
    best = [best_entry(metric, _among(snapshot, side)) for snapshot in (before, after) for side in sides]
    if any(entry is None or entry.measures[metric.id].estimated for entry in best):
        return False
    from tracker.compare import judge  # noqa: PLC0415  # most answers have no such doubt

    common = before.entries.keys() & after.entries.keys()
    verdict = judge(metric, before, after, tuple(sorted(common)))
    holders = {entry.id for entry in best if entry is not None}
    return holders <= common and verdict.usable and not holders & verdict.moves.keys()


def _among(snapshot: StoredSnapshot, side: Iterable[EntryId]) -> list[PublishedEntry]:
    return [snapshot.entries[entry] for entry in side if entry in snapshot.entries]


class Moment(Struct, frozen=True, kw_only=True):
    """The best measure of each side from a time on, until one of them changes; None if a side has no value."""

    since: datetime
    first: Measure | None
    second: Measure | None

    def above(self, metric: Metric) -> bool | None:
        """Whether the first side is above the second; None if one of them has no value."""
        return None if self.first is None or self.second is None else metric.better(self.first.value, self.second.value)

    @property
    def estimated(self) -> bool:
        """Whether one of the two values is an estimate."""
        return any(measure is not None and measure.estimated for measure in (self.first, self.second))


def moments(
    metric: Metric,
    first: Sequence[Sequence[Span]],
    second: Sequence[Sequence[Span]],
    *,
    since: datetime,
    at: datetime | None = None,
) -> list[Moment]:
    """The best of two sides over time, from `since` to `at` (or now), oldest first."""
    spans = [span for side in (first, second) for course in side for span in course]
    ends = {time for span in spans for time in (span.valid_from, span.valid_to) if time is not None}
    times = {time for time in ends if since < time and (at is None or time <= at)}
    return [
        Moment(since=time, first=_best_at(metric, first, time), second=_best_at(metric, second, time))
        for time in sorted({since, *times})
    ]


def _best_at(metric: Metric, side: Sequence[Sequence[Span]], time: datetime) -> Measure | None:
    return best(metric, [measure for course in side if (measure := value_at(course, time)) is not None])


def value_at(course: Sequence[Span], time: datetime) -> Measure | None:
    """The measure of a course at a time."""
    place = bisect_right(course, time, key=lambda span: span.valid_from) - 1
    if place < 0 or ((end := course[place].valid_to) is not None and end <= time):
        return None
    return course[place].measure
