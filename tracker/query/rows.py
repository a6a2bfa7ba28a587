"""Answers as lists of typed rows that become data frames."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import wraps
from importlib import import_module
from typing import Any, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from tracker.errors import DeclarationError

Row = TypeVar("Row")
Arguments = ParamSpec("Arguments")
_PLAIN = (datetime, bool, int, float, str)
"""The types that a column has; anything else is JSON text."""
_PANDAS: Mapping[type, str] = {datetime: "datetime64[us, UTC]", bool: "boolean", int: "Int64", float: "float64", str: "object"}


class Rows(tuple[Row, ...]):  # noqa: SLOT001  # a tuple has no slot for the kind
    """The rows of an answer: a tuple, with the data frames of it.

    A frame has a column for each field of a row, with its type also where no row has a value. A field that holds other records
    is JSON text. Records that hold a history (of an entry, of a lead) have a row for each period.
    """

    _kind: str

    def __new__(cls, rows: Iterable[Row], kind: str) -> Rows[Row]:
        """Rows of a class, as `module:name`, which is loaded only when it is needed."""
        self = super().__new__(cls, rows)
        self._kind = kind
        return self

    @property
    def kind(self) -> type:
        """The class of the rows."""
        module, _, name = self._kind.partition(":")
        kind: type = getattr(import_module(module), name)
        return kind

    def to_pandas(self) -> Any:
        """A `pandas.DataFrame`. Raises DeclarationError if pandas is not installed."""
        pandas = _library("pandas")
        types, columns = self._columns()
        return pandas.DataFrame({name: pandas.Series(columns[name], dtype=_PANDAS[kind]) for name, kind in types.items()})

    def to_polars(self) -> Any:
        """A `polars.DataFrame`. Raises DeclarationError if polars is not installed."""
        polars = _library("polars")
        types, columns = self._columns()
        known = {bool: polars.Boolean, int: polars.Int64, float: polars.Float64, str: polars.String}
        known[datetime] = polars.Datetime("us", "UTC")
        return polars.DataFrame(columns, schema={name: known[kind] for name, kind in types.items()})

    def to_arrow(self) -> Any:
        """A `pyarrow.Table`. Raises DeclarationError if pyarrow is not installed."""
        arrow = _library("pyarrow")
        types, columns = self._columns()
        known = {bool: arrow.bool_(), int: arrow.int64(), float: arrow.float64(), str: arrow.string()}
        known[datetime] = arrow.timestamp("us", "UTC")
        return arrow.table({name: arrow.array(columns[name], known[kind]) for name, kind in types.items()})

    def _columns(self) -> tuple[dict[str, type], dict[str, list[object]]]:
        """The type and the values of each column."""
        kind = self.kind
        records: Iterator[object] = iter(self)
        table: Callable[[Any], Iterable[object]] | None = getattr(kind, "table", None)
        if table is not None:
            records = (row for record in self for row in table(record))
            kind = get_args(get_type_hints(table)["return"])[0]
        types = {field: _plain(hint) for field, hint in _hints(kind).items()}
        rows = list(records)
        return types, {name: [_cell(getattr(row, name), of) for row in rows] for name, of in types.items()}


def answers(kind: str) -> Callable[[Callable[Arguments, Iterable[Row]]], Callable[Arguments, Rows[Row]]]:
    """Make a function return `Rows` of that class (`module:name`)."""

    def decorated(function: Callable[Arguments, Iterable[Row]]) -> Callable[Arguments, Rows[Row]]:
        @wraps(function)
        def answer(*args: Arguments.args, **named: Arguments.kwargs) -> Rows[Row]:
            return Rows(function(*args, **named), kind)

        return answer

    return decorated


def _hints(kind: type) -> Mapping[str, object]:
    assert is_dataclass(kind)
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def _plain(hint: Any) -> type:
    """The type of a column for an annotation; text for anything else."""
    if hint_of := getattr(hint, "__supertype__", None):
        return _plain(hint_of)
    if get_origin(hint) is not None:
        args = [arg for arg in get_args(hint) if arg is not type(None)]
        return _plain(args[0]) if len(args) == 1 and type(None) in get_args(hint) else str
    return next((kind for kind in _PLAIN if isinstance(hint, type) and issubclass(hint, kind)), str)


def _cell(value: object, kind: type) -> object:
    if value is None or kind is not str:
        return value
    return str(value) if isinstance(value, str) else msgspec.json.encode(_in_json(value), order="deterministic").decode()


def _in_json(value: Any) -> Any:
    """Records as objects, also where a key of a mapping is a record or a set is unordered."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _in_json(getattr(value, field.name)) for field in fields(value) if field.repr}
    if isinstance(value, Mapping):
        return {str(key): _in_json(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(map(_in_json, value), key=str)
    return [_in_json(item) for item in value] if isinstance(value, tuple | list) else value


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise DeclarationError(
            f"{name} is not installed; expected it for to_{name.removeprefix('py')} (pip install {name})"
        ) from error
