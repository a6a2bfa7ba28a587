"""Reads costly bodies in a process of their own, which limits of time and memory end without ending this one.

An ordinary page is read in this process: starting another takes a quarter of a second.
"""

from __future__ import annotations

import copyreg
import io
import os
import pickle
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypedDict, Unpack

from tracker.errors import DeclarationError, ParseError, TrackerError
from tracker.model import Board, IndexLine, Part, Reading
from tracker.parsers.decoding import inflated
from tracker.ports import Archive, Environment
from tracker.reading import read_capture
from tracker.redaction import named_in
from tracker.wording import machine_time

COSTLY_BYTES = 8_000_000
SLOW_BYTES = 2_000_000
"""The same for formats that take ten times as long."""
SLOW = frozenset(("js_literal", "markdown_table", "yaml_records"))
COSTLY_MARKS = 600_000
"""Tags, or commas and bars between cells, that make a smaller body as costly."""
MARKS = {"html_table": b"<", "csv_table": b",", "markdown_table": b"|"}
TAG = re.compile(rb"<[a-zA-Z][^<>]*")
BETWEEN = (b" ", b"\n", b"\t", b"\r", b"\f", b"/")
"""What separates attributes."""
NO_MEMORY = 77
"""The exit code of the other process without memory."""
PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The CPU time and the address space of the other process, and the longest wait for it on a busy machine."""

    cpu_s: int = 30
    memory_bytes: int = 1_000_000_000
    wall_s: float = 180.0


BUDGET = Budget()


class Received(TypedDict, total=False):
    """What else is known of the bodies of a capture, as in `Capture`."""

    parts: Sequence[Part]
    url: str
    content_type: str


class Read(Protocol):
    """Reads the bodies of a capture. `alone`: in a process of its own, however small they are. Raises as `read_capture`."""

    def __call__(self, board: Board, bodies: Sequence[bytes], *, alone: bool = False, **received: Unpack[Received]) -> Reading:
        """The reading."""
        ...


ReadLine = Callable[[Board, IndexLine, Archive], Reading]
"""Reads the bodies of a line, as `read_line`."""


def here(
    board: Board,
    bodies: Sequence[bytes],
    *,
    alone: bool = False,  # noqa: ARG001  # fulfils Read
    **received: Unpack[Received],
) -> Reading:
    """Read in this process, whatever it costs."""
    return read_capture(board, bodies, **received)


def read(
    board: Board,
    bodies: Sequence[bytes],
    *,
    alone: bool = False,
    budget: Budget = BUDGET,
    environment: Environment = os.environ,
    **received: Unpack[Received],
) -> Reading:
    """Read costly bodies in a process of its own, others here.

    Raises ParseError if that takes too much time or memory, or if the result or its error repeats a key of the board: a parser
    may put together what was not found in the bytes.
    """
    if alone or any(_is_costly(body, board.parse.format) for body in bodies):
        task = io.BytesIO()
        _Pickler(task).dump((board, bodies, received))
        result = _of_a_child(board.id, task.getbuffer(), budget)
    else:
        try:
            result = read_capture(board, bodies, **received)
        except TrackerError as error:
            result = error
    secrets = named_in(board.asked_with(), environment)
    if secrets and (name := secrets.found_in(repr((result, getattr(result, "violations", ()))).encode("utf-8", "replace"))):
        raise ParseError(f"{board.id}: found the value of {name} on the page, expected no key there; replace the key")
    if isinstance(result, Exception):
        raise result
    assert isinstance(result, Reading)
    return result


def _is_costly(body: bytes, form: str) -> bool:
    with suppress(ParseError):  # of a damaged file, which the parser refuses
        body = inflated(body)
    if len(body) > (SLOW_BYTES if form in SLOW else COSTLY_BYTES):
        return True
    mark = MARKS.get(form)
    if mark is None or len(body) < COSTLY_MARKS:
        return False
    return body.count(mark) > COSTLY_MARKS or (form == "html_table" and _attributes(body) > COSTLY_MARKS)


def _attributes(body: bytes) -> int:
    """At least the number of attributes on a page."""
    if sum(map(body.count, BETWEEN)) < COSTLY_MARKS:
        return 0
    tags = b"".join(TAG.findall(body))
    return sum(map(tags.count, BETWEEN))


class _Pickler(pickle.Pickler):
    """Writes a read-only mapping as a plain one."""

    dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda mapping: (dict, (dict(mapping),))}


def _of_a_child(board: str, task: memoryview, budget: Budget) -> object:
    """The result of `main` in another process, or the error that none came."""
    command = [sys.executable, "-P", "-m", __name__, str(budget.cpu_s), str(budget.memory_bytes)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE), *filter(None, sys.path)])}
    try:
        ended = subprocess.run(  # noqa: S603  # our own module
            command,
            input=task,
            capture_output=True,
            env=environment,
            timeout=budget.wall_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ParseError(f"{board}: found a page that is not read within {budget.wall_s:g} s, expected a board; look at it")
    if not ended.returncode:
        return pickle.loads(ended.stdout)  # noqa: S301  # our own process wrote it
    if ended.returncode > 0 and ended.returncode != NO_MEMORY:
        last = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        return RuntimeError(f"{board}: the process that reads costly pages failed: {last}")
    within = f"{budget.cpu_s} s of CPU time and {budget.memory_bytes:,} bytes of memory"
    return ParseError(f"{board}: found a page that is not read within {within}, expected a board; look at it")


def read_line(board: Board, line: IndexLine, archive: Archive, *, read: Read = read, alone: bool = False) -> Reading:
    """The reading of the bodies of an index line. Raises as `read_capture`, and StoreError for damaged bytes."""
    bodies = [archive.body(board.id, sha256) for sha256 in line.sha256]
    return read(board, bodies, parts=line.parts, url=line.url, content_type=line.content_type, alone=alone)


def read_at(board: Board, at: datetime, archive: Archive) -> Reading:
    """The reading of the capture of that time. Raises as `read_line`, and DeclarationError without a capture."""
    line = next((line for line in archive.index(board.id)[0] if line.observed_at == at and line.sha256), None)
    if line is None:
        raise DeclarationError(f"{board.id}: no capture of {machine_time(at)} is in the archive; expected one (tracker boards)")
    return read_line(board, line, archive)


def main() -> None:
    """Read the task on standard input, and write the reading, or the error, to standard output."""
    for kind, most in zip((resource.RLIMIT_CPU, resource.RLIMIT_AS), map(int, sys.argv[1:]), strict=True):
        _, hard = resource.getrlimit(kind)
        with suppress(OSError):  # a service that may not set limits (systemd's @resources); the wait for this process has one
            resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    with suppress(OSError):  # a system without it: if memory runs out, this process is to end, not the one that waits for it
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    try:
        board, bodies, received = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process wrote it
        pickle.dump(_result(board, bodies, received), sys.stdout.buffer)
        sys.stdout.flush()
    except MemoryError:
        os._exit(NO_MEMORY)


def _result(board: Board, bodies: Sequence[bytes], received: Received) -> object:
    """The reading or the error, one of ours as far as it can be pickled."""
    try:
        return read_capture(board, bodies, **received)
    except MemoryError:
        raise
    except TrackerError as error:
        return error
    except Exception as error:  # noqa: BLE001  # a defect, which the other process raises
        return RuntimeError(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
