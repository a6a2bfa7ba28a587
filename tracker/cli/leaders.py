"""`tracker leaders`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import click

from tracker.cli._filters import METRICS, MODELS, filters
from tracker.cli._open import as_json, complete_boards, report_errors
from tracker.cli._print import day, paged, picked, print_json, print_table, when
from tracker.cli._time import known_at
from tracker.model import EntryId
from tracker.query.columns import source_lines
from tracker.query.filters import Filters
from tracker.query.leaders import Led, Reign
from tracker.wording import count, difference, listed, number, safe, sparkline
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("leaders")
@click.argument("board", required=False, shell_complete=complete_boards)
@filters(*METRICS, *MODELS, "since", "until", "top")
@known_at
@as_json
@click.pass_obj
@paged
def command(settings: Settings, board: str | None, only: Filters, *, as_json: bool) -> None:
    """Show who led a board, from when to when.

    Without BOARD, every board that the filters mean. With filters on models, who led among those. Level entries lead together. A
    re-base, after which values do not compare, ends a reign. --top shows the last ones.
    """
    with Workspace(settings, report_errors) as workspace:
        found = workspace.leaders(only, board=board)
    if as_json:
        print_json(row for led in found for row in _rows(led))
    else:
        for led in found:
            _print(led)
    if not found:
        click.echo("tracker: nobody led then; expected a time within the record, and a board with a metric that ranks", err=True)


def _rows(led: Led) -> Iterator[dict[str, object]]:
    for reign in led.reigns:
        yield {
            "board": led.board.id,
            "metric": led.metric.id,
            "unit": led.metric.unit,
            "looked_at": led.looked_at,
            **picked(reign, "segment after since until"),
            "leaders": _entries(led, reign.leaders),
            "tied": len(reign.leaders),
            **picked(reign, "values estimated"),
            "runners_up": _entries(led, reign.runners_up),
            **picked(reign, "lead beyond_error hidden respelled"),
            **({"sources": led.sources} if led.sources else {}),
        }


def _entries(led: Led, entries: Sequence[EntryId]) -> list[dict[str, str]]:
    return [{"entry": entry, "name": led.names.get(entry, entry)} for entry in entries]


def _print(led: Led) -> None:
    metric = led.metric
    unit = f" ({metric.unit})" if metric.unit else ""
    segments = groupby(led.reigns, key=lambda reign: reign.segment)
    best = "|".join(sparkline([value for reign in reigns for value in reign.values]) for _, reigns in segments)
    click.echo(safe(f"{led.board.title} ({led.board.id}): {metric.title}{unit}, to {when(led.looked_at)}  {best}"))
    rows = [(*_times(reign), _names(led, reign), _value(led, reign), _lead(led, reign)) for reign in led.reigns]
    print_table(("from", "to", "leader", "value", "ahead at first"), rows, right=frozenset(("value",)))
    for line in source_lines(led.sources):
        click.echo(safe(line))
    for name, entries in sorted(led.unknown.items()):
        click.echo(f"{count(entries, 'entry', 'entries')} left out: {name} not stated")
    if led.board.attribution:
        click.echo(safe(f"Data: {led.board.attribution}"))


def _times(reign: Reign) -> tuple[str, str]:
    """The days; `2026-03-02 … 2026-03-08` if nothing was seen in between."""
    began = day(reign.since)
    if reign.since == reign.segment:
        began = f"{began} (start)"
    elif reign.after is not None and (reign.since - reign.after).days > 1:
        began = f"{day(reign.after)} … {began}"
    return began, day(reign.until) or "now"


def _names(led: Led, reign: Reign) -> str:
    names = listed([led.names.get(entry, entry) for entry in reign.leaders])
    doubts = ["a row that could not be read may be above"] * reign.hidden + ["only by other decimals"] * reign.respelled
    return f"{names} ({', '.join(doubts)})" if doubts else names


def _value(led: Led, reign: Reign) -> str:
    first, last = (number(value, led.metric) for value in (reign.values[0], reign.values[-1]))
    return ("~" if reign.estimated else "") + (first if first == last else f"{first} → {last}")


def _lead(led: Led, reign: Reign) -> str:
    if reign.lead is None:
        return ""
    sure = {True: "", False: ", within the error", None: ", no error stated"}[reign.beyond_error]
    over = led.names.get(reign.runners_up[0], reign.runners_up[0])
    return f"{difference(abs(reign.lead), led.metric, reign.values[0], reign.values[0] - reign.lead)} ({over}{sure})"
