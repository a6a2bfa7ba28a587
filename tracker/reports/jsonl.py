"""A report as JSON lines: one event per line, leads before folded events; for programs, so text is not cleaned."""

from __future__ import annotations

import json
from typing import Any

from msgspec import to_builtins

from tracker.model import Event, Report
from tracker.reports.style import Style
from tracker.reports.words import shown_by
from tracker.wording import escaped


def render(report: Report, style: Style) -> str:  # noqa: ARG001  # the same for every format
    """One line per event, in the order of the stories; empty without any."""
    events = (event_json(event) for board in report.boards for story in board.stories for event in story.events)
    return "".join(f"{escaped(json.dumps(event, ensure_ascii=False, allow_nan=False))}\n" for event in events)


def event_json(event: Event) -> dict[str, object]:
    """An event as values that `json.dumps` can write, keys in the documented order; times as `2026-04-18T06:18:33Z`."""
    values: dict[str, Any] = to_builtins(event, enc_hook=dict)  # facts may be a read-only mapping
    for evidence, shown in zip(event.evidence, values["evidence"], strict=True):
        shown["show"] = shown_by(event, evidence)
    return values
