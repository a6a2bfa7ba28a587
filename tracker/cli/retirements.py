"""`tracker retirements`."""

from __future__ import annotations

from dataclasses import asdict

import click

from tracker.cli._filters import MODELS, filters
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import day, paged, print_json, print_table
from tracker.cli._time import known_at
from tracker.query.filters import Filters
from tracker.query.retirements import Retirement
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("retirements")
@filters("boards", *MODELS, "since", "until", "top")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, only: Filters, *, as_json: bool) -> None:
    """List the models that are deprecated or expire, where boards state it.

    Those stated last first.
    """
    with Workspace(settings, report_errors) as workspace:
        found = workspace.retirements(only)
    if as_json:
        print_json(map(asdict, found))
        return
    print_table(("board", "name", "deprecated", "expires", "stated", "last seen"), map(_cells, found))


def _cells(row: Retirement) -> tuple[str, ...]:
    stated = day(row.since) if row.since else f"since it was listed ({day(row.listed_since)})"
    return (row.board, row.name, "yes" if row.deprecated else "", row.expires, stated, day(row.last_seen) or "listed")
