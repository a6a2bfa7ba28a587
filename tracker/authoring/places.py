"""The place of each number of a reading on its page, for `places.tsv`: the line, the text, and how the value follows from it."""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from tracker.authoring.proposal import Candidate
from tracker.model import ROW, Board, Column, EntryId, Measure, Metric, PublishedEntry, Reading, Table
from tracker.reading.columns import keys_of

SEARCHED_LINES = 400
"""How far from its key a value of the same entry is looked for, in lines."""
FIRST = "first part"
"""The remark for a composite key: its first part is at that place."""

_NUMBER = re.compile(r"[-+\u2212]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SHARED = re.compile(r"T[0-9]+")
_POWERS = {"k": 3, "m": 6, "b": 9, "t": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlace:
    """The place of one field of one entry: the line from 1, the text on it, and how the field follows from it."""

    entry: str
    field: str
    line: int
    text: str
    how: str

    def row(self, file: str) -> str:
        """The line of `places.tsv`."""
        where = f"{file}:{self.line}" if self.line else ""
        return f"{self.entry}\t{self.field}\t{where}\t{self.text}\t{self.how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The lines of a page, with the place of each entry's key, and the rows that they hold."""

    lines: Sequence[str]
    columns: Sequence[str]
    rows: Mapping[EntryId, Sequence[str | None]]
    anchors: Mapping[EntryId, int]
    starts: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One entry on the page, with the cells of its row by column."""

    page: _Page
    entry: PublishedEntry
    cells: Mapping[str, str | None]

    def cell(self, column: Column) -> str:
        """The row's text in that column, "" if it has none."""
        return self.cells.get(source_of(column, self.page.columns) or "") or ""

    def place(self, field: str, at: tuple[int, str], how: str = "") -> CellPlace:
        """That field, at that line (from 0) with that text."""
        return CellPlace(entry=self.entry.id, field=field, line=at[0] + 1, text=at[1], how=how)


def places(board: Board, reading: Reading, candidate: Candidate, body: bytes) -> Iterator[CellPlace]:
    """One for every key, name, rank and measure that can be found on a line of the page."""
    page = _page(board, reading, candidate, body)
    for entry in reading.entries:
        if (cells := page.rows.get(entry.id)) is not None:
            yield from _of_row(_Row(page=page, entry=entry, cells=dict(zip(page.columns, cells, strict=True))), board)


def _of_row(row: _Row, board: Board) -> Iterator[CellPlace]:
    entry = row.entry
    parts = [part for part in entry.id.split(" | ") if part]
    yield from _of_text(
        row, "entry", board.key[0], entry.id if len(board.key) == 1 else parts[0], "" if len(board.key) == 1 else FIRST
    )
    yield from _of_text(row, "name", board.name, entry.name)
    if entry.rank is not None and board.rank is not None:
        shared = row.cell(board.rank).strip()
        if _SHARED.fullmatch(shared):
            yield from _of_text(row, "rank", board.rank, shared)
        else:
            yield from _of_number(row, "rank", board.rank, Decimal(entry.rank), Decimal(1))
    for metric in board.metrics:
        if (measure := entry.measures.get(metric.id)) is not None:
            yield from _of_measure(row, metric, measure)


def _page(board: Board, reading: Reading, candidate: Candidate, body: bytes) -> _Page:
    table = Table(columns=candidate.columns, rows=candidate.rows)
    keys = [EntryId(key) for key in keys_of(table, board.key)]
    wanted = {entry.id for entry in reading.entries}
    rows = {key: row for key, row in reversed(list(zip(keys, candidate.rows, strict=True))) if key in wanted}
    lines = body.decode("utf-8-sig", "replace").splitlines()
    anchors = _anchors(board, reading, candidate.columns, rows, lines)
    return _Page(lines=lines, columns=candidate.columns, rows=rows, anchors=anchors, starts=sorted(set(anchors.values())))


def _anchors(
    board: Board, reading: Reading, columns: Sequence[str], rows: Mapping[EntryId, Sequence[str | None]], lines: Sequence[str]
) -> dict[EntryId, int]:
    """The line of each entry's key: the first behind that of the entry before it, else the first of all."""
    source = source_of(board.key[0], columns)
    found: dict[EntryId, int] = {}
    behind = 0
    for entry in reading.entries:
        cell = rows.get(entry.id, [None] * len(columns))[columns.index(source)] if source else None
        spelled = _spelled(cell or entry.name)
        at = _find(lines, spelled, range(behind, len(lines)))
        at = _find(lines, spelled, range(behind)) if at is None else at
        if at is not None:
            found[entry.id], behind = at[0], at[0]
    return found


def _of_text(row: _Row, field: str, column: Column, text: str, how: str = "") -> Iterator[CellPlace]:
    """The place of a text, as the page writes it (with a badge, in escapes)."""
    at = _near(row.page, row.entry, column, _spelled(text)) or _near(
        row.page, row.entry, column, _spelled(row.cell(column) or text)
    )
    if at is not None:
        yield row.place(field, at, how)


def _of_measure(row: _Row, metric: Metric, measure: Measure) -> Iterator[CellPlace]:
    yield from _of_number(row, metric.id, metric.column, Decimal(repr(measure.value)), metric.scale)
    for side, column, bound in (("low", metric.low, measure.low), ("high", metric.high, measure.high)):
        if bound is not None and column is not None:
            yield from _of_number(row, f"{metric.id}.{side}", column, Decimal(repr(bound)), metric.scale)
        elif bound is not None:
            yield from _of_half(row, metric, side, measure)


def _of_number(row: _Row, field: str, column: Column, value: Decimal, scale: Decimal) -> Iterator[CellPlace]:
    if source_of(column, row.page.columns) == ROW:
        yield row.place(field, (row.page.anchors.get(row.entry.id, 0), ""), f"= {value}")
        return
    found = _token(row.cell(column), value, scale)
    at = _near(row.page, row.entry, column, [found[0]]) if found else None
    if found and at:
        yield row.place(field, (at[0], found[0]), found[1])


def _of_half(row: _Row, metric: Metric, side: str, measure: Measure) -> Iterator[CellPlace]:
    """A bound made of a half-width: the text is the half-width's."""
    column = metric.plus_minus or metric.column
    value = _token(row.cell(metric.column), Decimal(repr(measure.value)), metric.scale)
    bound = Decimal(repr(measure.low if side == "low" else measure.high))
    for text in _NUMBER.findall(row.cell(column)) if value is not None else ():
        at = _near(row.page, row.entry, column, [text.lstrip("+-\u2212")])
        if value is not None and at and _worked_out(value[0], text, metric, side) == bound:
            yield row.place(f"{metric.id}.{side}", at, _halved(value[0], text, metric, side))
            return


def _halved(value: str, half: str, metric: Metric, side: str) -> str:
    factor = "" if metric.half_width_factor == 1 else f"{metric.half_width_factor} * "
    inside = f"{value.replace(',', '')} {'-' if side == 'low' else '+'} {factor}{half.lstrip('+-').replace(',', '')}"
    return f"= {inside}" if metric.scale == 1 else f"= ({inside}) {_scaled(metric.scale)}"


def _worked_out(value: str, half: str, metric: Metric, side: str) -> Decimal:
    width = abs(_plain(half)) * Decimal(repr(metric.half_width_factor))
    found = (_plain(value) + (-width if side == "low" else width)) * metric.scale
    return Decimal(repr(float(found)))


def _token(cell: str, value: Decimal, scale: Decimal) -> tuple[str, str] | None:
    """The number in a cell that is the value, and how the value comes from it: what it is multiplied by, or a letter behind it."""
    for found in _NUMBER.finditer(cell):
        letter = cell[found.end() : found.end() + 1]
        if _same(_plain(found[0]) * scale, value):
            return f"{found[0]}{letter if letter == '%' else ''}", _scaled(scale.normalize())
        if scale == 1 and _same(_plain(found[0]).scaleb(_POWERS.get(letter.lower(), 0)), value):
            return f"{found[0]}{letter}", letter
    return None


def _same(value: Decimal, other: Decimal) -> bool:
    return abs(value - other) <= Decimal("1e-12") * max(abs(value), abs(other), Decimal("1e-300"))


def _plain(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "").replace("\u2212", "-"))
    except InvalidOperation:
        return Decimal("NaN")


def _scaled(factor: Decimal) -> str:
    if factor == 1:
        return ""
    return f"* {factor:f}" if factor > 1 else f"/ {(1 / factor).normalize():f}"


def _near(page: _Page, entry: PublishedEntry, column: Column, spelled: Sequence[str]) -> tuple[int, str] | None:
    """The place of one of the spellings among the lines of the entry: first beside the column's own name, then from the key on."""
    anchor = page.anchors.get(entry.id)
    if anchor is None:
        return None
    after = bisect_right(page.starts, anchor)
    end = min(page.starts[after] if after < len(page.starts) else len(page.lines), anchor + SEARCHED_LINES)
    before = max(page.starts[after - 2] + 1 if after > 1 else 0, anchor - SEARCHED_LINES)
    lines = [*range(anchor, max(end, anchor + 1)), *range(anchor - 1, before - 1, -1)]
    source = source_of(column, page.columns) or ""
    leaf = source.rpartition(".")[2]
    labelled = [at for at in lines if leaf and f'"{leaf}"' in page.lines[at]]
    return _find(page.lines, spelled, labelled) or _find(page.lines, spelled, lines)


def _find(lines: Sequence[str], spelled: Sequence[str], among: Sequence[int]) -> tuple[int, str] | None:
    """The first of those lines that has one of the spellings by itself, and that spelling."""
    for alone in (by_itself, between_commas):
        patterns = [(text, alone(text)) for text in spelled if text]
        for at in among:
            for text, pattern in patterns:
                if text in lines[at] and pattern.search(lines[at]):
                    return at, text
    return None


def by_itself(text: str) -> re.Pattern[str]:
    """The text, and no part of a longer word or number."""
    return re.compile(rf"(?<!\w)(?<![0-9][.,]){re.escape(text)}(?!\w|\.[0-9]|,[0-9]{{3}}(?![0-9]))")


def between_commas(text: str) -> re.Pattern[str]:
    """The same where commas part cells: `60,77,800`."""
    return re.compile(rf"(?<![\w.]){re.escape(text)}(?!\w|\.[0-9])")


def _spelled(text: str) -> list[str]:
    """A text as pages write it: plain, in JSON, in JSON within a string, in HTML."""
    one_line = text if len(text.splitlines()) <= 1 else ""
    ways = [one_line]
    for ascii_only in (False, True):
        quoted = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        ways += [quoted, json.dumps(quoted, ensure_ascii=ascii_only)[1:-1]]
    ways += [one_line.replace('"', '""'), html.escape(one_line), html.escape(one_line, quote=False)]
    return [way for way in dict.fromkeys(ways) if way and "\t" not in way]


def source_of(column: Column | None, columns: Sequence[str]) -> str | None:
    """The first of a column's sources that the table has."""
    return next((source for source in column.sources if source in columns), None) if column else None
