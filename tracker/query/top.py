"""The first rows of a board at the end of a window, and where they were at its start."""

from __future__ import annotations

from datetime import datetime, timedelta

from tracker.model import Board, Measure, Metric, Top, TopRow
from tracker.order import competition_ranks
from tracker.ports import Store
from tracker.query.since import newest_keys
from tracker.wording import NO_ERROR, number, unsure

ROWS = 5
_SECOND = timedelta(seconds=1)


def top(board: Board, store: Store, *, since: datetime, until: datetime) -> Top | None:
    """The best five by the last reading before `until`; None if the board has no order, or no reading by then."""
    primary = board.primary
    last = store.at(board.id, until - _SECOND, [primary.id]) if primary is not None and primary.ordered else None
    if primary is None or last is None:
        return None
    start = store.at(board.id, since - _SECOND, [primary.id])
    measures, ranks = last.measures(primary.id), competition_ranks(primary, last.values(primary.id), last.unnamed)
    before = competition_ranks(primary, start.values(primary.id), start.unnamed) if start is not None else {}
    best = sorted(ranks, key=lambda entry: (ranks[entry], last.entries[entry].name, entry))[:ROWS]
    if not before.keys() >= {*best}:  # a row under another key is not new
        keys = newest_keys(board.id, store)
        newest = {keys.get(entry, entry): rank for entry, rank in before.items()}
        before |= {entry: newest[key] for entry in best if entry not in before and (key := keys.get(entry, entry)) in newest}
    has_error = unsure(primary, *measures.values()) != NO_ERROR
    names, values = last.entries, {entry: _value(measures[entry], primary) for entry in best}
    rows = [TopRow(rank=ranks[entry], was=before.get(entry), name=names[entry].name, value=values[entry]) for entry in best]
    return Top(metric=primary.title, rows=tuple(rows), is_compared=start is not None, has_error=has_error)


def _value(measure: Measure, metric: Metric) -> str:
    return f"{'~' if measure.estimated else ''}{number(measure.value, metric)}"
