"""`tracker standings`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime, timedelta

import click

from tracker.cli._filters import METRICS, MODELS, SHOWN, filters
from tracker.cli._open import as_json, complete_boards, report_errors, zone
from tracker.cli._print import Dim, paged, picked, print_json, print_table, when
from tracker.cli._time import Time, known_at
from tracker.query.columns import RIGHT, judged_columns, notes, ranked_text, ranked_value
from tracker.query.compared import period_of
from tracker.query.filters import Filters
from tracker.query.ranking import RankedRow, Ranking
from tracker.query.since import HowAbove, Interval
from tracker.query.standings import standing_json
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("standings")
@click.argument("board", required=False, shell_complete=complete_boards)
@filters(*METRICS, *MODELS, "rivals", "since", "until", "at", *SHOWN)
@click.option("--changes-since", type=Time(), help="Show how ranks changed since that time; --since does so too.")
@click.option("--best-of", type=click.Choice(["family", "lab", "model"]), help="Only the best row of each.")
@known_at
@as_json
@click.pass_obj
@paged
def command(
    settings: Settings, board: str | None, only: Filters, changes_since: datetime | None, best_of: str | None, *, as_json: bool
) -> None:
    """Show a board's ranking by a metric, now or at an earlier time.

    Without BOARD, every board that the filters mean. Ranks are standard competition ranks over all entries with a value;
    `=3` is shared. If the board publishes its own ranks, they have a column of their own. Size, price and open weights that the
    board does not state are those of another board, which is named.

    With --rival, the rows above that model, since when, and whether they are cheaper; with --since too, only those that passed it
    since then. Otherwise --since shows movements: `▲2` is an entry's own, `(▼1)` only arrivals and departures above it.
    """
    only = replace(only, since=changes_since or only.since, at=only.at or (only.until and only.until - timedelta(seconds=1)))
    only = replace(only, columns=only.columns or _columns(only))
    with Workspace(settings, report_errors) as workspace:
        rankings = workspace.rankings(only, board=board, best_of=best_of)
    if as_json:
        print_json(row for ranking in rankings for row in _rows(ranking, only))
        return
    for ranking in rankings:
        _print(ranking, only)


def _columns(only: Filters) -> tuple[str, ...]:
    """The columns that a question needs beside rank and name."""
    if only.rivals:
        return ("score", "above_since", "beyond_error", "price", "cheaper")
    return ("own_move", "was", "score") if only.since is not None else ()


def _rows(ranking: Ranking, only: Filters) -> Iterator[dict[str, object]]:
    metric = ranking.metric
    about = {"board": ranking.board.id, "metric": metric.id, "unit": metric.unit, **picked(ranking, "observed_at segment")}
    for row in ranking.rows:
        own = standing_json(row.standing, ranking.board)
        more = {name: ranked_value(row, name) for name in only.columns if name not in {*own, "score"}}
        sources = {"sources": row.facts.sources} if row.facts is not None and row.facts.sources else {}
        beside = {"is_rival": row.is_rival, "above": row.above and asdict(row.above)} if only.rivals else {}
        yield {**own, **about, **more, **beside, **sources}


def _print(ranking: Ranking, only: Filters) -> None:
    board, metric = ranking.board, ranking.metric
    unit = f" ({metric.unit})" if metric.unit else ""
    since = f", comparable since {when(ranking.segment)}" if ranking.segment else ""
    click.echo(safe(f"{board.title} ({board.id}): {metric.title}{unit}, {when(ranking.observed_at)}{since}"))
    own = ("published",) if board.rank is not None else ()
    columns = ("rank", "name", *(name for name in only.columns if name not in ("rank", "name")))
    if not only.columns:
        columns = ("rank", *own, "name", "score", "low", "high")
    rows = [tuple(_cell(row, name, ranking) for name in columns) for row in ranking.rows]
    metrics = {known.id for known in board.metrics}
    print_table(columns, rows, right=RIGHT | metrics)
    for note in notes((row.facts for row in ranking.rows if row.facts), (*columns, *judged_columns(only)), ranking.unknown):
        click.echo(safe(note))
    if ranking.rebased:
        click.echo("re-based since then: the ranks do not compare")
    if board.attribution:
        click.echo(safe(f"Data: {board.attribution}"))


def _cell(row: RankedRow, name: str, ranking: Ranking) -> str:
    if name == "above_since":
        return "(this model)" if row.is_rival else _above_since(row.above)
    if name == "beyond_error" and row.beyond_error is None and not row.is_rival:
        return "not stated"
    text = ranked_text(row, name, ranking)
    return Dim(text) if name == "own_move" and text.startswith("(") else text


def _above_since(since: Interval | None) -> str:
    """`passed 2026-04-18`, `entered above between 2026-04-22 and 2026-04-24`."""
    words = {HowAbove.START: "already when comparable data begins,", HowAbove.PASSING: "passed", HowAbove.ENTRY: "entered above"}
    if since is None:
        return ""
    period = period_of(since, zone()).removeprefix("between ").replace(" and ", " … ")
    return f"{words.get(since.how, 'the other entered below')} {period}"
