"""Scores against a price, a size or a speed: the staircase joins the entries that none beats on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from tracker.charts._frame import Box, Look, dot, group, n, path, picture, source, text
from tracker.charts._scale import linear, log_ticks, logarithmic, padded, ticks
from tracker.charts._text import fit, quoted, width
from tracker.charts._words import shown, subtitle
from tracker.model import ChartSpot, FrontierChart
from tracker.wording import count, number

_Area = tuple[float, float, float, float]
"""Left, top, right and bottom."""
_WIDEST = 190.0


def draw(chart: FrontierChart, look: Look) -> str:
    """The chart; only the spots of the staircase are named."""
    best = [spot for spot in chart.spots if spot.best]
    title = _finding(chart, best)
    values = "; ".join(f"{spot.name} {shown(spot.score, chart.head.metric)} at {_cost(chart, spot.cost)}" for spot in best)
    cost = "more is better" if chart.more_is_better else "logarithmic"
    return picture(
        look,
        title=title,
        subtitle=f"{subtitle(chart.head, look)}; across: {chart.cost}, {cost}",
        notes=(
            f"{count(len(chart.spots), 'entry', 'entries')} with both values; estimates are left out.",
            source(chart.head, look),
        ),
        description=f"{title}. From the best score down: {values}.",
        height=400.0 if look.narrow else 380.0,
        draw=lambda box: _body(chart, best, box),
    )


def _finding(chart: FrontierChart, best: Sequence[ChartSpot]) -> str:
    what = chart.cost if chart.cost_metric else "size"
    if len(best) == 1:
        among = f" among {len(chart.spots)} chosen entries of" if chart.head.chosen else " on"
        return f"{best[0].name} is best on both score and {what}{among} {chart.head.board}"
    chosen = f"the {len(chart.spots)} chosen" if chart.head.chosen else len(chart.spots)
    return f"{len(best)} of {chosen} entries of {chart.head.board} are beaten by none on both score and {what}"


def _cost(chart: FrontierChart, value: float) -> str:
    return number(value, chart.cost_metric) if chart.cost_metric else f"{number(value)}B"


def _body(chart: FrontierChart, best: Sequence[ChartSpot], box: Box) -> Iterator[str]:
    inner = Box(left=box.left, top=box.top + 18, right=box.right - 8, bottom=box.bottom - 24)
    costs = [spot.cost for spot in chart.spots]
    low, high = min(costs) / 1.3, max(costs) * 1.3
    x = logarithmic(low, high, inner.left + 30, inner.right)
    bottom, top = padded(spot.score.value for spot in chart.spots)
    ends = (inner.top, inner.bottom) if chart.head.metric.higher_is_better is False else (inner.bottom, inner.top)
    y = linear(bottom, top, *ends)
    for tick in ticks(bottom, top, 6):
        yield path([(inner.left, y(tick)), (inner.right, y(tick))], "a")
        yield text(inner.left, y(tick) - 4, number(tick, chart.head.metric), "s n q")
    yield path([(inner.left, inner.bottom), (inner.right, inner.bottom)], "z")
    for tick in log_ticks(low, high, int((inner.right - inner.left) / 60)):
        yield path([(x(tick), inner.bottom), (x(tick), inner.bottom + 4)], "z")
        yield text(x(tick), inner.bottom + 17, _cost(chart, tick), "s n m")
    at = {id(spot): (x(spot.cost), y(spot.score.value)) for spot in chart.spots}
    yield group("x", (dot(*at[id(spot)], 2.6, hollow=False) for spot in chart.spots if not spot.best))
    stairs = _stairs(
        [at[id(spot)] for spot in sorted(best, key=lambda spot: spot.cost)], inner, more_is_better=chart.more_is_better
    )
    yield group("k0", [path(stairs, "l"), *(dot(*at[id(spot)], 4.2, hollow=False) for spot in best)])
    yield from _names([(spot.name, *at[id(spot)]) for spot in reversed(best)], stairs, inner)


def _stairs(spots: Sequence[tuple[float, float]], box: Box, *, more_is_better: bool) -> list[tuple[float, float]]:
    """The corners of the staircase through spots from left to right: a score holds until the next costs more."""
    corners = [spots[0]]
    for (left, above), (right, next_above) in pairwise(spots):
        corners += [(left, next_above) if more_is_better else (right, above), (right, next_above)]
    return [(box.left, spots[0][1]), *corners] if more_is_better else [*corners, (box.right, spots[-1][1])]


def _names(spots: Sequence[tuple[str, float, float]], stairs: Sequence[tuple[float, float]], box: Box) -> Iterator[str]:
    """The names of the spots, each where it covers no other and nothing of the staircase; with a line to it from afar."""
    taken: list[_Area] = [(x - 5, y - 5, x + 5, y + 5) for _, x, y in spots]
    for (left, above), (right, below) in pairwise(stairs):
        taken.append((min(left, right) - 1, min(above, below) - 1, max(left, right) + 1, max(above, below) + 1))
    for name, x, y in spots:
        label = fit(name, _WIDEST, 12)
        room = width(label, 12 * 1.06)
        for left, base in _offers(x, y, room):
            area = (left, base - 11, left + room, base + 3)
            is_inside = left >= box.left and left + room <= box.right + 8 and box.top - 16 < base < box.bottom - 4
            if is_inside and not any(_meet(area, other) for other in taken):
                taken.append(area)
                yield (
                    path([(x, y), (min(max(x, left), left + room), base + 3 if base < y else base - 11)], "z")
                    if abs(base - y) > 24
                    else ""
                )
                yield f'<text class="q b" x="{n(left)}" y="{n(base)}">{quoted(label)}</text>'
                break


def _offers(x: float, y: float, room: float) -> Iterator[tuple[float, float]]:
    """Where a name may go, best first: the left end of its base line."""
    for far in range(0, 84, 14):
        yield x - room - 4, y - 8 - far
        yield x - room / 2, y - 8 - far
        yield x + 8, y + 16 + far


def _meet(area: _Area, other: _Area) -> bool:
    return area[0] < other[2] and other[0] < area[2] and area[1] < other[3] and other[1] < area[3]
