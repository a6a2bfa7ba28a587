"""`tracker capture show`, `open` and `diff`: a publisher's bytes, which never reach a terminal as they are."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import paged, print_json, print_table, when
from tracker.cli._time import Time
from tracker.errors import DeclarationError
from tracker.model import Board, IndexLine
from tracker.wording import machine_time, safe, visible
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.captures import CellChange, capture_at, cells_of, changes, reading_of, text_diff, texts_of

_AT = click.option("--at", type=Time(), help="The last capture at or before that time; the newest by default.")


@click.command("show")
@click.argument("board")
@_AT
@click.option("--raw", is_flag=True, help="The bytes as received; on a terminal as text, with control characters spelled out.")
@click.option("--body", type=click.IntRange(min=1), help="Of several bodies of a capture only the Nth, with --raw.")
@as_json
@click.pass_obj
@paged
def show(settings: Settings, board: str, at: datetime | None, body: int | None, *, raw: bool, as_json: bool) -> None:
    """Show the table of a stored capture as it is read, or its bytes."""
    with Workspace(settings, report_errors) as workspace:
        declared = workspace.board(board)
        line = capture_at(declared, workspace.archive, at)
        if raw:
            _write(_bodies(workspace, declared, line, body))
            return
        reading = reading_of(declared, line, workspace.archive)
    cells = [cells_of(entry, declared) for entry in reading.entries]
    if as_json:
        about = {"board": declared.id, "observed_at": line.observed_at}
        pairs = zip(reading.entries, cells, strict=True)
        print_json({**about, "entry": entry.id, "name": entry.name, "cells": of_entry} for entry, of_entry in pairs)
        return
    click.echo(safe(f"{declared.title} ({declared.id}), {when(line.observed_at)}: {line.url}"))
    for sha256 in line.sha256:
        click.echo(f"sha256 {sha256}")
    columns = tuple(dict.fromkeys(column for of_entry in cells for column in of_entry))
    named = zip(reading.entries, cells, strict=True)
    print_table(("name", *columns), ((entry.name, *(row.get(column, "") for column in columns)) for entry, row in named))
    if reading.unread:
        click.echo(f"{len(reading.unread)} rows cannot be read")


@click.command("open")
@click.argument("board")
@_AT
@click.pass_obj
def open_(settings: Settings, board: str, at: datetime | None) -> None:
    """Write the bytes of a capture to a temporary file, and open it as text.

    Never as a page: a publisher's scripts do not run. Prints the path of the file; without a terminal, that is all.
    """
    with Workspace(settings, report_errors) as workspace:
        declared = workspace.board(board)
        line = capture_at(declared, workspace.archive, at)
        bodies = _bodies(workspace, declared, line, None)
    name = re.sub(r"[^\w-]+", "-", f"{declared.id} {machine_time(line.observed_at)}")
    with tempfile.NamedTemporaryFile(prefix=f"{name}-", suffix=".txt", delete=False) as file:
        file.writelines(bodies)
    click.echo(file.name)
    if sys.stdout.isatty():
        click.launch(Path(file.name).as_posix())


@click.command("diff")
@click.argument("board")
@click.option("--since", type=Time(), required=True, help="The capture of that time, or the last before it.")
@click.option("--until", type=Time(), help="The same for the later one; the newest by default.")
@as_json
@click.pass_obj
@paged
def diff(settings: Settings, board: str, since: datetime, until: datetime | None, *, as_json: bool) -> None:
    """Compare two stored captures: the cells that differ, side by side, then the text."""
    with Workspace(settings, report_errors) as workspace:
        declared, archive = workspace.board(board), workspace.archive
        lines = [capture_at(declared, archive, at) for at in (since, until)]
        if lines[0].observed_at == lines[1].observed_at:
            raise DeclarationError(f"{declared.id}: both are the capture of {machine_time(lines[0].observed_at)}; expected two")
        before, after = (reading_of(declared, line, archive) for line in lines)
        texts = [texts_of(line, _bodies(workspace, declared, line, None)) for line in lines]
    found = changes(declared, before, after)
    if as_json:
        print_json(_row(declared, change, lines) for change in found)
        return
    dates = [when(line.observed_at) for line in lines]
    click.echo(safe(f"{declared.title} ({declared.id}): {dates[0]} and {dates[1]}"))
    print_table(("name", "column", *dates), ((row.name, row.column or "row", row.before, row.after) for row in found))
    for text in text_diff(*texts):
        click.echo(_coloured(visible(text)))


def _row(board: Board, change: CellChange, lines: Sequence[IndexLine]) -> dict[str, object]:
    times = {"since": lines[0].observed_at, "until": lines[1].observed_at}
    cells = {"column": change.column or None, "before": change.before, "after": change.after}
    return {"board": board.id, **times, "entry": change.entry, "name": change.name, **cells}


def _coloured(line: str) -> str:
    colour = {"-": "red", "+": "green", "@": "cyan"}.get(line[:1])
    return click.style(line, fg=colour) if colour else line


def _bodies(workspace: Workspace, board: Board, line: IndexLine, number: int | None) -> list[bytes]:
    if number is not None and number > len(line.sha256):
        raise DeclarationError(f"{board.id}: --body {number}: the capture has {len(line.sha256)}; expected one of them")
    chosen = line.sha256 if number is None else line.sha256[number - 1 : number]
    return [workspace.archive.body(board.id, sha256) for sha256 in chosen]


def _write(bodies: Sequence[bytes]) -> None:
    """The bytes for another program; for a person their text, in which nothing acts on the terminal."""
    for body in bodies:
        if not sys.stdout.isatty():
            sys.stdout.buffer.write(body)
            continue
        for line in _lines(body):
            click.echo(line)


def _lines(body: bytes) -> Iterator[str]:
    yield from (visible(line) for line in body.decode("utf-8", "backslashreplace").split("\n"))
