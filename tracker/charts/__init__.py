"""Values to pictures: SVG text from plain records, one file per form of chart.

No line crosses a re-base or a gap. The same values give the same bytes. Nothing here reads a store, a file or a clock.

Source: docs/decisions/0070-charts.md
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tracker.charts import badge, band, bump, calendar, dots, frontier, slope, sparkline, step
from tracker.charts._frame import Look
from tracker.charts._table import rows
from tracker.charts._theme import COLOURS, Theme, stylesheet

__all__ = ["COLOURS", "FORMS", "Look", "Theme", "rows", "stylesheet"]

FORMS: Mapping[str, Callable[[Any, Look], str]] = {
    "bump": bump.draw,
    "band": band.draw,
    "step": step.draw,
    "dots": dots.draw,
    "slope": slope.draw,
    "frontier": frontier.draw,
    "calendar": calendar.draw,
    "sparkline": sparkline.draw,
    "badge": badge.draw,
}
"""The forms of charts: each draws its own record (`tracker.model.charts`), in the look asked for, as SVG text."""
