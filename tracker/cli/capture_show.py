"""`tracker capture show`: a publisher's bytes, which never reach a terminal as they are."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import paged, print_json, print_table, when
from tracker.cli._time import AT, known_at
from tracker.wording import safe, visible
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.captures import bodies_of, capture_at, cells_of, index_of, reading_of


@click.command("show")
@click.argument("board")
@click.option("--at", type=AT, help="The last capture at or before that time; the newest by default.")
@click.option("--raw", is_flag=True, help="The bytes as received; on a terminal as text, with control characters spelled out.")
@click.option("--body", type=click.IntRange(min=1), help="Of several bodies of a capture only the Nth, with --raw.")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, board: str, at: datetime | None, body: int | None, *, raw: bool, as_json: bool) -> None:
    """Show the table of a stored capture as it is read, or its bytes."""
    with Workspace(settings, report_errors) as workspace:
        declared = workspace.board(board)
        line = capture_at(declared, index_of(declared.id, workspace), at)
        if raw:
            _write(bodies_of(declared, line, workspace.archive, body))
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
