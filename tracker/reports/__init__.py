"""Renders reports: one file per format, imported on its first use, so that no format pays for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import Protocol

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, Correction, Report
from tracker.reports._build import build
from tracker.reports.folding import fold
from tracker.reports.jsonl import event_json
from tracker.reports.style import Style

__all__ = ["FEEDS", "FORMATS", "Render", "Style", "build", "event_json", "fold", "render", "render_corrections"]


class Render(Protocol):
    """A format: the whole report as one text."""

    def __call__(self, report: Report, style: Style) -> str:
        """The report in this format."""
        ...


FORMATS: tuple[str, ...] = (
    "text",
    "markdown",
    "html",
    "jsonl",
    "atom",
    "jsonfeed",
)
"""The formats: modules of this package with `render`, each loaded on its first use."""
FEEDS: tuple[str, ...] = ("atom", "jsonfeed")
"""The formats that corrections have too."""


def render_corrections(
    corrections: Sequence[Correction],
    boards: Mapping[BoardId, Board],
    format: str,  # noqa: A002  # as below
    style: Style,
) -> str:
    """Corrections, oldest first, in one of FEEDS, with the pages and attributions of these boards."""
    from tracker.reports._feed import correction_feed  # noqa: PLC0415  # as FORMATS

    written: str = import_module(f"{__name__}.{format}").write(correction_feed(corrections, boards, style))
    return written


def render(report: Report, format: str, style: Style = Style()) -> str:  # noqa: A002, B008  # the CLI's word; a frozen record
    """The report in one of FORMATS; equal reports in one style give equal texts. Raises DeclarationError for another format."""
    if format not in FORMATS:
        near = get_close_matches(format, FORMATS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise DeclarationError(f"report: format = {format!r} is unknown; {hint}known: {', '.join(FORMATS)}")
    chosen: Render = import_module(f"{__name__}.{format}").render
    return chosen(report, style)
