"""`tracker export`."""

from __future__ import annotations

from pathlib import Path

import click

from tracker import exports
from tracker.cli._filters import METRICS, MODELS, filters
from tracker.cli._open import report_errors
from tracker.cli._time import known_at
from tracker.errors import DeclarationError
from tracker.query.filters import Filters
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace
from tracker.workspace.exporting import contents_of


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(tuple(exports.FORMATS)))
@filters(*METRICS, *MODELS, "since", "until", "at")
@click.option("--barred", is_flag=True, help="Also boards whose terms bar redistribution: for your own use only.")
@click.option("-o", "--output", "path", required=True, type=click.Path(path_type=Path), help="File or folder to write.")
@known_at
@click.pass_obj
def command(settings: Settings, form: str, path: Path, *, only: Filters, barred: bool) -> None:
    """Export boards with their history to a format that other tools read.

    The same store gives the same bytes. Attribution, terms, the time of the newest observation and the version of the names of
    models travel along. Boards whose terms bar redistribution are left out, with a message.
    """
    if form == "warc" and settings.known_at is not None:
        raise DeclarationError("--known-at: warc exports the archive, which states no known time; expected another format")
    with Workspace(settings, report_errors) as workspace:
        contents, left_out = contents_of(workspace, only, barred=barred)
        for board in left_out:
            terms = safe(board.terms) or "not stated"
            click.echo(f"tracker: {board.id}: left out: its terms bar redistribution: {terms}", err=True)
        contents, remarks = exports.prepared(form, contents)
        for remark in remarks:
            click.echo(f"tracker: {safe(remark)}", err=True)
        number = exports.write(form, contents, path)
        written, of = count(number, exports.UNITS.get(form, "row")), count(len(contents.boards), "board")
        click.echo(f"{safe(str(path))}: {written} of {of}, as of {contents.as_of}")
