"""What all charts share: the picture with its title, subtitle and source, and the axis of time with its breaks and gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from tracker.charts._scale import Scale, linear, time_ticks
from tracker.charts._text import fit, quoted, width, wrap
from tracker.charts._theme import Theme, stylesheet
from tracker.model import ChartHead, LineChart
from tracker.wording import day

SIZE, _BOLD = 12, 1.12
"""The font size of labels, and how much wider bold letters are."""
_TITLE = 0.83
"""The share of the width that a title fills: its bold letters are wider in some fonts."""
NARROW = 500
"""Pixels: a narrower chart is for a phone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a chart is to look: its width in pixels, its colours, its time zone; `styled`: it brings its own style sheet."""

    width: int = 720
    theme: Theme = Theme.AUTO
    zone: tzinfo = UTC
    styled: bool = True

    @property
    def narrow(self) -> bool:
        """Whether it is for a phone."""
        return self.width < NARROW

    @property
    def margin(self) -> float:
        """The empty pixels at each side."""
        return 14 if self.narrow else 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The pixels in which the values are drawn."""

    left: float
    top: float
    right: float
    bottom: float


def n(value: float) -> str:
    """A coordinate, in tenths of a pixel."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text(x: float, y: float, words: str, style: str = "") -> str:
    """A line of text with its base line at `y`."""
    shown, styled = quoted(words), f' class="{style}"' if style else ""
    return f'<text x="{n(x)}" y="{n(y)}"{styled}>{shown}</text>' if shown else ""


def path(pixels: Iterable[tuple[float, float]], style: str, *, closed: bool = False) -> str:
    """A line through some pixels."""
    drawn = "L".join(f"{n(x)} {n(y)}" for x, y in pixels)
    return f'<path class="{style}" d="M{drawn}{"Z" if closed else ""}"/>'


def rect(left: float, top: float, right: float, bottom: float, style: str, radius: float = 0) -> str:  # noqa: PLR0917  # the corners in the order of CSS
    """A filled rectangle."""
    round_ = f' rx="{n(radius)}"' if radius else ""
    return f'<rect class="{style}" x="{n(left)}" y="{n(top)}" width="{n(right - left)}" height="{n(bottom - top)}"{round_}/>'


def dot(x: float, y: float, radius: float, *, hollow: bool) -> str:
    """A point; of an estimate it is hollow."""
    return f'<circle class="{"o" if hollow else "f"}" cx="{n(x)}" cy="{n(y)}" r="{n(radius)}"/>'


def group(style: str, parts: Iterable[str]) -> str:
    """Some parts of one colour."""
    return f'<g class="{style}">{"".join(parts)}</g>'


def picture(
    look: Look,
    *,
    title: str,
    subtitle: str,
    notes: Iterable[str],
    description: str,
    height: float,
    draw: Callable[[Box], Iterable[str]],
) -> str:
    """The chart as SVG: title, subtitle, what `draw` makes of a box of that height, and notes; always with the same bytes."""
    margin, size = look.margin, 18 if look.narrow else 20
    room = look.width - 2 * margin
    parts = [rect(margin, 0, margin + 34, 4, "i")]
    y = 14.0
    for line in wrap(title, room * _TITLE, size, 5):
        y += size + 4
        parts.append(text(margin, y, line, "h"))
    y += 4
    for line in wrap(subtitle, room, 12):
        y += 17
        parts.append(text(margin, y, line, "s"))
    box = Box(left=margin, top=y + 14, right=look.width - margin, bottom=y + 14 + height)
    parts += draw(box)
    y = box.bottom + 8
    for note in filter(None, notes):
        for line in wrap(note, room, 11):
            y += 15
            parts.append(text(margin, y, line, "s n"))
    total = round(y + 12)
    style = f"<style>{stylesheet(look.theme)}</style>" if look.styled else ""
    words = f"<title>{quoted(title)}</title><desc>{quoted(description)}</desc>"
    return svg(look.width, total, words + style + rect(0, 0, look.width, total, "g") + "".join(parts))


def svg(wide: float, high: float, content: str) -> str:
    """The picture of that size, in pixels."""
    size = f'viewBox="0 0 {n(wide)} {n(high)}" width="{n(wide)}" height="{n(high)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="tc" {size} role="img">{content}</svg>\n'


def source(head: ChartHead, look: Look) -> str:
    """The last note: who publishes the values, and as of when they are."""
    by = f"Source: {head.attribution or head.board}"
    return f"{by}, as read on {day(head.read_until, look.zone)}"


def time_scale(head: ChartHead, box: Box) -> Callable[[datetime], float]:
    """The pixel of a time; the axis ends at the time the chart was asked for."""
    scale = linear(head.since.timestamp(), max(head.as_of, head.read_until).timestamp(), box.left, box.right)
    return lambda at: scale(at.timestamp())


def break_rows(chart: LineChart, look: Look, room: float) -> list[tuple[datetime, str, int]]:
    """Each break of a chart with its label and the row of its label, so that no two overlap."""
    span = (max(chart.head.as_of, chart.head.read_until) - chart.head.since).total_seconds() or 1.0
    ends: list[float] = []
    rows = []
    for stop in chart.breaks:
        at = (stop.at - chart.head.since).total_seconds() / span * room
        label = f"re-based {stop.at.astimezone(look.zone).day} {stop.at.astimezone(look.zone):%b}"
        start = max(0.0, min(at - width(label, 11) / 2, room - width(label, 11)))
        row = next((row for row, end in enumerate(ends) if end <= start), len(ends))
        ends[row:] = [*([start + width(label, 11) + 8]), *ends[row + 1 :]]
        rows.append((stop.at, label, row))
    return rows


def time_axis(chart: LineChart, box: Box, look: Look) -> Iterator[str]:
    """The ticks below the box; shades where nothing was read; a line with its label where the scale changed."""
    x, head = time_scale(chart.head, box), chart.head
    if head.as_of > head.read_until and x(head.as_of) - x(head.read_until) > 1:
        yield rect(x(head.read_until), box.top, x(head.as_of), box.bottom, "v")
        yield from _noted(x(head.read_until), x(head.as_of), "not read yet", box)
    marks = time_ticks(head.since, max(head.as_of, head.read_until), max(3, int((box.right - box.left) / 62)), look.zone)
    ends = [box.left, *(x(at) for gap in chart.gaps for at in (gap.after, gap.until)), box.right]
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        yield path([(start, box.bottom), (end, box.bottom)], "z")
    for gap in chart.gaps:
        yield from _noted(x(gap.after), x(gap.until), "no readings", box)
    for at, label in marks:
        place = x(at)
        yield path([(place, box.bottom), (place, box.bottom + 4)], "z")
        half = width(label, 11) / 2
        anchor = "e" if place + half > look.width - 2 else "m" if place - half > 0 else ""
        yield text(place, box.bottom + 17, label, f"s n {anchor}".rstrip())
    labels = []
    for at, label, row in break_rows(chart, look, box.right - box.left):
        place, half, top = x(at), width(label, 11) / 2, box.top - 6 - 14 * row
        yield path([(place, top + 2), (place, box.bottom)], "p")
        labels.append(text(max(box.left, min(place - half, box.right - 2 * half)), top - 1, label, "s n q"))
    yield from labels


def _noted(start: float, end: float, label: str, box: Box) -> Iterator[str]:
    """A dotted base line for a period that nothing is known of, with the label if there is room."""
    yield path([(start, box.bottom), (end, box.bottom)], "p")
    if width(label, 11) < end - start:
        yield text((start + end) / 2, box.bottom - 5, label, "s n m q")


def value_axis(values: Sequence[tuple[float, str]], y: Scale, box: Box, start: float) -> Iterator[str]:
    """A line for each round value, from the value at `start` to the right end of the box."""
    for value, label in values:
        yield path([(start, y(value)), (box.right, y(value))], "a")
        yield text(start, y(value) - 4, label, "s n q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The words at the end of a line: its name in bold, and what follows it."""

    name: str
    more: str = ""

    @property
    def room(self) -> float:
        """Its width in pixels."""
        return width(self.name, SIZE * _BOLD) + width(self.more, SIZE) + (4 if self.more else 0)

    def draw(self, x: float, y: float, room: float, colour: str) -> str:
        """The label in the colour of its line, shortened to that width."""
        value = width(self.more, SIZE) + 4
        name = fit(self.name, room - value if value < room / 3 else room, SIZE * _BOLD)
        more = fit(self.more, room - width(name, SIZE * _BOLD) - 4, SIZE) if self.more else ""
        words = f'<tspan class="b">{quoted(name)}</tspan>' + (f" {quoted(more)}" if len(more) > 1 else "")
        return group(colour, [f'<text class="t" x="{n(x)}" y="{n(y)}">{words}</text>'])
