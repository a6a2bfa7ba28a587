"""Scores over time with their published intervals: a line within a band for each lab or entry."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.charts._frame import Look
from tracker.charts._lines import value_picture
from tracker.charts._runs import Pixel, thinned
from tracker.charts._words import lead_words
from tracker.model import LineChart

_TOLERANCE = 0.4


def draw(chart: LineChart, look: Look) -> str:
    """The chart of the named lines; a change is drawn between the two readings it happened between."""
    measures = [point.measure for line in chart.lines for point in line.points]
    has_intervals = any(measure is not None and measure.half_width is not None for measure in measures)
    error = chart.head.metric.stated_error
    note = "Shaded: the published 95 % interval." if has_intervals else "No intervals are published."
    if error is not None and not has_intervals:
        note = f"The publisher states an error of {error:g} between two values."
    title = lead_words(chart.head, chart.lines)
    return value_picture(chart, look, title=title, what="{}", note=note, shape=_joined, bands=has_intervals)


def _joined(pixels: Sequence[Pixel]) -> Sequence[Pixel]:
    return thinned(pixels, _TOLERANCE)
