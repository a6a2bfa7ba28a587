"""`tracker quarantine`."""

from __future__ import annotations

from datetime import datetime

import click

from tracker.cli._decision import decision
from tracker.cli._group import LazyGroup
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import picked, print_json, print_table, without_id
from tracker.cli._time import Time
from tracker.errors import DeclarationError
from tracker.line.apart import read_at
from tracker.model import BoardId, Check, Result, Verdict
from tracker.ports import Store
from tracker.wording import machine_time, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.group("quarantine", cls=LazyGroup)
def command() -> None:
    """List, show, accept or reject readings held back.

    A reading that differs too much from the last accepted one is kept, but changes nothing until a
    person decides, or until three in a row over a day agree.
    """


@command.command("list")
@click.option("--board", help="Only of this board.")
@as_json
@click.pass_obj
def list_(settings: Settings, board: str | None, *, as_json: bool) -> None:
    """List the readings in quarantine, oldest first."""
    with Workspace(settings, report_errors) as workspace:
        held = workspace.quarantine(board)
    if as_json:
        print_json(picked(check, "board observed_at entries message") for check in held)
    else:
        rows = (
            (check.board, machine_time(check.observed_at), check.entries, without_id(check.message, check.board))
            for check in held
        )
        print_table(("board", "at", "entries", "why"), rows)


@command.command("show")
@click.argument("board")
@click.argument("at", type=Time(), required=False)
@click.pass_obj
def show(settings: Settings, board: str, at: datetime | None) -> None:
    """Show a reading in quarantine: why it is held back, and its first entries. The newest one unless AT is given."""
    with Workspace(settings, report_errors) as workspace:
        declared = workspace.board(board)
        check = _held(workspace.store, declared.id, at)
        reading = read_at(declared, check.observed_at, workspace.archive)
    click.echo(f"{board} at {machine_time(check.observed_at)}: {safe(check.message)}")
    primary = declared.primary
    rows = (
        (entry.position, entry.name, entry.measures[primary.id].raw if primary and primary.id in entry.measures else "")
        for entry in reading.entries[:20]
    )
    print_table(("position", "name", primary.title if primary else ""), rows, right=frozenset(("position",)))
    click.echo(f"{len(reading.entries)} entries; sha256 {' '.join(check.sha256)}")


def _newest_held(store: Store, board: BoardId) -> datetime:
    return _held(store, board, None).observed_at


_ACCEPT = "Accept a reading: history becomes what it would be had the page been right at once."
_REJECT = "Reject a reading: history becomes what it would be had it never been taken."
command.add_command(decision(Verdict.ACCEPT, _ACCEPT, _newest_held))
command.add_command(decision(Verdict.REJECT, _REJECT, _newest_held))


def _held(store: Store, board: BoardId, at: datetime | None) -> Check:
    """The reading in quarantine at that time, or the newest one. Raises DeclarationError if there is none."""
    held = [check for check in store.checks(board) if check.result is Result.QUARANTINED and at in (None, check.observed_at)]
    if not held:
        time = f" at {machine_time(at)}" if at else ""
        raise DeclarationError(f"{board}: nothing in quarantine{time}; expected a reading held back (tracker quarantine list)")
    return held[-1]
