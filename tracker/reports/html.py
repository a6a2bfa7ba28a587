"""A report as one self-contained HTML page, without scripts and external fonts or images."""

from __future__ import annotations

from datetime import tzinfo

from tracker.model import Report
from tracker.reports._templates import fill
from tracker.reports.cleaning import cleaned


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:  # noqa: ARG001  # the same for every format
    """The page, with the evidence of each story folded below it. It is well-formed XML too."""
    return fill("report.html", report=cleaned(report), zone=zone)
