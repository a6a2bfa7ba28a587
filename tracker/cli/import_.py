"""`tracker import`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import print_json, when
from tracker.clock import SystemClock
from tracker.line import intake
from tracker.line.sync import NOT_APPLIED, Outcome
from tracker.model import Notice
from tracker.ports import Store
from tracker.reports.jsonl import event_json
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.declared import chosen
from tracker.workspace.names import names_of
from tracker.workspace.opening import opened

_CLOCKS_DIFFER = timedelta(days=1)


@click.command("import")
@click.argument("board")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=True, path_type=Path))
@as_json
@click.pass_obj
def command(settings: Settings, board: str, paths: tuple[Path, ...], *, as_json: bool) -> int:
    """Import saved pages, named by timestamp, through the normal pipeline.

    PATHS are files named YYYY-MM-DDTHHMMSSZ.ext[.gz], or folders of them, in any order. Bodies that
    were imported before are not stored again. Exit code 1 when the newest one could not be accepted.
    """
    (declared,) = chosen(settings, [board])
    files = [file for path in paths for file in (sorted(path.iterdir()) if path.is_dir() else [path])]
    intake.dated(files, SystemClock().now() + _CLOCKS_DIFFER)  # refuse other files before a store is created
    names = names_of(settings)
    report_errors(names.errors)
    with opened(settings) as (archive, store):
        outcome = intake.import_bodies(declared, files, archive=archive, store=store, lexicon=names.lexicon)
        report_refusal(outcome, store, SystemClock().now())
        archive.seal(SystemClock().now())
    if as_json:
        print_json(event_json(event) for event in outcome.events)
        complain(outcome)
    else:
        summary(outcome)
    return 1 if outcome.failed else 0


def report_refusal(outcome: Outcome, store: Store, now: datetime) -> int:
    """Report that a changed declaration was not applied, also as a notice, until one is. Return the exit code."""
    if outcome.refused is None:
        store.service.close_notice(NOT_APPLIED, outcome.board, now)
        return 0
    store.service.open_notice(Notice(kind=NOT_APPLIED, subject=outcome.board, message=str(outcome.refused), since=now))
    return report_errors([outcome.refused])


def complain(outcome: Outcome) -> None:
    """Print on stderr why a board failed, if it did."""
    if outcome.failed:
        click.echo(f"tracker: {safe(str(outcome.error or outcome.checks[-1].message))}", err=True)


def summary(outcome: Outcome) -> None:
    """Print what was stored and each capture that was not accepted, for people."""
    for check in outcome.checks:
        if check.message:
            click.echo(f"{when(check.observed_at)}  {check.result}: {safe(check.message)}")
    counts = Counter(str(check.result) for check in outcome.checks)
    parts = ", ".join(f"{count} {result}" for result, count in sorted(counts.items())) or "nothing new"
    news = sum(event.is_news for event in outcome.events)
    click.echo(f"{outcome.board}: {parts}; {news} events are news, {len(outcome.events) - news} only recorded")
