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


def missing_of(values: Iterable[str | float]) -> frozenset[str]:
    """Values that mean unknown, as texts."""
    return frozenset(str(value) for value in values)


def column_of(declared: str | Sequence[str] | ColumnTable, kind: Kind) -> Column:
    """A column in any of its three spellings."""
    if not isinstance(declared, ColumnTable):
        return Column(sources=texts(declared), kind=kind)
    return Column(
        sources=texts(declared.from_), missing=missing_of(declared.missing), kind=Kind(declared.kind) if declared.kind else kind
    )


def optional_column(declared: str | Sequence[str] | ColumnTable | None, kind: Kind) -> Column | None:
    """The column, or None if none is declared."""
    return None if declared is None else column_of(declared, kind)


def key_of(declared: str | ColumnTable | Sequence[str | list[str] | ColumnTable]) -> tuple[Column, ...]:
    """The parts of a key."""
    parts = [declared] if isinstance(declared, (str, ColumnTable)) else declared
    return tuple(column_of(part, Kind.TEXT) for part in parts)


def attributes_of(declared: Mapping[str, str | list[str] | ColumnTable]) -> Mapping[str, Column]:
    """The attributes, each of its declared kind, or of the kind of its name. Raises Wrong."""
    for name in declared:
        check_name(name, dotted("columns", name))
    return MappingProxyType({name: column_of(column, KINDS.get(name, Kind.TEXT)) for name, column in declared.items()})


def check_name(name: str, place: str) -> None:
    """Refuse a name that is not a plain id. Raises Wrong."""
    if not _NAME.fullmatch(name):
        raise Wrong(f"{place} is not a name; use a-z, 0-9 and '_', beginning with a letter, 64 at most")
