"""Shared by commands: find the workspace, read times, print rows and wrong declarations."""

from __future__ import annotations

import getpass
import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from tracker import schedules, toml, wording, workspace
from tracker.cli._group import EXIT_CODE
from tracker.errors import DeclarationError, TrackerError
from tracker.wording import escaped, machine_time, safe
from tracker.workspace import Settings

_PROGRAMS = frozenset({"tracker", "leaderboard-tracker"})
_AGO = re.compile(r"(\d+)([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NEVER_WRAPPED = 100_000
"""Characters, so that each row is one line for another program."""
_GAP = 3
_LEAST_FOLDED = 20
"""Characters, with the gap, into which the last column may be folded."""
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


class Time(click.ParamType[datetime]):
    """An ISO date or time, an age such as `7d`, `36h`, `2w`, or a day such as `yesterday`, `friday` (the last one).

    Days, and times without a zone, are in the workspace's time zone.
    """

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if match := _AGO.fullmatch(text):
                return datetime.now(UTC).replace(microsecond=0) - int(match[1]) * _UNITS[match[2]]
            at = _named_day(text.casefold(), datetime.now(zone(ctx))) or datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=zone(ctx))).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(
                f"{text!r} is not a time; expected 2026-04-18, 2026-04-18T06:00Z, yesterday, or an age such as 7d", param, ctx
            )


def _named_day(word: str, now: datetime) -> datetime | None:
    """The beginning of today, of yesterday, or of the last day of that name before today; None for any other word."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    ago = {"today": 0, "yesterday": 1} | {name: (today.weekday() - number - 1) % 7 + 1 for number, name in enumerate(_WEEKDAYS)}
    return today - timedelta(days=ago[word]) if word in ago else None


def print_json(rows: Iterable[Mapping[str, object]]) -> None:
    """Print one object per line, times as `2026-04-18T06:18:33Z`."""
    for row in rows:
        click.echo(escaped(json.dumps(row, ensure_ascii=False, default=_plain)))


def _plain(value: object) -> str:
    return machine_time(value) if isinstance(value, datetime) else str(value)


def picked(record: object, fields: str) -> dict[str, object]:
    """The named fields of a record, for programs; all null if there is no record."""
    return {field: getattr(record, field) if record is not None else None for field in fields.split()}


def without_id(message: str, board: str) -> str:
    """The message without the board's id at its start, for a line that begins with the id."""
    return message.removeprefix(f"{board}: ")


def print_problems(problems: Iterable[str]) -> None:
    """Print each problem of a test, indented."""
    for problem in problems:
        click.echo(f"    {safe(problem)}")


def zone(ctx: click.Context | None = None) -> tzinfo:
    """The zone in which people type and read times; that of the running command by default."""
    ctx = ctx or click.get_current_context(silent=True)
    settings = ctx and ctx.find_object(Settings)
    return ZoneInfo(settings.time_zone) if settings and settings.time_zone != "UTC" else UTC


def when(at: datetime | None) -> str:
    """`wording.when` in the zone of the workspace or of `--tz`, "" for None."""
    return wording.when(at, zone()) if at else ""


def day(at: datetime | None) -> str:
    """`wording.day` in that zone, "" for None."""
    return wording.day(at, zone()) if at else ""


def print_table(
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    right: frozenset[str] = frozenset(),
    spare: Sequence[str] = (),
    to_stderr: bool = False,
) -> None:
    """Print a table for people; cells are plain text, whatever a publisher wrote.

    A terminal that is too narrow gets no `spare` columns, as many of the first ones as necessary. The last column may fold.
    """
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  # only for people
    from rich.console import Console  # noqa: PLC0415  # as above
    from rich.table import Table  # noqa: PLC0415  # as above
    from rich.text import Text  # noqa: PLC0415  # as above

    console = Console(highlight=False, soft_wrap=False, stderr=to_stderr)
    if not console.is_terminal:
        console.width = _NEVER_WRAPPED
    cells = [[safe("" if cell is None else str(cell)) for cell in row] for row in rows]
    shown = _fitting(header, cells, spare, console.width)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in shown:
        table.add_column(header[column], justify="right" if header[column] in right else "left", overflow="fold")
    for texts in cells:
        table.add_row(*(Text(texts[column]) for column in shown))
    console.print(table)


def _fitting(header: Sequence[str], rows: Sequence[Sequence[str]], spare: Sequence[str], width: int) -> list[int]:
    """The columns to show in that width."""
    widths = [max(map(len, column)) + _GAP for column in zip(header, *rows, strict=True)]
    widths[-1] = min(widths[-1], _LEAST_FOLDED)
    shown = list(range(len(header)))
    for name in spare:
        if sum(widths[column] for column in shown) > width:
            shown.remove(header.index(name))
    return shown


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


def report_errors(errors: Iterable[DeclarationError]) -> int:
    """Print each wrong declaration as one line on stderr, and return the exit code: 0 if there are none.

    The command exits at least with that code, whatever it returns.
    """
    code, ctx = 0, click.get_current_context(silent=True)
    for error in errors:
        click.echo(f"tracker: {safe(str(error))}", err=True)
        code = error.exit_code
    if ctx is not None:
        ctx.meta[EXIT_CODE] = max(code, ctx.meta.get(EXIT_CODE, 0))
    return code


def report_wrong_boards(found: schedules.Schedules, *, is_all: bool) -> int:
    """Report the wrong declarations of boards as `report_errors` does. If they are all there is, the last one is raised."""
    errors = list(found.troubles.values())
    last = errors.pop() if errors and is_all else None
    code = report_errors(errors)
    if last is not None:
        raise last
    return code
