"""Stored captures: which one counts at a time, the table that its bytes show, and how two of them differ."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import TYPE_CHECKING

from tracker.errors import DeclarationError, ParseError
from tracker.line.apart import read_line
from tracker.line.fold import CONTENT, DECISIONS, fetches_of
from tracker.model import Board, BoardId, Check, EntryId, IndexLine, PublishedEntry, Reading, Sha256, Verdict, kept_and_pruned
from tracker.parsers.decoding import charset_of, decode, inflated
from tracker.ports import Archive
from tracker.wording import machine_time, shortened

if TYPE_CHECKING:
    from tracker.workspace.api import Workspace

MOST_LINES = 20_000
"""Texts of more lines are not compared: that takes minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureRow:
    """A line of a board's index. `state` is its result in history, `set aside`, `pruned` or `struck`; empty for a decision."""

    observed_at: datetime
    verdict: Verdict
    state: str
    status: int
    url: str
    sha256: tuple[Sha256, ...]
    by: str
    reason: str


def index_of(board: BoardId, workspace: Workspace) -> Sequence[IndexLine]:
    """The lines of a board's index; with `known_at`, the fetches that were in the history then."""
    lines, _ = workspace.archive.index(board)
    if workspace.settings.known_at is None:
        return lines
    known = {check.observed_at for check in workspace.store.checks(board)}
    return [line for line in lines if line.observed_at in known and line.verdict not in DECISIONS]


def captures(lines: Sequence[IndexLine], checks: Iterable[Check]) -> tuple[CaptureRow, ...]:
    """The fetches and decisions of a board's index, in its order; `checks` are those of its history."""
    results = {check.observed_at: str(check.result) for check in checks}
    counted, (_, pruned) = {line.observed_at for line in fetches_of(lines)}, kept_and_pruned(lines)

    def state(line: IndexLine) -> str:
        if line.verdict in DECISIONS:
            return ""
        if line.observed_at not in counted:
            return "pruned" if line in pruned else "struck"
        return results.get(line.observed_at, "set aside")

    fields = ("observed_at", "verdict", "status", "url", "sha256", "by")
    return tuple(
        CaptureRow(state=state(line), reason=line.reason or line.error, **{name: getattr(line, name) for name in fields})
        for line in lines
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CellChange:
    """A cell of two tables, as published; None where a table lacks it. `column` is "" for a row that only one of them has."""

    entry: EntryId
    name: str
    column: str
    before: str | None
    after: str | None


def capture_at(board: Board, lines: Sequence[IndexLine], at: datetime | None) -> IndexLine:
    """The last line of its index at or before a time (or of all) that brought content and was not struck.

    Raises:
        DeclarationError: there is none; names the first or, if its bodies were pruned, says so.
    """
    content = [line for line in fetches_of(lines) if line.verdict in CONTENT]
    earlier = [line for line in content if at is None or line.observed_at.replace(microsecond=0) <= at]
    if earlier:
        return max(earlier, key=lambda line: line.observed_at)
    when = f" at or before {machine_time(at)}" if at else ""
    first = f"; the first is of {machine_time(min(line.observed_at for line in content))}" if content else ""
    pruned = "; the bytes of some were pruned" if kept_and_pruned(lines)[1] else ""
    raise DeclarationError(f"{board.id}: no capture{when}{first}{pruned} (tracker capture list {board.id})")


def bodies_of(board: Board, line: IndexLine, archive: Archive, number: int | None = None) -> list[bytes]:
    """The bodies of a capture as received, or the one of that number, from 1. Raises DeclarationError if it has fewer."""
    if number is not None and number > len(line.sha256):
        raise DeclarationError(f"{board.id}: --body {number}: the capture has {len(line.sha256)}; expected one of them")
    chosen = line.sha256 if number is None else line.sha256[number - 1 : number]
    return [archive.body(board.id, sha256) for sha256 in chosen]


def reading_of(board: Board, line: IndexLine, archive: Archive) -> Reading:
    """The table of a capture as it is read now. Raises ParseError, ContractBroken or Refused where it cannot be read."""
    return read_line(board, line, archive)


def cells_of(entry: PublishedEntry, board: Board) -> dict[str, str]:
    """The cells of an entry by column, as published: rank, properties, metrics."""
    cells = {} if entry.rank is None else {"rank": str(entry.rank)}
    cells |= sorted(entry.attributes.items())
    return cells | {metric.id: entry.measures[metric.id].raw for metric in board.metrics if metric.id in entry.measures}


def changes(board: Board, before: Reading, after: Reading) -> tuple[CellChange, ...]:
    """The cells in which two readings differ: in the order of the later, then rows that only the earlier has."""
    old, new = ({entry.id: entry for entry in reading.entries} for reading in (before, after))
    found: list[CellChange] = []
    for key in dict.fromkeys((*new, *old)):
        then, now = old.get(key), new.get(key)
        if then is None or now is None:
            shown = now or then
            assert shown is not None
            row = shortened(", ".join(f"{column} {text}" for column, text in cells_of(shown, board).items()))
            found.append(_change(shown, "", row if then else None, row if now else None))
            continue
        cells = (_with_name(then, board), _with_name(now, board))
        columns = dict.fromkeys((*cells[1], *cells[0]))
        found += [
            _change(now, column, cells[0].get(column), cells[1].get(column))
            for column in columns
            if cells[0].get(column) != cells[1].get(column)
        ]
    return tuple(found)


def _with_name(entry: PublishedEntry, board: Board) -> Mapping[str, str]:
    return {"name": entry.name, **cells_of(entry, board)}


def _change(entry: PublishedEntry, column: str, before: str | None, after: str | None) -> CellChange:
    return CellChange(entry=entry.id, name=entry.name, column=column, before=before, after=after)


def texts_of(line: IndexLine, bodies: Sequence[bytes]) -> list[str]:
    """The lines of a capture's text; JSON with one value on each. Other bytes are replaced."""
    lines: list[str] = []
    for body in bodies:
        try:
            text = decode(inflated(body), charset_of(line.content_type))
        except ParseError:  # a person wants to see why
            text = body.decode("utf-8", "replace")
        with suppress(ValueError, RecursionError):  # not JSON
            text = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
        lines += text.splitlines()
    return lines


def text_diff(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The lines that differ with their neighbours, each at most 160 characters; a sentence if there are too many to compare."""
    if max(len(before), len(after)) > MOST_LINES:
        yield f"more than {MOST_LINES:,} lines: the texts are not compared (tracker capture show --raw)"
        return
    yield from (shortened(line) for line in unified_diff(before, after, lineterm="", n=1))
