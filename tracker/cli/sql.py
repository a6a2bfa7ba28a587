"""`tracker sql`."""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Iterable

import click

from tracker.cli._group import EXIT_CODE
from tracker.cli._print import print_json, print_table
from tracker.errors import DeclarationError
from tracker.stores.questions import ROWS, SECONDS, Questions, Selected
from tracker.wording import safe
from tracker.workspace import Settings


def _refuse(ctx: click.Context, param: click.Parameter, value: str | None) -> None:  # noqa: ARG001  # click's signature
    if value is not None:
        raise DeclarationError("--known-at: the views show the record of now; expected another command (tracker standings …)")


@click.command("sql")
@click.argument("query")
@click.option("--table", "form", flag_value="table", default="table", help="A table for people (default).")
@click.option("--csv", "form", flag_value="csv", help="CSV; texts that a spreadsheet would run as a formula get an apostrophe.")
@click.option("--json", "form", flag_value="json", help="One JSON object per line, with the columns as keys.")
@click.option("--rows", type=click.IntRange(min=0), default=ROWS, show_default=True, help="At most N rows; 0 for all.")
@click.option(
    "--seconds", type=click.FloatRange(min=0), default=SECONDS, show_default=True, help="Stop after S seconds; 0 never."
)
@click.option("--known-at", hidden=True, expose_value=False, callback=_refuse, help="Refused: the views show the record of now.")
@click.pass_context
def command(ctx: click.Context, query: str, form: str, rows: int, seconds: float) -> None:
    """Answer an SQL query from the documented views.

    Reads only. docs/reference/sql.md explains the views and shows queries. If there are more rows than the limit, one line on
    stderr says so, and the exit code is 1.
    """
    settings = ctx.ensure_object(Settings)
    settings.require_store()
    with Questions(settings.database, read_only=True) as file, file.ask(query, rows=rows, seconds=seconds) as answer:
        {"table": _table, "csv": _csv, "json": _json}[form](answer)
    if answer.cut:
        click.echo(f"tracker: only the first {rows} rows are shown; --rows 0 shows all", err=True)
        ctx.meta[EXIT_CODE] = 1


def _table(answer: Selected) -> None:
    rows = list(answer)
    numbers = {name for place, name in enumerate(answer.columns) if any(isinstance(row[place], int | float) for row in rows)}
    print_table(answer.columns, [[_shown(value) for value in row] for row in rows], right=frozenset(numbers))


def _csv(answer: Selected) -> None:
    from tracker.exports.csv_file import cell  # noqa: PLC0415  # only for CSV

    is_terminal = sys.stdout.isatty()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    for row in _with_header(answer):
        cells = [cell(_shown(value)) for value in row]
        writer.writerow(map(safe, cells) if is_terminal else cells)


def _with_header(answer: Selected) -> Iterable[Iterable[object]]:
    yield answer.columns
    yield from answer


def _json(answer: Selected) -> None:
    names = answer.columns
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise DeclarationError(f'sql: two columns are "{safe(twice)}"; expected a name for each key (SELECT … AS another)')
    print_json(dict(zip(names, map(_shown, row), strict=True)) for row in answer)


def _shown(value: object) -> object:
    """Bytes in hexadecimal, and infinity, which JSON lacks, as text."""
    if isinstance(value, bytes):
        return value.hex()
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value
