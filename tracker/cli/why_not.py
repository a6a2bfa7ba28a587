"""`tracker why-not`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby, pairwise

import click

from tracker.cli._open import Time, as_json, print_json, stamp, when, zone
from tracker.model import BoardId, EntryId
from tracker.query.why_not import Explained
from tracker.wording import period, safe
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("why-not")
@click.argument("model")
@click.option("--since", type=Time(), help="Only changes seen since that time (ISO, or an age such as 7d).")
@click.option("--board", help="Only on this board.")
@as_json
@click.pass_obj
def command(settings: Settings, model: str, since: datetime | None, board: str | None, *, as_json: bool) -> None:
    """Explain each change to a model: the event that reported it, or why none did.

    History is derived again from the stored bytes, as `tracker verify` does it.
    """
    with Workspace(settings) as workspace:
        rows = workspace.why_not(model, board=board, since=since)
    if as_json:
        print_json(_row(one) for one in rows)
    else:
        _print(rows)


def _row(one: Explained) -> dict[str, object]:
    change = one.change
    return {
        "board": one.board,
        "entry": change.entry,
        "name": one.name,
        "after": stamp(one.after) or None,
        "until": stamp(one.until),
        "what": change.what,
        "of": change.of,
        "before": change.before,
        "now": change.now,
        "is_news": one.is_news,
        "event": one.event,
        "reason": one.reason,
    }


def _print(rows: Iterable[Explained]) -> None:
    """By board and entry, oldest first; a run of changes of one thing that have one reason is one line."""
    for (board, entry), some in groupby(sorted(rows, key=_place), key=_place):
        mine = list(some)
        click.echo(f"\n{safe(mine[-1].name)} on {board} (key {safe(entry)})")
        for run in _runs(mine):
            first, last = run[0], run[-1]
            times = (
                f"{period(first.until, last.until, zone(), joined='…')} ({len(run)} times)" if len(run) > 1 else when(first.until)
            )
            event = f" [{one[:12]}]" if (one := first.event) and len(run) == 1 else ""
            click.echo(f"  {times}  {_what(run)}: {safe(first.reason)}{event}")


def _place(one: Explained) -> tuple[BoardId, EntryId]:
    return one.board, one.change.entry


def _runs(rows: Iterable[Explained]) -> list[list[Explained]]:
    """Changes of the same thing for the same reason, together from the first on; what was told stands alone."""
    runs: dict[object, list[Explained]] = {}
    for number, one in enumerate(rows):
        alone = number if one.is_news else None
        runs.setdefault((one.change.what, one.change.of, one.reason, alone), []).append(one)
    return sorted(runs.values(), key=lambda run: run[0].until)


def _what(run: list[Explained]) -> str:
    """What changed, with the values before and after where nothing else happened to it in between."""
    first, last = run[0].change, run[-1].change
    name = safe(first.of) or first.what
    unbroken = all(one.change.now == following.change.before for one, following in pairwise(run))
    if not unbroken or (first.before is None and last.now is None):
        return name
    return f"{name} {safe(_text(first.before))} → {safe(_text(last.now))}"


def _text(value: str | None) -> str:
    return "(unknown)" if value is None else value
