"""When two published numbers are the same number: the one may only be a rounding of the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tracker.model import Measure

_FULL_FLOAT = 9
"""From so many decimals on the last ones are noise of binary floats, not measurement."""
_NOISE = 1e-9


def typical_decimals(measures: Iterable[Measure]) -> int:
    """The number of decimals a column is published with: the most frequent one, the larger of equals.

    A publisher that writes two decimals drops a trailing zero in one of ten values, so an entry's
    own count says too little: 44.5 in such a column is 44.50.
    """
    counts = Counter(measure.decimals for measure in measures)
    return max(counts, key=lambda decimals: (counts[decimals], decimals), default=0)


def finest_decimals(measures: Iterable[Measure]) -> int:
    """The most decimals any value of a column has: what a column of facts is published with, for $3 stands beside $0.075."""
    return max((measure.decimals for measure in measures), default=0)


def same(one: Measure, other: Measure, *, typical: tuple[int, int]) -> bool:
    """Whether two values agree when both are rounded to the coarser published precision.

    `typical` are the decimals of the two columns. Float noise agrees; two values published with
    equal decimals agree only if they are equal.
    """
    gap = abs(one.value - other.value)
    if gap <= _NOISE * max(1.0, abs(one.value)) and max(one.decimals, other.decimals) >= _FULL_FLOAT:
        return True
    mine, theirs = max(one.decimals, typical[0]), max(other.decimals, typical[1])
    if mine == theirs:
        return gap == 0
    return gap <= 0.5 * 10.0 ** -min(mine, theirs) + _NOISE * max(1.0, abs(one.value))
