"""Bodies → the reading of a board, or all that is wrong with them at once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracker.model import EACH, NEWEST, ROW, Board, Parse, Part, Reading, Table
from tracker.parsers import join, numbered, parse
from tracker.reading.check import check
from tracker.reading.pages import recognise
from tracker.reading.tables import columns_of, combine, specs


def read_capture(
    board: Board,
    bodies: Sequence[bytes],
    *,
    parts: Sequence[Part] = (),
    url: str = "",
) -> Reading:
    """Recognise, parse, combine and check: what the bodies of one capture say. `parts` and `url` are as in `Capture`.

    Raises:
        Refused: they are a challenge page, a login wall, an empty shell.
        ParseError: they have not the shape of the board's formats, or do not fit each other.
        ContractBroken: what they show is not credible.
    """
    combined = combine(board, _tables(board, list(zip(parts or [Part()] * len(bodies), bodies, strict=True))))
    release = _release(board, url)
    if release and "version" not in combined.facts:
        combined = replace(combined, facts={**combined.facts, "version": release})
    return check(combined, board)


def _tables(board: Board, placed: Sequence[tuple[Part, bytes]]) -> Mapping[str, Table]:
    """A table for the board's own answers and for each payload that the capture has answers of."""
    tables: dict[str, Table] = {}
    for name, spec in specs(board).items():
        answers = [(part.value, body) for part, body in placed if part.name == name]
        if answers:
            columns = columns_of(board, name, tables)
            table = join([_parsed(board, body, spec, columns, value) for value, body in answers])
            tables[name] = numbered(table) if ROW in columns else table
    return tables


def _parsed(board: Board, body: bytes, spec: Parse, wanted: Sequence[str], value: str) -> Table:
    """What one body shows; `value` is the one of `Each` that it was asked for with, and stands in the column `$each`."""
    recognise(board.id, body, spec.format)
    found = parse(body, spec, [column for column in wanted if column not in (EACH, ROW)], board.id)
    if not value:
        return found
    return replace(found, columns=(*found.columns, EACH), rows=[(*row, value) for row in found.rows])


def _release(board: Board, url: str) -> str:
    """The release that the address of a capture names, "" where its declaration seeks none."""
    if board.request.newest is None or not url:
        return ""
    before, _, behind = board.request.url.partition(NEWEST)
    value, found, _ = url.removeprefix(before).partition(behind) if behind else (url.removeprefix(before), True, "")
    return value if url.startswith(before) and found and value != NEWEST else ""
