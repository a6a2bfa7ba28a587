"""The properties of a column's cells: how many are filled, numbers, distinct, in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise

from tracker.authoring.words import GENERIC, HALF, IN_AND_OUT, PER_SECOND, PRICE, leaf_of, remark_of, words_of
from tracker.model import Column as Source
from tracker.model import Kind, Measure, Metric, MetricId, Nature
from tracker.reading.cells import MISSING, NO_FIGURE, CellError, Reader, parse_rank, reader
from tracker.reading.columns import NO_BOUNDS
from tracker.reading.figures import CURRENCIES, Figures, figures_of, has_decimal_commas
from tracker.reading.lines import figure_line, parts_of

_URL = re.compile(r"(?:https?:)?//|www\.")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]?(?:0\d|1[0-2])(?:[-/.]?[0-3]\d)?(?:[T ].*)?|[A-Z][a-z]{2,8} \d{1,2}, (?:19|20)\d\d")
_RATE = re.compile(r"\w/ ?s(?:ec(?:ond)?)?\b")
_WORDED = re.compile(r"[\d.,]+\s+([^\d]+)")
_SIGNED = re.compile(r"[(\[]? ?(?:±|\+/-|[+\-−][0-9.,]+%? ?/)")
"""The beginning of a half-width: `±6`, `+5/-6`."""
_TWO_UNITS = re.compile(r"[$€£¥]?\d[\d.,]* ?(%|[^\W\d]{1,8})?\s*[(\[]\s*\d[\d.,]* ?(%|[^\W\d]{1,8})\s*[)\]]")
_FRACTION = re.compile(r"\d[\d.]* ?/ ?(\d+)")
_NUMBERED = re.compile(r"(.*?)(\d{1,9})", re.DOTALL)
_CODE = re.compile(r"[A-Z]{2,3}")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_LETTER = re.compile(r"[^\W\d_]")
MAX_ROWS = 5_000
"""Rows beyond these are not examined."""
MOST_UNREADABLE = 0.3
"""Maximum share of the texts of a column of figures that may be unreadable (0–1); one always may."""
MANY_WORDS = 5
"""A column whose texts have more words on average is prose."""
LONG = 90
"""A column with longer texts on average does not hold names."""
EPOCH = 900_000_000.0
"""Numbers from here on are more likely seconds since 1970 than anything else."""


@dataclass(frozen=True)  # no slots: a cached property needs a place
class Cells:
    """A column with its header; each property is computed once. `commas`: whether the table has decimal commas."""

    header: str
    cells: Sequence[str | None]
    scale: str = "1"
    part: int = 0
    role: str = ""
    commas: bool | None = None

    @property
    def label(self) -> str:
        """The header, and the role of one figure of cells that hold several: `Price (in/out): price input`."""
        return f"{self.header}: {self.role}" if self.role else self.header

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the header, without a remark on an error (`Elo (95% CI)`)."""
        return words_of(remark_of(self.label.replace('"', ""))[0])

    @cached_property
    def leaf(self) -> tuple[str, ...]:
        """The words of the header's last part, such as `completion` of `pricing.completion`."""
        return words_of(self.title) or self.words

    @property
    def title(self) -> str:
        """The header's last part, without a remark on an error; of `elo.value`, the part before."""
        last = leaf_of(self.label)
        if last.casefold() in GENERIC and words_of(path := self.label.removesuffix(last).rstrip(".")):
            last = leaf_of(path)
        return remark_of(last)[0].strip()

    @property
    def is_rate(self) -> bool:
        """Whether the header names a rate per second: `Tokens/s`, `req/s`."""
        return bool(PER_SECOND.search(" ".join(self.words)) or _RATE.search(self.header))

    @property
    def remark(self) -> str:
        """The header's remark on an error: `(95% CI)`."""
        return remark_of(self.header.replace('"', ""))[1]

    @cached_property
    def known(self) -> list[str]:
        """The texts, without those that mean unknown."""
        known = (cell.strip() for cell in self.cells if cell is not None)
        return [cell for cell in known if cell.casefold() not in MISSING and has_content(cell)]

    @cached_property
    def texts(self) -> list[str]:
        """The texts, also those that mean unknown, but may be a name such as `null`."""
        return [cell.strip() for cell in self.cells if cell is not None and cell.strip()]

    @property
    def is_numeric(self) -> bool:
        """Whether the known texts are numbers, except for a few."""
        unreadable = len(self.known) - len(self.values)
        return bool(self.values) and unreadable <= max(1, MOST_UNREADABLE * len(self.known))

    @property
    def filled(self) -> float:
        """Share of the rows whose text is known (0–1)."""
        return len(self.known) / len(self.cells) if self.cells else 0.0

    @cached_property
    def numbers(self) -> list[float | None]:
        """The value of each row, times `scale`; None if there is none or it cannot be read."""
        return [None if measure is None else measure.value for measure in self._measures]

    @cached_property
    def _figures(self) -> Figures:
        return figures_of(self._lines, self._metric, NO_BOUNDS, lambda _: bool(self.commas))

    @cached_property
    def _lines(self) -> list[str | None]:
        """The line of each cell that the reading takes for its figure."""
        return [figure_line(cell) for cell in self.cells]

    @cached_property
    def has_open_dots(self) -> bool:
        """Whether nothing shows if dots such as that of `22.911` separate decimals or group thousands."""
        if self.commas is not None or not self.is_numeric:
            return False
        return len(figures_of(self._lines, self._metric, NO_BOUNDS, lambda _: None).refused) > len(self._figures.refused)

    @property
    def _metric(self) -> Metric:
        return _metric(self.scale, "" if PRICE.isdisjoint(self.words) else "price")

    @property
    def unit(self) -> str:
        """The word behind every figure: `ms` of `85 ms`; "" if there is none."""
        return self._figures.unit

    @cached_property
    def _measures(self) -> list[Measure | None]:
        read, refused = reader(self._metric), self._figures.refused  # the reading names the refused ones
        pairs = enumerate(zip(self._lines, self._figures.cells, strict=True))
        return [_measure(read, cell if row in refused else figure) for row, (cell, figure) in pairs]

    @cached_property
    def rounding(self) -> float:
        """How far a value may be from what was rounded: half a unit of the last digit that the column shows."""
        decimals = max((measure.decimals for measure in self._measures if measure is not None), default=0)
        if decimals or not any(self.values):
            return 0.5 * 10.0**-decimals
        return next(
            0.5 * 10.0**power
            for power in range(18, -1, -1)
            if power == 0 or not any(value % 10.0**power for value in self.values)
        )

    @cached_property
    def has_intervals(self) -> bool:
        """Whether most values have an interval in their cells: `1432 ±6`."""
        known = [measure for measure in self._measures if measure is not None]
        return 2 * sum(measure.low is not None for measure in known) > len(known)

    @cached_property
    def values(self) -> list[float]:
        """The values that could be read."""
        return [value for value in self.numbers if value is not None]

    @property
    def numeric(self) -> float:
        """Share of the texts that are numbers (0–1), without those that mean an unknown number."""
        known = sum(cell.casefold() not in NO_FIGURE for cell in self.known)
        return len(self.values) / known if known else 0.0

    @cached_property
    def distinct(self) -> float:
        """Share of the texts that are distinct (0–1)."""
        return len({*self.texts}) / len(self.texts) if self.texts else 0.0

    @property
    def unique(self) -> bool:
        """Whether every row has a text that no other row has."""
        return len(self.texts) == len(self.cells) and len({*self.texts}) == len(self.cells)

    @cached_property
    def is_text(self) -> bool:
        """Whether the texts could be names: letters, not addresses, dates or prose."""
        sample = self.known[:200]
        if not sample or self.numeric > 0.5 or self.is_worded_number:
            return False
        named = sum(bool(_LETTER.search(cell)) and not _URL.match(cell) and not _DATE.fullmatch(cell) for cell in sample)
        flags = sum(cell.casefold() in ("true", "false", "yes", "no") for cell in sample)
        return named >= 0.8 * len(sample) and flags < 0.5 * len(sample) and sum(map(len, sample)) / len(sample) <= LONG

    @cached_property
    def is_prose(self) -> bool:
        """Whether the texts are prose, not names."""
        sample = self.known[:200]
        return bool(sample) and sum(cell.count(" ") for cell in sample) > MANY_WORDS * len(sample)

    @property
    def is_code(self) -> bool:
        """Whether the texts are codes of one length, as those of countries and airports: `CHE`, `SGP`."""
        return len({*map(len, self.texts)}) == 1 and all(map(_CODE.fullmatch, self.texts))

    @cached_property
    def is_worded_number(self) -> bool:
        """Whether the texts are numbers with a unit: `900 stars today`, `1 vote`."""
        sample = self.known[:200]
        units = Counter(match[1] for cell in sample if (match := _WORDED.fullmatch(cell)))
        return len(sample) > 1 and sum(number for _, number in units.most_common(2)) >= 0.8 * len(sample)

    @property
    def is_money(self) -> bool:
        """Whether most texts have the sign of a currency."""
        return bool(self.known) and 2 * sum(any(sign in cell for sign in CURRENCIES) for cell in self.known) > len(self.known)

    @cached_property
    def is_date(self) -> bool:
        """Whether the texts are dates or times."""
        sample = self.known[:200]
        return bool(sample) and sum(bool(_DATE.fullmatch(cell)) for cell in sample) >= 0.8 * len(sample)

    @property
    def is_year(self) -> bool:
        """Whether all texts are years."""
        return all(map(_YEAR.fullmatch, self.known))

    @cached_property
    def is_time(self) -> bool:
        """Whether the numbers are seconds or milliseconds since 1970."""
        is_plain = all(cell.replace(".", "").isdecimal() for cell in self.known[:50])
        return is_plain and bool(self.values) and min(self.values) >= EPOCH and max(self.values) < min(1e13, 3 * min(self.values))

    @cached_property
    def places(self) -> list[int | None]:
        """The ranks in the column: `1`, `#2`, `3rd`, `T4`, a medal."""
        return [_place(cell) for cell in self.cells]

    @cached_property
    def is_count_up(self) -> bool:
        """Whether the column numbers the rows: 0, 1, 2, … or 1, 2, 3, …; or on from its header, the number of a sheet's row."""
        starts = (0, 1, *([1 + int(self.header)] if self.header.isdecimal() else ()))
        return len(self.places) > 2 and any(self.places == [*range(first, first + len(self.places))] for first in starts)

    @cached_property
    def is_position(self) -> bool:
        """Whether the texts are one prefix with a number that counts the rows: `row-0`, `row-1`, … or `c07`, `c08`."""
        ends = [_NUMBERED.fullmatch(cell) for cell in self.texts]
        found = [(end[1], int(end[2])) for end in ends if end is not None]
        return len(found) == len(self.cells) > 2 and found == [(found[0][0], found[0][1] + row) for row in range(len(found))]

    def order(self, rows: Sequence[int] | None = None) -> float:
        """From 1 (falling from row to row) to -1 (rising); 0 without an order, or with too few values.

        `rows` are the rows in another order than that of the page.
        """
        read = self.numbers if rows is None else [self.numbers[row] for row in rows]
        values = [value for value in read if value is not None]
        falls = sum(a > b for a, b in pairwise(values))
        rises = sum(a < b for a, b in pairwise(values))
        moves = falls + rises
        if moves < 2 or moves < 0.2 * len(values) or 2 * len(values) < len(read):
            return 0.0
        return (falls - rises) / moves


def cells_of(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> list[Cells]:
    """The columns of a table, with the rows that are examined. A column of pairs of figures becomes two."""
    cells = [[row[at] for row in rows[:MAX_ROWS]] for at in range(len(columns))]
    commas = has_decimal_commas(cells)
    whole = [Cells(header=name, cells=column, commas=commas) for name, column in zip(columns, cells, strict=True)]
    return [part for cells in whole for part in _halves(cells) or (cells,)]


def _halves(cells: Cells) -> tuple[Cells, ...]:
    """The two figures of each cell, if header or units say which they are: two prices, ends of an interval, `98% (250.0 fps)`.

    Of parts of one whole, such as `47/50` and `39/50`, the first figure alone.
    """
    words, sides = [*words_of(cells.header)], [*IN_AND_OUT]
    if {*words} & HALF:
        roles: tuple[str, ...] = ("low", "high")
    elif {*words} & PRICE and all({*words} & side for side in sides):
        sides.sort(key=lambda side: min(words.index(word) for word in side if word in words))
        roles = ("price input", "price output") if sides[0] is IN_AND_OUT[0] else ("price output", "price input")
    elif (wholes := {match[1] for cell in cells.known if (match := _FRACTION.fullmatch(cell))}) and len(wholes) == 1:
        roles = ("",)
    elif (units := {_unit_pair(cell) for cell in cells.known}) and len(units) == 1 and (pair := units.pop()):
        roles = pair
    else:
        return ()
    known = {*cells.known}
    if not known or cells.numeric > 0.2 or any(_SIGNED.match(cell) or len(parts_of(cell)) != 2 for cell in known):
        return ()
    pairs = [parts_of(cell) if cell and cell.strip() in known else [] for cell in cells.cells]
    return tuple(
        Cells(
            header=cells.header, cells=[pair[at] if pair else None for pair in pairs], part=at + 1, role=role, commas=cells.commas
        )
        for at, role in enumerate(roles)
    )


def _unit_pair(cell: str) -> tuple[str, str] | None:
    """The two units of a figure with another one in brackets; None for any other text, and for an interval or one unit."""
    match = _TWO_UNITS.fullmatch(cell)
    return (match[1] or "value", match[2]) if match and match[1] != match[2] else None


@cache
def _metric(scale: str, topic: str) -> Metric:
    column = Source(sources=("x",), missing=frozenset(), kind=Kind.NUMBER)
    return Metric(id=MetricId("x"), title="", column=column, nature=Nature.TESTED, topic=topic, scale=Decimal(scale))


def _measure(read: Reader, cell: str | None) -> Measure | None:
    try:
        return read(cell)
    except CellError:
        return None


def has_content(cell: str) -> bool:
    """Whether a text has a letter, a digit or a symbol such as a medal; `*` and `?` stand for what is unknown."""
    return any(not sign.isascii() or sign.isalnum() for sign in cell)


def _place(cell: str | None) -> int | None:
    try:
        return 0 if cell == "0" else parse_rank(cell)
    except CellError:
        return None
