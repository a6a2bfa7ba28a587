"""Print what a fetch or an import of a board found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

import click

from tracker.cli._open import report_errors
from tracker.cli._print import when, without_id
from tracker.errors import Poisonous
from tracker.line.sync import NOT_APPLIED, POISON, Outcome
from tracker.model import Event, Notice
from tracker.ports import Store
from tracker.wording import count, safe


def print_outcome(outcome: Outcome) -> None:
    """Print a line for a failure, a rebuilt history and each check, with the news below it."""
    if outcome.error is not None:
        complain(outcome)
    news = [event for event in outcome.new_events if event.is_news]
    if rebuilt := outcome.rebuilt:
        why = "declaration changed" if rebuilt.by_declaration else "earlier captures changed"
        counts = f"{count(outcome.readings, 'reading')} rebuilt, {count(outcome.differing, 'event differs', 'events differ')}"
        click.echo(f"{when(rebuilt.until)}  {outcome.board}: {why}: {counts}")
        print_news(event for event in news if event.recorded_at <= rebuilt.until)
    for check in outcome.new_checks:
        entries = f", {check.entries} entries" if check.entries is not None else ""
        message = f": {safe(without_id(check.message, check.board))}" if check.message else ""
        click.echo(f"{when(check.observed_at)}  {outcome.board}: {check.result}{entries}{message}")
        print_news(event for event in news if event.recorded_at == check.observed_at)


def print_news(events: Iterable[Event]) -> None:
    """Print a line for each event, the weightiest first."""
    for event in sorted(events, key=lambda event: -event.weight):
        click.echo(f"    {event.kind}: {safe(event.headline)}")


def report_refusal(outcome: Outcome, store: Store, now: datetime) -> int:
    """Report captures that are set aside or left out, and a changed declaration that was not applied, also as notices.

    Return the exit code.
    """
    service, board = store.service, outcome.board
    if isinstance(outcome.error, Poisonous):
        service.open_notice(Notice(kind=POISON, subject=board, message=str(outcome.error), since=now))
    elif outcome.readings:
        service.close_notice(POISON, board, now)
    if outcome.aside:
        click.echo(f"tracker: {safe(outcome.aside)}", err=True)
    if outcome.refused is None:
        service.close_notice(NOT_APPLIED, board, now)
        return 0
    service.open_notice(Notice(kind=NOT_APPLIED, subject=board, message=str(outcome.refused), since=now))
    return report_errors([outcome.refused])


def complain(outcome: Outcome) -> None:
    """Print on stderr why a board failed, if it did."""
    if outcome.failed:
        click.echo(f"tracker: {safe(str(outcome.error or outcome.checks[-1].message))}", err=True)


def summary(outcome: Outcome) -> None:
    """Print what was stored, each capture that was not accepted, and the error, if there is one, for people."""
    if outcome.error is not None:
        complain(outcome)
    for check in outcome.checks:
        if check.message:
            click.echo(f"{when(check.observed_at)}  {check.result}: {safe(check.message)}")
    counts = Counter(str(check.result) for check in outcome.checks)
    parts = ", ".join(f"{count} {result}" for result, count in sorted(counts.items())) or "nothing new"
    news = sum(event.is_news for event in outcome.events)
    click.echo(f"{outcome.board}: {parts}; {news} events are news, {len(outcome.events) - news} only recorded")
