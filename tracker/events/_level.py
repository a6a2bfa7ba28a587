"""Whether one entry is at least level with another, metric by metric, on one page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from statistics import median

from tracker.events._margin import behind, states_error
from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Measure, Metric, MetricDiff, MetricId, Snapshot

SHARED = 3
"""On so many metrics that state an error it must hold, the primary one among them; on all of them where the board has fewer."""
_TOO_WIDE = 2.0
"""An interval so many times as wide as the board's median one shows no level."""
_UNUSABLE = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two entries metric by metric, [mine, theirs]. `held`: at least level; `failed`: worse beyond the error; `unjudged`: no error known."""

    held: Mapping[MetricId, list[float]]
    failed: Mapping[MetricId, list[float]]
    unjudged: Mapping[MetricId, list[float]]

    @property
    def judged(self) -> int:
        """On how many metrics that state an error the two can be compared."""
        return len(self.held) + len(self.failed)


class Judge:
    """Compares the entries of one page on its ranked metrics, of which `judging` state an error."""

    def __init__(self, diff: Diff, past: BoardState, primary: Metric, snapshot: Snapshot) -> None:
        self.primary, self._entries = primary, snapshot.entries
        self.metrics = [metric for metric in diff.board.metrics if metric.ranked and is_usable(diff.metrics[metric.id], past)]
        self._widths = {metric.id: _typical_width(snapshot, metric.id) for metric in self.metrics}
        self.judging = [one for one in self.metrics if one.stated_error is not None or self._widths[one.id] is not None]

    def can_judge(self, entry: EntryId) -> bool:
        """Whether the entry's value on the metric that ranks the board is exact enough to be level with anybody's."""
        return self.primary in self.judging and not self._is_vague(self.primary, self._primary_of(entry))

    def is_within(self, entry: EntryId, other: EntryId) -> bool:
        """Whether the two lie within the error of each other on the metric that ranks the board."""
        mine, theirs = self._primary_of(entry), self._primary_of(other)
        return not behind(self.primary, mine, theirs) and not behind(self.primary, theirs, mine)

    def error(self, entry: EntryId) -> float:
        """By how much another may differ from it and still lie within the error."""
        width, usual = self._primary_of(entry).half_width, self._widths[self.primary.id]
        between = hypot(width, _TOO_WIDE * usual) if width is not None and usual is not None else 0.0
        return max(between, self.primary.stated_error or 0.0)

    def compare(self, entry: EntryId, other: EntryId) -> Comparison | None:
        """Metric by metric; None unless it is at least level on enough of them, the primary one included, and on most."""
        kept: tuple[dict[MetricId, list[float]], ...] = ({}, {}, {})
        held, failed, unjudged = kept
        for metric in self.metrics:
            mine, theirs = _both_measured(self._entries[entry], self._entries[other], metric.id)
            if mine is None or theirs is None:
                continue
            vague = self._is_vague(metric, mine) or self._is_vague(metric, theirs)
            sure = states_error(metric, mine, theirs) and not vague
            (unjudged if not sure else failed if behind(metric, mine, theirs) else held)[metric.id] = [mine.value, theirs.value]
        enough = len(held) >= min(SHARED, len(self.judging)) and len(failed) <= len(held)
        return Comparison(held=held, failed=failed, unjudged=unjudged) if enough and self.primary.id in held else None

    def _primary_of(self, entry: EntryId) -> Measure:
        return self._entries[entry].measures[self.primary.id]

    def _is_vague(self, metric: Metric, measure: Measure) -> bool:
        usual, width = self._widths[metric.id], measure.half_width
        return usual is not None and width is not None and width > _TOO_WIDE * usual


def is_usable(verdict: MetricDiff, past: BoardState) -> bool:
    """Whether values of one page may be compared: a re-based scale does no harm, a field that lost its values does."""
    return verdict.verdict not in _UNUSABLE and verdict.metric not in past.drifted


def _both_measured(one: Entry, other: Entry, metric: MetricId) -> Sequence[Measure | None]:
    measures = (one.measures.get(metric), other.measures.get(metric))
    return [None if measure is None or measure.estimated else measure for measure in measures]


def _typical_width(snapshot: Snapshot, metric: MetricId) -> float | None:
    """The median half-width, where most values have one."""
    shown = [one.measures[metric] for one in snapshot.entries.values() if metric in one.measures]
    widths = [measure.high - measure.low for measure in shown if measure.high is not None and measure.low is not None]
    return median(widths) / 2 if widths and 2 * len(widths) > len(shown) else None
