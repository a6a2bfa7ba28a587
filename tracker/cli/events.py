"""`tracker events`."""

from __future__ import annotations

from datetime import datetime

import click

from tracker.cli._open import as_json, report_errors
from tracker.cli._print import print_json, when
from tracker.cli._time import Time, known_at
from tracker.model import BoardId, EventFilter
from tracker.reports.jsonl import event_json
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("events")
@click.option("--board", help="Only of this board.")
@click.option("--kind", "kinds", multiple=True, help="Only of this kind; may be given several times.")
@click.option("--grade", "grades", multiple=True, help="Only of this grade; may be given several times.")
@click.option("--since", type=Time(), help="Recorded at or after that time (ISO, or an age such as 7d).")
@click.option("--until", type=Time(), help="Recorded before that time.")
@click.option("--news/--recorded", default=None, help="Only news, or only recorded events.")
@known_at
@as_json
@click.pass_obj
def command(
    settings: Settings,
    board: str | None,
    kinds: tuple[str, ...],
    grades: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    *,
    news: bool | None,
    as_json: bool,
) -> None:
    """List events: what really changed.

    Oldest first. The events that several boards report together are computed on request: --kind consensus. Without --json,
    only news is printed; --recorded lists the rest.
    """
    only = BoardId(board) if board else None
    with Workspace(settings, report_errors) as workspace:
        events = workspace.events(EventFilter(board=only, kinds=kinds, grades=grades, since=since, until=until, is_news=news))
        if as_json:
            print_json(event_json(event) for event in events)
            return
        for event in events:
            if news is not None or event.is_news:
                click.echo(f"{event.id[:12]}  {when(event.recorded_at)}  {event.kind}/{event.grade}  {safe(event.headline)}")
