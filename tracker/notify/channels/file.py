"""Appends messages to a file: JSON lines by default, or text. Safe with several writers (flock), and durable (fsync)."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tracker.errors import DeliveryError
from tracker.notify.channels._secrets import fill
from tracker.notify.messages import Limits, Message
from tracker.notify.routes import Route
from tracker.ports import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file; its folder must exist."""

    route: str
    path: Path
    limits: Limits

    def send(self, message: Message) -> None:
        """Append the message, whole or not at all. JSON is one line; any other form ends with an empty line."""
        try:
            with self.path.open("ab") as file:
                fcntl.flock(file, fcntl.LOCK_EX)  # released when the file is closed
                _append(file, f"{message.body}\n".encode() if message.form == "json" else f"{message.body}\n\n".encode())
        except OSError as error:
            raise DeliveryError(
                f"{self.route}: {str(self.path)!r} cannot be written ({error.strerror}); make it writable, it is tried again"
            ) from error


def _append(file: BinaryIO, lines: bytes) -> None:
    """Undo a partial write (the disk is full), so that the next message does not begin in the middle of a line."""
    end = file.seek(0, os.SEEK_END)
    try:
        file.write(lines)
        file.flush()
        os.fsync(file.fileno())
    except OSError:
        os.ftruncate(file.fileno(), end)
        raise


def open_route(route: Route, environment: Environment) -> File:
    """The path may begin with `~`; a relative path begins in the current folder. Raises DeliveryError, final, without a path."""
    if not route.address:
        raise DeliveryError(f"{route.name}: no address, expected a file's path; add it to routes.toml", final=True)
    path = Path(fill(route.address, environment, route=route.name).text).expanduser()
    return File(route=route.name, path=path, limits=Limits(form=route.format or "json"))
