"""Combines the tables of one capture into the table that its board declares. Pure.

A board may be spread over several answers, have rows that belong together, and use payloads (`schedules/README.md`). Then its
columns have prefixes: `cost:price` is in the payload `cost`, `math:rating` in the rows of the category `math`, and
`style:math:rating` in such rows of the payload `style`.

Tables are keyed by the name of their payload, or OWN. They are parsed in the order of `specs`, each for the columns that
`columns_of` names: a payload of means lists columns of the board's own answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from tracker.errors import ParseError
from tracker.model import Board, Column, Parse, Table
from tracker.reading.groups import grouped, needed
from tracker.reading.joins import joined
from tracker.reading.means import Lists, lists_of, with_means

__all__ = ["OWN", "columns_of", "combine", "specs", "wanted"]

OWN = ""
"""The key of the board's own answers among its payloads."""
PREFIX = ":"


def specs(board: Board) -> Mapping[str, Parse]:
    """How to parse the board's own answers and each payload, by name, in the order of parsing."""
    means = {payload.name: payload.parse for payload in board.payloads if payload.means}
    return {**means, OWN: board.parse, **{payload.name: payload.parse for payload in board.payloads if not payload.means}}


def columns_of(board: Board, name: str, tables: Mapping[str, Table]) -> tuple[str, ...]:
    """The columns that the board needs of its own answers or of a payload. `tables` are those parsed before it.

    Raises:
        ParseError: a payload of means lists no columns.
    """
    if any(payload.name == name and payload.means for payload in board.payloads):
        return ("$key", "$value")
    group = specs(board)[name].group
    columns = _named_columns(board, name, _lists(board, tables))
    return columns if group is None else needed(group, columns)


def combine(board: Board, tables: Mapping[str, Table]) -> Table:
    """The board's own rows, grouped and joined with the payloads that the capture has, whose facts are `<name>:<fact>`.

    Raises:
        ParseError: merged rows contradict each other, or a payload has no row in common with the board.
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
    further = ((f"{name}{PREFIX}", other.facts) for name, other in tables.items() if name != OWN)
    return replace(
        table, facts={**table.facts, **{f"{name}{fact}": text for name, facts in further for fact, text in facts.items()}}
    )


def wanted(board: Board) -> tuple[str, ...]:
    """Every column or path that a board declares, once, in order."""
    columns: list[Column] = [*board.key, board.name, *board.attributes.values()]
    if board.rank is not None:
        columns.append(board.rank)
    for metric in board.metrics:
        extra = (metric.low, metric.high, metric.plus_minus, metric.estimated, metric.measured_with)
        columns.extend(column for column in (metric.column, *extra) if column is not None)
    return tuple(dict.fromkeys(source for column in columns for source in column.sources))


@contextmanager
def _named(board: Board) -> Iterator[None]:
    """Put the board's id in front of a ParseError."""
    try:
        yield
    except ParseError as error:
        raise type(error)(f"{board.id}: {error}") from error


def _inside(board: Board, name: str) -> tuple[str, ...]:
    """The payload's columns that the board names, without prefix."""
    prefix = f"{name}{PREFIX}"
    return tuple(column.removeprefix(prefix) for column in wanted(board) if column.startswith(prefix))


def _lists(board: Board, tables: Mapping[str, Table]) -> Mapping[str, Lists]:
    """The lists in the payloads of means, by payload; without payloads that list no mean that the board names."""
    names = (payload.name for payload in board.payloads if payload.means and payload.name in tables)
    with _named(board):
        lists = {name: lists_of(tables[name], name, _inside(board, name)) for name in names}
    return {name: columns for name, columns in lists.items() if columns}


def _named_columns(board: Board, name: str, lists: Mapping[str, Lists]) -> tuple[str, ...]:
    """The columns that the board names in its own answers, or the key and other columns of a payload; each once."""
    if name == OWN:
        prefixes = tuple(f"{payload.name}{PREFIX}" for payload in board.payloads)
        own = (column for column in wanted(board) if not column.startswith(prefixes))
        listed = (column for means in lists.values() for columns in means.values() for column in columns)
        return tuple(dict.fromkeys((*own, *listed)))
    (key,) = (payload.key for payload in board.payloads if payload.name == name)
    return tuple(dict.fromkeys((*(source for column in key for source in column.sources), *_inside(board, name))))


def _grouped(board: Board, name: str, table: Table, lists: Mapping[str, Lists]) -> Table:
    """The rows of a payload, or the board's own, merged by its `group`."""
    group = specs(board)[name].group
    if group is None:
        return table
    prefix = f"{name}{PREFIX}" if name else ""
    numbers = {source.removeprefix(prefix) for metric in board.metrics for source in metric.column.sources}
    return grouped(table, group, _named_columns(board, name, lists), numbers=numbers)
