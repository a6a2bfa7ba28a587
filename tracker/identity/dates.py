"""Dates in names: whole (20250514), without a year (0324), without a day (2407, May '25), or a month alone (Sep)."""

from __future__ import annotations

import datetime as dt
import re

from msgspec import Struct

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: index for index, name in enumerate(_NAMES, start=1)}
_NAMED = re.compile(r"([a-z]{3})[a-z]*\.?(?:\D*(\d{2,4}))?")
_DIGITS = re.compile(r"\d+")
_LAST_DAY = 31
_FIRST_YEAR = 23
"""No model of these boards was dated before 2023: `0324` is 24 March, `2403` is March 2024."""


class Date(Struct, frozen=True):
    """The parts that are stated. `either`: two digits that are a day or a year, as in `08-24`."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    either: int | None = None

    @property
    def text(self) -> str:
        """The stated parts in ISO 8601: `2025-05-14`, `2025-05`, `05-14`, `05`."""
        return "-".join(f"{part:02}" for part in (self.year, self.month, self.day) if part)

    @property
    def mark(self) -> str:
        """The short form in ids of snapshots: `0514`, `2505` without a day, `m05` for a month alone."""
        if self.day and self.month:
            return f"{self.month:02}{self.day:02}"
        if self.year and self.month:
            return f"{self.year % 100:02}{self.month:02}"
        return f"m{self.month:02}" if self.month else ""

    def agrees(self, other: Date) -> bool:
        """Whether both can be the same day."""
        if self.either or other.either:
            open_date, date = (self, other) if self.either else (other, self)
            return open_date.month == date.month and open_date.either in (date.either, date.day, date.year and date.year % 100)
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(None in pair or pair[0] == pair[1] for pair in pairs)

    def is_beside(self, other: Date) -> bool:
        """Whether both are whole, and a day apart: one release, by two clocks."""
        own, others = self._ordinal, other._ordinal
        return own is not None and others is not None and abs(own - others) == 1

    @property
    def _ordinal(self) -> int | None:
        """The number of the day; None unless the date is whole and exists."""
        if not (self.year and self.month and self.day):
            return None
        try:
            return dt.date(self.year, self.month, self.day).toordinal()
        except ValueError:
            return None


def read(text: str) -> Date:
    """The date of a token."""
    if text[0].isalpha() and text[0] != "v":
        return _named(text)
    parts = _DIGITS.findall(text)
    if len(parts) == 3:
        return Date(int(parts[0]) % 2000 + 2000, int(parts[1]), int(parts[2]))
    if len(parts) == 2:
        return _pair(parts[0], parts[1])
    return _run(parts[0])


def _named(text: str) -> Date:
    match = _NAMED.match(text)
    month = _MONTHS[text[:3]]
    if match is None or not match[2]:
        return Date(month=month)
    number = int(match[2])
    if len(match[2]) == 4:
        return Date(number, month)
    if number < _FIRST_YEAR or number > _LAST_DAY:
        return _short(month, number)
    return Date(2000 + number, month, either=None if "'" in text else number)


def _short(month: int, number: int) -> Date:
    """`june-24`, `08-24`: the 24th, or the year."""
    if number > _LAST_DAY:
        return Date(month=month)
    return Date(month=month, day=number, either=number if number >= _FIRST_YEAR else None)


def _pair(first: str, second: str) -> Date:
    if len(first) == 4:
        return Date(int(first), int(second))
    if len(second) == 4:
        return Date(int(second), int(first))
    if int(first) > 12:
        return Date(2000 + int(first), int(second))
    return _short(int(first), int(second))


def _run(digits: str) -> Date:
    if len(digits) == 8:
        return Date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6 and digits.startswith("20"):
        return Date(int(digits[:4]), int(digits[4:]))
    if len(digits) == 6:  # `251201`
        return Date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
    first, second = int(digits[:2]), int(digits[2:])
    return Date(2000 + first, second) if first > 12 else Date(month=first, day=second)
