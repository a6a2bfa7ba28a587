"""Joins the rows of a payload to those of the board, by key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from tracker.errors import ParseError
from tracker.model import Board, Payload, Table
from tracker.reading.columns import keys_of

_SHOWN = 3


def joined(table: Table, further: Table, board: Board, payload: Payload) -> Table:
    """The table with the payload's columns as `<name>:<column>`; None where the payload has no row of that key.

    A table without the board's key is returned unchanged, so that the contract reports what is missing.

    Raises:
        ParseError: the payload has no key in common with the board, or two different rows of one key.
    """
    rows = _by_key(further, keys_of(further, payload.key), payload)
    keys = keys_of(table, board.key)
    if table.rows and not keys:
        return table
    if not rows or not any(key in rows for key in keys):
        raise ParseError(
            f"the payload {payload.name} has no key in common with the board: {_few(rows)}, expected such as {_few(keys)};"
            f" correct payloads.{payload.name}.key"
        )
    absent = (None,) * len(further.columns)
    columns = (*table.columns, *(f"{payload.name}:{column}" for column in further.columns))
    merged = [(*row, *rows.get(key, absent)) for row, key in zip(table.rows, keys, strict=True)]
    return Table(columns=columns, rows=merged, facts=table.facts, page_starts=table.page_starts)


def _by_key(further: Table, keys: Sequence[str], payload: Payload) -> dict[str, Sequence[str | None]]:
    rows: dict[str, Sequence[str | None]] = {}
    for key, row in zip(keys, further.rows, strict=False):
        if key in rows and tuple(rows[key]) != tuple(row):
            raise ParseError(f"the payload {payload.name} has two rows of the key {key!r} that differ, expected one")
        rows[key] = row
    return rows


def _few(keys: Iterable[str]) -> str:
    return ", ".join(repr(key) for key in islice(keys, _SHOWN)) or "none"
