"""Both clocks implement the port: the machine's, and one that moves only when slept on."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine

from tracker.clock import LATEST, FixedClock, SystemClock
from tracker.ports import Clock


def test_the_machines_clock_is_aware_utc_in_whole_seconds():
    clock: Clock = SystemClock()
    before = datetime.now(UTC)
    now = clock.now()
    assert now.utcoffset() == timedelta(0)
    assert now.microsecond == 0
    assert before - timedelta(seconds=1) < now <= datetime.now(UTC)


def test_the_machines_clock_does_not_wait_for_zero_seconds():
    SystemClock().sleep(-5)


def test_a_fixed_clock_moves_only_when_slept_on():
    clock: Clock = FixedClock(datetime(2026, 4, 10, 8, 0, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2026, 4, 10, 6, 0, tzinfo=UTC)
    clock.sleep(90)
    assert clock.now() == datetime(2026, 4, 10, 6, 1, 30, tzinfo=UTC)


def test_fractions_of_a_second_add_up_though_they_are_not_shown():
    clock = FixedClock(datetime(2026, 4, 10, tzinfo=UTC))
    clock.sleep(0.6)
    assert clock.now().second == 0
    clock.sleep(0.6)
    assert clock.now() == datetime(2026, 4, 10, 0, 0, 1, tzinfo=UTC)


def test_a_wait_of_zero_seconds_changes_nothing():
    clock = FixedClock(datetime(2026, 4, 10, tzinfo=UTC))
    for seconds in (0, -3, 2.5):
        clock.sleep(seconds)
    assert clock.now() == datetime(2026, 4, 10, 0, 0, 2, tzinfo=UTC)


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="aware time"):
        FixedClock(datetime(2026, 4, 10))  # noqa: DTZ001 - what is tested


def test_the_machines_clock_leaves_room_for_spans_to_be_added():
    with time_machine.travel(datetime(9999, 12, 31, 23, 59, 58, tzinfo=UTC)):
        assert SystemClock().now() == LATEST
