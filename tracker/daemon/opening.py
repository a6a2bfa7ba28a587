"""Open what the service needs: store, archive, fetcher, delivery worker and declarations of a workspace."""

from __future__ import annotations

import ctypes
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from tracker.clock import SystemClock
from tracker.daemon.delivery import DeliveryWorker, lock_of
from tracker.daemon.flights import InFlight, Start, in_a_thread
from tracker.daemon.loop import Deliver, Loop, World
from tracker.daemon.nightly import NightlyCheck
from tracker.fetch import Fetcher
from tracker.line import index, intake
from tracker.model import BoardId
from tracker.redaction import NAMED
from tracker.schedules.formats import formats
from tracker.stores.archive import FileArchive
from tracker.stores.hosts import SqliteHosts
from tracker.stores.sqlite import SqliteStore
from tracker.stores.sqlite_errors import Damaged, Replaced
from tracker.workspace import Settings
from tracker.workspace.declarations import Declarations
from tracker.workspace.rescue import check_pause, store_of
from tracker.workspace.rescue import rescue as rebuild_store
from tracker.workspace.service_backup import back_up

LAST_MESSAGE_S = 5.0
"""Maximum wait at the end for a message being sent; a slower one is sent again, with the same id."""
LEASE_S = 2.0
"""Maximum wait for another process that has a board's lease; then the loop logs it and tries again later."""
_MALLOC = {-8: 1, -3: 2_097_152}
"""M_ARENA_MAX and M_MMAP_THRESHOLD of malloc.h."""
logger = logging.getLogger("tracker.daemon")


def rescue(settings: Settings, error: Damaged) -> None:
    """Rebuild a damaged database, at most once an hour. Raises StoreError."""
    logger.error("store is spoilt", extra={"error": str(error)})
    if not isinstance(error, Replaced):
        now = SystemClock().now()
        check_pause(settings.database, now)
        rebuild_store(settings, now)


def _back_up(store: SqliteStore, archive: FileArchive, path: Path, now: datetime) -> None:
    back_up(store, path, now)
    archive.seal(now)


def beside(store: SqliteStore, path: Path) -> SqliteStore:
    """Another connection to the file; a deleted one is not recreated. Raises StoreError."""
    store.check_place()
    return SqliteStore(path)


def _say_rebuilt(what: str) -> None:
    logger.error("store rebuilt", extra={"what": what})


@contextmanager
def opened(
    settings: Settings,
    reloaded: Callable[[], None],
    *,
    parallel: int,
    deadline_s: float,
    begin: Start = in_a_thread,
    send: Deliver | None = None,
) -> Iterator[Loop]:
    """The loop on this store. `begin` runs work beside it; `send` replaces the worker that delivers the news."""
    spare_memory()
    clock = SystemClock()
    with ExitStack() as stack:
        is_new = not settings.has_store
        store = stack.enter_context(store_of(settings, clock, _say_rebuilt))
        store.check()
        if is_new:
            logger.info("store created", extra={"store": str(settings.store)})
        archive = FileArchive(settings.captures, lease_s=LEASE_S)
        hosts = stack.enter_context(closing(SqliteHosts(settings.hosts)))
        fetcher = stack.enter_context(Fetcher(hosts, clock, os.environ, contact=settings.contact, deadline_s=deadline_s))
        if send is None:
            worker = DeliveryWorker(lambda: beside(store, settings.database), lock_of(settings.store), clock, os.environ)
            stack.callback(worker.stop, LAST_MESSAGE_S)
            send = worker
        world = World(
            archive=archive,
            store=store,
            hosts=hosts,
            clock=clock,
            environment=os.environ,
            monotonic=time.monotonic,
            reloaded=reloaded,
            back_up=lambda: _back_up(store, archive, settings.backup, clock.now()),
            nightly=NightlyCheck(boards=archive.boards, check=lambda board: check_archive(settings, board), begin=begin),
        )

        def flights(wake: Callable[[], None]) -> InFlight:
            return InFlight(
                lambda board: fetcher.fetch(board, intake.validators(archive, board.id)),
                parallel=parallel,
                deadline_s=deadline_s,
                monotonic=time.monotonic,
                begin=begin,
                wake=wake,
            )

        yield Loop(world, Declarations(settings, formats(), store.declared), flights, send)


def spare_memory() -> None:
    """Let threads reserve 1 MB each instead of 72 (`ulimit -v` counts what is reserved), and return large bodies when freed."""
    threading.stack_size(1_048_576)
    with suppress(OSError, AttributeError):  # not glibc
        for parameter, value in _MALLOC.items():
            ctypes.CDLL(None).mallopt(parameter, value)


def check_archive(settings: Settings, board: BoardId) -> tuple[str, ...]:
    """The problems of a board's bodies and index, one line each; for a thread of its own."""
    archive = FileArchive(settings.captures)
    with SqliteStore(settings.database) as store:
        return (*index.changed(board, archive, store), *archive.check(board))


def secrets_of(settings: Settings) -> frozenset[str]:
    """The values of the variables that declarations name, which must not be logged."""
    named = {
        name
        for folder in settings.declarations
        for path in folder.rglob("*.toml")
        if path.is_file()
        for name in NAMED.findall(path.read_text(encoding="utf-8", errors="replace"))
    }
    return frozenset(value for name in named if (value := os.environ.get(name)))
