"""Reads the bodies of a capture: the reading of a board, or all violations at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from tracker.errors import ParseError
from tracker.model import EACH, NEWEST, ROW, SURPLUS, Board, Parse, Part, Reading, Table
from tracker.parsers import join, numbered, parse
from tracker.parsers.decoding import charset_of
from tracker.reading.check import check
from tracker.reading.figures import has_decimal_commas
from tracker.reading.pages import recognise
from tracker.reading.tables import OWN, columns_of, combine, specs

TABLES = ("csv_table", "html_table", "markdown_table")
"""Formats whose figures are as people write them."""
OF_LINES = ("csv_table", "json_lines", "markdown_table", "yaml_records")
"""Formats that do not show where they end."""
LINE_ENDS = (b"\n", b"\r", b"\n\0")
ALL_COLUMNS = tuple(f"${number}" for number in range(1, 101))
"""The columns of such a table by number."""


def read_capture(
    board: Board,
    bodies: Sequence[bytes],
    *,
    parts: Sequence[Part] = (),
    url: str = "",
    content_type: str = "",
    strict: bool = False,
) -> Reading:
    """Recognise, parse, combine and check the bodies of one capture. `parts`, `url` and `content_type` are as in `Capture`.

    A `strict` reading leaves out no row that cannot be read.

    Raises:
        Refused: a body is a challenge page, a login wall or an empty shell.
        ParseError: a body does not match its format, or they contradict each other.
        ContractBroken: the content is not credible.
    """
    placed = list(zip(parts or [Part()] * len(bodies), bodies, strict=True))
    combined = combine(board, _tables(board, placed, charset_of(content_type)))
    release = _release(board, url)
    if release and "version" not in combined.facts:
        combined = replace(combined, facts={**combined.facts, "version": release})
    reading = check(combined, board, partial(_has_commas, board, placed, charset_of(content_type)), strict=strict)
    unended = board.parse.format in OF_LINES and not all(body.endswith(LINE_ENDS) for body in bodies)
    return replace(reading, unended=True) if unended else reading


def _has_commas(board: Board, placed: Sequence[tuple[Part, bytes]], charset: str) -> bool | None:
    """Whether the board's pages have decimal commas, by all columns, also undeclared ones. Records have none."""
    if board.parse.format not in TABLES:
        return False
    found: list[Sequence[str | None]] = []
    for part, body in placed:
        if part.name == OWN:
            with suppress(ParseError):  # rows that have no columns by number
                found += zip(*parse(body, board.parse, ALL_COLUMNS, board.id, charset=charset).rows, strict=True)
    return has_decimal_commas(found)


def _tables(board: Board, placed: Sequence[tuple[Part, bytes]], charset: str) -> Mapping[str, Table]:
    """The tables of the board's own answers and of each payload that the capture has."""
    tables: dict[str, Table] = {}
    for name, spec in specs(board).items():
        answers = [(part.value, body) for part, body in placed if part.name == name]
        if answers:
            columns = columns_of(board, name, tables)
            table = join([_parsed(board, _Answer(body, value, charset), spec, columns) for value, body in answers])
            tables[name] = numbered(table) if ROW in columns else table
    return tables


class _Answer(NamedTuple):
    """One body, the value of `Each` in its request, and the charset that its response declared."""

    body: bytes
    value: str
    charset: str


def _parsed(board: Board, answer: _Answer, spec: Parse, wanted: Sequence[str]) -> Table:
    """The table of one body. The value of `Each` becomes the column `$each`."""
    recognise(board.id, answer.body, spec.format)
    columns = [column for column in wanted if column not in (EACH, ROW)]
    if spec is board.parse and spec.group is None:
        columns.append(SURPLUS)  # then the contract judges rows that are too long
    table = parse(answer.body, spec, columns, board.id, charset=answer.charset)
    if not answer.value:
        return table
    return replace(table, columns=(*table.columns, EACH), rows=[(*row, answer.value) for row in table.rows])


def _release(board: Board, url: str) -> str:
    """The release in the address of a capture, "" if the board declares no releases."""
    if board.request.newest is None or not url:
        return ""
    before, _, after = board.request.url.partition(NEWEST)
    value, end, _ = url.removeprefix(before).partition(after) if after else (url.removeprefix(before), True, "")
    return value if url.startswith(before) and end and value != NEWEST else ""
