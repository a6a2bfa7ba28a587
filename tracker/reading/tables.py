"""Between parse and check: the tables of one capture become the one table that its board declares. Pure.

A board may be spread over several answers, have rows that belong together, and lean on further
payloads (`schedules/README.md`). Its columns then have prefixes: `cost:price` stands in the payload
`cost`, `math:rating` in the rows whose category is `math`, `style:math:rating` in such rows of the payload `style`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from tracker.errors import ParseError
from tracker.model import Board, Column, Parse, Payload, Table
from tracker.reading.groups import grouped, needed
from tracker.reading.joins import joined
from tracker.reading.means import Lists, lists_of, with_means

__all__ = ["combine", "wanted"]

OWN = ""
"""The name of the board's own answers among those of its payloads."""
PREFIX = ":"


Read = Callable[[str, Parse, Sequence[str]], Table | None]
"""Reads the answers of one payload (by name; the board's own are "") into one table with those of the wanted columns that it
has; None where the capture has no answer of it."""


def combine(board: Board, read: Read) -> Table:
    """The board's table: its own rows, grouped, joined with what each payload says of them.

    Raises:
        ParseError: rows that should be one contradict each other, or a payload has no row in common with the board.
    """
    columns = wanted(board)
    inside = {payload.name: _inside(payload, columns) for payload in board.payloads}
    own = tuple(column for column in columns if _payload_of(column, board) is None)
    lists = {one.name: found for one in board.payloads if one.means and (found := _lists(one, inside[one.name], board, read))}
    listed = tuple(column for found in lists.values() for names in found.values() for column in names)
    table = _table(board.parse, tuple(dict.fromkeys((*own, *listed))), board, read, OWN)
    if table is None:
        raise ValueError(f"{board.id}: a capture without the board's own answer")
    for payload in board.payloads:
        further = None if payload.means else _table(payload.parse, inside[payload.name], board, read, payload.name)
        if further is not None:
            with _named(board):
                table = joined(table, further, board, payload)
    for name, found in lists.items():
        with _named(board):
            table = with_means(table, name, found, inside[name])
    return table


def wanted(board: Board) -> tuple[str, ...]:
    """Every column or path that a board's declaration names, once, in its order."""
    columns: list[Column] = [*board.key, board.name, *board.attributes.values()]
    if board.rank is not None:
        columns.append(board.rank)
    for metric in board.metrics:
        extra = (metric.low, metric.high, metric.plus_minus, metric.estimated)
        columns.extend(column for column in (metric.column, *extra) if column is not None)
    return tuple(dict.fromkeys(source for column in columns for source in column.sources))


@contextmanager
def _named(board: Board) -> Iterator[None]:
    """Says of which board an error is; what `read` raises says it already."""
    try:
        yield
    except ParseError as error:
        raise ParseError(f"{board.id}: {error}") from error


def _payload_of(column: str, board: Board) -> Payload | None:
    name, found, _ = column.partition(PREFIX)
    return next((payload for payload in board.payloads if payload.name == name), None) if found else None


def _inside(payload: Payload, columns: Sequence[str]) -> tuple[str, ...]:
    """The payload's columns that the board names, without their prefix."""
    prefix = f"{payload.name}{PREFIX}"
    return tuple(column.removeprefix(prefix) for column in columns if column.startswith(prefix))


def _lists(payload: Payload, rows: Sequence[str], board: Board, read: Read) -> Lists | None:
    table = read(payload.name, payload.parse, ("$key", "$value"))
    with _named(board):
        return None if table is None else lists_of(table, payload.name, rows)


def _table(parse: Parse, columns: Sequence[str], board: Board, read: Read, name: str) -> Table | None:
    """The rows of one payload, or the board's own, as its `group` makes them."""
    key = () if name == OWN else next(payload.key for payload in board.payloads if payload.name == name)
    columns = (*(source for column in key for source in column.sources), *columns)
    if parse.group is None:
        return read(name, parse, tuple(dict.fromkeys(columns)))
    table = read(name, parse, needed(parse.group, columns))
    numbers = {source for metric in board.metrics for source in metric.column.sources}
    with _named(board):
        return None if table is None else grouped(table, parse.group, columns, numbers={_bare(one, name) for one in numbers})


def _bare(column: str, name: str) -> str:
    return column.removeprefix(f"{name}{PREFIX}") if name else column
