"""Properties of a candidate's columns together: the rank, the figures, the prices, the direction of most figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from tracker.authoring.candidates import is_figure, is_share
from tracker.authoring.columns import Cells, cells_of
from tracker.authoring.proposal import Candidate
from tracker.authoring.words import (
    ATTRIBUTES,
    AVERAGE,
    CHANGE,
    HIGHER,
    IN_AND_OUT,
    LIVE,
    LOWER,
    PER_SECOND,
    PRICE,
    RANK,
    words_of,
)
from tracker.model import ROW

LEAST_CONTEXT = 1_000
"""Tokens; smaller numbers are not context windows."""

_PARAMETERS = re.compile(r"param|\bsize\b")


@dataclass(frozen=True)  # no slots: a cached property needs a place
class RawSheet:
    """The columns of a candidate. `stated_metric` is the column that ranks by the user's word: a figure whatever its cells."""

    candidate: Candidate
    stated_metric: str | None

    @cached_property
    def columns(self) -> Mapping[str, Cells]:
        """The columns by header."""
        return {cells.header: cells for cells in cells_of(self.candidate.columns, self.candidate.rows)}

    @cached_property
    def rank(self) -> Cells | None:
        """The column of ranks, if there is one."""
        ranks = (cells for cells in self.columns.values() if RANK & {*cells.leaf} and len(cells.leaf) <= 2 and _ranks(cells))
        return next(ranks, self.columns.get(ROW))

    @cached_property
    def figures(self) -> list[Cells]:
        """The columns that may be figures of merit."""
        return [cells for cells in self.columns.values() if cells is not self.rank and self._may_rank(cells)]

    def _may_rank(self, cells: Cells) -> bool:
        if attribute_of(cells) or (_PARAMETERS.search(" ".join(cells.leaf)) and cells.numeric > 0.8):
            return False
        return cells.header == self.stated_metric or (is_figure(cells) and not RANK & {*cells.leaf})

    @cached_property
    def prices(self) -> set[str]:
        """The columns that are prices although their headers say only input and output."""
        around = {*words_of(" ".join(str(self.candidate.parse.options.get(name, "")) for name in ("records", "explode")))}
        sides = [
            [cells for cells in self.columns.values() if side & {*cells.leaf} and cells.values and max(cells.values) < 2_000]
            for side in IN_AND_OUT
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
            if not {*cells.leaf} & AVERAGE and not {*cells.words} & (PRICE | LIVE)
        ]
        lower, higher = directions.count(False), directions.count(True)
        return None if not directions or lower == higher else higher > lower

    @cached_property
    def matrix(self) -> int:
        """The number of columns with figures between 0 and 100, as benchmarks have."""
        return sum(is_share(cells) for cells in self.figures)


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
    """The direction that the header states, and how; the last part of a path takes precedence."""
    for words in (cells.leaf, cells.words):
        distinct, text = {*words}, " ".join(words)
        if distinct & CHANGE:
            return None, ""
        if distinct & {"↓", "↑"}:
            return "↑" in distinct, "an arrow in the header"
        if any(phrase in text for phrase in PER_SECOND):
            return True, "a rate per second"
        if low := distinct & LOWER - {"distance", "age", "bias"} or distinct & {"distance"}:
            return False, f"{min(low)!r} in its header"
        if high := distinct & HIGHER:
            return True, f"{min(high)!r} in its header"
        if distinct & {"time", "seconds", "secs", "duration", "elapsed"}:
            return False, "a time"
    return None, ""
