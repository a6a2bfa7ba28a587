"""A report as one self-contained HTML page, without scripts and external fonts or images."""

from __future__ import annotations

from tracker.model import Report
from tracker.reports._templates import fill
from tracker.reports.cleaning import cleaned
from tracker.reports.style import Style


def render(report: Report, style: Style) -> str:
    """The page, with the evidence of each story folded below it. It is well-formed XML too."""
    return fill("report.html", report=cleaned(report), style=style, zone=style.zone)
