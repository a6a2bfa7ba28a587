"""Checks TOML tables against a file shape: every key is known, every value of its type; errors name the key."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, get_args, get_origin

from msgspec import Struct

from tracker.schedules.shapes import REST, BoardFile, BoundsTable
from tracker.toml import Wrong, as_written, dotted, judge, keys, meant, members, purpose


def shaped(node: object, hint: Any, place: str) -> Any:
    """The value, if it has the declared shape, with the further keys of open tables under `*`. Raises Wrong.

    msgspec does not name the key of a mapping with a wrong value, so we walk the tables and msgspec checks the values.
    """
    types = members(hint)
    if isinstance(node, dict):
        for member in types:
            if isinstance(member, type) and issubclass(member, Struct):
                return shaped_table(node, member, place)
            if get_origin(member) is dict:
                return {key: shaped(value, get_args(member)[1], dotted(place, key)) for key, value in node.items()}
    if isinstance(node, list):
        for member in types:
            if get_origin(member) in (list, tuple, frozenset):
                node = [shaped(value, get_args(member)[0], f"{place}[{at}]") for at, value in enumerate(node)]
    if isinstance(node, Decimal) and not (node.is_finite() and math.isfinite(node)):
        raise Wrong(f"{place} = {'(not shown)' if may_be_secret(place) else as_written(node)} is not a finite number")
    judge(place, node, hint, secret=may_be_secret(place))
    return node


def shaped_table(values: dict[str, Any], table: type[Struct], place: str) -> dict[str, Any]:
    """The table, if it has the declared shape. Raises Wrong."""
    fields = dict(keys(table))
    rest = fields.pop(REST, None)
    named = {key: value for key, value in values.items() if key in fields}
    further = {key: value for key, value in values.items() if key not in fields}
    inner = get_args(members(rest.type)[0])[1] if rest else None
    for key, value in further.items():
        if rest is None or (inner is BoundsTable and not isinstance(value, dict)):
            raise Wrong(_unknown_key(place, key, fields))
    for key, field in fields.items():
        if field.required and key not in values:
            raise Wrong(f"{dotted(place, key)} is missing{purpose(field.type)}")
    normal = {key: shaped(value, fields[key].type, dotted(place, key)) for key, value in named.items()}
    if rest is not None:
        normal[REST] = {key: shaped(value, inner, dotted(place, key)) for key, value in further.items()}
    return normal


def _unknown_key(place: str, key: str, known: Iterable[str]) -> str:
    hint = "; it belongs to the top of the file, above the first [table]" if place and key in keys(BoardFile) else ""
    return f"{dotted(place, key)} is unknown{hint}{meant(key, known)}"


def may_be_secret(place: str) -> bool:
    """Whether a message must not repeat a value at that place."""
    return (place.startswith("request.") or ".request." in place) and "pagination" not in place
