"""`tracker audit`."""

from __future__ import annotations

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import print_json
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("audit")
@as_json
@click.pass_obj
def command(settings: Settings, *, as_json: bool) -> int:
    """Find whatever was changed in the archive after it was written.

    Every line of an index must follow from the line before it, every body must have its hash, every board must reach at least as
    far as the daily roots and the history say. Exit code 1 if anything was changed, dropped, added or moved.
    """
    with Workspace(settings, report_errors) as workspace:
        problems = workspace.audit()
        boards = len(workspace.archive.boards())
    if as_json:
        print_json({"problem": problem} for problem in problems)
    else:
        for problem in problems:
            click.echo(safe(problem))
        state = f"{count(len(problems), 'problem')} in the archive" if problems else "the archive is as it was written"
        click.echo(f"{state}: {count(boards, 'board')}")
    return 1 if problems else 0
