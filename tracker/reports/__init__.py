"""Step 11: what people read. One file per format; a file that begins with `_` is no format but shared by them.

A format's libraries are imported when it is first rendered, so that no format pays for another.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Protocol

from tracker.errors import DeclarationError
from tracker.model import Report
from tracker.reports import atom, html, jsonl, markdown, text
from tracker.reports._build import build
from tracker.reports.folding import fold
from tracker.reports.jsonl import event_json

__all__ = ["FORMATS", "Render", "build", "event_json", "fold", "render"]


class Render(Protocol):
    """A format: the whole report as one text. `width` and `colour` are for terminals; other formats take no notice of them."""

    def __call__(self, report: Report, *, width: int, colour: bool) -> str:
        """The report in this format."""
        ...


FORMATS: Mapping[str, Render] = {
    "text": text.render,
    "markdown": markdown.render,
    "html": html.render,
    "jsonl": jsonl.render,
    "atom": atom.render,
}


def render(report: Report, format: str, *, width: int = 100, colour: bool = False) -> str:  # noqa: A002  # the word of the CLI
    """The report in one of FORMATS; the same report always gives the same text.

    Raises:
        DeclarationError: there is no such format.
    """
    chosen = FORMATS.get(format)
    if chosen is None:
        near = get_close_matches(format, FORMATS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise DeclarationError(f"report: format = {format!r} is unknown; {hint}known: {', '.join(FORMATS)}")
    return chosen(report, width=width, colour=colour)
