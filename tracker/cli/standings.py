"""`tracker standings`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from tracker.cli import _complete
from tracker.cli._open import Time, as_json, board_of, history_of, print_json, print_table
from tracker.model import MetricId
from tracker.query.standings import standings
from tracker.workspace import Settings


@click.command("standings")
@click.argument("board", shell_complete=_complete.boards)
@click.option("--metric", help="The metric to order by; the board's primary one by default.")
@click.option("--at", type=Time(), help="As of that time (ISO, or an age such as 7d).")
@click.option("--top", type=click.IntRange(min=1), help="Only the first N rows.")
@as_json
@click.pass_obj
def command(settings: Settings, board: str, metric: str | None, at: datetime | None, top: int | None, *, as_json: bool) -> None:
    """Print a board's order on a metric, now or as of a time.

    Ranks are standard competition ranks over all entries with a value; ties share one.
    """
    with history_of(settings) as store:
        declared = board_of(settings, store, board)
        rows = standings(declared, store, metric=MetricId(metric) if metric else None, at=at)[:top]
    if as_json:
        print_json(asdict(row) for row in rows)
        return
    print_table(
        ("rank", "name", "value", "low", "high", ""),
        (
            (row.rank, row.name, _number(row.value), _number(row.low), _number(row.high), "estimated" if row.estimated else "")
            for row in rows
        ),
        right=frozenset(("rank", "value", "low", "high")),
    )
    if declared.attribution:
        click.echo(f"Data: {declared.attribution}")


def _number(value: float | None) -> str:
    """Two decimals from one up, four significant digits below; --json has the whole value."""
    if value is None:
        return ""
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.4g}"
