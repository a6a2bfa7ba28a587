"""Prices, and whatever else is listed, over time: each value holds until the next."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

from tracker.charts._frame import Look
from tracker.charts._lines import value_of, value_picture
from tracker.charts._runs import runs, stepped
from tracker.charts._words import shown, supported
from tracker.model import ChartLine, LineChart, Measure
from tracker.order import is_apart
from tracker.wording import count, day, relative


def draw(chart: LineChart, look: Look) -> str:
    """The chart; a change is drawn at the reading that first shows it."""
    note = "A step is drawn at the reading that first shows a new value."
    return value_picture(chart, look, title=_finding(chart, look), what="{}", note=note, shape=stepped)


def _finding(chart: LineChart, look: Look) -> str:
    """The largest change of a line within one segment, or that no line is known to have changed."""
    metric = chart.head.metric
    changes = [(line.label, *change) for line in chart.lines for change in _changes(line, chart)]
    among = count(len(chart.lines), "line")
    if len(chart.lines[0].points) == 1:
        return f"{chart.head.board}: {metric.title} of {among}, read once"
    if not changes:
        beyond = " beyond the published error" if supported(chart.head) else ""
        since = day(chart.head.since, look.zone)
        return f"{chart.head.board}: no change of {metric.title}{beyond} is known since {since} ({among} shown)"
    name, before, after, at = max(changes, key=lambda change: abs(change[2].value - change[1].value) / abs(change[1].value or 1))
    verb = "falls" if after.value < before.value else "rises"
    share = f" ({relative(after.value / before.value - 1)})" if before.value else ""
    figures = f"from {shown(before, metric)} to {shown(after, metric)}{share}"
    return f"{name}: {metric.title} {verb} {figures}, first seen {day(at, look.zone)}"


def _changes(line: ChartLine, chart: LineChart) -> Iterator[tuple[Measure, Measure, datetime]]:
    """The measured values before and after each change within a segment, also over a gap, and when the new one was first read."""
    for run in runs(line.points, chart.breaks, (), value_of):
        for before, after in pairwise(run):
            one, other = before.measure, after.measure
            if one is None or other is None or one.estimated or other.estimated:
                continue
            if is_apart(chart.head.metric, one, other):
                yield one, other, after.at
