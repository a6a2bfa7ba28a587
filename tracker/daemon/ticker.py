"""APScheduler keeps the jobs, and our own loop starts what is due.

A scheduler that is started runs a loop in a thread of its own. The service has a loop already, which also lands fetches, watches
files and obeys signals. So the scheduler is never started: it keeps the jobs, and the loop asks each job when it is next due.
Jobs are built from the schedules at start and live in memory; nothing is pickled.

https://apscheduler.readthedocs.io/en/3.x/userguide.html#adding-jobs
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

from tracker.daemon.trigger import CadenceTrigger
from tracker.model import BoardId


class Ticker:
    """One job per board; what is due is handed to `say`, in the thread that ticks.

    `due(board, now)` tells when a board is due. It must not raise.
    """

    def __init__(self, due: Callable[[BoardId, datetime], datetime], say: Callable[[BoardId], None]) -> None:
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._due = due
        self._say = say

    def tick(self, now: datetime) -> float | None:
        """Say every board that is due, the one that has waited longest first; the seconds until the next is due, None without one."""
        jobs = self._scheduler.get_jobs()
        for job in sorted(jobs, key=lambda job: (job.next_run_time, job.id)):
            if job.next_run_time <= now:
                job.func(*job.args)
                job.modify(next_run_time=job.trigger.get_next_fire_time(job.next_run_time, now))
        return min(((job.next_run_time - now).total_seconds() for job in jobs), default=None)

    def watch(self, board: BoardId, now: datetime) -> None:
        """Have a job for a board, and look anew at when it is due."""
        trigger = CadenceTrigger(lambda at: self._due(board, at))
        due_at = trigger.get_next_fire_time(None, now)
        job = self._scheduler.get_job(board)
        if job is not None:
            job.modify(next_run_time=due_at)
        else:
            self._scheduler.add_job(self._say, trigger, args=(board,), id=board, name=board, next_run_time=due_at)

    def forget(self, board: BoardId) -> None:
        """Have no job for a board."""
        try:
            self._scheduler.remove_job(board)
        except JobLookupError:
            return

    def boards(self) -> frozenset[BoardId]:
        """The boards that have a job."""
        return frozenset(BoardId(job.id) for job in self._scheduler.get_jobs())
