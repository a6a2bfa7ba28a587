"""An exact account of why a rank changed."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.model import EntryId, Metric, RankMove
from tracker.order import competition_ranks


def account(
    metric: Metric,
    before: Mapping[EntryId, float],
    after: Mapping[EntryId, float],
    *,
    rounded: frozenset[EntryId] = frozenset(),
    others: tuple[tuple[float, ...], tuple[float, ...]] = ((), ()),
) -> tuple[RankMove, ...]:
    """Split every survivor's Δrank = arrivals above − departures above + moves among survivors + ties broken by finer decimals.

    Survivors have a value in both. Returned are those whose rank changed, or that moved among the survivors, by new rank. The
    value of a `rounded` entry is the same number with other decimals: among survivors it did not move. `others` are the values,
    before and after, of rows that name no entry; above an entry they count as arrivals and departures.
    """
    survivors = sorted(before.keys() & after.keys())
    held = {entry: before[entry] if entry in rounded else after[entry] for entry in survivors}
    ranks_before, ranks_after = competition_ranks(metric, before, others[0]), competition_ranks(metric, after, others[1])
    among_before = competition_ranks(metric, {entry: before[entry] for entry in survivors})
    among_after = competition_ranks(metric, {entry: after[entry] for entry in survivors})
    among_held = competition_ranks(metric, held) if rounded else among_after
    moves = (
        RankMove(
            entry=entry,
            before=ranks_before[entry],
            after=ranks_after[entry],
            arrivals_above=ranks_after[entry] - among_after[entry],
            departures_above=ranks_before[entry] - among_before[entry],
            moves=among_held[entry] - among_before[entry],
            unrounded=among_after[entry] - among_held[entry],
        )
        for entry in survivors
    )
    changed = (move for move in moves if move.before != move.after or move.moves)
    return tuple(sorted(changed, key=lambda move: (move.after, move.entry)))
