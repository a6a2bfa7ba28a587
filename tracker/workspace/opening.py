"""Opens what a workspace holds: archive, store, fetcher, routes and watches; creates only what a command that writes needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tracker import toml
from tracker.errors import DeclarationError
from tracker.model import Board, BoardId
from tracker.model.names import Lexicon
from tracker.ports import Clock, Store
from tracker.stores.sqlite import SqliteStore
from tracker.wording import safe
from tracker.workspace import Settings

if TYPE_CHECKING:
    from tracker.fetch import Fetcher
    from tracker.line.sync import Telling
    from tracker.stores.archive import FileArchive
    from tracker.stores.hosts import SqliteHosts
    from tracker.watches import Watch


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[FileArchive, SqliteStore]]:
    """The archive and the store, for writing; they are created, and where is said on stderr, if they are not there."""
    from tracker.stores.archive import FileArchive  # noqa: PLC0415  # commands that only read history do without

    is_new = not settings.has_store
    with SqliteStore(settings.database) as store:
        if is_new:
            _say(f"tracker: created the store {safe(str(settings.store))}")
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
    _say(f"tracker: {safe(str(settings.store))}: no store here yet; tracker run creates it")


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


def telling_of(settings: Settings, known: Lexicon, store: Store, now: datetime) -> tuple[Telling, tuple[DeclarationError, ...]]:
    """Who is to be told of what, as the routes and watches that can be read declare it, and what is wrong with the others."""
    from tracker import notify, watches  # noqa: PLC0415  # only who settles boards tells
    from tracker.line.sync import Telling  # noqa: PLC0415  # as above

    errors: list[DeclarationError] = []
    watched: tuple[Watch, ...] = ()
    try:
        watched = watches.load(settings.declaration("watches.toml"), known)
    except DeclarationError as error:
        errors.append(error)
    found = notify.load(settings.declaration("routes.toml"), watches=[watch.name for watch in watched])
    return Telling.of(found.routes, watched, store, now), (*errors, *found.errors)


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
