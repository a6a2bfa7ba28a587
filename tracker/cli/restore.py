"""`tracker restore`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli._open import report_errors
from tracker.cli._print import print_problems
from tracker.errors import StoreError
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("restore")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.pass_obj
def command(settings: Settings, folder: Path) -> int:
    """Copy a backup to where the store is expected, and verify it.

    The store must not exist yet. Every table is derived again and every body compared with its hash, as `tracker verify --all`
    does. Exit code 1 if something does not follow from the bytes, 3 if bytes are damaged.
    """
    from tracker.workspace.backup import restore_from  # noqa: PLC0415  # loads the archive

    copied = restore_from(folder, settings)
    click.echo(f"{safe(str(settings.store))}: {count(copied.boards, 'board')}, {count(copied.bodies, 'body', 'bodies')}")
    holding, code = 0, 0
    with Workspace(settings, report_errors) as workspace:
        for board in workspace.store.boards():
            try:
                found = workspace.verify_board(board)
            except StoreError as error:  # damage of one board does not hide the results of others
                click.echo(f"tracker: {safe(str(error))}", err=True)
                code = StoreError.exit_code
                continue
            if found.holds:
                holding += 1
                continue
            click.echo(f"{board}  DOES NOT HOLD  (tracker verify --board {board})")
            print_problems((*(line for event in found.events for line in event.differences), *found.differences))
            code = max(code, 1)
    click.echo(f"{holding} of {copied.boards} boards verified")
    return code
