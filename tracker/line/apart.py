"""Reads costly bodies in a process of their own, which limits of time and memory end without ending this one.

An ordinary page is read in this process: starting another takes a quarter of a second.
"""

from __future__ import annotations

import copyreg
import io
import os
import pickle
import resource
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from tracker.errors import ParseError, TrackerError
from tracker.model import Board, Part, Reading
from tracker.parsers.decoding import inflated
from tracker.reading import read_capture

COSTLY_BYTES = 8_000_000
SLOW_BYTES = 2_000_000
"""The same for formats that take ten times as long."""
SLOW = frozenset(("js_literal", "markdown_table", "yaml_records"))
COSTLY_MARKS = 600_000
"""Tags, or commas and bars between cells, that make a smaller body as costly."""
MARKS = {"html_table": b"<", "csv_table": b",", "markdown_table": b"|"}
CPU_S = 30
WALL_S = 180.0
"""The longest wait for the other process on a busy machine."""
MEMORY_BYTES = 1_000_000_000
"""Address space of the other process."""
PACKAGE = Path(__file__).parents[2]


class Read(Protocol):
    """Reads the bodies of a capture. `alone`: in a process of its own, however small they are. Raises as `read_capture`."""

    def __call__(
        self,
        board: Board,
        bodies: Sequence[bytes],
        *,
        parts: Sequence[Part] = (),
        url: str = "",
        content_type: str = "",
        alone: bool = False,
    ) -> Reading:
        """The reading."""
        ...


def here(
    board: Board,
    bodies: Sequence[bytes],
    *,
    parts: Sequence[Part] = (),
    url: str = "",
    content_type: str = "",
    alone: bool = False,  # noqa: ARG001  # fulfils Read
) -> Reading:
    """Read in this process, whatever it costs."""
    return read_capture(board, bodies, parts=parts, url=url, content_type=content_type)


def read(
    board: Board,
    bodies: Sequence[bytes],
    *,
    parts: Sequence[Part] = (),
    url: str = "",
    content_type: str = "",
    alone: bool = False,
) -> Reading:
    """Read costly bodies in a process of its own, others here. Raises ParseError if that takes too much time or memory."""
    work = partial(read_capture, parts=parts, url=url, content_type=content_type)
    if not alone and not any(_is_costly(body, board.parse.format) for body in bodies):
        return work(board, bodies)
    task = io.BytesIO()
    _Pickler(task).dump((board, bodies, parts, url, content_type))
    result = _of_a_child(board.id, task.getbuffer())
    if isinstance(result, TrackerError):
        raise result
    assert isinstance(result, Reading)
    return result


def _is_costly(body: bytes, form: str) -> bool:
    with suppress(ParseError):  # of a damaged file, which the parser refuses
        body = inflated(body)
    if len(body) > (SLOW_BYTES if form in SLOW else COSTLY_BYTES):
        return True
    mark = MARKS.get(form)
    return mark is not None and len(body) > COSTLY_MARKS and body.count(mark) > COSTLY_MARKS


class _Pickler(pickle.Pickler):
    """Writes a read-only mapping as a plain one."""

    dispatch_table = copyreg.dispatch_table | {MappingProxyType: lambda mapping: (dict, (dict(mapping),))}


def _of_a_child(board: str, task: memoryview) -> object:
    """The result of `main` in another process."""
    command = [sys.executable, "-P", "-m", __name__]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE), *filter(None, sys.path)])}
    try:
        ended = subprocess.run(  # noqa: S603  # our own module
            command, input=task, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, timeout=WALL_S, check=False
        )
    except subprocess.TimeoutExpired:
        return ParseError(f"{board}: found a page that is not read within {WALL_S:g} s, expected a board; look at the page")
    if not ended.returncode:
        return pickle.loads(ended.stdout)  # noqa: S301  # our own process wrote it
    limits = f"{CPU_S} s of CPU time and {MEMORY_BYTES:,} bytes of memory"
    return ParseError(f"{board}: found a page that is not read within {limits}, expected a board; look at the page")


def main() -> None:
    """Read the task on standard input, and write the reading, or the error, to standard output."""
    for kind, most in ((resource.RLIMIT_AS, MEMORY_BYTES), (resource.RLIMIT_CPU, CPU_S)):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    with suppress(OSError):  # a system without it: if memory runs out, this process is to end, not the one that waits for it
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    board, bodies, parts, url, content_type = pickle.load(sys.stdin.buffer)  # noqa: S301  # our own process wrote it
    result: object
    try:
        result = read_capture(board, bodies, parts=parts, url=url, content_type=content_type)
    except TrackerError as error:
        result = error
    pickle.dump(result, sys.stdout.buffer)


if __name__ == "__main__":
    main()
