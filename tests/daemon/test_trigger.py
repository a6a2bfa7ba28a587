"""Jobs of APScheduler with our trigger: missed firings become one run, and nothing is doubled."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from kit import board

from tracker import cadence
from tracker.daemon.ticker import LOOK_AGAIN, CadenceTrigger, Ticker
from tracker.model import Board, BoardId

START = datetime(2027, 3, 13, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Service:
    """A board and the times of its reads. A restart makes a new ticker with the same memory."""

    board: Board
    now: datetime = START
    slow: bool = False
    under_way: bool = False
    reads: list[datetime] = field(default_factory=list)

    def due(self, _: BoardId, now: datetime) -> datetime:
        return cadence.next_due(self.board, self.reads[-1]) if self.reads else now

    def say(self, board: BoardId) -> None:
        self.under_way = True
        if not self.slow:
            self.end()

    def end(self) -> None:
        """End the run: the board is read if it is still due."""
        if self.due(self.board.id, self.now) <= self.now and self.under_way:
            self.reads.append(self.now)
        self.under_way = False

    def start(self) -> Ticker:
        ticker = Ticker(self.due, self.say)
        ticker.watch(self.board.id, self.now)
        return ticker

    def run(self, ticker: Ticker, until: datetime) -> None:
        """Sleep exactly as long as the ticker says, repeatedly."""
        while True:
            wait = ticker.tick(self.now)
            assert wait is not None, "the job is gone"
            wake = self.now + timedelta(seconds=wait)
            if wake > until:
                self.now = until
                return
            self.now = wake


def made(expression: str, zone: str = "UTC", **more: object) -> Board:
    return replace(board(), cadence=expression, time_zone=zone, **more)


def test_a_new_board_is_read_at_once_and_then_at_every_firing():
    service = Service(made("0 */6 * * *"))
    service.run(service.start(), START + 24 * HOUR)
    assert service.reads == [START + n * HOUR for n in (0, 6, 12, 18, 24)]


def test_firings_missed_while_the_machine_slept_become_one_run():
    service = Service(made("0 * * * *"))
    ticker = service.start()
    service.run(ticker, START + 2 * HOUR)
    service.now += 50.5 * HOUR
    service.run(ticker, START + 54 * HOUR)
    assert service.reads == [START + n * HOUR for n in (0, 1, 2, 52.5, 53, 54)]


def test_firings_missed_while_the_service_was_stopped_become_one_run_at_the_start():
    service = Service(made("0 * * * *"))
    ticker = service.start()
    service.run(ticker, START + 2 * HOUR)
    service.now += 50.5 * HOUR
    service.run(service.start(), START + 54 * HOUR)
    assert service.reads == [START + n * HOUR for n in (0, 1, 2, 52.5, 53, 54)]


def test_a_restart_does_not_repeat_a_run():
    service = Service(made("0 6 * * *", jitter_s=1800))
    for _ in range(48):
        ticker = service.start()
        service.run(ticker, service.now + HOUR)
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
def test_the_skipped_and_the_doubled_hour(expression: str, day: str, expected: list[str]):
    begin = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("America/New_York"))
    service = Service(made(expression, "America/New_York"), now=begin.astimezone(UTC))
    service.reads.append(service.now)
    service.run(service.start(), (begin + timedelta(days=2)).astimezone(UTC))
    assert [f"{read.astimezone(begin.tzinfo):%H:%M}" for read in service.reads[1:]] == expected
    assert all(earlier < later for earlier, later in pairwise(service.reads))


def test_a_long_run_is_not_doubled():
    service = Service(made("0 * * * *"), slow=True)
    service.reads.append(START - HOUR)
    ticker = service.start()
    service.run(ticker, START + timedelta(minutes=20))
    assert service.under_way
    service.end()
    service.run(ticker, START + timedelta(minutes=59))
    service.end()
    assert service.reads == [START - HOUR, START + timedelta(minutes=20)]
    service.run(ticker, START + timedelta(minutes=60))
    service.end()
    assert service.reads[2:] == [START + HOUR]


def test_a_board_that_another_process_has_just_read_is_not_read_again():
    service = Service(made("0 * * * *"))
    ticker = service.start()
    service.run(ticker, START + timedelta(minutes=59))
    service.reads.append(by_hand := START + HOUR)
    service.run(ticker, START + 2 * HOUR)
    assert service.reads == [START, by_hand, START + 2 * HOUR]


def test_the_next_start_is_never_the_present_once_a_run_has_begun():
    late = CadenceTrigger(lambda now: now - HOUR)
    assert late.get_next_fire_time(None, START) == START
    assert late.get_next_fire_time(START, START) == START + LOOK_AGAIN
    early = CadenceTrigger(lambda now: now + HOUR)
    assert early.get_next_fire_time(None, START) == early.get_next_fire_time(START, START) == START + HOUR
