"""`tracker audit`."""

from __future__ import annotations

from contextlib import suppress

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import print_json
from tracker.errors import StoreError
from tracker.model import kept_and_pruned
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
        boards, pruned = workspace.archive.boards(), 0
        for board in boards:
            with suppress(StoreError):  # one of the problems
                pruned += len(kept_and_pruned(workspace.archive.index(board)[0])[1])
    if as_json:
        print_json({"problem": problem} for problem in problems)
    else:
        for problem in problems:
            click.echo(safe(problem))
        state = f"{count(len(problems), 'problem')} in the archive" if problems else "the archive is as it was written"
        without = f", without the bodies of {count(pruned, 'pruned capture')}" if pruned else ""
        click.echo(f"{state}: {count(len(boards), 'board')}{without}")
    return 1 if problems else 0
