"""Bars that show a person how far a long command is: done, rate, time left. Other programs and files see nothing of them."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import repeat
from typing import Any, TypeVar

Thing = TypeVar("Thing")


def tracked(things: Iterable[Thing], what: str, *, of: int) -> Generator[Thing]:
    """The things, with a bar on stderr for `of` of them if stderr is a terminal."""
    if not sys.stderr.isatty():
        yield from things
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
