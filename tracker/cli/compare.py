"""`tracker compare`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import click

from tracker.cli._open import as_json, boards_option, report_errors
from tracker.cli._print import day, picked, print_json, print_table, when
from tracker.cli._time import Time, known_at
from tracker.model import Entry, Measure
from tracker.query.since import HowAbove, Interval
from tracker.query.versus import Pair, Row, Versus
from tracker.wording import difference, safe, value
from tracker.workspace import Settings
from tracker.workspace.api import Workspace


@click.command("compare")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@boards_option
@click.option("--at", type=Time(), help="As of that time (ISO, or an age such as 7d).")
@click.option("--all", "every", is_flag=True, help="Every pair of variants, not only the one that matches best.")
@known_at
@as_json
@click.pass_obj
def command(
    settings: Settings, a: str, b: str, boards: tuple[str, ...], at: datetime | None, *, every: bool, as_json: bool
) -> None:
    """Compare two models on every board that lists both.

    Values are of one snapshot, so of one date and one segment. Estimates are marked with ~.
    """
    with Workspace(settings, report_errors) as workspace:
        versus = workspace.compare(a, b, boards=boards, at=at, every=every)
    if as_json:
        print_json(_rows(versus))
        return
    for pair in versus.pairs:
        _print(pair)
    for board, name in _single(versus):
        click.echo(f"{board}: lists only {safe(name)}")


def _single(versus: Versus) -> Iterator[tuple[str, str]]:
    """The boards that list only one of the models, with its name."""
    yield from ((board, versus.one.name) for board in versus.only_one)
    yield from ((board, versus.other.name) for board in versus.only_other)


def _rows(versus: Versus) -> Iterator[dict[str, object]]:
    for pair in versus.pairs:
        for row in pair.rows:
            yield {
                "board": pair.state.board.id,
                "observed_at": pair.state.snapshot.observed_at,
                "metric": row.metric.id,
                **picked(row.metric, "topic unit"),
                "a": _side(pair.one, row.one),
                "b": _side(pair.other, row.other),
                "difference": row.difference,
                "above": {"one": "a", "other": "b", "level": "level"}.get(row.above),
                **picked(row, "beyond_error segment"),
                "since": row.since and asdict(row.since),
            }
    for board, name in _single(versus):
        yield {"board": board, "lists_only": name}


def _side(entry: Entry, measure: Measure | None) -> dict[str, object]:
    model = {"entry": entry.id, "name": entry.name, "model": entry.who.model}
    return {**model, **picked(measure, "value low high estimated raw")}


def _print(pair: Pair) -> None:
    board, at = pair.state.board, pair.state.snapshot.observed_at
    click.echo(f"\n{safe(board.title)} ({board.id}), {when(at)}: A = {safe(pair.one.name)}, B = {safe(pair.other.name)}")
    if not pair.rows:
        click.echo("lists both, and publishes nothing of either that can be compared")
        return
    rows = [
        (
            row.metric.title,
            value(row.one, row.metric) or "not published for A",
            value(row.other, row.metric) or "not published for B",
            _difference(row),
            _verdict(row),
        )
        for row in pair.rows
    ]
    print_table(("metric", "A", "B", "A − B", "ahead"), rows, right=frozenset(("A", "B", "A − B")))


def _difference(row: Row) -> str:
    if row.difference is None or row.one is None or row.other is None:
        return ""
    return difference(row.difference, row.metric, row.one.value, row.other.value)


def _verdict(row: Row) -> str:
    """`A ahead, beyond the error, since comparable data begins (2026-04-10)`."""
    if row.above in ("", "level"):
        return row.above
    sure = {True: ", beyond the error", False: ", within the error", None: ", no error stated" if row.metric.ranked else ""}
    estimate = ", by an estimate" if row.estimated else ""
    upper, lower = ("A", "B") if row.above == "one" else ("B", "A")
    return f"{upper} ahead" + sure[row.beyond_error] + estimate + _since(row.since, upper, lower)


def _since(since: Interval | None, upper: str, lower: str) -> str:
    if since is None:
        return ""
    until = day(since.until)
    if since.how is HowAbove.START:
        return f", since comparable data begins ({until})"
    dated = until if since.after is None or day(since.after) == until else f"between {day(since.after)} and {until}"
    return {
        HowAbove.PASSING: f", passed {lower} {dated}",
        HowAbove.ENTRY: f", {upper} entered above {dated}",
        HowAbove.RIVAL_ENTRY: f", {lower} entered below {dated}",
    }[since.how]
