"""Which rows of a ranking are above a rival, since when, and at what price."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.model import Metric
from tracker.order import beyond_error
from tracker.ports import Store
from tracker.query.filters import EntryKey, Filters
from tracker.query.since import HowAbove, looked_at, passed

if TYPE_CHECKING:
    from tracker.query.ranking import RankedRow, Ranking

_MAY_HAVE_PASSED = (HowAbove.PASSING, HowAbove.ENTRY, HowAbove.START)
"""How a row that was not above may have come above; `start`: at some time before the data that compares, which says so."""


def against(ranking: Ranking, store: Store, rivals: Collection[EntryKey], only: Filters) -> Ranking:
    """The rows above the best of the rivals, then that one; none if the rival has no row.

    With `only.since`, those that passed it since then, or entered above it, or were above when the metric was re-based since.
    """
    board, metric = ranking.board, ranking.metric
    of_rivals = [row for row in ranking.rows if (board.id, row.standing.entry) in rivals and row.standing.rank is not None]
    if not of_rivals:
        return replace(ranking, rows=())
    best, lower = of_rivals[0], [row.standing.entry for row in of_rivals]
    looks = looked_at(store, board.id)
    rows = []
    for row in ranking.rows:
        if row.standing.entry in lower or not _is_above(metric, row, best):
            continue
        above = passed(store, board.id, metric.id, [row.standing.entry], lower, at=only.at, looks=looks)
        if only.since is None or (above is not None and above.how in _MAY_HAVE_PASSED and above.until >= only.since):
            sure = beyond_error(metric, row.measures[metric.id], best.measures[metric.id])
            rows.append(replace(row, above=above, beyond_error=sure, price_ratio=_ratio(row, best)))
    return replace(ranking, rows=(*rows, replace(best, is_rival=True)))


def _is_above(metric: Metric, row: RankedRow, rival: RankedRow) -> bool:
    value, other = row.standing.value, rival.standing.value
    return value is not None and other is not None and metric.better(value, other)


def _ratio(row: RankedRow, rival: RankedRow) -> float | None:
    """The quotient of two prices of one kind."""
    if row.facts is None or rival.facts is None or row.facts.price_kind != rival.facts.price_kind:
        return None
    price, other = row.facts.traits.price, rival.facts.traits.price
    return price / other if price is not None and other else None
