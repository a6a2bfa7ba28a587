"""`tracker backup`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.errors import StoreError
from tracker.wording import count, safe
from tracker.workspace import Settings


@click.command("backup")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.pass_obj
def command(settings: Settings, folder: Path) -> int:
    """Copy the store into a folder, also while a daemon runs.

    The copy holds captures, history, pauses, deliveries and receipts, and is itself a store. A later backup into the same folder
    adds only new bodies. It compares those that it has (up to 256 MB a time, each one within a week) and replaces damaged ones.
    Exit code 3 if a body of the store itself is damaged. Keep your schedules and tracker.toml elsewhere, such as in git.
    """
    from tracker.workspace.backup import back_up_to  # noqa: PLC0415  # loads the archive

    copied = back_up_to(folder, settings)
    for problem in copied.problems:
        click.echo(f"tracker: {safe(problem)}", err=True)
    held = f"{count(copied.boards, 'board')}, {count(copied.bodies, 'body', 'bodies')}, {copied.new} of them new"
    held += f", {copied.replaced} replaced, because the copy was damaged" if copied.replaced else ""
    click.echo(f"{safe(str(folder))}: {held} (to read it: tracker --store {safe(str(folder))} boards)")
    return StoreError.exit_code if copied.problems else 0
