"""Locks between processes by flock, which the kernel releases however the holder ends. The file names the holder."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tracker.errors import StoreError
from tracker.stores.sqlite_errors import disk_remedy
from tracker.wording import machine_time, when

POLL_S = 0.02
_MOST_BYTES = 4096


class Taken(StoreError):
    """Another process holds the lock; its file is fine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lock; `pid` is 0 if the file does not name a process."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        if not self.pid:
            return "another process"
        try:
            since = when(datetime.fromisoformat(self.since))
        except ValueError:  # edited by hand
            since = self.since
        return f"process {self.pid} on {self.host}, since {since}"


@contextmanager
def held(path: Path, *, patience_s: float = 0.0, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold the file's lock within the block.

    Raises:
        Taken: another process, or another block of this one, holds it for longer than `patience_s`; names the holder.
        StoreError: the file cannot be created, locked or written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {error.strerror}; {disk_remedy(path, error)}") from error
    try:
        if not lock(handle, patience_s, sleep):
            raise Taken(f"{path}: held by {_read(handle)}; end it, or try later")
        _sign(handle, path)
        yield
    finally:
        os.close(handle)  # this releases the lock


def lock(handle: int, patience_s: float = 0.0, sleep: Callable[[float], None] = time.sleep) -> bool:
    """Lock the open file; False if another holder keeps it for longer than `patience_s`."""
    for attempt in range(int(patience_s / POLL_S) + 1):
        if attempt:
            sleep(POLL_S)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        return True
    return False


def holder(path: Path) -> Holder | None:
    """Who holds the file's lock now, if anyone. Raises StoreError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}; expected a file that you may read") from error
    try:
        return None if lock(handle) else _read(handle)
    finally:
        os.close(handle)


def _sign(handle: int, path: Path) -> None:
    signed = {"pid": os.getpid(), "host": socket.gethostname(), "since": machine_time(datetime.now(UTC))}
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(signed).encode(), 0)
    except OSError as error:
        raise StoreError(f"{path}: cannot be signed: {error.strerror}; expected space on the disk") from error


def _read(handle: int) -> Holder:
    """The holder that the file names; the file may be half written, or edited by hand."""
    try:
        signed = json.loads(os.pread(handle, _MOST_BYTES, 0))
        return Holder(pid=int(signed["pid"]), host=str(signed["host"]), since=str(signed["since"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        return Holder(pid=0, host="", since="")
