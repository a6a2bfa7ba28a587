"""A report as one self-contained HTML page, without scripts and external fonts or images."""

from __future__ import annotations

from markupsafe import Markup

from tracker.charts import Look, Theme, bump, sparkline, stylesheet
from tracker.model import Report
from tracker.reports._templates import fill
from tracker.reports.cleaning import cleaned
from tracker.reports.style import Style

_WIDE, _NARROW = 720, 390
"""Pixels: the page shows one of the two, as there is room."""


def render(report: Report, style: Style) -> str:
    """The page, with the evidence of each story folded below it. It is well-formed XML too."""
    return _filled("report.html", report, style)


def body(report: Report, style: Style) -> Markup:
    """Its boards with their stories alone, for a page that has `styles`."""
    return Markup(_filled("stories.html", report, style))  # noqa: S704  # the template escapes every value


def styles() -> str:
    """The style sheet of reports and of charts."""
    return fill("report.css", chart_styles=Markup(stylesheet(Theme.AUTO)))  # noqa: S704  # our own rules


def _filled(template: str, report: Report, style: Style) -> str:
    wide, narrow = (Look(width=width, zone=style.zone, styled=False) for width in (_WIDE, _NARROW))
    is_illustrated = any(board.charts is not None for board in report.boards)
    return fill(
        template,
        report=cleaned(report),
        style=style,
        zone=style.zone,
        chart_styles=Markup(stylesheet(Theme.AUTO)) if is_illustrated else "",  # noqa: S704  # our own rules
        order=lambda chart: Markup(bump.draw(chart, wide) + bump.draw(chart, narrow)),  # noqa: S704  # the drawing escapes every text
        course=lambda chart: Markup(sparkline.draw(chart, wide)),  # noqa: S704  # as above
    )
