"""Two models compared: every metric of every board that lists both, from one snapshot and so from one segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import product

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Entry, Measure, Metric, Nature, name_tokens
from tracker.model.names import Lexicon
from tracker.order import certainty
from tracker.ports import Store
from tracker.query.filters import Filters, is_wanted
from tracker.query.find import BoardAt, Found, Listed, agrees, demand, states
from tracker.query.since import Interval, looked_at, passed, segment_start
from tracker.toml import quoted
from tracker.traits import traits


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One metric of a pair; None if it is not published for one of the two.

    `difference` is one − other in the metric's unit. `above` is `one`, `other`, `level`, or empty if nothing can be said.
    `beyond_error`: by the rule of the overtakes; None if neither the metric nor the values state an error, and for listed
    metrics, live ones and points. `since`: when the upper one moved above, in the segment that began at `segment`; not for live
    metrics.
    """

    metric: Metric
    one: Measure | None
    other: Measure | None
    difference: float | None = None
    above: str = ""
    beyond_error: bool | None = None
    segment: datetime | None = None
    since: Interval | None = None

    @property
    def estimated(self) -> bool:
        """Whether one of the two values is an estimate."""
        return any(measure is not None and measure.estimated for measure in (self.one, self.other))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two entries of one snapshot, with every metric that is published for one of them at least."""

    state: BoardAt
    one: Entry
    other: Entry
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versus:
    """What two names mean, the pairs that were compared, and the boards that list only one of them."""

    one: Found
    other: Found
    pairs: tuple[Pair, ...]
    only_one: tuple[BoardId, ...]
    only_other: tuple[BoardId, ...]


def versus(
    one: str,
    other: str,
    store: Store,
    *,
    boards: Sequence[BoardId] = (),
    at: datetime | None = None,
    every: bool = False,
    lexicon: Lexicon,
) -> Versus:
    """Compare two models, now or as of a time, on every board (or those named) that lists both.

    If a name means several variants, the pair that matches best is compared: what the names state, then the same harness,
    no other reasoning mode (one that is not stated may be either), the same stated effort, then the best of each. `every`
    compares all pairs.

    Raises:
        DeclarationError: one of the two is not listed anywhere then, or they are the same entries.
    """
    then = states(store, at=at, lexicon=lexicon, boards=boards)
    first, second = (demand(name, then, lexicon) for name in (one, other))
    on_first, on_second = first.by_board, second.by_board
    pairs = []
    for state in then:
        board = state.board.id
        chosen = _pairs(first, second, on_first.get(board, ()), on_second.get(board, ()))
        looks = looked_at(store, board) if chosen else []
        pairs += [_pair(state, a, b, store, at=at, looks=looks) for a, b in (chosen if every else chosen[:1])]
    if not pairs and on_first.keys() == on_second.keys():
        raise DeclarationError(f"{quoted(one)} and {quoted(other)} are the same entry on every board; expected two models")
    return Versus(
        one=first,
        other=second,
        pairs=tuple(pairs),
        only_one=tuple(board for board in on_first if board not in on_second),
        only_other=tuple(board for board in on_second if board not in on_first),
    )


def narrowed(found: Versus, only: Filters) -> Versus:
    """The comparison on the metrics that the filters mean, without the pairs that have none of them."""
    pairs = [replace(pair, rows=tuple(row for row in pair.rows if is_wanted(row.metric, only))) for pair in found.pairs]
    return replace(found, pairs=tuple(pair for pair in pairs if pair.rows or not (only.metrics or only.topics)))


def ordered_only(found: Versus) -> Versus:
    """The comparison on the metrics whose order is of quality, or of points, and of which both values are known."""
    pairs = [replace(pair, rows=tuple(row for row in pair.rows if row.metric.ordered and row.above)) for pair in found.pairs]
    return replace(found, pairs=tuple(pair for pair in pairs if pair.rows))


def _pairs(one: Found, other: Found, ones: Sequence[Listed], others: Sequence[Listed]) -> list[tuple[Entry, Entry]]:
    """All pairs of different entries, the one that matches best first."""
    pairs = [(a, b) for a, b in product(ones, others) if a.entry.id != b.entry.id]
    pairs.sort(key=lambda pair: (*_mismatch(one, other, *pair), *_best_first(pair[0]), *_best_first(pair[1])))
    return [(a.entry, b.entry) for a, b in pairs]


def _mismatch(one: Found, other: Found, first: Listed, second: Listed) -> tuple[int, ...]:
    a, b = first.entry.who, second.entry.who
    modes = {_mode(first), _mode(second)} - {"unspecified"}
    return (
        _unlike(one, first.entry) + _unlike(other, second.entry),
        int(a.harness != b.harness),
        int(len(modes) > 1),
        int(not a.effort or a.effort != b.effort),
    )


def _mode(listed: Listed) -> str:
    """`on`, `off` or `unspecified`; a stated effort implies reasoning, unless reasoning is stated to be off."""
    stated = traits(listed.entry, listed.state.board).reasoning
    return "on" if stated == "unspecified" and listed.entry.who.effort else stated


def _unlike(found: Found, entry: Entry) -> int:
    """How far an entry is from the name that asked for it: 0 for that very name or key, then that variant, then what agrees."""
    if entry.id == found.name or name_tokens(entry.name) == name_tokens(found.name):
        return 0
    if found.who.variant is not None and entry.who.variant == found.who.variant:
        return 1
    return 2 if agrees(found.who, entry.who) else 3


def _best_first(listed: Listed) -> tuple[object, ...]:
    """Sorts measured values of the metric that ranks the board first, then estimates, then the rest by key."""
    primary = listed.state.board.primary
    measure = listed.entry.measures.get(primary.id) if primary else None
    if primary is None or measure is None:
        return (2, 0.0, listed.entry.id)
    return (int(measure.estimated), primary.sort_key(measure.value), listed.entry.id)


def _pair(state: BoardAt, one: Entry, other: Entry, store: Store, *, at: datetime | None, looks: Sequence[datetime]) -> Pair:
    metrics = [metric for metric in state.board.metrics if metric.nature is not Nature.COUNT]
    published = [metric for metric in metrics if metric.id in one.measures or metric.id in other.measures]
    rows = tuple(_row(state.board, metric, one, other, store, at=at, looks=looks) for metric in published)
    return Pair(state=state, one=one, other=other, rows=rows)


def _row(
    board: Board, metric: Metric, one: Entry, other: Entry, store: Store, *, at: datetime | None, looks: Sequence[datetime]
) -> Row:
    first, second = one.measures.get(metric.id), other.measures.get(metric.id)
    if first is None or second is None:
        return Row(metric=metric, one=first, other=second)
    above, since = _above(metric, first, second), None
    if above in ("one", "other") and metric.nature is not Nature.LIVE:
        upper, lower = (one.id, other.id) if above == "one" else (other.id, one.id)
        since = passed(store, board.id, metric.id, [upper], [lower], at=at, looks=looks)
    stated = metric.stated_error is not None or None not in (first.half_width, second.half_width)
    return Row(
        metric=metric,
        one=first,
        other=second,
        difference=first.value - second.value,
        above=above,
        beyond_error=certainty(metric, first, second) != "nominal" if stated and metric.ranked else None,
        segment=segment_start(store, board.id, metric.id, at),
        since=since,
    )


def _above(metric: Metric, first: Measure, second: Measure) -> str:
    if metric.higher_is_better is None:
        return ""
    if first.value == second.value:
        return "level"
    return "one" if metric.better(first.value, second.value) else "other"
