"""Dates as names state them: whole (20250514), without a year (0324), without a day (2407, May '25), or a month alone (Sep)."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: index for index, name in enumerate(_NAMES, start=1)}
_NAMED = re.compile(r"([a-z]{3})[a-z]*\.?(?:\D*(\d{2,4}))?")
_DIGITS = re.compile(r"\d+")
_LAST_DAY = 31
_FIRST_YEAR = 23
"""No model of these boards was dated before 2023: `0324` is 24 March, `2403` is March 2024."""


@dataclass(frozen=True, slots=True)
class Date:
    """What is stated; None what is not. `either`: two digits that are a day or a year, as in `08-24`."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    either: int | None = None

    @property
    def text(self) -> str:
        """As ISO 8601 writes it, as far as it is stated: `2025-05-14`, `2025-05`, `05-14`, `05`."""
        parts = (
            f"{self.year}" if self.year else "",
            f"{self.month:02}" if self.month else "",
            f"{self.day:02}" if self.day else "",
        )
        return "-".join(part for part in parts if part)

    @property
    def mark(self) -> str:
        """The short form that snapshots go by: `0514`, `2505` without a day, `m05` for a month alone."""
        if self.day and self.month:
            return f"{self.month:02}{self.day:02}"
        if self.year and self.month:
            return f"{self.year % 100:02}{self.month:02}"
        return f"m{self.month:02}" if self.month else ""

    def agrees(self, other: Date) -> bool:
        """Whether both can be the same day."""
        if self.either or other.either:
            one, two = (self, other) if self.either else (other, self)
            return one.month == two.month and one.either in (two.either, two.day, two.year and two.year % 100)
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(one is None or two is None or one == two for one, two in pairs)

    def is_beside(self, other: Date) -> bool:
        """Whether both are whole, and a day apart: one release, by two clocks."""
        one, two = self._ordinal, other._ordinal
        return one is not None and two is not None and abs(one - two) == 1

    @property
    def _ordinal(self) -> int | None:
        """The number of the day; None where the date is not whole or is none, as 30 February."""
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
    found = _NAMED.match(text)
    month = _MONTHS[text[:3]]
    if found is None or not found[2]:
        return Date(month=month)
    number = int(found[2])
    if len(found[2]) == 4:
        return Date(number, month)
    if number < _FIRST_YEAR or number > _LAST_DAY:
        return _short(month, number)
    return Date(2000 + number, month, either=None if "'" in text else number)


def _short(month: int, number: int) -> Date:
    """`june-24`, `08-24`: the 24th, or the year."""
    if number > _LAST_DAY:
        return Date(month=month)
    return Date(month=month, day=number, either=number if number >= _FIRST_YEAR else None)


def _pair(one: str, two: str) -> Date:
    if len(one) == 4:
        return Date(int(one), int(two))
    if len(two) == 4:
        return Date(int(two), int(one))
    if int(one) > 12:
        return Date(2000 + int(one), int(two))
    return _short(int(one), int(two))


def _run(digits: str) -> Date:
    if len(digits) == 8:
        return Date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6:
        return Date(int(digits[:4]), int(digits[4:])) if digits.startswith("20") else _stamped(digits)
    one, two = int(digits[:2]), int(digits[2:])
    return Date(2000 + one, two) if one > 12 else Date(month=one, day=two)


def _stamped(digits: str) -> Date:
    """`251201`."""
    return Date(2000 + int(digits[:2]), int(digits[2:4]), int(digits[4:]))
