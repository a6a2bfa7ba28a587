"""`tracker boards`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

import click

from tracker.cli._open import as_json, print_json, print_table, report_wrong_boards, when
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Health
from tracker.ports import Store
from tracker.query.health import health as health_of
from tracker.schedules import Schedules
from tracker.workspace import Settings
from tracker.workspace.declared import declared
from tracker.workspace.opening import check_named, history_if_any

MOST = 28
"""Characters of the terms that a table shows."""
STORE = "store"
"""The origin of a board that is no longer declared."""
UNSELECTED = "unselected"
"""That of a shipped board which `boards` in tracker.toml leaves out."""


@click.command("boards")
@click.option("--all", "every", is_flag=True, help="Also the shipped boards that tracker.toml does not select.")
@as_json
@click.pass_obj
def command(settings: Settings, *, every: bool, as_json: bool) -> None:
    """List the boards with their state.

    Declared ones, and those that only the store still knows: state, entries, last change, cadence, next due, terms. The
    origin says where a declaration comes from: shipped with the package, local, customized (both), or the store alone.
    """
    check_named(settings)
    with history_if_any(settings) as store:
        found = declared(settings)
        boards, origins = known(found, settings, store, every=every)
        code = report_wrong_boards(found, is_all=not boards)
        if not boards:
            raise DeclarationError(
                f"{settings.schedules}: no board is declared, and {settings.store} has none; expected <source>/<board>.toml"
            )
        now = SystemClock().now()
        healths = [health_of(boards[board], store, now=now, environment=os.environ) for board in sorted(boards)]
    rows = [(boards[row.board], origins.get(row.board, STORE), _of(row, origins)) for row in healths]
    if as_json:
        print_json({**asdict(row), "origin": origin, **_declared_of(board)} for board, origin, row in rows)
    else:
        _print(rows)
    sys.exit(code)


def _print(rows: Sequence[tuple[Board, str, Health]]) -> None:
    print_table(
        ("board", "origin", "state", "entries", "last changed", "cadence", "next due", "terms", "reason"),
        (
            (
                row.board,
                origin,
                row.state,
                row.entries,
                when(row.last_changed),
                board.cadence,
                when(row.due_at),
                short(board.terms),
                "disabled" if row.reason.startswith("disabled: ") else row.reason,
            )
            for board, origin, row in rows
        ),
        right=frozenset(("entries",)),
    )


def short(terms: str, most: int = MOST) -> str:
    """What the terms begin with, up to the first stop: "CC-BY-4.0" of "CC-BY-4.0; documented API"."""
    first = re.split(r"[;:,]\s|\.\s|\.$", terms, maxsplit=1)[0].strip()
    return first if len(first) <= most else f"{first[: most - 1].rstrip()}…"


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


def _of(health: Health, origins: Mapping[BoardId, str]) -> Health:
    """The health as it is shown: what is not followed is never due."""
    return health if origins.get(health.board, STORE) not in {STORE, UNSELECTED} else replace(health, due_at=None)


def known(
    found: Schedules, settings: Settings, store: Store, *, every: bool = False
) -> tuple[Mapping[BoardId, Board], Mapping[BoardId, str]]:
    """The boards that are declared or that the store knows, and where declarations come from."""
    boards = {board: last for board in store.boards() if (last := store.declared(board)) is not None}
    others = declared(replace(settings, boards=("*",))).boards if every and found.left_out else {}
    unselected = {board: others[board] for board in found.left_out if board in others}
    boards = {board: last for board, last in boards.items() if board not in found.left_out}
    return {**boards, **unselected, **found.boards}, {**dict.fromkeys(unselected, UNSELECTED), **found.origins}
