"""Files and folders of the archive: durable writes, locks, and what the disk refuses, in our words."""

from __future__ import annotations

import errno
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import StoreError
from tracker.model import BoardId

LOCK_POLL_S = 0.02
TEMPORARY = ".tmp-"
_BOARD = re.compile(r"[a-z0-9._-]+/[a-z0-9._-]+")
_REMEDIES = {
    errno.ENOSPC: "free some space and run again, nothing half-written is referenced",
    errno.EDQUOT: "raise the quota or free some space and run again, nothing half-written is referenced",
    errno.EROFS: "the disk is read-only, mount it writable or name another --store",
    errno.EACCES: "make it accessible to this user or name another --store",
    errno.EPERM: "make it accessible to this user or name another --store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardFolder:
    """Where a board's captures are kept."""

    board: BoardId
    index: Path
    bodies: Path


@contextmanager
def disk_errors(place: str, path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a StoreError with the path and what to do."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "see that the disk is well and the path is right")
        raise StoreError(f"{place}: {error.filename or path}: {error.strerror or error}; {remedy}") from error


def is_board(name: str) -> bool:
    """Whether the name is a board's id that can be a folder's path."""
    return bool(_BOARD.fullmatch(name)) and not {".", ".."} & set(name.split("/"))


def folders_in(folder: Path) -> list[Path]:
    """The folders directly inside; none if the folder does not exist."""
    try:
        with os.scandir(folder) as inside:
            return [Path(entry.path) for entry in inside if entry.is_dir()]
    except FileNotFoundError:
        return []


def size_of(path: Path) -> int:
    """The file's size in bytes, 0 if it does not exist."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def modified_at_ns(folder: Path) -> int:
    """When the folder was last modified, 0 if it does not exist."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def try_lock(index: int) -> bool:
    """Lock the open file for this process; False if another one holds the lock."""
    try:
        fcntl.flock(index, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make_folder(folder: Path) -> None:
    """Create the folder and its parents so that they survive a crash."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Write the folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, stored: bytes) -> None:
    """Write a file so that after a crash it is either whole or not there."""
    temporary = path.with_name(f"{TEMPORARY}{path.name[:16]}")
    try:
        with temporary.open("wb") as file:
            file.write(stored)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
