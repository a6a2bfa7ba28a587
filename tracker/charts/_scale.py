"""From values to pixels: scales, round ticks, ticks of time, and labels moved apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta, tzinfo
from math import ceil, floor, log10

from tracker.model import Measure, Metric

Scale = Callable[[float], float]


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """The pixel of a value, `start` for the lowest and `end` for the highest; in the middle if they are equal."""
    if high == low:
        return lambda _: (start + end) / 2
    return lambda value: start + (value - low) / (high - low) * (end - start)


def upward(metric: Metric, bottom: float, top: float) -> tuple[float, float]:
    """The pixels of the lowest and of the highest value: the better score is higher, money rises with its amount."""
    return (top, bottom) if metric.higher_is_better is False and not metric.is_cost else (bottom, top)


def logarithmic(low: float, high: float, start: float, end: float) -> Scale:
    """The same by orders of magnitude; all values are above 0."""
    inner = linear(log10(low), log10(high), start, end)
    return lambda value: inner(log10(value))


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values within the range, at equal steps of 1, 2 or 5 times a power of ten; at most `most`."""
    if high <= low:
        return [low]
    power = 10.0 ** floor(log10((high - low) / most))
    step = next(power * factor for factor in (1, 2, 5, 10, 20) if (high - low) / (power * factor) <= most)
    return [round(place * step, 10) for place in range(ceil(round(low / step, 9)), floor(round(high / step, 9)) + 1)]


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """1, 2 and 5 times powers of ten within the range, or only 1; at most `most` if that is possible."""
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        found = [value for power in powers for factor in factors if low <= (value := factor * 10.0**power) <= high]
        if len(found) <= most:
            break
    return found


def padded(values: Iterable[float], share: float = 0.06) -> tuple[float, float]:
    """The range of some values with a margin on both sides; never empty."""
    found = list(values)
    low, high = min(found), max(found)
    margin = (high - low) * share or abs(high) * share or 1.0
    return low - margin, high + margin


_LEAST, _ERRORS = 0.05, 4
"""The height of a chart is at least this share of its values, or this many of their errors: less is invisible."""


def shown_range(metric: Metric, measures: Iterable[Measure]) -> tuple[float, float]:
    """The range of some values, wide enough that what is within their error, or only other decimals, looks small."""
    found = list(measures)
    values = [measure.value for measure in found]
    low, high = min(values), max(values)
    errors = [width for measure in found if (width := measure.half_width) is not None]
    errors += [metric.stated_error] if metric.stated_error is not None else []
    least = _ERRORS * max(errors) if errors else _LEAST * max(abs(low), abs(high))
    middle, half = (low + high) / 2, max(high - low, least) / 2
    return middle - half, middle + half


_DAY = timedelta(days=1)
_STEPS: tuple[tuple[timedelta, str], ...] = (
    *((timedelta(hours=hours), "%H:%M") for hours in (1, 3, 6, 12)),
    *((timedelta(days=days), "%-d %b") for days in (1, 2, 7, 14)),
)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


def time_ticks(start: datetime, end: datetime, most: int, zone: tzinfo) -> list[tuple[datetime, str]]:
    """Round times within the period with their labels, at most `most`: hours, days, Mondays, months or years."""
    for step, form in _STEPS:
        if (end - start) / step <= most:
            return _every(start, end, step, form, zone)
    for months in _MONTHS:
        found = _months(start, end, months, zone)
        if len(found) <= most:
            break
    return found


def _every(start: datetime, end: datetime, step: timedelta, form: str, zone: tzinfo) -> list[tuple[datetime, str]]:
    local = start.astimezone(zone)
    at = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if step >= 7 * _DAY:
        at -= local.weekday() * _DAY
    found = []
    while at <= end:
        if at >= start:
            found.append((at, _labelled(at, form)))
        at += step
    return found


def _labelled(at: datetime, form: str) -> str:
    return f"{at.day} {at:%b}" if form == "%-d %b" else f"{at:{form}}"


def _months(start: datetime, end: datetime, months: int, zone: tzinfo) -> list[tuple[datetime, str]]:
    local = start.astimezone(zone)
    at = local.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
    at = at.replace(year=at.year - at.year % max(1, months // 12))
    found: list[tuple[datetime, str]] = []
    while at <= end:
        if at >= start:
            is_year = months >= 12 or at.month == 1 or not found
            found.append((at, str(at.year) if months >= 12 else f"{at:%b}" + (f" {at.year}" if is_year else "")))
        place = at.year * 12 + at.month - 1 + months
        at = at.replace(year=place // 12, month=place % 12 + 1)
    return found


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels: each as near to where it is wanted as possible, `gap` apart, in the same order, from `low` to `high`.

    If there is no room for all, they go beyond `high`.
    """
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    groups: list[list[float]] = []  # the sum of the first places that the members of a group want, and their number
    for rank, place in enumerate(order):
        groups.append([wanted[place] - rank * gap, 1])
        while len(groups) > 1 and groups[-2][0] / groups[-2][1] >= groups[-1][0] / groups[-1][1]:
            total, count = groups.pop()
            groups[-1] = [groups[-1][0] + total, groups[-1][1] + count]
    highest = max(low, high - gap * (len(wanted) - 1))
    firsts = [min(max(total / count, low), highest) for total, count in groups for _ in range(int(count))]
    places = [0.0] * len(wanted)
    for rank, place in enumerate(order):
        places[place] = firsts[rank] + rank * gap
    return places
