"""From bytes to a table of strings: one file per format, none of which knows a board.

FORMATS lists the formats, each with `parse` and `Options`. Modules with a leading underscore are what the formats share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from importlib import import_module
from itertools import accumulate, chain
from typing import Any, Protocol, cast

import msgspec

from tracker.errors import DeclarationError, EncodingError, ParseError
from tracker.model import ROW, Parse, Table
from tracker.parsers._options import CommonOptions
from tracker.parsers.decoding import (
    BOMS,
    UNREADABLE,
    WESTERN,
    declared_charset,
    decode,
    fold,
    inflated,
    is_mostly_utf8,
    is_utf8,
    quote,
)
from tracker.parsers.limits import MAX_BYTES, MAX_TEXT, at_most

FORMATS: tuple[str, ...] = (
    "csv_table",
    "flight",
    "html_table",
    "js_literal",
    "json_ld",
    "json_lines",
    "json_records",
    "markdown_table",
    "yaml_records",
)
"""The formats. A module is loaded when a board of its format is read: most commands need none."""
RENDERED = ("html_table", "markdown_table")
"""Formats that consist of markup. In the cells of all others, markup is replaced by the text it shows."""
MARKUP = re.compile(
    r"</?(?:a|abbr|article|b|bdi|big|br|button|center|cite|code|data|del|details|dfn|div|em|figure|font|h[1-6]|hr|i|img|ins|kbd|label"
    r"|li|mark|ol|p|pre|q|s|samp|section|small|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|th|time|tr|tt|u|ul|var"
    r"|wbr)(?:\s[^<>]*)?/?>|<!--|&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,6}|#x[0-9a-f]{1,5});",
    re.IGNORECASE,
)


class Format(Protocol):
    """A module in FORMATS."""

    Options: type[CommonOptions]

    def parse(self, body: bytes, options: Any, wanted: Sequence[str]) -> Table:
        """The table in the body. Raises ParseError."""
        ...


_MOST = 2_000
"""Characters of a message, however much of the page it quotes."""


def parse(body: bytes, spec: Parse, wanted: Sequence[str], board: str = "", *, charset: str = "") -> Table:
    """The wanted columns of the body, as text; pure. `charset` is the one that the response declares.

    The table has the wanted columns that the source contains, in the order wanted, and at least one row.

    Raises:
        ParseError: the body does not match the format; one line naming the board, what was found and what was expected.
        DeclarationError: the format or one of its options is wrong.
    """
    options = options_for(spec, board)
    place = f"{board}: {spec.format}" if board else spec.format
    remedy = f" (tracker board test {board} --live)" if board else ""
    try:
        body = inflated(body)
        at_most(len(body), MAX_BYTES, "bytes")
        table = _table(body, charset, lambda text: _module(spec.format, board).parse(text, options, wanted))
        if len(body) > MAX_TEXT:
            at_most(max(map(len, filter(None, chain.from_iterable(table.rows))), default=0), MAX_TEXT, "characters in one cell")
        may_have_markup = b"<" in body or b"&" in body or (b"\\" in body and b"\\u00" in body)
        return _rendered(table) if may_have_markup and spec.format not in RENDERED else table
    except ParseError as error:
        message = fold(str(error))
        brief = message if len(message) <= _MOST else f"{message[:_MOST]}…"
        raise type(error)(f"{place}: {brief}{remedy}") from error
    except DeclarationError as error:
        raise DeclarationError(f"{place}: {error}") from error
    except RecursionError as error:
        raise ParseError(f"{place}: found values nested too deeply to be read, expected records{remedy}") from error


def _table(body: bytes, charset: str, read: Callable[[bytes], Table]) -> Table:
    """What `read` makes of the body in UTF-8. Cells that are valid UTF-8 are, whatever the page declares and has beside them."""
    if is_utf8(body):
        return read(body)
    text, declared = body.decode(errors="replace"), declared_charset(body, charset)
    is_mixed = is_mostly_utf8(text)
    if is_mixed or (declared in ("", WESTERN) and not body.startswith(tuple(BOMS))):
        try:
            table = read(text.encode())
            _refuse_unreadable(table)
        except ParseError:
            if is_mixed:
                raise
        else:
            if is_mixed or not declared or any(cell and not cell.isascii() for row in table.rows for cell in row):
                return table
    return read(decode(body, charset).encode())


def _refuse_unreadable(table: Table) -> None:
    """Raise ParseError if a cell has unreadable bytes."""
    for number, row in enumerate(table.rows, 1):
        for column, cell in zip(table.columns, row, strict=True):
            if cell and UNREADABLE in cell:
                raise EncodingError(f"found bytes that are not UTF-8 in row {number}, column {column}: {quote(cell)}")


def _rendered(table: Table) -> Table:
    """The table with the text that the markup in its cells shows: `<a href="…">a-7b</a>`, `R&amp;D`."""
    if not any(cell and ("<" in cell or "&" in cell) and MARKUP.search(cell) for row in table.rows for cell in row):
        return table
    from tracker.parsers.cell_text import markup_text  # noqa: PLC0415 - Lexbor is loaded for boards with markup in their data

    rows = [tuple(markup_text(cell) if cell and MARKUP.search(cell) else cell for cell in row) for row in table.rows]
    return replace(table, rows=[row for row in rows if any(row)])  # a row with nothing but a picture is none


def options_of(name: str) -> type[CommonOptions]:
    """The struct that declares a format's options. Raises DeclarationError for an unknown format."""
    return _module(name, "").Options


def options_for(spec: Parse, board: str = "") -> CommonOptions:
    """The declared options; selectors, paths and regular expressions are checked too.

    Raises:
        DeclarationError: the format or an option is unknown, or an option has a wrong value.
    """
    options = _module(spec.format, board).Options
    try:
        return msgspec.convert(dict(spec.options), options)
    except msgspec.ValidationError as error:
        place = f"{board}: " if board else ""
        known = ", ".join(sorted(field.encode_name for field in msgspec.structs.fields(options)))
        raise DeclarationError(f"{place}parse (format {spec.format}): {fold(str(error))}; known: {known}") from error


def _module(name: str, board: str) -> Format:
    if name not in FORMATS:
        near = get_close_matches(name, FORMATS, n=1, cutoff=0.4)
        hint = f'; did you mean "{near[0]}"?' if near else ";"
        place = f"{board}: " if board else ""
        raise DeclarationError(f'{place}parse.format = "{name}" is unknown{hint} known: {", ".join(FORMATS)}')
    return cast("Format", import_module(f"{__name__}.{name}"))


def join(tables: Sequence[Table]) -> Table:
    """One table of the tables of several bodies. Raises ValueError without tables.

    Columns are in the order in which they first occur (None where a body lacks the column). Of a fact that several bodies
    state, the first counts. `page_starts` is where each body's rows begin.
    """
    if not tables:
        raise ValueError("no tables to join")
    if len(tables) == 1:
        return tables[0]
    columns = tuple(dict.fromkeys(column for table in tables for column in table.columns))
    rows = [row for table in tables for row in _aligned(table, columns)]
    starts = tuple(accumulate((len(table.rows) for table in tables[:-1]), initial=0))
    facts = {name: value for table in reversed(tables) for name, value in table.facts.items()}
    return Table(columns=columns, rows=rows, facts=facts, page_starts=starts)


def numbered(table: Table) -> Table:
    """The table with the number of each row in the column `$row`."""
    return replace(table, columns=(*table.columns, ROW), rows=[(*row, str(at)) for at, row in enumerate(table.rows, 1)])


def _aligned(table: Table, columns: tuple[str, ...]) -> Sequence[Sequence[str | None]]:
    if table.columns == columns:
        return table.rows
    places = {column: place for place, column in enumerate(table.columns)}
    return [tuple(row[places[column]] if column in places else None for column in columns) for row in table.rows]
