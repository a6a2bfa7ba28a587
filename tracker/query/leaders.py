"""Who led a board on a metric, from when to when: never across a segment, and with what is known of the moment it changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import pairwise

from tracker.model import Board, BoardId, EntryId, Measure, Metric, MetricId, Span
from tracker.order import beyond_error
from tracker.ports import Store
from tracker.query.facts import ModelFacts, sources_of
from tracker.query.filters import EntryKey, Filters, metrics_of
from tracker.query.listings import Listings
from tracker.query.since import is_respelling, looked_at, newest_keys


@dataclass(frozen=True, slots=True, kw_only=True)
class Reign:
    """A time in which the same entries (several: level) led, within a segment that began at `segment`.

    It began later than `after` (None: when the segment or the record began) and not later than `since`, and lasts to `until`
    (None: still). `values` are those that the leaders had, oldest first; `estimated`: the first is an estimate. `lead` is the
    difference to the `runners_up` when it began, which is `beyond_error` by the rule of the overtakes (None: neither the metric
    nor the values state one). `hidden`: rows that could not be read may have ranked above. `respelled`: finer or coarser decimals
    alone made or ended a tie; nobody moved.
    """

    leaders: tuple[EntryId, ...]
    segment: datetime
    after: datetime | None
    since: datetime
    until: datetime | None
    values: tuple[float, ...]
    estimated: bool
    runners_up: tuple[EntryId, ...]
    lead: float | None
    beyond_error: bool | None
    hidden: bool = False
    respelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Top:
    """The best of a moment, and those behind them."""

    leaders: tuple[EntryId, ...]
    best: Measure
    runners_up: tuple[EntryId, ...]
    second: Measure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Led:
    """The reigns on a metric of a board, oldest first, as of `looked_at`. `names` are those of its entries, the newest each.

    `unknown`: how many entries are left out only because a trait is not stated, by trait. `sources`: the other boards that state
    a trait of the entries.
    """

    board: Board
    metric: Metric
    looked_at: datetime | None
    reigns: tuple[Reign, ...]
    names: Mapping[EntryId, str]
    unknown: Mapping[str, int]
    sources: Mapping[str, tuple[BoardId, ...]] = field(default_factory=dict)

    def table(self) -> Iterator[ReignRow]:
        """Each leader of each reign."""
        for reign in self.reigns:
            for entry in reign.leaders:
                yield ReignRow(
                    board=self.board.id,
                    metric=self.metric.id,
                    unit=self.metric.unit,
                    entry=entry,
                    name=self.names.get(entry, entry),
                    after=reign.after,
                    since=reign.since,
                    until=reign.until,
                    segment=reign.segment,
                    value=reign.values[-1],
                    lead=reign.lead,
                    beyond_error=reign.beyond_error,
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReignRow:
    """An entry that led in a time, alone or level with others; `value` is its last one then."""

    board: BoardId
    metric: MetricId
    unit: str
    entry: EntryId
    name: str
    after: datetime | None
    since: datetime
    until: datetime | None
    segment: datetime
    value: float
    lead: float | None
    beyond_error: bool | None


def leaders_of(boards: Sequence[Board], listings: Listings, only: Filters) -> tuple[Led, ...]:
    """The reigns on each metric that is meant and has any, among the entries that are meant."""
    ids, store, choice = [board.id for board in boards], listings.store, None
    listings.check_makers(ids, only)
    facts: Mapping[EntryKey, ModelFacts] = {}
    if only.about_models:
        facts = listings.facts(ids, only.traits)
        choice = listings.choice(ids, only, facts)
    found = []
    for board, metric in ((declared, metric) for declared in boards for metric in metrics_of(declared, only)):
        among = {entry for of_board, entry in choice.entries if of_board == board.id} if choice is not None else None
        looked = max(looked_at(store, board.id), default=None)
        reigns = [reign for reign in leaders(board, metric, store, among=among) if _is_within(reign, only, looked)]
        led = Led(
            board=board,
            metric=metric,
            looked_at=looked,
            reigns=tuple(reigns[-only.top :] if only.top else reigns),
            names={entry: known.name for entry, known in store.past(board.id).known.items()},
            unknown=choice.unknown.get(board.id, {}) if choice is not None else {},
            sources=sources_of([facts[board.id, entry] for entry in among], only.traits) if among else {},
        )
        found += [led] if led.reigns else []
    return tuple(found)


def _is_within(reign: Reign, only: Filters, looked: datetime | None) -> bool:
    end = reign.until or looked
    return (only.until is None or reign.since < only.until) and (only.since is None or end is None or end > only.since)


def leaders(board: Board, metric: Metric, store: Store, *, among: Collection[EntryId] | None = None) -> tuple[Reign, ...]:
    """Who led, oldest first; `among` some entries, if given. Empty for a metric without a direction.

    An entry leads while no other has a better value, as in the ranking (`standings`) of that time. Gaps between the reigns are
    times in which none had a value.
    """
    if metric.higher_is_better is None:
        return ()
    known = store.past(board.id).known
    keys = newest_keys(board.id, store)
    chosen = None if among is None else {keys.get(entry, entry) for entry in among}
    spans: dict[EntryId, list[Span]] = {}
    for entry in known:
        newest = keys.get(entry, entry)
        if chosen is None or newest in chosen:
            spans.setdefault(newest, []).extend(store.spans(board.id, entry, metric.id))
    segments = [segment.started_at for segment in store.segments(board.id) if segment.metric == metric.id]
    looks = looked_at(store, board.id)
    reigns = list(_reigns(metric, _moments(metric, spans, segments), segments, looks))
    return tuple(
        replace(
            reign,
            hidden=_is_hidden(board, metric, reign, store),
            respelled=before is not None and _is_respelled(board, metric, before, reign, store),
        )
        for before, reign in pairwise([None, *reigns])
        if reign is not None
    )


def _moments(
    metric: Metric, spans: Mapping[EntryId, Sequence[Span]], segments: Sequence[datetime]
) -> Iterator[tuple[datetime, _Top | None]]:
    """The best from each time on at which a value or a segment begins or ends."""
    begin = sorted(((span, entry) for entry, of_entry in spans.items() for span in of_entry), key=lambda pair: pair[0].valid_from)
    ends = {span.valid_to for span, _ in begin if span.valid_to is not None}
    heap: list[tuple[float, EntryId, datetime, Span]] = []
    place = 0
    for time in sorted({span.valid_from for span, _ in begin} | ends | (set(segments) if begin else set())):
        while place < len(begin) and begin[place][0].valid_from <= time:
            span, entry = begin[place]
            heappush(heap, (metric.sort_key(span.measure.value), entry, span.valid_from, span))
            place += 1
        yield time, _top(heap, time)


def _top(heap: list[tuple[float, EntryId, datetime, Span]], time: datetime) -> _Top | None:
    """The two best groups of equal values that have not ended; what has ended is dropped."""
    kept: list[tuple[float, EntryId, datetime, Span]] = []
    while heap and len({key for key, *_ in kept}) < 3:
        row = heappop(heap)
        if row[-1].valid_to is None or row[-1].valid_to > time:
            kept.append(row)
    for row in kept:
        heappush(heap, row)
    keys = sorted({key for key, *_ in kept})[:2]
    if not keys:
        return None
    groups = [[row for row in kept if row[0] == key] for key in keys]
    first, second = groups[0], groups[1] if len(groups) > 1 else []
    return _Top(
        leaders=tuple(sorted(entry for _, entry, *_ in first)),
        best=first[0][-1].measure,
        runners_up=tuple(sorted(entry for _, entry, *_ in second)),
        second=second[0][-1].measure if second else None,
    )


def _reigns(
    metric: Metric, moments: Iterator[tuple[datetime, _Top | None]], segments: Sequence[datetime], looks: Sequence[datetime]
) -> Iterator[Reign]:
    reign: Reign | None = None
    for time, top in moments:
        segment = max((start for start in segments if start <= time), default=time)
        if reign is not None and (top is None or top.leaders != reign.leaders or segment != reign.segment):
            yield replace(reign, until=time)
            reign = None
        if top is None:
            continue
        if reign is not None:
            if top.best.value != reign.values[-1]:
                reign = replace(reign, values=(*reign.values, top.best.value))
            continue
        before = bisect_left(looks, time)
        reign = Reign(
            leaders=top.leaders,
            segment=segment,
            after=looks[before - 1] if before and time != segment else None,
            since=time,
            until=None,
            values=(top.best.value,),
            estimated=top.best.estimated,
            runners_up=top.runners_up,
            lead=None if top.second is None else top.best.value - top.second.value,
            beyond_error=None if top.second is None else beyond_error(metric, top.best, top.second),
        )
    if reign is not None:
        yield reign


def _is_respelled(board: Board, metric: Metric, before: Reign, reign: Reign, store: Store) -> bool:
    """Whether a tie came or went by decimals alone."""
    former, now = set(before.leaders), set(reign.leaders)
    if before.segment != reign.segment or before.until != reign.since or not former & now:
        return False
    return is_respelling(store, board, metric, (sorted(former & now), sorted(former ^ now)), reign.since)


def _is_hidden(board: Board, metric: Metric, reign: Reign, store: Store) -> bool:
    snapshot = store.at(board.id, reign.since, [metric.id])
    if snapshot is None:
        return False
    if not metric.primary:
        return bool(snapshot.ambiguous)
    return any(metric.better(value, reign.values[0]) for value in snapshot.unnamed)
