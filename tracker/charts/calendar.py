"""When a board changed, and how much: a square per day, larger with more changed entries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from math import ceil, sqrt
from typing import NamedTuple

from tracker.charts._frame import Box, Look, group, n, picture, rect, source, text
from tracker.charts._text import width
from tracker.model import CalendarChart
from tracker.wording import count
from tracker.wording import day as wording_day

_SMALLEST, _LARGEST, _TITLES, _DAYS = 16.0, 26.0, 20.0, 34.0


def draw(chart: CalendarChart, look: Look) -> str:
    """Weeks are columns, from Monday down; further rows of weeks follow below if they do not fit."""
    first, last = (at.date() for at in (chart.head.since, chart.head.as_of))
    start = first - timedelta(days=first.weekday())
    weeks = (last - start).days // 7 + 1
    room = look.width - 2 * look.margin - _DAYS
    cell = min(_LARGEST, max(_SMALLEST, room // weeks))
    across = int(room / cell)
    blocks = ceil(weeks / across)
    changed = {day: number for day, number in chart.changed.items() if number}
    title = _finding(chart, changed)
    most = "; ".join(f"{day} {number}" for day, number in sorted(changed.items(), key=lambda each: (-each[1], each[0]))[:10])
    rebased = "A ring marks a re-base. " if chart.rebased else ""
    note = (
        f"A square is filled the more, the more entries changed; empty: read, no change; none: not read. {rebased}Days are UTC."
    )
    return picture(
        look,
        title=title,
        subtitle=f"Entries with a new value of {chart.head.metric.title}; as of {wording_day(chart.head.as_of, look.zone)}",
        notes=(note, source(chart.head, look)),
        description=f"{title}. Entries that changed, by day: {most or 'none'}.",
        height=blocks * (7 * cell + _TITLES) + 4,
        draw=lambda box: _body(chart, _Grid(box.left + _DAYS, box.top, cell, across), box, start, last),
    )


def _finding(chart: CalendarChart, changed: dict[date, int]) -> str:
    days = count(len(chart.changed), "day")
    if not changed:
        return f"{chart.head.board} did not change on {days} with a reading"
    day = min(changed, key=lambda each: (-changed[each], each))
    why = ", when it was re-based" if day in chart.rebased else ""
    return f"{chart.head.board} changed on {len(changed)} of {days} with a reading, most on {day} ({changed[day]:,} entries){why}"


class _Grid(NamedTuple):
    """Where the days are: the first square, the size of squares, and how many weeks are side by side."""

    left: float
    top: float
    cell: float
    across: int

    def place(self, weeks: int, weekday: int) -> tuple[float, float]:
        """The left upper corner of a day's square."""
        row, column = divmod(weeks, self.across)
        return self.left + column * self.cell, self.top + row * (7 * self.cell + _TITLES) + _TITLES + weekday * self.cell


def _body(chart: CalendarChart, grid: _Grid, box: Box, start: date, last: date) -> Iterator[str]:
    free, shown_year = 0.0, 0
    for weeks in range((last - start).days // 7 + 1):
        monday, (left, top) = start + timedelta(weeks=weeks), grid.place(weeks, 0)
        if weeks % grid.across == 0:
            free, shown_year = 0.0, 0
            for weekday, name in ((0, "Mon"), (3, "Thu"), (6, "Sun")):
                yield text(box.left, top + (weekday + 0.5) * grid.cell + 4, name, "s n")
        day = monday + timedelta(days=6)
        label = f"{day:%b}" if shown_year == day.year else f"{day:%b %Y}"
        is_new = day.day <= 7 or weeks % grid.across == 0
        if is_new and left >= free and left + width(label, 11) <= box.right:
            yield text(left + 1, top - 6, label, "s n")
            free, shown_year = left + width(label, 11) + 6, day.year
        for weekday in range(7):
            if (day := monday + timedelta(days=weekday)) <= last:
                yield from _square(chart, day, grid, (weeks, weekday))


def _square(chart: CalendarChart, day: date, grid: _Grid, place: tuple[int, int]) -> Iterator[str]:
    half_cell, (left, top) = grid.cell / 2, grid.place(*place)
    x, y, edge = left + half_cell, top + half_cell, half_cell - 1.5
    number, most = chart.changed.get(day), max(chart.changed.values(), default=0)
    if day > chart.head.read_until.date():
        yield rect(x - edge, y - edge, x + edge, y + edge, "v", 2)
    if number is None:
        return
    yield rect(x - edge, y - edge, x + edge, y + edge, "w", 2)
    if number:
        half = max(1.8, (edge - 0.5) * sqrt(number / most))
        yield group("k0", [rect(x - half, y - half, x + half, y + half, "f", 1)])
    if day in chart.rebased:
        yield group("k1", [f'<circle class="l" cx="{n(x)}" cy="{n(y)}" r="{n(edge)}"/>'])
