"""Means that a payload declares: its rows name columns of the board, as LiveBench's categories name tasks."""

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
"""Name of a mean → the columns it is the mean of."""

ALL = "*"
"""The mean of all the means."""
_MAX_DECIMALS = 12
_names = msgspec.json.Decoder(tuple[str, ...])


def lists_of(table: Table, payload: str, rows: Sequence[str]) -> Lists:
    """What each row lists: those asked for, all of them where their common mean is.

    Raises:
        ParseError: the payload has other columns than `$key` and `$value`, or a list that is none of texts, or an empty one.
    """
    if table.columns != ("$key", "$value"):
        raise ParseError(
            f"the payload {payload} has the columns {', '.join(table.columns)}, expected $key and $value (pairs = true)"
        )
    asked = None if ALL in rows else set(rows)
    return {name or "": _listed(value, payload, name) for name, value in table.rows if asked is None or name in asked}


def _listed(value: str | None, payload: str, name: str | None) -> tuple[str, ...]:
    try:
        found = _names.decode(value or "")
    except msgspec.MsgspecError as error:
        raise ParseError(f"the payload {payload} says {value!r} of {name!r}, expected a list of columns") from error
    if not found or len(set(found)) < len(found):
        raise ParseError(f"the payload {payload} lists {value!r} under {name!r}, expected columns, each once")
    return found


def with_means(table: Table, payload: str, lists: Lists, rows: Sequence[str]) -> Table:
    """The table with a column `<payload>:<row>` for each of the rows asked for that the payload has.

    A mean is unknown where one of its parts is.

    Raises:
        ParseError: a listed column is absent from the board's table, or holds what is no number.
    """
    places = {column: at for at, column in enumerate(table.columns)}
    absent = next((column for names in lists.values() for column in names if column not in places), None)
    if absent is not None:
        raise ParseError(f"the payload {payload} lists {absent!r}, which is none of the board's columns")
    exact = {name: [_mean(row, names, places) for row in table.rows] for name, names in lists.items()}
    if ALL in rows and exact:
        exact[ALL] = [_mean_of_means(parts) for parts in zip(*exact.values(), strict=True)]
    means = {name: [None if mean is None else mean.text for mean in column] for name, column in exact.items()}
    asked = [name for name in rows if name in means]
    columns = (*table.columns, *(f"{payload}:{name}" for name in asked))
    made = [(*row, *(means[name][at] for name in asked)) for at, row in enumerate(table.rows)]
    return Table(columns=columns, rows=made, facts=table.facts, page_starts=table.page_starts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """An exact mean; `decimals` are as many as tell any two such means apart."""

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
    """The mean of numbers as published, None where one is unknown.

    Raises:
        ParseError: a cell is no number.
    """
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


def _digits(many: int) -> int:
    return len(str(many - 1))
