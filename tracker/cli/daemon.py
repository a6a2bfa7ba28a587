"""`tracker daemon`."""

from __future__ import annotations

import os
import time
from zoneinfo import ZoneInfo

import click

from tracker import log, toml, wording
from tracker.cli._open import as_json, report_errors, report_wrong_boards
from tracker.cli._print import print_json, print_table, when
from tracker.cli._served import served
from tracker.clock import SystemClock
from tracker.daemon.opening import opened, rescue, secrets_of
from tracker.daemon.run import notifier, run, watchdog_s
from tracker.daemon.ticker import upcoming
from tracker.errors import DeclarationError
from tracker.query.due import missing_keys
from tracker.stores.locks import held
from tracker.stores.sqlite_errors import Damaged
from tracker.workspace import Settings
from tracker.workspace.declared import declared
from tracker.workspace.opening import history_if_any
from tracker.workspace.rules import other_errors

FIRINGS = 20


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
        log.configure(verbose=True, as_json=log_format == "json", secrets=secrets_of(settings))

    configure()
    with held(settings.store / "daemon.lock", patience_s=0.5):  # a reader holds it for a moment
        is_over = False
        while not is_over:
            try:
                with opened(settings, configure, parallel=parallel, deadline_s=deadline) as loop, served(http, loop, settings):
                    run(loop, say=say, watchdog_s=watchdog, stop_within_s=stop_within, monotonic=time.monotonic)
                    is_over = True
            except Damaged as error:
                if is_over:  # the next start repairs it
                    raise
                rescue(settings, error)
    return 0


def _print_firings(settings: Settings, *, as_json: bool) -> int:
    """Print when boards are due and which declarations are wrong, and return the exit code."""
    now, found = SystemClock().now(), declared(settings)
    code = max(report_wrong_boards(found, is_all=not found.boards), report_errors(other_errors(settings)))
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
