"""`tracker scorecard`."""

from __future__ import annotations

from datetime import datetime

import click

from tracker.cli._open import as_json, boards_option, report_errors
from tracker.cli._print import print_json, print_table
from tracker.cli._time import UNTIL, Time
from tracker.query.scorecard import HORIZON, NewsOutcome
from tracker.wording import percent
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("scorecard")
@boards_option
@click.option("--since", type=Time(), help="News that happened at or after that time.")
@click.option("--until", type=UNTIL, help="News that happened before that time.")
@as_json
@click.pass_obj
def command(
    settings: Settings, boards: tuple[str, ...], since: datetime | None, until: datetime | None, *, as_json: bool
) -> None:
    """Show how news turned out, by kind and grade.

    News is graded by what followed within 30 days: it held, was reversed, was corrected by the publisher, or was withdrawn. The
    precision is the share of those decided that held.
    """
    with Workspace(settings, report_errors) as workspace:
        found = workspace.scorecard(boards, since=since, until=until)
    if as_json:
        print_json(
            {"kind": score.kind, "grade": score.grade}
            | {outcome.value: score.counts[outcome] for outcome in NewsOutcome}
            | {"precision": score.precision}
            for score in found
        )
        return
    header = ("kind", "grade", *NewsOutcome, "precision")
    rows = (
        (score.kind, score.grade, *(score.counts[outcome] for outcome in NewsOutcome), _share(score.precision)) for score in found
    )
    print_table(header, rows, right=frozenset((*NewsOutcome, "precision")))
    click.echo(f"Graded by what followed within {HORIZON.days} days; open news is not decided yet.")


def _share(precision: float | None) -> str:
    return "" if precision is None else percent(precision)
