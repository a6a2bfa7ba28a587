"""`tracker since`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tracker.cli._filters import METRICS, filters
from tracker.cli._open import as_json, report_errors, zone
from tracker.cli._print import day, paged, print_json, print_table
from tracker.cli._time import known_at
from tracker.query.compared import verdict, versus_rows
from tracker.query.filters import Filters
from tracker.query.versus import Pair, Row, Versus, ordered_only
from tracker.wording import safe, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("since")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@filters(*METRICS, "at")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, a: str, b: str, only: Filters, *, as_json: bool) -> None:
    """Show since when A is above B, on every board that lists both.

    On scores and points; on prices and speeds if --metric or --topic names them. Never across a re-base.
    """
    with Workspace(settings, report_errors) as workspace:
        versus = workspace.compare(a, b, only=only)
    if not (only.metrics or only.topics):
        versus = ordered_only(versus)
    if as_json:
        print_json(versus_rows(versus))
        return
    header = ("board", "metric", "as of", "A", "B", "ahead")
    print_table(header, (_cells(pair, row) for pair, row in _rows(versus)), right=frozenset(("A", "B")))
    for pair in versus.pairs:
        click.echo(safe(f"{pair.state.board.id}: A = {pair.one.name}, B = {pair.other.name}"))


def _rows(versus: Versus) -> Iterator[tuple[Pair, Row]]:
    yield from ((pair, row) for pair in versus.pairs for row in pair.rows)


def _cells(pair: Pair, row: Row) -> tuple[str, ...]:
    values = (value(row.one, row.metric), value(row.other, row.metric))
    return (pair.state.board.id, row.metric.title, day(pair.state.snapshot.observed_at), *values, verdict(row, zone()))
