"""Messages printed where the tracker runs: for trying a route, and for services whose output is kept by somebody else (journald)."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from tracker.errors import DeliveryError
from tracker.notify.messages import Limits, Message
from tracker.ports import Clock, Environment

if TYPE_CHECKING:
    from tracker.notify.channels.webhook import Post
    from tracker.notify.routes import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Stdout:
    """Prints to `out`, the process's own output by default."""

    route: str
    limits: Limits
    out: TextIO | None = None

    def send(self, message: Message) -> None:
        """Print it; nothing in a message can act on a terminal. JSON is one line, anything else ends with an empty one."""
        out = self.out or sys.stdout
        try:
            out.write(f"{message.body}\n" if message.form == "json" else f"{message.body}\n\n")
            out.flush()
        except (OSError, ValueError) as error:  # ValueError: it was closed, or its encoding has no such sign
            raise DeliveryError(
                f"{self.route}: the output cannot be written ({type(error).__name__}); it is tried again"
            ) from error


def open_route(route: Route, environment: Environment, *, post: Post, clock: Clock) -> Stdout:  # noqa: ARG001  # every channel is opened alike
    """Always possible."""
    return Stdout(route=route.name, limits=Limits(form=route.format or "text"))
