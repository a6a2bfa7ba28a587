"""Properties of a candidate's columns together: the rank, the figures, the prices, the direction of most figures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from tracker.authoring.candidates import ENOUGH, FOLLOWED, NUMBERS, is_figure, is_mark
from tracker.authoring.columns import Cells, cells_of
from tracker.authoring.intervals import Intervals, intervals_of
from tracker.authoring.proposal import Candidate
from tracker.authoring.words import (
    ATTRIBUTES,
    AVERAGE,
    CHANGE,
    HIGHER,
    IN_AND_OUT,
    LIVE,
    LOWER,
    PRICE,
    RANK,
    TIME_OF,
    words_of,
)
from tracker.model import ROW
from tracker.reading.figures import PAR

LEAST_CONTEXT = 1_000
"""Tokens; smaller numbers are not context windows."""

MOST_MOVES = 2
"""Median of the places that entries move from one edition of a ranking to the next, at most."""

_PARAMETERS = re.compile(r"param|\bsize\b")


@dataclass(frozen=True)  # no slots: a cached property needs a place
class RawSheet:
    """The columns of a candidate. `stated_metric` is the column that ranks by the user's word: a figure whatever its cells."""

    candidate: Candidate
    stated_metric: str | None

    @cached_property
    def columns(self) -> Mapping[str, Cells]:
        """The columns by label."""
        return {cells.label: cells for cells in cells_of(self.candidate.columns, self.candidate.rows)}

    @cached_property
    def rank(self) -> Cells | None:
        """The column of ranks, if there is one: of several, the one that the rows follow, or the one that the user names."""
        stated = self.columns.get(self.stated_metric or "")
        if stated is not None and stated.is_count_up:
            return stated
        ranks = [cells for cells in self.columns.values() if is_place(cells) and len(cells.leaf) <= 3 and _ranks(cells)]
        return max(ranks, key=lambda cells: cells.order() < -0.9, default=self.columns.get(ROW))

    @cached_property
    def intervals(self) -> Intervals:
        """The columns that state the errors of others."""
        return intervals_of([*self.columns.values()])

    def order(self, cells: Cells) -> float:
        """From 1 (falling with the published ranks, or from row to row) to -1 (rising)."""
        if self.rank is None or self.rank.header == ROW:
            return cells.order()
        placed = sorted((place, row) for row, place in enumerate(self.rank.places) if place is not None)
        return cells.order([row for _, row in placed])

    @cached_property
    def figures(self) -> list[Cells]:
        """The columns that may be figures of merit; if the rows are in the order of none, also others that they follow."""
        others = [cells for cells in self.columns.values() if cells is not self.rank]
        figures = [cells for cells in others if self._may_rank(cells)]
        if any(self.is_followed(cells) for cells in figures):
            return figures
        return [cells for cells in others if cells in figures or (self.is_followed(cells) and self._may_rank(cells, limits=True))]

    def is_followed(self, cells: Cells) -> bool:
        """Whether the rows, or the published ranks, are in the order of the figures."""
        return abs(self.order(cells)) >= FOLLOWED and len(cells.values) >= ENOUGH

    def _may_rank(self, cells: Cells, *, limits: bool = False) -> bool:
        if self.stated_metric in (cells.label, cells.header):
            return True
        if cells.label in self.intervals.sides or attribute_of(cells) or is_place(cells) or self._has_earlier_ranks(cells):
            return False
        return is_figure(cells, limits=limits) and not (_PARAMETERS.search(" ".join(cells.leaf)) and cells.numeric > 0.8)

    def _has_earlier_ranks(self, cells: Cells) -> bool:
        """Whether whole numbers are near those that another column gives the rows, and no word shows merit: earlier ranks."""
        if not (LOWER | HIGHER).isdisjoint(cells.words) or not any(other.is_count_up for other in self.columns.values()):
            return False
        moves = [abs(value - row) for row, value in enumerate(cells.numbers, 1) if value is not None]
        return len(moves) >= ENOUGH and all(map(float.is_integer, moves)) and median(moves) <= MOST_MOVES

    @cached_property
    def prices(self) -> set[str]:
        """The columns that are prices although their headers say only input and output."""
        around = {*words_of(" ".join(str(self.candidate.parse.options.get(name, "")) for name in ("records", "explode")))}
        sides = [
            [cells for cells in self.columns.values() if side & {*cells.leaf} and _may_be_price(cells)] for side in IN_AND_OUT
        ]
        broken = any(value != int(value) for cells in (*sides[0], *sides[1]) for value in cells.values)
        if not all(sides) or not (broken or around & PRICE):
            return set()
        leaves = {cells.leaf for cells in (*sides[0], *sides[1])}
        return {cells.header for cells in self.columns.values() if cells.leaf in leaves or {*cells.leaf} & {"cached", "cache"}}

    @cached_property
    def leaning(self) -> bool | None:
        """Whether higher is better for most figures, by their headers; averages and prices are left out."""
        directions = [
            stated_direction(cells)[0]
            for cells in self.figures
            if not {*cells.leaf} <= AVERAGE | {"%"} and not {*cells.words} & (PRICE | LIVE)
        ]
        lower, higher = directions.count(False), directions.count(True)
        return None if not directions or lower == higher else higher > lower

    @cached_property
    def matrix(self) -> int:
        """The number of columns with figures between 0 and 100, some with decimals, as benchmarks have."""
        return sum(map(is_mark, self.figures))


def is_place(cells: Cells) -> bool:
    """Whether the header says that the column has places: `Rank`, `#`; not `# steps` or `Average rank`."""
    leaf = {*cells.leaf}
    return bool(RANK & leaf) and not leaf & AVERAGE and (len(leaf) == 1 or bool(RANK & leaf - NUMBERS))


def _may_be_price(cells: Cells) -> bool:
    return bool(cells.values) and max(cells.values) < 2_000 and not cells.is_rate


def _ranks(cells: Cells) -> bool:
    known = [place for place in cells.places if place is not None]
    if len(known) < 0.8 * len(cells.cells) or not known or min(known) > 3:
        return False
    return max(known) <= 4 * len(cells.cells) + 10


def attribute_of(cells: Cells) -> str:
    """The attribute that a header names, "" if none."""
    leaf, words = {*cells.leaf}, {*cells.words}
    if len(cells.leaf) <= 2 and not cells.is_date and cells.numeric < 0.5:
        for name in ("creator", "license", "country"):
            if leaf & ATTRIBUTES[name]:
                return name
    if cells.is_date and words & {"release", "released"}:
        return "released"
    if "open" in leaf and "weights" in leaf:
        return "open_weights"
    if "context" in words and cells.numeric > 0.8 and max(cells.values) >= LEAST_CONTEXT and "%" not in "".join(cells.known[:20]):
        return "context"
    return "creator" if cells.leaf == ("name",) and words & ATTRIBUTES["creator"] else ""


def stated_direction(cells: Cells) -> tuple[bool | None, str]:
    """The direction that the header states, and how; the last part of a path takes precedence.

    `average` alone says what the figures say that it combines; beside another word it says nothing.
    """
    if cells.is_numeric and not {*PAR}.isdisjoint(cells.known):
        return False, "strokes around par"
    own = direction_of(cells, cells.leaf)
    return own if own[0] is not None or CHANGE & {*cells.leaf} else direction_of(cells, cells.words)


def _describes_by_time(words: Sequence[str]) -> bool:
    """Whether `time` describes the word after it: `Time horizon`, `Time Trial`; not in `Time to finish`, `Time (s)`."""
    after = words[words.index("time") + 1 :][:1] if "time" in words else ()
    return not TIME_OF.issuperset(after)


def direction_of(cells: Cells, words: Sequence[str]) -> tuple[bool | None, str]:
    """The direction that these words of a header state, and how."""
    distinct = {*words}
    if distinct & CHANGE:
        return None, ""
    if distinct & {"↓", "↑"}:
        return "↑" in distinct, "an arrow in the header"
    if "better" in distinct and distinct & {"lower", "higher", "less", "more"}:
        return bool(distinct & {"higher", "more"}), "its header says so"
    if cells.is_rate:
        return True, "a rate per second"
    if low := distinct & LOWER - {"age", "bias"} - ({"time"} if _describes_by_time(words) else set()):
        return False, f"{min(low)!r} in its header"
    if high := distinct & (HIGHER - AVERAGE):
        return True, f"{min(high)!r} in its header"
    if distinct & AVERAGE - {"total"} and all(word in AVERAGE | {"%", "of", "all", "the"} for word in distinct):
        return True, f"{min(distinct & AVERAGE)!r} in its header"
    return None, ""
