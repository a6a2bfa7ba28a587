"""What each form of chart shows of a board: its values as `tracker.charts` draws them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from tracker.compare.precision import finest_decimals, same, typical_decimals
from tracker.errors import DeclarationError
from tracker.identity import resolve_models
from tracker.model import (
    Board,
    CalendarChart,
    Chart,
    ChartRow,
    ChartSpot,
    Entry,
    EntryId,
    FrontierChart,
    LineChart,
    Measure,
    Metric,
    Nature,
    Snapshot,
    Span,
    StandingChart,
)
from tracker.model.names import Lexicon
from tracker.order import states_error
from tracker.ports import Store
from tracker.query.series import LineOf, Member, Wanted, has_hidden_lead, members, period, ranked, rebases, series
from tracker.query.since import value_at
from tracker.query.standings import accepted, wanted_metric
from tracker.toml import meant, quoted
from tracker.traits import price_metric, size_total

ROWS = 20
"""Rows that a picture of a ranking shows."""
SIZE = "size"
_FEW = 5
"""Named lines of charts in which more would hide each other."""


def standing(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> StandingChart:
    """The first rows of a board by a metric, each model once with its best variant."""
    metric = board.metric(wanted_metric(board, wanted.metric))
    _, head = period(board, store, metric, since=wanted.since, at=wanted.at, chosen=wanted.entries is not None)
    snapshot = _snapshot(board, store, lexicon, wanted)
    values = snapshot.values(metric.id)
    order = sorted(values, key=lambda entry: (metric.sort_key(values[entry]), snapshot.entries[entry].name, entry))
    models: dict[str, Entry] = {}
    for entry in (snapshot.entries[key] for key in order if wanted.entries is None or key in wanted.entries):
        models.setdefault(entry.who.model or entry.id, entry)
    columns = {key: [entry.measures[metric.id]] for key, entry in models.items()}
    level = ranked(metric, columns, [head.read_until], ())
    rows = [
        ChartRow(
            rank=rank,
            name=entry.name,
            lab="" if entry.who.guessed_lab else entry.who.lab,
            measure=entry.measures[metric.id],
        )
        for key, entry in models.items()
        if (rank := level[key][0]) is not None
    ]
    rows.sort(key=lambda row: row.rank)  # those of equal rank stay in the order of their values
    supported = any(states_error(metric, measure) for (measure,) in columns.values())
    hidden = has_hidden_lead(store, board, metric, head, [row.measure for row in rows])
    return StandingChart(
        head=replace(head, supported=supported, hidden_lead=hidden), rows=tuple(rows[: wanted.top or ROWS]), of=len(models)
    )


def _snapshot(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> Snapshot:
    return resolve_models(accepted(board, store, wanted.at), lexicon)


def frontier(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> FrontierChart:
    """Every measured score against a listed price (by default), the size, or another metric of the board.

    Raises:
        DeclarationError: the board states neither for two entries at least.
    """
    score = board.metric(wanted_metric(board, wanted.metric))
    _, head = period(board, store, score, since=wanted.since, at=wanted.at, chosen=wanted.entries is not None)
    cost = None if wanted.against == SIZE else _cost_metric(board, wanted.against)
    more_is_better = cost is not None and cost.higher_is_better is True
    entries = [
        entry
        for key, entry in _snapshot(board, store, lexicon, wanted).entries.items()
        if wanted.entries is None or key in wanted.entries
    ]
    costs = {entry.id: value for entry in entries if (value := _cost(entry, cost)) is not None and value > 0}
    measured = [entry for entry in entries if score.id in entry.measures and not entry.measures[score.id].estimated]
    spots = [
        ChartSpot(name=entry.name, lab=entry.who.lab, score=entry.measures[score.id], cost=costs[entry.id])
        for entry in measured
        if entry.id in costs
    ]
    name = cost.title if cost else "size in 10⁹ parameters"
    if len(spots) < 2:
        raise DeclarationError(f"{board.id}: {len(spots)} entries state both {score.id} and {name}; expected two (--against)")
    spots.sort(key=lambda spot: (score.sort_key(spot.score.value), -spot.cost if more_is_better else spot.cost, spot.name))
    return FrontierChart(
        head=head,
        cost=name,
        cost_metric=cost,
        more_is_better=more_is_better,
        spots=_with_best(spots, more_is_better=more_is_better),
    )


def _cost_metric(board: Board, against: str) -> Metric:
    if not against or against == "price":
        found = price_metric(board)
    else:
        named = (metric for metric in board.metrics if against in (metric.id, metric.topic))
        found = next(named, None)
    if found is None:
        known = [SIZE, *(metric.id for metric in board.metrics if metric.nature in (Nature.LISTED, Nature.LIVE))]
        wanted = against or "price"
        raise DeclarationError(f"{board.id}: has no {wanted} to draw scores against{meant(wanted, known)} (--against)")
    return found


def _cost(entry: Entry, metric: Metric | None) -> float | None:
    if metric is None:
        return size_total(entry)
    measure = entry.measures.get(metric.id)
    return None if measure is None or measure.estimated else measure.value


def _with_best(spots: list[ChartSpot], *, more_is_better: bool) -> tuple[ChartSpot, ...]:
    """The spots, the best score first, with those marked that none beats on both sides."""
    marked, least = [], None
    for spot in spots:
        cost = -spot.cost if more_is_better else spot.cost
        best = least is None or cost < least
        least = cost if least is None or best else least
        marked.append(replace(spot, best=best))
    return tuple(marked)


def calendar(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> CalendarChart:
    """On which days (UTC) a board was read, and how many entries had a new value of a metric."""
    metric = board.metric(wanted_metric(board, wanted.metric))
    looks, head = period(board, store, metric, since=wanted.since, at=wanted.at)
    every = [member.spans for member in members(board, store, lexicon, metric)]
    changed: Counter[date] = Counter({looks[0].date(): 0})
    before = _column(every, looks[0])
    for look in looks[1:]:
        now = _column(every, look)
        changed[look.date()] += _changes(metric, before, now)
        before |= now
    rebased = {stop.at.date(): stop.reason for stop in rebases(board, store, metric, looks)}
    return CalendarChart(head=head, changed=dict(changed), rebased=rebased)


_Column = dict[int, Measure]


def _column(every: Sequence[Sequence[Span]], at: datetime) -> _Column:
    """The measures at a time, by the number of their entry."""
    return {place: measure for place, spans in enumerate(every) if (measure := value_at(spans, at)) is not None}


def _changes(metric: Metric, before: _Column, now: _Column) -> int:
    """How many entries have a first value or another one; other decimals of the same number are none (decision 0003)."""
    decimals = finest_decimals if metric.nature is Nature.LISTED else typical_decimals
    typical = decimals(before.values()), decimals(now.values())
    return sum(
        place not in before or (measure is not before[place] and not same(before[place], measure, typical=typical))
        for place, measure in now.items()
    )


def steps(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> LineChart:
    """Prices (or another metric) over time: of each lab the entry whose value changed most often, those with changes first."""
    price = price_metric(board)
    metric = board.metric(wanted_metric(board, wanted.metric or (price.id if price else None)))
    wanted = replace(wanted, metric=metric.id)
    if wanted.entries is not None or wanted.line_of is LineOf.ENTRY:
        return series(board, store, lexicon, wanted)
    looks, _ = period(board, store, metric, since=wanted.since, at=wanted.at)
    changes: dict[str, tuple[int, str, EntryId]] = {}
    for member in members(board, store, lexicon, metric):
        number = -sum(looks[0] < span.valid_from <= looks[-1] for span in member.spans[1:])
        if member.spans[-1].valid_to is None or member.spans[-1].valid_to > looks[-1]:
            found = (number, member.entry.name, member.entry.id)
            changes[_lab(member)] = min(found, changes.get(_lab(member), found))
    entries = frozenset(entry for *_, entry in sorted(changes.values())[: wanted.top or _FEW])
    return series(board, store, lexicon, replace(wanted, entries=entries, line_of=LineOf.ENTRY))


def _lab(member: Member) -> str:
    who = member.entry.who
    return who.lab if who.lab and not who.guessed_lab else member.entry.name


def slope(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> LineChart:
    """The lines at the first and at the last reading of a period."""
    return series(board, store, lexicon, replace(wanted, ends_only=True))


def bands(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> LineChart:
    """The lines of few labs or entries, whose intervals would otherwise hide each other."""
    return series(board, store, lexicon, replace(wanted, top=wanted.top or _FEW))


def spark(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> LineChart:
    """One line: of the first entry named, or of the best lab."""
    return series(board, store, lexicon, replace(wanted, top=1))


def order(board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> LineChart:
    """The lines with their ranks.

    Raises:
        DeclarationError: of the metric, neither high nor low is better.
    """
    metric = board.metric(wanted_metric(board, wanted.metric))
    if metric.higher_is_better is None:
        raise DeclarationError(f"{board.id}: {metric.id} has no order; expected a metric with higher_is_better (--metric)")
    return series(board, store, lexicon, wanted)


_BUILDERS: Mapping[str, Callable[[Board, Store, Lexicon, Wanted], Chart]] = {
    "bump": order,
    "band": bands,
    "step": steps,
    "dots": standing,
    "slope": slope,
    "frontier": frontier,
    "calendar": calendar,
    "sparkline": spark,
    "badge": standing,
}


def chart(form: str, board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> Chart:
    """What that form of chart shows of a board.

    Raises:
        DeclarationError: the form is unknown, or there is nothing to show.
    """
    if form not in _BUILDERS:
        raise DeclarationError(f"chart: form {quoted(form)} is unknown{meant(form, _BUILDERS)}")
    return _BUILDERS[form](board, store, lexicon, wanted)
