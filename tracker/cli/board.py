"""`tracker board`."""

from __future__ import annotations

from collections.abc import Mapping

import click

from tracker.cli._group import LazyGroup
from tracker.cli._open import user
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import BoardId, Pause
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.declared import declared

LATER: Mapping[str, tuple[str, str]] = {
    "new": (
        "new",
        "Declare a board from its page: find the table, say what its columns mean, write the declaration and its test.",
    ),
    "repair": ("repair", "Find what replaced the columns that a page no longer has, and show the change to the declaration."),
    "show": ("board_show", "Print a board's declaration: where it is read, its metrics, and the head of its last reading."),
    "test": (
        "board_test",
        "Read the pages kept in a board's test folder and compare with what is expected there; or, with --live, its real page.",
    ),
}
"""Command → (module in this package, short help)."""


@click.group("board", cls=LazyGroup, later=LATER)
def command() -> None:
    """Show, test, repair, pause or resume a board, or declare a new one."""


@command.command("pause")
@click.argument("board")
@click.option("--reason", required=True, help="Why; shown with the board's health.")
@click.option("--by", default=None, help="Who decided; your user name by default.")
@click.pass_obj
def pause(settings: Settings, board: str, reason: str, by: str | None) -> None:
    """Do not fetch a board until it is resumed; a running daemon takes notice."""
    with Workspace(settings) as workspace:
        declaration = declared(settings).board(board)
        paused = Pause(board=declaration.id, since=SystemClock().now(), by=safe(by or user()), reason=safe(reason))
        workspace.store.service.pause(paused)
    click.echo(f"{declaration.id}: paused (tracker board resume {declaration.id})")


@command.command("resume")
@click.argument("board")
@click.pass_obj
def resume(settings: Settings, board: str) -> None:
    """Fetch a paused board again, from its next time on."""
    with Workspace(settings) as workspace:
        service = workspace.store.service
        paused = ", ".join(sorted(service.pauses())) or "none"
        if not service.resume(BoardId(board)):
            raise DeclarationError(f'board "{safe(board)}" is not paused; paused: {paused}')
    click.echo(f"{board}: resumed")
