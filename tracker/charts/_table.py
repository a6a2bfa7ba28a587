"""A chart as rows: for programs, and for people who cannot see the picture."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.model import CalendarChart, Chart, FrontierChart, LineChart, Measure, StandingChart


def rows(chart: Chart) -> Iterator[dict[str, object]]:
    """Every value that the chart shows, in its order; of lines the named ones, each with its points by time."""
    match chart:
        case LineChart():
            for line in chart.lines:
                for point in line.points:
                    entry = point.holder or None
                    yield {"line": line.label, "at": point.at, "rank": point.rank, "entry": entry, **_cells(point.measure)}
        case StandingChart():
            for row in chart.rows:
                yield {"rank": row.rank, "entry": row.name, "lab": row.lab or None, **_cells(row.measure)}
        case FrontierChart():
            for spot in chart.spots:
                cells = {"best": spot.best, "cost": spot.cost, **_cells(spot.score)}
                yield {"entry": spot.name, "lab": spot.lab or None, **cells}
        case CalendarChart():
            for day, changed in sorted(chart.changed.items()):
                yield {"day": day, "changed": changed, "rebased": chart.rebased.get(day)}


def _cells(measure: Measure | None) -> dict[str, object]:
    return {field: getattr(measure, field, None) for field in ("value", "low", "high", "estimated")}
