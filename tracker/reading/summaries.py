"""Finds rows that are the mean or the median of all others, instead of an entry: `Average`, `Median`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from statistics import fmean, median

from tracker.model import Measure, MetricId

WORDS = re.compile(
    r"(?:(?:overall|grand|column|global) )?(?:average|avg\.?|mean|median|durchschnitt|mittelwert|mittel|moyenne|médiane|media"
    r"|mediana|promedio|média|gemiddelde?|genomsnitt|średnia|ortalama|среднее|медиана|平均|平均値|平均值|中央値|中位数|평균|중앙값)"
    r"(?: score)?",
    re.IGNORECASE,
)
"""Names of means and medians, in several languages."""
FEWEST = 3
"""Number of others; with fewer, the mean of all may well be the figure of one."""


def summaries(names: Sequence[str], measures: Mapping[MetricId, Sequence[Measure | None]]) -> tuple[int, ...]:
    """The rows with the name of a mean or a median whose figures are that of the other rows, each within its last decimal.

    A row with one figure that is not stays: it may be an entry with such a name.
    """
    named = [row for row, name in enumerate(names) if WORDS.fullmatch(name)]
    return tuple(row for row in named if _sums_up(row, named, measures.values()))


def _sums_up(row: int, named: Collection[int], columns: Collection[Sequence[Measure | None]]) -> bool:
    checked = [_is_central(own, _others(column, named)) for column in columns if (own := column[row]) is not None]
    return all(checked) and any(checked)


def _others(column: Sequence[Measure | None], named: Collection[int]) -> list[float]:
    return [measure.value for at, measure in enumerate(column) if measure is not None and at not in named]


def _is_central(own: Measure, others: Sequence[float]) -> bool:
    """Whether a figure is the mean or the median of others; of equal ones anything would be."""
    if len(others) < FEWEST or len(set(others)) == 1:
        return False
    tolerance: float = 10.0**-own.decimals * (1 + 1e-9)
    return any(abs(central - own.value) <= tolerance for central in (fmean(others), median(others)))
