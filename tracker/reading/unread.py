"""Rows that cannot be read: if they are few, they are left out, and the rest of the table counts.

Source: docs/decisions/0046-rows-that-are-left-out.md
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracker.errors import Violation
from tracker.model import SURPLUS, Board, Column
from tracker.order import few_rows

if TYPE_CHECKING:
    from tracker.reading.columns import Measures, Sheet

_NAMELESS = frozenset(("empty_key", "surplus_cells"))
"""Violations of rows whose key names nobody."""
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
            sheet.note("surplus_cells", row=row, value=text, expected="as many cells as the header has")
    if board.contract.duplicates in {"", "refuse"} and len(set(keys)) < len(keys):
        _note_duplicates(sheet, board, keys)
    spared = {"duplicate_key"} if board.contract.duplicates else set()
    spared |= {"out_of_range"} if len(keys) < _SHORT else set()
    wrong = [violation for violation in sheet.wrong if violation.code not in spared]
    wrong.sort(key=lambda violation: violation.code not in _NAMELESS)
    rows = {violation.row - 1: violation for violation in reversed(wrong) if violation.row is not None}
    if len(wrong) < len(sheet.wrong) or any(violation.row is None for violation in wrong):
        return {}
    twice = {keys[row]: violation for row, violation in rows.items() if violation.code == "duplicate_key"}
    unread = rows | {row: twice[key] for row, key in enumerate(keys) if key in twice}
    if len(rows) > few_rows(len(keys)) or len(rows) > most * len(keys):
        return {}
    sheet.wrong.clear()
    return unread


def without_names(keys: Sequence[str], unread: dict[int, Violation]) -> list[str]:
    """The keys, empty or a mere sign where they name nobody."""
    nameless = {row for row, violation in unread.items() if violation.code in _NAMELESS}
    return ["" if row in nameless and any(map(str.isalnum, key)) else key for row, key in enumerate(keys)]


def without_values(measures: Measures, unread: dict[int, Violation]) -> Measures:
    """The measures without those of rows with a value out of bounds."""
    incredible = {row for row, violation in unread.items() if violation.code == "out_of_range"}
    if not incredible:
        return measures
    return {
        metric: [None if row in incredible else measure for row, measure in enumerate(column)]
        for metric, column in measures.items()
    }


def _note_duplicates(sheet: Sheet, board: Board, keys: Sequence[str]) -> None:
    column, first = " | ".join(sheet.source(part) or "" for part in board.key), dict[str, int]()
    for row, key in enumerate(keys, 1):
        if first.setdefault(key, row) != row and key:  # an empty key is a violation of its own
            expected = f"once, and it is in row {first[key]} already"
            sheet.note("duplicate_key", column=column, row=row, value=key, expected=expected)
