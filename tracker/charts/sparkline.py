"""One line over time, as small as a word: no axes, no text but its alternative."""

from __future__ import annotations

from collections.abc import Sequence

from tracker.charts._frame import Look, dot, group, path, svg
from tracker.charts._lines import value_of
from tracker.charts._runs import Pixel, is_estimated, runs, stepped, stretches, thinned
from tracker.charts._scale import linear, shown_range, upward
from tracker.charts._text import quoted
from tracker.charts._theme import stylesheet
from tracker.charts._words import shown
from tracker.model import LineChart, Nature
from tracker.wording import day

WIDTH, HEIGHT = 120, 26
_EDGE = 4


def draw(chart: LineChart, look: Look) -> str:
    """The first line of the chart, as wide as the look says if that is less than WIDTH."""
    line, wide = chart.lines[0], min(look.width, WIDTH)
    low, high = shown_range(chart.head.metric, [point.measure for point in line.points if point.measure is not None])
    x = linear(chart.head.since.timestamp(), chart.head.read_until.timestamp(), _EDGE, wide - _EDGE)
    y = linear(low, high, *upward(chart.head.metric, HEIGHT - _EDGE, _EDGE))
    shape = stepped if chart.head.metric.nature is Nature.LISTED else _joined
    drawn: list[str] = []
    for run in runs(line.points, chart.breaks, chart.gaps, value_of):
        pixels = [(x(point.at.timestamp()), y(value_of(point) or 0.0)) for point in run]
        drawn += (path(shape(piece), "l u" if estimated else "l") for estimated, piece in stretches(run, pixels))
        drawn.append(dot(*pixels[-1], 2.6 if run[-1] is line.last else 1.4, hollow=is_estimated(run[-1])))
    metric, period = chart.head.metric, f"{day(chart.head.since, look.zone)} to {day(chart.head.read_until, look.zone)}"
    first = next(point.measure for point in line.points if point.measure is not None)
    last = shown(line.last.measure, metric) or "not listed"
    title = f"{line.label}, {metric.title}: {shown(first, metric)} to {last}, {period}"
    style = f"<style>{stylesheet(look.theme)}</style>" if look.styled else ""
    return svg(wide, HEIGHT, f"<title>{quoted(title)}</title>{style}{group('k0', drawn)}")


def _joined(pixels: Sequence[Pixel]) -> Sequence[Pixel]:
    return thinned(pixels, 0.3)
