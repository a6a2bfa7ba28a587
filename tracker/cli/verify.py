"""`tracker verify`."""

from __future__ import annotations

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import picked, print_json, print_problems
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
def command(settings: Settings, events: tuple[str, ...], board: str | None, *, every: bool, as_json: bool) -> int:
    """Derive events again from the stored bytes and compare.

    EVENTS are ids or their beginnings; for a consensus of boards, the events behind it are derived. Exit code 1 if an event
    does not follow from the bytes.
    """
    with Workspace(settings, report_errors) as workspace:
        by_board: dict[BoardId, list[Event]] = {}
        for event in _wanted(workspace, events, board, every=every):
            by_board.setdefault(event.board, []).append(event)
        results: list[proof.Verification] = []
        unchecked = 0
        for _, of_board in sorted(by_board.items()):
            try:
                results += workspace.verify(of_board)
            except StoreError as error:  # damage of one board does not hide the results of others
                unchecked += len(of_board)
                click.echo(f"tracker: {safe(str(error))}", err=True)
    if as_json:
        print_json({"id": result.event.id, **picked(result, "holds differences reworded")} for result in results)
    else:
        for result in results:
            verdict = "DOES NOT HOLD" if not result.holds else "holds, reworded" if result.reworded else "holds"
            click.echo(f"{result.event.id[:12]}  {verdict}  {safe(result.event.headline)}")
            print_problems((*result.differences, *result.reworded))
        rest = f", {unchecked} cannot be checked" if unchecked else ""
        click.echo(f"{sum(result.holds for result in results)} of {len(results) + unchecked} events hold{rest}")
    if unchecked:
        return StoreError.exit_code
    return 0 if all(result.holds for result in results) else 1


def _wanted(workspace: Workspace, events: tuple[str, ...], board: str | None, *, every: bool) -> list[Event]:
    if every or board:
        return list(workspace.events(EventFilter(board=BoardId(board) if board else None)))
    if not events:
        raise DeclarationError("verify: no event named; expected ids, --board BOARD or --all (tracker events lists them)")
    wanted = [part for name in events for part in workspace.parts(workspace.event(name))]
    return list({event.id: event for event in wanted}.values())
