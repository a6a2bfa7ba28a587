"""`tracker capture diff`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import paged, print_json, print_table, when
from tracker.cli._time import AT, known_at
from tracker.errors import DeclarationError
from tracker.model import Board, IndexLine
from tracker.wording import machine_time, safe, visible
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.captures import CellChange, bodies_of, capture_at, changes, index_of, reading_of, text_diff, texts_of


@click.command("diff")
@click.argument("board")
@click.option("--since", type=AT, required=True, help="The capture of that time, or the last before it.")
@click.option("--until", type=AT, help="The same for the later one; the newest by default.")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, board: str, since: datetime, until: datetime | None, *, as_json: bool) -> None:
    """Compare two stored captures: the cells that differ, side by side, then the text."""
    with Workspace(settings, report_errors) as workspace:
        declared, archive = workspace.board(board), workspace.archive
        index = index_of(declared.id, workspace)
        lines = [capture_at(declared, index, at) for at in (since, until)]
        if lines[0].observed_at == lines[1].observed_at:
            raise DeclarationError(f"{declared.id}: both are the capture of {machine_time(lines[0].observed_at)}; expected two")
        before, after = (reading_of(declared, line, archive) for line in lines)
        texts = [texts_of(line, bodies_of(declared, line, workspace.archive)) for line in lines]
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
