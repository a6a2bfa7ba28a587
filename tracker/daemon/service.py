"""Notifies a service manager that we are ready, alive, reloading or stopping (sd_notify(3)), if there is one.

https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, MutableMapping

Say = Callable[[str], None]
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
