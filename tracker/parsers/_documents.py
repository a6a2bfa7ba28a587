"""Finds the records in a document of objects and lists, for `json_records`, `yaml_records` and `js_literal`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._paths import MISSING, column, search, steps
from tracker.parsers._records import Record, RecordOptions, facts_at, kind, members, records_in, tabulate, text
from tracker.parsers.decoding import find_facts, header, quote, unique
from tracker.parsers.limits import MAX_ROWS, at_most


class DocumentOptions(RecordOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of the formats whose records are somewhere in one document."""

    records: Annotated[str, Meta(description="Path of the records; empty: the document itself.")] = ""
    first_of: Annotated[
        tuple[str, ...], Meta(description="Alternative paths of the records; the first that finds any is taken.")
    ] = ()
    pairs: Annotated[
        bool,
        Meta(
            description="The records are an object of plain values: each member is a record with `$key` and `$value`"
            " (nested values as JSON)."
        ),
    ] = False
    by_column: Annotated[
        bool,
        Meta(
            description="The records are an object of columns: each member is a list of cells, or an object with the cell of each"
            " row; the key of a row is `$key`."
        ),
    ] = False
    header: Annotated[
        str,
        Meta(
            description="The records are lists of cells: path, in the document, of the list of column names. Without it,"
            " the columns of such lists are `$1`, `$2` …"
        ),
    ] = ""
    keys: Annotated[str, Meta(description="With header: path of the list of the rows' names, which are the column `$key`.")] = ""
    cell: Annotated[str, Meta(description="Path of the value inside a cell; empty: the cell is the value.")] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.records and self.first_of:
            raise ValueError("records and first_of exclude each other")
        if self.pairs + self.by_column + bool(self.header) > 1:
            raise ValueError("pairs, by_column and header exclude each other")
        if (self.cell or self.keys) and not self.header:
            raise ValueError("cell and keys require header")
        for path in (self.records, *self.first_of, self.header, self.keys, self.cell):
            search(path)


def is_plain(options: DocumentOptions, wanted: Sequence[str]) -> bool:
    """Whether the options read keys only, without an expression or a text that compares values."""
    located = (options.records, options.header, options.keys, options.cell)
    paths = (*wanted, *options.first_of, *filter(None, located), *options.facts.values())
    compared = options.where or options.without or options.latest or options.explode
    return not compared and all(steps(path) is not None for path in paths)


def table_of(document: object, options: DocumentOptions, wanted: Sequence[str], body: str, *, nested: bool = True) -> Table:
    """The table of the records that the options find in a document.

    Raises:
        ParseError: there are no records where the options say.
        NestedCell: `nested` is False, and a cell is an object or a list.
    """
    facts = facts_at(document, options.facts) | find_facts(options.facts, lambda: body)
    return tabulate(_records(document, options), wanted, options, facts, nested=nested)


def _records(document: object, options: DocumentOptions) -> Sequence[Record]:
    paths = options.first_of or (options.records,)
    place = " or ".join(paths) or "the root"
    value = next((value for path in paths[:-1] if (value := search(path)(document))), None) or search(paths[-1])(document)
    if options.pairs:
        return _pairs(value, place)
    if options.by_column:
        return _by_column(value, place)
    if options.header:
        rows = _rows(value, place, _names(search(options.header)(document), options.header), options.cell)
        return _keyed(rows, search(options.keys)(document), options.keys) if options.keys else rows
    if isinstance(value, list) and value and all(isinstance(row, list) and len(row) == len(value[0]) > 1 for row in value):
        return [{f"${number}": cell for number, cell in enumerate(row, 1)} for row in value]
    return records_in(value, place)


def _pairs(value: object, place: str) -> list[Record]:
    if not isinstance(value, dict) or not value:
        raise ParseError(f"found {kind(value)} at {place}, expected an object whose members are pairs")
    at_most(len(value), MAX_ROWS, "pairs")
    return [{"$key": key, "$value": member} for key, member in members(value)]


def _by_column(value: object, place: str) -> list[Record]:
    """The rows of an object of columns, which are lists of the same length, or objects with the same keys."""
    if not isinstance(value, dict) or not value:
        raise ParseError(f"found {kind(value)} at {place}, expected an object of columns")
    columns = [(name, dict(members(cells)) if isinstance(cells, dict) else cells) for name, cells in members(value)]
    first = columns[0][1]
    if not isinstance(first, dict | list):
        raise ParseError(f"found {kind(first)} as column {quote(columns[0][0])} at {place}, expected a list or an object")
    at_most(len(first), MAX_ROWS, "rows")
    for name, cells in columns:
        if (
            type(cells) is not type(first)
            or len(cells) != len(first)
            or (isinstance(cells, dict) and cells.keys() != first.keys())
        ):
            raise ParseError(f"found {kind(cells)} as column {quote(name)} at {place}, expected the same rows as in the others")
    keys = [*first] if isinstance(first, dict) else range(len(first))
    rows: list[dict[str, object]] = [{name: cells[key] for name, cells in columns} for key in keys]
    return [{**row, "$key": key} for row, key in zip(rows, keys, strict=True)] if isinstance(first, dict) else [*rows]


def _names(value: object, place: str) -> tuple[str, ...]:
    """The column names, folded as those of any table."""
    if not isinstance(value, list) or not value:
        raise ParseError(f"found {kind(value)} at {place}, expected the list of column names")
    for number, name in enumerate(value, 1):
        if name is None or isinstance(name, dict | list):
            raise ParseError(f"found {kind(name)} as name {number} at {place}, expected text")
    return unique(header(text(name) or "") for name in value)


def _rows(value: object, place: str, names: Sequence[str], cell: str) -> list[Record]:
    if not isinstance(value, list) or not value:
        raise ParseError(f"found {kind(value)} at {place}, expected a list of rows")
    for number, row in enumerate(value, 1):
        if not isinstance(row, list):
            raise ParseError(f"found {kind(row)} as row {number} at {place}, expected a list of cells")
        if len(row) != len(names):
            raise ParseError(f"found {len(row)} cells in row {number} at {place}, the header has {len(names)}")
    columns = [_cells(cells, cell, name) if cell else cells for name, cells in zip(names, zip(*value, strict=True), strict=True)]
    return [
        {name: value for name, value in zip(names, row, strict=True) if value is not MISSING}
        for row in zip(*columns, strict=True)
    ]


def _keyed(rows: Sequence[Record], keys: object, place: str) -> list[Record]:
    if not isinstance(keys, list) or len(keys) != len(rows):
        raise ParseError(f"found {kind(keys)} at {place}, expected the names of {len(rows)} rows")
    return [{**row, "$key": key} for row, key in zip(rows, keys, strict=True)]


def _cells(cells: Sequence[object], path: str, name: str) -> Sequence[object]:
    """The value at the path in each cell, MISSING for a null cell."""
    for number, cell in enumerate(cells, 1):
        if cell is not None and not isinstance(cell, dict):
            raise ParseError(f"found {kind(cell)} in column {quote(name)} of row {number}, expected a cell with {path}")
    return column([cell if isinstance(cell, dict) else {} for cell in cells], path)
