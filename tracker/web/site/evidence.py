"""The views of the evidence: stored captures, the state of the boards, and what an event rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from tracker.errors import ContractBroken, DeclarationError, ParseError, Refused
from tracker.line.fold import CONTENT
from tracker.model import Board, BoardId, EventFilter, IndexLine, Reading, Result
from tracker.query.filters import Filters
from tracker.web.site.views import Rows, SiteView, addresses, has_page, newest, state_of
from tracker.wording import machine_time, shortened, visible
from tracker.workspace.captures import (
    CellChange,
    bodies_of,
    capture_at,
    cells_of,
    changes,
    index_of,
    reading_of,
    text_diff,
    texts_of,
)

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

MOST_ROWS, MOST_LINES, MOST_COLUMNS = 60, 200, 12
"""Rows, lines of text and columns of a capture that its page shows; its CSV has all rows."""
_NAMED = 60


def capture(workspace: Workspace, board: str, only: Filters) -> SiteView:
    """A stored page as the table that is read from it and as text, never as the page itself; since another, what differs.

    Raises:
        DeclarationError: there is no such board, or no capture then; or both times mean one capture.
    """
    declared = workspace.board(board)
    index = index_of(declared.id, workspace)
    line = capture_at(declared, index, only.at)
    earlier = capture_at(declared, index, only.since) if only.since else None
    if earlier and earlier.observed_at == line.observed_at:
        at = machine_time(line.observed_at)
        raise DeclarationError(f"{declared.id}: both times mean the capture of {at}; expected two captures (since, at)")
    reading, trouble = _reading(workspace, declared, line)
    before, _ = _reading(workspace, declared, earlier) if earlier else (None, "")
    differing = changes(declared, before, reading) if before and reading else ()
    return SiteView(
        path=f"boards/{declared.id}/capture",
        template="capture.html",
        title=f"{declared.title}: a stored page",
        as_of=line.observed_at,
        rows=lambda: _changed(differing) if earlier else _cells(declared, reading),
        source=(declared.attribution, declared.page),
        **addresses(workspace, only, since=earlier.observed_at if earlier else None, at=line.observed_at),
        values=lambda: {
            "board": declared,
            "line": line,
            "earlier": earlier,
            "trouble": trouble,
            "reading": reading,
            "table": list(islice(_cells(declared, reading), MOST_ROWS)),
            "columns": _columns(declared, reading)[:MOST_COLUMNS],
            "differing": differing[:MOST_ROWS],
            "of": len(differing),
            "text": _text(workspace, declared, line, earlier),
            "times": _times(index, line),
            "most_lines": MOST_LINES,
        },
    )


def _reading(workspace: Workspace, board: Board, line: IndexLine) -> tuple[Reading | None, str]:
    """The table of a capture, or why it cannot be read."""
    try:
        return reading_of(board, line, workspace.archive), ""
    except (ParseError, ContractBroken, Refused) as error:
        return None, str(error)


def _cells(board: Board, reading: Reading | None) -> Rows:
    for entry in reading.entries if reading else ():
        yield {"entry": entry.id, "name": entry.name, **cells_of(entry, board)}


def _columns(board: Board, reading: Reading | None) -> list[str]:
    return list(dict.fromkeys(column for row in _cells(board, reading) for column in row if column not in ("entry", "name")))


def _changed(differing: Sequence[CellChange]) -> Rows:
    fields = ("entry", "name", "column", "before", "after")
    return ({field: getattr(change, field) for field in fields} for change in differing)


def _text(workspace: Workspace, board: Board, line: IndexLine, earlier: IndexLine | None) -> list[str]:
    """The first lines of a capture, or of what differs from an earlier one, with every unusual sign spelled out."""
    now = texts_of(line, bodies_of(board, line, workspace.archive))
    lines = text_diff(texts_of(earlier, bodies_of(board, earlier, workspace.archive)), now) if earlier else iter(now)
    return [shortened(visible(text)) for text in islice(lines, MOST_LINES)]


def _times(index: Sequence[IndexLine], line: IndexLine) -> list[datetime]:
    """The times of the captures around one, oldest first."""
    times = sorted({each.observed_at for each in index if each.verdict in CONTENT})
    place = times.index(line.observed_at) if line.observed_at in times else len(times)
    return times[max(0, place - _NAMED // 2) : place + _NAMED // 2]


def states(workspace: Workspace, barred: Mapping[BoardId, Board], now: datetime | None) -> SiteView:
    """The state of every board that is not `barred`: when it was read, what is held back, and the tracker's open notices."""
    boards = [board for board in workspace.boards() if board.id not in barred]
    shown = [(board, state_of(workspace, board, now), _held(workspace, board.id)) for board in boards]
    return SiteView(
        path="health",
        template="health.html",
        title="State of the boards",
        as_of=newest(workspace, [board.id for board in boards]),
        rows=lambda: (
            {
                "board": board.id,
                "state": state.state,
                "reason": state.reason,
                "last_checked": state.last_checked,
                "last_accepted": state.last_accepted,
                "due_at": state.due_at,
                "quarantined": held,
            }
            for board, state, held in shown
        ),
        **addresses(workspace, Filters()),
        values=lambda: {
            "shown": shown,
            "barred": tuple(barred.values()),
            "notices": workspace.store.service.notices(),
            "has_page": partial(has_page, workspace),
        },
    )


def _held(workspace: Workspace, board: BoardId) -> int:
    """How many readings were held back since the last that was accepted."""
    count = 0
    for check in workspace.store.checks(board):
        count = 0 if check.result is Result.ACCEPTED else count + (check.result is Result.QUARANTINED)
    return count


def about(workspace: Workspace, barred: Mapping[BoardId, Board]) -> SiteView:
    """What an event rests on, how anybody can check it, and how much is on record."""
    boards = [board.id for board in workspace.boards() if board.id not in barred]
    checks = [check for board in boards for check in workspace.store.checks(board)]
    figures = {
        "boards": len(boards),
        "readings": sum(check.was_read for check in checks),
        "quarantined": sum(check.result is Result.QUARANTINED for check in checks),
        "events": sum(1 for board in boards for _ in workspace.store.events(EventFilter(board=board))),
    }
    return SiteView(
        path="about",
        template="about.html",
        title="About the evidence",
        as_of=newest(workspace, boards),
        rows=lambda: ({"figure": name, "value": value} for name, value in figures.items()),
        **addresses(workspace, Filters()),
        values=lambda: {"figures": figures, "known_since": workspace.store.known_since()},
    )
