"""Bars that show a person how far a long command is: done, rate, time left. Other programs get at most a line now and then."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import repeat
from typing import Any, TypeVar

Thing = TypeVar("Thing")


_LINES_S = 10.0


def tracked(things: Iterable[Thing], what: str, *, of: int, lines: bool = False) -> Generator[Thing]:
    """The things, with a bar on stderr for `of` of them if stderr is a terminal; otherwise, with `lines`, a line every 10 s."""
    if not sys.stderr.isatty():
        yield from _with_lines(things, what, of) if lines else things
        return
    from rich.console import Console  # noqa: PLC0415  # only for people
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415  # as above

    shown = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    console, on_screen = Console(stderr=True), sys.stdout.isatty()
    with Progress(TextColumn(what), *shown, console=console, transient=True, redirect_stdout=on_screen) as progress:
        task = progress.add_task(what, total=of, rate="")
        for thing in things:
            yield thing
            speed = progress.tasks[0].speed
            progress.update(task, advance=1, rate=f"{speed:.3g}/s" if speed else "")


def _with_lines(things: Iterable[Thing], what: str, of: int) -> Generator[Thing]:
    shown_at = time.monotonic()
    for number, thing in enumerate(things, 1):
        yield thing
        if number == of or time.monotonic() - shown_at > _LINES_S:
            shown_at = time.monotonic()
            sys.stderr.write(f"{what}: {number} of {of}\n")


@contextmanager
def counted(archive: Any, what: str, *, of: int) -> Iterator[Any]:
    """The archive, each of whose bodies is counted on such a bar when it is read."""
    bar = tracked(repeat(None), what, of=of)
    try:
        yield _Counted(archive, bar)
    finally:
        bar.close()


class _Counted:
    def __init__(self, archive: Any, bar: Iterator[None]) -> None:
        self._archive, self._bar = archive, bar

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    def body(self, *args: Any) -> Any:
        next(self._bar)
        return self._archive.body(*args)
