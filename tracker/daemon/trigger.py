"""When APScheduler starts a board's job: the times come from the store and the cadence, never from the scheduler's memory.

https://apscheduler.readthedocs.io/en/3.x/extending.html#custom-triggers
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.triggers.base import BaseTrigger

LOOK_AGAIN = timedelta(minutes=1)
"""How soon a job is looked at again whose run was started and is not yet in the store."""


class CadenceTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires when a board is due.

    `due(now)` tells when the board is due by what the store knows: its last check, its cadence, its back-off. That may be in
    the past, and then the job runs at once and once, however many firings were missed.

    The next time is asked for as soon as a run was started, when the store may not know of it yet and `due` still names the
    same time. The answer is then to look again after `look_again`. So whoever runs the job must ask `due` again before it reads
    the board, as it must anyway, since `tracker run` may have read it meanwhile.
    """

    __slots__ = ("_due", "_look_again")

    def __init__(self, due: Callable[[datetime], datetime], *, look_again: timedelta = LOOK_AGAIN) -> None:
        self._due = due
        self._look_again = look_again

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The next start, in UTC: at once for a job that is new and due, else strictly later than `now`. Raises what `due` raises."""
        moment, due = now.astimezone(UTC), self._due(now).astimezone(UTC)
        if due > moment:
            return due
        return moment if previous_fire_time is None else moment + self._look_again
