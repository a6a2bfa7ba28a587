"""`tracker report`."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tracker import reports
from tracker.cli._open import Time, stamp
from tracker.errors import DeclarationError
from tracker.line import panel
from tracker.model import EventFilter, Report
from tracker.model.names import Lexicon
from tracker.query.health import health as health_of
from tracker.stores.sqlite import SqliteStore
from tracker.workspace import Settings
from tracker.workspace.names import lexicon_of
from tracker.workspace.opening import history_of, known

_SECOND, _WEEK = timedelta(seconds=1), timedelta(days=7)
_EARLIEST = datetime(1970, 1, 8, tzinfo=UTC)


@click.command("report")
@click.option("--board", "boards", multiple=True, help="Only this board; may be given several times.")
@click.option("--since", type=Time(), help="From that time on (ISO, or an age such as 7d); 7 days before the end by default.")
@click.option("--until", type=Time(), help="Up to that time; just after the newest reading in the store by default.")
@click.option("--format", "form", type=click.Choice(list(reports.FORMATS)), default="text", show_default=True)
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file instead of printing.")
@click.pass_obj
def command(
    settings: Settings, boards: tuple[str, ...], since: datetime | None, until: datetime | None, form: str, output: Path | None
) -> None:
    """Write a change report.

    The same store and the same window give the same bytes: unless told otherwise, the window ends with the newest reading.
    """
    with history_of(settings) as store:
        report = build(
            store,
            tuple(known(settings, store, board) for board in boards),
            since=since,
            until=until,
            lexicon=lexicon_of(settings),
        )
    text = reports.render(report, form, width=_width() if output is None else 100)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DeclarationError(f"{output}: cannot be written: {error.strerror}; expected a file in a writable folder") from error


def _width() -> int:
    """The terminal's width within reason; always the same where the output is no terminal."""
    return min(120, max(60, shutil.get_terminal_size().columns)) if sys.stdout.isatty() else 100


def build(
    store: SqliteStore,
    boards: tuple[str, ...] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    lexicon: Lexicon,
) -> Report:
    """The report of a window over the boards of a store (all by default)."""
    known = [board for board in store.boards() if not boards or board in boards]
    newest = max((check.observed_at for board in known if (check := store.last_check(board))), default=None)
    if newest is None:
        raise click.UsageError("nothing has been read yet, so there is nothing to report (tracker run)")
    until = until or max(newest, since or newest) + _SECOND
    since = since or (until - _WEEK if until > _EARLIEST else until)
    if since >= until:
        raise DeclarationError(f"the window from {stamp(since)} to {stamp(until)} is empty; expected --since before --until")
    declared = [one for board in known if (one := store.declared(board)) is not None]
    health = [health_of(board, store, now=min(until, newest + _SECOND)) for board in declared]
    events = [
        event
        for board in (one.id for one in declared)
        for event in store.events(EventFilter(board=board, since=since, until=until))
    ]
    events += panel.across(store, since=since, until=until, boards=[one.id for one in declared], lexicon=lexicon)
    checks = {board: [check for check in store.checks(board) if check.observed_at < until] for board in known}
    return reports.build(health, events, checks, since=since, until=until)
