"""Which entries join and leave the frontier of score against price, size and speed, and why.

An entry is on the frontier if no other scores higher at its cost or less, or as high for less. Only measured values count. Nobody
joins the acknowledged frontier because another entry was not shown for a day.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from functools import partial
from itertools import groupby
from math import inf
from operator import itemgetter
from statistics import median

from msgspec import Struct

from tracker.events import departure
from tracker.events._newcomers import arrivals, newly_measured
from tracker.events._values import SAYS_NOTHING, keys_now, measured, ranked_primary
from tracker.events.kind import Detection, EventKind, Folding
from tracker.events.making import both_proofs, last_named, make, party, stated_proofs
from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Event, Evidence, Metric, Nature, Party, Snapshot
from tracker.traits import open_size, price_metric, size_words, traits
from tracker.wording import count, listed, number

RULE = "frontier/1"
Grade = StrEnum("Grade", "PRICE SIZE SPEED")
MOST_ESTIMATED = 0.1
"""No frontier if estimates, counted as measured, would be a larger share of it."""
_LOST, _LOST_AT_LEAST = 0.3, 5
"""The field of sizes is lost at this share and number of missing sizes (as in docs/decisions/0003-comparability.md)."""
_FIRST_PRICE = "first price of a new model"
_NEWS = ("new model", _FIRST_PRICE, "price cut")
_NEW_FOR = timedelta(days=14)
"""For so long after it entered the board, a model's first price counts as part of its arrival."""
_NOTHING, _DOMINATED = "nothing of its own", "dominated"
_PROVEN = 20
Point = tuple[float, float]
"""Standing and cost; smaller is better in both."""
Memory = dict[str, dict[EntryId, Point]]


class _Mover(Struct, frozen=True, kw_only=True):
    """An entry that joined or left: why, and, if it left, the entry that dominates it now."""

    entry: EntryId
    cause: str
    by: EntryId | None = None


class _View(Struct, frozen=True, kw_only=True):
    """The primary score against one `cost`, of which less is better; None if it is not known."""

    diff: Diff
    past: BoardState
    primary: Metric
    name: Grade
    word: str
    metric: Metric | None
    cost: Callable[[Entry], float | None]


def detect(diff: Diff, past: BoardState) -> Detection:
    """At most one event per frontier. Its rivals are the entries that left because a subject dominates them.

    No event on a first sight, on a re-based scale, or while a field that it needs has lost its values. Remembers the acknowledged
    frontiers as {axis: {entry: [standing, cost]}}; the last ones where a field cannot be read.
    """
    primary = ranked_primary(diff)
    if primary is None:
        return Detection(events=(), memory={})
    comparable = diff.before is not None and diff.metrics[primary.id].usable
    kept = {} if _is_rescaled(diff, primary) else _remembered(diff, past)
    events: list[Event] = []
    for view in _views(diff, past, primary):
        acknowledged = kept.pop(view.name, {})
        known = {} if _is_rescaled(diff, view.metric) else acknowledged
        points = _points(view, known)
        if points is None:
            kept |= {view.name: known} if known else {}
            continue
        now = frontier(points)
        if known and comparable and set(now) != known.keys():
            events += _moves(view, known, points, now)
        kept[view.name] = {entry: points[entry] for entry in now}
    memory = {name: {str(entry): list(point) for entry, point in sorted(points.items())} for name, points in sorted(kept.items())}
    return Detection(events=events, memory=memory)


def _remembered(diff: Diff, past: BoardState) -> Memory:
    now = keys_now(diff)
    remembered: Mapping[str, Mapping[str, Sequence[float]]] = past.memory.get("frontier", {})
    return {
        name: {now.get(EntryId(entry), EntryId(entry)): (point[0], point[1]) for entry, point in points.items()}
        for name, points in remembered.items()
    }


def _is_rescaled(diff: Diff, metric: Metric | None) -> bool:
    return metric is not None and diff.before is not None and diff.metrics[metric.id].verdict is Comparability.REBASED


def frontier(points: Mapping[EntryId, Point]) -> tuple[EntryId, ...]:
    """The entries that no other dominates, the cheapest first; equal points share it. Takes n log n."""
    best = inf
    front: list[EntryId] = []
    ordered = sorted((cost, standing, entry) for entry, (standing, cost) in points.items())
    for _, group in groupby(ordered, key=itemgetter(0)):
        cheapest = list(group)
        top = cheapest[0][1]
        if top < best:
            best = top
            front.extend(entry for _, standing, entry in cheapest if standing == top)
    return tuple(front)


def dominator(front: tuple[EntryId, ...], points: Mapping[EntryId, Point], point: Point) -> EntryId | None:
    """The best entry of a frontier (in the order of `frontier`) that dominates a point; None if none does."""
    standing, cost = point
    at = bisect_right(front, cost, key=lambda entry: points[entry][1])
    best = front[at - 1] if at else None
    return best if best is not None and points[best][0] <= standing and points[best] != point else None


def _views(diff: Diff, past: BoardState, primary: Metric) -> Iterator[_View]:
    view = partial(_View, diff=diff, past=past, primary=primary)
    price = price_metric(diff.board)
    if price is not None:
        yield view(name=Grade.PRICE, word=price.title, metric=price, cost=_cost_by(price))
    yield view(name=Grade.SIZE, word="total parameters, among open weights", metric=None, cost=open_size)
    for metric in diff.board.metrics:
        if metric.topic == "speed" and metric.higher_is_better and metric.nature is Nature.LIVE:
            yield view(name=Grade.SPEED, word=metric.title, metric=metric, cost=_cost_by(metric))
            return


def _cost_by(metric: Metric) -> Callable[[Entry], float | None]:
    return lambda entry: metric.sort_key(measure.value) if (measure := measured(entry, metric)) else None


def _points(view: _View, known: Mapping[EntryId, Point]) -> dict[EntryId, Point] | None:
    """The points of this page, and the acknowledged ones that are not shown.

    None if a field that it needs has lost its values, or estimates play too large a part.
    """
    if _is_lost(view):
        return None
    points: dict[EntryId, Point] = {}
    estimates: dict[EntryId, Point] = {}
    for key, entry in view.diff.after.entries.items():
        measure = entry.measures.get(view.primary.id)
        if measure is not None and (cost := view.cost(entry)) is not None:
            (estimates if measure.estimated else points)[key] = (view.primary.sort_key(measure.value), cost)
    return None if _estimated_share(points, estimates) > MOST_ESTIMATED else _unseen(view, known) | points


def _unseen(view: _View, known: Mapping[EntryId, Point]) -> dict[EntryId, Point]:
    """The acknowledged entries that this page does not show, or shows without their cost. A score that is gone was withdrawn."""
    unseen = {}
    for key, (standing, cost) in known.items():
        entry = view.diff.after.entries.get(key)
        measure = measured(entry, view.primary)
        if measure is not None:
            unseen[key] = (view.primary.sort_key(measure.value), cost)
        elif entry is None and key in view.past.known and not departure.is_gone(view.diff, view.past, key):
            unseen[key] = (standing, cost)
    return unseen


def _is_lost(view: _View) -> bool:
    diff, metric = view.diff, view.metric
    needed = [view.primary.id, *([metric.id] if metric else [])]
    drifted = not view.past.drifted.isdisjoint(needed)
    if drifted or diff.before is None:
        return drifted
    says_nothing = any(diff.metrics[name].verdict in SAYS_NOTHING for name in needed)
    return says_nothing or (metric is None and _sizes_lost(diff, diff.before))


def _sizes_lost(diff: Diff, before: Snapshot) -> bool:
    pairs = [(before.entries[entry], diff.after.entries[entry]) for entry in diff.common]
    lost = sum(
        (old.attributes != new.attributes or old.name != new.name) and open_size(old) is not None and open_size(new) is None
        for old, new in pairs
    )
    return lost >= _LOST_AT_LEAST and lost >= _LOST * sum(open_size(old) is not None for old, _ in pairs)


def _estimated_share(points: Mapping[EntryId, Point], estimates: Mapping[EntryId, Point]) -> float:
    """The share of estimates on the frontier if they counted as measured."""
    front = frontier(points)
    rivals = {entry: point for entry, point in estimates.items() if dominator(front, points, point) is None}
    if not rivals:
        return 0.0
    with_rivals = frontier({entry: points[entry] for entry in front} | rivals)
    return sum(entry in rivals for entry in with_rivals) / len(with_rivals)


def _moves(
    view: _View, known: Mapping[EntryId, Point], points: Mapping[EntryId, Point], now: tuple[EntryId, ...]
) -> Iterator[Event]:
    new = {*arrivals(view.diff, view.past), *newly_measured(view.diff, view.past)}
    left = [_left(view, entry, points, now) for entry in sorted(known.keys() - set(now))]
    joined = [
        _Mover(entry=entry, cause="new model" if entry in new else _own_change(view, entry, better=True))
        for entry in now
        if entry not in known
    ]
    made_room = any(mover.cause not in (_NOTHING, _DOMINATED) for mover in left)
    has_cause = any(mover.cause != _NOTHING for mover in joined)
    joined = [mover for mover in joined if mover.cause != _NOTHING or made_room]
    left = [mover for mover in left if mover.cause != _DOMINATED or has_cause]
    if joined or left:
        yield _event(view, joined, left, points, now)


def _left(view: _View, entry: EntryId, points: Mapping[EntryId, Point], now: tuple[EntryId, ...]) -> _Mover:
    if entry not in points:
        return _Mover(entry=entry, cause="score no longer stated" if entry in view.diff.after.entries else "departure")
    cause = _own_change(view, entry, better=False)
    return _Mover(entry=entry, cause=_DOMINATED if cause == _NOTHING else cause, by=dominator(now, points, points[entry]))


def _own_change(view: _View, entry: EntryId, *, better: bool) -> str:
    """What changed about the entry itself, in the direction that explains its move; `_NOTHING` if nothing did."""
    diff = view.diff
    if diff.before is None or entry not in diff.before.entries or entry not in diff.after.entries:
        return _NOTHING
    old, new = diff.before.entries[entry], diff.after.entries[entry]
    before, after = view.cost(old), view.cost(new)
    if before is None or after is None:
        return _FIRST_PRICE if before is None and _is_new(view, entry) else f"{view.name} newly stated"
    if before != after and (after < before) == better and (view.metric is None or entry in diff.metrics[view.metric.id].moves):
        return "size restated" if view.metric is None else "price cut" if better else "price rise"
    move = diff.metrics[view.primary.id].moves.get(entry)
    if move is not None and (view.primary.sort_key(move.shift) < 0) == better:
        return "score change" if move.significant else "score change within the error"
    return _NOTHING if measured(old, view.primary) else "score stated again"


def _is_new(view: _View, entry: EntryId) -> bool:
    """Whether an entry came lately, and not with the first page of the board."""
    record = view.past.known.get(entry)
    if view.name != Grade.PRICE or record is None or view.diff.after.observed_at - record.first_seen > _NEW_FOR:
        return False
    return record.first_seen > min(known.first_seen for known in view.past.known.values())


def _event(
    view: _View, joined: Sequence[_Mover], left: Sequence[_Mover], points: Mapping[EntryId, Point], now: tuple[EntryId, ...]
) -> Event:
    diff, primary = view.diff, view.primary
    standings = [primary.sort_key(value) for value in diff.after.measured(primary.id).values()]
    middle = median(standings) if standings else 0.0  # without a score nobody joined
    can_be_news = [mover for mover in joined if view.name == Grade.PRICE and mover.cause in _NEWS]
    news = [mover for mover in can_be_news if points[mover.entry][0] <= middle]
    subjects = news or joined
    who = [party(diff.after, mover.entry) for mover in subjects]
    ousted = [
        mover.entry for mover in left if not subjects or any(_dominates(points, each.entry, mover.entry) for each in subjects)
    ]
    gone = [last_named(diff, entry) for entry in ousted]
    return make(
        diff,
        rule=RULE,
        grade=view.name,
        weight=40 if news else 4,
        is_news=bool(news),
        subjects=who or gone,
        rivals=gone if who else (),
        metric=view.metric.id if view.metric else primary.id,
        headline=_headline(view, who, gone, others=len(left) - len(gone)),
        facts={
            "frontier": [_fact(view, entry, points[entry]) for entry in now],
            "entered": [_fact(view, mover.entry, points[mover.entry]) | {"cause": mover.cause} for mover in joined],
            "left": [
                {"entry": str(mover.entry), "cause": mover.cause, "by": str(mover.by) if mover.by else None} for mover in left
            ],
        },
        evidence=_evidence(view, [mover.entry for mover in (*subjects, *left)][:_PROVEN]),
    )


def _dominates(points: Mapping[EntryId, Point], entry: EntryId, other: EntryId) -> bool:
    """Whether the first is why the second is not on the frontier: no worse in either, and better in one."""
    if other not in points or points[entry] == points[other]:
        return False
    return all(first <= second for first, second in zip(points[entry], points[other], strict=True))


_COSTS = {
    Grade.PRICE: ("price", "for less"),
    Grade.SIZE: ("size", "with fewer parameters"),
    Grade.SPEED: ("speed", "and is faster"),
}
"""The cost of each frontier, and what a better one is."""


def _headline(view: _View, who: Sequence[Party], gone: Sequence[Party], *, others: int) -> str:
    """With all that leave: those that a subject dominates by name, the others counted."""
    where = f"the frontier of {view.primary.title} against {view.word} on {view.diff.board.title}"
    gone_too = [*gone, *([count(others, "other")] if others and gone else ())] or [count(others, "entry", "entries")]
    leave = f"{listed(gone_too, None if others else 3)} {'leaves' if len(gone) + others == 1 else 'leave'}"
    if not who:
        return f"{leave} {where}."
    leaving = f"; {leave} it" if gone or others else ""
    if len(who) > 1:
        return f"{listed(who)} enter {where}{leaving}."
    entry, (noun, better) = view.diff.after.entries[who[0].entry], _COSTS[view.name]
    score, *costs = (number(entry.measures[metric.id].value, metric) for metric in (view.primary, view.metric) if metric)
    cost = costs[0] if costs else size_words(traits(entry, view.diff.board))
    return (
        f"{who[0].name} enters {where}: no other of known {noun} scores as high {better}, or higher at that {noun}"
        f" ({score}, {cost}){leaving}."
    )


def _fact(view: _View, key: EntryId, point: Point) -> dict[str, object]:
    """An entry of the frontier with its score and cost in their units; `seen` is False if this page does not show its cost."""
    entry = view.diff.after.entries.get(key)
    return {
        "entry": str(key),
        "score": view.primary.sort_key(point[0]),
        view.name: view.metric.sort_key(point[1]) if view.metric else point[1],
        "seen": entry is not None and view.cost(entry) is not None,
    }


def _evidence(view: _View, entries: Sequence[EntryId]) -> list[Evidence]:
    scores = both_proofs(view.diff, entries, view.primary.id)
    if view.metric is not None:
        return [*scores, *both_proofs(view.diff, entries, view.metric.id)]
    return [*scores, *stated_proofs(view.diff, entries, "total_parameters", or_name=True)]


KIND = EventKind(RULE, tuple(Grade), detect, recorded=(Grade.SIZE, Grade.SPEED), folding=Folding(by_first=True))
