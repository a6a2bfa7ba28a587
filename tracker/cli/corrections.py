"""`tracker corrections`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

import click

from tracker import reports
from tracker.cli._open import as_json, boards_option, report_errors, zone
from tracker.cli._print import picked, print_json, when
from tracker.cli._time import UNTIL, Time, known_at
from tracker.model import Correction
from tracker.reports.jsonl import event_json
from tracker.wording import safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("corrections")
@boards_option
@click.option("--since", type=Time(), help="Corrected at or after that time.")
@click.option("--until", type=UNTIL, help="Corrected before that time.")
@click.option("--news/--recorded", default=None, help="Only corrections of news, or only of recorded events.")
@click.option("--format", "form", type=click.Choice(["text", *reports.FEEDS]), default="text", show_default=True)
@click.option("--feed-url", default="", help="Address at which a feed will be published; its readers need it.")
@known_at
@as_json
@click.pass_obj
def command(
    settings: Settings,
    boards: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    news: bool | None,
    form: str,
    feed_url: str,
    *,
    as_json: bool,
) -> None:
    """List what was corrected after it was recorded, and why.

    An event is withdrawn, changed or added if a board is read again with other rules, names or captures, or another
    declaration. Oldest first. Without --json, only corrections of news are printed; --recorded lists the rest.
    --known-at, in the other commands, shows the record as it was before.
    """
    with Workspace(settings, report_errors) as workspace:
        found = [
            correction
            for correction in workspace.corrections(boards, since=since, until=until)
            if correction.is_news is news or (news is None and (as_json or correction.is_news))
        ]
        declared = {board.id: board for board in workspace.boards()}
    if as_json:
        print_json(map(_row, found))
    elif form != "text":
        click.echo(reports.render_corrections(found, declared, form, reports.Style(zone=zone(), feed_url=feed_url)), nl=False)
    else:
        _print(found)


def _row(correction: Correction) -> dict[str, object]:
    parts = {"before": correction.before, "after": correction.after}
    return {
        "event": correction.event.id,
        **picked(correction, "board how corrected_at why changed"),
        **{name: None if event is None else event_json(event) for name, event in parts.items()},
    }


def _print(found: Sequence[Correction]) -> None:
    """Print the corrections of each vintage under its time and reasons."""
    for (at, board, why), group in groupby(
        found, key=lambda correction: (correction.corrected_at, correction.board, correction.why)
    ):
        click.echo(f"{when(at)}  {board}: {'; '.join(map(safe, why))}")
        for correction in group:
            parts = f" ({', '.join(correction.changed)})" if correction.changed else ""
            headlines = [event.headline for event in (correction.before, correction.after) if event is not None]
            click.echo(f"  {correction.how:9}  {correction.event.id[:12]}  {safe(headlines[0])}{parts}")
            if headlines[1:] and headlines[1] != headlines[0]:
                click.echo(f"  {'now':9}  {'':12}  {safe(headlines[1])}")
