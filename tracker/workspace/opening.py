"""Open the archive, store, fetcher, routes and watches of a workspace; create only what a writing command needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.clock import SystemClock
from tracker.model import Board, BoardId
from tracker.ports import Clock, Store
from tracker.stores.sqlite import SqliteStore
from tracker.wording import safe
from tracker.workspace import Settings

if TYPE_CHECKING:
    from tracker.fetch import Fetcher
    from tracker.fetch.addresses import Resolve
    from tracker.fetch.http import Transport
    from tracker.stores.archive import FileArchive


def _say(message: str) -> None:
    sys.stderr.write(f"{message}\n")


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[FileArchive, SqliteStore]]:
    """The archive and the store, for writing. If they do not exist, they are created, which stderr reports."""
    from tracker import log  # noqa: PLC0415  # commands that only read history do without
    from tracker.stores.archive import FileArchive  # noqa: PLC0415  # as above
    from tracker.workspace.rescue import store_of  # noqa: PLC0415  # as above

    log.name_facts()
    is_new = not settings.has_store and not settings.captures.is_dir()
    with store_of(settings, SystemClock(), lambda done: _say(f"tracker: {done}")) as store:
        if is_new:
            _say(f"tracker: created the store {safe(str(settings.store))}")
        yield FileArchive(settings.captures), store


@contextmanager
def fetching(settings: Settings, clock: Clock) -> Iterator[tuple[FileArchive, SqliteStore, Fetcher]]:
    """The same, and a fetcher that remembers across runs when it asked each host."""
    with opened(settings) as (archive, store), fetcher_of(settings, clock) as fetcher:
        yield archive, store, fetcher


@contextmanager
def fetcher_of(
    settings: Settings, clock: Clock, *, transport: Transport | None = None, resolve: Resolve | None = None
) -> Iterator[Fetcher]:
    """A fetcher that remembers when it asked each host, if there is a store. The arguments are a `Fetcher`'s."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415  # only three commands fetch

    from tracker.fetch import Fetcher  # noqa: PLC0415  # as above
    from tracker.fetch.addresses import resolve_host  # noqa: PLC0415  # as above
    from tracker.stores.hosts import SqliteHosts  # noqa: PLC0415  # as above

    resolve, contact = resolve or resolve_host, settings.contact
    with ExitStack() as stack:
        folder = settings.store if settings.store.is_dir() else Path(stack.enter_context(TemporaryDirectory()))
        hosts = stack.enter_context(closing(SqliteHosts(folder / settings.hosts.name)))
        yield stack.enter_context(Fetcher(hosts, clock, os.environ, contact=contact, transport=transport, resolve=resolve))


def warn_no_store(settings: Settings) -> None:
    """Report on stderr that there is no store yet, and what creates it."""
    _say(f"tracker: {safe(str(settings.store))}: no store here yet; tracker run creates it")


def check_named(settings: Settings) -> None:
    """Refuse a named store whose folder does not exist. Raises DeclarationError."""
    if settings.store_is_named and not settings.store.is_dir():
        settings.require_store()


@contextmanager
def history_if_any(settings: Settings) -> Iterator[SqliteStore]:
    """The store, for reading; an empty one if nothing was fetched yet, which stderr reports for a named store."""
    if settings.store_is_named and not settings.has_store:
        warn_no_store(settings)
    with SqliteStore(settings.database if settings.has_store else Path(":memory:")) as store:
        yield store


def board_of(settings: Settings, store: Store, name: str) -> Board:
    """A board as the store last knew it or, if it did not, as the schedules declare it."""
    if (last := store.declared(BoardId(name))) is not None:
        return last
    from tracker.workspace.declared import declared  # noqa: PLC0415  # most commands read history without the schedules

    return declared(settings).board(BoardId(name))
