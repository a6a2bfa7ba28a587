"""Runs the loop until it is told to stop: signals, the service manager's watchdog, and an orderly end."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from types import FrameType

from tracker.daemon.loop import Loop
from tracker.daemon.service import Say

LOOK_EVERY_S = 5.0
"""How soon a changed file, a pause or a set clock is noticed."""

log = logging.getLogger("tracker.daemon")


class Orders:
    """What signals ask for. The first SIGTERM or SIGINT asks for an orderly end, the second ends the process at once."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.stop = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGHUP, self._reload)

    def _stop(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signature of a handler
        if self.stop:
            os._exit(0)
        self.stop = True
        self._loop.wake.set()

    def _reload(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signature of a handler
        self._loop.reload()


def run(loop: Loop, *, say: Say, watchdog_s: float | None, stop_within_s: float, monotonic: Callable[[], float]) -> None:
    """Turn the loop until SIGTERM; then bring what is under way to its end, for so long at most."""
    orders = Orders(loop)
    loop.turn()
    say("READY=1\nSTATUS=watching")
    log.info("daemon ready", extra={"boards": len(loop.declared.boards)})
    while not orders.stop:
        wait_s = min(LOOK_EVERY_S, loop.idle_s if loop.idle_s is not None else LOOK_EVERY_S, watchdog_s or LOOK_EVERY_S)
        loop.wake.wait(max(wait_s, 0.01))
        loop.wake.clear()
        loop.turn()
        say("WATCHDOG=1")
    say("STOPPING=1")
    until = monotonic() + stop_within_s
    log.info("daemon stops", extra={"under_way": loop.busy})
    while loop.busy and monotonic() < until:
        loop.turn(start=False)
        if loop.busy:
            loop.wake.wait(0.1)
            loop.wake.clear()
        say("WATCHDOG=1")
    log.info("daemon stopped", extra={"left": loop.busy})
