"""The properties of a column's cells: how many are filled, numbers, distinct, in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise

from tracker.authoring.words import PRICE, words_of
from tracker.model import Bounds, Kind, Metric, MetricId, Nature
from tracker.model import Column as Source
from tracker.reading.cells import MISSING, NO_FIGURE, CellError, Reader, reader
from tracker.reading.figures import figures_of

_URL = re.compile(r"(?:https?:)?//|www\.")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]?(?:0\d|1[0-2])(?:[-/.]?[0-3]\d)?(?:[T ].*)?|[A-Z][a-z]{2,8} \d{1,2}, (?:19|20)\d\d")
_WORDED = re.compile(r"[\d.,]+\s+([^\d]+)")
_ORDINAL = re.compile(r"(?:#|T|=)?(\d{1,6})(?:st|nd|rd|th|\.|=)?")
_MEDALS = {"🥇": 1, "🥈": 2, "🥉": 3}
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
    """A column with its header; each property is computed once."""

    header: str
    cells: Sequence[str | None]
    scale: str = "1"

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the header."""
        return words_of(self.header)

    @cached_property
    def leaf(self) -> tuple[str, ...]:
        """The words of the header's last part, such as `completion` of `pricing.completion`."""
        return words_of(re.split(r"[.:@]", self.header)[-1]) or self.words

    @cached_property
    def known(self) -> list[str]:
        """The texts, without those that mean unknown."""
        return [cell.strip() for cell in self.cells if cell is not None and cell.strip().casefold() not in MISSING]

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
        metric = _metric(self.scale, "" if PRICE.isdisjoint(self.words) else "price")
        read = reader(metric)
        return [_value(read, cell) for cell in figures_of(self.cells, metric, Bounds()).cells]

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

    @cached_property
    def is_worded_number(self) -> bool:
        """Whether the texts are numbers with a unit: `900 stars today`, `1 vote`."""
        sample = self.known[:200]
        units = Counter(match[1] for cell in sample if (match := _WORDED.fullmatch(cell)))
        return len(sample) > 1 and sum(number for _, number in units.most_common(2)) >= 0.8 * len(sample)

    @cached_property
    def is_date(self) -> bool:
        """Whether the texts are dates or times."""
        sample = self.known[:200]
        return bool(sample) and sum(bool(_DATE.fullmatch(cell)) for cell in sample) >= 0.8 * len(sample)

    @cached_property
    def is_time(self) -> bool:
        """Whether the numbers are seconds or milliseconds since 1970."""
        return bool(self.values) and min(self.values) >= EPOCH and max(self.values) < min(1e13, 3 * min(self.values))

    @cached_property
    def places(self) -> list[int | None]:
        """The ranks in the column: `1`, `#2`, `3rd`, `T4`, a medal."""
        return [_place(cell) for cell in self.cells]

    @cached_property
    def is_count_up(self) -> bool:
        """Whether the column numbers the rows: 0, 1, 2, … or 1, 2, 3, …."""
        length = len(self.places)
        return length > 2 and self.places in ([*range(length)], [*range(1, length + 1)])

    def order(self) -> float:
        """From 1 (falling from row to row) to -1 (rising); 0 without an order, or with too few values."""
        falls = sum(a > b for a, b in pairwise(self.values))
        rises = sum(a < b for a, b in pairwise(self.values))
        moves = falls + rises
        if moves < 2 or moves < 0.2 * len(self.values) or len(self.values) < 0.6 * len(self.cells):
            return 0.0
        return (falls - rises) / moves


def cells_of(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> list[Cells]:
    """The columns of a table, with the rows that are examined."""
    return [Cells(header=name, cells=[row[at] for row in rows[:MAX_ROWS]]) for at, name in enumerate(columns)]


@cache
def _metric(scale: str, topic: str) -> Metric:
    column = Source(sources=("x",), missing=frozenset(), kind=Kind.NUMBER)
    return Metric(id=MetricId("x"), title="", column=column, nature=Nature.TESTED, topic=topic, scale=Decimal(scale))


def _value(read: Reader, cell: str | None) -> float | None:
    try:
        measure = read(cell)
    except CellError:
        return None
    return None if measure is None else measure.value


def _place(cell: str | None) -> int | None:
    text = (cell or "").strip()
    match = _ORDINAL.fullmatch(text)
    return int(match[1]) if match else _MEDALS.get(text)
