"""Step 8: how a board changed between two accepted snapshots, after deciding what can be compared at all.

Source: docs/decisions/0003-comparability.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain

from tracker.compare.left_out import comparable, leave_out, with_last_known
from tracker.compare.misreading import RowDoubt, doubts, read_again, too_many
from tracker.compare.ranks import account
from tracker.compare.rekeying import Rekeyed, exchanged, rekeyed, returned
from tracker.compare.verdict import judge
from tracker.compare.waiting import remembered, to_wait
from tracker.compare.wrong_page import agree, all_alike, wrong_page
from tracker.model import Board, Comparability, Diff, Entry, EntryId, MetricDiff, MetricId, Nature, RankMove, Snapshot
from tracker.order import may_have_fallen_out, surely_inside, would_be_shown

__all__ = [
    "RowDoubt",
    "agree",
    "all_alike",
    "commensurable",
    "comparable",
    "compare",
    "doubts",
    "judge",
    "leave_out",
    "read_again",
    "remembered",
    "to_wait",
    "too_many",
    "with_last_known",
    "wrong_page",
]

_PAGE_LENGTHS = frozenset((10, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 250, 300, 400, 500, 1000))
_LONG = 50
"""Rows from which a count is hardly round by chance, so that a page may be cut in whatever order it lists its entries."""
_TOP_READINGS = 3
"""Readings, this one included, from which a page that always has the same usual number of rows may be a top N."""
_CUT = 5
"""Entries that a page must lose at once if a usual number of rows that are left is to be more than chance."""
_LEAST_ENTRIES = 5
_LEAST_COMMON = 0.5


def compare(
    board: Board,
    before: Snapshot | None,
    after: Snapshot,
    *,
    seen_until: datetime | None = None,
    sizes: Sequence[int] = (),
    restart: str = "",
    absent: Sequence[Entry] = (),
) -> Diff:
    """Compare two snapshots of a board.

    Match entries by the publisher's key, never by name. With `before` None nothing is compared: a board's first snapshot changes
    nothing. `seen_until` is when `before` was last seen unchanged, `sizes` are the numbers of rows of the last snapshots.
    `restart` is the reason why two snapshots of different tables are taken as one board all the same: then nothing in them is
    comparable, and no entry arrived or left. `absent` are the entries that are missing from `before`, as they were last.

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
    keys = rekeyed(board, before, after)
    if keys.continued:
        now = {key: entry for entry, key in keys.continued.items()}
        before = replace(before, entries={now.get(key, key): entry for key, entry in before.entries.items()})
    old, new = before.entries.keys(), after.entries.keys()
    common, came, went = tuple(sorted(old & new)), sorted(new - old), sorted(old - new)
    scores = frozenset(metric.id for metric in board.metrics if metric.nature is Nature.TESTED)
    metrics = {metric.id: judge(metric, before, after, common, scores=scores) for metric in board.metrics}
    unsure = _exchanged(board, before, after, metrics)
    unsure |= {now: old[0] for now, old in keys.doubtful.items() if now in before.entries}
    diff = Diff(
        board=board,
        before=before,
        after=after,
        seen_until=seen_until,
        common=common,
        rekeyed=keys.continued,
        carried=frozenset(key for key, entry in before.entries.items() if entry.source),
        cap=_cap(board, before, after, came=came, went=went, sizes=sizes),
        is_top=_is_top(before, after, sizes, seen_until),
        metrics={metric: _doubted(diff, unsure) for metric, diff in metrics.items()},
        ranks=_ranks(board, before, after, metrics, common),
    )
    diff = replace(diff, hidden=tuple(sorted({*unsure.values()} & {*went})))
    return _with_fates(diff, before, came, went, keys, returned(board, before, after, absent) if absent and came else Rekeyed())


def _exchanged(board: Board, before: Snapshot, after: Snapshot, metrics: Mapping[MetricId, MetricDiff]) -> dict[EntryId, EntryId]:
    """Entries whose scores moved to those of another row, or from them, with that row."""
    scores = (metric.id for metric in board.metrics if metric.nature in (Nature.TESTED, Nature.FITTED))
    return exchanged(board, before, after, sorted({entry for metric in scores for entry in metrics[metric].moves}))


def _doubted(diff: MetricDiff, unsure: Mapping[EntryId, EntryId]) -> MetricDiff:
    """The verdict with the moves of these entries of unsure origin."""
    doubted = {
        entry: replace(diff.moves[entry], significant=False, unsure_origin=True) for entry in unsure if entry in diff.moves
    }
    return replace(diff, moves={**diff.moves, **doubted}) if doubted else diff


def _with_fates(diff: Diff, before: Snapshot, came: Sequence[EntryId], went: Sequence[EntryId], *keys: Rekeyed) -> Diff:
    """The diff with who arrived, is missing, or is only out of sight. Whoever has another key now did neither."""
    relisted = {now: old for known in keys for now, old in known.relisted.items()}
    doubtful = {now: olds for known in keys for now, olds in known.doubtful.items()}
    others = {*relisted, *relisted.values(), *keys[-1].continued, *doubtful, *chain.from_iterable(doubtful.values())}
    arrived = tuple(entry for entry in came if entry not in others and _would_have_shown(diff, before, entry))
    last = {entry: _primary_value(diff, before, entry) for entry in went if entry not in others and entry not in diff.hidden}
    fell_out = [entry for entry, value in last.items() if diff.cap is None and may_have_fallen_out(diff, value)]
    missing = tuple(entry for entry in last if entry not in fell_out and would_be_shown(diff, entry, last[entry]))
    return replace(
        diff,
        arrived=arrived,
        revealed=tuple(sorted(set(came) - set(arrived))),
        missing=missing,
        hidden=tuple(sorted(set(went) - set(missing))),
        fell_out=tuple(entry for entry in fell_out if entry not in diff.after.ambiguous),
        relisted=relisted,
        doubtful=doubtful,
        returned=keys[-1].continued,
    )


def _restarted(board: Board, before: Snapshot, after: Snapshot, why: str) -> Diff:
    old, new = before.entries.keys(), after.entries.keys()
    return Diff(
        board=board,
        before=before,
        after=after,
        common=tuple(sorted(old & new)),
        revealed=tuple(sorted(new - old)),
        hidden=tuple(sorted(old - new)),
        restart=why,
        metrics={metric.id: MetricDiff(metric=metric.id, verdict=Comparability.REBASED, reason=why) for metric in board.metrics},
    )


def commensurable(board: Board, before: Snapshot, after: Snapshot) -> str | None:
    """None, or why two snapshots cannot be of the same table: too few entries in common, other keys of the same rows aside."""
    smaller = min(len(before.entries), len(after.entries))
    common = len(before.entries.keys() & after.entries.keys())
    if smaller < _LEAST_ENTRIES or common >= _LEAST_COMMON * smaller:
        return None
    other_keys = rekeyed(board, before, after).continued.items()
    named = (after.entries[now].name == before.entries[old].name for now, old in other_keys)
    if common + sum(named) >= _LEAST_COMMON * smaller:
        return None
    least = f"{_LEAST_COMMON:.0%}"  # without a blank, as in the facts of stored events
    return f"{common} of {smaller} entries in common with the last accepted snapshot, expected at least {least}"


def _primary_value(diff: Diff, snapshot: Snapshot, entry: EntryId) -> float | None:
    """An entry's primary value, if it can be compared with the values of the other snapshot: on a re-based scale it cannot."""
    primary = diff.board.primary
    return snapshot.values(primary.id).get(entry) if primary and diff.metrics[primary.id].usable else None


def _would_have_shown(diff: Diff, before: Snapshot, entry: EntryId) -> bool:
    if entry in before.ambiguous:
        return False
    if before.depth is None:
        return True
    value, primary = _primary_value(diff, diff.after, entry), diff.board.primary
    return primary is not None and value is not None and surely_inside(before, primary, value)


def _cap(
    board: Board, before: Snapshot, after: Snapshot, *, came: Sequence[EntryId], went: Sequence[EntryId], sizes: Sequence[int]
) -> int | None:
    """The usual length of a page at which a whole board may be cut, or None.

    Either it lost many entries at once, or it grew to this length and newcomers come while others are gone. Where that is short,
    no entry that is gone may have been well above the lowest that the page still shows.
    """
    rows, primary, counts = len(after.entries), board.primary, (*sizes, len(before.entries))
    if after.depth is not None or not went or rows not in _PAGE_LENGTHS:
        return None
    shrank = rows < len(before.entries) and len(went) >= _CUT
    if not shrank and not (came and min(counts) < rows == max(*counts, rows)):
        return None
    if rows >= _LONG or primary is None:
        return rows
    values = before.values(primary.id)
    return None if any(entry in values and surely_inside(after, primary, values[entry]) for entry in went) else rows


def _is_top(before: Snapshot, after: Snapshot, sizes: Sequence[int], seen_until: datetime | None) -> bool:
    """Whether a page shows only the best: it says so, or it always had the same usual number of rows."""
    rows, counts = len(after.entries), (*(sizes or (len(before.entries),)), len(after.entries))
    again = seen_until is not None and seen_until > before.observed_at
    always = rows in _PAGE_LENGTHS and set(counts) == {rows} and len(counts) + again >= _TOP_READINGS
    return after.depth is not None or always


def _ranks(
    board: Board, before: Snapshot, after: Snapshot, metrics: Mapping[MetricId, MetricDiff], common: Sequence[EntryId]
) -> tuple[RankMove, ...]:
    primary = board.primary
    if primary is None or primary.higher_is_better is None or not metrics[primary.id].usable:
        return ()
    diff = metrics[primary.id]
    rounded = frozenset(entry for entry in common if entry not in diff.moves) if diff.rounded else frozenset()
    values = (before.values(primary.id), after.values(primary.id))
    return account(primary, *values, rounded=rounded, others=(before.unnamed, after.unnamed))
