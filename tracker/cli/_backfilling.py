"""Shared by `backfill` and `init`: backfill boards, with progress on stderr and a line on what came of each."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from functools import partial

import click

from tracker.backfill.job import Backfilled, fill
from tracker.backfill.sources import Surroundings, found
from tracker.cli._open import report_errors, report_wrong_boards
from tracker.cli._outcome import complain, report_refusal
from tracker.cli._progress import counted, tracked
from tracker.clock import SystemClock
from tracker.errors import DeclarationError, FetchError
from tracker.line.sync import sync_board
from tracker.model import Board, EventFilter, PastSource, Result
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.wording import count, safe
from tracker.workspace import Settings
from tracker.workspace.declared import chosen, declared
from tracker.workspace.names import names_of
from tracker.workspace.opening import fetcher_of, opened

SERVERS = {"wayback": "TRACKER_WAYBACK", "hf": "HF_ENDPOINT"}
"""Kind of source → the environment variable with the address of its server."""
_SHOWN = 5


def backfill_one(
    settings: Settings,
    name: str,
    source: PastSource,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    servers: Mapping[str, str] | None = None,
) -> int:
    """Backfill a board from a source, and print what came of it. Return the exit code: 1 if the source ended early."""
    (board,) = chosen(settings, [name])
    known = names_of(settings)
    report_errors(known.errors)
    return _one(settings, board, source, known.lexicon, since=since, until=until, servers=servers)


def backfill_all(settings: Settings) -> int:
    """Backfill every board whose file names sources. One board's trouble does not stop another. Return the exit code."""
    found = declared(settings)
    code = report_wrong_boards(found, is_all=not found.boards)
    boards = [board for board in found.boards.values() if board.backfill and board.enabled]
    if not boards:
        raise DeclarationError("no enabled board names a source of its past; expected [backfill] in a board's file")
    known = names_of(settings)
    code = max(code, report_errors(known.errors))
    servers = {kind: os.environ.get(variable, "") for kind, variable in SERVERS.items()}
    for board, source in ((each, source) for each in boards for source in each.backfill):
        try:
            code = max(code, _one(settings, board, source, known.lexicon, servers=servers))
        except FetchError as error:
            code = max(code, report_errors([error]))
        except DeclarationError as error:
            code = max(code, report_errors([DeclarationError(f"{board.id}: {str(error).removeprefix(f'{board.id}: ')}")]))
    return code


def _one(
    settings: Settings,
    board: Board,
    source: PastSource,
    lexicon: Lexicon,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    servers: Mapping[str, str] | None = None,
) -> int:
    clock = SystemClock()
    with opened(settings) as (archive, store):
        around = Surroundings(
            cache=settings.store / "backfill",
            fetcher=lambda: fetcher_of(settings, clock),
            clock=clock,
            servers=servers or {},
            say=lambda text: click.echo(f"tracker: {safe(text)}", err=True),
        )
        with found(source, board, around, since=since, until=until) as states:
            progress = partial(tracked, what=board.id, of=len(states), lines=True)
            with counted(archive, "captures", of=len(states)) as read:  # no routes: nobody gets the news
                sync = partial(sync_board, board, read, store, lexicon, now=clock.now(), attended=True)
                filled = fill(board, states, archive=archive, store=store, sync=sync, progress=progress)
        archive.seal(clock.now())
        _summary(board, source, filled, store)
        code = report_refusal(filled.outcome, store, clock.now())
    if filled.error is not None:
        click.echo(f"tracker: {safe(str(filled.error))}; run the command again to go on from here", err=True)
    complain(filled.outcome)
    return max(code, int(filled.error is not None or filled.damaged > 0 or filled.outcome.failed))


def _summary(board: Board, source: PastSource, filled: Backfilled, store: Store) -> None:
    """Print what was archived, what was left out and why, and what the history has now."""
    for origin, why in list(filled.refused.items())[:_SHOWN]:
        click.echo(f"tracker: {board.id}: left out {safe(origin)}: {safe(why)}", err=True)
    if len(filled.refused) > _SHOWN:
        click.echo(f"tracker: {board.id}: left out {len(filled.refused) - _SHOWN} more", err=True)
    events = tuple(store.events(EventFilter(board=board.id)))
    readings = sum(check.result is Result.ACCEPTED for check in store.checks(board.id))
    counts = f"{filled.kept} new, {filled.known} known, {len(filled.refused)} left out"
    states = f"{count(filled.found, 'state')} in {source.kind}: {counts}"
    news = sum(event.is_news for event in events)
    history = f"{count(readings, 'reading')}, {count(len(events), 'event')}, {news} of them news"
    click.echo(f"{board.id}: {states}; history: {history if filled.outcome.checks else 'unchanged'}")
