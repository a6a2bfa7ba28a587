"""A line for another page: who leads a board, as of when."""

from __future__ import annotations

from tracker.charts._frame import Look, rect, svg, text
from tracker.charts._text import fit, quoted, width
from tracker.charts._theme import stylesheet
from tracker.charts._words import standing_words
from tracker.model import StandingChart
from tracker.wording import day

HEIGHT = 28
_SIZE, _LEFT, _RIGHT = 12.0, 16, 10


def draw(chart: StandingChart, look: Look) -> str:
    """The finding and its date, no wider than the look says."""
    at = f", {day(chart.head.read_until, look.zone)}"
    finding = standing_words(chart)
    shown = fit(finding, look.width - _LEFT - _RIGHT - width(at, _SIZE), _SIZE) + at
    wide = round(width(shown, _SIZE)) + _LEFT + _RIGHT
    style = f"<style>{stylesheet(look.theme)}</style>" if look.styled else ""
    frame = rect(0, 0, wide, HEIGHT, "w", 5) + rect(1, 1, wide - 1, HEIGHT - 1, "g", 4) + rect(7, 7, 10, HEIGHT - 7, "i")
    return svg(wide, HEIGHT, f"<title>{quoted(finding + at)}</title>{style}{frame}{text(_LEFT, 18, shown)}")
