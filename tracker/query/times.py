"""Times as people type them: what a day, a week or a month means to a question.

A period means its beginning after `--since`, and its end after `--until`, `--at` and `--known-at`. A moment is that moment.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import Enum

from tracker.errors import DeclarationError
from tracker.wording import machine_time

EXPECTED = "2026-04-18, 2026-04-18T06:00Z, yesterday, or an age such as 7d"
_AGO = re.compile(r"(\d+)([hdw])", re.ASCII)
_MONTH, _YEAR = re.compile(r"([0-9]{4})-([0-9]{2})"), re.compile(r"[0-9]{4}")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905  # shorter
)


class Edge(Enum):
    """Which moment of a period is meant: the `BEGIN`, the `END` (the first moment after it), or its `LAST` second."""

    BEGIN = 0
    END = 1
    LAST = 2


def time_of(text: str, now: datetime, edge: Edge = Edge.BEGIN) -> datetime:
    """The moment that a text means, in UTC: an ISO date or time, an age, or a day, week or month such as `yesterday`, `April`.

    A name is the last one that has begun: in March, `April` is that of last year. Days, and times without a zone, are in the
    zone of `now`.

    Raises:
        ValueError, OverflowError: it is not a time.
    """
    if match := _AGO.fullmatch(text):
        return now.astimezone(UTC).replace(microsecond=0) - int(match[1]) * _UNITS[match[2]]
    period = _period(text.casefold(), now)
    if period is None:
        return _in_utc(datetime.fromisoformat(text), now.tzinfo)
    begin, end = (_in_utc(datetime(day.year, day.month, day.day), now.tzinfo) for day in period)  # noqa: DTZ001  # as the name says
    return {Edge.BEGIN: begin, Edge.END: end, Edge.LAST: end - timedelta(seconds=1)}[edge]


def _in_utc(at: datetime, zone: tzinfo | None) -> datetime:
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _period(text: str, now: datetime) -> tuple[date, date] | None:
    """The first day of a period, and the first after it; None if the text is another."""
    today = now.date()
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    ago = {"today": 0, "yesterday": 1} | {name: (today.weekday() - number - 1) % 7 + 1 for number, name in enumerate(_WEEKDAYS)}
    if text in ago:
        return _days(today - timedelta(days=ago[text]), 1)
    weeks = {"this week": monday, "last week": monday - timedelta(weeks=1)}
    if text in weeks:
        return _days(weeks[text], 7)
    months = {"this month": first, "last month": (first - timedelta(days=1)).replace(day=1)}
    if month := months.get(text) or _named_month(text, today):
        return month, (month + timedelta(days=31)).replace(day=1)
    try:
        return _days(date.fromisoformat(text), 1)
    except ValueError:
        return None


def _days(first: date, number: int) -> tuple[date, date]:
    return first, first + timedelta(days=number)


def _named_month(text: str, today: date) -> date | None:
    """The first day of a month: `2026-04`, `april 2026`, or `april`, which is the last one that has begun."""
    if match := _MONTH.fullmatch(text):
        return date(int(match[1]), int(match[2]), 1)
    word, _, year = text.partition(" ")
    months = [number for number, name in enumerate(_MONTHS, start=1) if word in (name, name[:3])]
    if not months or (year and not _YEAR.fullmatch(year)):
        return None
    return date(int(year) if year else today.year - (months[0] > today.month), months[0], 1)


def check_times(*, since: datetime | None = None, until: datetime | None = None, **others: datetime | None) -> None:
    """Refuse times that cannot be meant.

    Raises:
        ValueError: one has no time zone.
        DeclarationError: `since` is not before `until`, or is after `at`.
    """
    for name, at in {"since": since, "until": until, **others}.items():
        if at is not None and at.tzinfo is None:
            raise ValueError(f"{name}={at.isoformat()} has no time zone; expected an aware datetime (tzinfo=UTC)")
    at = others.get("at")
    if since is not None and ((until is not None and since >= until) or (at is not None and since > at)):
        end = f"until {machine_time(until)}" if until is not None and since >= until else f"at {machine_time(at or since)}"
        raise DeclarationError(f"since {machine_time(since)} is not before {end}; expected the beginning before the end")
