"""A disk that fails on demand: every write to a folder, by Python or by SQLite, is an operation that a plan may fail.

Inside `Disk.installed`, the functions of `os` and `io` that change files, and SQLite's own system interface (its VFS), ask the
disk first. Nothing of the tracker is replaced. After a crash nothing more reaches the disk, whatever still runs: a process that
is dead writes nothing in a `finally` either. A loss of power also takes back what was not synced.
"""

from __future__ import annotations

import errno
import io
import os
import re
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from unittest import mock

from simulation import vfs

PACKAGE = f"{os.sep}tracker{os.sep}"
_NAMES = re.compile(r"[0-9a-f]{8,}|\d{4}-\d\d-\d\dT\d{6}Z|\d+")


class Crash(BaseException):
    """The process is dead. Nothing catches it but the simulation."""


class Fault(StrEnum):
    """What happens to an operation."""

    FULL = "no space"
    ERROR = "I/O error"
    TORN = "half of it, then an I/O error"
    CRASH = "the process dies before it"
    TORN_CRASH = "the process dies in the middle of it"
    POWER = "the power fails before it"
    POWER_ALL = "the power fails before it, and unsynced names are lost too"


DEADLY = frozenset((Fault.CRASH, Fault.TORN_CRASH, Fault.POWER, Fault.POWER_ALL))


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation: what is done to which kind of file, from where in the package, and the how-manieth of these it is."""

    kind: str
    name: str
    site: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind} {self.name} at {self.site} #{self.number}"


Plan = Callable[[Operation], Fault | None]


class Disk:
    """The folder `root`, which must exist. `plan` decides about each operation; `done` counts them."""

    def __init__(self, root: Path) -> None:
        self.root = os.fspath(root.absolute())
        self._roots = self.root, os.fspath(root.absolute().with_name(f".{root.name}.restoring"))
        self.plan: Plan = lambda _: None
        self.before: Callable[[str, str], None] = lambda _kind, _path: None
        self.dead = False
        self.done = 0
        self.crashes = 0
        self._seen: Counter[tuple[str, str, str]] = Counter()
        self._lost: Fault | None = None
        self._synced: dict[int, bytes] = {}
        self._names: list[tuple[str, Callable[[], None]]] = []
        self._kept = 0
        self.watches_power = True

    # ── what fails ───────────────────────────────────────────────────────────────────────────────

    def alive(self) -> None:
        """Raise Crash for a process that is dead."""
        if self.dead:
            raise Crash

    def kill(self, fault: Fault = Fault.CRASH) -> None:
        """The process dies now."""
        self.dead, self._lost = True, fault
        self.crashes += 1

    def revive(self) -> None:
        """A new process may write; nobody may have a file open. After a loss of power, what was not synced is gone."""
        if self._lost in {Fault.POWER, Fault.POWER_ALL}:
            self._lose(names=self._lost is Fault.POWER_ALL)
        self.dead, self._lost = False, None
        self._synced.clear()
        self._names.clear()
        self._seen.clear()

    def is_here(self, path: object) -> bool:
        """Whether a path is inside the folder."""
        return isinstance(path, str | os.PathLike) and os.path.abspath(os.fspath(path)).startswith(self._roots)

    def ask(self, kind: str, path: str) -> Fault | None:
        """What happens to an operation. A crash is returned once; the caller must raise it."""
        self.before(kind, path)
        self.done += 1
        name, site = _NAMES.sub("N", os.path.relpath(path, self.root)), _site()
        key = kind, name, site
        self._seen[key] += 1
        fault = self.plan(Operation(kind=kind, name=name, site=site, number=self._seen[key]))
        if fault in DEADLY:
            self.kill(fault)
        return fault

    def passes(self, kind: str, path: object, *, tearable: bool = False) -> bool:
        """Raise what an operation comes to. Returns whether half of it is to be done first; then call `torn`."""
        self.alive()
        fault = self.ask(kind, str(path))
        if fault is None:
            return True
        if tearable and fault in {Fault.TORN, Fault.TORN_CRASH}:
            self._torn = fault
            return False
        raise self._error(fault, path)

    def torn(self, path: object) -> BaseException:
        """What an operation ends with that was half done."""
        return self._error(self._torn, path)

    @staticmethod
    def _error(fault: Fault, path: object) -> BaseException:
        if fault in DEADLY:
            return Crash()
        code = errno.ENOSPC if fault is Fault.FULL else errno.EIO
        return OSError(code, os.strerror(code), str(path))

    # ── what is not synced ───────────────────────────────────────────────────────────────────────

    def touch(self, path: str) -> None:
        """Remember what a file is on the disk itself, before it is changed for the first time since it was synced."""
        if not self.watches_power:
            return
        with suppress(FileNotFoundError):
            inode = os.stat(path).st_ino
            if inode not in self._synced:
                self._synced[inode] = _bytes(path)

    def written_back(self) -> None:
        """Everything is on the disk itself: the system has written it in the meantime."""
        self._synced.clear()
        self._names.clear()

    def synced(self, path: str, inode: int) -> None:
        """A file or the names in a folder are on the disk itself."""
        self._synced.pop(inode, None)
        self._names = [(folder, undo) for folder, undo in self._names if folder != path]

    def named(self, path: str, undo: Callable[[], None]) -> None:
        """A name in a folder was changed."""
        if self.watches_power:
            self._names.append((os.path.dirname(os.path.abspath(path)), undo))

    def keep(self, path: str) -> str | None:
        """A second name for a file that is about to be replaced or removed."""
        if not self.watches_power or not os.path.exists(path):
            return None
        self._kept += 1
        kept = f"{self.root}-kept-{self._kept}"
        _REAL["link"](path, kept)
        return kept

    def _lose(self, *, names: bool) -> None:
        for folder, _, files in (found for root in self._roots for found in os.walk(root)):
            for path in (os.path.join(folder, file) for file in files):
                old = self._synced.get(os.stat(path).st_ino)
                if old is not None:
                    handle = _REAL["open"](path, os.O_WRONLY | os.O_TRUNC)
                    _REAL["write"](handle, old)
                    os.close(handle)
        if names:
            for _, undo in reversed(self._names):
                with suppress(OSError):
                    undo()

    # ── installing ───────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Within the block, all that changes the folder goes through this disk."""
        with ExitStack() as stack:
            for name, function in _System(self).functions().items():
                stack.enter_context(mock.patch.object(os, name, function))
            stack.enter_context(mock.patch.object(io, "open", _opener(self)))
            vfs.DISK.append(self)
            stack.callback(vfs.DISK.remove, self)
            yield


_REAL: dict[str, Callable[..., Any]] = {
    name: getattr(os, name)
    for name in ("open", "write", "pwrite", "fsync", "ftruncate", "replace", "rename", "link", "unlink", "mkdir")
}
_OPEN = io.open


def _bytes(path: str) -> bytes:
    with _OPEN(path, "rb") as file:
        return file.read()


def _site() -> str:
    """The place in the package from which an operation is done; SQLite calls back in the same thread."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if PACKAGE in name and "simulation" not in name:
            return f"{name.rpartition(PACKAGE)[2]}:{frame.f_code.co_name}:{frame.f_lineno}"
        frame = frame.f_back
    return "nowhere"


class _System:
    """The functions of `os` that change files, as they are on a disk."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk

    def functions(self) -> dict[str, Callable[..., Any]]:
        """Name → function."""
        same = {name: getattr(self, name) for name in ("open", "fsync", "link", "unlink", "mkdir")}
        writing = {
            name: partial(self._write, kind, _REAL[name])
            for name, kind in (("write", "write"), ("pwrite", "write"), ("ftruncate", "truncate"))
        }
        renaming = {name: partial(self._rename, _REAL[name]) for name in ("replace", "rename")}
        return {**same, **writing, **renaming, "remove": self.unlink}

    def open(self, path: Any, flags: int, *rest: Any, **more: Any) -> int:
        creates = bool(flags & os.O_CREAT) and not os.path.exists(path)
        is_here = self._disk.is_here(path)
        if is_here:
            self._disk.passes("create" if creates else "open", path)
        handle: int = _REAL["open"](path, flags, *rest, **more)
        if is_here and creates:
            self._disk.named(os.fspath(path), lambda: _REAL["unlink"](path))
        return handle

    def _write(self, kind: str, real: Callable[..., Any], handle: int, content: Any, *rest: int) -> Any:
        path = os.readlink(f"/proc/self/fd/{handle}")
        if not self._disk.is_here(path):
            return real(handle, content, *rest)
        is_whole = self._disk.passes(kind, path, tearable=kind == "write")
        self._disk.touch(path)
        if is_whole:
            return real(handle, content, *rest)
        real(handle, content[: len(content) // 2], *rest)
        raise self._disk.torn(path)

    def fsync(self, handle: int) -> None:
        path = os.readlink(f"/proc/self/fd/{handle}")
        if self._disk.is_here(path):
            self._disk.passes("sync", path)
            self._disk.synced(path, os.fstat(handle).st_ino)  # the simulated disk needs no more
        else:
            _REAL["fsync"](handle)

    def _rename(self, real: Callable[..., None], old: Any, new: Any, **more: Any) -> None:
        if self._disk.is_here(old) or self._disk.is_here(new):
            self._disk.passes("rename", new)
            source, target = os.fspath(old), os.fspath(new)
            kept = None if os.path.isdir(source) else self._disk.keep(target)

            def undo() -> None:
                _REAL["replace"](target, source)
                if kept:
                    _REAL["replace"](kept, target)

            self._disk.named(target, undo)
        real(old, new, **more)

    def link(self, old: Any, new: Any, **more: Any) -> None:
        if self._disk.is_here(new):
            self._disk.passes("link", new)
            self._disk.named(os.fspath(new), lambda: _REAL["unlink"](new))
        _REAL["link"](old, new, **more)

    def unlink(self, path: Any, **more: Any) -> None:
        if self._disk.is_here(path) and os.path.lexists(path):
            self._disk.passes("unlink", path)
            kept = self._disk.keep(os.fspath(path))
            if kept:
                self._disk.named(os.fspath(path), lambda: _REAL["replace"](kept, path))
        _REAL["unlink"](path, **more)

    def mkdir(self, path: Any, *rest: Any, **more: Any) -> None:
        if self._disk.is_here(path) and not os.path.exists(path):
            self._disk.passes("mkdir", path)
            self._disk.named(os.fspath(path), lambda: os.rmdir(path))
        _REAL["mkdir"](path, *rest, **more)


def _opener(disk: Disk) -> Callable[..., Any]:
    """`io.open`, as it is on this disk; `Path.open` and its relatives call it."""

    class File(io.FileIO):
        def write(self, content: Any) -> int:
            content, path = bytes(content), str(self.name)
            whole = disk.passes("write", path, tearable=True)
            disk.touch(path)
            if whole:
                return super().write(content)
            super().write(content[: len(content) // 2])
            raise disk.torn(path)

        def truncate(self, size: int | None = None) -> int:
            disk.passes("truncate", self.name)
            disk.touch(str(self.name))
            return super().truncate(size)

    def open_(  # noqa: PLR0917  # the signature of open
        file: Any,
        mode: str = "r",
        buffering: int = -1,
        encoding: str | None = None,
        errors: str | None = None,
        newline: str | None = None,
        closefd: bool = True,
        opener: Any = None,
    ) -> Any:
        if not disk.is_here(file):
            return _OPEN(file, mode, buffering, encoding, errors, newline, closefd, opener)
        is_new = not os.path.exists(file)
        if not set(mode) & set("wax+"):
            if not is_new:
                disk.passes("open", file)
            return _OPEN(file, mode, buffering, encoding, errors, newline, closefd, opener)
        disk.passes("create" if is_new else "open", file)
        if "w" in mode:
            disk.touch(os.fspath(file))
        raw = File(file, mode.replace("b", "").replace("t", ""))
        if is_new:
            disk.touch(os.fspath(file))
            disk.named(os.fspath(file), lambda: _REAL["unlink"](file))
        buffered = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)

    return open_


def inode_of(path: str) -> int:
    """The file behind a path, 0 if there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return 0
    return 0 if stat.S_ISDIR(found.st_mode) else found.st_ino
