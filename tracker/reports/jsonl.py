"""A report as JSON lines: one event a line, leads before what is folded into them; for programs, so nothing is cleaned."""

from __future__ import annotations

import json
from datetime import tzinfo

from tracker.model import Event, Evidence, Party, Report
from tracker.reports.folding import events_of
from tracker.wording import escaped, machine_time


def render(report: Report, *, width: int, colour: bool, zone: tzinfo) -> str:  # noqa: ARG001  # every format is asked in the same way
    """One line per event, in the order of the stories; empty when there are none."""
    events = (event for board in report.boards for story in board.stories for event in events_of(story))
    return "".join(f"{_line(event)}\n" for event in events)


def event_json(event: Event) -> dict[str, object]:
    """An event as plain JSON values, keys in the documented order; times as `2026-04-18T06:18:33Z`."""
    return {
        "id": event.id,
        "kind": event.kind,
        "grade": event.grade,
        "weight": event.weight,
        "is_news": event.is_news,
        "board": event.board,
        "metric": event.metric,
        "subjects": [_party(party) for party in event.subjects],
        "rivals": [_party(party) for party in event.rivals],
        "after": None if event.after is None else machine_time(event.after),
        "until": machine_time(event.until),
        "recorded_at": machine_time(event.recorded_at),
        "headline": event.headline,
        "facts": dict(event.facts),
        "evidence": [_evidence(one) for one in event.evidence],
        "rule": event.rule,
    }


def _line(event: Event) -> str:
    return escaped(json.dumps(event_json(event), ensure_ascii=False, allow_nan=False))


def _party(party: Party) -> dict[str, object]:
    return {"entry": party.entry, "name": party.name, "model": party.model}


def _evidence(one: Evidence) -> dict[str, object]:
    return {
        "sha256": one.sha256,
        "url": one.url,
        "observed_at": machine_time(one.observed_at),
        "entry": one.entry,
        "metric": one.metric,
        "raw": one.raw,
    }
