"""A board's entries in order, now or at an earlier time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from tracker.errors import DeclarationError
from tracker.model import Board, EntryId, Measure, MetricId, PublishedEntry, StoredSnapshot
from tracker.order import competition_ranks
from tracker.ports import Store
from tracker.toml import meant
from tracker.wording import machine_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One row of a board's order on a metric. `rank` is the competition rank over all rows with a value, None without one.

    `tied` is the number of entries with that rank, 0 without one.

    `published_rank` is the publisher's own, whatever the metric; None if the board declares or states none. Rows that share
    a name are left out; on the primary metric they still count in the ranks, and other metrics then have no ranks.
    """

    rank: int | None
    entry: EntryId
    name: str
    value: float | None
    low: float | None
    high: float | None
    estimated: bool
    published_rank: int | None
    tied: int


def standings(board: Board, store: Store, *, metric: MetricId | None = None, at: datetime | None = None) -> tuple[Standing, ...]:
    """A board's order on a metric (the primary one by default), now or as of a time; entries without a value last, by name.

    Raises:
        DeclarationError: the board has no such metric, or nothing was accepted by then.
    """
    wanted = wanted_metric(board, metric)
    return ordered(board, wanted, accepted(board, store, at, [wanted]))


def accepted(board: Board, store: Store, at: datetime | None, metrics: Sequence[MetricId] | None = None) -> StoredSnapshot:
    """A board's last snapshot, or its last by a time. Raises DeclarationError if there is none."""
    snapshot = store.at(board.id, at, metrics) if at else store.latest(board.id, metrics)
    if snapshot is None:
        when = f" by {machine_time(at)}" if at else ""
        raise DeclarationError(f"{board.id}: nothing was accepted{when}; expected a snapshot (tracker run {board.id})")
    return snapshot


def wanted_metric(board: Board, metric: MetricId | None) -> MetricId:
    """The metric of that id, or the one that ranks the board. Raises DeclarationError if there is none."""
    if metric is None and board.primary is not None:
        return board.primary.id
    known = [declared.id for declared in board.metrics]
    if metric is None:
        raise DeclarationError(f"{board.id}: no metric ranks this board; expected one of: {', '.join(known)} (--metric)")
    if metric not in known:
        raise DeclarationError(f'{board.id}: metric "{metric}" is unknown{meant(metric, known)}')
    return metric


def ordered(board: Board, metric: MetricId, snapshot: StoredSnapshot) -> tuple[Standing, ...]:
    """The entries of a snapshot in the order of a metric; those without a value last, by name."""
    declared = board.metric(metric)
    certain = declared.higher_is_better is not None and (declared.primary or not snapshot.ambiguous)
    ranks = competition_ranks(declared, snapshot.values(metric), snapshot.unnamed) if certain else {}
    tied = Counter(ranks.values())
    rows = [_row(entry, entry.measures.get(metric), ranks.get(entry.id), tied) for entry in snapshot.entries.values()]
    return tuple(sorted(rows, key=lambda row: (row.value is None, row.rank or 0, row.name, row.entry)))


def _row(entry: PublishedEntry, measure: Measure | None, rank: int | None, tied: Mapping[int, int]) -> Standing:
    return Standing(
        rank=rank,
        entry=entry.id,
        name=entry.name,
        value=measure.value if measure else None,
        low=measure.low if measure else None,
        high=measure.high if measure else None,
        estimated=measure is not None and measure.estimated,
        published_rank=entry.rank,
        tied=0 if rank is None else tied[rank],
    )


def standing_json(row: Standing, board: Board) -> dict[str, object]:
    """A row for programs, with `published_rank` only if the board declares a column of ranks."""
    return {key: value for key, value in asdict(row).items() if key != "published_rank" or board.rank is not None}
