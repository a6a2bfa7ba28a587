"""Delimited text (RFC 4180 and similar): a header, then one record per model, or one column per model (`layout = "wide"`)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Annotated, Literal

from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import SURPLUS, Table
from tracker.parsers._options import TableOptions, one_group
from tracker.parsers.decoding import decode, find_facts, header, names, places_in, quote, refuse_markup, unique
from tracker.parsers.limits import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, at_most, counted

DELIMITERS = (",", ";", "\t", "|")
SEPARATOR = re.compile(r'"?sep=(.)"?\s*[\r\n]')
"""A first line in which spreadsheets state the delimiter."""
COMPARED = 20
"""Records whose cells are counted to find the delimiter."""

MAX_TITLES = 10
"""Lines above the header."""
FIGURE = re.compile(r"[^\w]*[0-9][^A-Za-z]*")
REMARK = re.compile(r"#+(?: +\S| *[^\W\d])")

Line = list[str]
Columns = dict[str, Sequence[str | None]]


class Options(TableOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `csv_table`. A column is named by its header, or by its number, such as `$1`."""

    delimiter: Annotated[
        str, Meta(max_length=1, description="The character between cells; empty: the one that splits the header best.")
    ] = ""
    headless: Annotated[bool, Meta(description="The first row is not a header; columns are `$1`, `$2` …")] = False
    layout: Annotated[
        Literal["long", "wide"],
        Meta(
            description="wide: one column per model, the last row is current; columns `$key` and `$value`, fact `row` is that"
            " row's first cell."
        ),
    ] = "long"
    absent: Annotated[
        tuple[str, ...], Meta(description="In the wide layout: cells that mean the model is not listed, besides the empty one.")
    ] = ()
    inside: Annotated[
        str,
        Meta(
            description="`re:` and a regular expression with one group: the part of the text that is the CSV (a template string"
            " in JavaScript)."
        ),
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.inside:
            one_group("inside", self.inside)


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The rows under the header.

    Raises:
        ParseError: other text, no row or wanted column, or a row that is too long, unless SURPLUS is wanted.
    """
    text = decode(body)
    refuse_markup(text, "CSV")
    part = _inside(text, options.inside) if options.inside else text
    stated = SEPARATOR.match(part)
    part = part[stated.end() :] if stated else part
    lines = _lines(part, options.delimiter or (stated[1] if stated else _delimiter(part, wanted)))
    if options.headless and lines:
        lines = [(0, [f"${number}" for number in range(1, 1 + len(lines[0][1]))]), *lines]
    head = lines[0][1] if lines else []
    columns, facts = _wide(head, lines[1:], options) if options.layout == "wide" else (_long(head, lines[1:], options), {})
    if SURPLUS not in wanted:
        _refuse_surplus(columns.get(SURPLUS, ()))
    named = _named(columns)
    present = {want: cells for want in dict.fromkeys(wanted) if (cells := named(want)) is not None}
    if not present:
        raise ParseError(f"found none of the wanted columns ({names(wanted)}), the header has {names(map(header, head))}")
    _refuse_cut_off(part, options, head, columns)
    return Table(
        columns=tuple(present),
        rows=list(zip(*present.values(), strict=True)),
        facts=facts | find_facts(options.facts, lambda: text),
    )


def _inside(text: str, locator: str) -> str:
    match = one_group("inside", locator).search(text)
    part = (match.group(1) or "") if match else ""
    if not part.strip():
        raise ParseError(f"found nothing by inside = {locator!r} in {quote(text)}, expected CSV")
    return part


def _lines(text: str, delimiter: str) -> list[tuple[int, Line]]:
    """The records from the header on, each with the number of its last line. Blanks after a closing quote are skipped.

    Quotes inside of quotes are doubled, or else have a backslash.
    """
    at_most(text.count(delimiter), MAX_CELLS, "cells")
    padless = re.sub(rf'" +(?={re.escape(delimiter)}|[\r\n]|\Z)', '"', text)
    variants = [(text, None), (padless, None), (text, "\\")]
    for written, escape in variants[: 3 if '\\"' in text else 2]:
        try:
            lines = list(_read(written, delimiter, escape=escape))
        except ParseError as error:
            broken = error
        else:
            return lines[_titles(lines) :]
    raise broken


def _titles(lines: Sequence[tuple[int, Line]]) -> int:
    """The number of titles and remarks above the header: lines with text in the first cell alone, or of fewer cells after a #.

    The header below them has only words, unlike the line after it; otherwise the first line is the header.
    """
    first = [[cell.strip() for cell in line] for _, line in lines[: MAX_TITLES + 2]]
    at = next((at for at, line in enumerate(first) if sum(map(bool, line)) > 1 and not _is_remark(line, first[at + 1 :][:1])), 0)
    if not all(line[0] for line in first[:at]) or at + 1 >= len(first):
        return 0
    return at if not any(map(FIGURE.fullmatch, first[at])) and any(map(FIGURE.fullmatch, first[at + 1])) else 0


def _is_remark(line: Line, after: Sequence[Line]) -> bool:
    return REMARK.match(line[0]) is not None and any(len(below) > len(line) for below in after)


def _read(text: str, delimiter: str, *, strict: bool = True, escape: str | None = None) -> Iterator[tuple[int, Line]]:
    file = io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8", newline="")  # a StringIO takes four bytes a character
    reader = csv.reader(
        file, delimiter=delimiter, strict=strict, skipinitialspace=True, escapechar=escape, doublequote=not escape
    )
    try:
        for line in counted(reader, MAX_ROWS, "rows"):
            if any(cell.strip() for cell in line):
                yield reader.line_num, line
    except csv.Error as error:
        raise ParseError(f"found broken CSV at line {reader.line_num}: {error}") from error


def _delimiter(text: str, wanted: Sequence[str]) -> str:
    """The delimiter with most wanted columns, then most records as long as the header, then most cells."""
    at_most(max(map(text.count, DELIMITERS)), MAX_CELLS, "cells")
    fits = {delimiter: _fit(text, delimiter, wanted) for delimiter in DELIMITERS}
    best = max(fits, key=fits.__getitem__)
    if fits[best][-1] < 2:
        raise ParseError(f"found no delimiter in the header {quote(text)}, expected one of {', '.join(map(repr, DELIMITERS))}")
    return best


def _fit(text: str, delimiter: str, wanted: Sequence[str]) -> tuple[int, int, int]:
    """What `_delimiter` compares. Counts the records up to one that csv cannot read (a cell is too long)."""
    records: list[tuple[int, Line]] = []
    with suppress(ParseError):
        records.extend(islice(_read(text, delimiter, strict=False), MAX_TITLES + COMPARED))
    records = records[_titles(records) :][:COMPARED]
    head = records[0][1] if records else []
    if len(head) < 2:
        return 0, 0, len(head)
    columns = tuple(map(header, head[:MAX_COLUMNS]))
    fitting = sum(len(line) == len(head) for _, line in records)
    return sum(place is not None for place in map(places_in(columns), wanted)), fitting, len(head)


def _named(columns: Columns) -> Callable[[str], Sequence[str | None] | None]:
    """A function that gives the cells of a column, None if there is none."""
    place_of, cells = places_in(tuple(columns)), list(columns.values())
    return lambda want: None if (place := place_of(want)) is None else cells[place]


def _long(head: Line, lines: Sequence[tuple[int, Line]], options: Options) -> Columns:
    at_most(len(head), MAX_COLUMNS, "columns")
    size, lines = len(head), [(number, line) for number, line in lines if line != head]
    rows = [_as_long(line, size) for _, line in lines]
    if not rows:
        raise ParseError(f"found a header ({names(head)}) and no rows")
    columns: Columns = dict(zip(unique(map(header, head)), zip(*rows, strict=True), strict=True))
    surplus = [_surplus(line, size, number) for number, line in lines]
    if any(surplus):
        columns[SURPLUS] = surplus
    return _filter(columns, options)


def _as_long(line: Line, size: int) -> Sequence[str | None]:
    """The first cells of a row; missing ones at its end are unknown."""
    return [*line[:size], *[None] * (size - len(line))]


def _refuse_surplus(surplus: Sequence[str | None]) -> None:
    if found := next(filter(None, surplus), None):
        raise ParseError(found)


def _surplus(line: Line, size: int, number: int) -> str | None:
    """How much longer than the header a row is; None if it is not, or has only empty cells there."""
    if not any(cell.strip() for cell in line[size:]):
        return None
    return f"found {len(line)} cells in the row that ends at line {number}, the header has {size}: {quote(','.join(line))}"


def _refuse_cut_off(text: str, options: Options, head: Line, columns: Columns) -> None:
    """Raise ParseError if the last row lacks cells and its line end: the file was not received whole."""
    if options.layout == "long" and not options.inside and text[-1:] not in ("\n", "\r"):
        last = [cells[-1] for name, cells in zip(head, columns.values(), strict=False) if name and cells]
        if last and last[-1] is None:
            raise ParseError("found a last row without its last cells and without a line end: the file is cut off")


def _filter(columns: Columns, options: Options) -> Columns:
    size = len(next(iter(columns.values())))
    kept = options.rows_kept(_named(columns), size)
    return columns if len(kept) == size else {name: [cells[row] for row in kept] for name, cells in columns.items()}


def _wide(head: Line, lines: Sequence[tuple[int, Line]], options: Options) -> tuple[Columns, dict[str, str]]:
    at_most(len(head), MAX_ROWS, "models")
    last: Sequence[str | None] | None = None
    for number, line in lines:
        if any(cell.strip() for cell in line[1:]):
            _refuse_surplus([_surplus(line, len(head), number)])
            last = _as_long(line, len(head))
    if last is None:
        raise ParseError(f"found a header of {len(head)} columns and no row with a value")
    models = list(zip(unique(map(header, head)), last, strict=True))[1:]
    listed = [(name, cell) for name, cell in models if name and cell and cell not in options.absent]
    if not listed:
        raise ParseError("found no model with a value in the last row, expected at least one")
    keys, values = zip(*listed, strict=True)
    return _filter({"$key": keys, "$value": values}, options), {"row": str(last[0])}
