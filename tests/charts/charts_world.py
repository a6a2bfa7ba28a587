"""Charts from lines of text: `line("Heron 90±2 ~91 - 93")` has a value a day, one of them an estimate and one missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import kit

from tracker.model import (
    CalendarChart,
    Chart,
    ChartBreak,
    ChartHead,
    ChartLine,
    ChartPoint,
    ChartRow,
    ChartSpot,
    FrontierChart,
    Gap,
    LineChart,
    Metric,
    StandingChart,
)

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
SCORE = kit.metric("score", "fitted", unit="elo")
PRICE = kit.PRICE


def at(days: float) -> datetime:
    return START + timedelta(days=days)


def head(metric: Metric = SCORE, days: float = 5, as_of: float | None = None, *, supported: bool = False) -> ChartHead:
    return ChartHead(
        board="Acme Arena",
        metric=metric,
        since=START,
        read_until=at(days),
        as_of=at(days if as_of is None else as_of),
        attribution="Acme, CC-BY-4.0",
        supported=supported,
    )


def line(text: str, ranks: str = "", *, holder: str = "") -> ChartLine:
    """A name of one word, and a value per day; `ranks` has one digit or `-` per day."""
    name, *cells = text.split()
    points = [
        ChartPoint(
            at=at(day),
            measure=None if cell == "-" else kit.measure(cell),
            rank=None if cell == "-" or not ranks or ranks[day] == "-" else int(ranks[day]),
            holder=holder,
        )
        for day, cell in enumerate(cells)
    ]
    return ChartLine(label=name, points=points)


def breaks(*days: float) -> tuple[ChartBreak, ...]:
    return tuple(ChartBreak(at=at(day), reason="98% of the values shifted one way") for day in days)


def gap(after: float, until: float) -> Gap:
    return Gap(after=at(after), until=at(until))


def lines(metric: Metric = SCORE, *, as_of: float | None = None) -> LineChart:
    """Three lines over six days: a re-base on the fourth, a gap before the last, an estimate, an entry that comes late."""
    return LineChart(
        head=head(metric, as_of=as_of, supported=True),
        lines=(
            line("Heron 90±2 91±2 95±2 70±2 72±2 73±2", "211111", holder="Heron 2"),
            line("Wren 93±3 93±3 92±3 ~69 71±3 71±3", "112211", holder="Wren (high)"),
            line("Finch - - 80±1 60±1 60±1 61±1", "--3333"),
        ),
        context=(line("Rook 70 71 72 50 50 51", "334444"),),
        breaks=breaks(3),
        gaps=(gap(4, 5),),
    )


def standing() -> StandingChart:
    rows = (
        ("Heron 2", "Acme", "73±2", 1),
        ("Wren (high)", "Birds", "71±3", 1),
        ("Finch", "Acme", "61±1", 3),
        ("Rook", "", "~51", 4),
    )
    shown = [ChartRow(rank=rank, name=name, lab=lab, measure=kit.measure(cell)) for name, lab, cell, rank in rows]
    return StandingChart(head=head(supported=True), rows=shown, of=9)


def frontier() -> FrontierChart:
    spots = (
        ("Heron 2", 73, 10, True),
        ("Wren", 71, 12, False),
        ("Finch", 61, 0.5, True),
        ("Rook", 51, 0.6, False),
        ("Owl", 20, 0.04, True),
    )
    return FrontierChart(
        head=head(),
        cost="output price",
        cost_metric=PRICE,
        more_is_better=False,
        spots=[
            ChartSpot(name=name, lab="", score=kit.measure(str(score)), cost=cost, best=best) for name, score, cost, best in spots
        ],
    )


def calendar() -> CalendarChart:
    days: Mapping[date, int] = {at(day).date(): changed for day, changed in enumerate((0, 3, 0, 40, 2)) if day != 2}
    return CalendarChart(head=head(days=4, as_of=9), changed=days, rebased={at(3).date(): "98% of the values shifted one way"})


CHARTS: Mapping[str, Chart] = {
    "bump": lines(),
    "band": lines(as_of=7),
    "step": lines(PRICE),
    "dots": standing(),
    "slope": lines(),
    "frontier": frontier(),
    "calendar": calendar(),
    "sparkline": lines(),
    "badge": standing(),
}


def renamed(name: str) -> Mapping[str, Chart]:
    """The same charts with that name for the first line, row or spot."""
    first, *rest = lines().lines
    hostile = LineChart(head=head(), lines=(ChartLine(label=name, points=first.points), *rest))
    row, spot = standing().rows[0], frontier().spots[0]
    return {
        **dict.fromkeys(("bump", "band", "step", "slope", "sparkline"), hostile),
        **dict.fromkeys(
            ("dots", "badge"),
            StandingChart(head=head(), rows=(ChartRow(rank=1, name=name, lab=name, measure=row.measure),), of=1),
        ),
        "frontier": FrontierChart(
            head=head(), cost=name, cost_metric=None, more_is_better=True,
            spots=(ChartSpot(name=name, lab=name, score=spot.score, cost=1, best=True), *frontier().spots[1:]),
        ),
    }  # fmt: skip
