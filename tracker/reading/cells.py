"""Reads published text as numbers: `1504 ±6`, `12,730`, `$2.50 / 1M`, `19 E`, `—`. Refuses whatever is not certain.

Our rules:
- a comma separates thousands, and only in groups of exactly three (`3,5` and `1.234,56` are refused); no-break
  and thin spaces do the same, a plain space does not (`57 62` are two numbers);
- `k`, `m`, `b`, `t` directly after a number, in either case, are 10³, 10⁶, 10⁹, 10¹², whatever the metric;
- an interval may follow: `±6`, `+5/-4`, in brackets or not, or its ends in brackets, `71.2 (70.1-72.3)`;
- `%`, currency signs and `/ 1M` (tokens) leave the value as it is; any other word is refused;
- `≈ 12`, `37*` and `19 E` are estimates;
- `Free` is a price of 0; `—`, `N/A`, `contact sales` and the like are unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from itertools import chain
from math import isfinite
from typing import Protocol

from tracker.model import Column, Kind, Measure, Metric
from tracker.parsers.decoding import ARROWS
from tracker.reading.figures import CURRENCIES
from tracker.reading.names import BADGES, LINK, VARIATION

MISSING = frozenset({"", "-", "–", "—", "--", "n/a", "na", "null", "none", "nan", "unknown", "?", "tbd", "$undefined"})
"""The world's ways to write "not available", in lower case."""
NO_FIGURE = MISSING.union(
    ("??", "n.a", "n/d", "tba", "pending", "soon", "coming soon", "contact", "contact us", "contact sales", "on request"),
    ("upon request", "custom", "custom pricing", "not available", "not applicable", "not announced", "not disclosed"),
    ("undisclosed", "not tested", "not rated", "in progress", "to be announced", "to be determined"),
)
"""Texts that mean the same in columns of figures, dates and flags."""
FREE = frozenset({"free", "gratis", "free of charge"})
"""A price of 0."""
YES = frozenset({"true", "yes", "y", "on", "1", "1.0", "✓", "✔", "✅"})
NO = frozenset({"false", "no", "n", "off", "0", "0.0", "✗", "✘", "❌"})
MEDALS = {"🥇": 1, "🥈": 2, "🥉": 3}
MAX_CELL = 200
"""Length of the longest cell that may be a number."""
REMEMBERED = 16_384
"""Cells remembered per metric: a large board, its last states, and at worst a few megabytes."""

_POWERS = {"k": 3, "m": 6, "b": 9, "t": 12}
_AROUND = " *†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰()[].…!?"
"""Brackets, footnote marks and stops around a word."""
_ARITHMETIC = Context(prec=60)
_SIGNS = str.maketrans({**dict.fromkeys("\u2013\u2212\ufe63\uff0d", "-"), **dict.fromkeys(VARIATION)})

_DECORATION = str.maketrans("", "", "$€£¥,")

_PLAIN = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,17})?")
_GROUP_SPACE = re.compile(r"(?<=[0-9])[\u00a0\u2006-\u2009\u202f'’](?=[0-9]{3}(?![0-9]))")
"""No-break and thin spaces, and the apostrophe of Swiss pages, between thousands."""
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_DELTA = re.compile(rf"(?<=[0-9%.])(?: ?[\[(]? ?[{ARROWS}] ?[+\-]?[0-9.,]*%?[\])]?| ?(?:\([-—=]\)|\[[-—=]\]))$")
"""A move, or a sign for none."""
_NOTE = re.compile(r"(?<=[0-9%]) ?[†‡§¶]+$|(?<![^0-9]10)(?<!^10)(?<=[0-9%])[¹²³⁴⁵⁶⁷⁸⁹⁰]+$")
_NUMBER = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)"
_AMOUNT = rf"(?:[$€£¥]{_NUMBER}\ [kKmMbBtT](?![A-Za-z])|[$€£¥]?{_NUMBER}[kKmMbBtT]?)"
_CELL = re.compile(
    rf"""
    (?P<about>[≈~]\ ?)?
    (?P<value>[+-]?{_AMOUNT})
    (?:\ ?[%$€£¥])?
    (?P<star>\*)?
    (?:\ ?(?:/|per)\ ?1?[mM](?:\ ?tok(?:en)?s?)?)?
    (?:\ ?[(\[]?±\ ?(?P<half>{_AMOUNT})\ ?%?[)\]]?
    |\ ?[(\[]?(?P<first>[+-]{_AMOUNT})%?\ ?(?:/|(?P<comma>,))\ ?(?P<second>[+-]?{_AMOUNT})%?[)\]]?
    |\ ?[(\[](?P<low>[+-]?{_AMOUNT})\ ?%?(?:\ ?[-–—]\ ?|,\ ?|\ to\ )(?P<high>[+-]?{_AMOUNT})\ ?%?[)\]])?
    (?P<tail>\*)?
    (?:\ \(?(?P<note>E|(?i:est\.|estimated?|preliminary|provisional|new))\)?)?
    """,
    re.VERBOSE,
)
_PLUS_MINUS = re.compile(
    rf"±?\ ?(?P<half>{_AMOUNT})\ ?%?|(?P<first>[+-]?{_AMOUNT})%?\ ?/\ ?(?P<second>[+-]?{_AMOUNT})%?", re.VERBOSE
)
_RANK = re.compile(
    r"(?:#|[Tt]-?|=|[Nn][or]\.? ?)?(?P<rank>[0-9]{1,9}|[1-9][0-9]{0,2}(?:,[0-9]{3})+)"
    r"(?:\.0*|st|nd|rd|th|er?|º|ª|°|位|名|위)?=?\.?"
)


class CellError(ValueError):
    """A cell cannot be read for certain. `found` is its text, `code` the violation."""

    def __init__(self, found: str, expected: str, *, code: str = "unreadable_cell") -> None:
        super().__init__(f"found {shortened(found)!r}, expected {expected}")
        self.found = shortened(found)
        self.expected = expected
        self.code = code


Text = str | None
"""A cell as published; None where the publisher wrote nothing."""


class Reader(Protocol):
    """Reads the cells of one metric. Returns the same object for the same text."""

    def __call__(
        self, text: Text, plus_minus: Text = None, low: Text = None, high: Text = None, estimated: Text = None
    ) -> Measure | None:
        """The measure of one entry in the metric's unit, None if unknown.

        `low` and `high` go before `plus_minus`, and that before an interval within the cell. `decimals` are the published ones,
        moved by the metric's scale. Raises CellError unless the text is one number, within its interval.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The values of a column that mean unknown: texts in lower case, and numbers, since `0`, `0.0` and `$0.00` are equal."""

    texts: frozenset[str]
    numbers: frozenset[Decimal]

    def names(self, cell: str) -> bool:
        """Whether a stripped cell is a text that means unknown."""
        return cell.casefold() in self.texts or _word(cell) in self.texts

    def covers(self, cell: str) -> bool:
        """Whether a stripped cell means unknown."""
        if self.names(cell):
            return True
        match = _CELL.fullmatch(_canonical(cell)) if self.numbers else None
        return match is not None and _amount(match["value"]) in self.numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    value: Decimal
    below: Decimal | None
    above: Decimal | None
    estimated: bool


@lru_cache(maxsize=1024)
def reader(metric: Metric) -> Reader:
    """A reader with a cache: an unchanged cell costs a look-up and is the identical object."""
    unknown = unknown_of(metric.column)
    simple = metric.scale == 1 and not unknown.numbers
    free = FREE if metric.topic == "price" or any(name in metric.unit for name in chain(*CURRENCIES.values())) else ()

    def read(text: Text, plus_minus: Text = None, low: Text = None, high: Text = None, estimated: Text = None) -> Measure | None:
        if text and _PLAIN.fullmatch(text) and not (plus_minus or low or high or estimated):
            decimals = len(text.partition(".")[2])
            if simple:
                return Measure(value=float(text) + 0.0, decimals=decimals, raw=text)  # + 0.0: there is no -0
            amount, decimals = Decimal(text), max(0, decimals - metric.scale.adjusted())
            is_known = amount not in unknown.numbers
            return Measure(value=_in_unit(amount, metric, text), decimals=decimals, raw=text) if is_known else None
        cell = bounded(text)
        if unknown.names(cell):
            return None
        if _word(cell) in free:
            return Measure(value=0.0, decimals=0, raw=cell)
        parts = _split(cell)
        if parts.value in unknown.numbers:
            return None
        below, above = _interval(parts, metric, plus_minus, low, high)
        return _measure(parts, metric, below, above, raw=cell, estimated=parts.estimated or _flag(estimated, metric.estimated))

    return lru_cache(maxsize=REMEMBERED)(read)


def parse_rank(text: str | None) -> int | None:
    """A published rank: `3`, `3.0`, `3rd`, `3.`, `3位`, `#3`, `T3`, `T-3`, `=3` or `3=` (shared), `🥉`; None if unstated.

    Raises CellError.
    """
    cell = bounded(text)
    if cell.casefold() in MISSING:
        return None
    if medal := MEDALS.get(cell):
        return medal
    match = _RANK.fullmatch(_canonical(cell))
    rank = int(match["rank"].replace(",", "")) if match else 0
    if rank < 1:
        raise CellError(cell, "a rank such as 3 or 3rd")
    return rank


def parse_flag(cell: str) -> bool:
    """Whether a word means yes. Raises CellError for a word that means neither yes nor no."""
    word = cell.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellError(cell, "yes or no, true or false, 1 or 0")


def parse_number(cell: str) -> Decimal:
    """The one number of a cell without an interval. Raises CellError."""
    parts = _split(cell)
    if parts.below is not None:
        raise CellError(cell, "one number without an interval")
    return parts.value


def number_of(cell: str | None) -> Decimal | None:
    """The one number of a cell, None for a common way to write "unknown". Raises CellError."""
    text = bounded(cell)
    return None if text.casefold() in MISSING else parse_number(text)


def bounded(text: str | None) -> str:
    """The cell without surrounding white space, empty for None. Raises CellError above 200 characters."""
    if text is None:
        return ""
    if len(text) > MAX_CELL:
        raise CellError(text, f"at most {MAX_CELL} characters")
    return text.strip()


def shortened(text: str, limit: int = 80) -> str:
    """Text that fits into a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


@lru_cache(maxsize=1024)
def unknown_of(column: Column | None) -> Unknown:
    """The values of a column that mean unknown: the common ones and its own."""
    own = [text.strip() for text in column.missing] if column else []
    numbers = [match["value"] for text in own if (match := _CELL.fullmatch(_canonical(text)))]
    common = MISSING if column is None or column.kind is Kind.TEXT else NO_FIGURE
    return Unknown(texts=common.union(map(str.casefold, own)), numbers=frozenset(map(_amount, numbers)))


def _word(cell: str) -> str:
    word = cell.casefold()
    return word.strip(_AROUND) or word


def _split(cell: str) -> _Cell:
    if _PLAIN.fullmatch(cell):
        return _Cell(value=Decimal(cell), below=None, above=None, estimated=False)
    match = _CELL.fullmatch(_canonical(cell))
    if match is None:
        unknown = "" if any(map(str.isdigit, cell)) else f"; if it means unknown, add {cell!r} to missing"
        raise CellError(cell, f"one number such as 60.24, 1,312 ±5 or $2.50{unknown}")
    below, above = _distances(match, cell) if match["low"] or _has_ends(match) else _offsets(match, cell)
    estimated = bool(match["about"] or match["star"] or match["tail"]) or (match["note"] or "").casefold().startswith("e")
    return _Cell(value=_amount(match["value"]), below=below, above=above, estimated=estimated)


def _canonical(cell: str) -> str:
    """The cell in one spelling of signs and spaces, without emphasis, badges, deltas and footnote marks."""
    text = _BOLD.sub(r"\1", LINK.sub(r"\1", _GROUP_SPACE.sub(",", cell.translate(_SIGNS))))
    text = " ".join(text.strip(BADGES + " ").replace("+/-", "±").replace("+-", "±").split())
    return _NOTE.sub("", _DELTA.sub("", text))


def _amount(token: str) -> Decimal:
    """`$1,234.5k` → 1234500, with the exponent of the last published digit."""
    digits = token.translate(_DECORATION)
    power = _POWERS.get(digits[-1].lower(), 0)
    return Decimal(digits[:-1]).scaleb(power, _ARITHMETIC) if power else Decimal(digits)


def _offsets(match: re.Match[str], cell: str) -> tuple[Decimal, Decimal] | tuple[None, None]:
    """The distances of an interval's ends below and above its value."""
    if half := match["half"]:
        return _amount(half), _amount(half)
    if not (first := match["first"]):
        return None, None
    sides = _amount(first), _amount(match["second"])
    if first.startswith("-") == match["second"].startswith("-"):  # +5/-4, -9/+9, -7/7, 7/-7 are clear; -5/-4 is not
        raise CellError(cell, "one side with a minus, such as +5/-4")
    return (-sides[0], sides[1]) if first.startswith("-") else (-sides[1], sides[0])


def _has_ends(match: re.Match[str]) -> bool:
    """Whether an interval such as [-0.7, -0.2] has ends around the value, not distances: signs alike, or none at the second."""
    first, second = match["first"], match["second"]
    if not match["comma"] or (second.startswith(("+", "-")) and first[0] != second[0]):
        return False
    return _amount(first) <= _amount(match["value"]) <= _amount(second)


def _distances(match: re.Match[str], cell: str) -> tuple[Decimal, Decimal]:
    """The same for an interval written with its ends."""
    value, low, high = (
        _amount(text) for text in (match["value"], match["low"] or match["first"], match["high"] or match["second"])
    )
    if not low <= value <= high:
        raise CellError(cell, "low ≤ value ≤ high", code="interval_reversed")
    return value - low, high - value


def _interval(
    parts: _Cell, metric: Metric, plus_minus: str | None, low: str | None, high: str | None
) -> tuple[Decimal | None, Decimal | None]:
    """The bounds as published, in the publisher's scale."""
    lowest, highest = _bound(low, metric.low, parts.value, -1), _bound(high, metric.high, parts.value, 1)
    below, above = _half(plus_minus, metric.plus_minus)
    if below is None or above is None:
        below, above = parts.below, parts.above
    if lowest is None and highest is None and below is not None and above is not None:
        factor = Decimal(repr(metric.half_width_factor))
        lowest = _ARITHMETIC.subtract(parts.value, _ARITHMETIC.multiply(below, factor))
        highest = _ARITHMETIC.add(parts.value, _ARITHMETIC.multiply(above, factor))
    return lowest, highest


def _bound(text: str | None, column: Column | None, value: Decimal, side: int) -> Decimal | None:
    """A bound of a value: below it if `side` is -1, above it if 1."""
    cell = bounded(text)
    if unknown_of(column).covers(cell):
        return None
    number = parse_number(cell)
    return _ARITHMETIC.add(value, side * abs(number)) if column and column.kind is Kind.DISTANCE else number


def _half(text: str | None, column: Column | None) -> tuple[Decimal, Decimal] | tuple[None, None]:
    cell = bounded(text)
    if unknown_of(column).covers(cell):
        return None, None
    match = _PLUS_MINUS.fullmatch(_canonical(cell))
    if match is None:
        raise CellError(cell, "a half-width such as ±6 or +5/-4")
    return _offsets(match, cell)


def _flag(text: str | None, column: Column | None) -> bool:
    cell = bounded(text)
    return not unknown_of(column).names(cell) and parse_flag(cell)


def _measure(parts: _Cell, metric: Metric, low: Decimal | None, high: Decimal | None, *, raw: str, estimated: bool) -> Measure:
    if (low is not None and low > parts.value) or (high is not None and high < parts.value):
        raise CellError(f"{raw} in {low}..{high}", "low ≤ value ≤ high", code="interval_reversed")
    exponent = parts.value.as_tuple().exponent
    assert isinstance(exponent, int)
    return Measure(
        value=_in_unit(parts.value, metric, raw),
        low=None if low is None else _in_unit(low, metric, raw),
        high=None if high is None else _in_unit(high, metric, raw),
        estimated=estimated,
        decimals=max(0, -exponent - metric.scale.adjusted()),
        raw=raw,
    )


def _in_unit(number: Decimal, metric: Metric, raw: str) -> float:
    scaled = _ARITHMETIC.multiply(number, metric.scale)
    value = float(scaled) + 0.0
    if not isfinite(value) or (value == 0) != (scaled == 0):
        raise CellError(raw, "a number between 1e-300 and 1e300")
    return value
