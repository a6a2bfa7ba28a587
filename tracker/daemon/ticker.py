"""APScheduler as the clock: it knows which job is next, and our own loop asks it.

A scheduler of APScheduler's runs a loop of its own; a service that also lands fetches, watches files and obeys signals has
one already. Its manual says how the two are joined: a scheduler whose `wakeup` wakes the outer loop, which then calls
`_process_jobs()`. Jobs are built from the schedules at start and live in memory; nothing is pickled.

https://apscheduler.readthedocs.io/en/3.x/extending.html#custom-schedulers
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.base import BaseScheduler

from tracker.daemon.trigger import JOB_OPTIONS, CadenceTrigger
from tracker.model import BoardId


class Ticker(BaseScheduler):  # type: ignore[misc]  # APScheduler has no types
    """One job per board; what is due is handed to `say`, in the thread that ticks.

    `due(board, now)` tells when a board is due. It must not raise.
    """

    def __init__(self, due: Callable[[BoardId, datetime], datetime], say: Callable[[BoardId], None]) -> None:
        super().__init__(timezone=UTC, executors={"default": DebugExecutor()})
        self._due = due
        self._say = say

    def wakeup(self) -> None:
        """Nothing sleeps here: the outer loop ticks."""

    def shutdown(self, wait: bool = True) -> None:
        """Forget all jobs."""
        super().shutdown(wait)

    def tick(self) -> float | None:
        """Say every board that is due now; the seconds until the next is, None where there is none."""
        wait_s: float | None = self._process_jobs()
        return wait_s

    def watch(self, board: BoardId, now: datetime) -> None:
        """Have a job for a board, and look anew at when it is due."""
        trigger = CadenceTrigger(lambda at: self._due(board, at))
        job = self.get_job(board) or self.add_job(self._say, trigger, args=(board,), id=board, name=board, **JOB_OPTIONS)
        job.modify(next_run_time=trigger.get_next_fire_time(None, now))

    def forget(self, board: BoardId) -> None:
        """Have no job for a board."""
        try:
            self.remove_job(board)
        except JobLookupError:
            return

    def boards(self) -> frozenset[BoardId]:
        """The boards that have a job."""
        return frozenset(BoardId(job.id) for job in self.get_jobs())
