"""How closely a column of a page matches an earlier one: by its values, their order and their level."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import fsum
from statistics import StatisticsError, correlation, median
from typing import TypeVar

from tracker.model import Measure
from tracker.model.names import folded

MIN_COMMON = 5
"""Fewer common entries prove nothing."""
MIN_COVER = 0.5
"""Minimum share of the known entries that must be present (0–1)."""
SAME_TEXT = 0.97
"""Minimum share of equal texts (0–1) at which two columns match."""
SAME_NUMBER = 0.5
"""Minimum share of equal numbers (0–1) at which columns hold the same figures, apart from revisions."""
MUCH_THE_SAME_ORDER = 0.8
"""Minimum rank correlation of such figures: many zeros are equal in any two columns."""
SAME_ORDER = 0.95
"""Minimum rank correlation at which it may be the same measure, taken again."""
SAME_LEVEL = 0.25
"""Maximum median distance for that between old and new values, in mean deviations of the old ones."""
PLAINER = 2.0
"""How many times nearer than the next a column must be for its values to decide."""
CLEARER = 0.15
"""How much closer a header must match (0–1) to decide where the values do not."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The match of one column with the old values of the `common` entries.

    `same` is the share of equal values. `order` is Spearman's rank correlation and `distance` the median distance in mean
    deviations of the old values; both are None for texts. `header` (0–1) is the similarity of the headers. `twins` are
    columns equal to it cell by cell.
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
        """The certainty that the column is the old one (0–1)."""
        return max(self.same, self.order or 0.0)

    @property
    def closeness(self) -> tuple[float, float, float]:
        """The order of columns, the closest last."""
        return (round(self.same, 1), -(self.distance or 0.0), self.header)


def of_texts(column: str, was: Sequence[str], old: Mapping[Key, str], new: Mapping[Key, str]) -> Likeness | None:
    """The match of a column of texts; None if it cannot be the old one. Old texts that are all the same prove nothing."""
    common = _common(old, new)
    if len({old[entry] for entry in common}) < 2:
        return None
    same = sum(old[entry] == new[entry] for entry in common) / len(common)
    return Likeness(column=column, common=len(common), same=same, header=alike(column, was)) if same >= SAME_TEXT else None


def of_numbers(
    column: str, was: Sequence[str], old: Mapping[Key, Measure], new: Mapping[Key, Measure], *, drifts: bool
) -> Likeness | None:
    """The match of a column of numbers; None if it cannot be the old one: most figures differ, or their order does.

    Numbers are compared with the decimals of the column that has fewer. If all values drift (a rating, votes), the same
    order at the same level is enough.
    """
    common = _common(old, new)
    if not common:
        return None
    before, after = [old[entry].value for entry in common], [new[entry].value for entry in common]
    order, middle = spearman(before, after), median(before)
    spread = fsum(abs(value - middle) for value in before) / len(before)
    if order is None or not spread:
        return None
    width = 0.5000001 * 10.0 ** -min(max(values[entry].decimals for entry in common) for values in (old, new))
    moves = [abs(first - last) for first, last in zip(before, after, strict=True)]
    same, distance = sum(move <= width for move in moves) / len(common), median(moves) / spread
    is_same = same >= SAME_NUMBER and order >= MUCH_THE_SAME_ORDER
    if not is_same and not (drifts and order >= SAME_ORDER and distance <= SAME_LEVEL):
        return None
    return Likeness(column=column, common=len(common), same=same, order=order, distance=distance, header=alike(column, was))


def likest(columns: Iterable[Likeness]) -> Likeness | None:
    """The closest column; None if there is none, or if neither values nor headers distinguish several."""
    ranked = sorted(columns, key=lambda likeness: likeness.closeness, reverse=True)
    if not ranked:
        return None
    best, *others = ranked
    rivals = [rival for rival in others if not _is_clear(best, rival)]
    if not rivals:
        return best
    first, second, *_ = sorted((best, *rivals), key=lambda likeness: likeness.header, reverse=True)
    return first if first.header >= second.header + CLEARER else None


def _is_clear(best: Likeness, other: Likeness) -> bool:
    """Whether the values alone decide for the best column."""
    if best.same >= other.same + 0.1:
        return True
    return best.distance is not None and other.distance is not None and other.distance > PLAINER * best.distance + 1e-9


def spearman(before: Sequence[float], after: Sequence[float]) -> float | None:
    """Spearman's rank correlation, ties with the mean of their ranks; None if one of the columns is constant.

    https://en.wikipedia.org/wiki/Spearman%27s_rank_correlation_coefficient
    """
    if len(before) < 2:  # one value is constant
        return None
    try:
        return correlation(_ranks(before), _ranks(after))  # from Python 3.12 on: method="ranked"
    except StatisticsError:  # so is a column of equal values
        return None


def _ranks(values: Sequence[float]) -> list[float]:
    ordered = sorted(values)
    return [(bisect_left(ordered, value) + bisect_right(ordered, value) + 1) / 2 for value in values]


def alike(header: str, was: Sequence[str]) -> float:
    """The similarity of a header to the closest of the former ones (0–1)."""
    now = folded(header[:200])
    return max((SequenceMatcher(None, now, folded(former[:200])).ratio() for former in was), default=0.0)


def _common(old: Mapping[Key, object], new: Mapping[Key, object]) -> list[Key]:
    """The common entries; none if they are too few to prove anything."""
    common = [entry for entry in old if entry in new]
    return common if len(common) >= max(MIN_COMMON, MIN_COVER * len(old)) else []
