"""`tracker capture open`."""

from __future__ import annotations

import re
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import click

from tracker.cli._open import report_errors
from tracker.cli._time import AT, known_at
from tracker.wording import machine_time
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.captures import bodies_of, capture_at, index_of


@click.command("open")
@click.argument("board")
@click.option("--at", type=AT, help="The last capture at or before that time; the newest by default.")
@known_at
@click.pass_obj
def command(settings: Settings, board: str, at: datetime | None) -> None:
    """Write the bytes of a capture to a temporary file, and open it as text.

    Never as a page: a publisher's scripts do not run. Prints the path of the file; without a terminal, that is all.
    """
    with Workspace(settings, report_errors) as workspace:
        declared = workspace.board(board)
        line = capture_at(declared, index_of(declared.id, workspace), at)
        bodies = bodies_of(declared, line, workspace.archive)
    name = re.sub(r"[^\w-]+", "-", f"{declared.id} {machine_time(line.observed_at)}")
    with tempfile.NamedTemporaryFile(prefix=f"{name}-", suffix=".txt", delete=False) as file:
        file.writelines(bodies)
    click.echo(file.name)
    if sys.stdout.isatty():
        click.launch(Path(file.name).as_posix())
