"""Times as people type them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import click

from tracker.cli._open import zone

_AGO = re.compile(r"(\d+)([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Time(click.ParamType[datetime]):
    """An ISO date or time, an age such as `7d`, `36h`, `2w`, or a day such as `yesterday`, `friday` (the last one).

    Days, and times without a zone, are in the workspace's time zone.
    """

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if match := _AGO.fullmatch(text):
                return datetime.now(UTC).replace(microsecond=0) - int(match[1]) * _UNITS[match[2]]
            at = _named_day(text.casefold(), datetime.now(zone(ctx))) or datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=zone(ctx))).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{text!r} is not a time; expected 2026-04-18, 2026-04-18T06:00Z, yesterday, or an age such as 7d", param, ctx
            )


def _named_day(word: str, now: datetime) -> datetime | None:
    """The beginning of today, of yesterday, or of the last day of that name before today; None for any other word."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    ago = {"today": 0, "yesterday": 1} | {name: (today.weekday() - number - 1) % 7 + 1 for number, name in enumerate(_WEEKDAYS)}
    return today - timedelta(days=ago[word]) if word in ago else None
