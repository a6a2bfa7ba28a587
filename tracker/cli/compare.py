"""`tracker compare`."""

from __future__ import annotations

import click

from tracker.cli._filters import METRICS, filters
from tracker.cli._open import as_json, report_errors, zone
from tracker.cli._print import paged, print_json, print_table, when
from tracker.cli._time import known_at
from tracker.query.compared import lists_only, verdict, versus_rows
from tracker.query.filters import Filters
from tracker.query.versus import Pair, Row
from tracker.wording import difference, safe, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("compare")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@filters(*METRICS, "at")
@click.option("--all", "every", is_flag=True, help="Every pair of variants, not only the one that matches best.")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, a: str, b: str, only: Filters, *, every: bool, as_json: bool) -> None:
    """Compare two models on every board that lists both.

    Values are of one snapshot, so of one date and one segment. Estimates are marked with ~.
    """
    with Workspace(settings, report_errors) as workspace:
        versus = workspace.compare(a, b, every=every, only=only)
    if as_json:
        print_json(versus_rows(versus))
        return
    for pair in versus.pairs:
        _print(pair)
    for board, name in lists_only(versus):
        click.echo(f"{board}: lists only {safe(name)}")


def _print(pair: Pair) -> None:
    board, at = pair.state.board, pair.state.snapshot.observed_at
    click.echo(f"\n{safe(board.title)} ({board.id}), {when(at)}: A = {safe(pair.one.name)}, B = {safe(pair.other.name)}")
    if not pair.rows:
        click.echo("lists both, and publishes nothing of either that can be compared")
        return
    rows = [
        (
            row.metric.title,
            value(row.one, row.metric) or "not published for A",
            value(row.other, row.metric) or "not published for B",
            _difference(row),
            verdict(row, zone()),
        )
        for row in pair.rows
    ]
    print_table(("metric", "A", "B", "A − B", "ahead"), rows, right=frozenset(("A", "B", "A − B")))


def _difference(row: Row) -> str:
    if row.difference is None or row.one is None or row.other is None:
        return ""
    return difference(row.difference, row.metric, row.one.value, row.other.value)
