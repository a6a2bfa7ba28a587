"""Reads a table by columns, into measures, keys, names, ranks and attributes, and notes violations."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import repeat, starmap
from math import fsum
from typing import TypeVar

from msgspec import structs

from tracker.errors import Violation
from tracker.model import NOTE, Board, Bounds, Column, Kind, Measure, Metric, MetricId, Table
from tracker.order import few_rows
from tracker.reading.attributes import attribute_reader
from tracker.reading.cells import MISSING, CellError, parse_rank, reader, shortened, unknown_of
from tracker.reading.figures import Commas, Figures, figures_of, has_decimal_commas
from tracker.reading.lines import LINE, figure_line, name_lines, one_line, parts_of
from tracker.reading.names import clean_name, clean_text, note_in, without_place

MEAN_DECIMALS = 6
"""Decimals of a mean whose parts are full floats."""
NO_BOUNDS = Bounds()

PLAIN_FIGURES = str.maketrans(
    dict(zip("０１２３４５６７８９．，％＄＋－", "0123456789.,%$+-", strict=True))
    | dict.fromkeys("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)
"""Full-width signs as others, and no marks of direction."""
GARBLED = re.compile("[\0-\b\x0e-\x1f\x7f\u202d\u202e]")
"""Signs that no publisher writes on purpose: control characters, and those that turn the order of letters."""
NAMELESS = frozenset(text for text in MISSING if not any(map(str.isalpha, text))) | {"$undefined"}
"""Names of nothing; an entry may well have the name `null` or `N/A`."""

Measures = Mapping[MetricId, Sequence[Measure | None]]
"""Columns of measures, aligned with the table's rows."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table with its columns by name, and the violations noted so far."""

    table: Table
    places: Mapping[str, int]
    wrong: list[Violation]

    def source(self, column: Column | None) -> str | None:
        """The first of the column's sources that the table has."""
        return next((source for source in column.sources if source in self.places), None) if column else None

    def cells(self, column: Column | None) -> list[str | None] | None:
        """The cells of a column from top to bottom, None if the table lacks it."""
        source = self.source(column)
        if source is None:
            return None
        place = self.places[source]
        return [row[place] for row in self.table.rows]

    def figures(self, column: Column | None) -> list[str | None] | None:
        """The cells of a column of figures, without remarks on other lines."""
        cells = self.cells(column)
        text = "" if cells is None else "\0".join(filter(None, cells))
        if cells is not None and not text.isascii():
            cells = [cell and cell.translate(PLAIN_FIGURES) for cell in cells]
        if cells is not None and LINE in text:
            cells = [figure_line(cell) for cell in cells]
        return cells if column is None or cells is None or not column.part else self._parts(column, cells)

    def _parts(self, column: Column, cells: Sequence[str | None]) -> list[str | None]:
        """One figure of each cell. All known cells must hold equally many, otherwise nobody knows which is which."""
        texts = [(cell or "").strip() for cell in cells]
        known = {row: parts_of(text) for row, text in enumerate(texts) if text.casefold() not in unknown_of(column).texts}
        usual = max(2, column.part, *Counter(map(len, known.values())).most_common(1)[0][:1]) if known else 0
        for row, figures in known.items():
            if len(figures) != usual:
                expected = f"{usual} figures, as in $5 / $25"
                self.note("unreadable_cell", column=self.source(column), row=row + 1, value=texts[row], expected=expected)
        whole = {row: figures[column.part - 1] for row, figures in known.items() if len(figures) == usual}
        return [whole.get(row) for row in range(len(texts))]

    def note(
        self, code: str, *, column: str | None = None, row: int | None = None, value: str | None = None, expected: str = ""
    ) -> None:
        """Note a violation; `row` counts from 1."""
        value = None if value is None else shortened(value)
        self.wrong.append(Violation(code=code, column=column, row=row, value=value, expected=expected))

    def note_missing(self, column: Column) -> None:
        """Note that the table lacks a column."""
        present = shortened(", ".join(self.table.columns), 200)
        self.note("missing_column", column=" or ".join(column.sources), expected=f"among the table's {present}")

    def read(self, column: Column, read: Callable[..., T | None], rows: Iterable[tuple[str | None, ...]]) -> list[T | None]:
        """The value of each row's cells; an unreadable cell is noted and counts as None."""
        rows = list(rows)
        with suppress(CellError):  # which is rare: then row by row, to name each cell
            return list(starmap(read, rows))
        values: list[T | None] = []
        for row, cells in enumerate(rows, 1):
            try:
                values.append(read(*cells))
            except CellError as error:
                self.note(error.code, column=self.source(column), row=row, value=error.found, expected=error.expected)
                values.append(None)
        return values


def sheet_of(table: Table) -> Sheet:
    """The table with its columns by name; of two columns with one name the first counts."""
    places: dict[str, int] = {}
    for place, name in enumerate(table.columns):
        places.setdefault(name, place)
    return Sheet(table=table, places=places, wrong=[])


def bounds_of(board: Board, metric: MetricId) -> Bounds:
    """The contract's bounds of a metric."""
    return board.contract.bounds.get(metric, NO_BOUNDS)


def read_measures(sheet: Sheet, board: Board, page_commas: Callable[[], bool | None]) -> dict[MetricId, Sequence[Measure | None]]:
    """The metrics that the table has. Boards declare a computed metric after its parts. `page_commas` is as in `check`.

    The primary metric, and one that must be filled, may not be absent.
    """
    measures: dict[MetricId, Sequence[Measure | None]] = {}
    commas = cache(partial(_has_commas, sheet, board, page_commas))
    for metric in board.metrics:
        column = _computed_column(metric, measures) if metric.parts else _metric_column(sheet, board, metric, commas)
        if column is not None:
            measures[metric.id] = column
        elif metric.primary or bounds_of(board, metric.id).min_filled > 0:
            _note_absent(sheet, metric, measures)
    return measures


def read_keys(sheet: Sheet, board: Board) -> list[str]:
    """The key of each row, its parts joined with ` | `; no keys if a key column is absent.

    The first part must not be empty; others, such as a reasoning effort, may be. A word for "unknown" may be a name, not an id.
    """
    columns = [_texts(sheet, part, _key_part) for part in board.key]
    nothing = NAMELESS if board.key[0].sources == board.name.sources else MISSING
    for row, text in enumerate(columns[0] or (), 1):
        if text.casefold() in nothing:
            source = sheet.source(board.key[0])
            left_out = f"{{ {json.dumps(source, ensure_ascii=False)} = {json.dumps(text)} }}"
            remedy = f"a text that names the entry, or parse.without = {left_out}"
            sheet.note("empty_key", column=source, row=row, value=text, expected=remedy)
    return _joined(columns)


def keys_of(table: Table, key: Sequence[Column]) -> list[str]:
    """The key of each row, as in a reading; no keys if a key column is absent."""
    sheet = sheet_of(table)
    return _joined([_texts(sheet, part, _key_part) for part in key])


def _joined(columns: Sequence[Sequence[str] | None]) -> list[str]:
    if any(column is None for column in columns):
        return []
    return [" | ".join(parts) for parts in zip(*(column or () for column in columns), strict=True)]


def read_names(sheet: Sheet, board: Board) -> list[str]:
    """The name of each row, none if the column is absent."""
    names, cells = _texts(sheet, board.name, lambda cell, _: clean_name(cell)), sheet.cells(board.name) or ()
    source = sheet.source(board.name)
    for row, (name, cell) in enumerate(zip(names or (), cells, strict=False), 1):
        if not any(letter.isalnum() for letter in name):  # a model may well be named "tbd" or "Unknown"
            found = (cell or "").strip()
            sheet.note("empty_name", column=source, row=row, value=found, expected="a text that names the entry")
    garbled = {row: cell for row, cell in enumerate(cells, 1) if cell and not cell.isprintable() and GARBLED.search(cell)}
    for row, cell in garbled.items() if len(garbled) <= few_rows(len(cells)) else ():
        sheet.note("unreadable_cell", column=source, row=row, value=cell, expected="a name without control characters")
    return names or []


def read_ranks(sheet: Sheet, board: Board) -> Sequence[int | None]:
    """The publisher's ranks, none if it states none."""
    cells = sheet.figures(board.rank)
    if board.rank is None or cells is None:
        return ()
    unknown = unknown_of(board.rank)
    return sheet.read(board.rank, lambda cell: None if unknown.covers((cell or "").strip()) else parse_rank(cell), zip(cells))


def read_attributes(sheet: Sheet, board: Board) -> dict[str, Sequence[str | None]]:
    """The attributes that the table has, and the remarks that are glued to its names."""
    columns = ((name, column, sheet.cells(column)) for name, column in board.attributes.items())
    attributes: dict[str, Sequence[str | None]] = {
        name: sheet.read(column, attribute_reader(column), zip(map(one_line, cells)))
        for name, column, cells in columns
        if cells is not None
    }
    notes = [note_in(cell or "") or None for cell in sheet.cells(board.name) or ()]
    return {NOTE: notes, **attributes} if any(notes) else attributes


def _has_commas(sheet: Sheet, board: Board, page_commas: Callable[[], bool | None], dotted: bool) -> bool | None:
    """Whether the figures of a board have decimal commas; of its whole page only if figures such as 1.004 depend on it."""
    columns = (sheet.cells(column) for metric in board.metrics for column in (metric.column, metric.plus_minus, metric.low))
    found = has_decimal_commas([cells for cells in columns if cells is not None])
    return page_commas() if found is None and dotted else found


def _metric_column(sheet: Sheet, board: Board, metric: Metric, commas: Commas) -> list[Measure | None] | None:
    written = sheet.figures(metric.column)
    if written is None:
        return None
    cells, *sides = (
        _in_one_style(sheet, metric, column, partial(figures_of, bounds=bounds_of(board, metric.id), commas=commas))
        for column in (metric.column, metric.plus_minus, metric.low, metric.high)
    )
    sides.append(sheet.figures(metric.estimated) or _unmeasured(sheet, metric.measured_with))
    if metric.low and metric.high and (sides[1] is None) != (sides[2] is None):
        sheet.note_missing(metric.low if sides[1] is None else metric.high)  # half an interval is a renamed column
    rows = zip(cells or (), *(repeat(None) if side is None else side for side in sides), strict=False)
    measures = sheet.read(metric.column, reader(metric), zip(cells or ()) if not any(sides) else rows)
    return [
        measure if measure is None or cell == text else structs.replace(measure, raw=(text or "").strip())
        for measure, cell, text in zip(measures, cells or (), written, strict=True)
    ]


def _unmeasured(sheet: Sheet, companion: Column | None) -> Sequence[str | None] | None:
    """A flag for each row without the value that appears with a measurement; None if the table lacks that column."""
    cells = None if companion is None else sheet.cells(companion)
    unknown = unknown_of(companion)
    return None if cells is None else ["true" if unknown.covers((cell or "").strip()) else None for cell in cells]


def _in_one_style(
    sheet: Sheet, metric: Metric, column: Column | None, read: Callable[..., Figures]
) -> Sequence[str | None] | None:
    """The cells of a column as its figures are written; refused ones, and declared words for "unknown", count as None."""
    cells = sheet.figures(column)
    if column is None or cells is None:
        return None
    unknown = unknown_of(column)
    if any(text[:1].isdigit() and text[-1:].isalpha() for text in column.missing):  # `0 votes`
        cells = [None if cell and unknown.names(cell.strip()) else cell for cell in cells]
    figures = read(cells, metric)
    for row, expected in figures.refused.items():
        sheet.note("unreadable_cell", column=sheet.source(column), row=row + 1, value=cells[row], expected=expected)
    return figures.cells


def _computed_column(metric: Metric, measures: Measures) -> list[Measure | None] | None:
    if any(part not in measures for part in metric.parts):
        return None
    weights = tuple(weight for _, weight in metric.blend_of)
    raw = f"mean of {', '.join(metric.parts)}" + (f", weighted {':'.join(map(str, weights))}" if weights else "")
    mean = partial(_mean, raw, tuple(map(float, weights)))
    return [mean(parts) for parts in zip(*(measures[part] for part in metric.parts), strict=True)]


def _mean(raw: str, weights: tuple[float, ...], parts: tuple[Measure | None, ...]) -> Measure | None:
    known = tuple(part for part in parts if part is not None)
    if len(known) < len(parts):
        return None
    decimals = min(MEAN_DECIMALS, max(part.decimals for part in known))
    return _mean_measure(raw, weights, tuple(part.value for part in known), decimals, any(part.estimated for part in known))


@lru_cache(maxsize=8_192)
def _mean_measure(raw: str, weights: tuple[float, ...], values: tuple[float, ...], decimals: int, estimated: bool) -> Measure:
    """Cached, so that equal parts give the same object, as equal cells do. Without weights, all parts weigh the same."""
    weights = weights or (1.0,) * len(values)
    mean = fsum(weight * value for weight, value in zip(weights, values, strict=True)) / fsum(weights)
    return Measure(value=mean, decimals=decimals, estimated=estimated, raw=raw)


def _note_absent(sheet: Sheet, metric: Metric, measures: Measures) -> None:
    if not metric.parts:
        sheet.note_missing(metric.column)
        return
    absent = ", ".join(part for part in metric.parts if part not in measures)
    sheet.note("missing_column", column=absent, expected=f"every part of {metric.id}")


def _texts(sheet: Sheet, column: Column, clean: Callable[[str, Column], str]) -> list[str] | None:
    cells = sheet.cells(column)
    if cells is None:
        sheet.note_missing(column)
        return None
    lines = name_lines(cells)
    return [clean(without_place(cell or "") if column.kind is Kind.NUMBERED else cell or "", column) for cell in lines]


def _key_part(cell: str, column: Column) -> str:
    text = clean_name(cell) or clean_text(cell)  # a part may be a mere sign: `💬`
    return "" if column.missing and unknown_of(column).covers(text) else text
