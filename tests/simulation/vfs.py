"""SQLite's system interface, so that each of its writes and syncs asks the simulated disk: https://www.sqlite.org/vfs.html

SQLite reaches files through a table of functions, the VFS. This registers one as the default that passes everything on to the
system's, and asks `DISK` before it opens, writes, truncates, syncs or deletes. Outside a simulation it only passes on.
"""

from __future__ import annotations

import _sqlite3
import ctypes
import os
from ctypes import CFUNCTYPE, POINTER, Structure, addressof, c_char_p, c_int, c_int64, c_void_p, cast
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.disk import Disk

DISK: list[Disk] = []
"""The disk that is asked, if there is one."""

_OK, _CANTOPEN, _FULL = 0, 14, 13
_IOERR = {"write": 778, "sync": 1034, "truncate": 1546, "delete": 2570, "open": _CANTOPEN}

_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_DELETE = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_CLOSE = CFUNCTYPE(c_int, c_void_p)
_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)


class _Vfs(Structure):
    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("max_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
        ("others", c_void_p * 14),
    )


class _Methods(Structure):
    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("others", c_void_p * 13),
    )


class _File(Structure):
    _fields_ = (("methods", POINTER(_Methods)),)


class _Passing:
    """The functions between SQLite and the system's VFS."""

    def __init__(self, parent: _Vfs) -> None:
        self._parent = parent
        self._paths: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, Any]] = {}
        self._open_parent, self._delete_parent = _OPEN(parent.open), _DELETE(parent.delete)
        self.own = _Vfs.from_buffer_copy(parent)
        self.own.name = b"simulation"
        self._kept = _OPEN(self._open), _DELETE(self._delete)
        self.own.open, self.own.delete = (cast(function, c_void_p).value for function in self._kept)

    def _asked(self, kind: str, path: str) -> tuple[int, bool]:
        """The result code, and whether half of the operation is to be done first."""
        from simulation.disk import DEADLY, Fault  # noqa: PLC0415  # which imports this

        if not path or not DISK or not DISK[-1].is_here(path):
            return _OK, False
        if DISK[-1].dead:
            return _IOERR[kind], False
        fault = DISK[-1].ask(f"sqlite {kind}", path)
        if fault is None:
            return _OK, False
        code = _FULL if fault is Fault.FULL and kind == "write" else _IOERR[kind]
        return code, kind == "write" and fault in {Fault.TORN, Fault.TORN_CRASH} | (DEADLY & {Fault.TORN_CRASH})

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, out: int | None) -> int:
        path = ctypes.string_at(name).decode() if name else ""
        code, _ = self._asked("open", path)
        cast(file, POINTER(_File)).contents.methods = None
        if code == _OK:
            code = int(self._open_parent(addressof(self._parent), name, file, flags, out))
        opened = cast(file, POINTER(_File)).contents
        if code == _OK and opened.methods:
            self._paths[file] = path
            opened.methods = ctypes.pointer(self._wrapped(opened.methods))
        return code

    def _delete(self, _vfs: int, name: bytes, sync: int) -> int:
        code, _ = self._asked("delete", name.decode()) if Path(os.fsdecode(name)).exists() else (_OK, False)
        return code or int(self._delete_parent(addressof(self._parent), name, sync))

    def _wrapped(self, methods: Any) -> _Methods:
        """The functions of an open file."""
        address = addressof(methods.contents)
        if address not in self._methods:
            parent, own = methods.contents, _Methods.from_buffer_copy(methods.contents)
            close, write, truncate, sync = (
                _CLOSE(parent.close),
                _WRITE(parent.write),
                _TRUNCATE(parent.truncate),
                _SYNC(parent.sync),
            )

            def on_close(file: int) -> int:
                self._paths.pop(file, None)
                return int(close(file))

            def on_write(file: int, content: int, length: int, offset: int) -> int:
                path = self._paths.get(file, "")
                code, is_torn = self._asked("write", path)
                if DISK and (code == _OK or is_torn):
                    DISK[-1].touch(path)
                if is_torn:
                    write(file, content, length // 2, offset)
                return code or write(file, content, length, offset)

            def on_truncate(file: int, size: int) -> int:
                code, _ = self._asked("truncate", self._paths.get(file, ""))
                if DISK and code == _OK:
                    DISK[-1].touch(self._paths.get(file, ""))
                return code or truncate(file, size)

            def on_sync(file: int, flags: int) -> int:
                path = self._paths.get(file, "")
                code, _ = self._asked("sync", path)
                if DISK and code == _OK and DISK[-1].is_here(path):
                    from simulation.disk import inode_of  # noqa: PLC0415  # which imports this

                    DISK[-1].synced(path, inode_of(path))
                    return _OK
                return code or sync(file, flags)

            kept = _CLOSE(on_close), _WRITE(on_write), _TRUNCATE(on_truncate), _SYNC(on_sync)
            own.close, own.write, own.truncate, own.sync = (cast(function, c_void_p).value for function in kept)
            self._methods[address] = own, (kept, close, write, truncate, sync)
        return self._methods[address][0]


def _registered() -> _Passing:
    library = ctypes.CDLL(_sqlite3.__file__)
    library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    passing = _Passing(library.sqlite3_vfs_find(None).contents)
    if library.sqlite3_vfs_register(c_void_p(addressof(passing.own)), 1) != _OK:
        raise OSError("SQLite refused the simulated file system")
    return passing


_PASSING = _registered()
