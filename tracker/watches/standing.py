"""Watches over standings: the entries that meet a threshold in a snapshot, and those that newly do.

A watch fires at the edge: at the first snapshot in which an entry meets it that did not before. Whatever is unknown in a snapshot
(a drifted field, an estimate, an entry that is not visible) changes nothing. A re-based scale starts again: no model caused what
holds in its first snapshot.

Source: docs/decisions/0003-comparability.md, docs/decisions/0005-absence-and-caps.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from msgspec import Struct

from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Metric
from tracker.watches.matching import Watch, chosen

_SAYS_NOTHING = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)
_BEGINS = (Comparability.REBASED, Comparability.APPEARED)
_PLACES = 9
"""Decimals of rounded differences, so that 44.9 − 42.9 is 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The memory of a watch for one metric of a board.

    `holders` are the entries that meet it, `unseen` the last values of entries that left the page without departing, which still
    count. `begun` is False before the first snapshot.
    """

    holders: frozenset[EntryId] = frozenset()
    unseen: Mapping[EntryId, float] = field(default_factory=dict)
    begun: bool = False


class Crossing(Struct, frozen=True, kw_only=True):
    """Entries that newly meet a watch, best first. `already`: they met it when the record, the scale or their class began."""

    fresh: tuple[EntryId, ...]
    reference: EntryId | None
    already: bool


def advance(
    watch: Watch, metric: Metric, diff: Diff, hold: Hold, *, past: BoardState, following: BoardState
) -> tuple[Crossing | None, Hold]:
    """The entries that newly meet a watch on a metric, and its memory, after the diff that led from `past` to `following`."""
    verdict = diff.metrics.get(metric.id)
    if verdict is not None and (verdict.verdict in _SAYS_NOTHING or metric.id in (past.drifted & following.drifted)):
        return None, _followed(diff, following, metric, hold) if hold.begun else hold
    begins = diff.before is None or bool(diff.restart) or (verdict is not None and verdict.verdict in _BEGINS) or not hold.begun
    hold = Hold(begun=True) if begins else _followed(diff, following, metric, hold)
    field = _Field(watch, diff, metric, hold)
    status = {key: field.holds(entry) for key, entry in diff.after.entries.items()}
    true = {entry for entry, holds in status.items() if holds}
    kept = {entry for entry in hold.holders if status.get(entry) is None}
    after = replace(hold, holders=frozenset(true | kept))
    fresh = true - hold.holders
    classified = {entry for entry in fresh if _newly_classified(watch, diff, metric, entry)}
    if fresh - classified and (watch.each or not hold.holders | classified):
        return _crossing(diff, metric, fresh - classified, field, already=begins), after
    if classified and (watch.each or not hold.holders):
        return _crossing(diff, metric, classified, field, already=True), after
    return None, after


def _crossing(diff: Diff, metric: Metric, fresh: Iterable[EntryId], field: _Field, *, already: bool) -> Crossing:
    def place(entry: EntryId) -> tuple[float, EntryId]:
        return metric.sort_key(diff.after.entries[entry].measures[metric.id].value), entry

    return Crossing(fresh=tuple(sorted(fresh, key=place)), reference=field.reference, already=already)


def _followed(diff: Diff, following: BoardState, metric: Metric, hold: Hold) -> Hold:
    """The memory under the current keys, without departed entries, and with those that left the page."""
    current = {former: entry for entry, former in diff.rekeyed.items()}
    listed, known = diff.after.entries, following.known
    gone = {current.get(entry, entry): value for entry, value in hold.unseen.items()}
    for entry in (*diff.missing, *diff.hidden):
        measure = diff.before.entries[entry].measures.get(metric.id) if diff.before else None
        if measure is not None and not measure.estimated and not metric.places:  # others are in its place
            gone[entry] = measure.value

    def departed(entry: EntryId) -> bool:
        return entry not in listed and (entry not in known or known[entry].departed)

    unseen = {entry: value for entry, value in gone.items() if entry not in listed and not departed(entry)}
    holders = frozenset(holder for entry in hold.holders if not departed(holder := current.get(entry, entry)))
    return Hold(holders=holders, unseen=unseen, begun=True)


def _newly_classified(watch: Watch, diff: Diff, metric: Metric, entry: EntryId) -> bool:
    """Whether only the knowledge of an entry's class is new, so that nothing happened to the model."""
    before = diff.before.entries.get(entry) if diff.before else None
    return before is not None and metric.id in before.measures and watch.classes.holds(before, diff.board) is None


def points(metric: Metric) -> float:
    """The points in one unit of the metric: people count shares in per cent, however they are published."""
    return metric.percent_factor or 1.0


class _Field:
    """The values of one snapshot with which a watch's thresholds are compared.

    An estimate may rank above measured values; whatever depends on it is unknown.
    """

    def __init__(self, watch: Watch, diff: Diff, metric: Metric, hold: Hold) -> None:
        self.watch, self.board, self.metric = watch, diff.board, metric
        self.named = chosen(watch.subjects, diff.board, diff.after)
        others = [diff.after.entries[entry] for entry in sorted(chosen(watch.rivals, diff.board, diff.after))]
        measures = [(other.id, other.measures[metric.id]) for other in others if metric.id in other.measures]
        measured = {entry: measure.value for entry, measure in measures if not measure.estimated}
        unseen = {} if watch.rivals else hold.unseen
        unnamed = diff.after.unnamed if metric.primary and not watch.rivals else ()
        self.reference = min(measured, key=lambda entry: (metric.sort_key(measured[entry]), entry), default=None)
        certain = [*measured.values(), *unseen.values(), *unnamed]
        everything = [*certain, *(measure.value for _, measure in measures if measure.estimated)]
        self.orders = [sorted(metric.sort_key(value) for value in values) for values in (certain, everything)]

    def holds(self, entry: Entry) -> bool | None:
        """Whether an entry meets the watch; None if that is unknown."""
        if entry.id not in self.named:
            return False
        classed = self.watch.classes.holds(entry, self.board)
        measure = entry.measures.get(self.metric.id)
        if classed is False:
            return False
        if classed is None or (measure is not None and measure.estimated):
            return None
        if measure is None:
            return False
        return self._meets(measure.value)

    def _meets(self, value: float) -> bool | None:
        watch, counted = self.watch, round(value * points(self.metric), _PLACES)
        if (watch.above is not None and counted <= watch.above) or (watch.below is not None and counted >= watch.below):
            return False
        verdicts = {self._is_near(value, order) for order in self.orders}
        return verdicts.pop() if len(verdicts) == 1 else None

    def _is_near(self, value: float, order: list[float]) -> bool | None:
        """Whether a value is within the distance to the best of `order`, and within the top ranks."""
        watch, place = self.watch, self.metric.sort_key(value)
        if watch.within is not None:
            if not order:
                return None
            if round((place - order[0]) * points(self.metric), _PLACES) > watch.within:
                return False
        return watch.top is None or sum(other < place for other in order) < watch.top
