"""How ranks changed since an earlier time: what an entry did itself, and what arrivals and departures did to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.model import EntryId
from tracker.order import competition_ranks
from tracker.ports import Store
from tracker.query.since import newest_keys
from tracker.query.standings import accepted

if TYPE_CHECKING:
    from tracker.query.ranking import Ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """The rank an entry had (`was`), and how many places it went up itself among the entries of both times (`own`).

    Both are None for an entry without a rank then; `is_new` if the page then would have shown it.
    """

    was: int | None
    own: int | None
    is_new: bool


def movements(ranking: Ranking, store: Store, since: datetime) -> dict[EntryId, Movement] | None:
    """The movement of each row since a time; None if the values of then and now do not compare: the metric was re-based.

    Raises:
        DeclarationError: nothing was accepted by then.
    """
    board, metric = ranking.board, ranking.metric
    before = accepted(board, store, since, [metric.id])
    if ranking.segment is None or ranking.segment > before.observed_at:
        return None
    keys = newest_keys(board.id, store)
    values = {keys.get(entry, entry): value for entry, value in before.values(metric.id).items()}
    now = {row.standing.entry: row.standing.value for row in ranking.rows if row.standing.value is not None}
    common = values.keys() & now.keys()
    ranks = competition_ranks(metric, values, before.unnamed)
    then_among, now_among = (competition_ranks(metric, {entry: of_all[entry] for entry in common}) for of_all in (values, now))
    is_whole = before.depth is None and metric.id in before.metrics
    return {
        entry: Movement(
            was=ranks.get(entry),
            own=then_among[entry] - now_among[entry] if entry in common else None,
            is_new=entry not in common and is_whole and entry not in {keys.get(key, key) for key in before.entries},
        )
        for entry in now
    }
