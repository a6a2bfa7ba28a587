"""Reads the bodies of a capture: the reading of a board, or all violations at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracker.model import EACH, NEWEST, ROW, Board, Parse, Part, Reading, Table
from tracker.parsers import join, numbered, parse
from tracker.reading.check import check
from tracker.reading.pages import recognise
from tracker.reading.tables import columns_of, combine, specs


def read_capture(board: Board, bodies: Sequence[bytes], *, parts: Sequence[Part] = (), url: str = "") -> Reading:
    """Recognise, parse, combine and check the bodies of one capture. `parts` and `url` are as in `Capture`.

    Raises:
        Refused: a body is a challenge page, a login wall or an empty shell.
        ParseError: a body does not match its format, or they contradict each other.
        ContractBroken: the content is not credible.
    """
    combined = combine(board, _tables(board, list(zip(parts or [Part()] * len(bodies), bodies, strict=True))))
    release = _release(board, url)
    if release and "version" not in combined.facts:
        combined = replace(combined, facts={**combined.facts, "version": release})
    return check(combined, board)


def _tables(board: Board, placed: Sequence[tuple[Part, bytes]]) -> Mapping[str, Table]:
    """The tables of the board's own answers and of each payload that the capture has."""
    tables: dict[str, Table] = {}
    for name, spec in specs(board).items():
        answers = [(part.value, body) for part, body in placed if part.name == name]
        if answers:
            columns = columns_of(board, name, tables)
            table = join([_parsed(board, body, spec, columns, value) for value, body in answers])
            tables[name] = numbered(table) if ROW in columns else table
    return tables


def _parsed(board: Board, body: bytes, spec: Parse, wanted: Sequence[str], value: str) -> Table:
    """The table of one body. `value` is the value of `Each` in its request, and becomes the column `$each`."""
    recognise(board.id, body, spec.format)
    table = parse(body, spec, [column for column in wanted if column not in (EACH, ROW)], board.id)
    if not value:
        return table
    return replace(table, columns=(*table.columns, EACH), rows=[(*row, value) for row in table.rows])


def _release(board: Board, url: str) -> str:
    """The release in the address of a capture, "" if the board declares no releases."""
    if board.request.newest is None or not url:
        return ""
    before, _, after = board.request.url.partition(NEWEST)
    value, end, _ = url.removeprefix(before).partition(after) if after else (url.removeprefix(before), True, "")
    return value if url.startswith(before) and end and value != NEWEST else ""
