"""`tracker boards`."""

from __future__ import annotations

import re
from dataclasses import asdict

import click

from tracker.cli._open import as_json, report_errors, report_wrong_boards
from tracker.cli._print import picked, print_json, print_table, when
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Board
from tracker.workspace import Settings
from tracker.workspace.boards import BoardOverview, overview
from tracker.workspace.declared import declared
from tracker.workspace.opening import check_named, history_if_any
from tracker.workspace.rules import other_errors

MAX_TERMS = 28
"""Characters of the terms in the table."""
_HEADER = ("board", "origin", "state", "entries", "last changed", "cadence", "next due", "terms", "reason")
_SPARE = ("terms", "cadence", "last changed", "next due", "origin", "entries")


@click.command("boards")
@click.option("--all", "every", is_flag=True, help="Also the shipped boards that tracker.toml does not select.")
@as_json
@click.pass_obj
def command(settings: Settings, *, every: bool, as_json: bool) -> int:
    """List the boards with their state.

    Declared ones, and those that only the store still knows: state, entries, last change, cadence, next due, terms. The
    origin says where a declaration comes from: shipped with the package, local, customized (both), or the store alone.
    """
    check_named(settings)
    with history_if_any(settings) as store:
        found = declared(settings)
        rows = overview(settings, store, found, now=SystemClock().now(), every=every)
    code = max(report_wrong_boards(found, is_all=not rows), report_errors(other_errors(settings)))
    if not rows:
        raise DeclarationError(
            f"{settings.schedules}: no board is declared, and {settings.store} has none; expected <source>/<board>.toml"
        )
    if as_json:
        print_json({**asdict(row.health), "origin": row.origin, **_described(row.board)} for row in rows)
    else:
        print_table(_HEADER, map(_cells, rows), right=frozenset(("entries",)), spare=_SPARE)
    return code


def _cells(row: BoardOverview) -> tuple[object, ...]:
    board, health = row.board, row.health
    reason = "disabled" if health.reason.startswith("disabled; ") else health.reason
    state = (board.id, row.origin, health.state, health.entries, when(health.last_changed))
    return (*state, board.cadence, when(health.due_at), short(board.terms), reason)


def short(terms: str, most: int = MAX_TERMS) -> str:
    """The beginning of the terms, up to the first stop: "CC-BY-4.0" of "CC-BY-4.0; documented API"."""
    first = re.split(r"[;:,]\s|\.\s|\.$", terms, maxsplit=1)[0].strip()
    return first if len(first) <= most else f"{first[: most - 1].rstrip()}…"


def _described(board: Board) -> dict[str, object]:
    primary = {"primary": board.primary and board.primary.id, **picked(board.primary, "higher_is_better topic")}
    return {**picked(board, "cadence time_zone terms"), "format": board.parse.format, **primary}
