"""`tracker history`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from tracker.cli._filters import METRICS, filters
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import paged, picked, print_json, print_table, when
from tracker.cli._time import known_at
from tracker.model import Nature
from tracker.query.filters import Filters
from tracker.query.history import Course
from tracker.reports.jsonl import event_json
from tracker.wording import safe, sparkline, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("history")
@click.argument("model")
@filters(*METRICS, "since", "until")
@known_at
@as_json
@click.pass_obj
@paged
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
            _print(course, is_asked=bool(only.metrics or only.topics))


def _rows(course: Course) -> Iterator[dict[str, object]]:
    head = {"board": course.board, "entry": course.entry, "name": course.known.name}
    for metric, spans in course.values.items():
        for span in spans:
            valid = picked(span, "valid_from valid_to")
            about = {"unit": course.metrics[metric].unit, "segment": course.segment_of(metric, span.valid_from)}
            yield {**head, "metric": metric, **valid, **picked(span.measure, "value low high estimated raw"), **about}
    for rank in course.ranks:
        yield {**head, **picked(rank, "rank valid_from valid_to")}
    for event in course.events:
        yield {**head, "event": event_json(event)}


def _print(course: Course, *, is_asked: bool) -> None:
    until = f"last seen {when(course.known.last_seen)}" if course.known.last_seen else "still listed"
    seen = f"first seen {when(course.known.first_seen)}, {until}"
    click.echo(f"\n{safe(course.known.name)} on {course.board} (key {safe(course.entry)}): {seen}")
    if others := sorted(course.known.names - {course.known.name}):
        click.echo(f"  also named: {safe(', '.join(others))}")
    hidden = (Nature.LIVE, Nature.COUNT)
    shown = [metric for metric in course.values if is_asked or course.metrics[metric].nature not in hidden]
    for metric in shown:
        lines = [sparkline(values) for values in course.by_segment(metric)]
        if len("".join(lines)) > 1:
            click.echo(f"  {metric}  {'|'.join(lines)}")
    rows = [
        (
            metric,
            when(span.valid_from),
            when(span.valid_to) or "now",
            value(span.measure, course.metrics[metric]),
            span.measure.raw,
        )
        for metric in shown
        for span in course.values[metric]
    ]
    print_table(("metric", "from", "to", "value", "as published"), rows, right=frozenset(("value", "as published")))
    if left_out := [metric for metric in course.values if metric not in shown]:
        click.echo(f"  left out: {', '.join(left_out)} (--metric)")
    for event in course.events:
        if event.is_news:
            click.echo(f"  {when(event.until)}  {safe(event.headline)}")
