"""The last certain order of two entries, remembered while it is no longer certain, so that no overtake is too slow to be noticed.

Source: docs/decisions/0033-slow-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from msgspec import structs

from tracker.events import departure
from tracker.events._values import RECORDED, drifted_value, keys_now, near_the_top
from tracker.model import BoardState, Comparability, Diff, EntryId, Measure, Metric, Snapshot
from tracker.order import is_certain, states_error

Pair = tuple[EntryId, EntryId]
Measures = Mapping[EntryId, Measure]
Crossed = Mapping[EntryId, frozenset[EntryId]]
_OF_ITS_OWN = (Comparability.REBASED, Comparability.APPEARED)
"""Verdicts under which a scale has an order of its own."""


class OrderChanges(NamedTuple):
    """What became of the order of all pairs of entries on one metric over a diff.

    `before` are the measured values before it; entries that are `back` on the page have the last ones they had. `slow` are
    the overtakes (subject, rival) that certainly reverse an order which was not certain before, with the time of the last page on
    which it was. `crossed` are, by entry that is back, those that came or crossed its last value while it was away, whose order
    the page before does not show. `memory` is plain JSON for the next diff, None if there is nothing to remember.
    """

    before: Measures
    back: frozenset[EntryId]
    slow: Mapping[Pair, datetime]
    crossed: Crossed
    memory: Any


def follow(diff: Diff, past: BoardState, metric: Metric) -> OrderChanges:
    """What became of the order on a metric, with the pairs of a lost or hidden order and the last values of the unseen."""
    assert diff.before is not None
    verdict, plain = diff.metrics[metric.id], past.memory.get("overtake", {}).get(metric.id)
    if verdict.verdict in _OF_ITS_OWN or diff.restart:
        return OrderChanges({}, frozenset(), {}, {}, None)
    if not verdict.usable or not (verdict.moves or _may_change(diff, metric, plain)):
        return OrderChanges({}, frozenset(), {}, {}, plain)
    pairs, last, crossed = _read(plain or {}, keys_now(diff))
    doubted = {entry for entry, move in verdict.moves.items() if move.unsure_origin}  # their values before prove no order
    before, shown = {**last, **_measures(diff.before, metric)}, _measures(diff.after, metric)
    pairs = {pair: since for pair, since in pairs.items() if doubted.isdisjoint(pair) and before.keys() >= set(pair)}
    left = before.keys() - diff.after.entries.keys()
    gone = {*departure.confirmed(diff, past), *diff.relisted.values()} if left else set()
    gone |= {entry for entry in left | last.keys() if entry in past.known and past.known[entry].departed}
    unseen = {entry: _drifted(diff, metric, before[entry]) for entry in sorted(left - gone)}
    back = frozenset((last.keys() & shown.keys()) - gone)
    standings = diff.after.standings(metric)
    field = _Field(metric, before, {**shown, **unseen}, frozenset(unseen), back, verdict.moves.keys() | back, standings)
    slow = {(lower, upper): since for (upper, lower), since in pairs.items() if field.was_passed(upper, lower)}
    last_at = diff.seen_until or diff.before.observed_at
    best = near_the_top(diff, metric, RECORDED) if metric.exact else before.keys()
    loosened = {pair: last_at for pair in field.loosened() if doubted.isdisjoint(pair) and not best.isdisjoint(pair)}
    kept = {pair: since for pair, since in (loosened | pairs).items() if field.is_open(*pair)}
    crossing = {entry: crossed.get(entry, frozenset()) | field.crossing(entry) for entry in unseen}
    return OrderChanges(before, back, slow, crossed, _plain(kept, unseen, crossing))


def _may_change(diff: Diff, metric: Metric, plain: Mapping[str, Any] | None) -> bool:
    """Whether there is something to follow although no value moved: entries left or are back, or keys or intervals changed."""
    if diff.missing or diff.hidden or (plain and diff.rekeyed):
        return True
    if plain and any(entry in diff.after.entries for entry in plain["unseen"]):
        return True
    measures = (entry.measures.get(metric.id) for entry in diff.after.entries.values())
    first = next((measure for measure in measures if measure is not None), None)
    return first is not None and first.half_width is not None


class _Field(NamedTuple):
    """The measured values before and after a diff; entries that are not shown have their last ones, and are `unseen`.

    `moved` are those whose value changed beyond precision, or that are back. `standings` are those of the page.
    """

    metric: Metric
    before: Measures
    after: Measures
    unseen: frozenset[EntryId]
    back: frozenset[EntryId]
    moved: AbstractSet[EntryId]
    standings: Sequence[tuple[float, EntryId]]

    def shows(self, upper: EntryId, lower: EntryId) -> bool:
        """Whether the page shows one entry certainly above the other."""
        above, below = self.after.get(upper), self.after.get(lower)
        if above is None or below is None or not self.unseen.isdisjoint((upper, lower)):
            return False
        return self.metric.better(above.value, below.value) and is_certain(self.metric, above, below)

    def was_passed(self, upper: EntryId, lower: EntryId) -> bool:
        """Whether the page shows the lower entry certainly above the upper one, which the page before did not show above it.

        Finer decimals may reorder what was one number, but then nobody passed anybody.
        """
        was_above = self.metric.better(self.before[upper].value, self.before[lower].value)
        if not self.shows(lower, upper) or (was_above and self.back.isdisjoint((upper, lower))):
            return False
        return not self.moved.isdisjoint((upper, lower)) or states_error(self.metric, self.after[upper], self.after[lower])

    def is_open(self, upper: EntryId, lower: EntryId) -> bool:
        """Whether both may still be listed, and the page does not show which of them is certainly above the other."""
        known = upper in self.after and lower in self.after
        return known and not (self.shows(upper, lower) or self.shows(lower, upper))

    def crossing(self, away: EntryId) -> frozenset[EntryId]:
        """The entries whose certain order with an unseen entry's last value is another than before, or that are new."""
        last, before = self.after[away], self.before
        moved = {entry for entry in self.moved - self.unseen if entry in self.after and entry in before}
        crossed = {entry for entry in moved if self._side(self.after[entry], last) != self._side(before[entry], before[away])}
        return frozenset(self.after.keys() - before.keys()) | crossed

    def _side(self, one: Measure, other: Measure) -> int:
        """1 if one value is certainly above the other, -1 if below, otherwise 0."""
        return is_certain(self.metric, one, other) * (1 if self.metric.better(one.value, other.value) else -1)

    def loosened(self) -> Iterator[Pair]:
        """Pairs (upper, lower) in a certain order before, which is not certain now; or not shown, when one of them moved."""
        other_measures = ((entry, was, now) for entry, now in self.after.items() if (was := self.before.get(entry)) is not now)
        moved = self.moved | {
            entry
            for entry, was, now in other_measures
            if was is not None and entry not in self.unseen and now.half_width != was.half_width
        }
        widest = max((measure.half_width or 0.0 for measure in self.after.values()), default=0.0) if moved else 0.0
        for entry in moved:
            now, standing = self.after[entry], self.metric.sort_key(self.after[entry].value)
            reach = max(self.metric.stated_error or 0.0, (now.half_width or 0.0) + widest)
            start = bisect_left(self.standings, standing - reach, key=itemgetter(0))
            end = bisect_right(self.standings, standing + reach, key=itemgetter(0))
            near = (other for _, other in self.standings[start:end] if other in self.before)
            for other in {*near, *self.unseen}:
                if other not in moved or other < entry:
                    yield from self._loosened(entry, other)

    def _loosened(self, entry: EntryId, other: EntryId) -> Iterator[Pair]:
        was, other_was = self.before[entry], self.before[other]
        if was.value == other_was.value or not is_certain(self.metric, was, other_was):
            return
        upper, lower = (entry, other) if self.metric.better(was.value, other_was.value) else (other, entry)
        above, below = self.after[upper], self.after[lower]
        if not (self.metric.better(above.value, below.value) and is_certain(self.metric, above, below)):
            yield upper, lower


def _measures(snapshot: Snapshot, metric: Metric) -> dict[EntryId, Measure]:
    return {entry: measure for entry, measure in snapshot.measures(metric.id).items() if not measure.estimated}


def _drifted(diff: Diff, metric: Metric, last: Measure) -> Measure:
    """A last value as it would be now, the common drift of a fitted board added."""
    shift = drifted_value(diff, metric, last.value) - last.value
    low, high = (None if bound is None else bound + shift for bound in (last.low, last.high))
    return structs.replace(last, value=last.value + shift, low=low, high=high) if shift else last


def _plain(pairs: Mapping[Pair, datetime], unseen: Measures, crossed: Crossed) -> Any:
    """As JSON: upper → lower → seconds since 1970; entry → value, low, high, decimals and cell; entry → those that crossed it."""
    grouped: dict[str, dict[str, int]] = {}
    for (upper, lower), since in sorted(pairs.items()):
        grouped.setdefault(upper, {})[lower] = int(since.timestamp())
    last = {entry: [was.value, was.low, was.high, was.decimals, was.raw] for entry, was in sorted(unseen.items())}
    by_entry = {entry: sorted(others) for entry, others in sorted(crossed.items()) if others}
    return {"pairs": grouped, "unseen": last, "crossed": by_entry} if pairs or unseen else None


def _read(
    plain: Mapping[str, Any], now: Mapping[EntryId, EntryId]
) -> tuple[dict[Pair, datetime], dict[EntryId, Measure], dict[EntryId, frozenset[EntryId]]]:
    """What `_plain` wrote, under the keys that the entries have `now`."""

    def key(entry: str) -> EntryId:
        return now.get(EntryId(entry), EntryId(entry))

    pairs = {
        (key(upper), key(lower)): datetime.fromtimestamp(since, UTC)
        for upper, lowers in plain.get("pairs", {}).items()
        for lower, since in lowers.items()
    }
    last = {
        key(entry): Measure(value=value, low=low, high=high, decimals=decimals, raw=raw)
        for entry, (value, low, high, decimals, raw) in plain.get("unseen", {}).items()
    }
    crossed = {key(entry): frozenset(map(key, others)) for entry, others in plain.get("crossed", {}).items()}
    return pairs, last, crossed
