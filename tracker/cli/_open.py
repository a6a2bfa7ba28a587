"""What commands share: opening the stores, reading times, printing rows."""

from __future__ import annotations

import getpass
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from tracker import lexicon
from tracker.cli._text import escaped, safe
from tracker.errors import DeclarationError
from tracker.lexicon import Lexicon
from tracker.model import Board, BoardId
from tracker.ports import Clock, Store
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings

if TYPE_CHECKING:
    from tracker.fetch import Fetcher
    from tracker.pipeline import Telling
    from tracker.stores.archive import FileArchive
    from tracker.watches import Watch

_AGO = re.compile(r"(\d+)([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object per line, with stable keys.")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[FileArchive, SqliteStore]]:
    """The archive and the store of this folder, created if they are not there."""
    from tracker.stores.archive import FileArchive  # noqa: PLC0415  # commands that only read history do without

    with SqliteStore(settings.database) as store:
        yield FileArchive(settings.captures), store


@contextmanager
def fetching(settings: Settings, clock: Clock) -> Iterator[tuple[FileArchive, SqliteStore, Fetcher]]:
    """The same, and a fetcher that remembers between runs when it asked each host."""
    from tracker.fetch import Fetcher  # noqa: PLC0415  # only two commands fetch
    from tracker.stores.hosts import SqliteHosts  # noqa: PLC0415  # as above

    with (
        opened(settings) as (archive, store),
        closing(SqliteHosts(settings.hosts)) as hosts,
        Fetcher(hosts, clock, os.environ) as fetcher,
    ):
        yield archive, store, fetcher


@contextmanager
def history_of(settings: Settings) -> Iterator[SqliteStore]:
    """The store, for reading. Raises DeclarationError when the folder has none yet."""
    if not settings.database.exists():
        raise DeclarationError(
            f"{settings.store}: no tracker.db here; expected a store (tracker run, tracker import, or --store DIR)"
        )
    with SqliteStore(settings.database) as store:
        yield store


@contextmanager
def kept(settings: Settings) -> Iterator[tuple[FileArchive, SqliteStore]]:
    """The same with the archive, for looking at bodies."""
    from tracker.stores.archive import FileArchive  # noqa: PLC0415  # as above

    with history_of(settings) as store:
        yield FileArchive(settings.captures), store


def lexicon_of(settings: Settings) -> Lexicon:
    """What the schedules say of names; the project's own lexicon where they say nothing."""
    folder = settings.schedules / "models"
    return lexicon.load(folder) if folder.is_dir() else lexicon.shipped()


def telling_of(settings: Settings, known: Lexicon, store: Store, now: datetime) -> Telling:
    """Who is to be told of what, as the schedules say; what is wrong with a route is told on stderr, and the others hold."""
    from tracker import notify, watches  # noqa: PLC0415  # only who settles boards tells
    from tracker.pipeline import Telling  # noqa: PLC0415  # as above

    errors: list[DeclarationError] = []
    watched: tuple[Watch, ...] = ()
    try:
        watched = watches.load(settings.schedules / "watches.toml", known)
    except DeclarationError as error:
        errors.append(error)
    found = notify.load(settings.schedules / "routes.toml", watches=[watch.name for watch in watched])
    for wrong in (*errors, *found.errors):
        click.echo(f"tracker: {safe(str(wrong))}", err=True)
    return Telling.of(found.routes, watched, store, now)


def board_of(settings: Settings, store: Store, name: str) -> Board:
    """A board as the store last knew it, else as the schedules declare it."""
    last = store.declared(BoardId(name))
    if last is not None:
        return last
    from tracker.cli._declared import declared  # noqa: PLC0415  # most commands read history without the schedules

    return declared(settings).board(BoardId(name))


def known(store: Store, name: str) -> BoardId:
    """The id of a board that has been read. Raises DeclarationError naming those that have."""
    if name not in (boards := store.boards()):
        read = ", ".join(boards) or "none"
        raise DeclarationError(f'board "{name}": nothing of it is in the store; expected one of: {read} (tracker run {name})')
    return BoardId(name)


class Time(click.ParamType[datetime]):
    """An ISO date or time (UTC unless it says otherwise), or an age such as `7d`, `36h`, `2w`."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        text = str(value)
        try:
            if match := _AGO.fullmatch(text):
                return datetime.now(UTC).replace(microsecond=0) - int(match[1]) * _UNITS[match[2]]
            at = datetime.fromisoformat(text)
            return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
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


def user() -> str:
    """Who runs this, by name; by number where the system has no name for it (a container)."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
