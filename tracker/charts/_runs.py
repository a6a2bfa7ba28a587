"""What may be joined by a line: readings of one segment, without a gap between them, at which the line was listed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, pairwise

from tracker.model import ChartBreak, ChartPoint, Gap

Pixel = tuple[float, float]


def runs(
    points: Iterable[ChartPoint],
    breaks: Sequence[ChartBreak],
    gaps: Sequence[Gap],
    value: Callable[[ChartPoint], float | None],
) -> list[list[ChartPoint]]:
    """The points, by time, cut wherever no line may be drawn: at a re-base, over a gap, and where there is no value."""
    cut: list[list[ChartPoint]] = [[]]
    for point in points:
        if value(point) is None:
            cut.append([])
            continue
        if cut[-1] and is_parted(cut[-1][-1].at, point.at, breaks, gaps):
            cut.append([])
        cut[-1].append(point)
    return [run for run in cut if run]


def is_parted(before: datetime, after: datetime, breaks: Sequence[ChartBreak], gaps: Sequence[Gap]) -> bool:
    """Whether a re-base or a gap lies between two readings."""
    if any(before < stop.at <= after for stop in breaks):
        return True
    return any(before <= gap.after and gap.until <= after for gap in gaps)


def is_estimated(point: ChartPoint) -> bool:
    """Whether the value of a point is an estimate."""
    return point.measure is not None and point.measure.estimated


def stretches(run: Sequence[ChartPoint], pixels: Sequence[Pixel]) -> Iterator[tuple[bool, list[Pixel]]]:
    """The pixels of a run in pieces that share their ends: whether one of a pair of points is an estimate, and those pixels."""
    pairs = zip(pairwise(run), pairwise(pixels), strict=True)
    for estimated, legs in groupby(pairs, key=lambda leg: any(map(is_estimated, leg[0]))):
        ends = [leg for _, leg in legs]
        yield estimated, [ends[0][0], *(end for _, end in ends)]


def thinned(pixels: Sequence[Pixel], tolerance: float) -> list[Pixel]:
    """The fewest of some pixels whose line is nowhere further than that from the line of all (Ramer, Douglas and Peucker)."""
    if len(pixels) < 3:
        return list(pixels)
    kept, spans = {0, len(pixels) - 1}, [(0, len(pixels) - 1)]
    while spans:
        first, last = spans.pop()
        furthest, most = 0, tolerance
        for place in range(first + 1, last):
            if (distance := _distance(pixels[place], pixels[first], pixels[last])) > most:
                furthest, most = place, distance
        if furthest:
            kept.add(furthest)
            spans += [(first, furthest), (furthest, last)]
    return [pixels[place] for place in sorted(kept)]


def _distance(pixel: Pixel, start: Pixel, end: Pixel) -> float:
    """The vertical distance from a line that goes to the right: what a reader sees as an error of the value."""
    if end[0] == start[0]:
        return abs(pixel[1] - start[1])
    share = (pixel[0] - start[0]) / (end[0] - start[0])
    return abs(pixel[1] - start[1] - share * (end[1] - start[1]))


def stepped(pixels: Sequence[Pixel]) -> list[Pixel]:
    """The corners of a line that keeps each value until the next."""
    corners = list(pixels[:1])
    for before, after in pairwise(pixels):
        if after[1] != before[1]:
            corners += [(after[0], before[1]), after]
    if pixels and corners[-1][0] != pixels[-1][0]:
        corners.append(pixels[-1])
    return corners
