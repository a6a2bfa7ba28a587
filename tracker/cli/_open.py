"""What commands share: finding the workspace, opening the stores, reading times, printing rows."""

from __future__ import annotations

import getpass
import json
import os
import re
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from tracker import toml, workspace
from tracker.errors import DeclarationError
from tracker.lexicon import Lexicon
from tracker.model import Board, BoardId
from tracker.ports import Clock, Store
from tracker.stores.sqlite import SqliteStore
from tracker.wording import escaped, safe
from tracker.workspace import Settings

if TYPE_CHECKING:
    from tracker.fetch import Fetcher
    from tracker.line.sync import Telling
    from tracker.stores.archive import FileArchive
    from tracker.stores.hosts import SqliteHosts
    from tracker.watches import Watch

_PROGRAMS = frozenset({"tracker", "leaderboard-tracker"})
_AGO = re.compile(r"(\d+)([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per line, with stable keys.")


def located(store: Path | None, schedules: Path | None, tz: str | None = None) -> Settings:
    """The workspace that the global options, the environment and the current folder name.

    Raises:
        DeclarationError: it is wrong, or a folder of declarations that is named is not there.
        StoreError: the store is no folder.
    """
    found = workspace.find(store, schedules, here=Path(), environment=os.environ)
    found.check_store()
    if tz is None:
        return found
    try:
        return replace(found, time_zone=toml.time_zone(tz))
    except ValueError as error:
        raise click.BadParameter(f"{tz!r} is {error}", param_hint="--tz") from error


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[FileArchive, SqliteStore]]:
    """The archive and the store, for writing; they are created, and where is said on stderr, if they are not there."""
    from tracker.stores.archive import FileArchive  # noqa: PLC0415  # commands that only read history do without

    is_new = not settings.has_store
    with SqliteStore(settings.database) as store:
        if is_new:
            click.echo(f"tracker: created the store {safe(str(settings.store))}", err=True)
        yield FileArchive(settings.captures), store


@contextmanager
def fetching(settings: Settings, clock: Clock) -> Iterator[tuple[FileArchive, SqliteStore, Fetcher]]:
    """The same, and a fetcher that remembers between runs when it asked each host."""
    from tracker.fetch import Fetcher  # noqa: PLC0415  # only two commands fetch
    from tracker.stores.hosts import SqliteHosts  # noqa: PLC0415  # as above

    with (
        opened(settings) as (archive, store),
        closing(SqliteHosts(settings.hosts)) as hosts,
        Fetcher(hosts, clock, os.environ, contact=settings.contact) as fetcher,
    ):
        yield archive, store, fetcher


@contextmanager
def hosts_if_any(settings: Settings) -> Iterator[SqliteHosts]:
    """When each host was asked, for commands that fetch and store nothing; without a store, remembered only meanwhile."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415  # as above

    from tracker.stores.hosts import SqliteHosts  # noqa: PLC0415  # as above

    with ExitStack() as stack:
        folder = settings.store if settings.store.is_dir() else Path(stack.enter_context(TemporaryDirectory()))
        yield stack.enter_context(closing(SqliteHosts(folder / settings.hosts.name)))


@contextmanager
def history_of(settings: Settings) -> Iterator[SqliteStore]:
    """The store, for reading. Raises DeclarationError when the folder has none yet."""
    settings.require_store()
    with SqliteStore(settings.database) as store:
        yield store


def warn_no_store(settings: Settings) -> None:
    """Say on stderr that there is no store yet, and what creates it."""
    click.echo(f"tracker: {safe(str(settings.store))}: no store here yet; tracker run creates it", err=True)


def check_named(settings: Settings) -> None:
    """Refuse a store's folder that was named and is not there. Raises DeclarationError."""
    if settings.store_is_named and not settings.store.is_dir():
        settings.require_store()


@contextmanager
def history_if_any(settings: Settings) -> Iterator[SqliteStore]:
    """The store, for reading; an empty one where nothing was fetched yet, which is said of a store that was named."""
    if settings.store_is_named and not settings.has_store:
        warn_no_store(settings)
    with SqliteStore(settings.database if settings.has_store else Path(":memory:")) as store:
        yield store


@contextmanager
def kept(settings: Settings) -> Iterator[tuple[FileArchive, SqliteStore]]:
    """The same with the archive, for looking at bodies."""
    from tracker.stores.archive import FileArchive  # noqa: PLC0415  # as above

    with history_of(settings) as store:
        yield FileArchive(settings.captures), store


def telling_of(settings: Settings, known: Lexicon, store: Store, now: datetime) -> Telling:
    """Who is to be told of what, as the schedules say; what is wrong with a route is told on stderr, and the others hold."""
    from tracker import notify, watches  # noqa: PLC0415  # only who settles boards tells
    from tracker.line.sync import Telling  # noqa: PLC0415  # as above

    errors: list[DeclarationError] = []
    watched: tuple[Watch, ...] = ()
    try:
        watched = watches.load(settings.declaration("watches.toml"), known)
    except DeclarationError as error:
        errors.append(error)
    found = notify.load(settings.declaration("routes.toml"), watches=[watch.name for watch in watched])
    for wrong in (*errors, *found.errors):
        click.echo(f"tracker: {safe(str(wrong))}", err=True)
    return Telling.of(found.routes, watched, store, now)


def board_of(settings: Settings, store: Store, name: str) -> Board:
    """A board as the store last knew it, else as the schedules declare it."""
    last = store.declared(BoardId(name))
    if last is not None:
        return last
    from tracker.workspace.declared import declared  # noqa: PLC0415  # most commands read history without the schedules

    return declared(settings).board(BoardId(name))


def ids(settings: Settings) -> frozenset[str]:
    """The ids of the declared boards, by the names of their files, which are not read; broken ones are among them."""
    found = {path.relative_to(folder) for folder in settings.declarations for path in folder.glob("*/[!_]*.toml")}
    return frozenset(path.with_suffix("").as_posix() for path in found if path.parent.name != "models")


def known(settings: Settings, store: Store, name: str) -> BoardId:
    """The id of a board that has been read. Raises DeclarationError naming those that have, or the nearest."""
    if name in (boards := store.boards()):
        return BoardId(name)
    if any(sign in name for sign in "*?["):
        raise DeclarationError(f"board {toml.quoted(name)} is a pattern; expected the id of one board (tracker boards)")
    if name not in (declared := ids(settings)):
        raise unknown(name, declared.union(boards))
    read = ", ".join(boards) or "none"
    raise DeclarationError(f'board "{name}": nothing of it is in the store; expected one of: {read} (tracker run {name})')


def unknown(name: str, boards: Collection[str]) -> DeclarationError:
    """What is wrong with a board that none of these is."""
    from tracker.schedules import unknown_board  # noqa: PLC0415  # only in trouble

    return unknown_board(name, boards)


class Time(click.ParamType[datetime]):
    """An ISO date or time (in the workspace's time zone unless it says otherwise), or an age such as `7d`, `36h`, `2w`."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if match := _AGO.fullmatch(text):
                return datetime.now(UTC).replace(microsecond=0) - int(match[1]) * _UNITS[match[2]]
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=zone(ctx))).astimezone(UTC)
        except (ValueError, OverflowError):
            self.fail(f"{text!r} is no time; expected 2026-04-18, 2026-04-18T06:00Z, or an age such as 7d", param, ctx)


def print_json(rows: Iterable[Mapping[str, object]]) -> None:
    """One object per line."""
    for row in rows:
        click.echo(escaped(json.dumps(row, ensure_ascii=False, default=_plain)))


def _plain(value: object) -> str:
    return stamp(value) if isinstance(value, datetime) else str(value)


def stamp(at: datetime | None) -> str:
    """A time as `2026-04-18T06:18:33Z`, empty for None."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def zone(ctx: click.Context | None = None) -> tzinfo:
    """The zone in which people type and read times."""
    settings = ctx and ctx.find_object(Settings)
    return ZoneInfo(settings.time_zone) if settings and settings.time_zone != "UTC" else UTC


def when(at: datetime | None) -> str:
    """A time for people, in their zone: `2026-04-18T06:18:33Z` or `2026-04-18T08:18:33+02:00`, empty for None."""
    local = at and at.astimezone(zone(click.get_current_context(silent=True)))
    return local.isoformat(timespec="seconds").replace("+00:00", "Z") if local else ""


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]], *, right: frozenset[str] = frozenset()) -> None:
    """A table for people; cells are plain text whatever a publisher put into them."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  # only for people
    from rich.console import Console  # noqa: PLC0415  # as above
    from rich.table import Table  # noqa: PLC0415  # as above
    from rich.text import Text  # noqa: PLC0415  # as above

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in header:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(safe("" if cell is None else str(cell))) for cell in row))
    console = Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        console.width = 160
    console.print(table)


def program(ctx: click.Context) -> str:
    """This program, as a person would type it from here."""
    name = sys.argv[0] if sys.argv and Path(sys.argv[0]).name in _PROGRAMS else ctx.find_root().info_name or "tracker"
    if shutil.which(Path(name).name) == name:
        return Path(name).name
    return os.path.relpath(name) if os.sep in name and Path(name).is_relative_to(Path.cwd()) else name


def user() -> str:
    """Who runs this, by name; by number where the system has no name for it (a container)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
