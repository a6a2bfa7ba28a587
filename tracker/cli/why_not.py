"""`tracker why-not`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby, pairwise

import click

from tracker.cli._open import as_json, report_errors, zone
from tracker.cli._print import picked, print_json, when
from tracker.cli._time import Time, known_at
from tracker.model import BoardId, EntryId
from tracker.query.why_not import Explained
from tracker.wording import period, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("why-not")
@click.argument("model")
@click.option("--since", type=Time(), help="Only changes seen since that time (ISO, or an age such as 7d).")
@click.option("--board", help="Only on this board.")
@known_at
@as_json
@click.pass_obj
def command(settings: Settings, model: str, since: datetime | None, board: str | None, *, as_json: bool) -> None:
    """Explain each change to a model: the event that reported it, or why none did.

    History is derived again from the stored bytes, as `tracker verify` does it.
    """
    with Workspace(settings, report_errors) as workspace:
        rows = workspace.why_not(model, board=board, since=since)
    if as_json:
        print_json(map(_row, rows))
    else:
        _print(rows)


def _row(row: Explained) -> dict[str, object]:
    return {
        "board": row.board,
        "entry": row.change.entry,
        **picked(row, "name after until"),
        **picked(row.change, "what of before now"),
        **picked(row, "is_news event reason"),
    }


def _print(rows: Iterable[Explained]) -> None:
    """Print the changes by board and entry, oldest first; changes of the same value for the same reason share a line."""
    for (board, entry), group in groupby(sorted(rows, key=_place), key=_place):
        changes = list(group)
        click.echo(f"\n{safe(changes[-1].name)} on {board} (key {safe(entry)})")
        for run in _runs(changes):
            first, last = run[0], run[-1]
            times, event = when(first.until), f" [{first.event[:12]}]" if first.event else ""
            if len(run) > 1:
                times, event = f"{period(first.until, last.until, zone(), joined='…')} ({len(run)} times)", ""
            click.echo(f"  {times}  {_change(run)}: {safe(first.reason)}{event}")


def _place(row: Explained) -> tuple[BoardId, EntryId]:
    return row.board, row.change.entry


def _runs(rows: Iterable[Explained]) -> list[list[Explained]]:
    """Changes of the same value for the same reason, in the order of their first; each change that is news is alone."""
    runs: dict[object, list[Explained]] = {}
    for number, row in enumerate(rows):
        alone = number if row.is_news else None
        runs.setdefault((row.change.what, row.change.of, row.reason, alone), []).append(row)
    return sorted(runs.values(), key=lambda run: run[0].until)


def _change(run: list[Explained]) -> str:
    """The value that changed, with its first and last state unless other changes came between."""
    first, last = run[0].change, run[-1].change
    name = safe(first.of) or first.what
    unbroken = all(row.change.now == following.change.before for row, following in pairwise(run))
    if not unbroken or (first.before is None and last.now is None):
        return name
    return f"{name} {safe(_text(first.before))} → {safe(_text(last.now))}"


def _text(value: str | None) -> str:
    return "(unknown)" if value is None else value
