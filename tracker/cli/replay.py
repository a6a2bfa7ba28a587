"""`tracker replay`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import click

from tracker.cli._open import report_errors
from tracker.cli._outcome import print_news, report_refusal, summary
from tracker.cli._progress import tracked
from tracker.clock import SystemClock
from tracker.errors import DeclarationError, StoreError
from tracker.line import index, sync
from tracker.line.isolation import of_one
from tracker.line.sync import Outcome
from tracker.model import Board, BoardId, Event, kept_and_pruned
from tracker.model.names import Lexicon
from tracker.ports import Archive, Store
from tracker.schedules import Schedules, unknown_board
from tracker.stores.locks import held
from tracker.stores.sqlite_errors import Damaged
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.declared import declared
from tracker.workspace.names import names_of
from tracker.workspace.opening import opened
from tracker.workspace.rules import other_errors, telling_of


@click.command("replay")
@click.argument("boards", nargs=-1)
@click.pass_obj
def command(settings: Settings, boards: tuple[str, ...]) -> int:
    """Rebuild the history from the archive and the declarations.

    Each board is rewritten in one transaction. Event ids stay the same where nothing changed, and events that no longer
    follow are kept as withdrawn. A changed declaration that no longer reads accepted captures is applied only to a board
    that you name. A board that the schedules do not declare, or whose file is wrong, is read as it was last
    declared; a wrong file is reported, and the exit code is 2. A board whose newest capture was not accepted is rebuilt
    like any other. A damaged database is put aside first; its pauses, deliveries and receipts are kept. What was reported before
    is not reported again; news of captures that were not read yet is printed, and waits in the outbox for the next run.
    """
    if not settings.captures.is_dir():
        settings.require_store()
    try:
        return _replay(settings, boards)
    except Damaged as error:
        from tracker.workspace.rescue import rescue  # noqa: PLC0415  # only with a damaged database

        click.echo(f"tracker: {safe(str(error))}", err=True)
        with held(settings.store / "daemon.lock", patience_s=0.5):  # a daemon repairs it itself
            click.echo(f"tracker: {safe(rescue(settings, SystemClock().now()))}", err=True)
    return _replay(settings, boards)


def _replay(settings: Settings, boards: Sequence[str]) -> int:
    with opened(settings) as (archive, store):
        store.check()
        found = declared(settings)
        for name in set(store.boards()).difference(archive.boards()):
            with suppress(StoreError), archive.lease(name):  # what cannot be restored is refused below
                index.check(name, archive, store)
        held = archive.boards()
        if lost := [name for name in boards or store.boards() if name not in held]:
            problem = f"no captures in {settings.captures}; a replay would leave nothing of the history"
            raise DeclarationError(f"{', '.join(lost)}: {problem}")
        known, errors = _known(found, store, boards, held)
        names = names_of(settings)
        code = report_errors((*errors, *other_errors(settings)))
        for board in tracked(known, "boards", of=len(known)):
            try:
                outcome, later = _replayed(board, archive, store, names.lexicon, settings, careful=not boards)
            except Exception as error:  # noqa: BLE001  # damage of one board, or a defect, does not stop the others
                code = max(code, report_errors([of_one(board.id, error)]))
                continue
            summary(outcome)
            print_news(event for event in later if event.is_news)
            code = max(code, report_refusal(outcome, store, SystemClock().now()))
            if pruned := kept_and_pruned(archive.index(board.id)[0])[1]:
                click.echo(f"{board.id}: {count(len(pruned), 'pruned capture')} left out")
            if withdrawn := store.withdrawn(board.id):
                click.echo(f"{board.id}: {len(withdrawn)} events of earlier replays no longer follow (kept as withdrawn)")
    return code


def _replayed(  # as `sync.replay`
    board: Board, archive: Archive, store: Store, lexicon: Lexicon, settings: Settings, *, careful: bool
) -> tuple[Outcome, Sequence[Event]]:
    """Rewrite what the store had read of a board, then read the rest like `tracker run`. Returns the new events too."""
    now = SystemClock().now()
    read = sync.replay(board, archive, store, lexicon, careful=careful, now=now, until=store.position(board.id), attended=True)
    if not index.is_behind(board.id, archive, store):
        return read, ()
    telling = telling_of(settings, lexicon, store, now)[0]
    later = sync.sync_board(board, archive, store, lexicon, telling, now=now, attended=True)
    if later.rebuilt is not None:
        return later, later.new_events
    checks, events = (*read.checks, *later.checks), (*read.events, *later.events)
    refused, error = later.refused or read.refused, later.error or read.error
    return replace(later, checks=checks, events=events, refused=refused, error=error), later.new_events


def _known(
    found: Schedules, store: Store, named: Sequence[str], held: Sequence[BoardId]
) -> tuple[list[Board], list[DeclarationError]]:
    """The boards to rebuild, as they are or were last declared, and the errors. Raises the error of a named board."""
    if wrong := next((error for name in named if (error := found.error(name))), None):
        raise wrong
    boards: list[Board] = []
    errors = [] if named else list(found.troubles.values())
    for name in named or held:
        board = found.boards.get(BoardId(name)) or store.declared(BoardId(name))
        if board is not None:
            boards.append(board)
        elif found.error(name) is None:
            errors.append(unknown_board(name, found.boards))
    return boards, errors
