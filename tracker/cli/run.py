"""`tracker run`."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

from tracker.cli._open import as_json, complete_boards, report_errors, report_wrong_boards
from tracker.cli._outcome import complain, print_outcome, report_refusal
from tracker.cli._print import print_json
from tracker.cli._progress import tracked
from tracker.clock import SystemClock
from tracker.errors import DeclarationError
from tracker.line import intake
from tracker.line.sync import Telling
from tracker.model import Board
from tracker.ports import Clock, Store
from tracker.query.due import due_at, missing_keys
from tracker.reports.jsonl import event_json
from tracker.stores import locks
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.declared import chosen, declared
from tracker.workspace.names import names_of
from tracker.workspace.opening import fetching
from tracker.workspace.rules import telling_of


@click.command("run")
@click.argument("boards", nargs=-1, shell_complete=complete_boards)
@click.option("--due", is_flag=True, help="Only boards whose cadence asks for them now.")
@as_json
@click.pass_obj
def command(settings: Settings, boards: tuple[str, ...], *, due: bool, as_json: bool) -> int:
    """Fetch all boards, or those named, and report what changed.

    Without names, every enabled board whose keys are set is fetched. Exit code 1 if a board failed, 2 if a declaration is
    wrong; the other boards are fetched all the same.
    """
    return run(settings, boards, SystemClock(), due=due, as_json=as_json)


def run(settings: Settings, names: tuple[str, ...], clock: Clock, *, due: bool = False, as_json: bool = False) -> int:
    """Fetch and sync boards, print each result, and send the news. Return the exit code."""
    declared_boards, code = _declared(settings, names)
    known = names_of(settings)
    code = max(code, report_errors(known.errors))
    with fetching(settings, clock) as (archive, store, fetcher):
        boards = _wanted(declared_boards, store, clock, named=bool(names), due=due)
        if not boards and not due and not code:
            click.echo("tracker: nothing to fetch: no board is enabled, has its key and is not paused (tracker boards)", err=True)
        telling, errors = telling_of(settings, known.lexicon, store, clock.now())
        code = max(code, report_errors(errors))
        outcomes = intake.run(
            boards, archive=archive, store=store, fetcher=fetcher, clock=clock, lexicon=known.lexicon, telling=telling
        )
        for outcome in tracked(outcomes, "boards", of=len(boards)):
            code = max(code, outcome.exit_code, report_refusal(outcome, store, clock.now()))
            if as_json:
                print_json(event_json(event) for event in outcome.new_events)
                complain(outcome)
            else:
                print_outcome(outcome)
        archive.seal(clock.now())
        _send(settings, telling, boards, store, clock)
    return code


def _send(settings: Settings, telling: Telling, boards: Sequence[Board], store: Store, clock: Clock) -> None:
    """Send the waiting deliveries, unless a daemon or another run is sending: then they or the next run will."""
    if not telling.routes:
        return
    from tracker.daemon.delivery import lock_of, pass_once  # noqa: PLC0415  # only with routes

    try:
        with locks.held(lock_of(settings.store), patience_s=1.0, sleep=clock.sleep):
            delivered = pass_once(store, telling.routes, {board.id: board for board in boards}, clock, os.environ)
    except locks.Taken:
        return
    for route, error in delivered.failures.items():
        click.echo(f"tracker: route {route}: {safe(error)}; kept in the outbox (tracker outbox list)", err=True)


def _wanted(boards: Sequence[Board], store: Store, clock: Clock, *, named: bool, due: bool) -> Sequence[Board]:
    """The boards to fetch. Raises DeclarationError for a `named` one that is paused."""
    paused, now = store.service.pauses(), clock.now()
    for board in boards if named else ():
        if (why := paused.get(board.id)) is not None:
            raise DeclarationError(f"{board.id}: paused by {why.by}: {why.reason} (tracker board resume {board.id})")
    if named and not due:
        return boards
    ready = [board for board in boards if board.enabled and board.id not in paused and not missing_keys(board, os.environ)]
    return [board for board in ready if not due or due_at(board, store, now) <= now]


def _declared(settings: Settings, names: tuple[str, ...]) -> tuple[Sequence[Board], int]:
    """The named boards, or all that can be read, and the exit code for wrong declarations, which are reported.

    Raises:
        DeclarationError: there is no board, or a named one is unknown, wrong, disabled or without its key.
    """
    if not names:
        found = declared(settings)
        if not found.boards and not found.errors:
            problem = f"no board is declared in {settings.schedules}"
            raise DeclarationError(f"{problem}; expected <source>/<board>.toml (tracker board new URL)")
        return list(found.boards.values()), report_wrong_boards(found, is_all=not found.boards)
    boards = chosen(settings, names)
    for board in boards:
        if not board.enabled:
            terms = f"; terms: {board.terms}" if board.terms else ""
            raise DeclarationError(f"{board.id}: disabled{terms} (to decide otherwise: enabled = true)")
        if missing := missing_keys(board, os.environ):
            keys = ", ".join(missing)
            raise DeclarationError(f"{board.id}: no key; expected {keys} in the environment (export {missing[0]}=...)")
    return boards, 0
