"""What the cells of a column are: how many are filled, numbers, different, in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tracker.authoring.words import words_of
from tracker.model import Column as Source
from tracker.model import Kind, Metric, MetricId, Nature
from tracker.reading.cells import MISSING, CellError, reader

_URL = re.compile(r"(?:https?:)?//|www\.")
_DATE = re.compile(r"(?:19|20)\d\d[-/.]?(?:0\d|1[0-2])(?:[-/.]?[0-3]\d)?(?:[T ].*)?|[A-Z][a-z]{2,8} \d{1,2}, (?:19|20)\d\d")
_WORDED = re.compile(r"[\d.,]+\s+([^\d]+)")
_ORDINAL = re.compile(r"(?:#|T|=)?(\d{1,6})(?:st|nd|rd|th|\.|=)?")
_MEDALS = {"🥇": 1, "🥈": 2, "🥉": 3}
_LETTER = re.compile(r"[^\W\d_]")
MANY_WORDS = 5
"""A column with more words per text on average is prose."""
LONG = 90
"""A column with longer texts on average does not hold names."""
EPOCH = 900_000_000.0
"""Numbers from here on are more likely seconds since 1970 than anything else."""


@dataclass(frozen=True)  # no slots: a cached property needs a place
class Cells:
    """A column with its header; what is asked of it is worked out once."""

    header: str
    cells: Sequence[str | None]

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the header."""
        return words_of(self.header)

    @cached_property
    def leaf(self) -> tuple[str, ...]:
        """The words of its last part: of `pricing.completion` only the last."""
        return words_of(re.split(r"[.:@]", self.header)[-1]) or self.words

    @cached_property
    def known(self) -> list[str]:
        """The cells' texts, without those that mean unknown."""
        return [cell.strip() for cell in self.cells if cell is not None and cell.strip().casefold() not in MISSING]

    @property
    def filled(self) -> float:
        """Share of the rows that say something."""
        return len(self.known) / len(self.cells) if self.cells else 0.0

    @cached_property
    def numbers(self) -> list[float | None]:
        """The value of each row; None where there is none or it cannot be read."""
        read = reader(
            Metric(
                id=MetricId("x"),
                title="",
                column=Source(sources=("x",), missing=frozenset(), kind=Kind.NUMBER),
                nature=Nature.COUNT,
            )
        )
        return [_value(read, cell) for cell in self.cells]

    @cached_property
    def values(self) -> list[float]:
        """The values there are."""
        return [value for value in self.numbers if value is not None]

    @property
    def numeric(self) -> float:
        """Share of the known texts that are numbers (0–1)."""
        return len(self.values) / len(self.known) if self.known else 0.0

    @cached_property
    def distinct(self) -> float:
        """Share of the known texts that are distinct (0–1)."""
        return len({*self.known}) / len(self.known) if self.known else 0.0

    @property
    def unique(self) -> bool:
        """Whether every row has a text that no other row has."""
        return len(self.known) == len(self.cells) and len({*self.known}) == len(self.cells)

    @cached_property
    def is_text(self) -> bool:
        """Whether it could name things: letters, no addresses, no dates, no prose."""
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
        """Whether the texts are a number with what it counts: `900 stars today`, `1 vote`."""
        sample = self.known[:200]
        behind = Counter(found[1] for cell in sample if (found := _WORDED.fullmatch(cell)))
        return len(sample) > 1 and sum(many for _, many in behind.most_common(2)) >= 0.8 * len(sample)

    @cached_property
    def is_date(self) -> bool:
        """Whether the texts are dates or times."""
        sample = self.known[:200]
        return bool(sample) and sum(bool(_DATE.fullmatch(cell)) for cell in sample) >= 0.8 * len(sample)

    @cached_property
    def is_time(self) -> bool:
        """Whether its numbers are seconds or milliseconds since 1970."""
        return (
            bool(self.values)
            and min(self.values) >= EPOCH
            and max(self.values) < 1e13
            and max(self.values) < 3 * min(self.values)
        )

    @cached_property
    def places(self) -> list[int | None]:
        """The ranks in the column: `1`, `#2`, `3rd`, `T4`, a medal."""
        return [_place(cell) for cell in self.cells]

    @cached_property
    def is_count_up(self) -> bool:
        """Whether it counts the rows: 0, 1, 2, … or 1, 2, 3, …."""
        first, *_ = [*self.places, None]
        return first in (0, 1) and len(self.places) > 2 and all(b == a + 1 for a, b in pairwise(self.places) if a is not None and b is not None) and None not in self.places  # fmt: skip

    def order(self) -> float:
        """From 1 (falling from row to row) to -1 (rising); 0 where there is no order, or too few values."""
        known = [value for value in self.numbers if value is not None]
        falls = sum(a > b for a, b in pairwise(known))
        rises = sum(a < b for a, b in pairwise(known))
        moves = falls + rises
        if moves < 2 or moves < 0.2 * len(known) or len(known) < 0.6 * len(self.cells):
            return 0.0
        return (falls - rises) / moves


def _value(read: object, cell: str | None) -> float | None:
    try:
        measure = read(cell)  # type: ignore[operator]
    except CellError:
        return None
    return None if measure is None else measure.value


def _place(cell: str | None) -> int | None:
    text = (cell or "").strip()
    found = _ORDINAL.fullmatch(text)
    return int(found[1]) if found else _MEDALS.get(text)
