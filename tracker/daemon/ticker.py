"""APScheduler keeps a job per board, and our own loop starts what is due.

The service has a loop already, which also stores fetches, watches files and obeys signals. So the scheduler is never started, and
the loop asks each job when it is due. Jobs are built from the schedules at start and live in memory; nothing is pickled.

https://apscheduler.readthedocs.io/en/3.x/userguide.html#adding-jobs
https://apscheduler.readthedocs.io/en/3.x/extending.html#custom-triggers
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from tracker import cadence
from tracker.model import Board, BoardId
from tracker.ports import Store
from tracker.query.due import due_at

LOOK_AGAIN = timedelta(minutes=1)
"""When a job is checked again whose run has begun and is not in the store yet."""


class CadenceTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires when a board is due.

    `due(now)` is when the board is due according to the store: its last check, cadence and back-off. A time in the past runs
    the job once, at once, however many firings were missed.

    The next time is needed as soon as a run has begun, when `due` has not changed yet. Then the job is checked again after
    `LOOK_AGAIN`. So the loop asks `due` again before it reads the board, as it must anyway: `tracker run` may have read it.
    """

    __slots__ = ("_due",)

    def __init__(self, due: Callable[[datetime], datetime]) -> None:
        self._due = due

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next start, in UTC: at once for a job that is new and due, otherwise after `now`. Raises what `due` raises."""
        moment, due = now.astimezone(UTC), self._due(now).astimezone(UTC)
        if due > moment:
            return due
        return moment if previous_fire_time is None else moment + LOOK_AGAIN


class Ticker:
    """One job per board; calls `say` for each due one, in the thread that ticks. `due(board, now)` must not raise."""

    def __init__(self, due: Callable[[BoardId, datetime], datetime], say: Callable[[BoardId], None]) -> None:
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._due = due
        self._say = say

    def tick(self, now: datetime) -> float | None:
        """Say every due board, the longest overdue first. Returns the seconds until the next is due, None without a board."""
        jobs = self._scheduler.get_jobs()
        for job in sorted(jobs, key=lambda job: (job.next_run_time, job.id)):
            if job.next_run_time <= now:
                job.func(*job.args)
                job.modify(next_run_time=job.trigger.get_next_fire_time(job.next_run_time, now))
        return min(((job.next_run_time - now).total_seconds() for job in jobs), default=None)

    def watch(self, board: BoardId, now: datetime) -> None:
        """Keep a job for a board, and ask again when it is due."""
        trigger = CadenceTrigger(lambda at: self._due(board, at))
        due_at = trigger.get_next_fire_time(None, now)
        job = self._scheduler.get_job(board)
        if job is not None:
            job.modify(next_run_time=due_at)
        else:
            self._scheduler.add_job(self._say, trigger, args=(board,), id=board, name=board, next_run_time=due_at)

    def forget(self, board: BoardId) -> None:
        """Keep no job for a board."""
        with suppress(JobLookupError):
            self._scheduler.remove_job(board)

    def boards(self) -> frozenset[BoardId]:
        """The boards with a job."""
        return frozenset(BoardId(job.id) for job in self._scheduler.get_jobs())


def upcoming(boards: Iterable[Board], store: Store | None, now: datetime, most: int) -> Sequence[tuple[datetime, Board]]:
    """The next `most` times at which boards are due if nothing fails, by time and board. An overdue board is due now."""
    ahead = [(max(due_at(board, store, now), now) if store else now, board.id, board) for board in boards]
    heapq.heapify(ahead)
    times: list[tuple[datetime, Board]] = []
    while ahead and len(times) < most:
        at, name, board = heapq.heappop(ahead)
        times.append((at, board))
        heapq.heappush(ahead, (cadence.next_due(board, at), name, board))
    return times
