"""What a service manager is told (sd_notify(3)): that we are ready, alive, reloading, stopping. Without one, nothing is said.

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
    """A function that sends one state, such as `READY=1`. What asked for it is taken out of the environment: it is meant for us alone."""
    address = environment.pop("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return lambda _: None
    place = "\0" + address[1:] if address.startswith("@") else address

    def say(state: str) -> None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.sendto(state.encode(), place)
        except OSError as error:  # a manager that is gone is no reason to end
            log.warning("service manager not told", extra={"state": state.partition("\n")[0], "error": str(error)})

    return say


def watchdog_s(environment: MutableMapping[str, str]) -> float | None:
    """How often the manager expects to hear from us, halved so as to be in time; None if it does not."""
    asked, of = environment.pop("WATCHDOG_USEC", ""), environment.pop("WATCHDOG_PID", "")
    if not asked.isdigit() or int(asked) == 0 or (of and of != str(os.getpid())):
        return None
    return int(asked) / 2e6
