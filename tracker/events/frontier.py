"""Who enters and leaves the frontier of score against price, size and speed, and why.

An entry is on it when no other is better at its cost or less, or as good for less. Measured values
only; the frontier last acknowledged is remembered, so that nobody enters it because another could not be seen for a day.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from tracker.events import departure
from tracker.events._arrivals import arrivals, newly_measured
from tracker.events._frontier import Point, dominator, frontier
from tracker.events.detection import Detection
from tracker.events.kind import EventKind, Folding
from tracker.events.making import both_proofs, make, party, proof
from tracker.model import Board, BoardState, Comparability, Diff, Entry, EntryId, Event, Evidence, Metric, Nature, Party, Snapshot
from tracker.traits import open_size, price_metric, size_words, traits
from tracker.wording import listed, number

RULE = "frontier/1"
Grade = StrEnum("Grade", "PRICE SIZE SPEED")
MOST_ESTIMATED = 0.1
"""With a larger share of estimates among those who would stand on it, if estimates counted, a frontier says nothing."""
_LOST, _LOST_AT_LEAST = 0.3, 5
"""When so many sizes are gone from the entries that stayed, the field is lost (as in docs/decisions/0003-comparability.md)."""
_NEWS = ("new model", "price cut")
_NOTHING, _DOMINATED = "nothing of its own", "dominated"
_SAYS_NOTHING = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)
_PROVEN = 20

Memory = dict[str, dict[EntryId, Point]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    """What the primary score is set against. `cost` is smaller for the better; None where it is not known."""

    name: Grade
    word: str
    metric: Metric | None
    cost: Callable[[Entry], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mover:
    """An entry that entered or left: why, and for one that left, by whom it is dominated now."""

    entry: EntryId
    cause: str
    by: EntryId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """One frontier of one diff: which score is set against what, and what is remembered of the board."""

    diff: Diff
    past: BoardState
    primary: Metric
    axis: _Axis


def detect(diff: Diff, past: BoardState) -> Detection:
    """At most one event per frontier; rivals are those left whom one that entered dominates, or all where nobody entered. Told when an entry enters that of the price by being new, or by a price cut, in the upper half of the board.

    No event on a first sight, on a re-based scale, or while a field that it needs has lost its values.
    Remembers the acknowledged frontiers as {axis: {entry: [standing, cost]}}; the last ones where a field cannot be read.
    """
    primary = diff.board.primary
    if primary is None or not primary.ranked:
        return Detection(events=(), memory={})
    comparable = diff.before is not None and diff.metrics[primary.id].usable
    kept = {} if _is_rescaled(diff, primary) else _remembered(diff, past)
    events: list[Event] = []
    for axis in _axes(diff.board):
        acknowledged = kept.pop(axis.name, {})
        known = {} if _is_rescaled(diff, axis.metric) else acknowledged
        view = _View(diff=diff, past=past, primary=primary, axis=axis)
        points = _points(view, known)
        if points is None:
            kept |= {axis.name: known} if known else {}
            continue
        now = frontier(points)
        if known and comparable:
            events += _moves(view, known, points, now)
        kept[axis.name] = {entry: points[entry] for entry in now}
    return Detection(events=events, memory=_plain(kept))


def _plain(frontiers: Memory) -> dict[str, dict[str, list[float]]]:
    return {
        name: {str(entry): list(point) for entry, point in sorted(points.items())} for name, points in sorted(frontiers.items())
    }


def _remembered(diff: Diff, past: BoardState) -> Memory:
    """The acknowledged frontiers, under the keys that the entries have now."""
    now = {had: entry for entry, had in diff.rekeyed.items()}
    remembered: Mapping[str, Mapping[str, Sequence[float]]] = past.memory.get("frontier", {})
    return {
        name: {now.get(EntryId(entry), EntryId(entry)): (point[0], point[1]) for entry, point in points.items()}
        for name, points in remembered.items()
    }


def _is_rescaled(diff: Diff, metric: Metric | None) -> bool:
    return metric is not None and diff.before is not None and diff.metrics[metric.id].verdict is Comparability.REBASED


# ── the frontier of one page ─────────────────────────────────────────────────────────────────────


def _axes(board: Board) -> Iterator[_Axis]:
    price = price_metric(board)
    if price is not None:
        yield _Axis(name=Grade.PRICE, word=price.title, metric=price, cost=_cost_by(price))
    yield _Axis(name=Grade.SIZE, word="total parameters, among open weights", metric=None, cost=open_size)
    speed = next(
        (one for one in board.metrics if one.topic == "speed" and one.higher_is_better and one.nature is Nature.LIVE), None
    )
    if speed is not None:
        yield _Axis(name=Grade.SPEED, word=speed.title, metric=speed, cost=_cost_by(speed))


def _cost_by(metric: Metric) -> Callable[[Entry], float | None]:
    def cost(entry: Entry) -> float | None:
        measure = entry.measures.get(metric.id)
        return None if measure is None or measure.estimated else metric.sort_key(measure.value)

    return cost


def _points(view: _View, known: Mapping[EntryId, Point]) -> dict[EntryId, Point] | None:
    """The points of this page; None where a field that it needs has lost its values, or estimates play too large a part.

    With those acknowledged that cannot be seen: nobody enters because another is not shown, or its cost is not.
    """
    if _is_lost(view):
        return None
    points, estimates = _shown(view)
    if _estimated_share(points, estimates) > MOST_ESTIMATED:
        return None
    return _unseen(view, known) | points


def _unseen(view: _View, known: Mapping[EntryId, Point]) -> dict[EntryId, Point]:
    """Those acknowledged that this page does not show, or without their cost; a score that is gone was taken back."""
    gone, found = frozenset(departure.confirmed(view.diff, view.past)), {}
    for entry, (standing, cost) in known.items():
        one = view.diff.after.entries.get(entry)
        if one is None and not _departed(view.past, entry, gone):
            found[entry] = (standing, cost)
        measure = one.measures.get(view.primary.id) if one is not None else None
        if measure is not None and not measure.estimated:
            found[entry] = (view.primary.sort_key(measure.value), cost)
    return found


def _is_lost(view: _View) -> bool:
    diff, axis = view.diff, view.axis
    needed = [view.primary.id, *([axis.metric.id] if axis.metric else [])]
    if any(metric in view.past.drifted for metric in needed):
        return True
    if diff.before is None:
        return False
    return any(diff.metrics[metric].verdict in _SAYS_NOTHING for metric in needed) or (axis.metric is None and _sizes_lost(view))


def _sizes_lost(view: _View) -> bool:
    diff, size = view.diff, view.axis.cost
    if diff.before is None:
        return False
    pairs = [(diff.before.entries[entry], diff.after.entries[entry]) for entry in diff.common]
    lost = sum(
        (old.attributes != new.attributes or old.name != new.name) and size(old) is not None and size(new) is None
        for old, new in pairs
    )
    return lost >= _LOST_AT_LEAST and lost >= _LOST * sum(size(old) is not None for old, _ in pairs)


def _shown(view: _View) -> tuple[dict[EntryId, Point], dict[EntryId, Point]]:
    """The points of measured scores, and those of estimates."""
    points: dict[EntryId, Point] = {}
    estimates: dict[EntryId, Point] = {}
    for entry, one in view.diff.after.entries.items():
        measure = one.measures.get(view.primary.id)
        if measure is not None and (cost := view.axis.cost(one)) is not None:
            (estimates if measure.estimated else points)[entry] = (view.primary.sort_key(measure.value), cost)
    return points, estimates


def _estimated_share(points: Mapping[EntryId, Point], estimates: Mapping[EntryId, Point]) -> float:
    """The share of estimates among those that would stand on the frontier if they counted."""
    measured_front = frontier(points)
    rivals = {entry: point for entry, point in estimates.items() if dominator(measured_front, points, point) is None}
    if not rivals:
        return 0.0
    both = {entry: points[entry] for entry in measured_front} | rivals
    on_it = frontier(both)
    return sum(entry in rivals for entry in on_it) / len(on_it)


def _departed(past: BoardState, entry: EntryId, gone: frozenset[EntryId]) -> bool:
    return entry in gone or entry not in past.known or past.known[entry].departed


# ── who moved, and why ───────────────────────────────────────────────────────────────────────────


def _moves(
    view: _View, known: Mapping[EntryId, Point], points: Mapping[EntryId, Point], now: tuple[EntryId, ...]
) -> Iterator[Event]:
    if set(now) == known.keys():
        return
    new = {*arrivals(view.diff, view.past), *newly_measured(view.diff, view.past)}
    left = [_left(view, entry, points, now) for entry in sorted(known.keys() - set(now))]
    entered = [
        _Mover(entry=one, cause="new model" if one in new else _own_change(view, one, better=True))
        for one in now
        if one not in known
    ]
    made_room = any(mover.cause not in (_NOTHING, _DOMINATED) for mover in left)
    came = any(mover.cause != _NOTHING for mover in entered)
    entered = [mover for mover in entered if mover.cause != _NOTHING or made_room]
    left = [mover for mover in left if mover.cause != _DOMINATED or came]
    if entered or left:
        yield _event(view, entered, left, points, now)


def _left(view: _View, entry: EntryId, points: Mapping[EntryId, Point], now: tuple[EntryId, ...]) -> _Mover:
    if entry not in points:
        listed = entry in view.diff.after.entries
        return _Mover(entry=entry, cause="score no longer stated" if listed else "departure")
    cause = _own_change(view, entry, better=False)
    return _Mover(entry=entry, cause=_DOMINATED if cause == _NOTHING else cause, by=dominator(now, points, points[entry]))


def _own_change(view: _View, entry: EntryId, *, better: bool) -> str:
    """What changed about the entry itself, in the direction that explains its move; `_NOTHING` if nothing did."""
    diff, axis = view.diff, view.axis
    if diff.before is None or entry not in diff.before.entries or entry not in diff.after.entries:
        return _NOTHING
    old, new = diff.before.entries[entry], diff.after.entries[entry]
    before, after = axis.cost(old), axis.cost(new)
    if before is None or after is None:
        return f"{axis.name} newly stated"
    if before != after and (after < before) == better and (axis.metric is None or entry in diff.metrics[axis.metric.id].moves):
        return "size restated" if axis.metric is None else "price cut" if better else "price rise"
    move = diff.metrics[view.primary.id].moves.get(entry)
    if move is not None and (view.primary.sort_key(move.shift) < 0) == better:
        return "score change" if move.significant else "score change within the error"
    was = old.measures.get(view.primary.id)
    return _NOTHING if was is not None and not was.estimated else "score stated again"


# ── telling ──────────────────────────────────────────────────────────────────────────────────────


def _event(
    view: _View, entered: Sequence[_Mover], left: Sequence[_Mover], points: Mapping[EntryId, Point], now: tuple[EntryId, ...]
) -> Event:
    diff, axis, primary = view.diff, view.axis, view.primary
    standings = [primary.sort_key(value) for value in diff.after.measured(primary.id).values()]
    middle = median(standings) if standings else 0.0  # without a score nobody entered
    news = [one for one in entered if axis.name == Grade.PRICE and one.cause in _NEWS and points[one.entry][0] <= middle]
    subjects = news or entered
    who = [party(diff.after, mover.entry) for mover in subjects]
    ousted = [mover for mover in left if not subjects or any(_dominates(points, one.entry, mover.entry) for one in subjects)]
    gone = [_party(diff, mover.entry) for mover in ousted]
    return make(
        diff,
        rule=RULE,
        grade=axis.name,
        weight=40 if news else 4,
        is_news=bool(news),
        subjects=who or gone,
        rivals=gone if who else (),
        metric=axis.metric.id if axis.metric else primary.id,
        headline=_headline(view, who, gone),
        facts={
            "frontier": [_fact(view, entry, points[entry]) for entry in now],
            "entered": [_fact(view, mover.entry, points[mover.entry]) | {"cause": mover.cause} for mover in entered],
            "left": [
                {"entry": str(mover.entry), "cause": mover.cause, "by": str(mover.by) if mover.by else None} for mover in left
            ],
        },
        evidence=_evidence(view, [mover.entry for mover in (*subjects, *left)][:_PROVEN]),
    )


def _dominates(points: Mapping[EntryId, Point], one: EntryId, other: EntryId) -> bool:
    """Whether the first is why the second is not on the frontier: no worse in either, and better in one."""
    if other not in points or points[one] == points[other]:
        return False
    return all(mine <= theirs for mine, theirs in zip(points[one], points[other], strict=True))


def _party(diff: Diff, entry: EntryId) -> Party:
    snapshot = next((one for one in (diff.after, diff.before) if one is not None and entry in one.entries), None)
    return party(snapshot, entry) if snapshot is not None else Party(entry=entry, name=str(entry))


def _headline(view: _View, who: Sequence[Party], gone: Sequence[Party]) -> str:
    where = f"the frontier of {view.primary.title} against {view.axis.word} on {view.diff.board.title}"
    if not who:
        return f"{listed(gone)} {'leaves' if len(gone) == 1 else 'leave'} {where}."
    leaving = f"; {listed(gone)} {'leaves' if len(gone) == 1 else 'leave'} it" if gone else ""
    if len(who) > 1:
        return f"{listed(who)} enter {where}{leaving}."
    one = view.diff.after.entries[who[0].entry]
    return (
        f"{who[0].name} enters {where}: no other with both figures known is as good for less or better for as much"
        f" ({number(one.measures[view.primary.id].value, view.primary)}, {_cost_words(view, one)}){leaving}."
    )


def _cost_words(view: _View, entry: Entry) -> str:
    if view.axis.metric is None:
        return size_words(traits(entry, view.diff.board))
    return number(entry.measures[view.axis.metric.id].value, view.axis.metric)


def _fact(view: _View, entry: EntryId, point: Point) -> dict[str, object]:
    """An entry of the frontier with its score and cost in their units; `seen` is False where this page does not show its cost."""
    cost, one = view.axis.metric.sort_key(point[1]) if view.axis.metric else point[1], view.diff.after.entries.get(entry)
    return {
        "entry": str(entry),
        "score": view.primary.sort_key(point[0]),
        view.axis.name: cost,
        "seen": one is not None and view.axis.cost(one) is not None,
    }


def _evidence(view: _View, entries: Sequence[EntryId]) -> list[Evidence]:
    diff = view.diff
    evidence = list(both_proofs(diff, entries, view.primary.id))
    if view.axis.metric is not None:
        return evidence + list(both_proofs(diff, entries, view.axis.metric.id))
    snapshots = [snapshot for snapshot in (diff.before, diff.after) if snapshot is not None]
    return evidence + [_size_proof(snapshot, entry) for entry in entries for snapshot in snapshots]


def _size_proof(snapshot: Snapshot, entry: EntryId) -> Evidence:
    """What the page states of an entry's size: the field of its own, else the name."""
    shown, one = proof(snapshot, entry), snapshot.entries.get(entry)
    return shown if one is None else replace(shown, raw=one.attributes.get("total_parameters", shown.raw))


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset((Grade.PRICE,)), detect=detect, folding=Folding(by_first=True))
