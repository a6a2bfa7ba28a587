"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click
import pytest
import time_machine

from tracker.cli._time import Time
from tracker.query.times import Edge, time_of

NOW = datetime(2026, 3, 18, 1, 30, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01", "2026-03-01T00:00:00+00:00"),
        ("2026-03-01T06:00+02:00", "2026-03-01T04:00:00+00:00"),
        ("36h", "2026-03-16T13:30:00+00:00"),
        ("2w", "2026-03-04T01:30:00+00:00"),
        ("today", "2026-03-18T00:00:00+00:00"),
        ("Yesterday", "2026-03-17T00:00:00+00:00"),
        ("tuesday", "2026-03-17T00:00:00+00:00"),
        ("wednesday", "2026-03-11T00:00:00+00:00"),
        ("thursday", "2026-03-12T00:00:00+00:00"),
        ("this week", "2026-03-16T00:00:00+00:00"),
        ("last week", "2026-03-09T00:00:00+00:00"),
        ("this month", "2026-03-01T00:00:00+00:00"),
        ("Last Month", "2026-02-01T00:00:00+00:00"),
        ("March", "2026-03-01T00:00:00+00:00"),
        ("april", "2025-04-01T00:00:00+00:00"),
        ("apr 2024", "2024-04-01T00:00:00+00:00"),
        ("2026-02", "2026-02-01T00:00:00+00:00"),
    ],
)
def test_a_time_is_iso_an_age_a_day_a_week_or_a_month(text: str, at: str):
    with time_machine.travel(NOW, tick=False):
        assert Time().convert(text, None, None) == datetime.fromisoformat(at)


@pytest.mark.parametrize("text", ["tomorrow", "", "7", "d", "2026-13-01", "2026-13", "next friday", "april 26", "a"])
def test_anything_else_is_refused(text: str):
    with pytest.raises(click.BadParameter, match="is not a time"):
        Time().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "first_after"),
    [
        ("2026-03-01", "2026-03-02T00:00:00+01:00"),
        ("2026-03-29", "2026-03-30T00:00:00+02:00"),
        ("yesterday", "2026-03-18T00:00:00+01:00"),
        ("last week", "2026-03-16T00:00:00+01:00"),
        ("this month", "2026-04-01T00:00:00+02:00"),
        ("december", "2026-01-01T00:00:00+01:00"),
        ("2026-02", "2026-03-01T00:00:00+01:00"),
    ],
)
def test_until_a_day_or_month_includes_all_of_it_and_at_is_its_last_second(text: str, first_after: str):
    now, end = NOW.astimezone(ZoneInfo("Europe/Berlin")), datetime.fromisoformat(first_after)
    assert time_of(text, now, Edge.END) == end
    assert time_of(text, now, Edge.LAST) == end - timedelta(seconds=1)


@pytest.mark.parametrize("text", ["2026-03-01T06:00+02:00", "2026-03-01T00:00", "36h", "7d"])
def test_a_moment_is_the_same_for_every_option(text: str):
    assert len({time_of(text, NOW, edge) for edge in Edge}) == 1
