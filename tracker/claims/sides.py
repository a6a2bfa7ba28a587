"""Two sides of a claim on one metric of one board: the best of each in one snapshot, how sure their order is, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tracker.claims._records import ClaimVerdict, Figure, Ground, Mention, Since
from tracker.claims.record import Record, sha_of
from tracker.claims.weight import Order, Weight, spread, weigh
from tracker.model import Entry, EntryId, Measure, Metric, Nature
from tracker.order import best_entry, values_of
from tracker.query.find import BoardAt
from tracker.query.since import Moment, moments, passed, value_at
from tracker.wording import day, difference, listed, number

_MOST_NAMES = 6
STEADY_FOR = timedelta(days=14)
"""A live figure must have kept its order so long; a single reading of it says little."""
STEADY_READINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Faced:
    """The best of either side in one snapshot. `mine` and `theirs` are all of each side that have a value there."""

    state: BoardAt
    metric: Metric
    one: Entry
    other: Entry
    mine: tuple[Entry, ...]
    theirs: tuple[Entry, ...]
    weight: Weight
    since: Since | None = None
    caveats: tuple[str, ...] = ()

    @property
    def one_measure(self) -> Measure:
        """The value of the subject."""
        return self.one.measures[self.metric.id]

    @property
    def other_measure(self) -> Measure:
        """The value of the rival."""
        return self.other.measures[self.metric.id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """A metric that a board does not publish for one of the sides, or for neither; `listed` says which sides it lists at all."""

    state: BoardAt
    metric: Metric
    subject: bool
    rival: bool
    listed: tuple[bool, bool]


def face(record: Record, state: BoardAt, metric: Metric, subject: Mention, rival: Mention) -> Faced | Unpublished:
    """The two sides on a metric: in the last snapshot, or in the last one that had both."""
    found = _face_in(record, state, metric, record.on(state, subject), record.on(state, rival))
    if isinstance(found, Faced):
        return _dated(record, found, subject, rival)
    mine, theirs = record.ever_on(state, subject), record.ever_on(state, rival)
    then = record.together(state, metric, mine, theirs)
    if then is None or then.snapshot.observed_at >= state.snapshot.observed_at:
        return found
    entries = [tuple(then.snapshot.entries[key] for key in side if key in then.snapshot.entries) for side in (mine, theirs)]
    earlier = _face_in(record, then, metric, *entries)
    if isinstance(earlier, Unpublished):
        return found
    last = f"last published for both on {day(then.snapshot.observed_at)}"
    return _dated(record, replace(earlier, caveats=(*earlier.caveats, last)), subject, rival)


def _face_in(
    record: Record, state: BoardAt, metric: Metric, mine: Sequence[Entry], theirs: Sequence[Entry]
) -> Faced | Unpublished:
    mine, theirs = _apart(mine, theirs)
    one, other = best_entry(metric, mine), best_entry(metric, theirs)
    if one is None or other is None:
        return Unpublished(
            state=state, metric=metric, subject=one is not None, rival=other is not None, listed=(bool(mine), bool(theirs))
        )
    wide = spread(measure.value for measure in values_of(state.snapshot, metric).values())
    weight = weigh(metric, one.measures[metric.id], other.measures[metric.id], wide)
    valued = [tuple(entry for entry in side if metric.id in entry.measures) for side in (mine, theirs)]
    faced = Faced(state=state, metric=metric, one=one, other=other, mine=valued[0], theirs=valued[1], weight=weight)
    return _steadied(record, _estimates(faced))


def _apart(mine: Sequence[Entry], theirs: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """A line against one of its own models is the rest of it against that one; who is on both sides of the smaller stays there."""
    both = {entry.id for entry in mine} & {entry.id for entry in theirs}
    if len(mine) > len(theirs):
        return tuple(entry for entry in mine if entry.id not in both), tuple(theirs)
    if len(theirs) > len(mine):
        return tuple(mine), tuple(entry for entry in theirs if entry.id not in both)
    return tuple(entry for entry in mine if entry.id not in both), tuple(entry for entry in theirs if entry.id not in both)


def _estimates(faced: Faced) -> Faced:
    """The order of the best measured values does not hold where an estimate of the other side stands higher."""
    order, metric = faced.weight.order, faced.metric
    if order is Order.NEAR:
        return faced
    upper, losers = (faced.one_measure, faced.theirs) if order is Order.ABOVE else (faced.other_measure, faced.mine)
    higher = [
        entry
        for entry in losers
        if entry.measures[metric.id].estimated and metric.better(entry.measures[metric.id].value, upper.value)
    ]
    if not higher:
        return faced
    why = f"by measured values, but an estimate of {higher[0].name} ({number(higher[0].measures[metric.id].value, metric)}) stands higher"
    return replace(faced, weight=replace(faced.weight, order=Order.NEAR, why=why))


def _steadied(record: Record, faced: Faced) -> Faced:
    """A live figure moves every day: its order must have held over the last readings."""
    if faced.metric.nature is not Nature.LIVE:
        return faced
    until = faced.state.snapshot.observed_at
    looks = [look for look in record.looks(faced.state.board.id) if until - STEADY_FOR <= look <= until]
    course = _course(record, faced, _ids(faced.mine), _ids(faced.theirs), looks[0] if looks else until)
    orders = [faced.metric.better(one.mine.value, one.theirs.value) for one in course if one.mine and one.theirs]
    held = sum(order == (faced.weight.order is Order.ABOVE) for order in orders)
    if len(looks) < STEADY_READINGS or held < len(orders):
        why = f"a live figure: the order held in {held} of {len(orders)} values of the last {STEADY_FOR.days} days"
        if len(looks) < STEADY_READINGS:
            why = f"a live figure, read {len(looks)} times in the last {STEADY_FOR.days} days; {STEADY_READINGS} readings that agree were asked for"
        return replace(faced, weight=replace(faced.weight, order=Order.NEAR, why=why))
    return replace(faced, weight=replace(faced.weight, why=f"in all {len(looks)} readings of the last {STEADY_FOR.days} days"))


def _dated(record: Record, faced: Faced, subject: Mention, rival: Mention) -> Faced:
    """The same with since when the upper side stands above: by all that the side ever listed, so that who left is not forgotten."""
    if faced.weight.gap == 0:
        return faced
    sides = [record.ever_on(faced.state, mention) for mention in (subject, rival)]
    both = set(sides[0]) & set(sides[1])
    mine = [*_ids(faced.mine), *(key for key in sides[0] if key not in both and key not in _ids(faced.mine))]
    theirs = [*_ids(faced.theirs), *(key for key in sides[1] if key not in both and key not in _ids(faced.theirs))]
    upper, lower = (mine, theirs) if faced.weight.gap > 0 else (theirs, mine)
    return replace(faced, since=_since(record, faced, upper, lower))


def _since(record: Record, faced: Faced, upper: Sequence[EntryId], lower: Sequence[EntryId]) -> Since | None:
    board, metric, at = faced.state.board.id, faced.metric, faced.state.snapshot.observed_at
    found = passed(
        record.store,
        board,
        metric.id,
        upper,
        lower,
        at=at,
        looks=record.looks(board),
        spans_of=lambda entry: record.course(board, entry, metric.id),
    )
    if found is None:
        return None
    since = Since(after=found.after, until=found.until, how=found.how.value)
    return replace(since, upper=_name(record, faced, upper[0])) if len(upper) == 1 else _by_whom(record, faced, upper, since)


def _by_whom(record: Record, faced: Faced, upper: Sequence[EntryId], since: Since) -> Since:
    """Which of a side rose, and whether it did so by its first value: then the side passed by a debut."""
    board, metric = faced.state.board.id, faced.metric
    courses = {entry: record.course(board, entry, metric.id) for entry in upper}
    values = {entry: measure for entry, course in courses.items() if (measure := value_at(course, since.until)) is not None}
    first = min(values, key=lambda entry: (values[entry].estimated, metric.sort_key(values[entry].value), entry))
    debut = since.how == "passing" and not any(span.valid_from < since.until for span in courses[first])
    return replace(since, how="debut" if debut else since.how, upper=_name(record, faced, first))


def _name(record: Record, faced: Faced, entry: EntryId) -> str:
    listed = faced.state.snapshot.entries.get(entry)
    return listed.name if listed else record.store.past(faced.state.board.id).known[entry].name


def _course(record: Record, faced: Faced, mine: Sequence[EntryId], theirs: Sequence[EntryId], start: datetime) -> list[Moment]:
    """How the best of the two sides stood from a time on."""
    board, metric = faced.state.board.id, faced.metric
    sides = [[record.course(board, entry, metric.id) for entry in side] for side in (mine, theirs)]
    return moments(metric, sides[0], sides[1], since=start, at=faced.state.snapshot.observed_at)


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def shown(metric: Metric, entry: Entry) -> str:
    """`GPT-4 12.75 (estimated)`; with the interval where one is published."""
    measure = entry.measures[metric.id]
    width = f" ± {difference(measure.half_width, metric)}" if measure.half_width is not None else ""
    return f"{entry.name} {number(measure.value, metric)}{width}{' (estimated)' if measure.estimated else ''}"


def against(faced: Faced) -> str:
    """Both values, the gap between them and how sure it is."""
    gap = difference(abs(faced.weight.gap), faced.metric)
    better, worse = ("cheaper", "dearer") if faced.metric.unit.startswith("USD") else ("above", "below")
    side = better if faced.weight.gap > 0 else worse
    by = f"{gap} {side}" if faced.weight.gap else "level"
    return f"{shown(faced.metric, faced.one)} against {shown(faced.metric, faced.other)}: {by}, {faced.weight.why}"


def variants(faced: Faced) -> tuple[str, ...]:
    """Which other variants of the subject stand above the rival's best, and which do not; which of the rival's best they do not pass."""
    others = [entry for entry in faced.mine if entry.id != faced.one.id]
    if not others:
        return ()
    metric, wide = faced.metric, spread(measure.value for measure in values_of(faced.state.snapshot, faced.metric).values())
    ordered: dict[Order, list[Entry]] = {order: [] for order in Order}
    for entry in others:
        ordered[weigh(metric, entry.measures[metric.id], faced.other_measure, wide).order].append(entry)
    words = {Order.ABOVE: "also above", Order.NEAR: "too near to tell from", Order.BELOW: "below"}
    if metric.unit.startswith("USD"):
        words = {Order.ABOVE: "also cheaper than", Order.NEAR: "at the price of", Order.BELOW: "dearer than"}
    return tuple(f"{words[order]} {faced.other.name}: {_listed(some, metric)}" for order, some in ordered.items() if some)


def _listed(entries: Iterable[Entry], metric: Metric) -> str:
    ordered = sorted(entries, key=lambda one: (metric.sort_key(one.measures[metric.id].value), one.name))
    return listed([shown(metric, entry) for entry in ordered], _MOST_NAMES)


def ground(record: Record, faced: Faced, verdict: ClaimVerdict, reason: str, caveats: Iterable[str] = ()) -> Ground:
    """What a metric says to a claim, with its evidence."""
    board, metric, at = faced.state.board, faced.metric, faced.state.snapshot.observed_at
    upper, lower = (faced.mine, faced.theirs) if faced.weight.gap >= 0 else (faced.theirs, faced.mine)
    return Ground(
        board=board.id,
        title=board.title,
        metric=metric.id,
        metric_title=metric.title or metric.id,
        unit=metric.unit,
        verdict=verdict,
        reason=reason,
        observed_at=at,
        segment=record.segment(board.id, metric.id, at),
        since=faced.since,
        figures=(figure("subject", faced.state, metric, faced.one), figure("rival", faced.state, metric, faced.other)),
        caveats=tuple(dict.fromkeys([*faced.caveats, *faced.weight.caveats, *caveats])),
        events=record.events(board.id, metric.id, _ids(upper), _ids(lower)),
    )


def _ids(entries: Iterable[Entry]) -> list[EntryId]:
    return [entry.id for entry in entries]


def figure(of: str, faced_state: BoardAt, metric: Metric, entry: Entry) -> Figure:
    """A value as evidence."""
    measure = entry.measures[metric.id]
    return Figure(
        of=of,
        entry=entry.id,
        name=entry.name,
        value=measure.value,
        low=measure.low,
        high=measure.high,
        estimated=measure.estimated,
        sha256=sha_of(faced_state.snapshot, entry),
    )
