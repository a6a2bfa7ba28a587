"""`tracker restore`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli._open import report_errors
from tracker.cli._print import print_problems
from tracker.cli.verify import boards_verified
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
    with Workspace(settings, report_errors) as workspace:
        verified, unchecked = boards_verified(workspace, None)
    for found in verified:
        differing = [line for event in found.events for line in event.differences]
        if differing or found.differences:
            click.echo(f"{found.board}  DOES NOT HOLD  (tracker verify --board {found.board})")
            print_problems((*differing, *found.differences))
    click.echo(f"{sum(found.holds for found in verified)} of {copied.boards} boards verified")
    if unchecked:
        return StoreError.exit_code
    return 0 if all(found.holds for found in verified) else 1
