"""`tracker boards`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import click

from tracker import query
from tracker.cli._declared import declared
from tracker.cli._open import as_json, opened, print_json, print_table
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Health
from tracker.workspace import Settings

MOST = 28
"""Characters of the terms that a table shows."""


@click.command("boards")
@as_json
@click.pass_obj
def command(settings: Settings, *, as_json: bool) -> None:
    """List the boards with their health.

    Declared ones, and those that only the store still knows: state, entries, last change, cadence, next due, terms.
    """
    boards = known(settings)
    rows = [(boards[row.board], row) for row in health(settings, boards)]
    if as_json:
        print_json({**asdict(row), **_declared_of(board)} for board, row in rows)
        return
    print_table(
        ("board", "state", "entries", "last changed", "cadence", "next due", "terms", "reason"),
        (
            (
                row.board,
                row.state,
                row.entries,
                _minute(row.last_changed),
                board.cadence,
                _minute(row.due_at),
                short(board.terms),
                "disabled" if row.reason.startswith("disabled: ") else row.reason,
            )
            for board, row in rows
        ),
        right=frozenset(("entries",)),
    )


def short(terms: str, most: int = MOST) -> str:
    """What the terms begin with, up to the first stop: "CC-BY-4.0" of "CC-BY-4.0; documented API"."""
    first = re.split(r"[;:,]\s|\.\s|\.$", terms, maxsplit=1)[0].strip()
    return first if len(first) <= most else f"{first[: most - 1].rstrip()}…"


def _minute(at: datetime | None) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if at else ""


def _declared_of(board: Board) -> dict[str, object]:
    """What is declared of a board beside its health."""
    primary = board.primary
    return {
        "cadence": board.cadence,
        "time_zone": board.time_zone,
        "terms": board.terms,
        "format": board.parse.format,
        "primary": primary and primary.id,
        "higher_is_better": primary and primary.higher_is_better,
        "topic": primary and primary.topic,
    }


def known(settings: Settings) -> dict[BoardId, Board]:
    """Every board that is declared or that the store knows; declarations that are wrong are told on stderr."""
    with opened(settings) as (_, store):
        boards: dict[BoardId, Board] = {board: one for board in store.boards() if (one := store.declared(board)) is not None}
    if settings.schedules.is_dir():
        found = declared(settings)
        for error in found.errors.values():
            click.echo(f"tracker: {error}", err=True)
        boards |= found.boards
    if not boards:
        raise DeclarationError(
            f"{settings.schedules}: no boards here and none in {settings.store}; expected <source>/<board>.toml"
        )
    return boards


def health(settings: Settings, boards: Mapping[BoardId, Board]) -> list[Health]:
    """Every board's health, by id."""
    now = SystemClock().now()
    with opened(settings) as (_, store):
        return [query.health(boards[board], store, now=now, environment=os.environ) for board in sorted(boards)]
