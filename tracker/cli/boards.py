"""`tracker boards`."""

from __future__ import annotations

import os
from dataclasses import asdict

import click

from tracker import query
from tracker.cli._declared import declared
from tracker.cli._open import as_json, opened, print_json, print_table, stamp
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Health
from tracker.settings import Settings


@click.command("boards")
@as_json
@click.pass_obj
def command(settings: Settings, *, as_json: bool) -> None:
    """List the boards with their health.

    Declared ones, and those that only the store still knows: state, entries, last reading, next due.
    """
    rows = health(settings)
    if as_json:
        print_json(asdict(row) for row in rows)
        return
    print_table(
        ("board", "state", "entries", "last checked", "last changed", "next due", "reason"),
        (
            (row.board, row.state, row.entries, stamp(row.last_checked), stamp(row.last_changed), stamp(row.due_at), row.reason)
            for row in rows
        ),
        right=frozenset(("entries",)),
    )


def health(settings: Settings) -> list[Health]:
    """Every board's health, by id."""
    now = SystemClock().now()
    with opened(settings) as (_, store):
        boards: dict[BoardId, Board] = {board: one for board in store.boards() if (one := store.declared(board)) is not None}
        if settings.schedules.is_dir():
            known = declared(settings)
            for error in known.errors.values():
                click.echo(f"tracker: {error}", err=True)
            boards |= known.boards
        if not boards:
            raise DeclarationError(
                f"{settings.schedules}: no boards here and none in {settings.store}; expected <source>/<board>.toml"
            )
        return [query.health(boards[board], store, now=now, environment=os.environ) for board in sorted(boards)]
