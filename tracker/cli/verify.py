"""`tracker verify`."""

from __future__ import annotations

import sys

import click

from tracker.cli._open import as_json, print_json
from tracker.errors import DeclarationError, StoreError
from tracker.line import proof
from tracker.model import BoardId, Event, EventFilter
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("verify")
@click.argument("events", nargs=-1)
@click.option("--board", help="Every event of this board.")
@click.option("--all", "every", is_flag=True, help="Every event in the store.")
@as_json
@click.pass_obj
def command(settings: Settings, events: tuple[str, ...], board: str | None, *, every: bool, as_json: bool) -> None:
    """Derive events again from the stored bytes and compare.

    EVENTS are ids or their beginnings; a consensus of boards stands for the events it rests on. Exit code 1 when one does
    not follow from the bytes.
    """
    with Workspace(settings) as workspace:
        by_board: dict[BoardId, list[Event]] = {}
        for event in _wanted(workspace, events, board, every=every):
            by_board.setdefault(event.board, []).append(event)
        results: list[proof.Verification] = []
        damaged = False
        for _, those in sorted(by_board.items()):
            try:
                results += workspace.verify(those)
            except StoreError as error:  # one board's damage hides no other's verdict
                damaged = True
                click.echo(f"tracker: {safe(str(error))}", err=True)
    if as_json:
        print_json(
            {
                "id": one.event.id,
                "holds": one.holds,
                "differences": list(one.differences),
                "reworded": list(one.reworded),
            }
            for one in results
        )
    else:
        for one in results:
            click.echo(f"{one.event.id[:12]}  {_verdict(one)}  {safe(one.event.headline)}")
            for difference in (*one.differences, *one.reworded):
                click.echo(f"    {safe(difference)}")
        click.echo(f"{sum(one.holds for one in results)} of {len(results)} events hold")
    sys.exit(StoreError.exit_code if damaged else 0 if all(one.holds for one in results) else 1)


def _verdict(one: proof.Verification) -> str:
    if not one.holds:
        return "DOES NOT HOLD"
    return "holds, reworded" if one.reworded else "holds"


def _wanted(workspace: Workspace, events: tuple[str, ...], board: str | None, *, every: bool) -> list[Event]:
    if every or board:
        return list(workspace.events(EventFilter(board=BoardId(board) if board else None)))
    if not events:
        raise DeclarationError("verify: no event named; expected ids, --board BOARD or --all (tracker events lists them)")
    wanted = [part for name in events for part in workspace.parts(workspace.event(name))]
    return list({event.id: event for event in wanted}.values())
