"""The order of a board over time: a line per lab or entry, which moves only when it passes, or is passed, beyond the error.

Lines whose order is not certain share a band; within it they keep the places they had.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.charts._frame import (
    Box,
    Label,
    Look,
    break_rows,
    dot,
    group,
    n,
    picture,
    rect,
    source,
    text,
    time_axis,
    time_scale,
)
from tracker.charts._runs import Pixel, is_estimated, is_parted, runs, stretches
from tracker.charts._words import describe, lead_words, shown, subtitle, supported
from tracker.model import ChartLine, ChartPoint, LineChart

PLACES = 12
"""The lowest place that is drawn; lines below it leave the picture."""
_RANK = 24.0
"""The room for a rank at the right end of a line."""


def draw(chart: LineChart, look: Look) -> str:
    """The chart; lines have colours, and context is grey. Ranks are those of the points."""
    lines = (*chart.lines, *chart.context)
    places = _places(lines)
    lowest = min(PLACES, max((place for at in places for place in at.values()), default=1))
    board = _Board(chart=chart, look=look, lines=lines, places=places, lowest=lowest)
    title = lead_words(chart.head, chart.lines)
    room = min(max(board.label(line).room for line in chart.lines) + 14 + _RANK, look.width * (0.36 if look.narrow else 0.42))
    rows = 14 * (1 + max((row for *_, row in break_rows(chart, look, look.width - 2 * look.margin - 22 - room)), default=-1))

    def body(box: Box) -> Iterator[str]:
        inner = Box(left=box.left + 22, top=box.top + rows, right=box.right - room, bottom=box.bottom - 22)
        yield from time_axis(chart, inner, look)
        yield from board.bands(inner)
        yield from board.curves(inner)
        yield from board.labels(inner)

    return picture(
        look,
        title=title,
        subtitle=subtitle(chart.head, look, "Order by {}"),
        notes=(_note(chart), source(chart.head, look)),
        description=describe(chart.lines, chart.head.metric, title),
        height=lowest * (27 if look.narrow else 25) + 22 + rows,
        draw=body,
    )


def _note(chart: LineChart) -> str:
    among = "among the entries shown, " if chart.head.chosen else ""
    return f"Numbers: the rank, {among}at the first and at the last reading. {_error_note(chart)}"


def _error_note(chart: LineChart) -> str:
    if supported(chart.head):
        return (
            "Only moves beyond the published error are drawn. The error does not separate the lines in a shaded band,"
            " which keep their places."
        )
    error = "" if chart.head.metric.exact else "No error margin is published; values are in the order published. "
    return f"{error}Equal values share a band."


def _places(lines: Sequence[ChartLine]) -> list[Mapping[int, int]]:
    """At each reading the place of each line: by rank, and among equal ranks as before, so that only ranks move lines."""
    places: list[Mapping[int, int]] = []
    for reading in range(len(lines[0].points)):
        before = places[-1] if places else {}
        ranks = {line: rank for line, drawn in enumerate(lines) if (rank := drawn.points[reading].rank) is not None}
        place, now = 0, {}
        for rank, _, line in sorted((rank, before.get(line, rank), line) for line, rank in ranks.items()):
            now[line] = place = max(place + 1, rank)
        places.append(now)
    return places


@dataclass(frozen=True, slots=True, kw_only=True)
class _Board:
    """The lines with the place of each (by its number) at each reading, down to the `lowest` place."""

    chart: LineChart
    look: Look
    lines: Sequence[ChartLine]
    places: Sequence[Mapping[int, int]]
    lowest: int

    def label(self, line: ChartLine) -> Label:
        """The name of a line, its value, and the entry that has it for a lab."""
        value = shown(line.last.measure, self.chart.head.metric)
        holder = "" if line.last.holder in ("", line.label) else f" · {line.last.holder}"
        return Label(name=line.label, more="" if self.look.narrow else f"{value}{holder}")

    def height(self, place: float, box: Box) -> float:
        """The pixel of a place."""
        return box.top + (box.bottom - box.top) * (place - 0.5) / self.lowest

    def colour(self, line: int) -> str:
        """The colour of a line; grey without a name of its own."""
        return f"k{line}" if line < len(self.chart.lines) else "x"

    def labels(self, box: Box) -> Iterator[str]:
        """The ranks where the lines begin and end, and the names of the lines where they end."""
        ends = ((0, box.left - 10), (len(self.places) - 1, box.right + _RANK))
        for reading, x in ends[-len(self.places) :]:
            for line, place in self.places[reading].items():
                if place <= self.lowest:
                    yield text(x, self.height(place, box) + 4, str(self.lines[line].points[reading].rank), "s n e")
        for line, place in self.places[-1].items():
            if place <= self.lowest:
                y, room = self.height(place, box) + 4, self.look.width - box.right - _RANK - 12
                yield self.label(self.lines[line]).draw(box.right + _RANK + 6, y, room, self.colour(line))

    def curves(self, box: Box) -> Iterator[str]:
        """The lines, the best on top, cut off below the lowest place."""
        x, below = time_scale(self.chart.head, box), self.height(self.lowest + 1, box)
        window = f"0 {n(box.top - 2)} {self.look.width} {n(box.bottom - box.top + 3)}"
        numbers = {point.at: number for number, point in enumerate(self.lines[0].points)}
        yield f'<svg y="{n(box.top - 2)}" width="{self.look.width}" height="{n(box.bottom - box.top + 3)}" viewBox="{window}">'
        for line in reversed(range(len(self.lines))):
            drawn: list[str] = []
            for run in runs(self.lines[line].points, self.chart.breaks, self.chart.gaps, lambda point: point.rank):
                places = [self.places[numbers[point.at]][line] for point in run]
                heights = [self.height(place, box) if place <= self.lowest else below for place in places]
                pixels = [(x(point.at), height) for point, height in zip(run, heights, strict=True)]
                drawn += (
                    f'<path class="l{" u" if dotted else ""}" d="{_curve(piece)}"/>' for dotted, piece in stretches(run, pixels)
                )
                drawn += _ends(run, pixels, below, 3.6 if line < len(self.chart.lines) else 2)
            yield group(self.colour(line), drawn)
        yield "</svg>"

    def bands(self, box: Box) -> Iterator[str]:
        """A shade behind lines of one rank, from the first to the last reading at which the band has the same places."""
        x, times = time_scale(self.chart.head, box), [point.at for point in self.lines[0].points]
        begun: dict[tuple[int, int], int] = {}
        for reading in range(len(times) + 1):
            is_end = reading == len(times)
            parted = is_end or (reading > 0 and is_parted(times[reading - 1], times[reading], self.chart.breaks, self.chart.gaps))
            now = set() if is_end else self._tied(reading)
            for band in sorted(begun if parted else begun.keys() - now):
                start, end = x(times[begun.pop(band)]), x(times[reading - 1])
                yield rect(start - 6, self.height(band[0] - 0.42, box), end + 6, self.height(band[1] + 0.42, box), "v", 5)
            begun |= dict.fromkeys(now - begun.keys(), reading)

    def _tied(self, reading: int) -> set[tuple[int, int]]:
        """The first and the last place of each band at a reading."""
        members: dict[int | None, list[int]] = {}
        for line, place in self.places[reading].items():
            if place <= self.lowest:
                members.setdefault(self.lines[line].points[reading].rank, []).append(place)
        return {(min(found), max(found)) for found in members.values() if len(found) > 1}


def _curve(pixels: Sequence[Pixel]) -> str:
    """A line that is level at each reading and bends between two."""
    at, height = pixels[0]
    drawn = f"M{n(at)} {n(height)}"
    for (left, top), (right, bottom) in pairwise(pixels):
        if top != bottom:
            middle = n((left + right) / 2)
            drawn += f"H{n(left)}" if left != at else ""
            drawn += f"C{middle} {n(top)} {middle} {n(bottom)} {n(right)} {n(bottom)}"
            at = right
    return drawn + (f"H{n(pixels[-1][0])}" if pixels[-1][0] != at else "")


def _ends(run: Sequence[ChartPoint], pixels: Sequence[Pixel], below: float, radius: float) -> Iterator[str]:
    for place in dict.fromkeys((0, len(run) - 1)):
        if pixels[place][1] != below:
            yield dot(*pixels[place], radius, hollow=is_estimated(run[place]))
