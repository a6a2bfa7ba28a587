"""`tracker history`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tracker.cli._open import as_json, print_json, print_table, when
from tracker.query.history import Course
from tracker.reports.jsonl import event_json
from tracker.wording import safe, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("history")
@click.argument("model")
@click.option("--board", help="Only on this board.")
@click.option("--metric", help="Only this metric.")
@as_json
@click.pass_obj
def command(settings: Settings, model: str, board: str | None, metric: str | None, *, as_json: bool) -> None:
    """Show a model's values, ranks and events over time.

    MODEL is any spelling of a name, or a board's key: it means what it means to the other commands (`tracker models`).
    """
    with Workspace(settings) as workspace:
        courses = workspace.history(model, board=board, metric=metric)
    if as_json:
        print_json(row for course in courses for row in _rows(course))
        return
    for course in courses:
        _print(course)


def _rows(course: Course) -> Iterator[dict[str, object]]:
    head = {"board": course.board, "entry": course.entry, "name": course.known.name}
    for one, spans in course.values.items():
        for span in spans:
            measure = span.measure
            yield {
                **head,
                "metric": one,
                "valid_from": span.valid_from,
                "valid_to": span.valid_to,
                "value": measure.value,
                "low": measure.low,
                "high": measure.high,
                "estimated": measure.estimated,
                "raw": measure.raw,
            }
    for rank in course.ranks:
        yield {**head, "rank": rank.rank, "valid_from": rank.valid_from, "valid_to": rank.valid_to}
    for event in course.events:
        yield {**head, "event": event_json(event)}


def _print(course: Course) -> None:
    until = f"last seen {when(course.known.last_seen)}" if course.known.last_seen else "still listed"
    click.echo(
        f"\n{safe(course.known.name)} on {course.board} (key {safe(course.entry)}): first seen {when(course.known.first_seen)}, {until}"
    )
    others = sorted(course.known.names - {course.known.name})
    if others:
        click.echo(f"  also named: {safe(', '.join(others))}")
    rows = [
        (one, when(span.valid_from), when(span.valid_to) or "now", value(span.measure, course.metrics[one]), span.measure.raw)
        for one, spans in course.values.items()
        for span in spans
    ]
    print_table(("metric", "from", "to", "value", "as published"), rows, right=frozenset(("value", "as published")))
    for event in course.events:
        if event.is_news:
            click.echo(f"  {when(event.until)}  {safe(event.headline)}")
