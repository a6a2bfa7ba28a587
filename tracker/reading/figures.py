"""Finds out how a whole column writes its figures: decimal points or commas, currencies, per cent signs.

One cell alone does not show it: `1.004` beside 998 and 970 is one thousand and four; `87,125 %` is less than a hundred; `¥8`
among dollars is not 8 dollars.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from statistics import median

from tracker.model import Bounds, Metric, Nature

CURRENCIES = {"$": ("USD", "$"), "€": ("EUR", "€"), "£": ("GBP", "£"), "¥": ("CNY", "JPY", "RMB", "¥")}
TIMES = frozenset({"s", "sec", "second", "seconds", "ms", "milliseconds", "min", "minutes", "h", "hours"})
LARGE, APART = 100, 50
"""A dot groups thousands if the other numbers are whole, at least LARGE, and APART times as large as with a decimal point."""

_NUMBER = re.compile(r"[0-9](?:[0-9.,]*[0-9])?")
_DOT_GROUP = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMA_GROUP = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_POINT = re.compile(r"[0-9]+\.[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}")
_COMMA = re.compile(r"[0-9]+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
_SUFFIX = re.compile(r"[0-9] ?[kKmMbBtT](?![A-Za-z])")
_SIGNS = re.compile(r"[,%$€£¥kKmMbBtT]")
_THREE_DECIMALS = re.compile(r"\.[0-9]{3}(?![0-9])")
_SWAPPED = str.maketrans(".,", ",.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A column's cells with decimal points and commas between thousands. `refused` maps a row to the expected figure."""

    cells: Sequence[str | None]
    refused: Mapping[int, str] = field(default_factory=dict)


def figures_of(cells: Sequence[str | None], metric: Metric, bounds: Bounds) -> Figures:
    """The cells of a metric's column in one style. Refuses cells in another style than their column."""
    text = "\n".join(filter(None, cells))
    if not _SIGNS.search(text) and not _THREE_DECIMALS.search(text):
        return Figures(cells=cells)
    known = {row: cell for row, cell in enumerate(cells) if cell}
    numbers = {row: numerals for row, cell in known.items() if (numerals := _NUMBER.findall(cell))}
    separator = _separator(numbers, metric, bounds)
    other, expected = (_is_comma, "a decimal point") if separator == "." else (_is_point, "a decimal comma")
    refused = {row: f"{expected}, as in other cells" for row, numerals in numbers.items() if any(map(other, numerals))}
    refused |= _other_currency(known, metric) | _other_share(known, numbers) | _no_time(known, metric)
    swapped = cells if separator == "." else [cell and cell.translate(_SWAPPED) for cell in cells]
    return Figures(cells=[None if row in refused else cell for row, cell in enumerate(swapped)], refused=refused)


def _is_point(number: str) -> bool:
    return bool(_POINT.fullmatch(number)) and not _DOT_GROUP.fullmatch(number)


def _is_comma(number: str) -> bool:
    return bool(_COMMA.fullmatch(number)) and not _COMMA_GROUP.fullmatch(number)


def _separator(numbers: Mapping[int, Sequence[str]], metric: Metric, bounds: Bounds) -> str:
    points, commas = (sum(map(is_style, chain.from_iterable(numbers.values()))) for is_style in (_is_point, _is_comma))
    if points or commas:
        return "." if points >= commas else ","
    values = [first for first, *_ in numbers.values()]
    is_count = metric.nature is Nature.COUNT and any(map(_DOT_GROUP.fullmatch, values))
    return "," if is_count or _has_dot_groups(values) or _has_small_limit(values, metric, bounds) else "."


def _has_dot_groups(values: Sequence[str]) -> bool:
    """Whether numbers such as 1.004 are among whole numbers a thousand times as large."""
    whole = [int(value) for value in values if value.isdigit()]
    dotted = [float(value) for value in values if _DOT_GROUP.fullmatch(value)]
    return bool(whole and dotted) and median(whole) >= max(LARGE, APART * max(dotted))


def _has_small_limit(values: Sequence[str], metric: Metric, bounds: Bounds) -> bool:
    """Whether all numbers such as 87,125 would exceed the largest possible value if the comma grouped thousands."""
    limit = 100.0 if metric.unit == "%" else bounds.max
    grouped = [value for value in values if _COMMA_GROUP.fullmatch(value)]
    return bool(grouped) and limit is not None and all(float(value.replace(",", ".")) <= limit < 1000 for value in grouped)


def _other_currency(known: Mapping[int, str], metric: Metric) -> dict[int, str]:
    signs = {row: sign for row, cell in known.items() for sign in CURRENCIES if sign in cell}
    if not signs:
        return {}
    declared = {sign for sign, names in CURRENCIES.items() if any(name in metric.unit for name in names)}
    usual = declared or {sign for sign, _ in Counter(signs.values()).most_common(1)}
    expected = f"an amount in {metric.unit}" if declared else f"an amount in {' or '.join(usual)}, as in other cells"
    return {row: expected for row, sign in signs.items() if sign not in usual}


def _other_share(known: Mapping[int, str], numbers: Mapping[int, Sequence[str]]) -> dict[int, str]:
    """Shares of 0–1 among percentages."""
    percentages = [_value(numerals[0]) for row, numerals in numbers.items() if "%" in known[row]]
    if not percentages or median(percentages) <= 1:
        return {}
    shares = [row for row, numerals in numbers.items() if "%" not in known[row] and _value(numerals[0]) < 1]
    return dict.fromkeys(shares, "a figure in %, as in other cells")


def _value(number: str) -> float:
    """The approximate value of a number, to compare it with 1."""
    return float(number.replace(",", ".")) if number.count(",") + number.count(".") <= 1 else LARGE


def _no_time(known: Mapping[int, str], metric: Metric) -> dict[int, str]:
    """`45m` in seconds: minutes or millions."""
    if metric.unit.casefold() not in TIMES:
        return {}
    return {row: f"a number of {metric.unit}" for row, cell in known.items() if _SUFFIX.search(cell)}
