"""Locks between processes: the kernel's own (flock), given back when the holder ends, however it ends. The file says who holds it."""

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
from tracker.wording import machine_time

POLL_S = 0.05
_MOST_BYTES = 4096


class Taken(StoreError):
    """Somebody else holds the lock; nothing is wrong with its file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a lock; `pid` is 0 where its file does not say."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}" if self.pid else "another process"


@contextmanager
def held(path: Path, *, patience_s: float = 0.0, sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold the lock of that file within the block.

    Raises:
        Taken: another process (or another block of this one) holds it for longer than `patience_s`; who is named.
        StoreError: the file cannot be made, locked or written.
    """
    handle = _open(path)
    try:
        for _ in range(int(patience_s / POLL_S) + 1):
            if _taken(handle):
                break
            sleep(POLL_S)
        else:
            raise Taken(f"{path}: held by {_read(handle)}; end it, or try later")
        _sign(handle, path)
        yield
    finally:
        os.close(handle)  # this gives the lock back


def holder(path: Path) -> Holder | None:
    """Who holds the lock of that file now, None when nobody does. Raises StoreError."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror}; expected a file that you may read") from error
    try:
        return None if _taken(handle) else _read(handle)
    finally:
        os.close(handle)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise StoreError(f"{path}: cannot be locked: {error.strerror}; expected a writable folder") from error


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(handle: int, path: Path) -> None:
    signed = {"pid": os.getpid(), "host": socket.gethostname(), "since": machine_time(datetime.now(UTC))}
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(signed).encode(), 0)
    except OSError as error:
        raise StoreError(f"{path}: cannot be signed: {error.strerror}; expected space on the disk") from error


def _read(handle: int) -> Holder:
    """What stands in the file; it may be half written, or by another hand."""
    try:
        said = json.loads(os.pread(handle, _MOST_BYTES, 0))
        return Holder(pid=int(said["pid"]), host=str(said["host"]), since=str(said["since"]))
    except (ValueError, TypeError, LookupError, RecursionError):
        return Holder(pid=0, host="", since="")
