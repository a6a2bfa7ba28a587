"""A standing: a dot per model with its published interval; models that the error does not separate share a band."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, groupby

from tracker.charts._frame import Box, Look, dot, group, path, picture, rect, source, text
from tracker.charts._scale import Scale, linear, padded, ticks
from tracker.charts._text import fit, width
from tracker.charts._words import estimates, shown, standing_words, subtitle, supported
from tracker.model import ChartRow, StandingChart
from tracker.wording import count, number

_ROW = 22.0


def draw(chart: StandingChart, look: Look) -> str:
    """The chart, the best row first."""
    title = standing_words(chart, with_rival=True)
    among = "Only chosen models are ranked. " if chart.head.chosen else ""
    more = f"{among}The first {len(chart.rows)} of {count(chart.of, 'model')}, each with its best variant. "
    tied = (
        "Rank: 1 + the number of models that are better beyond the published error; equal ranks share a band."
        if supported(chart.head)
        else ""
    )
    has_intervals = any(row.measure.half_width is not None for row in chart.rows)
    lines = "Lines: the published 95 % interval. " if has_intervals else ""
    values = "; ".join(f"{row.rank} {row.name} {shown(row.measure, chart.head.metric)}" for row in chart.rows[:12])
    return picture(
        look,
        title=title,
        subtitle=subtitle(chart.head, look),
        notes=(f"{more}{lines}{tied}{estimates(row.measure for row in chart.rows)}", source(chart.head, look)),
        description=f"{title}. {values}.",
        height=len(chart.rows) * _ROW + 24,
        draw=lambda box: _body(chart, box, look),
    )


def _body(chart: StandingChart, box: Box, look: Look) -> Iterator[str]:
    metric = chart.head.metric
    names = min(max(width(row.name, 12) for row in chart.rows) * 1.06 + 34, look.width * (0.5 if look.narrow else 0.42))
    values = max(width(shown(row.measure, metric), 12) for row in chart.rows)
    inner = Box(left=box.left + names + 8, top=box.top, right=box.right - values - 10, bottom=box.bottom - 24)
    ends = chain.from_iterable((row.measure.low, row.measure.value, row.measure.high) for row in chart.rows)
    low, high = padded([end for end in ends if end is not None])
    x = linear(low, high, *((inner.right, inner.left) if metric.higher_is_better is False else (inner.left, inner.right)))
    for band in _bands(chart):
        yield rect(box.left - 6, inner.top + band[0] * _ROW + 1, box.right + 6, inner.top + band[1] * _ROW - 1, "v", 4)
    for tick in ticks(low, high, max(2, int((inner.right - inner.left) / 70))):
        yield path([(x(tick), inner.top), (x(tick), inner.bottom)], "a")
        yield text(x(tick), inner.bottom + 15, number(tick, metric), "s n m")
    for place, row in enumerate(chart.rows):
        y = inner.top + _ROW * (place + 0.5)
        yield text(box.left + 18, y + 4, str(row.rank), "s n e")
        yield text(box.left + 26, y + 4, fit(row.name, names - 26, 12), "b" if place == 0 else "")
        yield group("k0", _mark(row, x, y))
        yield text(box.right, y + 4, shown(row.measure, metric), "e")


def _mark(row: ChartRow, x: Scale, y: float) -> Iterator[str]:
    measure = row.measure
    if measure.low is not None and measure.high is not None:
        yield path([(x(measure.low), y), (x(measure.high), y)], "y")
    yield dot(x(measure.value), y, 4.2, hollow=measure.estimated)


def _bands(chart: StandingChart) -> list[tuple[int, int]]:
    """The first row and the row after the last of each group of rows next to each other that share a rank."""
    bands, start = [], 0
    for _, group_of in groupby(chart.rows, key=lambda row: row.rank):
        end = start + len(list(group_of))
        bands += [(start, end)] if end - start > 1 else []
        start = end
    return bands
