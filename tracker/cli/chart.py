"""`tracker chart`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from tracker import charts
from tracker.cli._filters import MODELS, filters
from tracker.cli._open import as_json, complete_boards, report_errors, zone
from tracker.cli._print import print_json, print_table, when
from tracker.cli._time import known_at
from tracker.errors import DeclarationError
from tracker.model import Chart, LineChart
from tracker.query.filters import Filters
from tracker.wording import number, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.picture import png


@click.command("chart")
@click.argument("form", type=click.Choice(list(charts.FORMS)))
@click.argument("board", shell_complete=complete_boards)
@filters("metrics", "topics", *MODELS, "since", "at", "top")
@click.option("--each", type=click.Choice(["lab", "entry"]), help="What a line is; a lab by default, an entry with --model.")
@click.option("--against", default="", help="Of `frontier`: price (default), size, or a topic or metric such as speed.")
@click.option(
    "--theme",
    type=click.Choice(list(map(str, charts.Theme))),
    default="auto",
    show_default=True,
    help="Colours; PNG is light by default.",
)
@click.option("--width", type=click.IntRange(280, 1600), default=720, show_default=True, help="Pixels; 390 suits a phone.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write the picture: FILE.svg or FILE.png.")
@known_at
@as_json
@click.pass_obj
def command(
    settings: Settings,
    form: str,
    board: str,
    only: Filters,
    each: str | None,
    against: str,
    theme: str,
    width: int,
    output: Path | None,
    *,
    as_json: bool,
) -> None:
    """Draw a board over time, its ranking or its frontier.

    FORM is bump (order over time), band (scores with intervals), step (prices), dots (ranking with intervals),
    slope (two dates), frontier (score against price), calendar (when it changed), sparkline or badge (who leads, in a line).
    Without --output, print the values as a table.
    """
    if output is not None and output.suffix not in (".svg", ".png"):
        raise click.BadParameter(f"{str(output)!r} cannot be written; expected FILE.svg or FILE.png", param_hint="--output")
    with Workspace(settings, report_errors) as workspace:
        chart = workspace.chart(form, board, only, each=each or "", against=against)
    if output is not None:
        is_png = output.suffix == ".png"
        shown = charts.Theme(theme) if theme != charts.Theme.AUTO or not is_png else charts.Theme.LIGHT
        picture = charts.FORMS[form](chart, charts.Look(width=width, theme=shown, zone=zone()))
        _write(output, png(picture) if is_png else picture.encode())
    if as_json:
        print_json(charts.rows(chart))
    elif output is None:
        _print(chart)


def _write(output: Path, picture: bytes) -> None:
    try:
        output.write_bytes(picture)
    except OSError as error:
        raise DeclarationError(f"{output}: cannot be written: {error.strerror}; expected a file in a writable folder") from error
    click.echo(f"tracker: wrote {safe(str(output))}", err=True)


def _print(chart: Chart) -> None:
    """The values as a table; of lines only the last of each."""
    rows = [row for row in charts.rows(chart) if not isinstance(chart, LineChart) or row["at"] == chart.head.read_until]
    metric = chart.head.metric

    def cells(row: dict[str, object]) -> Iterator[object]:
        for key, value in row.items():
            if isinstance(value, datetime):
                yield when(value)
            elif isinstance(value, float) and key in ("value", "low", "high"):
                yield number(value, metric)
            else:
                yield value

    header = tuple(rows[0]) if rows else ("nothing",)
    print_table(header, (tuple(cells(row)) for row in rows), right=frozenset(("rank", "value", "low", "high", "cost", "changed")))
    if chart.head.attribution:
        click.echo(f"Data: {chart.head.attribution}")
