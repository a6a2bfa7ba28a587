"""Renders reports: one file per format; files with a leading underscore are shared.

A format's libraries are imported on its first use, so that no format pays for another.
"""

from __future__ import annotations

from datetime import UTC, tzinfo
from difflib import get_close_matches
from importlib import import_module
from typing import Protocol

from tracker.errors import DeclarationError
from tracker.model import Report
from tracker.reports._build import build
from tracker.reports.folding import fold
from tracker.reports.jsonl import event_json

__all__ = ["FORMATS", "Render", "build", "event_json", "fold", "render"]


class Render(Protocol):
    """A format: the whole report as one text.

    `width` and `colour` are for terminals, `zone` is for times for people; other formats ignore them.
    """

    def __call__(self, report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:
        """The report in this format."""
        ...


FORMATS: tuple[str, ...] = (
    "text",
    "markdown",
    "html",
    "jsonl",
    "atom",
)
"""The formats: modules of this package with `render`, each loaded on its first use."""


def render(
    report: Report,
    format: str,  # noqa: A002  # the word of the CLI
    *,
    width: int = 100,
    colour: bool = False,
    zone: tzinfo = UTC,
) -> str:
    """The report in one of FORMATS; equal reports in one zone give equal texts. Raises DeclarationError for another format."""
    if format not in FORMATS:
        near = get_close_matches(format, FORMATS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise DeclarationError(f"report: format = {format!r} is unknown; {hint}known: {', '.join(FORMATS)}")
    chosen: Render = import_module(f"{__name__}.{format}").render
    return chosen(report, width=width, colour=colour, zone=zone)
