"""Apply repairs to a board, and to the text of its declaration."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from tracker.authoring.amend import GONE, put
from tracker.model import Board, Column, Metric, Parse

Place = tuple[str, ...]
"""The keys that lead to a declared column: `("metrics", "score", "from")`; the part's number comes last if a key is a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One change to a declaration, with its certainty (0–1) and reason.

    Either `column` becomes the last source of the column at `place`, after its present ones (`was`), or `parse` replaces
    the one at `place`.
    """

    place: Place
    sure: float
    why: str
    was: tuple[str, ...] = ()
    column: str = ""
    parse: Parse | None = None


def repaired(board: Board, repairs: Iterable[Repair]) -> Board:
    """The board as the repaired file would declare it."""
    for repair in repairs:
        board = _repaired(board, repair)
    return board


def _repaired(board: Board, repair: Repair) -> Board:
    match repair.place:
        case ("parse",):
            return replace(board, parse=repair.parse or board.parse)
        case ("payloads", name, _, *part):
            old = next(payload for payload in board.payloads if payload.name == name)
            changed = {"parse": repair.parse} if repair.parse else {"key": _key_with(old.key, part, repair.column)}
            return replace(board, payloads=tuple(replace(each, **changed) if each is old else each for each in board.payloads))
        case ("columns", "key", *part):
            return replace(board, key=_key_with(board.key, part, repair.column))
        case ("columns", "name"):
            return replace(board, name=_extended(board.name, repair.column))
        case ("columns", "rank"):
            return replace(board, rank=board.rank and _extended(board.rank, repair.column))
        case ("columns", attribute):
            column = _extended(board.attributes[attribute], repair.column)
            return replace(board, attributes={**board.attributes, attribute: column})
        case ("metrics", name, side):
            metrics = (_metric_with(each, side, repair.column) if each.id == name else each for each in board.metrics)
            return replace(board, metrics=tuple(metrics))
    raise ValueError(f"{board.id}: {repair.place} does not name a column; expected columns, payloads or metrics")


def _metric_with(metric: Metric, side: str, source: str) -> Metric:
    field = "column" if side == "from" else side
    column: Column | None = getattr(metric, field)
    changed: dict[str, Any] = {} if column is None else {field: _extended(column, source)}
    return replace(metric, **changed)


def _key_with(key: Sequence[Column], part: Sequence[str], source: str) -> tuple[Column, ...]:
    number = int(part[0]) if part else 0
    return tuple(_extended(column, source) if at == number else column for at, column in enumerate(key))


def _extended(column: Column, source: str) -> Column:
    return replace(column, sources=(*column.sources, source))


def changes_of(repairs: Sequence[Repair], text: str) -> dict[Place, object]:
    """The changed values of the TOML text, for `amend.amended`. Raises ValueError for a column that the text lacks."""
    tables = tomllib.loads(text, parse_float=Decimal)
    changes: dict[Place, object] = {}
    for repair in repairs:
        if repair.parse is not None:
            changes |= _parse_changes(repair, repair.parse, tables)
        else:
            place, value = _column_change(repair, tables)
            changes[place] = value
            put(tables, place, value)
    return changes


def _column_change(repair: Repair, tables: Mapping[str, Any]) -> tuple[Place, object]:
    """The column's place in the file, and its value with the added source.

    Only a column written as a table can have a list as part of a key.
    """
    place, part = (repair.place[:-1], int(repair.place[-1])) if repair.place[-1].isdecimal() else (repair.place, None)
    if place[-1] == "plus_minus" and _at(tables, place) is None:
        place = (*place[:-1], "standard_error")
    value = _at(tables, place)
    if value is None:
        raise ValueError(f"{'.'.join(place)} is not in this file")
    if part is not None and isinstance(value, list):
        return place, [_with_source(old, repair.column, table=True) if at == part else old for at, old in enumerate(value)]
    return place, _with_source(value, repair.column, table=place[-1] == "key")


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
