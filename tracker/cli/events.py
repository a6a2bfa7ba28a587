"""`tracker events`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from tracker.cli._filters import METRICS, MODELS, SHOWN, filters
from tracker.cli._following import follow_events
from tracker.cli._open import as_json, report_errors
from tracker.cli._print import paged, print_json, print_table, when
from tracker.cli._time import known_at
from tracker.model import Event, EventFilter
from tracker.query.columns import TRAITS
from tracker.query.filters import Filters
from tracker.query.happened import check_event_columns, event_text, event_value, with_only
from tracker.reports.jsonl import event_json
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("events")
@filters(*METRICS, *MODELS, "rivals", "kinds", "grades", "since", "until", "at", *SHOWN)
@click.option("--news/--recorded", default=None, help="Only news, or only recorded events.")
@click.option(
    "--cursor", type=click.Path(dir_okay=False, path_type=Path), help="Only what is new since the last time with this file."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Append to this file; only with --cursor.")
@known_at
@as_json
@click.pass_obj
@paged
def command(
    settings: Settings, only: Filters, cursor: Path | None, output: Path | None, *, news: bool | None, as_json: bool
) -> None:
    """List events: what really changed.

    Oldest first. The events that several boards report together are computed on request: --kind consensus. Without --json,
    only news is printed; --recorded lists the rest. --top chooses the weightiest.

    With --cursor, events come in the order in which they were recorded, each once, and each withdrawal once, even if the command
    is killed: the file keeps how far it came.
    """
    if output is not None and cursor is None:
        raise click.UsageError("--output goes with --cursor; expected both, or to redirect the output")
    check_event_columns(only)
    if news is None and not as_json:
        news = True
    with Workspace(settings, report_errors) as workspace:
        if cursor is not None:
            follow_events(workspace, only, cursor, output, news=news, as_json=as_json)
            return
        events = workspace.each_event(EventFilter(is_news=news), only=only)
        if only.columns:
            _print(list(events), workspace, only, as_json=as_json)
        elif as_json:
            print_json(event_json(event) for event in events)
        else:
            for event in events:
                click.echo(f"{event.id[:12]}  {when(event.recorded_at)}  {event.kind}/{event.grade}  {safe(event.headline)}")


def _print(events: Sequence[Event], workspace: Workspace, only: Filters, *, as_json: bool) -> None:
    """The events as a table of columns, with the facts of their models as of now."""
    wanted = dict.fromkeys(TRAITS[name] for column in only.columns if (name := column.removeprefix("rival_")) in TRAITS)
    boards = tuple(dict.fromkeys(event.board for event in events))
    listings = workspace.listings(only, gone=True)
    facts = listings.facts(boards, tuple(wanted))
    shown = [with_only(event, only.rivals, listings, boards) for event in events]
    if as_json:
        print_json({**event_json(event), **{name: event_value(event, name, facts) for name in only.columns}} for event in shown)
        return
    rows = [
        [when(event.recorded_at) if name == "time" else event_text(event, name, facts) for name in only.columns]
        for event in shown
    ]
    print_table(only.columns, rows, right=frozenset(name for name in only.columns if name.endswith(("price", "size", "weight"))))
