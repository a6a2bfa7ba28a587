"""Runs the loop until a signal stops it, and keeps the service manager informed, if there is one: sd_notify(3)."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

from tracker.stores.sqlite_errors import Damaged

if TYPE_CHECKING:
    from tracker.daemon.loop import Loop

Say = Callable[[str], None]
LOOK_EVERY_S = 5.0
"""How soon a changed file, a pause or a set clock is noticed."""
STUCK_AFTER_S = 1800.0
"""A longer turn is stuck. Rewriting a history of years takes minutes, and the manager's watchdog must not end it each time."""

log = logging.getLogger("tracker.daemon")


def notifier(environment: MutableMapping[str, str]) -> Say:
    """A function that sends a state, such as `READY=1`. Removes the variable from the environment, because it is for us alone."""
    address = environment.pop("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return lambda _: None
    place = "\0" + address[1:] if address.startswith("@") else address

    def say(state: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.sendto(state.encode(), place)
        except OSError as error:  # go on without the manager
            log.warning("service manager not notified", extra={"state": state.partition("\n")[0], "error": str(error)})

    return say


def watchdog_s(environment: MutableMapping[str, str]) -> float | None:
    """Half the interval at which the manager expects a sign of life; None if it expects none."""
    asked, of = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
    if not asked.isdigit() or int(asked) == 0 or (of and of != str(os.getpid())):
        return None
    return int(asked) / 2e6


class Orders:
    """The requests of signals. The first SIGTERM or SIGINT asks for an orderly end, the second ends the process at once."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.stop = False
        self.reload = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._take)

    def _take(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002  # the signature of a handler
        if number == signal.SIGHUP:
            self.reload = True
        elif self.stop:
            os._exit(0)
        else:
            self.stop = True
        self._loop.wake.set()


def run(loop: Loop, *, say: Say, watchdog_s: float | None, stop_within_s: float, monotonic: Callable[[], float]) -> None:
    """Turn the loop until SIGTERM; then finish what is under way, for at most `stop_within_s`.

    Raises:
        Damaged: the database must be opened again. After SIGTERM it waits for the next start, as no signal may be forgotten.
    """
    orders = Orders(loop)
    loop.turn()
    say("READY=1\nSTATUS=watching")
    log.info("daemon ready", extra={"boards": len(loop.declared.boards)})
    with _beating(loop, say, watchdog_s, monotonic):
        try:
            while not orders.stop:
                wait_s = min(LOOK_EVERY_S, loop.idle_s if loop.idle_s is not None else LOOK_EVERY_S)
                loop.wake.wait(max(wait_s, 0.01))
                loop.wake.clear()
                if orders.reload:
                    orders.reload = False
                    _reload(loop, say, monotonic)
                loop.turn()
            say("STOPPING=1")
            _ending(loop, monotonic, stop_within_s)
        except Damaged as error:
            if not orders.stop:
                raise
            log.error("store is spoilt", extra={"error": str(error)})  # noqa: TRY400  # in one line


def _ending(loop: Loop, monotonic: Callable[[], float], within_s: float) -> None:
    until = monotonic() + within_s
    log.info("daemon stops", extra={"under_way": loop.busy})
    while loop.busy and monotonic() < until:
        loop.turn(start=False)
        if loop.busy:
            loop.wake.wait(1.0 if loop.trouble else 0.1)
            loop.wake.clear()
    log.info("daemon stopped", extra={"left": loop.busy})


@contextmanager
def _beating(loop: Loop, say: Say, every_s: float | None, monotonic: Callable[[], float]) -> Iterator[None]:
    """Within the block, notify the manager every `every_s`, unless the loop is stuck."""
    if every_s is None:
        yield
        return
    over = threading.Event()

    def beat() -> None:
        while not over.wait(every_s):
            if monotonic() - loop.turned_at < STUCK_AFTER_S:
                say("WATCHDOG=1")

    heart = threading.Thread(target=beat, name="heart", daemon=True)
    heart.start()
    try:
        yield
    finally:
        over.set()
        heart.join()


def _reload(loop: Loop, say: Say, monotonic: Callable[[], float]) -> None:
    """Read all declarations again while the manager waits (sd_notify(3), RELOADING=1)."""
    say(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic() * 1e6)}")
    loop.reload()
    loop.turn()
    say("READY=1\nSTATUS=watching")
