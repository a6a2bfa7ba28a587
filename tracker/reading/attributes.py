"""Reads published text as attributes, in one spelling per kind, so that `Yes`, `true` and `1` are equal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from tracker.model import Column, Kind
from tracker.reading.cells import REMEMBERED, CellError, bounded, parse_flag, parse_number, unknown_of
from tracker.reading.names import clean_text, fold_doubled, without_place

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
YEARS = range(1990, 2101)
"""Years in which a model can have been released."""

_CLOCK = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)? ?(?:Z|UTC|[+-][0-9]{2}:?[0-9]{2})?)?"
_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})(?:[-/](?P<month>[0-9]{{1,2}})(?:[-/](?P<day>[0-9]{{1,2}}){_CLOCK})?)?")
_DIGITS = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_MONTH_FIRST = re.compile(
    rf"(?P<name>[A-Za-z]{{3,9}})\.? (?:(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? )?(?P<year>[0-9]{{4}}){_CLOCK}"
)
_DAY_FIRST = re.compile(r"(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th)? (?P<name>[A-Za-z]{3,9})\.?,? (?P<year>[0-9]{4})")
_UNIX = re.compile(r"(?P<seconds>[0-9]{10})(?:[0-9]{3})?(?:\.[0-9]{1,9})?")


@lru_cache(maxsize=1024)
def attribute_reader(column: Column) -> Callable[[str | None], str | None]:
    """A reader, with a cache, of the attributes in a column's cells; None if unknown.

    A flag is `true` or `false`; a number plain decimal digits (`262k` → `262000`); a date `YYYY-MM-DD`, `YYYY-MM` or `YYYY`, as
    far as it is stated; a text is cleaned. The reader raises CellError for a cell that is not of the column's kind.
    """
    unknown, parse = unknown_of(column), _PARSE[column.kind]

    def read(text: str | None) -> str | None:
        cell = clean_text(fold_doubled(text or ""))
        return None if unknown.covers(cell) else parse(cell)

    return lru_cache(maxsize=REMEMBERED)(read)


def parse_date(cell: str) -> str:
    """A date in ISO 8601, as exact as it is stated. Day and month are never guessed. Raises CellError."""
    for pattern in (_DIGITS, _YEAR_FIRST, _MONTH_FIRST, _DAY_FIRST, _UNIX):
        if match := pattern.fullmatch(cell):
            return _iso(match.groupdict(), cell)
    raise CellError(cell, "a date such as 2026-04-09 or Feb 6, 2026")


def _iso(stated: dict[str, str | None], cell: str) -> str:
    if seconds := stated.get("seconds"):
        return _credible(datetime.fromtimestamp(int(seconds), UTC).date(), cell).isoformat()
    year, month, day = int(stated["year"] or 0), _month(stated, cell), stated.get("day")
    try:
        first = date(year, month or 1, int(day or 1))
    except ValueError as error:
        raise CellError(cell, "a date of the calendar") from error
    return _credible(first, cell).isoformat()[: 10 if day else 7 if month else 4]


def _month(stated: dict[str, str | None], cell: str) -> int | None:
    if number := stated.get("month"):
        return int(number) or 13  # month 00 is as wrong as month 13
    if not (name := (stated.get("name") or "").lower()):
        return None
    if name == "sept":
        return 9
    for names in (MONTHS, FULL_MONTHS):
        if name in names:
            return names.index(name) + 1
    raise CellError(cell, "an English month")


def _credible(day: date, cell: str) -> date:
    if day.year not in YEARS:
        raise CellError(cell, f"a year from {YEARS[0]} to {YEARS[-1]}")
    return day


def _number(cell: str) -> str:
    number = parse_number(bounded(cell)) or Decimal(0)  # there is no -0
    if abs(number.adjusted()) > 30:
        raise CellError(cell, "a number between 1e-30 and 1e30")
    plain = f"{number:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else str(int(number))


def _flag(cell: str) -> str:
    return "true" if parse_flag(cell) else "false"


_PARSE: dict[Kind, Callable[[str], str]] = {
    Kind.TEXT: str,
    Kind.NUMBER: _number,
    Kind.DISTANCE: _number,
    Kind.DATE: parse_date,
    Kind.FLAG: _flag,
    Kind.NUMBERED: without_place,
}
