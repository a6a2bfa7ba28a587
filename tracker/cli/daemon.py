"""`tracker daemon`."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from zoneinfo import ZoneInfo

import click

from tracker import log, toml, wording
from tracker.cli._open import as_json, print_json, print_table, report_wrong_boards, when
from tracker.clock import SystemClock
from tracker.daemon import Declarations, DeliveryWorker, InFlight, Loop, World, lock_of, notifier, upcoming, watchdog_s
from tracker.daemon.rescue import back_up, is_spoilt, rebuild
from tracker.daemon.run import run
from tracker.errors import DeclarationError, StoreError
from tracker.fetch import Fetcher
from tracker.line import intake
from tracker.query.due import missing_keys
from tracker.query.vitals import Vitals
from tracker.query.vitals import vitals as vitals_of
from tracker.schedules.formats import formats
from tracker.stores.archive import FileArchive
from tracker.stores.hosts import SqliteHosts
from tracker.stores.locks import held
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.declared import declared
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import history_if_any

FIRINGS = 20
BACKUP = "service.bak"
LAST_MESSAGE_S = 5.0
"""Maximum wait at the end for a message being sent; a slower one is sent again, with the same id."""
LEASE_S = 2.0
"""Maximum wait for another process that has a board's lease; then the loop logs it and tries again later."""
logger = logging.getLogger("tracker.daemon")


class SpanType(click.ParamType[float]):
    """A time such as `30s`, `10m`, `1h`, as seconds."""

    name = "span"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The span in seconds."""
        if isinstance(value, int | float):
            return float(value)
        try:
            return toml.span_s(str(value), least=1)
        except ValueError as error:
            self.fail(f"{value!r} is {error}", param, ctx)


@click.command("daemon")
@click.option("--dry-run", is_flag=True, help="Print the next 20 times at which a board is due, and exit.")
@click.option(
    "--parallel", type=click.IntRange(1, 64), default=4, show_default=True, help="Maximum concurrent fetches, one per host."
)
@click.option("--deadline", type=SpanType(), default="10m", show_default=True, help="Maximum duration of a fetch.")
@click.option(
    "--stop-within", type=SpanType(), default="50s", show_default=True, help="Maximum wait after SIGTERM for running fetches."
)
@click.option(
    "--http", default="", help="Serve /healthz, /readyz and /metrics at this address, such as 127.0.0.1:8787 (extra: web)."
)
@click.option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How log lines are written."
)
@as_json
@click.pass_obj
def command(
    settings: Settings,
    *,
    dry_run: bool,
    parallel: int,
    deadline: float,
    stop_within: float,
    http: str,
    log_format: str,
    as_json: bool,
) -> int:
    """Fetch each enabled board on schedule and report changes, until SIGTERM.

    SIGHUP or any change of a file reloads the schedules. A second SIGTERM exits at once. Exit code 3 if another daemon holds
    the store.
    """
    if dry_run:
        return _print_firings(settings, as_json=as_json)
    say, watchdog = notifier(os.environ), watchdog_s(os.environ)

    def configure() -> None:
        log.configure(verbose=True, as_json=log_format == "json", secrets=_secrets(settings))

    configure()
    with held(settings.store / "daemon.lock", patience_s=0.5):  # a reader holds it for a moment
        while True:
            try:
                with _loop(settings, configure, parallel=parallel, deadline_s=deadline) as loop, _served(http, loop, settings):
                    run(loop, say=say, watchdog_s=watchdog, stop_within_s=stop_within, monotonic=time.monotonic)
            except StoreError as error:
                _rescue(settings, error)
            else:
                return 0


def _rescue(settings: Settings, error: StoreError) -> None:
    """Rebuild a damaged database. Raises the error if it is of another kind."""
    if not is_spoilt(error):
        raise error
    logger.error("store is spoilt", extra={"error": str(error)})
    boards, clock = declared(settings).boards, SystemClock()
    archive, lexicon = FileArchive(settings.captures), lexicon_of(settings)
    rebuild(settings.database, archive, boards, lexicon=lexicon, now=clock.now(), backup=settings.store / BACKUP)


@contextmanager
def _loop(settings: Settings, reloaded: Callable[[], None], *, parallel: int, deadline_s: float) -> Iterator[Loop]:
    """The loop on this store."""
    clock = SystemClock()
    with ExitStack() as stack:
        is_new = not settings.has_store
        store = stack.enter_context(SqliteStore(settings.database))
        if is_new:
            logger.info("store created", extra={"store": str(settings.store)})
        archive = FileArchive(settings.captures, lease_s=LEASE_S)
        hosts = stack.enter_context(closing(SqliteHosts(settings.hosts)))
        fetcher = stack.enter_context(Fetcher(hosts, clock, os.environ, contact=settings.contact))
        worker = DeliveryWorker(lambda: SqliteStore(settings.database), lock_of(settings.store), clock, os.environ)
        stack.callback(worker.stop, LAST_MESSAGE_S)
        world = World(
            archive=archive,
            store=store,
            hosts=hosts,
            clock=clock,
            environment=os.environ,
            monotonic=time.monotonic,
            reloaded=reloaded,
            back_up=lambda: back_up(store, settings.store / BACKUP, clock.now()),
        )

        def flights(wake: Callable[[], None]) -> InFlight:
            return InFlight(
                lambda board: fetcher.fetch(board, intake.validators(archive, board.id)),
                parallel=parallel,
                deadline_s=deadline_s,
                monotonic=time.monotonic,
                wake=wake,
            )

        yield Loop(world, Declarations(settings, formats(), store.declared), flights, worker)


@contextmanager
def _served(address: str, loop: Loop, settings: Settings) -> Iterator[None]:
    """Serve the pages about this loop within the block, if there is an address."""
    if not address:
        yield
        return
    from tracker import web  # noqa: PLC0415  # an extra

    def probe() -> web.Probe:
        troubles = (loop.trouble,) if loop.trouble else ()
        return web.Probe(idle_s=time.monotonic() - loop.turned_at, boards=len(loop.declared.boards), troubles=troubles)

    def vitals() -> Vitals:
        with SqliteStore(settings.database) as store:
            routes = [route.name for route in loop.declared.routes]
            return vitals_of(loop.declared.boards.values(), store, now=SystemClock().now(), environment=os.environ, routes=routes)

    server = web.serve(web.app(probe, vitals, os.environ.get(web.TOKEN)), address)
    try:
        yield
    finally:
        server.stop()


def _secrets(settings: Settings) -> frozenset[str]:
    """The values of the variables that declarations name, which must not be logged."""
    named = {
        name
        for folder in settings.declarations
        for path in folder.rglob("*.toml")
        for name in re.findall(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", path.read_text(encoding="utf-8", errors="replace"))
    }
    return frozenset(value for name in named if (value := os.environ.get(name)))


def _print_firings(settings: Settings, *, as_json: bool) -> int:
    """Print when boards are due and which declarations are wrong, and return the exit code."""
    now, found = SystemClock().now(), declared(settings)
    code = report_wrong_boards(found, is_all=not found.boards)
    boards = [board for board in found.boards.values() if board.enabled and not missing_keys(board, os.environ)]
    if not boards:
        raise DeclarationError(f"{settings.schedules}: no board is enabled and has its keys; expected one (tracker boards)")
    with history_if_any(settings) as store:
        firings = upcoming(boards, store, now, FIRINGS)
    dated = [(at, wording.when(at, ZoneInfo(board.time_zone)), board) for at, board in firings]
    if as_json:
        print_json({"board": board.id, "due_at": at, "local": local, "cadence": board.cadence} for at, local, board in dated)
    else:
        print_table(
            ("due", "local", "board", "cadence"), ((when(at), local, board.id, board.cadence) for at, local, board in dated)
        )
    return code
