"""What a repair changes: in the board that is declared, and in the text of its file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tracker.authoring.amend import GONE, put
from tracker.model import Board, Column, Metric, Parse

Place = tuple[str, ...]
"""Where a column is declared: `("metrics", "score", "from")`; of a key that is a list, its part's number comes last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One change to a declaration, with how sure it is (0–1) and why.

    Either `column` becomes a further source behind those that the column at `place` had (`was`), or `parse` replaces
    the one there.
    """

    place: Place
    sure: float
    why: str
    was: tuple[str, ...] = ()
    column: str = ""
    parse: Parse | None = None


def repaired(board: Board, found: Iterable[Repair]) -> Board:
    """The board as it would be declared then."""
    for repair in found:
        board = _with_parse(board, repair.place, repair.parse) if repair.parse else _with_column(board, repair)
    return board


def _with_parse(board: Board, place: Place, parse: Parse | None) -> Board:
    if parse is None:
        return board
    if place == ("parse",):
        return replace(board, parse=parse)
    payloads = tuple(replace(payload, parse=parse) if payload.name == place[1] else payload for payload in board.payloads)
    return replace(board, payloads=payloads)


def _with_column(board: Board, repair: Repair) -> Board:
    match repair.place:
        case ("columns", "key", *part):
            return replace(board, key=_key_behind(board.key, part, repair.column))
        case ("payloads", name, "key", *part):
            payloads = tuple(
                replace(x, key=_key_behind(x.key, part, repair.column)) if x.name == name else x for x in board.payloads
            )
            return replace(board, payloads=payloads)
        case ("columns", "name"):
            return replace(board, name=_behind(board.name, repair.column))
        case ("columns", "rank"):
            return replace(board, rank=_behind(board.rank, repair.column) if board.rank else None)
        case ("columns", attribute):
            return replace(board, attributes={**board.attributes, attribute: _behind(board.attributes[attribute], repair.column)})
        case (_, metric, side):
            return replace(
                board, metrics=tuple(_metric_with(x, side, repair.column) if x.id == metric else x for x in board.metrics)
            )
    raise ValueError(f"{board.id}: {repair.place} does not name a column; expected columns, payloads or metrics")


def _metric_with(metric: Metric, side: str, column: str) -> Metric:
    if side == "from":
        return replace(metric, column=_behind(metric.column, column))
    sides = {"low": metric.low, "high": metric.high, "plus_minus": metric.plus_minus}
    had = sides[side]
    return metric if had is None else _with_side(metric, side, _behind(had, column))


def _with_side(metric: Metric, side: str, column: Column) -> Metric:
    if side == "low":
        return replace(metric, low=column)
    return replace(metric, high=column) if side == "high" else replace(metric, plus_minus=column)


def _key_behind(key: Sequence[Column], part: Sequence[str], column: str) -> tuple[Column, ...]:
    at = int(part[0]) if part else 0
    return tuple(_behind(source_column, column) if place == at else source_column for place, source_column in enumerate(key))


def _behind(column: Column, source: str) -> Column:
    return replace(column, sources=(*column.sources, source))


def changes_of(found: Sequence[Repair], text: str) -> dict[Place, object]:
    """The values of the declaration's TOML text that change, by their keys, as `amend.amended` takes them.

    Raises:
        ValueError: a repair names a column that the text lacks.
    """
    tables = tomllib.loads(text, parse_float=Decimal)
    changes: dict[Place, object] = {}
    for repair in found:
        if repair.parse is not None:
            changes |= _parse_changes(repair, repair.parse, tables)
        else:
            place, value = _column_change(repair, tables)
            changes[place] = value
            put(tables, place, value)
    return changes


def _column_change(repair: Repair, tables: Mapping[str, Any]) -> tuple[Place, object]:
    """The column's place in the file, and its value with the added source. Only a column written as a table takes a list as part of a key."""
    place, part = (repair.place[:-1], int(repair.place[-1])) if repair.place[-1].isdecimal() else (repair.place, None)
    if place[-1] == "plus_minus" and _at(tables, place) is None:
        place = (*place[:-1], "standard_error")
    value = _at(tables, place)
    if value is None:
        raise ValueError(f"{'.'.join(place)} is not in this file")
    of_key = place[-1] == "key"
    if part is not None and isinstance(value, list):
        return place, [_with_source(old, repair.column, table=True) if at == part else old for at, old in enumerate(value)]
    return place, _with_source(value, repair.column, table=of_key)


def _with_source(value: object, column: str, *, table: bool) -> object:
    if isinstance(value, dict):
        return {**value, "from": _with_source(value["from"], column, table=False)}
    sources = [*value, column] if isinstance(value, list) else [value, column]
    return {"from": sources} if table else sources


def _parse_changes(repair: Repair, spec: Parse, tables: Mapping[str, Any]) -> dict[Place, object]:
    old = _at(tables, repair.place)
    before = old if isinstance(old, dict) else {}
    after = {"format": spec.format, **spec.options}
    gone: dict[Place, object] = {(*repair.place, name): GONE for name in before if name not in after and name != "group"}
    return gone | {(*repair.place, name): value for name, value in after.items() if before.get(name) != value}


def _at(tables: Mapping[str, Any], place: Place) -> object:
    inside: Any = tables
    for key in place:
        inside = inside.get(key) if isinstance(inside, dict) else None
    return inside
