"""Shared by `compare` and `since`: a comparison for programs, and since when one model is above the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from tracker.cli._print import day, picked
from tracker.model import Entry, Measure
from tracker.query.since import HowAbove, Interval

if TYPE_CHECKING:  # `standings` shares this, and loads nothing to resolve names
    from tracker.query.versus import Row, Versus


def lists_only(versus: Versus) -> Iterator[tuple[str, str]]:
    """The boards that list only one of the models, with its name."""
    yield from ((board, versus.one.name) for board in versus.only_one)
    yield from ((board, versus.other.name) for board in versus.only_other)


def versus_rows(versus: Versus) -> Iterator[dict[str, object]]:
    """A comparison for programs: a row for each metric of each pair, then one for each board that lists only one model."""
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
    for board, name in lists_only(versus):
        yield {"board": board, "lists_only": name}


def _side(entry: Entry, measure: Measure | None) -> dict[str, object]:
    model = {"entry": entry.id, "name": entry.name, "model": entry.who.model}
    return {**model, **picked(measure, "value low high estimated raw")}


def verdict(row: Row) -> str:
    """`A ahead, beyond the error, since comparable data begins (2026-04-10)`."""
    if row.above in ("", "level"):
        return row.above
    sure = {True: ", beyond the error", False: ", within the error", None: ", no error stated" if row.metric.ranked else ""}
    estimate = ", by an estimate" if row.estimated else ""
    upper, lower = ("A", "B") if row.above == "one" else ("B", "A")
    return f"{upper} ahead" + sure[row.beyond_error] + estimate + dated(row.since, upper, lower)


def dated(since: Interval | None, upper: str, lower: str) -> str:
    """`, passed B between 2026-04-10 and 2026-04-18`; "" if it is not known."""
    if since is None:
        return ""
    if since.how is HowAbove.START:
        return f", since comparable data begins ({day(since.until)})"
    what = {
        HowAbove.PASSING: f"passed {lower}",
        HowAbove.ENTRY: f"{upper} entered above",
        HowAbove.RIVAL_ENTRY: f"{lower} entered below",
    }
    return f", {what[since.how]} {_period(since)}"


def above_since(since: Interval | None) -> str:
    """`passed 2026-04-18`, `entered above between 2026-04-22 and 2026-04-24`."""
    words = {HowAbove.START: "already when comparable data begins,", HowAbove.PASSING: "passed", HowAbove.ENTRY: "entered above"}
    if since is None:
        return ""
    return f"{words.get(since.how, 'the other entered below')} {_period(since).removeprefix('between ').replace(' and ', ' … ')}"


def _period(since: Interval) -> str:
    until = day(since.until)
    return until if since.after is None or day(since.after) == until else f"between {day(since.after)} and {until}"
