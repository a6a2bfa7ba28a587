"""Shared by commands: print rows for programs and for people, with times in the reader's zone."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from datetime import datetime
from functools import wraps
from typing import Any

import click

from tracker import wording
from tracker.cli._open import zone
from tracker.wording import escaped, machine_time, safe

_NEVER_WRAPPED = 100_000
"""Characters, so that each row is one line for another program."""
_GAP = 3
_LEAST_FOLDED = 20
"""Characters, with the gap, into which the last column may be folded."""


class Dim(str):
    """A cell that a terminal shows in grey."""

    __slots__ = ()


def print_json(rows: Iterable[Mapping[str, object]]) -> None:
    """Print one object per line, times as `2026-04-18T06:18:33Z`."""
    for row in rows:
        click.echo(escaped(json.dumps(row, ensure_ascii=False, default=_plain)))


def _plain(value: object) -> str:
    return machine_time(value) if isinstance(value, datetime) else str(value)


class _Page(io.StringIO):
    """Text for a pager, which shows colours as the terminal does."""

    def isatty(self) -> bool:
        return True


def paged(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show what a command prints in a pager if a person reads it, and it is longer than the terminal."""

    @wraps(command)
    def shown(*args: object, **values: Any) -> object:
        if not sys.stdout.isatty() or values.get("as_json"):
            return command(*args, **values)
        with redirect_stdout(_Page()) as page:
            code = command(*args, **values)
        text = page.getvalue()
        if text.count("\n") >= shutil.get_terminal_size().lines:
            click.echo_via_pager(text, color=True)
        else:
            click.echo(text, nl=False)
        return code

    return shown


def picked(record: object, fields: str) -> dict[str, object]:
    """The named fields of a record, for programs; all null if there is no record."""
    return {field: getattr(record, field) if record is not None else None for field in fields.split()}


def without_id(message: str, board: str) -> str:
    """The message without the board's id at its start, for a line that begins with the id."""
    return message.removeprefix(f"{board}: ")


def print_problems(problems: Iterable[str]) -> None:
    """Print each problem of a test, indented."""
    for problem in problems:
        click.echo(f"    {safe(problem)}")


def when(at: datetime | None) -> str:
    """`wording.when` in the zone of the workspace or of `--tz`, "" for None."""
    return wording.when(at, zone()) if at else ""


def day(at: datetime | None) -> str:
    """`wording.day` in that zone, "" for None."""
    return wording.day(at, zone()) if at else ""


def print_table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: frozenset[str] = frozenset(),
    spare: Sequence[str] = (),
    to_stderr: bool = False,
) -> None:
    """Print a table for people; cells are plain text, whatever a publisher wrote.

    A terminal that is too narrow gets no `spare` columns, as many of the first ones as necessary. The last column may fold.
    """
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  # only for people
    from rich.console import Console  # noqa: PLC0415  # as above
    from rich.table import Table  # noqa: PLC0415  # as above
    from rich.text import Text  # noqa: PLC0415  # as above

    console = Console(highlight=False, soft_wrap=False, stderr=to_stderr)
    if not console.is_terminal:
        console.width = _NEVER_WRAPPED
    kept = [list(row) for row in rows]
    cells = [[safe("" if cell is None else str(cell)) for cell in row] for row in kept]
    shown = _fitting(header, cells, spare, console.width)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in shown:
        table.add_column(header[column], justify="right" if header[column] in right else "left", overflow="fold")
    for row, texts in zip(kept, cells, strict=True):
        table.add_row(*(Text(texts[column], "dim" if isinstance(row[column], Dim) else "") for column in shown))
    console.print(table)


def _fitting(header: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str], width: int) -> list[int]:
    """The columns to show in that width."""
    widths = [max(map(len, column)) + _GAP for column in zip(header, *rows, strict=True)]
    widths[-1] = min(widths[-1], _LEAST_FOLDED)
    shown = list(range(len(header)))
    for name in spare:
        if sum(widths[column] for column in shown) > width:
            shown.remove(header.index(name))
    return shown
