"""When a board is due: firings of its cadence, jitter and quiet windows, also when clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from kit import board

from tracker.cadence import covers_the_day, firings, in_quiet, next_due, window
from tracker.errors import DeclarationError
from tracker.model import CADENCES, Board, BoardId, Window

NEW_YORK = "America/New_York"  # 2027: forward on 03-14 at 07:00 UTC, back on 11-07 at 06:00 UTC
LORD_HOWE = "Australia/Lord_Howe"  # 2027: back by half an hour on 04-04 at 15:00 UTC of the day before
MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first(cadence: str, zone: str, after: str, count: int = 3) -> list[str]:
    return [
        firing.isoformat(" ", "minutes").removesuffix("+00:00") for firing in islice(firings(cadence, zone, at(after)), count)
    ]


def declared(
    cadence: str = "0 * * * *", zone: str = "UTC", *, jitter_s: float = 0.0, quiet: str = "", name: str = "a/b"
) -> Board:
    windows = tuple(window(text) for text in quiet.split())
    return replace(board(), id=BoardId(name), cadence=cadence, time_zone=zone, jitter_s=jitter_s, quiet=windows)


# ── firings ──────────────────────────────────────────────────────────────────────────────────────


def test_a_run_in_the_skipped_hour_happens_once_right_after_it():
    assert first("30 2 * * *", NEW_YORK, "2027-03-13 12:00") == ["2027-03-14 07:00", "2027-03-15 06:30", "2027-03-16 06:30"]


def test_several_runs_in_the_skipped_hour_and_one_right_after_it_are_one():
    assert first("0,20,40 2,3 * * *", NEW_YORK, "2027-03-14 06:00") == [
        "2027-03-14 07:00",
        "2027-03-14 07:20",
        "2027-03-14 07:40",
    ]
    assert first("0 2,3 * * *", NEW_YORK, "2027-03-14 06:00") == ["2027-03-14 07:00", "2027-03-15 06:00", "2027-03-15 07:00"]


def test_a_run_at_a_midnight_that_is_skipped_is_kept_and_stays_on_its_weekday():
    assert first("0 0 * * SUN", "America/Santiago", "2027-09-04 12:00", 2) == ["2027-09-05 04:00", "2027-09-12 03:00"]


def test_a_run_on_a_day_that_a_country_skipped_happens_after_it():
    assert first("0 6 30 12 *", "Pacific/Apia", "2011-12-01 00:00", 1) == ["2011-12-30 10:00"]


def test_a_run_in_the_doubled_hour_happens_in_its_first_pass_only():
    assert first("30 1 * * *", NEW_YORK, "2027-11-06 12:00") == ["2027-11-07 05:30", "2027-11-08 06:30", "2027-11-09 06:30"]


@pytest.mark.parametrize(
    "after", ["2027-11-07 05:30", "2027-11-07 05:59", "2027-11-07 06:00", "2027-11-07 06:15", "2027-11-07 06:45"]
)
def test_within_the_doubled_hour_the_next_firing_is_in_the_future(after: str):
    assert first("30 1 * * *", NEW_YORK, after, 1) == ["2027-11-08 06:30"]


def test_a_wildcard_follows_the_clock_through_both_passes_and_over_the_gap():
    assert first("*/30 1 * * *", NEW_YORK, "2027-11-07 05:10", 4) == [
        "2027-11-07 05:30",
        "2027-11-07 06:00",
        "2027-11-07 06:30",
        "2027-11-08 06:00",
    ]
    assert first("*/30 2 * * *", NEW_YORK, "2027-03-14 05:00", 1) == ["2027-03-15 06:00"]


def test_no_minute_of_a_doubled_half_hour_is_lost():
    assert first("40 * * * *", LORD_HOWE, "2027-04-03 14:00", 3) == ["2027-04-03 14:40", "2027-04-03 15:10", "2027-04-03 16:10"]
    assert first("* 2 4 4 *", LORD_HOWE, "2027-04-03 14:00", 1) == ["2027-04-03 15:30"]


def test_day_and_weekday_are_alternatives_unless_one_is_starred():
    assert first("0 0 13 * FRI", "UTC", "2027-07-01 00:00", 4) == [
        "2027-07-02 00:00",
        "2027-07-09 00:00",
        "2027-07-13 00:00",
        "2027-07-16 00:00",
    ]
    assert first("0 0 */2 * MON", "UTC", "2027-07-01 00:00", 2) == ["2027-07-05 00:00", "2027-07-19 00:00"]


def test_zero_and_seven_are_sunday():
    assert first("0 0 * * 0", "UTC", "2027-07-01 00:00") == first("0 0 * * 7", "UTC", "2027-07-01 00:00")
    assert first("0 0 * * 0", "UTC", "2027-07-01 00:00", 1) == ["2027-07-04 00:00"]


def test_the_next_leap_day_is_found_across_a_century_without_one():
    assert first("0 0 29 2 *", "UTC", "2097-01-01 00:00", 1) == ["2104-02-29 00:00"]


@pytest.mark.parametrize("name", CADENCES)
def test_a_name_means_its_expression(name: str):
    assert first(name, NEW_YORK, "2027-03-01 00:00") == first(CADENCES[name], NEW_YORK, "2027-03-01 00:00")


def test_a_firing_is_after_its_own_second_and_not_before():
    firing = at("2027-05-01 06:00")
    assert next(firings("0 6 * * *", "UTC", firing - timedelta(microseconds=1))) == firing
    assert next(firings("0 6 * * *", "UTC", firing)) == firing + timedelta(days=1)


fields = st.tuples(
    st.sampled_from(["0", "30", "*/15", "5-50/15", "10,40", "*"]),
    st.sampled_from(["*", "0", "2", "1-3", "*/6", "23,1,2"]),
    st.sampled_from(["*", "13", "*/2", "1,15", "31"]),
    st.sampled_from(["*", "3,4", "9-11", "*/3"]),
    st.sampled_from(["*", "0", "7", "1-5", "SUN", "5"]),
)
cadences = st.builds(" ".join, fields)
zones = st.sampled_from(
    [NEW_YORK, "Europe/Berlin", LORD_HOWE, "America/Santiago", "Asia/Kolkata", "America/St_Johns", "Antarctica/Troll"]
)
near_a_change = st.sampled_from(
    ["2027-03-14", "2027-11-07", "2027-03-28", "2027-10-31", "2027-04-04", "2027-10-03", "2027-09-05"]
)
times = st.builds(lambda day, minutes: at(day) + timedelta(minutes=minutes - 1440), near_a_change, st.integers(0, 2880))


@given(cadences, zones, times)
def test_firings_rise_strictly_from_after_the_start(cadence: str, zone: str, after: datetime):
    found = list(islice(firings(cadence, zone, after), 40))
    assert all(earlier < later for earlier, later in pairwise([after, *found]))


@pytest.mark.slow
@given(cadences, zones, times, st.integers(0, 6000))
def test_a_later_start_gets_the_rest_of_the_same_firings(cadence: str, zone: str, after: datetime, minutes: int):
    later = after + minutes * MINUTE
    rest = [firing for firing in islice(firings(cadence, zone, after), 200) if firing > later]
    assert list(islice(firings(cadence, zone, later), len(rest))) == rest


# ── jitter ───────────────────────────────────────────────────────────────────────────────────────


def test_jitter_depends_on_board_and_day_and_survives_a_restart():
    dues = [
        next_due(declared("0 6 * * *", jitter_s=3600, name=f"a/{n}"), at(f"2027-05-{d:02} 00:00"))
        for n in range(9)
        for d in range(1, 9)
    ]
    assert dues == [
        next_due(declared("0 6 * * *", jitter_s=3600, name=f"a/{n}"), at(f"2027-05-{d:02} 00:00"))
        for n in range(9)
        for d in range(1, 9)
    ]
    assert len({due.timetuple()[3:6] for due in dues}) > 60


@pytest.mark.slow
def test_jitter_spreads_boards_over_its_whole_span_in_whole_seconds():
    late = [
        (next_due(declared("0 6 * * *", jitter_s=90, name=f"a/{n}"), at("2027-05-01 00:00")) - at("2027-05-01 06:00"))
        for n in range(2000)
    ]
    assert {one // timedelta(seconds=1) for one in late} == set(range(90))
    assert all(delay.microseconds == 0 for delay in late)


def test_a_fetch_before_the_jitter_is_over_served_that_firing():
    assert next_due(declared("0 6 * * *", jitter_s=90), at("2027-05-01 06:00")) >= at("2027-05-02 06:00")


@given(times, zones, st.floats(0.5, 9000))
def test_jitter_never_makes_a_firing_overtake_the_next(after: datetime, zone: str, jitter_s: float):
    quick = declared("*/10 * * * *", zone, jitter_s=jitter_s)
    dues = [next_due(quick, firing) for firing in islice(firings(quick.cadence, zone, after), 12)]
    assert all(earlier < later for earlier, later in pairwise(dues))


# ── quiet windows ────────────────────────────────────────────────────────────────────────────────


def test_firings_in_a_quiet_window_happen_once_at_its_end():
    hourly, due, dues = declared(quiet="22:00-06:00"), at("2027-05-01 19:30"), []
    for _ in range(5):
        due = next_due(hourly, due)
        dues.append(due)
    assert dues == [at("2027-05-01 20:00"), at("2027-05-01 21:00"), *(at(f"2027-05-02 0{hour}:00") for hour in (6, 7, 8))]


def test_adjacent_quiet_windows_are_one():
    assert next_due(declared(quiet="22:00-02:00 02:00-06:00 05:00-07:30"), at("2027-05-01 21:30")) == at("2027-05-02 07:30")


def test_jitter_does_not_lead_into_a_quiet_window():
    late = {next_due(declared(jitter_s=3000, quiet="21:10-23:00", name=f"a/{n}"), at("2027-05-01 20:30")) for n in range(60)}
    assert max(late) == at("2027-05-01 23:00")
    assert min(late) < at("2027-05-01 21:10")
    assert not any(at("2027-05-01 21:10") <= one < at("2027-05-01 23:00") for one in late)


@pytest.mark.parametrize(
    ("windows", "when", "ends"),
    [
        ("22:00-06:00", "2027-03-14 04:00", "2027-03-14 10:00"),  # the night of 7 hours
        ("22:00-06:00", "2027-11-07 04:00", "2027-11-07 11:00"),  # the night of 9
        ("22:00-02:30", "2027-03-14 06:59", "2027-03-14 07:00"),  # its end is skipped
        ("22:00-02:30", "2027-03-14 07:00", None),
        ("02:00-03:00", "2027-03-14 07:00", None),  # all of it is skipped
        ("02:30-04:00", "2027-03-14 07:00", "2027-03-14 08:00"),  # its start is skipped
        ("22:00-01:30", "2027-11-07 05:40", "2027-11-07 06:30"),  # its end comes twice
        ("01:30-04:00", "2027-11-07 06:10", "2027-11-07 09:00"),  # its start comes twice
        ("00:00-24:00 ", "2027-11-07 06:10", "refused"),
        ("00:00-12:00 11:00-00:00", "2027-11-07 06:10", "refused"),
        ("12:00-12:00", "2027-11-07 06:10", "refused"),
        ("03:00-02:00", "2027-03-13 20:00", "2027-03-15 06:00"),  # the one open hour is skipped
    ],
)
def test_the_end_of_a_quiet_window(windows: str, when: str, ends: str | None):
    quiet = tuple(window(text) for text in windows.split())
    if ends == "refused":
        with pytest.raises(DeclarationError, match="cover the whole day"):
            in_quiet(quiet, NEW_YORK, at(when))
    else:
        assert in_quiet(quiet, NEW_YORK, at(when)) == (at(ends) if ends else None)


hours = st.builds(lambda start, long: Window(start=start, end=(start + long) % 1440), st.integers(0, 1439), st.integers(1, 700))


@given(st.lists(hours, max_size=3), zones, times)
def test_quiet_follows_the_clock_and_ends_at_the_first_time_outside_the_window(windows: list[Window], zone: str, when: datetime):
    assume(not covers_the_day(windows))
    end = in_quiet(windows, zone, when)
    if end is None:
        assert not _shows(windows, zone, when)
        return
    assert end > when
    assert in_quiet(windows, zone, end) is None
    assert all(in_quiet(windows, zone, when + part * (end - when) / 7) == end for part in range(7))


def _shows(windows: list[Window], zone: str, when: datetime) -> bool:
    local = when.astimezone(ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    return any(
        window.start <= minute < window.end or (window.end <= window.start and not window.end <= minute < window.start)
        for window in windows
    )


@given(st.lists(hours, max_size=3))
def test_windows_cover_the_day_if_they_leave_no_minute(windows: list[Window]):
    base = at("2027-05-01 00:00")
    assert covers_the_day(windows) == all(_shows(windows, "UTC", base + minute * MINUTE) for minute in range(1440))


@given(cadences, zones, times, st.lists(hours, max_size=2), st.floats(0, 4000))
def test_a_board_is_due_after_its_last_read_outside_its_windows_and_within_the_jitter_of_a_firing(
    cadence: str, zone: str, after: datetime, windows: list[Window], jitter_s: float
):
    assume(not covers_the_day(windows))
    made = replace(board(), cadence=cadence, time_zone=zone, jitter_s=jitter_s, quiet=tuple(windows))
    due, firing = next_due(made, after), next(firings(cadence, zone, after))
    assert after < firing <= due
    assert in_quiet(windows, zone, due) is None
    if windows == []:
        assert due - firing < timedelta(seconds=max(jitter_s, 1))


@pytest.mark.parametrize("text", ["22-06", "22:00 - 06:00", "24:00-06:00", "9:00-10:00", "22:60-06:00", "22:00-24:01", ""])
def test_text_that_is_not_a_window_is_refused(text: str):
    with pytest.raises(ValueError, match="expected hours"):
        window(text)
