"""Whether one entry is at least level with another, metric by metric, on one page."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from statistics import median

from msgspec import Struct

from tracker.events._values import is_whole, measured
from tracker.model import BoardState, Diff, EntryId, Measure, Metric, MetricId, Snapshot
from tracker.order import certainty

SHARED = 3
"""The number of metrics with an error on which two entries must be level, or all if there are fewer; always the primary one."""
_TOO_WIDE = 2.0
"""An interval wider than the board's median interval by this factor shows no level."""


def states_error(metric: Metric, measure: Measure, other: Measure) -> bool:
    """Whether the error between the two is known: it is stated, or both have an interval."""
    return metric.stated_error is not None or (measure.half_width is not None and other.half_width is not None)


def is_apart(metric: Metric, measure: Measure, other: Measure) -> bool:
    """Whether the gap exceeds the error, as for an overtake. False where no error is known."""
    return certainty(metric, measure, other) != "nominal"


def _is_behind(metric: Metric, measure: Measure, other: Measure) -> bool:
    return metric.better(other.value, measure.value) and is_apart(metric, measure, other)


class Comparison(Struct, frozen=True, kw_only=True):
    """The values of two entries, [first, second], by metric.

    `held`: the first is at least level; `failed`: it is worse beyond the error; `unjudged`: no error is known.
    """

    held: Mapping[MetricId, list[float]]
    failed: Mapping[MetricId, list[float]]
    unjudged: Mapping[MetricId, list[float]]


class Judge:
    """Compares the entries of one page on its ranked metrics, of which `judging` state an error."""

    def __init__(self, diff: Diff, past: BoardState, primary: Metric, snapshot: Snapshot) -> None:
        self.primary, self._entries = primary, snapshot.entries
        self.metrics = [metric for metric in diff.board.metrics if metric.ranked and is_whole(diff, past, metric)]
        self._widths = {metric.id: _typical_width(snapshot, metric.id) for metric in self.metrics}
        self.judging = [
            metric for metric in self.metrics if metric.stated_error is not None or self._widths[metric.id] is not None
        ]

    def can_judge(self, entry: EntryId) -> bool:
        """Whether the entry's value on the metric that ranks the board is exact enough to be level with another."""
        return self.primary in self.judging and not self._is_vague(self.primary, self._primary_of(entry))

    def is_within(self, entry: EntryId, other: EntryId) -> bool:
        """Whether the two lie within the error of each other on the metric that ranks the board."""
        first, second = self._primary_of(entry), self._primary_of(other)
        return not _is_behind(self.primary, first, second) and not _is_behind(self.primary, second, first)

    def error(self, entry: EntryId) -> float:
        """By how much another may differ from it and still lie within the error."""
        width, usual = self._primary_of(entry).half_width, self._widths[self.primary.id]
        between = hypot(width, _TOO_WIDE * usual) if width is not None and usual is not None else 0.0
        return max(between, self.primary.stated_error or 0.0)

    def compare(self, entry: EntryId, other: EntryId) -> Comparison | None:
        """Metric by metric; None unless it is at least level on enough of them, the primary one included, and on most."""
        held: dict[MetricId, list[float]] = {}
        failed: dict[MetricId, list[float]] = {}
        unjudged: dict[MetricId, list[float]] = {}
        for metric in self.metrics:
            first, second = measured(self._entries[entry], metric), measured(self._entries[other], metric)
            if first is None or second is None:
                continue
            vague = self._is_vague(metric, first) or self._is_vague(metric, second)
            sure = states_error(metric, first, second) and not vague
            values = unjudged if not sure else failed if _is_behind(metric, first, second) else held
            values[metric.id] = [first.value, second.value]
        enough = len(held) >= min(SHARED, len(self.judging)) and len(failed) <= len(held)
        return Comparison(held=held, failed=failed, unjudged=unjudged) if enough and self.primary.id in held else None

    def _primary_of(self, entry: EntryId) -> Measure:
        return self._entries[entry].measures[self.primary.id]

    def _is_vague(self, metric: Metric, measure: Measure) -> bool:
        usual, width = self._widths[metric.id], measure.half_width
        return usual is not None and width is not None and width > _TOO_WIDE * usual


def _typical_width(snapshot: Snapshot, metric: MetricId) -> float | None:
    """The median half-width, if most values have one."""
    measures = [entry.measures[metric] for entry in snapshot.entries.values() if metric in entry.measures]
    widths = [measure.high - measure.low for measure in measures if measure.high is not None and measure.low is not None]
    return median(widths) / 2 if widths and 2 * len(widths) > len(measures) else None
