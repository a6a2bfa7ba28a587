"""Locate each value of a reading on its page, for `places.tsv`: the line, the text, and how to compute the value."""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from tracker.authoring.proposal import Candidate
from tracker.model import ROW, Board, Column, EntryId, Measure, Metric, PublishedEntry, Reading, Table
from tracker.reading.columns import keys_of

SEARCHED_LINES = 400
"""Maximum distance of an entry's values from its key, in lines."""
FIRST = "first part"
"""The remark on a composite key: the place is that of its first part."""

_NUMBER = re.compile(r"[-+\u2212]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_SHARED = re.compile(r"T[0-9]+")
_POWERS = {"k": 3, "m": 6, "b": 9, "t": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellPlace:
    """The place of one field of one entry: the line, counted from 1, the text on it, and how to compute the value."""

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
    """The lines of a page, the rows on them, and the line of each entry's key (`anchors`, sorted in `starts`)."""

    lines: Sequence[str]
    columns: Sequence[str]
    rows: Mapping[EntryId, Sequence[str | None]]
    anchors: Mapping[EntryId, int]
    starts: Sequence[int]
    labels: dict[str, frozenset[int]] = field(default_factory=dict)

    def labelled(self, leaf: str) -> frozenset[int]:
        """The lines with the name of a field."""
        if leaf not in self.labels:
            name = f'"{leaf}"'
            self.labels[leaf] = frozenset(at for at, line in enumerate(self.lines) if leaf and name in line)
        return self.labels[leaf]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One entry on the page, with the cells of its row by column."""

    page: _Page
    entry: PublishedEntry
    cells: Mapping[str, str | None]

    def cell(self, column: Column) -> str:
        """The row's text in a column, "" if there is none."""
        return self.cells.get(source_of(column, self.page.columns) or "") or ""

    def place(self, field: str, at: tuple[int, str], how: str = "") -> CellPlace:
        """The place of a field, at a line (counted from 0) with a text."""
        return CellPlace(entry=self.entry.id, field=field, line=at[0] + 1, text=at[1], how=how)


def places(board: Board, reading: Reading, candidate: Candidate, body: bytes) -> Iterator[CellPlace]:
    """The places of all keys, names, ranks and measures that are on a line of the page."""
    page = _page(board, reading, candidate, body)
    for entry in reading.entries:
        if (cells := page.rows.get(entry.id)) is not None:
            yield from _of_row(_Row(page=page, entry=entry, cells=dict(zip(page.columns, cells, strict=True))), board)


def _of_row(row: _Row, board: Board) -> Iterator[CellPlace]:
    entry = row.entry
    if len(board.key) == 1:
        yield from _of_text(row, "entry", board.key[0], entry.id)
    else:
        first = next(part for part in entry.id.split(" | ") if part)
        yield from _of_text(row, "entry", board.key[0], first, FIRST)
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
    source = source_of(board.key[0], candidate.columns)
    anchors: dict[EntryId, int] = {}  # the line of each key: the first after the previous entry's, or the first on the page
    previous = 0
    for entry in reading.entries:
        cell = rows[entry.id][candidate.columns.index(source)] if source and entry.id in rows else None
        spelled = _spelled(cell or entry.name)
        at = _find(lines, spelled, range(previous, len(lines))) or _find(lines, spelled, range(previous))
        if at is not None:
            anchors[entry.id] = previous = at[0]
    return _Page(lines=lines, columns=candidate.columns, rows=rows, anchors=anchors, starts=sorted(set(anchors.values())))


def _of_text(row: _Row, field: str, column: Column, text: str, how: str = "") -> Iterator[CellPlace]:
    """The place of a text as the page spells it (with a badge, with escapes)."""
    spellings = (_spelled(text), _spelled(row.cell(column) or text))
    at = next((at for spelled in spellings if (at := _near(row, column, spelled))), None)
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
    token = _token(row.cell(column), value, scale)
    if token and (at := _near(row, column, [token[0]])):
        yield row.place(field, (at[0], token[0]), token[1])


def _of_half(row: _Row, metric: Metric, side: str, measure: Measure) -> Iterator[CellPlace]:
    """The place of a bound computed from a half-width: that of the half-width."""
    column = metric.plus_minus or metric.column
    value = _token(row.cell(metric.column), Decimal(repr(measure.value)), metric.scale)
    bound = Decimal(repr(measure.low if side == "low" else measure.high))
    for text in _NUMBER.findall(row.cell(column)) if value is not None else ():
        at = _near(row, column, [text, text.lstrip("+-\u2212")])
        if value is not None and at and _bound(value[0], text, metric, side) == bound:
            yield row.place(f"{metric.id}.{side}", at, _formula(value[0], text, metric, side))
            return


def _formula(value: str, half: str, metric: Metric, side: str) -> str:
    factor = "" if metric.half_width_factor == 1 else f"{metric.half_width_factor} * "
    width = half.lstrip("+-\u2212").replace(",", "")
    inside = f"{value.replace(',', '')} {'-' if side == 'low' else '+'} {factor}{width}"
    return f"= {inside}" if metric.scale == 1 else f"= ({inside}) {_scaled(metric.scale)}"


def _bound(value: str, half: str, metric: Metric, side: str) -> Decimal:
    width = abs(_plain(half)) * Decimal(repr(metric.half_width_factor))
    return Decimal(repr(float((_plain(value) + (-width if side == "low" else width)) * metric.scale)))


def _token(cell: str, value: Decimal, scale: Decimal) -> tuple[str, str] | None:
    """The number in a cell that gives the value, and how: a factor, or the suffix of the number."""
    for match in _NUMBER.finditer(cell):
        suffix = cell[match.end() : match.end() + 1]
        if _same(_plain(match[0]) * scale, value):
            return f"{match[0]}{suffix if suffix == '%' else ''}", _scaled(scale.normalize())
        if scale == 1 and _same(_plain(match[0]).scaleb(_POWERS.get(suffix.lower(), 0)), value):
            return f"{match[0]}{suffix}", suffix
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


def _near(row: _Row, column: Column, spelled: Sequence[str]) -> tuple[int, str] | None:
    """The place of a spelling among the entry's lines: first on lines with the column's name, then from the key on."""
    page, anchor = row.page, row.page.anchors.get(row.entry.id)
    if anchor is None:
        return None
    after = bisect_right(page.starts, anchor)
    end = min(page.starts[after] if after < len(page.starts) else len(page.lines), anchor + SEARCHED_LINES)
    before = max(page.starts[after - 2] + 1 if after > 1 else 0, anchor - SEARCHED_LINES)
    lines = [*range(anchor, max(end, anchor + 1)), *range(anchor - 1, before - 1, -1)]
    labelled = page.labelled((source_of(column, page.columns) or "").rpartition(".")[2])
    return _find(page.lines, spelled, [at for at in lines if at in labelled]) or _find(page.lines, spelled, lines)


def _find(lines: Sequence[str], spelled: Sequence[str], among: Sequence[int]) -> tuple[int, str] | None:
    """The first of those lines with a spelling that is not part of a longer text, and that spelling."""
    for alone in (by_itself, between_commas):
        patterns = [(text, alone(text)) for text in spelled if text]
        for at in among:
            for text, pattern in patterns:
                if _stands(text, pattern, lines[at]):
                    return at, text
    return None


def _stands(text: str, pattern: re.Pattern[str], line: str) -> bool:
    """Whether the pattern of a text matches in a line, which may be a whole page."""
    at = line.find(text)
    while at >= 0 and not pattern.match(line, at):
        at = line.find(text, at + 1)
    return at >= 0


def by_itself(text: str) -> re.Pattern[str]:
    """The text, not as part of a longer word or number."""
    return re.compile(rf"(?<!\w)(?<![0-9][.,]){re.escape(text)}(?!\w|\.[0-9]|,[0-9]{{3}}(?![0-9]))")


def between_commas(text: str) -> re.Pattern[str]:
    """The same where commas separate cells: `60,77,800`."""
    return re.compile(rf"(?<![\w.]){re.escape(text)}(?!\w|\.[0-9])")


def _spelled(text: str) -> list[str]:
    """The spellings of a text on pages: plain, in JSON, in JSON within a string, in HTML."""
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
