"""Measure how often a renamed column is found, and a removed one is not invented: `python bench/repair.py DATA`.

DATA has real, dated series of the boards of `tests/real/schedules`. For each board, the last reading is one state and the
page is a later one, written as CSV with all columns of its table: once with one declared column renamed to a meaningless
word, once without it. The correct answer is the renamed column (or one equal to it in every cell), and nothing for a removed
column."""

from __future__ import annotations

import csv
import io
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from wizard import DECLARED, body_of

from tracker import schedules
from tracker.authoring.candidates import candidates
from tracker.authoring.proposal import Candidate
from tracker.authoring.replacements import repairs
from tracker.errors import TrackerError
from tracker.model import Board, Parse, Reading
from tracker.parsers import FORMATS, options_of
from tracker.reading import read_capture

MOST_COLUMNS = 80
NOTHING_SAID = "zq7"
"""The new header, which gives no hint."""


def trials(data: Path) -> Iterator[tuple[str, str, str, str]]:
    """Per trial: what was done, whether the column is a key, a metric or a text, what came of it, and where."""
    known = schedules.load(DECLARED, {name: options_of(name) for name in FORMATS}).boards
    for name, board in sorted(known.items()):
        files = sorted((data / name).iterdir()) if (data / name).is_dir() else []
        pairs = dict.fromkeys((early, len(files) - 1) for early in (len(files) - 2, len(files) // 2) if len(files) > 1)
        for early, late in pairs if board.parse.group is None and not board.payloads else ():
            yield from _of_pair(board, body_of(files[early]), body_of(files[late]), f"{name}/{files[late].name}")


def _of_pair(board: Board, early: bytes, late: bytes, place: str) -> Iterator[tuple[str, str, str, str]]:
    try:
        last, _ = read_capture(board, [early]), read_capture(board, [late])
        table = max(candidates(late), key=lambda one: len(_declared(board) & {*one.columns}))
    except TrackerError:
        return
    table = replace(table, columns=table.columns[:MOST_COLUMNS], rows=[row[:MOST_COLUMNS] for row in table.rows])
    plain = replace(board, parse=Parse(format="csv_table"))
    for kind, column in _sources(board):
        if column in table.columns and _reads(plain, _page(table, column, column)):
            for what, new in (("renamed", NOTHING_SAID), ("lost", "")):
                yield (
                    what,
                    kind,
                    _outcome(plain, _page(table, column, new), last, table, column, lost=not new),
                    f"{place} {column}",
                )


def _declared(board: Board) -> set[str]:
    return {column for _, column in _sources(board)}


def _sources(board: Board) -> Iterator[tuple[str, str]]:
    for part in board.key if len(board.key) == 1 else ():
        yield from (("key", source) for source in part.sources)
    for metric in board.metrics:
        yield from (("metric", source) for source in metric.column.sources)
    for column in board.attributes.values():
        yield from (("text", source) for source in column.sources)


def _page(table: Candidate, column: str, new: str) -> bytes:
    """The table as CSV with that column renamed, or without it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    kept = [at for at, name in enumerate(table.columns) if new or name != column]
    writer.writerow([new if table.columns[at] == column else table.columns[at] for at in kept])
    writer.writerows([[row[at] or "" for at in kept] for row in table.rows])
    return out.getvalue().encode()


def _reads(board: Board, page: bytes) -> bool:
    try:
        read_capture(board, [page])
    except TrackerError:
        return False
    return True


def _outcome(board: Board, page: bytes, last: Reading, table: Candidate, column: str, *, lost: bool) -> str:
    found = repairs(board, [page], last, read=lambda one: read_capture(one, [page]))
    said = [one.column for one in found if column in one.was]
    twins = {name for at, name in enumerate(table.columns) if _cells(table, at) == _cells(table, table.columns.index(column))}
    if not said:
        return "nothing"
    return "right" if {*said} <= {NOTHING_SAID, *twins - {column}} and not (lost and NOTHING_SAID in said) else "wrong"


def _cells(table: Candidate, at: int) -> Sequence[str | None]:
    return [row[at] for row in table.rows]


if __name__ == "__main__":
    counted: Counter[tuple[str, str, str]] = Counter()
    for what, kind, outcome, place in trials(Path(sys.argv[1])):
        counted[what, kind, outcome] += 1
        if outcome == "wrong":
            print(f"wrong: {what} {kind} {place}")
    for (what, kind, outcome), many in sorted(counted.items()):
        print(f"{what:8} {kind:7} {outcome:8} {many}")
