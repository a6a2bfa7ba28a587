"""Shared by commands: find the workspace and the time zone, report wrong declarations."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from tracker import toml, workspace
from tracker.cli._group import EXIT_CODE
from tracker.errors import TrackerError
from tracker.wording import safe
from tracker.workspace import Settings

if TYPE_CHECKING:
    from tracker.schedules import Schedules

_PROGRAMS = frozenset({"tracker", "leaderboard-tracker"})
as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per line, with stable keys.")
boards_option = click.option("--board", "boards", multiple=True, help="Only this board; may be given several times.")
cases_option = click.option(
    "--cases",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of test folders; tests/boards beside the schedules by default.",
)


def located(store: Path | None, schedules: Path | None, tz: str | None = None) -> Settings:
    """The workspace of the global options, the environment and the current folder.

    Raises:
        DeclarationError: it is wrong, or a named folder of declarations does not exist.
        StoreError: the store is not a folder.
    """
    settings = workspace.find(store, schedules, here=Path(), environment=os.environ)
    settings.check_store()
    try:
        return settings if tz is None else replace(settings, time_zone=toml.time_zone(tz))
    except ValueError as error:
        raise click.BadParameter(f"{tz!r} is {error}", param_hint="--tz") from error


def complete_boards(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001  # click's signature
    """Complete a board id by the names of files, without reading them; broken declarations are included."""
    from tracker.workspace.ids import ids  # noqa: PLC0415  # only when a shell asks

    options = ctx.find_root().params
    try:
        settings = located(options["store"], options["schedules"])
    except TrackerError:
        return []  # the command itself will report it
    return sorted(name for name in ids(settings) if name.startswith(incomplete))


def zone(ctx: click.Context | None = None) -> tzinfo:
    """The zone in which people type and read times; that of the running command by default."""
    ctx = ctx or click.get_current_context(silent=True)
    settings = ctx and ctx.find_object(Settings)
    return ZoneInfo(settings.time_zone) if settings and settings.time_zone != "UTC" else UTC


def program(ctx: click.Context) -> str:
    """This program, as a person would type it from here."""
    name = sys.argv[0] if sys.argv and Path(sys.argv[0]).name in _PROGRAMS else ctx.find_root().info_name or "tracker"
    if shutil.which(Path(name).name) == name:
        return Path(name).name
    return os.path.relpath(name) if os.sep in name and Path(name).is_relative_to(Path.cwd()) else name


def user() -> str:
    """The name of the current user, or the number if the system has no name for it (in a container)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def report_errors(errors: Iterable[TrackerError]) -> int:
    """Print each error as a line on stderr. Returns the exit code, 0 for none, which the command has at least."""
    code, ctx = 0, click.get_current_context(silent=True)
    for error in errors:
        click.echo(f"tracker: {safe(str(error))}", err=True)
        code = max(code, error.exit_code)
    if ctx is not None:
        ctx.meta[EXIT_CODE] = max(code, ctx.meta.get(EXIT_CODE, 0))
    return code


def report_wrong_boards(found: Schedules, *, is_all: bool) -> int:
    """Report the wrong declarations of boards as `report_errors` does. If they are all there is, the last one is raised."""
    errors = list(found.troubles.values())
    last = errors.pop() if errors and is_all else None
    code = report_errors(errors)
    if last is not None:
        raise last
    return code
