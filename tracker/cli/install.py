"""`tracker install`."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

import click

from tracker.cli._installing import Machine, install
from tracker.cli._units import UnitPlace
from tracker.errors import DeclarationError
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.opening import warn_no_store

_BOOTED = Path("/run/systemd/system")
"""Exists only if systemd runs the machine: sd_booted(3)."""

_CACHES = frozenset({".cache", "archive-v0"})
"""Folders in which `uvx` and `pipx run` keep what they run."""


@click.command("install")
@click.option("--user", is_flag=True, help="Run it as this user, with systemd or, without it, cron.")
@click.option("--timer", is_flag=True, help="A timer that calls `tracker run --due`, instead of the daemon.")
@click.option("--yes", is_flag=True, help="Write the units and start them; without it they are only printed.")
@click.option("--force", is_flag=True, help="Replace units of these names that differ.")
@click.option(
    "--completion",
    type=click.Choice(("bash", "zsh", "fish")),
    help="Print the script that makes this shell complete commands, options and boards.",
)
@click.pass_context
def command(ctx: click.Context, *, user: bool, timer: bool, yes: bool, force: bool, completion: str | None) -> None:
    """Show how to run the tracker as a service here, or install it.

    The units run this program with the folders of --store and --schedules. Nothing is written without --yes.
    """
    if user == (completion is not None):
        problem = "--user and --completion were both given" if user else "neither --user nor --completion was given"
        raise click.UsageError(f"{problem}; expected one of --user and --completion SHELL")
    if completion is not None:
        click.echo(script(ctx.find_root().command, completion))
        return
    assert isinstance(ctx.obj, Settings)
    where = place(ctx.obj)
    if in_a_cache(where.tracker):
        problem = "is in a cache, which may be emptied at any time; expected an installed command (uv tool install, pipx install)"
        click.echo(f"tracker: {safe(str(where.tracker))} {problem}", err=True)
    install(here(), where, timer=timer, yes=yes, force=force)
    if not ctx.obj.has_store:
        warn_no_store(ctx.obj)


def in_a_cache(program: Path) -> bool:
    """Whether the program is only there for a call of `uvx` or `pipx run`."""
    return not _CACHES.isdisjoint(program.parts)


def here() -> Machine:
    """This machine and user. An absolute `XDG_CONFIG_HOME` is honoured, as its standard says."""
    stated = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    config = stated if stated.is_absolute() else Path.home() / ".config"
    systemctl = shutil.which("systemctl") if _BOOTED.is_dir() else None
    return Machine(folder=config / "systemd" / "user", systemctl=Path(systemctl) if systemctl else None)


def place(settings: Settings) -> UnitPlace:
    """The absolute paths of a service.

    Raises:
        DeclarationError: the program is not installed, or a service would not find the folder that overlays the shipped one.
    """
    beside = Path(sysconfig.get_path("scripts")) / "tracker"
    program = str(beside) if beside.is_file() else shutil.which("tracker")
    if program is None:
        raise DeclarationError(
            f"{beside}: not found; expected the installed command beside this Python (install the tracker again)"
        )
    tracker, own = Path(program).absolute(), settings.schedules.absolute()
    if settings.folder is not None and not settings.store_is_named and settings.shipped is not None:
        return UnitPlace(tracker=tracker, store=settings.folder.absolute())
    if settings.shipped == settings.schedules or settings.shipped is None:
        return UnitPlace(tracker=tracker, store=settings.store.absolute(), schedules=own)
    if own.is_dir():
        raise DeclarationError(
            f"{own}: overlays the shipped boards here, but not for a service; make this a workspace (tracker init)"
        )
    return UnitPlace(tracker=tracker, store=settings.store.absolute())


def script(root: click.Command, shell: str) -> str:
    """The script with which a shell completes the words of `tracker`."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415  # only here

    complete = get_completion_class(shell)
    assert complete is not None
    return complete(root, {}, "tracker", "_TRACKER_COMPLETE").source()
