"""`tracker backfill`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tracker.backfill.states import EVERY
from tracker.cli._backfilling import backfill_all, backfill_one
from tracker.cli._group import LazyGroup
from tracker.cli._open import complete_boards
from tracker.cli._time import UNTIL, Time
from tracker.errors import DeclarationError
from tracker.model import PastSource
from tracker.workspace import Settings

Command = Callable[..., Any]


def _common(command: Command) -> Command:
    """The options of every source."""
    for option in (
        click.option("--every", type=click.Choice(tuple(EVERY)), help="Only the last state of each such span (UTC)."),
        click.option("--to", "until", type=UNTIL, help="Only states before that time."),
        click.option("--from", "since", type=Time(), help="Only states at or after that time (ISO, or an age such as 7d)."),
        click.option("--board", required=True, shell_complete=complete_boards, help="The board to fill."),
    ):
        command = option(command)
    return command


def _server(variable: str, default: str) -> Command:
    return click.option("--server", envvar=variable, default=default, show_default=True, help="Address of another server.")


@click.group("backfill", cls=LazyGroup, invoke_without_command=True)
@click.option("--all", "every_board", is_flag=True, help="Every selected board whose file names sources of its past.")
@click.pass_context
def command(ctx: click.Context, *, every_board: bool) -> int:
    """Take a board's past from git, Wayback, the Hugging Face Hub or a folder.

    States are archived first, each with its provenance; then the history is rewritten once. A state that is archived already is
    not requested again, so a job that was ended goes on where it was. News of the past is sent to nobody.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    if not every_board:
        raise click.UsageError("name a source (git, wayback, hf, dir), or pass --all", ctx)
    return backfill_all(ctx.ensure_object(Settings))


@command.command("git")
@click.argument("repository")
@click.argument("path")
@_common
@click.option(
    "--dates", type=click.Choice(("author", "commit")), default="author", show_default=True, help="Whose time of a commit counts."
)
@click.pass_obj
def from_git(settings: Settings, /, repository: str, path: str, dates: str, **options: Any) -> int:
    """Take each version of a file from a git repository.

    REPOSITORY is a folder or an address, PATH the file from its top. Renames are followed. PATH may be a glob, of files with
    their date in the path (data/*/llms.json).
    """
    return _run(settings, PastSource(kind="git", place=repository, path=path, by_commit=dates == "commit"), options)


@command.command("wayback")
@click.argument("url")
@_common
@_server("TRACKER_WAYBACK", "https://web.archive.org")
@click.pass_obj
def from_wayback(settings: Settings, /, url: str, server: str, **options: Any) -> int:
    """Take the captures of a page from the Wayback Machine."""
    return _run(settings, PastSource(kind="wayback", place=url), options, {"wayback": server})


@command.command("hf")
@click.argument("dataset")
@_common
@click.option("--path", default="", help="The file in the dataset; by default the one that the board reads.")
@_server("HF_ENDPOINT", "https://huggingface.co")
@click.pass_obj
def from_hub(settings: Settings, /, dataset: str, path: str, server: str, **options: Any) -> int:
    """Take a file at each revision of a dataset of the Hugging Face Hub."""
    return _run(settings, PastSource(kind="hf", place=dataset, path=path), options, {"hf": server})


@command.command("dir")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_common
@click.pass_obj
def from_folder(settings: Settings, /, folder: Path, **options: Any) -> int:
    """Take the files YYYY-MM-DDTHHMMSSZ.ext[.gz] of a folder."""
    return _run(settings, PastSource(kind="dir", place=str(folder)), options)


def _run(settings: Settings, source: PastSource, options: Mapping[str, Any], servers: Mapping[str, str] | None = None) -> int:
    from dataclasses import replace  # noqa: PLC0415

    board, since, until = options["board"], options["since"], options["until"]
    _check_window(since, until)
    return backfill_one(settings, board, replace(source, every=options["every"] or ""), since=since, until=until, servers=servers)


def _check_window(since: datetime | None, until: datetime | None) -> None:
    if since is not None and until is not None and since >= until:
        raise DeclarationError("the window is empty: --from is not before --to")
