"""The service: reads each board when it is due, and sends the news."""

from tracker.daemon.delivery import DeliveryWorker, lock_of, pass_once
from tracker.daemon.flights import InFlight
from tracker.daemon.loop import Loop, World
from tracker.daemon.run import notifier, watchdog_s
from tracker.daemon.upcoming import upcoming
from tracker.workspace.declarations import Declarations, Declared

__all__ = [
    "Declarations",
    "Declared",
    "DeliveryWorker",
    "InFlight",
    "Loop",
    "World",
    "lock_of",
    "notifier",
    "pass_once",
    "upcoming",
    "watchdog_s",
]
