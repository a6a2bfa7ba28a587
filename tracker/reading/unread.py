"""Rows that cannot be read: if they are few, they are left out, and the rest of the table counts.

Source: docs/decisions/0046-rows-that-are-left-out.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tracker.errors import Violation
from tracker.model import SURPLUS, Board, Column, EntryId, Measure, Nature
from tracker.order import few_rows

if TYPE_CHECKING:
    from tracker.reading.columns import Measures, Sheet

_FIRST = ("surplus_cells", "empty_key")
"""Violations that count before others of their row."""
_INCREDIBLE = frozenset(("out_of_range", "surplus_cells"))
"""Violations of rows whose figures may belong to other columns."""
MOST = 0.2
"""In a short table even one row may be a larger share of it than this, and is not few."""
_SHORT = 10
"""In a table of fewer rows, a value out of bounds may mean that the whole column is another one."""


def unread_rows(sheet: Sheet, board: Board, keys: Sequence[str], most: float = MOST) -> dict[int, Violation]:
    """The rows that cannot be read, and why, if they are few, at most a share of `most`: not the table is wrong then.

    All rows with a key that occurs more than once are unreadable, and count without one of them.
    """
    for row, text in enumerate(sheet.cells(Column(sources=(SURPLUS,))) or (), 1):
        if text is not None:
            sheet.note("surplus_cells", row=row, value=text.removeprefix("found "), expected="as many cells as the header has")
    if board.contract.duplicates in {"", "refuse"} and len(set(keys)) < len(keys):
        _note_duplicates(sheet, board, keys)
    spared = {"duplicate_key"} if board.contract.duplicates else set()
    spared |= {"out_of_range"} if len(keys) < _SHORT else set()
    wrong = [violation for violation in sheet.wrong if violation.code not in spared]
    wrong.sort(key=lambda violation: _FIRST.index(violation.code) if violation.code in _FIRST else len(_FIRST))
    rows = {violation.row - 1: violation for violation in reversed(wrong) if violation.row is not None}
    if len(wrong) < len(sheet.wrong) or any(violation.row is None for violation in wrong):
        return {}
    twice = {keys[row]: violation for row, violation in rows.items() if violation.code == "duplicate_key"}
    unread = rows | {row: twice[key] for row, key in enumerate(keys) if key in twice}
    if len(rows) > few_rows(len(keys)) or len(rows) > most * len(keys):
        return {}
    sheet.wrong.clear()
    return unread


def without_names(keys: Sequence[str], unread: Mapping[int, Violation]) -> list[str]:
    """The keys; `?`, `??` ... where they name nobody."""
    codes = {row: violation.code for row, violation in sorted(unread.items())}
    nobody = (row for row, code in codes.items() if code == "empty_key" or not keys[row])
    nameless = {row: "?" * number for number, row in enumerate(nobody, 1)}
    return [nameless.get(row, key) for row, key in enumerate(keys)]


def places_of(board: Board, keys: Sequence[str], unread: Mapping[int, Violation], measures: Measures) -> dict[EntryId, Measure]:
    """The primary values of rows that cannot be read, by key: one for all rows of a key, if they agree."""
    column, shown = measures[board.primary.id] if board.primary else [None] * len(keys), dict[EntryId, set[Measure | None]]()
    for row in unread:
        shown.setdefault(EntryId(keys[row]), set()).add(column[row])
    only = {key: values.pop() for key, values in shown.items() if len(values) == 1}
    return {key: place for key, place in only.items() if place is not None}


def without_values(measures: Measures, unread: Mapping[int, Violation]) -> Measures:
    """The measures without those of rows whose figures cannot be believed."""
    incredible = {row for row, violation in unread.items() if violation.code in _INCREDIBLE}
    if not incredible:
        return measures
    return {
        metric: [None if row in incredible else measure for row, measure in enumerate(column)]
        for metric, column in measures.items()
    }


def note_negatives(sheet: Sheet, board: Board, measures: Measures) -> None:
    """Note the prices and counts below 0 if they are few; if they are many, they are the publisher's figures."""
    for metric in board.metrics:
        if metric.nature not in (Nature.LISTED, Nature.COUNT) or metric.id in board.contract.bounds:
            continue
        known = {row: measure for row, measure in enumerate(measures.get(metric.id, ()), 1) if measure is not None}
        below = [row for row, measure in known.items() if measure.value < 0]
        if len(known) >= _SHORT and len(below) <= few_rows(len(known)):
            for row in below:
                column = sheet.source(metric.column)
                sheet.note("out_of_range", column=column, row=row, value=known[row].raw, expected="0 or more, as in other rows")


def _note_duplicates(sheet: Sheet, board: Board, keys: Sequence[str]) -> None:
    column, first = " | ".join(sheet.source(part) or "" for part in board.key), dict[str, int]()
    for row, key in enumerate(keys, 1):
        if first.setdefault(key, row) != row and key:  # an empty key is a violation of its own
            expected = f"once, and it is in row {first[key]} already"
            sheet.note("duplicate_key", column=column, row=row, value=key, expected=expected)
