"""A board's metric over time, for charts: a line per lab or per entry, cut where values cannot be compared."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from tracker.errors import DeclarationError
from tracker.model import (
    Board,
    ChartBreak,
    ChartHead,
    ChartLine,
    ChartPoint,
    Entry,
    EntryId,
    LineChart,
    Measure,
    Metric,
    MetricId,
    Span,
)
from tracker.model.names import Lexicon
from tracker.order import is_apart, states_error
from tracker.ports import Store
from tracker.query.find import remembered, states
from tracker.query.since import looked_at, newest_keys, value_at
from tracker.query.standings import wanted_metric
from tracker.reports.gaps import gaps
from tracker.wording import machine_time

MOST_READINGS = 60
"""Readings that are ranked: more do not fit into a picture."""
COLOURED, MOST_NAMED, CONTEXT = 10, 12, 14
"""Lines with a name by default and at most, and further ones behind them."""


class LineOf(StrEnum):
    """What a line shows: the best entry of each lab, or each entry."""

    LAB = "lab"
    ENTRY = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a board is to be drawn: a metric (None: the one that ranks it) in a period, with at most `top` named lines.

    `entries`: only these, also if they left the board. `ends_only`: only the first and the last reading of the period.
    `against`: a price, a size or another metric to compare scores with.
    """

    metric: MetricId | None = None
    since: datetime | None = None
    at: datetime | None = None
    line_of: LineOf = LineOf.LAB
    entries: frozenset[EntryId] | None = None
    top: int | None = None
    ends_only: bool = False
    against: str = ""


def series(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> LineChart:
    """The lines of a metric, the best at the end first, with their ranks at each reading.

    Lines that the published error does not separate may share a rank; one passes another only when that is certain. Without a
    published error ranks are those of the values. Values of two segments are never put in order.

    Raises:
        DeclarationError: the board has no such metric, or nothing was read in that period.
    """
    metric = board.metric(wanted_metric(board, wanted.metric))
    looks, head = period(board, store, metric, since=wanted.since, at=wanted.at, chosen=wanted.entries is not None)
    breaks = rebases(board, store, metric, looks)
    courses = members(board, store, lexicon, metric)
    chosen = [looks[0], looks[-1]] if wanted.ends_only else sampled(looks, breaks)
    held = {label: _held(metric, group, chosen) for label, group in _groups(courses, wanted).items()}
    values = {label: [measure for measure, _ in each] for label, each in held.items() if any(measure for measure, _ in each)}
    candidates = _candidates(metric, values) if wanted.entries is None else values
    ranks = ranked(metric, {label: values[label] for label in candidates}, chosen, breaks)
    lines = [
        ChartLine(
            label=label,
            points=[
                ChartPoint(at=at, measure=measure, rank=rank, holder=holder)
                for at, (measure, holder), rank in zip(chosen, held[label], ranks[label], strict=True)
            ],
        )
        for label in candidates
    ]
    lines.sort(key=lambda line: _place(metric, line.last, line.label))
    named = [line for line in lines if wanted.entries is not None or line.last.measure is not None][
        : min(wanted.top or COLOURED, MOST_NAMED)
    ]
    if not named:
        raise DeclarationError(f"{board.id}: no entry has a value of {metric.id} then; expected one to draw (--metric, --at)")
    others = [line for line in lines if line not in named]
    others.sort(key=lambda line: min(_place(metric, point, line.label) for point in line.points if point.measure is not None))
    shown = [line.last.measure for line in named if line.last.measure is not None]
    supported = any(states_error(metric, measure) for each in values.values() for measure in each if measure is not None)
    return LineChart(
        head=replace(head, supported=supported, hidden_lead=has_hidden_lead(store, board, metric, head, shown)),
        lines=tuple(named),
        context=tuple(others[:CONTEXT]) if wanted.entries is None else (),
        breaks=tuple(breaks),
        gaps=gaps(looks, looks[0]),
    )


def period(
    board: Board, store: Store, metric: Metric, *, since: datetime | None, at: datetime | None, chosen: bool = False
) -> tuple[list[datetime], ChartHead]:
    """When the board was read in a period, changed or not, and what the words around a chart of it name.

    Raises:
        DeclarationError: it was not read in that period.
    """
    looks = [look for look in looked_at(store, board.id) if (since is None or look >= since) and (at is None or look <= at)]
    if not looks:
        times = f" from {machine_time(since)}" if since else ""
        times += f" to {machine_time(at)}" if at else ""
        raise DeclarationError(f"{board.id}: was not read{times}; expected a reading to draw (tracker run {board.id})")
    head = ChartHead(
        board=board.title,
        metric=metric,
        since=looks[0],
        read_until=looks[-1],
        as_of=at or looks[-1],
        attribution=board.attribution,
        chosen=chosen,
    )
    return looks, head


def has_hidden_lead(store: Store, board: Board, metric: Metric, head: ChartHead, best: Sequence[Measure]) -> bool:
    """Whether a row that names no entry, as it shares its name with another, is above the best of some measures at the end."""
    last = store.at(board.id, head.read_until, [metric.id])
    if last is None or not metric.primary:
        return False
    return any(all(metric.better(value, measure.value) for measure in best) for value in last.unnamed_measured)


def rebases(board: Board, store: Store, metric: Metric, looks: Sequence[datetime]) -> list[ChartBreak]:
    """Where a new segment of a metric began between the first and the last of some readings."""
    begun = (segment for segment in store.segments(board.id) if segment.metric == metric.id)
    return [ChartBreak(at=each.started_at, reason=each.reason) for each in begun if looks[0] < each.started_at <= looks[-1]]


def sampled(looks: Sequence[datetime], breaks: Sequence[ChartBreak]) -> list[datetime]:
    """At most about MOST_READINGS of some readings, evenly over time, with the last before and the first after each break."""
    if len(looks) <= MOST_READINGS:
        return list(looks)
    length = (looks[-1] - looks[0]) / MOST_READINGS
    last_of = {int((look - looks[0]) / length): look for look in looks}
    places = (bisect_left(looks, stop.at) for stop in breaks)
    return sorted({looks[0], *last_of.values(), *(looks[near] for place in places for near in (place - 1, place))})


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An entry that a board lists or listed, and its values over time."""

    entry: Entry
    spans: Sequence[Span]


def members(
    board: Board, store: Store, lexicon: Lexicon, metric: Metric, *, only: frozenset[EntryId] | None = None
) -> list[Member]:
    """Every entry (or `only` some) that the board lists or listed, with its values over time, also under its former keys."""
    (now,) = remembered(store, states(store, lexicon=lexicon, boards=(board.id,)), lexicon)
    former: dict[EntryId, list[EntryId]] = {}
    for key, newest in newest_keys(board.id, store).items():
        former.setdefault(newest, []).append(key)
    found = []
    for entry in now.snapshot.entries.values():
        if only is not None and entry.id not in only:
            continue
        keys = (entry.id, *former.get(entry.id, ()))
        spans = sorted((span for key in keys for span in store.spans(board.id, key, metric.id)), key=lambda span: span.valid_from)
        if spans:
            found.append(Member(entry=entry, spans=spans))
    return found


def _groups(every: Iterable[Member], wanted: Wanted) -> dict[str, list[Member]]:
    """The members of each line by its label; a maker that is only guessed makes no line."""
    groups: dict[str, list[Member]] = {}
    for member in every:
        if wanted.entries is not None and member.entry.id not in wanted.entries:
            continue
        who = member.entry.who
        is_of_lab = wanted.line_of is LineOf.LAB and who.lab and not who.guessed_lab
        groups.setdefault(who.lab if is_of_lab else member.entry.name, []).append(member)
    return groups


def _held(metric: Metric, group: Sequence[Member], times: Sequence[datetime]) -> list[tuple[Measure | None, str]]:
    """The best value of a line at each time, and the name of the entry that had it."""
    held: list[tuple[Measure | None, str]] = []
    for at in times:
        found = [(measure, member.entry.name) for member in group if (measure := value_at(member.spans, at)) is not None]
        best = min(found, key=lambda each: (each[0].estimated, metric.sort_key(each[0].value), each[1]), default=(None, ""))
        held.append(best)
    return held


def _candidates(metric: Metric, values: Mapping[str, Sequence[Measure | None]]) -> list[str]:
    """The lines that were among the best at one reading at least: no other can be above one of them."""
    chosen: set[str] = set()
    for reading in range(len(next(iter(values.values()), ()))):
        present = {label: measure for label, each in values.items() if (measure := each[reading]) is not None}
        chosen.update(sorted(present, key=lambda label: (metric.sort_key(present[label].value), label))[: COLOURED + CONTEXT])
    return sorted(chosen)


def ranked(
    metric: Metric, values: Mapping[str, Sequence[Measure | None]], times: Sequence[datetime], breaks: Sequence[ChartBreak]
) -> dict[str, list[int | None]]:
    """The rank of each line at each reading: its place, or that of the first of the lines that the error does not separate.

    A line moves only as far as its certain order (`is_apart`) with others demands; all others keep their places. Nothing is
    remembered across a break. Without a direction there are no ranks.
    """
    ranks: dict[str, list[int | None]] = {label: [] for label in values}
    starts = {bisect_left(times, stop.at) for stop in breaks}
    order: list[str] = []
    was: dict[str, Measure] = {}
    for reading in range(len(times)):
        now = {label: measure for label, each in values.items() if (measure := each[reading]) is not None}
        order = _order(metric, [] if reading in starts else order, was, now)
        places = _shared_places(metric, order, now) if metric.higher_is_better is not None else {}
        for label in values:
            ranks[label].append(places.get(label))
        was = now
    return ranks


def _order(metric: Metric, before: Sequence[str], was: Mapping[str, Measure], now: Mapping[str, Measure]) -> list[str]:
    """The lines of a reading in an order that contradicts no certain one and is as near as possible to the order before."""
    place_before = {label: place for place, label in enumerate(before)}
    kept = [label for label in before if label in now]
    order = [label for label in kept if now[label] == was[label]]
    new = sorted(now.keys() - kept, key=lambda label: (metric.sort_key(now[label].value), label))
    if not kept:
        return new  # by value, which contradicts no certain order
    for label in (*(label for label in kept if now[label] != was[label]), *new):
        if label in place_before:
            wanted = sum(place_before.get(other, len(before)) < place_before[label] for other in order)
        else:
            wanted = sum(not metric.better(now[label].value, now[other].value) for other in order)
        apart = [place for place, other in enumerate(order) if is_apart(metric, now[label], now[other])]
        better = [metric.better(now[order[place]].value, now[label].value) for place in apart]
        first = max((place + 1 for place, is_better in zip(apart, better, strict=True) if is_better), default=0)
        last = min((place for place, is_better in zip(apart, better, strict=True) if not is_better), default=len(order))
        order.insert(max(first, min(wanted, last)), label)
    return order


def _shared_places(metric: Metric, order: Sequence[str], now: Mapping[str, Measure]) -> dict[str, int]:
    """The place of each line; lines next to each other of which no two are apart share the first one's."""
    places: dict[str, int] = {}
    level: list[str] = []
    for place, label in enumerate(order, 1):
        if any(is_apart(metric, now[label], now[other]) for other in level):
            level = []
        level.append(label)
        places[label] = place if len(level) == 1 else places[level[0]]
    return places


def _place(metric: Metric, point: ChartPoint, label: str) -> tuple[bool, int, float, str]:
    """Sorts the best first: by rank, then by value."""
    value = metric.sort_key(point.measure.value) if point.measure else 0.0
    return (point.measure is None, point.rank or 0, value, label)
