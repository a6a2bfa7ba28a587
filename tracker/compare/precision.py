"""When two published numbers are the same number: one may only be a rounding of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tracker.model import Measure

_FULL_FLOAT = 9
"""From this number of decimals on, the last ones are noise of binary floats, not measurement."""
_NOISE = 1e-9


def typical_decimals(measures: Iterable[Measure]) -> int:
    """The number of decimals a column is published with: the most frequent one, the larger of equals.

    A publisher that writes two decimals drops a trailing zero in one of ten values, so 44.5 in such a column is 44.50.
    """
    counts = Counter(measure.decimals for measure in measures)
    return max(counts, key=lambda decimals: (counts[decimals], decimals), default=0)


def finest_decimals(measures: Iterable[Measure]) -> int:
    """The most decimals that any value of a column has: a column of facts has both $3 and $0.075."""
    return max((measure.decimals for measure in measures), default=0)


def same(measure: Measure, other: Measure, *, typical: tuple[int, int]) -> bool:
    """Whether two values agree when both are rounded to the coarser published precision.

    `typical` are the decimals of the two columns. Float noise agrees; values with equal decimals agree only if they are equal.
    """
    gap, noise = abs(measure.value - other.value), _NOISE * max(1.0, abs(measure.value))
    if gap <= noise and max(measure.decimals, other.decimals) >= _FULL_FLOAT:
        return True
    coarser, finer = sorted((max(measure.decimals, typical[0]), max(other.decimals, typical[1])))
    return gap == 0 if coarser == finer else gap <= 0.5 * 10.0**-coarser + noise
