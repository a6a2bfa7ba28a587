"""`tracker export`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from tracker import exports
from tracker.cli._open import boards_option, report_errors
from tracker.cli._time import Time
from tracker.model import MetricId
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("export")
@click.argument("form", metavar="FORMAT", type=click.Choice(tuple(exports.FORMATS)))
@boards_option
@click.option("--metric", "metrics", multiple=True, help="Only this metric; may be given several times.")
@click.option("--since", type=Time(), help="Only values that were valid at or after that time (ISO, or an age such as 7d).")
@click.option("--until", type=Time(), help="Only values that were valid before that time.")
@click.option("--barred", is_flag=True, help="Also boards whose terms bar redistribution: for your own use only.")
@click.option("-o", "--output", "path", required=True, type=click.Path(path_type=Path), help="File or folder to write.")
@click.pass_obj
def command(
    settings: Settings,
    form: str,
    boards: tuple[str, ...],
    metrics: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    path: Path,
    *,
    barred: bool,
) -> None:
    """Export boards with their history to a format that other tools read.

    The same store gives the same bytes. Attribution, terms, the time of the newest observation and the version of the names of
    models travel along. Boards whose terms bar redistribution are left out, with a message.
    """
    from tracker.workspace.exporting import contents_of  # noqa: PLC0415  # only this command exports

    with Workspace(settings, report_errors) as workspace:
        contents, left_out = contents_of(workspace, boards, barred=barred)
        for board in left_out:
            click.echo(
                f"tracker: {board.id}: left out: its terms bar redistribution: {safe(board.terms) or 'not stated'}", err=True
            )
        contents = replace(contents, metrics=frozenset(map(MetricId, metrics)), since=since, until=until)
        number = exports.write(form, contents, path)
        written, of = count(number, exports.UNITS.get(form, "row")), count(len(contents.boards), "board")
        click.echo(f"{safe(str(path))}: {written} of {of}, as of {contents.as_of}")
