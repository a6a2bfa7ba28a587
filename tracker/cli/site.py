"""`tracker site`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli._group import LazyGroup
from tracker.cli._open import report_errors, zone
from tracker.web.site.files import build
from tracker.web.site.writing import Site
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.sharing import barred_boards


@click.group("site", cls=LazyGroup)
def command() -> None:
    """Write the pages of `tracker serve` as static files."""


@command.command("build")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--url", default="", help="Address at which the site will be published; its feeds need it.")
@click.pass_obj
def build_(settings: Settings, folder: Path, url: str) -> int:
    """Write what changed and every board, now and over time, into FOLDER.

    Each page is also there as JSON, CSV, SVG, Atom and Markdown. Boards whose terms bar passing their content on are left out,
    with a note. Only files that changed are written. Exit code 1 if a page could not be made.
    """
    with Workspace(settings, report_errors) as workspace:
        barred = barred_boards(workspace)
        problems = list(build(workspace, folder, Site(url=url.rstrip("/"), zone=zone(), public=True), barred))
    for problem in problems:
        click.echo(f"tracker: {safe(problem)}", err=True)
    click.echo(f"tracker: wrote {safe(str(folder))}", err=True)
    return 1 if problems else 0
