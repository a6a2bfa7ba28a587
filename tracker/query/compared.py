"""A comparison of two models in words and as rows for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from tracker.model import Entry, Measure
from tracker.query.since import HowAbove, Interval
from tracker.wording import day

if TYPE_CHECKING:  # a table of a board shares this, and loads nothing to resolve names
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
                "topic": row.metric.topic,
                "unit": row.metric.unit,
                "a": _side(pair.one, row.one),
                "b": _side(pair.other, row.other),
                "difference": row.difference,
                "above": {"one": "a", "other": "b", "level": "level"}.get(row.above),
                "beyond_error": row.beyond_error,
                "segment": row.segment,
                "since": row.since and asdict(row.since),
            }
    for board, name in lists_only(versus):
        yield {"board": board, "lists_only": name}


def _side(entry: Entry, measure: Measure | None) -> dict[str, object]:
    model = {"entry": entry.id, "name": entry.name, "model": entry.who.model}
    return {**model, **{name: getattr(measure, name, None) for name in ("value", "low", "high", "estimated", "raw")}}


def verdict(row: Row, zone: tzinfo = UTC) -> str:
    """`A ahead, beyond the error, since comparable data begins (2026-04-10)`; days are of a zone."""
    if row.above in ("", "level"):
        return row.above
    sure = {True: ", beyond the error", False: ", within the error", None: ", no error stated" if row.metric.ranked else ""}
    estimate = ", by an estimate" if row.estimated else ""
    upper, lower = ("A", "B") if row.above == "one" else ("B", "A")
    return f"{upper} ahead" + sure[row.beyond_error] + estimate + dated(row.since, upper, lower, zone)


def dated(since: Interval | None, upper: str, lower: str, zone: tzinfo) -> str:
    """`, passed B between 2026-04-10 and 2026-04-18`; "" if it is not known."""
    if since is None:
        return ""
    if since.how is HowAbove.START:
        return f", since comparable data begins ({day(since.until, zone)})"
    what = {
        HowAbove.PASSING: f"passed {lower}",
        HowAbove.ENTRY: f"{upper} entered above",
        HowAbove.RIVAL_ENTRY: f"{lower} entered below",
    }
    return f", {what[since.how]} {period_of(since, zone)}"


def period_of(since: Interval, zone: tzinfo) -> str:
    """`2026-04-18`, or `between 2026-04-10 and 2026-04-18`."""
    until = day(since.until, zone)
    return until if since.after is None or day(since.after, zone) == until else f"between {day(since.after, zone)} and {until}"
