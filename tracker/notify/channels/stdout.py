"""Prints messages where the tracker runs: to try a route, or for a service whose output journald keeps."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TextIO

from tracker.errors import DeliveryError
from tracker.notify.messages import Limits, Message
from tracker.notify.routes import Route
from tracker.ports import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Stdout:
    """Prints to `out`, by default the process's output."""

    route: str
    limits: Limits
    out: TextIO | None = None

    def send(self, message: Message) -> None:
        """Print it; no message can control a terminal. JSON is one line; any other form ends with an empty line."""
        out = self.out or sys.stdout
        try:
            out.write(f"{message.body}\n" if message.form == "json" else f"{message.body}\n\n")
            out.flush()
        except (OSError, ValueError) as error:  # ValueError: it is closed, or its encoding lacks a character
            reason = (isinstance(error, OSError) and error.strerror) or "it is closed, or its encoding lacks a character"
            raise DeliveryError(f"{self.route}: the output cannot be written ({reason}); the message is tried again") from error


def open_route(route: Route, environment: Environment) -> Stdout:  # noqa: ARG001  # as every channel
    """Always possible."""
    return Stdout(route=route.name, limits=Limits(form=route.format or "text"))
