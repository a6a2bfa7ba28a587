"""A report as one self-contained HTML page: no script, no font, no image from elsewhere."""

from __future__ import annotations

from datetime import tzinfo

from tracker.model import Report
from tracker.reports._templates import fill
from tracker.reports.cleaning import cleaned


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:  # noqa: ARG001  # every format is asked in the same way
    """The page, with each story's evidence folded beneath it. It is well-formed XML too."""
    return fill("report.html", report=cleaned(report), zone=zone)
