"""Write systemd units for the user and start them, or print them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
from msgspec import Struct

from tracker.cli._units import DAEMON, TIMER, UnitPlace, crontab, units
from tracker.errors import DeclarationError, TrackerError
from tracker.wording import safe


class Machine(Struct, frozen=True, kw_only=True):
    """The folder of the user's own units, and systemctl, which is None if systemd does not run."""

    folder: Path
    systemctl: Path | None


def install(machine: Machine, where: UnitPlace, *, timer: bool = False, yes: bool = False, force: bool = False) -> None:
    """Print the units and the commands that start them; with `yes`, write and run them instead.

    Raises:
        DeclarationError: an existing unit differs (without `force`), or `yes` without systemd.
        TrackerError: systemctl failed.
    """
    texts, started = units(where, scope="user", timer=timer), TIMER if timer else DAEMON
    if machine.systemctl is None:
        _print_crontab(crontab(where), yes=yes)
        return
    advice = (
        f"Keys of boards are NAME=value lines in {safe(str(machine.folder.parents[1] / 'tracker' / 'env'))}.\n"
        "So that it also runs while you are logged out:\n  loginctl enable-linger"
    )
    if yes:
        replaced = _write(machine.folder, texts, force=force)
        for words in _commands(started, replaced=replaced):
            _call(machine.systemctl, words)
        click.echo(f"Started {started}. {advice}")
        return
    for name, text in texts.items():
        click.echo(f"# {safe(str(machine.folder / name))}\n{text}")
    click.echo("Nothing was written. With --yes these files are, and then:")
    for words in _commands(started, replaced=False):
        click.echo(f"  systemctl {' '.join(words)}")
    click.echo(advice)


def _print_crontab(line: str, *, yes: bool) -> None:
    if yes:
        problem = "no systemd runs here, so nothing was written; put this line into your crontab (crontab -e)"
        raise DeclarationError(f"{problem}: {line}")
    click.echo(f"No systemd runs here. This line in your crontab (crontab -e) fetches what is due:\n\n{line}")


def _write(folder: Path, texts: Mapping[str, str], *, force: bool) -> bool:
    """Write the missing units; with `force`, also those that differ. Return whether one was replaced."""
    present = {name: (folder / name).read_text(encoding="utf-8") for name in texts if (folder / name).exists()}
    other = [folder / name for name, text in present.items() if text != texts[name]]
    if other and not force:
        problem = "already exists and differs; nothing was written (--force replaces it)"
        raise DeclarationError(f"{', '.join(map(str, other))}: {problem}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        if present.get(name) != text:
            new = folder / f".{name}.new"  # systemd may read the folder at any time
            new.write_text(text, encoding="utf-8")
            new.replace(folder / name)
        click.echo(f"{safe(str(folder / name))}: {'as it was' if present.get(name) == text else 'written'}")
    return bool(other)


def _commands(started: str, *, replaced: bool) -> Sequence[Sequence[str]]:
    """The arguments of systemctl. A running unit is restarted with its new text."""
    restart = [("--user", "try-restart", started)] if replaced else []
    return [("--user", "daemon-reload"), *restart, ("--user", "enable", "--now", started)]


def _call(systemctl: Path, words: Sequence[str]) -> None:
    ran = subprocess.run([systemctl, *words], check=False, capture_output=True, text=True)  # noqa: S603  # our own words
    if ran.returncode != 0:
        reason = " ".join(ran.stderr.split()) or "it gave no reason"
        raise TrackerError(
            f"systemctl {' '.join(words)}: exit code {ran.returncode}, expected 0: {reason}; the units are written"
        )
