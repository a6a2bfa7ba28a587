"""Write the systemd units and the crontab line that start the tracker, from the templates in `units/`.

`contrib/systemd/` has the same units (a test compares them). Quoting follows systemd.syntax(7), systemd.service(5) and
crontab(5).
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tracker.errors import DeclarationError

Scope = Literal["system", "user"]
DAEMON, RUN, TIMER = "tracker.service", "tracker-run.service", "tracker-run.timer"
_PLAIN = re.compile(r"[\w/.+,:@-]+", re.ASCII)
_QUOTES = re.compile(r"['\"\\]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class UnitPlace(Struct, frozen=True, kw_only=True):
    """The absolute paths in a unit: the program, the store or workspace, and the declarations if they overlay no others."""

    tracker: Path
    store: Path
    schedules: Path | None = None


def units(place: UnitPlace, *, scope: Scope, timer: bool = False) -> Mapping[str, str]:
    """The units by name: the daemon's, or those of `tracker run --due` every quarter of an hour. Raises as `_legible`."""
    names = (RUN, TIMER) if timer else (DAEMON,)
    values: Mapping[str, str | None] = {
        "tracker": _program(place.tracker),
        "store": _word(place.store),
        "schedules": _word(place.schedules) if place.schedules else None,
        "scope": scope,
    }
    return {name: _fill(f"{name}.jinja", values) for name in names}


def crontab(place: UnitPlace) -> str:
    """The line that does the same without systemd; it prints only errors, which cron sends by mail. Raises as `_legible`."""
    alone = ("--schedules", _legible(place.schedules)) if place.schedules else ()
    words = (_legible(place.tracker), "--store", _legible(place.store), *alone, "run", "--due")
    return f"*/15 * * * *  {shlex.join(words)} > /dev/null".replace("%", r"\%")


def _word(path: Path) -> str:
    """A path as one word of `ExecStart=`."""
    text = _legible(path)
    quoted = text.replace("\\", r"\\").replace('"', r"\"").replace("%", "%%").replace("$", "$$")
    return quoted if _PLAIN.fullmatch(text.replace("%", "")) else f'"{quoted}"'


def _program(path: Path) -> str:
    """The first word of `ExecStart=`, where `$` has no meaning and systemd allows no quotes and backslashes."""
    if match := _QUOTES.search(str(path)):
        problem = f"systemd starts no program with {match[0]} in its path; install the tracker in another folder"
        raise DeclarationError(f"{path}: {problem}")
    return _word(path).replace("$$", "$")


def _legible(path: Path) -> str:
    """The path as text. Raises DeclarationError for control characters."""
    if _CONTROL.search(str(path)):
        problem = "the path has a control character, expected none; neither a unit nor a crontab can hold it"
        raise DeclarationError(f"{str(path)!r}: {problem}")
    return str(path)


def _fill(name: str, values: Mapping[str, str | None]) -> str:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # only here

    environment = Environment(
        loader=PackageLoader("tracker.cli", "units"),
        autoescape=False,  # noqa: S701  # not markup: `_word` quotes for systemd
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(name).render(values)
