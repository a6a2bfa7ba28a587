"""How like one column of a page is what another one held before: the same values, the same order, nearly the same level."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import fsum, sqrt
from statistics import median
from typing import TypeVar

from tracker.model.names import folded

MIN_COMMON = 5
"""Fewer common entries prove nothing."""
MIN_COVER = 0.5
"""Share of what was known that must be there again."""
SAME_TEXT = 0.97
"""Share of equal texts from which on two columns say the same."""
SAME_NUMBER = 0.5
"""Share of equal numbers (0–1) at which columns hold the same figures, apart from revisions."""
MUCH_THE_SAME_ORDER = 0.8
"""Rank correlation that such figures have at least: many zeros are equal in any two columns."""
SAME_ORDER = 0.95
"""Rank correlation from which on it may be the same measure, taken anew."""
SAME_LEVEL = 0.25
"""Median distance between old and new value, in mean deviations of the old ones, up to which it may."""
PLAINER = 2.0
"""How many times nearer than the next a column must be to be distinguished by its values."""
CLEARER = 0.15
"""By how much a header must be liker to settle what the values leave open."""

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """One column laid against old values of the `common` entries.

    `same` is the share of equal values; `order` is Spearman's rank correlation and `distance` the median distance in mean
    deviations of the old values, both None for texts; `header` (0–1) is how like the two headers are; `twins` are
    columns that are equal to it cell by cell.
    """

    column: str
    common: int
    same: float
    order: float | None = None
    distance: float | None = None
    header: float = 0.0
    twins: tuple[str, ...] = ()

    @property
    def sure(self) -> float:
        """How sure it is that the column holds what the old one held (0–1)."""
        return max(self.same, self.order or 0.0)


def of_texts(column: str, was: Sequence[str], old: Mapping[Key, str], new: Mapping[Key, str]) -> Likeness | None:
    """A column of texts; None where it cannot be the old one. Old texts that are all the same prove nothing."""
    common = _common(old, new)
    if len(common) < MIN_COMMON or len(common) < MIN_COVER * len(old) or len({old[entry] for entry in common}) < 2:
        return None
    same = sum(old[entry] == new[entry] for entry in common) / len(common)
    return Likeness(column=column, common=len(common), same=same, header=alike(column, was)) if same >= SAME_TEXT else None


def of_numbers(
    column: str,
    was: Sequence[str],
    old: Mapping[Key, Value],
    new: Mapping[Key, Value],
    *,
    number: Callable[[Value], float],
    decimals: Callable[[Value], int],
    drifts: bool,
) -> Likeness | None:
    """A column of numbers; None where it cannot be the old one: most figures differ, or their order does.

    Numbers are equal where they are so with the decimals of the column that has fewer of them. Where all values drift (a rating, votes), the same order on the same level is enough.
    """
    common = _common(old, new)
    if len(common) < MIN_COMMON or len(common) < MIN_COVER * len(old):
        return None
    before, after = [number(old[entry]) for entry in common], [number(new[entry]) for entry in common]
    order, spread = spearman(before, after), _mean_deviation(before)
    if order is None or not spread:
        return None
    width = 0.5000001 * 10.0 ** -min(max(decimals(column[entry]) for entry in common) for column in (old, new))
    found = Likeness(
        column=column,
        common=len(common),
        same=sum(abs(one - other) <= width for one, other in zip(before, after, strict=True)) / len(common),
        order=order,
        distance=median(abs(one - other) for one, other in zip(before, after, strict=True)) / spread,
        header=alike(column, was),
    )
    same = found.same >= SAME_NUMBER and order >= MUCH_THE_SAME_ORDER
    return found if same or (drifts and _moved_together(found)) else None


def _moved_together(found: Likeness) -> bool:
    return (found.order or 0.0) >= SAME_ORDER and (found.distance or 0.0) <= SAME_LEVEL


def likest(found: Iterable[Likeness]) -> Likeness | None:
    """The best column; None where there is none, or where neither values nor headers distinguish several."""
    ranked = sorted(found, key=_likeness, reverse=True)
    if not ranked:
        return None
    best, *others = ranked
    rivals = [rival for rival in others if not _plainly(best, rival)]
    if not rivals:
        return best
    first, *rest = sorted((best, *rivals), key=lambda one: one.header, reverse=True)
    return first if first.header >= rest[0].header + CLEARER else None


def _likeness(likeness: Likeness) -> tuple[float, float, float]:
    return (round(likeness.same, 1), -(likeness.distance or 0.0), likeness.header)


def _plainly(best: Likeness, other: Likeness) -> bool:
    """Whether the values alone decide for this column."""
    if best.same >= other.same + 0.1:
        return True
    return best.distance is not None and other.distance is not None and other.distance > PLAINER * best.distance + 1e-9


def spearman(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties with the mean of their ranks; None where one of the two is constant.

    https://en.wikipedia.org/wiki/Spearman%27s_rank_correlation_coefficient
    """
    ranks, others = _ranks(one), _ranks(other)
    middle = (len(ranks) + 1) / 2
    spread, spread_of_others = (fsum((rank - middle) ** 2 for rank in column) for column in (ranks, others))
    if not spread or not spread_of_others:
        return None
    shared = fsum((a - middle) * (b - middle) for a, b in zip(ranks, others, strict=True))
    return shared / sqrt(spread * spread_of_others)


def _ranks(values: Sequence[float]) -> list[float]:
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    begin = 0
    while begin < len(order):
        end = begin
        while end < len(order) and values[order[end]] == values[order[begin]]:
            end += 1
        for place in order[begin:end]:
            ranks[place] = (begin + 1 + end) / 2
        begin = end
    return ranks


def _mean_deviation(values: Sequence[float]) -> float:
    middle = median(values)
    return fsum(abs(value - middle) for value in values) / len(values)


def alike(header: str, was: Sequence[str]) -> float:
    """How like a header is one of those that were there before (0–1)."""
    return max((SequenceMatcher(None, _folded(header), _folded(old_header)).ratio() for old_header in was), default=0.0)


def _folded(header: str) -> str:
    return folded(header[:200])


def _common(old: Mapping[Key, object], new: Mapping[Key, object]) -> list[Key]:
    return [entry for entry in old if entry in new]
