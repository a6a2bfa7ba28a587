"""`tracker history`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tracker.cli._filters import METRICS, filters
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import picked, print_json, print_table, when
from tracker.cli._time import known_at
from tracker.query.filters import Filters
from tracker.query.history import Course
from tracker.reports.jsonl import event_json
from tracker.wording import safe, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("history")
@click.argument("model")
@filters(*METRICS, "since", "until")
@known_at
@as_json
@click.pass_obj
def command(settings: Settings, model: str, only: Filters, *, as_json: bool) -> None:
    """Show a model's values, ranks and events over time.

    MODEL is any spelling of a name, or a board's key, as in the other commands (`tracker models`). People are shown counts and
    live metrics only if they ask for them.
    """
    with Workspace(settings, report_errors) as workspace:
        courses = workspace.history(model, only=only)
    if as_json:
        print_json(row for course in courses for row in _rows(course))
    else:
        for course in courses:
            _print(course)


def _rows(course: Course) -> Iterator[dict[str, object]]:
    head = {"board": course.board, "entry": course.entry, "name": course.known.name}
    for metric, spans in course.values.items():
        for span in spans:
            valid = picked(span, "valid_from valid_to")
            yield {**head, "metric": metric, **valid, **picked(span.measure, "value low high estimated raw")}
    for rank in course.ranks:
        yield {**head, **picked(rank, "rank valid_from valid_to")}
    for event in course.events:
        yield {**head, "event": event_json(event)}


def _print(course: Course) -> None:
    until = f"last seen {when(course.known.last_seen)}" if course.known.last_seen else "still listed"
    seen = f"first seen {when(course.known.first_seen)}, {until}"
    click.echo(f"\n{safe(course.known.name)} on {course.board} (key {safe(course.entry)}): {seen}")
    if others := sorted(course.known.names - {course.known.name}):
        click.echo(f"  also named: {safe(', '.join(others))}")
    rows = [
        (
            metric,
            when(span.valid_from),
            when(span.valid_to) or "now",
            value(span.measure, course.metrics[metric]),
            span.measure.raw,
        )
        for metric, spans in course.values.items()
        for span in spans
    ]
    print_table(("metric", "from", "to", "value", "as published"), rows, right=frozenset(("value", "as published")))
    for event in course.events:
        if event.is_news:
            click.echo(f"  {when(event.until)}  {safe(event.headline)}")
