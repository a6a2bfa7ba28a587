"""Means that a payload declares by naming columns of the board, as the categories of LiveBench name tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import msgspec

from tracker.errors import ParseError
from tracker.model import Table
from tracker.reading.cells import CellError, number_of

Lists = Mapping[str, tuple[str, ...]]
"""Name of a mean → its columns."""

ALL = "*"
"""The mean of all the means."""
_MAX_DECIMALS = 12
_names = msgspec.json.Decoder(tuple[str, ...])


def lists_of(table: Table, payload: str, rows: Sequence[str]) -> Lists:
    """The lists of the wanted rows, or of all rows if their common mean is wanted.

    Raises:
        ParseError: the payload has other columns than `$key` and `$value`, or a value that is not a list of distinct texts.
    """
    if table.columns != ("$key", "$value"):
        raise ParseError(
            f"the payload {payload} has the columns {', '.join(table.columns)}, expected $key and $value (pairs = true)"
        )
    return {name or "": _listed(value, payload, name) for name, value in table.rows if ALL in rows or name in rows}


def _listed(value: str | None, payload: str, name: str | None) -> tuple[str, ...]:
    try:
        columns = _names.decode(value or "")
    except msgspec.MsgspecError as error:
        raise ParseError(f"the payload {payload} has {value!r} under {name!r}, expected a list of columns") from error
    if not columns or len(set(columns)) < len(columns):
        raise ParseError(f"the payload {payload} lists {value!r} under {name!r}, expected columns, each once")
    return columns


def with_means(table: Table, payload: str, lists: Lists, rows: Sequence[str]) -> Table:
    """The table with a column `<payload>:<row>` for each wanted row of the payload. A mean is unknown if one of its parts is.

    Raises:
        ParseError: a listed column is absent from the board's table, or has a cell that is not a number.
    """
    places = {column: at for at, column in enumerate(table.columns)}
    absent = next((column for names in lists.values() for column in names if column not in places), None)
    if absent is not None:
        raise ParseError(f"the payload {payload} lists {absent!r}, which is not a column of the board")
    exact = {name: [_mean(row, names, places) for row in table.rows] for name, names in lists.items()}
    if ALL in rows and exact:
        exact[ALL] = [_mean_of_means(parts) for parts in zip(*exact.values(), strict=True)]
    means = {name: [None if mean is None else mean.text for mean in column] for name, column in exact.items()}
    wanted = [name for name in rows if name in means]
    columns = (*table.columns, *(f"{payload}:{name}" for name in wanted))
    merged = [(*row, *(means[name][at] for name in wanted)) for at, row in enumerate(table.rows)]
    return Table(columns=columns, rows=merged, facts=table.facts, page_starts=table.page_starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """An exact mean, with enough `decimals` to distinguish any two such means."""

    value: Fraction
    decimals: int

    @property
    def text(self) -> str:
        """Rounded half-up in the last of its decimals."""
        decimals = min(self.decimals, _MAX_DECIMALS)
        digits = f"{floor(abs(self.value) * 10**decimals + Fraction(1, 2)):0{decimals + 1}d}"
        sign = "-" if self.value < 0 else ""
        return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def _mean(row: Sequence[str | None], names: Sequence[str], places: Mapping[str, int]) -> Mean | None:
    return _exact([row[places[name]] for name in names], " + ".join(names))


def _mean_of_means(parts: Sequence[Mean | None]) -> Mean | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    decimals = max(part.decimals for part in known) + _digits(len(known))
    return Mean(value=sum((part.value for part in known), Fraction()) / len(known), decimals=decimals)


def mean_text(cells: Sequence[str | None], place: str) -> str | None:
    """The mean of numbers as published, None if one is unknown. Raises ParseError for a cell that is not a number."""
    mean = _exact(cells, place)
    return None if mean is None else mean.text


def _exact(cells: Sequence[str | None], place: str) -> Mean | None:
    try:
        numbers = [number_of(cell) for cell in cells]
    except CellError as error:
        raise ParseError(f"{place}: {error}") from error
    known = [number for number in numbers if number is not None]
    if not numbers or len(known) < len(numbers):
        return None
    decimals = max(max(0, -int(number.as_tuple().exponent)) for number in known) + _digits(len(known))
    return Mean(value=sum(map(Fraction, known), Fraction()) / len(known), decimals=decimals)


def _digits(count: int) -> int:
    return len(str(count - 1))
