"""`tracker board repair`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tracker.authoring.repair import BrokenPage, Repaired, apply_change, page_of, repair
from tracker.cli._open import as_json
from tracker.cli._print import picked, print_json, print_table
from tracker.errors import DeclarationError
from tracker.model import Measure
from tracker.wording import machine_time, number, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.declared import chosen

HEAD = 3
"""Entries shown of the reading with the change."""


@click.command("repair")
@click.argument("board")
@click.option("--apply", is_flag=True, help="Change the file; without it the change is only shown.")
@click.option("--lose-earlier", is_flag=True, help="Apply also where captures accepted before would then be read differently.")
@click.option("--url", default=None, help="Look at this page, fetched once, instead of the newest capture.")
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=None, help="Look at this file instead."
)
@as_json
@click.pass_obj
def command(
    settings: Settings, board: str, url: str | None, file: Path | None, *, apply: bool, lose_earlier: bool, as_json: bool
) -> None:
    """Find what replaced the columns that a page no longer has, and show the change to the declaration.

    Each column of the page is compared with the board's last reading. A replacement that is certain enough is shown as
    a diff, with the reading that it gives; --apply changes the file. Exit code 1 if the page reads as declared, or nothing
    certain was found.
    """
    if url is not None and file is not None:
        raise DeclarationError("--url and --file exclude each other; give the one to look at")
    (declared,) = chosen(settings, (board,))
    with Workspace(settings) as workspace:
        page = page_of(settings, declared, workspace.archive, url, file)
        repaired = repair(settings, declared, page, workspace.archive, workspace.store)
    if apply:
        apply_change(repaired, lose_earlier=lose_earlier)
    if as_json:
        print_json([_described(repaired, applied=apply)])
    else:
        _print(repaired, page, applied=apply)


def _print(repaired: Repaired, page: BrokenPage, *, applied: bool) -> None:
    click.echo(f"{repaired.board.id}: {safe(page.origin)}")
    for change in repaired.repairs:
        click.echo(f"  {safe(change.why)}")
    for line in repaired.diff.splitlines():
        click.echo(safe(line))
    click.echo(f"it then reads {len(repaired.reading.entries)} entries:")
    primary, head = repaired.board.primary, repaired.reading.entries[:HEAD]
    rows = ((entry.id, entry.name, _figure(entry.measures.get(primary.id)) if primary else "") for entry in head)
    print_table(("entry", "name", primary.title if primary else ""), rows)
    if repaired.lost:
        click.echo(f"careful: captures accepted before would be read differently: {', '.join(map(machine_time, repaired.lost))}")
    if applied:
        click.echo(f"{repaired.path}: changed; the history follows with: tracker replay {repaired.board.id}")
    else:
        click.echo(f"nothing was changed; to change the file: tracker board repair {repaired.board.id} --apply")
    sys.stdout.flush()


def _figure(measure: Measure | None) -> str:
    return "" if measure is None else measure.raw or number(measure.value)


def _described(repaired: Repaired, *, applied: bool) -> dict[str, object]:
    return {
        "board": repaired.board.id,
        "repairs": [{"place": ".".join(change.place), **picked(change, "was column sure why")} for change in repaired.repairs],
        "diff": repaired.diff,
        "entries": len(repaired.reading.entries),
        "head": [{"entry": entry.id, "name": entry.name} for entry in repaired.reading.entries[:HEAD]],
        "lost": repaired.lost,
        "applied": applied,
    }
