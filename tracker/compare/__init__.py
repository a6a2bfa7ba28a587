"""Step 8: how a board changed between two accepted snapshots, deciding first what can be compared at all.

Source: docs/decisions/0003-comparability.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from tracker.compare.ranks import account
from tracker.compare.rekeying import rekeyed
from tracker.compare.verdict import judge
from tracker.model import Board, Comparability, Diff, Entry, EntryId, MetricDiff, MetricId, RankMove, Snapshot
from tracker.order import surely_inside, would_be_shown
from tracker.wording import percent

__all__ = ["commensurable", "compare", "judge"]

_ROUND_SMALL = frozenset((10, 15, 20, 25, 30, 40))
_LEAST_ENTRIES = 5
_LEAST_COMMON = 0.5


def compare(
    board: Board, before: Snapshot | None, after: Snapshot, *, seen_until: datetime | None = None, restart: str = ""
) -> Diff:
    """Tell how a board changed between two snapshots of it.

    Entries are matched by the publisher's key, never by name. With `before` None nothing is
    compared: a board's first snapshot changes nothing. `seen_until` is when `before` was last seen unchanged. `restart` says why two snapshots of another
    table are taken as one board all the same: then nothing in them is comparable, and nobody came or went.

    Raises:
        ValueError: the snapshots are of two boards, or `after` is not the later one.

    Source: docs/decisions/0003-comparability.md
    """
    if before is None:
        return Diff(board=board, before=None, after=after)
    if before.board != after.board or before.observed_at >= after.observed_at:
        raise ValueError(f"{after.board} at {after.observed_at}: not later than {before.board} at {before.observed_at}")
    if restart:
        return replace(_restarted(board, before, after, restart), seen_until=seen_until)
    again = rekeyed(board, before, after)
    before = replace(before, entries=_under_new_keys(before, again)) if again else before
    old, new = before.entries, after.entries
    common = tuple(sorted(old.keys() & new.keys()))
    came, went = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    metrics = {metric.id: judge(metric, before, after, common) for metric in board.metrics}
    cap = _cap(board, before, after, came=came, went=went)
    diff = Diff(board=board, before=before, after=after, cap=cap, metrics=metrics)
    arrived = [entry for entry in came if _would_have_shown(diff, before, entry)]
    missing = [entry for entry in went if would_be_shown(diff, entry, _across(diff, before, entry))]
    return Diff(
        board=board,
        before=before,
        after=after,
        seen_until=seen_until,
        common=common,
        arrived=tuple(arrived),
        revealed=tuple(sorted(set(came) - set(arrived))),
        missing=tuple(missing),
        hidden=tuple(sorted(set(went) - set(missing))),
        rekeyed=again,
        cap=cap,
        metrics=metrics,
        ranks=_ranks(board, before, after, metrics, common),
    )


def _under_new_keys(before: Snapshot, rekeyed: Mapping[EntryId, EntryId]) -> dict[EntryId, Entry]:
    now = {had: entry for entry, had in rekeyed.items()}
    return {now.get(entry, entry): one for entry, one in before.entries.items()}


def _restarted(board: Board, before: Snapshot, after: Snapshot, why: str) -> Diff:
    return Diff(
        board=board,
        before=before,
        after=after,
        common=tuple(sorted(before.entries.keys() & after.entries.keys())),
        revealed=tuple(sorted(after.entries.keys() - before.entries.keys())),
        hidden=tuple(sorted(before.entries.keys() - after.entries.keys())),
        restart=why,
        metrics={metric.id: MetricDiff(metric=metric.id, verdict=Comparability.REBASED, reason=why) for metric in board.metrics},
    )


def commensurable(before: Snapshot, after: Snapshot) -> str | None:
    """None, or why two snapshots cannot be of the same table: too few entries in common (another key column, another table)."""
    smaller = min(len(before.entries), len(after.entries))
    common = len(before.entries.keys() & after.entries.keys())
    if smaller < _LEAST_ENTRIES or common >= _LEAST_COMMON * smaller:
        return None
    return f"{common} of {smaller} entries in common with the last accepted snapshot, expected at least {percent(_LEAST_COMMON)}"


def primary_value(board: Board, snapshot: Snapshot, entry: EntryId) -> float | None:
    """An entry's value on the metric that ranks the board, None if unknown."""
    primary = board.primary
    measure = snapshot.entries[entry].measures.get(primary.id) if primary else None
    return None if measure is None else measure.value


def _across(diff: Diff, snapshot: Snapshot, entry: EntryId) -> float | None:
    """An entry's primary value, if it can be laid against the values of the other snapshot: a re-based one cannot."""
    primary = diff.board.primary
    return primary_value(diff.board, snapshot, entry) if primary and diff.metrics[primary.id].usable else None


def _would_have_shown(diff: Diff, before: Snapshot, entry: EntryId) -> bool:
    if entry in before.ambiguous:
        return False
    if before.depth is None:
        return True
    value, primary = _across(diff, diff.after, entry), diff.board.primary
    return primary is not None and value is not None and surely_inside(before, primary, value)


def _cap(board: Board, before: Snapshot, after: Snapshot, *, came: Iterable[EntryId], went: Sequence[EntryId]) -> int | None:
    """The round number at which a whole board may be cut: entries are gone, and the count is what a page is cut at.

    A small round number (20, 30) comes about by chance as well: there others must have arrived, or the count have stood still,
    and none of those gone may have stood well above what the page still shows.
    """
    rows = len(after.entries)
    gone, displaced = any(True for _ in went), any(True for _ in came) or len(before.entries) == rows
    large, small = rows >= 50 and rows % 50 == 0, rows in _ROUND_SMALL
    if after.depth is not None or not gone or not (large or (small and displaced)):
        return None
    return rows if large or not any(_stood_high(board, before, after, entry) for entry in went) else None


def _stood_high(board: Board, before: Snapshot, after: Snapshot, entry: EntryId) -> bool:
    value = primary_value(board, before, entry)
    return board.primary is not None and value is not None and surely_inside(after, board.primary, value)


def _ranks(
    board: Board, before: Snapshot, after: Snapshot, metrics: dict[MetricId, MetricDiff], common: tuple[EntryId, ...]
) -> tuple[RankMove, ...]:
    primary = board.primary
    if primary is None or primary.higher_is_better is None:
        return ()
    diff = metrics[primary.id]
    if diff.verdict not in (Comparability.COMPARABLE, Comparability.PRECISION):
        return ()
    old = {entry: one.measures[primary.id].value for entry, one in before.entries.items() if primary.id in one.measures}
    new = {entry: one.measures[primary.id].value for entry, one in after.entries.items() if primary.id in one.measures}
    still = frozenset(entry for entry in common if entry not in diff.moves) if diff.rounded else frozenset()
    return account(primary, old, new, rounded=still, others=(before.unnamed, after.unnamed))
