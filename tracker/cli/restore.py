"""`tracker restore`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli._open import report_errors
from tracker.cli._print import print_problems
from tracker.cli.verify import audited
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
        audits, unchecked = audited(workspace, None)
    for audit in audits:
        differing = [line for event in audit.events for line in event.differences]
        if differing or audit.differences:
            click.echo(f"{audit.board}  DOES NOT HOLD  (tracker verify --board {audit.board})")
            print_problems((*differing, *audit.differences))
    click.echo(f"{sum(audit.holds for audit in audits)} of {copied.boards} boards verified")
    if unchecked:
        return StoreError.exit_code
    return 0 if all(audit.holds for audit in audits) else 1
