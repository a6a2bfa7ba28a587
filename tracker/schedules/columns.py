"""Reads `[columns]`: the columns of the key, the name and each attribute."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from tracker.model import Column, Kind
from tracker.schedules.shapes import ColumnTable
from tracker.toml import Wrong, dotted, texts

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "released": Kind.DATE,
        "expires": Kind.DATE,
        "open_weights": Kind.FLAG,
        "reasoning": Kind.FLAG,
        "deprecated": Kind.FLAG,
        "total_parameters": Kind.NUMBER,
        "active_parameters": Kind.NUMBER,
        "context": Kind.NUMBER,
        "max_output": Kind.NUMBER,
    }
)
"""Attributes whose name decides their kind; any other one is text."""


def missing_of(found: Iterable[str | float]) -> frozenset[str]:
    """Values that mean unknown, as texts."""
    return frozenset(str(value) for value in found)


def column_of(found: str | Sequence[str] | ColumnTable, kind: Kind) -> Column:
    """A column in any of its three spellings."""
    if not isinstance(found, ColumnTable):
        return Column(sources=texts(found), kind=kind)
    return Column(sources=texts(found.from_), missing=missing_of(found.missing), kind=Kind(found.kind) if found.kind else kind)


def optional_column(found: str | Sequence[str] | ColumnTable | None, kind: Kind) -> Column | None:
    """The column, or None if none is declared."""
    return None if found is None else column_of(found, kind)


def key_of(found: str | ColumnTable | Sequence[str | list[str] | ColumnTable]) -> tuple[Column, ...]:
    """The parts of a key."""
    parts = [found] if isinstance(found, (str, ColumnTable)) else found
    return tuple(column_of(part, Kind.TEXT) for part in parts)


def attributes_of(found: Mapping[str, str | list[str] | ColumnTable]) -> Mapping[str, Column]:
    """The attributes, each of its declared kind, or of the kind of its name. Raises Wrong."""
    for name in found:
        check_name(name, dotted("columns", name))
    return MappingProxyType({name: column_of(column, KINDS.get(name, Kind.TEXT)) for name, column in found.items()})


def check_name(name: str, place: str) -> None:
    """Refuse a name that is not a plain id. Raises Wrong."""
    if not _NAME.fullmatch(name):
        raise Wrong(f"{place} is not a name; use a-z, 0-9 and '_', beginning with a letter, 64 at most")
