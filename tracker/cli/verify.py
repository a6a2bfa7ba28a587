"""`tracker verify`."""

from __future__ import annotations

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import picked, print_json, print_problems
from tracker.cli._progress import tracked
from tracker.errors import DeclarationError, StoreError
from tracker.line.isolation import of_one
from tracker.line.proof import BoardVerification
from tracker.model import Event, EventFilter
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.ids import known


@click.command("verify")
@click.argument("events", nargs=-1)
@click.option("--board", help="Everything recorded of this board.")
@click.option("--all", "every", is_flag=True, help="Everything in the store.")
@as_json
@click.pass_obj
def command(settings: Settings, events: tuple[str, ...], board: str | None, *, every: bool, as_json: bool) -> int:
    """Derive events again from the stored bytes and compare.

    EVENTS are ids or their beginnings; for a consensus of boards, the events behind it are derived. With `--board` or `--all`,
    the tables of measures, ranks and texts are derived too, and each stored body is compared with its hash. Exit code 1 if
    anything does not follow from the bytes, 3 if bytes are damaged.
    """
    with Workspace(settings, report_errors) as workspace:
        verified, unchecked = _boards_verified(workspace, board) if every or board else ([], 0)
        results = [result for found in verified for result in found.events]
        if not every and not board:
            results += workspace.verify(_named(workspace, events))
    differing = [found for found in verified if found.differences]
    if as_json:
        print_json({"id": result.event.id, **picked(result, "holds differences reworded pruned")} for result in results)
        print_json(picked(found, "board differences") for found in differing)
    else:
        for result in results:
            verdict = "DOES NOT HOLD" if not result.holds else "holds, reworded" if result.reworded else "holds"
            verdict = "pruned" if result.pruned else verdict
            click.echo(f"{result.event.id[:12]}  {verdict}  {safe(result.event.headline)}")
            print_problems((*result.differences, *result.reworded))
        for found in differing:
            click.echo(f"{found.board}  DOES NOT HOLD  the tables differ (tracker replay {found.board})")
            print_problems(found.differences)
        for found in (found for found in verified if found.pruned):
            click.echo(
                f"{found.board}: {count(found.pruned, 'capture')} pruned; the news and the states of the others are compared"
            )
        rest = f", {unchecked} cannot be checked" if unchecked else ""
        click.echo(f"{sum(result.holds for result in results)} of {len(results) + unchecked} events hold{rest}")
    if unchecked:
        return StoreError.exit_code
    return 0 if all(result.holds for result in results) and not differing else 1


def _boards_verified(workspace: Workspace, board: str | None) -> tuple[list[BoardVerification], int]:
    """The verification of a board, or of all boards, and the number of events that cannot be checked: bytes are damaged."""
    verified, unchecked = [], 0
    boards = (known(workspace.settings, workspace.store, board),) if board else workspace.store.boards()
    for name in tracked(boards, "boards", of=len(boards)):
        try:
            verified.append(workspace.verify_board(name))
        except Exception as error:  # noqa: BLE001  # damage of one board, or a defect, does not hide the results of others
            problems = str(error if isinstance(error, StoreError) else of_one(name, error))
            unchecked += sum(1 for _ in workspace.events(EventFilter(board=name))) or 1
            for line in problems.splitlines():
                click.echo(f"tracker: {safe(line)}", err=True)
    return verified, unchecked


def _named(workspace: Workspace, events: tuple[str, ...]) -> list[Event]:
    if not events:
        raise DeclarationError("verify: no event named; expected ids, --board BOARD or --all (tracker events lists them)")
    wanted = [part for name in events for part in workspace.parts(workspace.event(name))]
    return list({event.id: event for event in wanted}.values())
