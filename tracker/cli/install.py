"""`tracker install`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from tracker.cli._units import DAEMON, TIMER, UnitPlace, crontab, units
from tracker.errors import DeclarationError, TrackerError
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.opening import warn_no_store

_BOOTED = Path("/run/systemd/system")
"""There exactly where systemd runs the machine: sd_booted(3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What an installation asks of the machine: the folder of the user's own units, and systemctl, None where no systemd runs."""

    folder: Path
    systemctl: Path | None

    @property
    def keys(self) -> Path:
        """The file of NAME=value lines that the units read."""
        return self.folder.parents[1] / "tracker" / "env"


@click.command("install")
@click.option("--user", is_flag=True, help="Run it as this user, by systemd or, where there is none, by cron.")
@click.option("--timer", is_flag=True, help="A timer that calls `tracker run --due`, in the place of the daemon.")
@click.option("--yes", is_flag=True, help="Write the units and start them; without it they are only printed.")
@click.option("--force", is_flag=True, help="Replace units of these names that say something else.")
@click.option("--completion", type=click.Choice(("bash", "zsh", "fish")), help="Print the script that makes this shell complete commands, options and boards.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, *, user: bool, timer: bool, yes: bool, force: bool, completion: str | None) -> None:
    """Show how to run the tracker as a service here, or install it.

    The units name this very program, and the folders of --store and --schedules. Nothing is written without --yes.
    """
    if user == (completion is not None):
        found = "--user and --completion were both given" if user else "what to install is not said"
        raise click.UsageError(f"{found}; expected either --user or --completion SHELL")
    if completion is not None:
        click.echo(script(ctx.find_root().command, completion))
        return
    assert isinstance(ctx.obj, Settings)
    install(here(), place(ctx.obj), timer=timer, yes=yes, force=force)
    if not ctx.obj.has_store:
        warn_no_store(ctx.obj)


def here() -> Machine:
    """This machine, this user. `XDG_CONFIG_HOME` is honoured where it is absolute, as its standard says."""
    stated = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    config = stated if stated.is_absolute() else Path.home() / ".config"
    found = shutil.which("systemctl") if _BOOTED.is_dir() else None
    return Machine(folder=config / "systemd" / "user", systemctl=Path(found) if found else None)


def place(settings: Settings) -> UnitPlace:
    """The paths as they are from anywhere.

    Raises:
        DeclarationError: there is no program, or nothing that says which folder overlays the shipped one.
    """
    if settings.folder is not None and not settings.store_is_named and settings.shipped is not None:
        return UnitPlace(tracker=_program(), store=settings.folder.absolute())
    own = settings.schedules.absolute()
    if settings.shipped == settings.schedules or settings.shipped is None:
        return UnitPlace(tracker=_program(), store=settings.store.absolute(), schedules=own)
    if own.is_dir():
        raise DeclarationError(
            f"{own}: overlays the shipped boards here, but not for a service; make this a workspace (tracker init)"
        )
    return UnitPlace(tracker=_program(), store=settings.store.absolute())


def _program() -> Path:
    beside = Path(sysconfig.get_path("scripts")) / "tracker"
    found = str(beside) if beside.is_file() else shutil.which("tracker")
    if found is None:
        raise DeclarationError(
            f"{beside}: not found; expected the installed command beside this Python (install the tracker again)"
        )
    return Path(found).absolute()


def install(machine: Machine, where: UnitPlace, *, timer: bool = False, yes: bool = False, force: bool = False) -> None:
    """Print the units and the commands that start them; with `yes`, write and run them instead.

    Raises:
        DeclarationError: a unit of that name says something else (without `force`), or `yes` where no systemd runs.
        TrackerError: systemctl did not do it.
    """
    texts = units(where, scope="user", timer=timer)
    if machine.systemctl is None:
        _tell_cron(where, yes=yes)
        return
    if not yes:
        _tell(machine, texts, timer=timer)
        return
    replaced = write(machine.folder, texts, force=force)
    for words in _commands(timer=timer, replaced=replaced):
        _call(machine.systemctl, words)
    click.echo(f"Started {_started(timer=timer)}. {_advice(machine)}")


def write(folder: Path, texts: Mapping[str, str], *, force: bool) -> bool:
    """Write the units that are not there as they should be, all or none; whether another one was replaced.

    Raises:
        DeclarationError: one says something else, and `force` is not given.
    """
    there = {name: (folder / name).read_text(encoding="utf-8") for name in texts if (folder / name).exists()}
    other = [folder / name for name, text in there.items() if text != texts[name]]
    if other and not force:
        raise DeclarationError(
            f"{', '.join(map(str, other))}: there already and says something else; nothing was written (--force replaces it)"
        )
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        if there.get(name) != text:
            _write(folder / name, text)
        click.echo(f"{safe(str(folder / name))}: {'as it was' if there.get(name) == text else 'written'}")
    return bool(other)


def script(root: click.Command, shell: str) -> str:
    """What a shell has to read so that it completes the words of `tracker`."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415  # only here

    found = get_completion_class(shell)
    assert found is not None
    return found(root, {}, "tracker", "_TRACKER_COMPLETE").source()


def _write(path: Path, text: str) -> None:
    """Whole or not at all: systemd may read the folder at any time."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _commands(*, timer: bool, replaced: bool) -> Sequence[Sequence[str]]:
    """What is asked of systemctl. A unit that ran with another text goes on with the new one."""
    started = _started(timer=timer)
    again = [("--user", "try-restart", started)] if replaced else []
    return [("--user", "daemon-reload"), *again, ("--user", "enable", "--now", started)]


def _started(*, timer: bool) -> str:
    return TIMER if timer else DAEMON


def _call(systemctl: Path, words: Sequence[str]) -> None:
    ran = subprocess.run([systemctl, *words], check=False, capture_output=True, text=True)  # noqa: S603  # our own words
    if ran.returncode != 0:
        said = " ".join(ran.stderr.split()) or "it gave no reason"
        raise TrackerError(f"systemctl {' '.join(words)}: exit code {ran.returncode}, expected 0: {said}; the units are written")


def _tell(machine: Machine, texts: Mapping[str, str], *, timer: bool) -> None:
    for name, text in texts.items():
        click.echo(f"# {safe(str(machine.folder / name))}\n{text}")
    click.echo("Nothing was written. With --yes these files are, and then:")
    for words in _commands(timer=timer, replaced=False):
        click.echo(f"  systemctl {' '.join(words)}")
    click.echo(_advice(machine))


def _advice(machine: Machine) -> str:
    return (
        f"Keys of boards are NAME=value lines in {safe(str(machine.keys))}.\n"
        "So that it also runs while you are logged out:\n  loginctl enable-linger"
    )


def _tell_cron(where: UnitPlace, *, yes: bool) -> None:
    line = crontab(where)
    if yes:
        raise DeclarationError(
            f"no systemd runs here, so nothing was written; put this line into your crontab (crontab -e): {line}"
        )
    click.echo(f"No systemd runs here. This line in your crontab (crontab -e) fetches what is due:\n\n{line}")
