"""Two dates side by side: where each line was, and where it is. No line joins values of two segments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.charts._frame import Box, Label, Look, dot, group, path, picture, source, text
from tracker.charts._lines import value_of
from tracker.charts._runs import is_estimated, runs
from tracker.charts._scale import Scale, linear, padded, shown_range, spread, upward
from tracker.charts._text import width
from tracker.charts._words import describe, estimates, lead_words, shown, subtitle, supported
from tracker.model import ChartLine, ChartPoint, LineChart, Measure
from tracker.order import is_apart
from tracker.wording import day, difference

_LABEL_GAP, _DATE = 16.0, 80.0


def draw(chart: LineChart, look: Look) -> str:
    """The first and the last reading of the chart's lines, and which changed most."""
    title = _finding(chart)
    measures = [point.measure for line in chart.lines for point in (line.points[0], line.last)]
    labels = [_pair(line, chart, look) for line in chart.lines]
    left = min(max(label.room for pair in labels for label in pair[:1]), look.width * 0.38)
    right = min(max(label.room for pair in labels for label in pair[1:]), look.width * 0.38)

    def body(box: Box) -> Iterator[str]:
        yield from _body(
            chart, Box(left=box.left + left + 18, top=box.top + 22, right=box.right - right - 18, bottom=box.bottom), look
        )

    return picture(
        look,
        title=title,
        subtitle=subtitle(chart.head, look),
        notes=(_note(chart, measures), source(chart.head, look)),
        description=describe(chart.lines, chart.head.metric, title),
        height=max(260.0, len(chart.lines) * 30.0) + 22,
        draw=body,
    )


def _note(chart: LineChart, measures: Sequence[Measure | None]) -> str:
    of_labs = any(point.holder not in ("", line.label) for line in chart.lines for point in line.points)
    best = "A lab's line joins its best entries of the two dates, which may be two models. " if of_labs else ""
    error = "" if supported(chart.head) or chart.head.metric.exact else "No error margin is published. "
    return f"{best}{error}{estimates(measures)}".strip()


def _pair(line: ChartLine, chart: LineChart, look: Look) -> tuple[Label, Label]:
    first, last = (shown(point.measure, chart.head.metric) for point in (line.points[0], line.last))
    return Label(name="" if look.narrow else line.label, more=first), Label(name=line.label, more=last)


def _joined(line: ChartLine, chart: LineChart) -> bool:
    """Whether both dates have a value, and nothing between them forbids a line."""
    ends = (line.points[0], line.last)
    return all(value_of(point) is not None for point in ends) and len(runs(ends, chart.breaks, (), value_of)) == 1


def _finding(chart: LineChart) -> str:
    """The line that gained most beyond the error, or who leads if none did, or nothing can be compared."""
    metric = chart.head.metric
    gains: list[tuple[float, str, Measure, Measure]] = []
    for line in chart.lines:
        before, after = line.points[0].measure, line.last.measure
        if before is None or after is None or before.estimated or after.estimated:
            continue
        if _joined(line, chart) and is_apart(metric, before, after):
            gains.append((metric.sort_key(before.value) - metric.sort_key(after.value), line.label, before, after))
    if chart.breaks or not gains or max(gains)[0] <= 0 or metric.higher_is_better is None:
        return lead_words(chart.head, chart.lines)
    _, name, before, after = max(gains, key=lambda gain: gain[0])
    gain = difference(abs(after.value - before.value), metric, before.value, after.value)
    values = f"{gain} from {shown(before, metric)} to {shown(after, metric)}"
    verb = "gains" if metric.higher_is_better else "falls"
    return f"{name} {verb} most among the first {len(chart.lines)} of {chart.head.board}, {values}"


def _body(chart: LineChart, box: Box, look: Look) -> Iterator[str]:
    measures = [point.measure for line in chart.lines for point in (line.points[0], line.last) if point.measure is not None]
    low, high = padded(shown_range(chart.head.metric, measures), 0.03)
    y = linear(low, high, *upward(chart.head.metric, box.bottom, box.top))
    for x, point, anchor in ((box.left, chart.lines[0].points[0], " e"), (box.right, chart.lines[0].last, "")):
        yield path([(x, box.top), (x, box.bottom)], "z")
        yield text(x, box.top - 10, day(point.at, look.zone), f"s n{anchor if x > _DATE else ''}")
    if chart.breaks:
        middle = (box.left + box.right) / 2
        label = "re-based: not comparable" if width("re-based: not comparable", 11) < box.right - box.left else "re-based"
        yield path([(middle, box.top), (middle, box.bottom)], "p")
        yield text(middle, box.top - 10, label, "s n m")
    colours = [f"k{place}" for place in range(len(chart.lines))]
    for line, colour in reversed([*zip(chart.lines, colours, strict=True)]):
        ends = [
            (x, y(point.measure.value), point)
            for x, point in ((box.left, line.points[0]), (box.right, line.last))
            if point.measure
        ]
        drawn = [path([(x, height) for x, height, _ in ends], "l")] if _joined(line, chart) else []
        yield group(colour, [*drawn, *(dot(x, height, 3.6, hollow=is_estimated(point)) for x, height, point in ends)])
    yield from _labels(chart, box, look, y, colours)


def _labels(chart: LineChart, box: Box, look: Look, y: Scale, colours: Sequence[str]) -> Iterator[str]:
    for side in (0, 1):
        points: list[tuple[int, ChartPoint, Measure]] = [
            (place, point, point.measure)
            for place, line in enumerate(chart.lines)
            if (point := line.last if side else line.points[0]).measure is not None
        ]
        heights = [y(measure.value) for _, _, measure in points]
        for (place, _, _), wanted, at in zip(points, heights, spread(heights, _LABEL_GAP, box.top, box.bottom), strict=True):
            label = _pair(chart.lines[place], chart, look)[side]
            edge, out = (box.right, 1) if side else (box.left, -1)
            if abs(at - wanted) > 2:
                yield group(colours[place], [path([(edge + 5 * out, wanted), (edge + 14 * out, at)], "y")])
            room = look.width - box.right - 20 if side else box.left - 20
            yield label.draw(edge + 17 * out, at + 4, room, colours[place] + ("" if side else " e"))
