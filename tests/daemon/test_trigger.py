"""The trigger in a real scheduler of APScheduler: what was missed is made good once, and nothing is doubled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.job import Job
from apscheduler.schedulers.base import BaseScheduler
from kit import board

from tracker import cadence
from tracker.daemon.trigger import JOB_OPTIONS, LOOK_AGAIN, CadenceTrigger
from tracker.model import Board

START = datetime(2027, 3, 13, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Loop(BaseScheduler):
    """A scheduler whose main loop is the test's: `turn` does what is due and says when to come back."""

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)

    def wakeup(self) -> None:
        pass

    def turn(self) -> float | None:
        return self._process_jobs()


class AtOnce(BaseExecutor):
    """Runs a job before the scheduler goes on, as if it took no time."""

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self._run_job_success(job.id, run_job(job, "default", run_times, __name__))


class Later(BaseExecutor):
    """Keeps jobs under way until the test lets them end."""

    def __init__(self) -> None:
        super().__init__()
        self.under_way: list[tuple[Job, list[datetime]]] = []

    def _do_submit_job(self, job: Job, run_times: list[datetime]) -> None:
        self.under_way.append((job, run_times))

    def end(self) -> None:
        for job, run_times in self.under_way:
            self._run_job_success(job.id, run_job(job, "default", run_times, __name__))
        self.under_way.clear()


@dataclass
class Service:
    """A board and what a store remembers of it: when it was last read. A restart makes a new scheduler upon the same memory."""

    board: Board
    traveller: time_machine.Traveller
    executor: Callable[[], BaseExecutor] = AtOnce
    reads: list[datetime] = field(default_factory=list)

    def due(self, now: datetime) -> datetime:
        return cadence.next_due(self.board, self.reads[-1]) if self.reads else now

    def read(self) -> None:
        now = datetime.now(UTC)
        if self.trigger.is_due(now):
            self.reads.append(now)

    def start(self) -> Loop:
        self.trigger = CadenceTrigger(self.due)
        self.running = self.executor()
        loop = Loop(timezone=UTC, executors={"default": self.running}, logger=logging.getLogger("quiet"))
        loop.start()
        loop.add_job(self.read, self.trigger, **JOB_OPTIONS)
        return loop

    def run(self, loop: Loop, until: datetime) -> None:
        """Sleep exactly as long as the scheduler says, over and over."""
        while True:
            wait = loop.turn()
            assert wait is not None, "the job is gone"
            wake = datetime.now(UTC) + timedelta(seconds=wait)
            if wake > until:
                self.traveller.move_to(until, tick=False)
                return
            self.traveller.move_to(wake, tick=False)


@pytest.fixture
def traveller() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def made(expression: str, zone: str = "UTC", **more: object) -> Board:
    return replace(board(), cadence=expression, time_zone=zone, **more)


def test_a_new_board_is_read_at_once_and_then_at_every_firing(traveller: time_machine.Traveller):
    service = Service(made("0 */6 * * *"), traveller)
    service.run(service.start(), START + 24 * HOUR)
    assert service.reads == [START + n * HOUR for n in (0, 6, 12, 18, 24)]


def test_firings_missed_while_the_machine_slept_become_one_run(traveller: time_machine.Traveller):
    service = Service(made("0 * * * *"), traveller)
    loop = service.start()
    service.run(loop, START + 2 * HOUR)
    traveller.shift(50.5 * HOUR)
    service.run(loop, START + 54 * HOUR)
    assert service.reads == [START + n * HOUR for n in (0, 1, 2, 52.5, 53, 54)]


def test_firings_missed_while_it_was_stopped_become_one_run_at_the_start(traveller: time_machine.Traveller):
    service = Service(made("0 * * * *"), traveller)
    loop = service.start()
    service.run(loop, START + 2 * HOUR)
    loop.shutdown()
    traveller.shift(50.5 * HOUR)
    service.run(service.start(), START + 54 * HOUR)
    assert service.reads == [START + n * HOUR for n in (0, 1, 2, 52.5, 53, 54)]


def test_a_restart_does_not_read_again_what_was_read(traveller: time_machine.Traveller):
    service = Service(made("0 6 * * *", jitter_s=1800), traveller)
    for _ in range(48):
        loop = service.start()
        service.run(loop, datetime.now(UTC) + HOUR)
        loop.shutdown()
    assert len(service.reads) == 3
    assert [read.day for read in service.reads] == [13, 13, 14]


@pytest.mark.parametrize(
    ("expression", "day", "expected"),
    [
        ("30 2 * * *", "2027-03-14", ["03:00", "02:30"]),
        ("0 2,3 * * *", "2027-03-14", ["03:00", "02:00", "03:00"]),
        ("*/30 2 * * *", "2027-03-14", ["02:00", "02:30"]),
        ("30 1 * * *", "2027-11-07", ["01:30", "01:30"]),
        ("*/30 1 * * *", "2027-11-07", ["01:00", "01:30", "01:00", "01:30", "01:00", "01:30"]),
    ],
)
def test_the_skipped_and_the_doubled_hour(traveller: time_machine.Traveller, expression: str, day: str, expected: list[str]):
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("America/New_York"))
    traveller.move_to(begin, tick=False)
    service = Service(made(expression, "America/New_York"), traveller)
    service.reads.append(begin.astimezone(UTC))
    service.run(service.start(), (begin + timedelta(days=2)).astimezone(UTC))
    assert [f"{read.astimezone(begin.tzinfo):%H:%M}" for read in service.reads[1:]] == expected
    assert all(one < other for one, other in pairwise(service.reads))


def test_a_run_that_takes_long_is_not_doubled(traveller: time_machine.Traveller):
    service = Service(made("0 * * * *"), traveller, executor=Later)
    service.reads.append(START - HOUR)
    loop = service.start()
    service.run(loop, START + timedelta(minutes=20))
    assert len(service.running.under_way) == 1
    service.running.end()
    service.run(loop, START + timedelta(minutes=59))
    service.running.end()
    assert service.reads == [START - HOUR, START + timedelta(minutes=20)]
    service.run(loop, START + timedelta(minutes=60))
    service.running.end()
    assert service.reads[2:] == [START + HOUR]


def test_a_board_that_somebody_else_has_just_read_is_left_alone(traveller: time_machine.Traveller):
    service = Service(made("0 * * * *"), traveller)
    loop = service.start()
    service.run(loop, START + timedelta(minutes=59))
    service.reads.append(by_hand := START + HOUR)
    service.run(loop, START + 2 * HOUR)
    assert service.reads == [START, by_hand, START + 2 * HOUR]


def test_the_next_start_is_never_the_present_once_a_run_has_begun():
    late = CadenceTrigger(lambda now: now - HOUR)
    assert late.get_next_fire_time(None, START) == START
    assert late.get_next_fire_time(START, START) == START + LOOK_AGAIN
    assert late.is_due(START)
    early = CadenceTrigger(lambda now: now + HOUR)
    assert early.get_next_fire_time(None, START) == early.get_next_fire_time(START, START) == START + HOUR
    assert not early.is_due(START)
