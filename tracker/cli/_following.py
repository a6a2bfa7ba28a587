"""`tracker events --cursor FILE`: each change of the record once."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.cli._print import when
from tracker.model import RecordChange
from tracker.query.filters import Filters, boards_of
from tracker.reports.jsonl import event_json
from tracker.wording import escaped, safe
from tracker.workspace.following import follow

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

_ASKED = frozenset(("boards", "kinds", "grades"))
"""The filters that go with a cursor."""


def follow_events(
    workspace: Workspace, only: Filters, kept: Path, output: Path | None, *, news: bool | None, as_json: bool
) -> None:
    """Print what the client of the file `kept` has not got yet, or append it to `output`."""
    refused = [field.name for field in fields(only) if field.name not in _ASKED and getattr(only, field.name) != field.default]
    if refused:
        more = ", ".join(refused)
        raise click.UsageError(
            f"--cursor follows the record in its order; expected no filter but --board, --kind and --grade, found {more}"
        )
    boards = {board.id for board in boards_of(only, workspace.boards())}

    def is_wanted(change: RecordChange) -> bool:
        event = change.event
        if event is None:
            return change.withdrawn and change.board in boards
        kinds = (not only.kinds or event.kind in only.kinds) and (not only.grades or event.grade in only.grades)
        return event.board in boards and kinds and news in (None, event.is_news)

    text = _json if as_json else _line
    _write(workspace, kept, output, lambda change: f"{text(change)}\n" if is_wanted(change) else "")


def _write(workspace: Workspace, kept: Path, output: Path | None, shown: Callable[[RecordChange], str]) -> None:
    if output is None:
        standard = sys.__stdout__ or sys.stdout  # not what a pager reads
        standard.flush()
        follow(workspace.changes, kept, standard.fileno(), shown)
        return
    handle = os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        follow(workspace.changes, kept, handle, shown)
    finally:
        os.close(handle)


def _json(change: RecordChange) -> str:
    event = change.event
    row = {"withdrawn": change.id, "board": change.board, "headline": change.headline} if event is None else event_json(event)
    return escaped(json.dumps(row, ensure_ascii=False))


def _line(change: RecordChange) -> str:
    event = change.event
    if event is None:
        return f"{change.id[:12]}  withdrawn  {safe(change.headline)}"
    return f"{event.id[:12]}  {when(event.recorded_at)}  {event.kind}/{event.grade}  {safe(event.headline)}"
