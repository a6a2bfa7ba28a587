"""Print what a fetch of a board found."""

from __future__ import annotations

from collections.abc import Iterable

import click

from tracker.cli._print import when, without_id
from tracker.cli.import_ import complain
from tracker.line.sync import Outcome
from tracker.model import Event
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
        _print_news(event for event in news if event.recorded_at <= rebuilt.until)
    for check in outcome.new_checks:
        entries = f", {check.entries} entries" if check.entries is not None else ""
        message = f": {safe(without_id(check.message, check.board))}" if check.message else ""
        click.echo(f"{when(check.observed_at)}  {outcome.board}: {check.result}{entries}{message}")
        _print_news(event for event in news if event.recorded_at == check.observed_at)


def _print_news(events: Iterable[Event]) -> None:
    for event in sorted(events, key=lambda event: -event.weight):
        click.echo(f"    {event.kind}: {safe(event.headline)}")
