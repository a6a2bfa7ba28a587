"""A year of firings equals a list made by walking through every real minute of that year with the rules of cron(5) and cron(8).

Nothing here is shared with the code under test but the names of the zones: the fields are read anew, and the walk knows no
more of a zone than what its clock shows.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest

from tracker.cadence import firings

BEGIN, END = datetime(2028, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)  # a leap year
DAY, QUARTER = 1440, 15  # minutes; clocks change at full quarters of an hour
ZONES = (
    "UTC",
    "America/New_York",
    "Europe/Berlin",
    "America/Santiago",  # southern; skips the hour after midnight
    "Australia/Lord_Howe",  # southern; changes by half an hour
    "Asia/Kolkata",  # never changes; half an hour off
)
EXPRESSIONS = (
    "0 0 * * *",  # midnight, skipped in Santiago
    "30 2 * * *",  # skipped in New York and Berlin
    "30 1 * * *",  # doubled in New York
    "0,30 1,2,3 * * 0",  # before, in and after both changes, which fall on Sundays
    "17 */6 * * *",
    "*/20 * * * *",
    "*/15 1-3 * * *",  # follows the clock through both changes
    "0 12 13 * 5",  # the 13th or a Friday
    "45 23 */2 * 1-5",  # odd days that are weekdays
    "5 4 29 2 *",  # the leap day
)


def field(text: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        values |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return values


def is_day(wall: int, expression: str) -> bool:
    """The rule of days: where day of the month or weekday begins with a star both must hold, else one is enough."""
    _, _, days, months, weekdays = expression.split()
    day = date(1970, 1, 1) + timedelta(days=wall // DAY)
    if day.month not in field(months, 1, 12):
        return False
    by_day = day.day in field(days, 1, 31)
    by_weekday = day.isoweekday() % 7 in {weekday % 7 for weekday in field(weekdays, 0, 7)}
    return by_day and by_weekday if days[0] == "*" or weekdays[0] == "*" else by_day or by_weekday


def shown(zone: str) -> list[int]:
    """What the clock shows in every real minute of the year and the day before it, as minutes since 1970."""
    walls = []
    at = BEGIN - timedelta(days=1)
    while at < END:
        local = at.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
        minute = int(local.timestamp()) // 60
        walls += range(minute, minute + QUARTER)
        at += timedelta(minutes=QUARTER)
    return walls


def walked(expression: str, walls: list[int]) -> list[int]:
    """Numbers of the minutes in which it fires."""
    minutes, hours, *_ = expression.split()
    times = [60 * hour + minute for hour in field(hours, 0, 23) for minute in field(minutes, 0, 59)]
    days = [day * DAY for day in range(walls[0] // DAY, walls[-1] // DAY + 1) if is_day(day * DAY, expression)]
    named = {day + time for day in days for time in times}
    if minutes[0] == "*" or hours[0] == "*":
        return [at for at, wall in enumerate(walls) if wall in named]
    found, newest = [], walls[0] - 1
    for at, wall in enumerate(walls):
        if wall > newest:  # else the clock shows it a second time
            skipped = range(newest + 1, wall)
            if wall in named or (skipped and not named.isdisjoint(skipped)):
                found.append(at)
            newest = wall
    return found


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_firings_equals_a_walk_through_every_minute(zone: str):
    walls = shown(zone)
    for expression in EXPRESSIONS:
        expected = [at for at in walked(expression, walls) if at >= DAY]
        year = takewhile(lambda at: at < END, firings(expression, zone, BEGIN - timedelta(seconds=1)))
        got = [DAY + (at - BEGIN) // timedelta(minutes=1) for at in year]
        assert got == expected, (zone, expression)
        assert expected, "an expression that never fires proves nothing"


@pytest.mark.slow
def test_the_walk_includes_both_changes_of_the_clock():
    jumps = {zone: [b - a - 1 for walls in [shown(zone)] for a, b in pairwise(walls) if b != a + 1] for zone in ZONES}
    assert jumps == {
        "UTC": [],
        "America/New_York": [60, -60],
        "Europe/Berlin": [60, -60],
        "America/Santiago": [-60, 60],
        "Australia/Lord_Howe": [-30, 30],
        "Asia/Kolkata": [],
    }
