"""When a board is fetched next: by its cadence, and after failures by how long they have lasted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_store import MemoryStore
from query_world import START, at, board, entry, note, save

from tracker.cadence import in_quiet, window
from tracker.model import Result
from tracker.ports import Store
from tracker.query.due import due_at

HOURLY, WEEKLY = "0 * * * *", "0 6 * * 0"
NIGHT = (window("22:00-07:00"),)


def failed(store: Store, times: int, *, passing: bool, last_hours: float = 0.0) -> datetime:
    """A board that was read well, then failed so many times, the last time so many hours after START. When that was."""
    save(store, -60, [entry("a", 90)])
    for number in range(times):
        note(store, last_hours / 24 - (times - 1 - number), Result.FAILED, "acme/text: it failed", passing=passing)
    return START + timedelta(hours=last_hours)


def wait(store: Store, last: datetime, **declared: object) -> timedelta:
    """From the last try to the next one; asked at different times, the answer is the same."""
    due = {due_at(board(**declared), store, last + timedelta(seconds=after)) for after in (0, 1, 10**6)}
    assert len(due) == 1
    return due.pop() - last


def test_a_board_that_was_never_read_is_due_now_or_when_the_quiet_ends(store: Store):
    assert due_at(board(), store, at(0.3)) == at(0.3)
    midnight = START.replace(hour=23)
    assert due_at(board(quiet=NIGHT), store, midnight) == START.replace(hour=7) + timedelta(days=1)


@pytest.mark.parametrize(
    ("cadence", "hours"), [("0 6 * * *", 24), (HOURLY, 1), ("17 */6 * * *", 17 / 60), (WEEKLY, 7 * 24), ("30 5 * * *", 23.5)]
)
def test_a_board_that_reads_is_due_by_its_cadence(store: Store, cadence: str, hours: float):
    save(store, 0, [entry("a", 90)])
    assert wait(store, START, cadence=cadence) == timedelta(hours=hours)


@pytest.mark.parametrize("cadence", [HOURLY, WEEKLY])
@pytest.mark.parametrize(("failures", "minutes"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (6, 120), (7, 120), (40, 120)])
def test_after_a_passing_fault_the_waits_double_whatever_the_cadence(store: Store, cadence: str, failures: int, minutes: int):
    last = failed(store, failures, passing=True)
    assert wait(store, last, cadence=cadence) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("failures", "cadence", "hours"), [
    (1, HOURLY, 1), (2, HOURLY, 1), (3, HOURLY, 1), (4, HOURLY, 2), (5, HOURLY, 4), (6, HOURLY, 8), (7, HOURLY, 16),
    (8, HOURLY, 24), (40, HOURLY, 24),
    (1, "*/5 * * * *", 5 / 60), (2, "*/5 * * * *", 0.5), (3, "*/5 * * * *", 1), (4, "*/5 * * * *", 2),
    (1, "0 6 * * *", 24), (40, "0 6 * * *", 24), (40, WEEKLY, 7 * 24),
])  # fmt: skip
def test_a_board_that_is_refused_keeps_its_cadence_slowed_down_to_once_a_day(
    store: Store, failures: int, cadence: str, hours: float
):
    last = failed(store, failures, passing=False)
    assert wait(store, last, cadence=cadence) == timedelta(hours=hours)


def test_the_last_failure_decides_whether_it_may_pass(store: Store):
    failed(store, 3, passing=True)
    note(store, 0.5, Result.FAILED, "acme/text: 403", passing=False)
    assert wait(store, at(0.5), cadence="*/5 * * * *") == timedelta(hours=2)
    note(store, 0.6, Result.FAILED, "acme/text: timed out", passing=True)
    assert wait(store, at(0.6), cadence="*/5 * * * *") == timedelta(minutes=80)


def test_after_an_answer_the_waits_start_over(store: Store):
    failed(store, 5, passing=True)
    save(store, 0.5, [entry("a", 91)])
    assert wait(store, at(0.5), cadence=HOURLY) == timedelta(hours=1)
    note(store, 1, Result.FAILED, "acme/text: timed out", passing=True)
    assert wait(store, at(1), cadence=HOURLY) == timedelta(minutes=5)


@pytest.mark.parametrize("passing", [True, False])
def test_nothing_is_tried_in_a_quiet_window(store: Store, passing: bool):
    last = failed(store, 1, passing=passing, last_hours=15.99)  # 21:59
    due = due_at(board(cadence=HOURLY, quiet=NIGHT), store, last)
    assert due == START.replace(hour=7) + timedelta(days=1)


@given(failures=st.integers(0, 20), passing=st.booleans(), hours=st.integers(0, 48))
def test_a_due_time_is_later_than_the_last_try_and_never_in_the_quiet(failures: int, passing: bool, hours: int):
    store = MemoryStore()
    last = failed(store, failures, passing=passing, last_hours=hours) if failures else at(-60)
    if not failures:
        save(store, -60, [entry("a", 90)])
    due = due_at(board(cadence=HOURLY, quiet=NIGHT), store, last)
    assert due > last
    assert in_quiet(NIGHT, "UTC", due) is None


# ── the clock was set back ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("back", "waits"), [
    (timedelta(minutes=1), True), (timedelta(hours=23), True), (timedelta(days=1), True),
    (timedelta(days=1, seconds=1), False), (timedelta(days=400), False),
])  # fmt: skip
def test_a_clock_set_back_a_little_delays_the_next_try_and_a_wrong_date_does_not(store: Store, back: timedelta, waits: bool):
    save(store, 0, [entry("a", 90)])
    now = START - back
    assert due_at(board(cadence=HOURLY), store, now) == (START if waits else now)
