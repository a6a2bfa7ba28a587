"""Files and folders of the archive: durable writes, and disk errors in one line."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import StoreError
from tracker.model import BoardId

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
    """Where a board's captures are."""

    board: BoardId
    index: Path
    bodies: Path


@contextmanager
def disk_errors(place: str, path: Path) -> Iterator[None]:
    """Turn an OSError into a StoreError that names the path and the remedy."""
    try:
        yield
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, "check the disk and the path")
        raise StoreError(f"{place}: {error.filename or path}: {error.strerror or error}; {remedy}") from error


def is_board(name: str) -> bool:
    """Whether the name is a board's id, and so safe as a folder's path."""
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


def regular(path: Path) -> Path:
    """The path of a file to read. Raises StoreError if a pipe, a socket or a device is there: reading it may never end."""
    with suppress(OSError):  # what reading it says too
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
            expected = "expected the file that the tracker wrote; move it away, and restore the file from a backup"
            raise StoreError(f"{path}: is a pipe, a socket or a device; {expected}")
    return path


def modified_at_ns(folder: Path) -> int:
    """When the folder was last modified, 0 if it does not exist."""
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def make_folder(folder: Path) -> None:
    """Create the folder and its parents durably."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Flush the folder's list of names to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, stored: bytes) -> None:
    """Write a file that is either complete or missing after a crash."""
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


def keep_copy(path: Path) -> None:
    """Keep a damaged file under a name of its own, by its content, before it is replaced."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with suppress(FileExistsError):
        os.link(path, path.with_name(f"{path.name}.damaged-{digest[:16]}"))


def is_file(path: Path, handle: int) -> bool:
    """Whether the open file is still the one at that path."""
    try:
        return path.stat().st_ino == os.fstat(handle).st_ino
    except FileNotFoundError:
        return False
