"""`tracker standings`."""

from __future__ import annotations

from datetime import datetime

import click

from tracker.cli._open import as_json, complete_boards, report_errors
from tracker.cli._print import print_json, print_table
from tracker.cli._time import Time
from tracker.model import Metric, MetricId
from tracker.query.standings import Standing, standing_json
from tracker.wording import number
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("standings")
@click.argument("board", shell_complete=complete_boards)
@click.option("--metric", help="The metric to order by; the board's primary one by default.")
@click.option("--at", type=Time(), help="As of that time (ISO, or an age such as 7d).")
@click.option("--model", help="Only the rows that this name means, with their ranks among all.")
@click.option("--top", type=click.IntRange(min=1), help="Only the first N rows.")
@as_json
@click.pass_obj
def command(
    settings: Settings, board: str, metric: str | None, at: datetime | None, model: str | None, top: int | None, *, as_json: bool
) -> None:
    """Show a board's ranking by a metric, now or at an earlier time.

    Ranks are standard competition ranks over all entries with a value; ties share one. If the board publishes
    its own ranks, they have a column of their own.
    """
    with Workspace(settings, report_errors) as workspace:
        declared = workspace.board(board)
        rows = workspace.standings(board, metric=metric, at=at, model=model)[:top]
    if as_json:
        print_json(standing_json(row, declared) for row in rows)
        return
    shown = declared.metric(MetricId(metric)) if metric else declared.primary
    own = ("published",) if declared.rank is not None else ()
    print_table(
        ("rank", *own, "name", "value", "low", "high", ""),
        ((row.rank, *(row.published_rank for _ in own), row.name, *_cells(row, shown)) for row in rows),
        right=frozenset(("rank", *own, "value", "low", "high")),
    )
    if declared.attribution:
        click.echo(f"Data: {declared.attribution}")


def _cells(row: Standing, metric: Metric | None) -> tuple[str, ...]:
    values = ("" if value is None else number(value, metric) for value in (row.value, row.low, row.high))
    return (*values, "estimated" if row.estimated else "")
