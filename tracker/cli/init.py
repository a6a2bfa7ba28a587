"""`tracker init`."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import click
from click.core import ParameterSource

from tracker import toml
from tracker.cli._open import located, program, report_wrong_boards
from tracker.model import Board
from tracker.query.due import missing_keys
from tracker.wording import count, safe
from tracker.workspace.create import create
from tracker.workspace.declared import declared
from tracker.workspace.file import address


def _checked(read: Callable[[str], str]) -> Callable[[click.Context, click.Parameter, str], str]:
    """A callback that reads an option's text, and names the option in the error."""

    def callback(ctx: click.Context, param: click.Parameter, text: str) -> str:
        try:
            return read(text)
        except ValueError as error:
            raise click.BadParameter(f"{toml.quoted(text)} is {error}", ctx, param) from error

    return callback


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path(), metavar="[DIR]")
@click.option(
    "--contact", default="", callback=_checked(address), help="Mail address or web page that publishers can reach you by."
)
@click.option(
    "--time-zone",
    default="UTC",
    callback=_checked(toml.time_zone),
    show_default=True,
    help="Time zone of the times you type and read.",
)
@click.option(
    "--boards",
    multiple=True,
    default=("*",),
    metavar="GLOB",
    help="Shipped boards to follow, such as 'lmarena/*'; repeat for several. All by default.",
)
@click.option(
    "--with-history", is_flag=True, help="Take the past of every board that names its sources (tracker backfill --all)."
)
@click.pass_context
def command(
    ctx: click.Context, folder: Path, contact: str, time_zone: str, boards: tuple[str, ...], *, with_history: bool
) -> int:
    """Create a workspace in a folder, by default the current one.

    Writes tracker.toml and schedules/ with an example board, routes and watches to edit. Existing files are kept.
    """
    for option in ("store", "schedules"):
        if ctx.find_root().get_parameter_source(option) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"init makes a workspace in DIR, and ignores --{option}; leave it out (tracker init DIR)", ctx)
    created = create(folder, contact=contact, time_zone=time_zone, boards=boards)
    click.echo(f"Workspace in {safe(str(folder.absolute()))}")
    for path in created.written:
        click.echo(f"  wrote {path}")
    for path in created.kept:
        click.echo(f"  kept  {path}, which was there")
    if created.outer is not None:
        click.echo(
            f"tracker: this workspace is inside another one, {safe(str(created.outer))}; commands use the nearest", err=True
        )
    settings = located(folder, None)
    found = declared(settings)
    code = report_wrong_boards(found, is_all=False)
    counts = Counter(map(_kind, found.boards.values()))
    click.echo(f"{count(len(found.boards), 'board')}: {', '.join(f'{number} {kind}' for kind, number in counts.most_common())}")
    if with_history:
        from tracker.cli._backfilling import backfill_all  # noqa: PLC0415  # only if it is asked for

        code = max(code, backfill_all(settings))
    at = "" if folder.absolute() == Path.cwd() else f" --store {shlex.quote(str(folder))}"
    click.echo(f"Next:\n  {program(ctx)}{at} run\n  {program(ctx)}{at} report")
    return code


def _kind(board: Board) -> str:
    if not board.enabled:
        return "off (terms, or an example)"
    return "need a key of yours" if missing_keys(board, os.environ) else "ready to be fetched"
