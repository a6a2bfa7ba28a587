"""`tracker report`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import click

from tracker import reports
from tracker.cli._filters import METRICS, MODELS, filters
from tracker.cli._open import report_errors, zone
from tracker.cli._time import known_at
from tracker.errors import DeclarationError
from tracker.query.filters import Filters
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("report")
@filters(*METRICS, *MODELS, "kinds", "grades", "since", "until", "at", "top")
@click.option("--format", "form", type=click.Choice(list(reports.FORMATS)), default="text", show_default=True)
@click.option(
    "--order",
    type=click.Choice(["time", "weight"]),
    default="time",
    show_default=True,
    help="Newest day, or weightiest story, first.",
)
@click.option("--feed-url", default="", help="Address at which a feed will be published; its readers need it.")
@click.option("--page-url", default="", help="Address of the HTML report, to which the entries of a feed link.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of printing.")
@known_at
@click.pass_obj
def command(
    settings: Settings,
    only: Filters,
    form: str,
    order: str,
    feed_url: str,
    page_url: str,
    output: Path | None,
) -> None:
    """Write a change report.

    By default of the last 7 days up to the newest reading. The same store, window and filters always give the same bytes.
    """
    with Workspace(settings, report_errors) as workspace:
        report = workspace.report(only=only)
        report = workspace.illustrated(report) if form == "html" else report
    is_terminal = output is None and sys.stdout.isatty()
    width = min(120, max(60, shutil.get_terminal_size().columns)) if is_terminal else 100
    style = reports.Style(width=width, zone=zone(), by_weight=order == "weight", feed_url=feed_url, page_url=page_url)
    text = reports.render(report, form, style)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DeclarationError(f"{output}: cannot be written: {error.strerror}; expected a file in a writable folder") from error
    click.echo(f"tracker: wrote {safe(str(output))}", err=True)
