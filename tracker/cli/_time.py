"""Times as people type them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import click

from tracker.cli._open import zone
from tracker.workspace import Settings

_AGO = re.compile(r"(\d+)([hdw])")
_MONTH, _YEAR = re.compile(r"([0-9]{4})-([0-9]{2})"), re.compile(r"[0-9]{4}")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = tuple(
    "january february march april may june july august september october november december".split()  # noqa: SIM905  # shorter
)


class Time(click.ParamType[datetime]):
    """An ISO date or time, an age such as `7d`, or a day, week or month such as `yesterday`, `friday`, `last week`, `April`.

    Each means its beginning, and a name the last one that has begun: in March, `April` is that of last year. Days, and times
    without a zone, are in the workspace's time zone.
    """

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if match := _AGO.fullmatch(text):
                return datetime.now(UTC).replace(microsecond=0) - int(match[1]) * _UNITS[match[2]]
            now = datetime.now(zone(ctx))
            at = _named_day(text.casefold(), now) or _named_month(text.casefold(), now) or datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=zone(ctx))).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{text!r} is not a time; expected 2026-04-18, 2026-04-18T06:00Z, yesterday, or an age such as 7d",
                param,
                ctx,
            )


def _as_known(ctx: click.Context, param: click.Parameter, value: datetime | None) -> None:  # noqa: ARG001  # click's signature
    """Let the command answer from the record of that time."""
    settings = ctx.find_object(Settings)
    if value is not None and settings is not None:
        ctx.obj = replace(settings, known_at=value)


known_at = click.option(
    "--known-at",
    type=Time(),
    expose_value=False,
    callback=_as_known,
    help="As the record was at that time, with the names, rules and declarations of then.",
)
"""Answers what the record said then, in a command that opens its workspace with the settings of its context."""


def _named_day(word: str, now: datetime) -> datetime | None:
    """The beginning of a named day, or of this or the last week or month; None for any other word."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    ago = {"today": 0, "yesterday": 1} | {name: (today.weekday() - number - 1) % 7 + 1 for number, name in enumerate(_WEEKDAYS)}
    begun = {
        **{name: today - timedelta(days=days) for name, days in ago.items()},
        "this week": monday,
        "last week": monday - timedelta(weeks=1),
        "this month": first,
        "last month": (first - timedelta(days=1)).replace(day=1),
    }
    return begun.get(word)


def _named_month(text: str, now: datetime) -> datetime | None:
    """The beginning of a month: `2026-04`, `april 2026`, or `april`, which is the last one that has begun."""
    if match := _MONTH.fullmatch(text):
        return datetime(int(match[1]), int(match[2]), 1)  # noqa: DTZ001  # the caller adds the zone
    word, _, year = text.partition(" ")
    months = [number for number, name in enumerate(_MONTHS, start=1) if word in (name, name[:3])]
    if not months or (year and not _YEAR.fullmatch(year)):
        return None
    number = months[0]
    return datetime(int(year) if year else now.year - (number > now.month), number, 1)  # noqa: DTZ001  # as above
