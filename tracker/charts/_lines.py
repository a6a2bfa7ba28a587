"""Values over time: what the forms with an axis of values share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from tracker.charts._frame import (
    Box,
    Label,
    Look,
    break_rows,
    dot,
    group,
    path,
    picture,
    source,
    time_axis,
    time_scale,
    value_axis,
)
from tracker.charts._runs import Pixel, is_estimated, runs, stretches
from tracker.charts._scale import Scale, linear, log_ticks, logarithmic, padded, shown_range, spread, ticks, upward
from tracker.charts._text import width
from tracker.charts._words import describe, estimates, shown, subtitle
from tracker.model import ChartLine, ChartPoint, LineChart
from tracker.wording import number

Shape = Callable[[Sequence[Pixel]], Sequence[Pixel]]
"""The corners of a line through some pixels."""
_WIDE_RANGE = 25
"""The ratio of the highest to the lowest of prices from which they are shown by orders of magnitude."""
_LABEL_GAP = 15.0


def value_of(point: ChartPoint) -> float | None:
    """The value of a point, if it has one."""
    return point.measure.value if point.measure else None


def value_picture(chart: LineChart, look: Look, *, title: str, what: str, note: str, shape: Shape, bands: bool = False) -> str:
    """Lines of values over time: of every line its last value at its end; `bands` shows the published intervals behind them."""
    labels = [
        Label(name=line.label, more=shown(line.last.measure, chart.head.metric) or "not listed now") for line in chart.lines
    ]
    room = min(max((label.room for label in labels), default=0) + 22, look.width * (0.42 if look.narrow else 0.36))
    rows = 14 * (1 + max((row for *_, row in break_rows(chart, look, look.width - 2 * look.margin - room)), default=-1))

    def body(box: Box) -> Iterator[str]:
        inner = Box(left=box.left, top=box.top + rows + 8, right=box.right - room, bottom=box.bottom - 22)
        yield from _body(chart, inner, look, labels, shape, bands=bands)

    return picture(
        look,
        title=title,
        subtitle=subtitle(chart.head, look, what),
        notes=(note + estimates(point.measure for line in chart.lines for point in line.points), source(chart.head, look)),
        description=describe(chart.lines, chart.head.metric, title),
        height=max(300.0 if look.narrow else 320.0, len(labels) * _LABEL_GAP + 60) + rows,
        draw=body,
    )


def _scale(chart: LineChart, box: Box, *, bands: bool) -> tuple[Scale, list[tuple[float, str]]]:
    """The pixel of a value, and the round values with their texts."""
    measures = [point.measure for line in chart.lines for point in line.points if point.measure is not None]
    ends = chain.from_iterable((each.low, each.high) for each in measures if bands and each.low is not None)
    values = [each.value for each in measures] + [end for end in ends if end is not None]
    metric, most = chart.head.metric, max(3, int((box.bottom - box.top) / 55))
    if metric.is_cost and min(values) > 0 and max(values) / min(values) > _WIDE_RANGE:
        low, high = min(values) / 1.2, max(values) * 1.2
        return logarithmic(low, high, box.bottom, box.top), [(each, number(each, metric)) for each in log_ticks(low, high, most)]
    low, high = padded((*values, *shown_range(metric, measures)))
    low = max(0.0, low) if min(values) >= 0 else low
    return linear(low, high, *upward(metric, box.bottom, box.top)), [
        (each, number(each, metric)) for each in ticks(low, high, most)
    ]


def _body(chart: LineChart, box: Box, look: Look, labels: Sequence[Label], shape: Shape, *, bands: bool) -> Iterator[str]:
    y, marks = _scale(chart, box, bands=bands)
    yield from value_axis(marks, y, box, box.left)
    box = replace(box, left=box.left + 8 + max(width(label, 11) for _, label in marks))
    x = time_scale(chart.head, box)
    yield from time_axis(chart, box, look)
    colours = [f"k{place}" for place in range(len(chart.lines))]
    if bands:
        for line, colour in zip(chart.lines, colours, strict=True):
            yield group(colour, _bands(line, chart, x, y))
    for line, colour in reversed([*zip(chart.lines, colours, strict=True)]):
        drawn: list[str] = []
        for run in runs(line.points, chart.breaks, chart.gaps, value_of):
            pixels = [(x(point.at), y(point.measure.value)) for point in run if point.measure is not None]
            drawn += (path(shape(piece), "l u" if estimated else "l") for estimated, piece in stretches(run, pixels))
            drawn += (dot(*pixels[place], 3.4, hollow=is_estimated(run[place])) for place in dict.fromkeys((0, len(run) - 1)))
        yield group(colour, drawn)
    ends = [next(point.measure.value for point in reversed(line.points) if point.measure is not None) for line in chart.lines]
    for label, colour, end, place in zip(
        labels, colours, ends, spread(list(map(y, ends)), _LABEL_GAP, box.top, box.bottom), strict=True
    ):
        if abs(place - y(end)) > 2:
            yield group(colour, [path([(box.right + 5, y(end)), (box.right + 15, place)], "y")])
        yield label.draw(box.right + 18, place + 4, look.width - box.right - 22, colour)


def _bands(line: ChartLine, chart: LineChart, x: Callable[..., float], y: Scale) -> Iterator[str]:
    """The intervals of a line, wherever they are published."""

    def high(point: ChartPoint) -> float | None:
        return point.measure.high if point.measure and point.measure.low is not None else None

    for run in runs(line.points, chart.breaks, chart.gaps, high):
        ends = [(x(point.at), point.measure) for point in run if point.measure is not None]
        upper = [(at, y(each.high)) for at, each in ends if each.high is not None]
        lower = [(at, y(each.low)) for at, each in ends if each.low is not None]
        if len(run) == 1:
            yield path([upper[0], lower[0]], "y")
        else:
            yield path([*upper, *reversed(lower)], "r", closed=True)
