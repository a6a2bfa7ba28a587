"""Finds out how a whole column writes its figures: decimal points or commas, grouping spaces, currencies, units, per cent signs.

One cell alone does not show it: `1.004` beside 998 and 970 is one thousand and four, and so is `1.004` where other columns have
decimal commas; `87,125 %` is less than a hundred; `¥8` among dollars is not 8 dollars.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from statistics import median

from tracker.model import Bounds, Metric, Nature
from tracker.order import few_rows
from tracker.reading.units import CURRENCY_FIRST, UnitColumn, contradiction, in_one_unit, is_time

CURRENCIES = {"$": ("USD", "$"), "€": ("EUR", "€"), "£": ("GBP", "£"), "¥": ("CNY", "JPY", "RMB", "¥")}
LARGE, APART = 100, 50
"""A dot groups thousands if the other numbers are whole, at least LARGE, and APART times as large as with a decimal point."""
PAR = ("E", "Even", "EVEN", "Par", "PAR")
"""Zero among strokes above and below par: `-4`, `E`, `+2`."""
MANY = 10
"""Figures of a column of which one may be odd."""

_NUMBER = re.compile(r"[0-9](?:[0-9.,]*[0-9])?")
_WHOLE = re.compile(r"[0-9]+")
_WORDLESS = re.compile(r"[\W\d]+")
_SIGNED = re.compile(r"[+\-−–][0-9]{1,3}")
_DOT_GROUP = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_COMMA_GROUP = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_POINT = re.compile(r"[0-9]+\.[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+\.[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3}){2,}")
_COMMA = re.compile(r"[0-9]+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
_SUFFIX = re.compile(r"[0-9] ?[kKmMbBtT](?![A-Za-z])")
_APART = re.compile(r"(?<=[0-9]) [0-9]")
_UNUSUAL = re.compile(r"[^0-9.\n ±+-]")
_WORDED = re.compile(rf"[0-9%] ?[^\W\d_°]|[0-9] [0-9]|[0-9]:[0-9]|°|{CURRENCY_FIRST.pattern}")
_SIGNS = re.compile(rf"[,%$€£¥]|{_WORDED.pattern}")
_THREE_DECIMALS = re.compile(r"\.[0-9]{3}(?![0-9])")
_DECIMALS = re.compile(r"(?<![0-9.])(?:(?:0[0-9]*|[0-9]{4,})\.[0-9]+|[0-9]+\.(?:[0-9]{1,2}|[0-9]{4,}))(?![0-9.])")
"""A figure whose point separates decimals for certain, in a column with one point in each figure."""
_TWO_POINTS = re.compile(r"\.[0-9]+\.")
_SPACES = re.compile(r"(?<![0-9.,])[0-9]+(?: [0-9]+)+(?![0-9])")
"""Digits with plain spaces between them."""
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+")
_SWAPPED = str.maketrans(".,", ",.")


Commas = Callable[[bool], bool | None]
"""Whether a page has decimal commas, None if it does not show it. The argument: figures such as 1.004 depend on it, not 1,004."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A column's cells with decimal points and commas between thousands, without units. `refused`: row → the expected figure.

    `unit` is the word behind every figure of the column, "" if there is none.
    """

    cells: Sequence[str | None]
    refused: Mapping[int, str] = field(default_factory=dict)
    unit: str = ""


def figures_of(cells: Sequence[str | None], metric: Metric, bounds: Bounds, commas: Commas = lambda _: False) -> Figures:
    """The cells of a metric's column in one style. Refuses cells in another style or unit than their column or its declaration.

    `commas` says whether the page has decimal commas, as `has_decimal_commas`; it is asked if the column alone does not show it.
    """
    text = "\n".join(filter(None, cells))
    if any(word in text for word in PAR):
        cells = _without_par(cells)
    if not _is_unusual(text) and (not _THREE_DECIMALS.search(text) or _has_points_only(text)):
        return Figures(cells=cells)
    found = in_one_unit(_without_spaces(cells)) if _WORDED.search(text) else UnitColumn(cells=cells)
    known = {row: cell for row, cell in enumerate(found.cells) if cell}
    numbers = {row: numerals for row, cell in known.items() if (numerals := _NUMBER.findall(cell))}
    separator = _separator(numbers, metric, bounds, commas)
    other, expected = (_is_comma, "a decimal point") if separator != "," else (_is_point, "a decimal comma")
    refused = {row: f"{expected}, as in other cells" for row, numerals in numbers.items() if any(map(other, numerals))}
    refused |= _other_currency(known, metric) | _other_share(known, numbers) | _no_time(known, metric) | found.refused
    refused |= _odd(known, numbers, metric, commas)
    if not separator:
        expected = (
            f"a dot with a clear meaning: contract.{metric.id} = {{ max = 999 }} for decimals, {{ min = 1000 }} for thousands"
        )
        refused |= {row: expected for row, numerals in numbers.items() if any(map(_DOT_GROUP.fullmatch, numerals))}
    if found.unit and (expected := contradiction(found.unit, metric)):
        refused |= dict.fromkeys(numbers, expected)
    swapped = found.cells if separator != "," else [cell and cell.translate(_SWAPPED) for cell in found.cells]
    return Figures(cells=[None if row in refused else cell for row, cell in enumerate(swapped)], refused=refused, unit=found.unit)


def _without_par(cells: Sequence[str | None]) -> Sequence[str | None]:
    """The cells with 0 for the words for par, if all others are whole numbers with signs."""
    others = [cell.strip() for cell in cells if cell and cell.strip() not in PAR]
    signed = sum(bool(_SIGNED.fullmatch(cell)) for cell in others)
    return ["0" if cell and cell.strip() in PAR else cell for cell in cells] if signed > len(others) / 2 else cells


def _is_unusual(text: str) -> bool:
    """Whether a column has more than digits, points, signs and intervals; a quick look, since most columns hold nothing else."""
    return bool((_UNUSUAL.search(text) and _SIGNS.search(text)) or (" " in text and _APART.search(text)))


def _has_points_only(text: str) -> bool:
    """Whether one figure of a column that is not unusual has decimals for certain, and no dots in it group thousands."""
    return _DECIMALS.search(text) is not None and not _TWO_POINTS.search(text)


def has_decimal_commas(columns: Iterable[Sequence[str | None]]) -> bool | None:
    """Whether the columns of a table have decimal commas; None if none has decimals for certain, or some have points."""
    found = set()
    for cells in columns:
        text = "\n".join(filter(None, cells))
        if not (_UNUSUAL.search(text) or " " in text or _TWO_POINTS.search(text)):  # as most columns
            found |= {False} if _DECIMALS.search(text) else set()
            continue
        figures = [cell for cell in in_one_unit(_without_spaces(cells)).cells if cell and _WORDLESS.fullmatch(cell)]
        numbers = list(chain.from_iterable(map(_NUMBER.findall, figures)))
        points, commas = sum(map(_is_point, numbers)), sum(map(_is_comma, numbers))
        if points or commas:
            found.add(commas > points)
    return found.pop() if len(found) == 1 else None


def _without_spaces(cells: Sequence[str | None]) -> Sequence[str | None]:
    """The cells without the plain spaces between thousands, if all of them together show that the spaces group digits."""
    runs = [run for cell in cells if cell for run in _SPACES.findall(cell)]
    if not runs or not all(map(_SPACED.fullmatch, runs)) or not _group_thousands(runs, cells):
        return cells
    return [cell and _SPACES.sub(lambda run: run[0].replace(" ", ""), cell) for cell in cells]


def _group_thousands(runs: Sequence[str], cells: Sequence[str | None]) -> bool:
    """Whether runs such as `1 504` are numbers, not a place and a score (1 504, 2 498), two scores, or a score of 100."""
    groups = [run.split(" ") for run in runs]
    others = [cell for cell in cells if cell and not _SPACES.search(cell)]
    whole = [float(found[0]) for cell in others if (found := _WHOLE.search(cell))]
    if any(value >= 10 * LARGE**2 for value in whole):  # thousands without a space
        return False
    if any(len(parts) > 2 or parts[1].startswith("0") for parts in groups):
        return True
    firsts, lasts = [float(first) for first, _ in groups], {last for _, last in groups}
    if len(groups) > 1:
        counts = firsts[0] == 1 < firsts[-1] and firsts == sorted(firsts)
        return not counts and len(lasts) > 1 and min(firsts) < LARGE
    return bool(whole) and median(whole) >= LARGE


@lru_cache(maxsize=16_384)
def _is_point(number: str) -> bool:
    return bool(_POINT.fullmatch(number)) and not _DOT_GROUP.fullmatch(number)


@lru_cache(maxsize=16_384)
def _is_comma(number: str) -> bool:
    return bool(_COMMA.fullmatch(number)) and not _COMMA_GROUP.fullmatch(number)


def _separator(numbers: Mapping[int, Sequence[str]], metric: Metric, bounds: Bounds, commas: Commas) -> str:
    """The decimal separator of a column; "" if nothing shows whether its dots separate decimals or thousands."""
    every = list(chain.from_iterable(numbers.values()))
    with_point, with_comma = sum(map(_is_point, every)), sum(map(_is_comma, every))
    if with_point or with_comma:
        return "." if with_point >= with_comma else ","
    dotted, grouped = (list(filter(group.fullmatch, every)) for group in (_DOT_GROUP, _COMMA_GROUP))
    is_point, is_comma = (_separates_decimals(values, metric, bounds) for values in (dotted, grouped))
    if (dotted and metric.nature is Nature.COUNT) or _has_dot_groups([first for first, *_ in numbers.values()]):
        return ","
    if is_comma or is_point is False:
        return ","
    if is_point or is_comma is False or not (dotted or grouped):
        return "."
    found = commas(bool(dotted))
    return "" if dotted and found is None else "," if found else "."


def _has_dot_groups(values: Sequence[str]) -> bool:
    """Whether numbers such as 1.004 are among whole numbers a thousand times as large."""
    whole = [float(value) for value in values if value.isdigit()]  # which has no limit of digits
    dotted = [float(value) for value in values if _DOT_GROUP.fullmatch(value)]
    return bool(whole and dotted) and median(whole) >= max(LARGE, APART * max(dotted))


def _separates_decimals(grouped: Sequence[str], metric: Metric, bounds: Bounds) -> bool | None:
    """Whether the separator in numbers such as 87,125 is a decimal one, by the limits of the metric; None if they do not say."""
    values = [float(value.replace(",", ".")) for value in grouped]
    limit = 100.0 if metric.unit == "%" else bounds.max
    if values and limit is not None and max(values) <= limit < 1000:
        return True
    return False if values and bounds.min is not None and min(values) < bounds.min else None


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


def _odd(known: Mapping[int, str], numbers: Mapping[int, Sequence[str]], metric: Metric, commas: Commas) -> dict[int, str]:
    """The few cells of a long column that alone have a `%`, or that alone have decimals, with commas on a page of points."""
    few = few_rows(len(numbers)) if len(numbers) >= MANY else 0
    percentages = [row for row in numbers if "%" in known[row]] if metric.unit != "%" else []
    odd = dict.fromkeys(percentages if len(percentages) <= few else (), "a figure without %, as in other cells")
    decimals = [row for row, numerals in numbers.items() if any("." in number or _is_comma(number) for number in numerals)]
    if 0 < len(decimals) <= few and any(map(_is_comma, chain.from_iterable(numbers[row] for row in decimals))):
        odd |= dict.fromkeys(decimals if not commas(False) else (), "a whole number, as in other cells")
    return odd


def _value(number: str) -> float:
    """The approximate value of a number, to compare it with 1."""
    return float(number.replace(",", ".")) if number.count(",") + number.count(".") <= 1 else LARGE


def _no_time(known: Mapping[int, str], metric: Metric) -> dict[int, str]:
    """`45m` in seconds: minutes or millions."""
    if not is_time(metric.unit):
        return {}
    return {row: f"a number of {metric.unit}" for row, cell in known.items() if _SUFFIX.search(cell)}
