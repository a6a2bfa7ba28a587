"""`tracker quarantine`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime

import click

from tracker.cli._group import SuggestingGroup
from tracker.cli._open import Time, as_json, print_json, print_table, report_errors, user, when
from tracker.cli.import_ import summary
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.line import fold, proof
from tracker.model import Check, Result, Verdict
from tracker.stores.sqlite import SqliteStore
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import board_of, kept, known, telling_of


@click.group("quarantine", cls=SuggestingGroup)
def command() -> None:
    """List, show, accept or reject readings held back.

    A reading that differs too much from the last accepted one is kept but changes nothing until a
    person decides, or until three in a row over a day agree.
    """


@command.command("list")
@click.option("--board", help="Only of this board.")
@as_json
@click.pass_obj
def list_(settings: Settings, board: str | None, *, as_json: bool) -> None:
    """List the readings in quarantine, oldest first."""
    with Workspace(settings) as workspace:
        held = workspace.quarantine(board)
    if as_json:
        print_json(
            {"board": one.board, "observed_at": one.observed_at, "entries": one.entries, "message": one.message} for one in held
        )
    else:
        print_table(
            ("board", "at", "entries", "why"), ((one.board, when(one.observed_at), one.entries, one.message) for one in held)
        )


@command.command("show")
@click.argument("board")
@click.argument("at", type=Time(), required=False)
@click.pass_obj
def show(settings: Settings, board: str, at: datetime | None) -> None:
    """Show a reading in quarantine: why it is held back, and its first entries. The newest one unless AT is given."""
    with kept(settings) as (archive, store):
        check = _one(settings, store, board, at)
        declared = board_of(settings, store, board)
        reading = fold.read_at(declared, check.observed_at, archive)
    click.echo(f"{board} at {when(check.observed_at)}: {safe(check.message)}")
    primary = declared.primary
    rows = (
        (entry.position, entry.name, entry.measures[primary.id].raw if primary and primary.id in entry.measures else "")
        for entry in reading.entries[:20]
    )
    print_table(("position", "name", primary.title if primary else ""), rows, right=frozenset(("position",)))
    click.echo(f"{len(reading.entries)} entries; sha256 {' '.join(check.sha256)}")


def _decision(verdict: Verdict, text: str) -> click.Command:
    @click.command(verdict.value, help=text)
    @click.argument("board")
    @click.argument("at", type=Time(), required=False)
    @click.option("--reason", default="", help="Why; kept in the archive with the decision.")
    @click.option("--by", default=None, help="Who decided; your user name by default.")
    @click.pass_obj
    def decide(settings: Settings, board: str, at: datetime | None, reason: str, by: str | None) -> None:
        with kept(settings) as (archive, store):
            when = at or _one(settings, store, board, None).observed_at
            declared = board_of(settings, store, board)
            who, why = safe(by or user()), safe(reason)
            lexicon = lexicon_of(settings)
            telling, errors = telling_of(settings, lexicon, store, SystemClock().now())
            outcome = proof.decide(
                declared, when, verdict, by=who, reason=why, archive=archive, store=store, lexicon=lexicon, telling=telling
            )
        summary(outcome)
        sys.exit(report_errors(errors))

    return decide


command.add_command(
    _decision(Verdict.ACCEPT, "Accept a reading: history becomes what it would be had the page been right at once.")
)
command.add_command(_decision(Verdict.REJECT, "Reject a reading: history becomes what it would be had it never been taken."))


def _held(settings: Settings, store: SqliteStore, board: str | None) -> Iterator[Check]:
    for one in store.boards() if board is None else (known(settings, store, board),):
        yield from (check for check in store.checks(one) if check.result is Result.QUARANTINED)


def _one(settings: Settings, store: SqliteStore, board: str, at: datetime | None) -> Check:
    held = [check for check in _held(settings, store, board) if at is None or check.observed_at == at]
    if not held:
        time = f" at {when(at)}" if at else ""
        raise DeclarationError(f"{board}: nothing in quarantine{time}; expected a reading held back (tracker quarantine list)")
    return held[-1]
