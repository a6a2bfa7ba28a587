"""The Pareto frontier: the entries for which no other is better and costs no more, or costs less and is as good."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import groupby
from math import inf

from tracker.model import EntryId

Point = tuple[float, float]
"""Standing and cost; smaller is better in both."""


def frontier(points: Mapping[EntryId, Point]) -> tuple[EntryId, ...]:
    """Those that nothing dominates, the cheapest first; equal points share it. Takes n log n."""
    best = inf
    found: list[EntryId] = []
    ordered = sorted((cost, standing, entry) for entry, (standing, cost) in points.items())
    for _, group in groupby(ordered, key=lambda one: one[0]):
        cheapest = list(group)
        top = cheapest[0][1]
        if top < best:
            best = top
            found.extend(entry for _, standing, entry in cheapest if standing == top)
    return tuple(found)


def dominator(ordered: tuple[EntryId, ...], points: Mapping[EntryId, Point], point: Point) -> EntryId | None:
    """The best of a frontier (as `frontier` orders it) that dominates a point; None if nothing does."""
    standing, cost = point
    at = bisect_right(ordered, cost, key=lambda entry: points[entry][1])
    if at == 0:
        return None
    found = ordered[at - 1]
    return found if points[found][0] <= standing and points[found] != point else None
