"""Rows that a reading leaves out: those that cannot be read, and values that nobody would believe at once.

The entry of such a row is unknown: it neither departs, moves nor leads, and it keeps its last known place. When it is read again,
it is compared with what it was last.

Source: docs/decisions/0046-rows-that-are-left-out.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace

from tracker.compare.misreading import RowDoubt
from tracker.model import (
    BoardState,
    Comparability,
    Diff,
    Entry,
    EntryId,
    LeftOut,
    Measure,
    Metric,
    MetricId,
    PublishedEntry,
    Reading,
    Snapshot,
    Source,
)


def with_last_known(before: Snapshot, after: Snapshot, past: BoardState, last: Mapping[EntryId, Entry]) -> Snapshot:
    """The snapshot with the entries that it left out and `after` does not, as they were last, and without the rows that came.

    If a row that nobody ever read is gone, the entries that come may be it, and are ambiguous.
    """
    over = {entry: row for entry, row in past.left_out.items() if entry not in after.ambiguous}
    again = {entry: listing for entry, listing in last.items() if entry in over}
    came = {entry for entry, row in over.items() if row.is_new and entry in after.entries}
    places = [row.place for row in over.values() if row.place is not None]
    nobody = any(not row.is_new and row.last is None and entry not in after.entries for entry, row in over.items())
    unsure = after.entries.keys() - before.entries.keys() - again.keys() if nobody else frozenset()
    if not (again or came or places or unsure):
        return before
    return replace(
        before,
        entries={**before.entries, **again},
        ambiguous=(before.ambiguous - again.keys() - came) | unsure,
        unnamed=_without(before.unnamed, (place.value for place in places)),
        unnamed_estimates=_without(before.unnamed_estimates, (place.value for place in places if place.estimated)),
    )


def leave_out(
    after: Snapshot,
    *,
    before: Snapshot | None,
    reading: Reading,
    doubts: Mapping[EntryId, RowDoubt],
    past: BoardState,
    primary: Metric | None,
) -> tuple[Snapshot, dict[EntryId, LeftOut]]:
    """The snapshot without rows that could not be read or that are doubted, and what is known of these.

    A row whose key the board never had may be any entry that went when it came; these are unknown as long as there is such a row.
    """
    why = {**reading.unread, **{entry: doubt.why for entry, doubt in doubts.items()}}
    if not why:
        return after, {}
    rows = {}
    for entry in sorted(why):
        was, doubtful = past.left_out.get(entry), doubts[entry].values if entry in doubts else {}
        known = before is None or entry in before.entries or entry in before.ambiguous or entry in past.known
        since, is_new = after.observed_at if doubtful else None, was.is_new if was else not known
        rows[entry] = replace(_unknown(entry, why[entry], before, past), is_new=is_new, doubtful=doubtful, since=since)
    strangers = {entry for entry, row in rows.items() if row.is_new} - {entry for entry, doubt in doubts.items() if doubt.repeats}
    if strangers:
        hidden = _hidden(after, before, past, came=not strangers <= past.left_out.keys())
        rows |= {entry: row for entry, row in hidden.items() if entry not in rows}
    if primary is not None:
        believed = (entry for entry, doubt in doubts.items() if doubt.values and primary.id not in doubt.values)
        doubted = {entry: after.entries[entry].measures.get(primary.id) for entry in believed}
        rows = _placed(rows, primary, {**reading.places, **{key: place for key, place in doubted.items() if place}})
    return _without_rows(after, rows), rows


def comparable(rows: Mapping[EntryId, LeftOut], diff: Diff) -> dict[EntryId, LeftOut]:
    """The rows without last values that are on another scale than the values after this diff."""
    rebased = {metric for metric, verdict in diff.metrics.items() if verdict.verdict is Comparability.REBASED}
    return {entry: _without_metrics(row, rebased) for entry, row in rows.items()} if rebased else dict(rows)


def _without_metrics(row: LeftOut, metrics: AbstractSet[MetricId]) -> LeftOut:
    if row.last is None:
        return row
    measures = {metric: measure for metric, measure in row.last.measures.items() if metric not in metrics}
    return replace(row, last=replace(row.last, measures=measures))


def _unknown(entry: EntryId, why: str, before: Snapshot | None, past: BoardState) -> LeftOut:
    """An entry that is not read now: as it was last."""
    was, last = past.left_out.get(entry), _last(before, entry)
    seen = was.seen if was and last is None else past.seen_until or (before.observed_at if before else None)
    return LeftOut(why=why, last=last or (was.last if was else None), seen=seen)


def _hidden(after: Snapshot, before: Snapshot | None, past: BoardState, *, came: bool) -> dict[EntryId, LeftOut]:
    """The entries without a row that a row of a new key may be: those that went as the first of these rows came."""
    gone = {entry for entry, row in past.left_out.items() if not row.has_row}
    if came and before is not None:
        missing = (entry for entry, known in past.known.items() if known.missing_since is not None and not known.departed)
        gone |= {*before.entries, *missing, *(entry for entry, row in past.left_out.items() if not row.is_new)}
    why = "a row that is left out, and that is new, may be this entry"
    unlisted = sorted(gone - after.entries.keys() - after.ambiguous)
    return {entry: replace(_unknown(entry, why, before, past), has_row=False) for entry in unlisted}


def _last(before: Snapshot | None, key: EntryId) -> PublishedEntry | None:
    entry = before.entries.get(key) if before else None
    if entry is None or before is None:
        return None
    source = Source(before.sha256[min(entry.page, len(before.sha256) - 1)], before.url, before.observed_at)
    content = {field.name: getattr(entry, field.name) for field in fields(PublishedEntry)}
    return PublishedEntry(**{**content, "position": 0, "source": source})


def _placed(rows: Mapping[EntryId, LeftOut], primary: Metric, shown: Mapping[EntryId, Measure]) -> dict[EntryId, LeftOut]:
    """The rows with their places: the value that a row shows, otherwise the last one.

    A row without either has the best of the last places of the entries that it may be.
    """
    last = {entry: row.last.measures[primary.id] for entry, row in rows.items() if row.last and primary.id in row.last.measures}
    hidden = (place for entry, place in last.items() if not rows[entry].has_row)
    best = iter(sorted(hidden, key=lambda place: primary.sort_key(place.value)))
    places = {entry: shown.get(entry) or last.get(entry) for entry, row in rows.items() if row.has_row}
    return {
        entry: replace(row, place=places.get(entry) or (next(best, None) if row.has_row and row.is_new else None))
        for entry, row in rows.items()
    }


def _without_rows(after: Snapshot, rows: Mapping[EntryId, LeftOut]) -> Snapshot:
    places = [row.place for row in rows.values() if row.place is not None]
    estimates = [place.value for place in places if place.estimated]
    return replace(
        after,
        entries={entry: listing for entry, listing in after.entries.items() if entry not in rows},
        ambiguous=after.ambiguous | rows.keys(),
        unnamed=tuple(sorted([*after.unnamed, *(place.value for place in places)])),
        unnamed_estimates=tuple(sorted([*after.unnamed_estimates, *estimates])),
    )


def _without(values: Iterable[float], less: Iterable[float]) -> tuple[float, ...]:
    return tuple(sorted((Counter(values) - Counter(less)).elements()))
