"""Errors of SQLite and of the disk below it, by their codes: each kind has its own remedy, none of which loses anything.

Source: https://www.sqlite.org/rescode.html
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from tracker.errors import StoreError


class Damaged(StoreError):
    """The history's file, or a row of it, is damaged: `workspace.rescue` rebuilds it."""


class Replaced(Damaged):
    """The file was replaced or deleted while it was in use; it may be sound, and has to be opened again."""


class Newer(StoreError):
    """A later version of the tracker wrote the file."""


REBUILD = "rebuild it, which keeps pauses, deliveries and all that can be read, with: tracker replay"
_DAMAGE = frozenset((sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB))
_LOCKED = "another process is writing it; wait for that process or end it, then run this again (tracker status names a daemon)"
_FULL = "the disk or the quota is full; free some space, then run this again: what is stored stays as it is"
_NOT_WRITABLE = "this user cannot write it; make the file and its folder writable, or name another --store"
_READ_ONLY = "the disk is mounted read-only; mount it writable, or name another --store"
_OTHER = "check the disk and the path, then run this again"
_REMEDIES: Mapping[int, str] = {
    sqlite3.SQLITE_ERROR: REBUILD,
    **dict.fromkeys((sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED), _LOCKED),
    sqlite3.SQLITE_FULL: _FULL,
    **dict.fromkeys((sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM), _NOT_WRITABLE),
}
_DISK_REMEDIES: Mapping[int | None, str] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _FULL),
    **dict.fromkeys((errno.EACCES, errno.EPERM), _NOT_WRITABLE),
    errno.EROFS: _READ_ONLY,
}


def is_damage(error: sqlite3.Error | OSError) -> bool:
    """Whether the error says that the file is damaged; a full disk or a lock does not damage it."""
    is_no_text = type(error) is sqlite3.OperationalError and not _code(error)  # Python's own: a text is not UTF-8
    return is_no_text or _code(error) in _DAMAGE


def is_of_all(error: StoreError) -> bool:
    """Whether the disk or the database fails, and so every board; otherwise the archive of one board is damaged."""
    return isinstance(error, Damaged) or isinstance(error.__cause__, sqlite3.Error | OSError)


def store_error(path: Path, doing: str, error: sqlite3.Error | OSError) -> StoreError:
    """The error of a file that one cannot `doing` ("open", "write"), with the remedy for its code."""
    if is_damage(error):
        return Damaged(f"{path}: is damaged: {error}; expected the SQLite file that the tracker wrote ({REBUILD})")
    remedy = disk_remedy(path, error) if isinstance(error, OSError) else _REMEDIES.get(_code(error), _OTHER)
    remedy = _READ_ONLY if remedy is _NOT_WRITABLE and _is_mounted_read_only(path) else remedy
    return StoreError(f"{path}: cannot {doing} the store: {error}; expected a writable SQLite file ({remedy})")


def disk_remedy(path: Path, error: OSError) -> str:
    """What to do about an error of the disk that has the path."""
    remedy = _DISK_REMEDIES.get(error.errno, _OTHER)
    return _READ_ONLY if remedy is _NOT_WRITABLE and _is_mounted_read_only(path) else remedy


def _is_mounted_read_only(path: Path) -> bool:
    """Whether the disk that has the path, or would have it, is mounted read-only."""
    there = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    return bool(os.statvfs(there).f_flag & os.ST_RDONLY)


def newer(path: Path, later: str) -> Newer:
    """The error of a file that has what this version does not know, which `later` names."""
    expected = "expected nothing later than this version (install that one or a later one; nothing was changed)"
    return Newer(f"{path}: was written by a later version of the tracker, which added {later}; {expected}")


def _code(error: sqlite3.Error | OSError) -> int:
    """The primary result code; 0 for an error that SQLite did not raise."""
    return (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
