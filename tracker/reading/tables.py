"""Between parse and check: the tables of one capture become the one table that its board declares. Pure.

A board may be spread over several answers, have rows that belong together, and lean on further
payloads (`schedules/README.md`). Its columns then have prefixes: `cost:price` stands in the payload
`cost`, `math:rating` in the rows whose category is `math`, `style:math:rating` in such rows of the payload `style`.

Tables go by the name of their payload, the board's own by OWN. They are parsed in the order of `specs`, each for the columns
that `columns_of` names: a payload of means says by its rows which of the board's own columns are needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tracker.errors import ParseError
from tracker.model import Board, Column, Parse, Payload, Table
from tracker.reading.groups import grouped, needed
from tracker.reading.joins import joined
from tracker.reading.means import Lists, lists_of, with_means

__all__ = ["OWN", "columns_of", "combine", "specs", "wanted"]

OWN = ""
"""The name of the board's own answers among those of its payloads."""
PREFIX = ":"


def specs(board: Board) -> Mapping[str, Parse]:
    """How to parse the board's own answers and those of each payload, by name, in the order in which to parse them."""
    means = {payload.name: payload.parse for payload in board.payloads if payload.means}
    return {**means, OWN: board.parse, **{payload.name: payload.parse for payload in board.payloads if not payload.means}}


def columns_of(board: Board, name: str, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The columns that the board needs of its own answers, or of a payload's. `tables` are those parsed before it.

    Raises:
        ParseError: a payload of means lists no columns.
    """
    if any(payload.name == name and payload.means for payload in board.payloads):
        return ("$key", "$value")
    group = specs(board)[name].group
    columns = _named_columns(board, name, _lists(board, tables))
    return columns if group is None else needed(group, columns)


def combine(board: Board, tables: Mapping[str, Table]) -> Table:
    """The board's table: its own rows, grouped, joined with what each payload says of them.

    A payload without a table is one that the capture has no answer of.

    Raises:
        ParseError: rows that should be one contradict each other, or a payload has no row in common with the board.
        ValueError: the board's own table is missing.
    """
    if OWN not in tables:
        raise ValueError(f"{board.id}: a capture without the board's own answer")
    lists = _lists(board, tables)
    with _named(board):
        table = _grouped(board, OWN, tables[OWN], lists)
        for payload in board.payloads:
            if payload.name in tables and not payload.means:
                table = joined(table, _grouped(board, payload.name, tables[payload.name], lists), board, payload)
        for name, columns in lists.items():
            table = with_means(table, name, columns, _inside(board, name))
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
    """Says of which board an error is."""
    try:
        yield
    except ParseError as error:
        raise ParseError(f"{board.id}: {error}") from error


def _payload_of(column: str, board: Board) -> Payload | None:
    name, found, _ = column.partition(PREFIX)
    return next((payload for payload in board.payloads if payload.name == name), None) if found else None


def _inside(board: Board, name: str) -> tuple[str, ...]:
    """The payload's columns that the board names, without their prefix."""
    prefix = f"{name}{PREFIX}"
    return tuple(column.removeprefix(prefix) for column in wanted(board) if column.startswith(prefix))


def _lists(board: Board, tables: Mapping[str, Table]) -> Mapping[str, Lists]:
    """What the payloads of means list, by their names; without those that list nothing that the board names."""
    means = (payload.name for payload in board.payloads if payload.means and payload.name in tables)
    with _named(board):
        found = {name: lists_of(tables[name], name, _inside(board, name)) for name in means}
    return {name: lists for name, lists in found.items() if lists}


def _named_columns(board: Board, name: str, lists: Mapping[str, Lists]) -> tuple[str, ...]:
    """The columns that the board names of its own, or its key and others of a payload's; each once."""
    if name == OWN:
        own = (column for column in wanted(board) if _payload_of(column, board) is None)
        listed = (column for found in lists.values() for names in found.values() for column in names)
        return tuple(dict.fromkeys((*own, *listed)))
    (key,) = (payload.key for payload in board.payloads if payload.name == name)
    return tuple(dict.fromkeys((*(source for column in key for source in column.sources), *_inside(board, name))))


def _grouped(board: Board, name: str, table: Table, lists: Mapping[str, Lists]) -> Table:
    """The rows of one payload, or the board's own, as its `group` makes them."""
    group = specs(board)[name].group
    if group is None:
        return table
    numbers = {source for metric in board.metrics for source in metric.column.sources}
    bare = {_bare(column, name) for column in numbers}
    return grouped(table, group, _named_columns(board, name, lists), numbers=bare)


def _bare(column: str, name: str) -> str:
    return column.removeprefix(f"{name}{PREFIX}") if name else column
