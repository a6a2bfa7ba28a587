"""Gives a client each change of the record once, also if it is killed: a file keeps how far the client has come.

An output that is a file gets each text exactly once. What is about to be written is noted first, with the size that the output
has; if the process then dies, the next one finds out from the size what is missing, and writes only that. Into a pipe a process
of its own writes, which also notes how far it came: killing the client does not stop it halfway. If the machine itself fails at
that moment, the same text may come again.

Source: docs/decisions/0068-sql-and-cursors.md
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from tracker.errors import DeclarationError, StoreError
from tracker.model import RecordChange
from tracker.stores.locks import held
from tracker.stores.sqlite_errors import disk_remedy

Following = Callable[[str], Sequence[RecordChange]]
"""The changes after a cursor, as `SqliteStore.changes` gives them."""
_PATIENCE_S = 60.0


class _Pending(msgspec.Struct, frozen=True):
    """A text that is being written to the file `inode` of `device`, which had that size, and the cursor after it."""

    text: str
    cursor: str
    device: int
    inode: int
    size: int


class _Place(msgspec.Struct, frozen=True):
    """How far a client has come."""

    cursor: str = ""
    pending: _Pending | None = None


def follow(changes: Following, kept: Path, output: int, shown: Callable[[RecordChange], str]) -> None:
    """Write each change that the client has not got yet to the open file `output`, and note in the file `kept` how far it got.

    `shown` gives the text of a change, "" for one that the client does not want.

    Raises:
        DeclarationError: `kept` is not such a file, or is of another store.
        StoreError: `kept` cannot be written, or another process uses it.
        OSError: the output cannot be written.
    """
    with held(kept.with_name(f"{kept.name}.lock"), patience_s=_PATIENCE_S):
        place = _read(kept)
        is_file = stat.S_ISREG(os.fstat(output).st_mode)
        if place.pending is not None:
            place = _finished(place.pending, kept, output)
        while found := changes(place.cursor):
            text, cursor = "".join(map(shown, found)), found[-1].cursor
            if is_file:
                now = os.fstat(output)
                _note(kept, _Place(place.cursor, _Pending(text, cursor, now.st_dev, now.st_ino, now.st_size)))
                _write(output, text.encode())
                os.fsync(output)
            else:
                _written_apart(output, text.encode(), kept, _Place(cursor))
            place = _Place(cursor)
        _note(kept, place)


def _read(kept: Path) -> _Place:
    try:
        return msgspec.json.decode(kept.read_bytes(), type=_Place)
    except FileNotFoundError:
        return _Place()
    except (OSError, ValueError) as error:
        expected = "expected a file that --cursor wrote (to read all again: another name)"
        raise DeclarationError(f"{kept}: cannot be read as a cursor ({error}); {expected}") from error


def _finished(pending: _Pending, kept: Path, output: int) -> _Place:
    """Write what is missing of a text that was being written: all of it if the output is another file by now."""
    now, text = os.fstat(output), pending.text.encode()
    is_same = (now.st_dev, now.st_ino) == (pending.device, pending.inode)
    there = now.st_size - pending.size if is_same else 0
    _write(output, text[there if 0 <= there <= len(text) else 0 :])
    if stat.S_ISREG(now.st_mode):
        os.fsync(output)
    place = _Place(pending.cursor)
    _note(kept, place)
    return place


def _note(kept: Path, place: _Place) -> None:
    """Replace the file in one step."""
    new = kept.with_name(f"{kept.name}.new")
    try:
        with new.open("wb") as file:
            file.write(msgspec.json.encode(place))
            file.flush()
            os.fsync(file.fileno())
        new.replace(kept)
    except OSError as error:
        raise StoreError(f"{kept}: cannot be written: {error.strerror}; {disk_remedy(kept, error)}") from error


def _write(output: int, text: bytes) -> None:
    while text:
        text = text[os.write(output, text) :]


def _written_apart(output: int, text: bytes, kept: Path, place: _Place) -> None:
    """Write and note in a child, which goes on if this process is killed; the next client waits for its lock."""
    child = os.fork()
    if child:
        failed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if failed:
            raise OSError(failed, os.strerror(failed))
        return
    code = 255
    try:
        os.setsid()
        _write(output, text)
        _note(kept, place)
        code = 0
    except OSError as error:
        code = error.errno or code
    except StoreError as error:
        code = error.__cause__.errno or code if isinstance(error.__cause__, OSError) else code
    finally:
        os._exit(code)
