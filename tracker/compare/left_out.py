"""Rows that a reading leaves out: those that cannot be read, and values that nobody would believe at once.

The entry of such a row is unknown: it neither departs, moves nor leads, and it keeps its last known place. When it is read again,
it is compared with what it was last.

Source: docs/decisions/0046-rows-that-are-left-out.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, replace

from tracker.compare.misreading import RowDoubt
from tracker.model import BoardState, Entry, EntryId, LeftOut, Measure, Metric, PublishedEntry, Reading, Snapshot, Source
from tracker.order import names_nobody


def with_last_known(before: Snapshot, after: Snapshot, past: BoardState, last: Mapping[EntryId, Entry]) -> Snapshot:
    """The snapshot with what it left out as it was last read, if it is read again, and without the rows that came with it."""
    again = {entry: listing for entry, listing in last.items() if entry in after.entries}
    came = {entry for entry, row in past.left_out.items() if row.is_new and entry in after.entries}
    if not again and not came:
        return before
    return replace(before, entries={**before.entries, **again}, ambiguous=before.ambiguous - again.keys() - came)


def leave_out(
    after: Snapshot,
    *,
    before: Snapshot | None,
    reading: Reading,
    doubts: Mapping[EntryId, RowDoubt],
    past: BoardState,
    primary: Metric | None,
) -> tuple[Snapshot, dict[EntryId, LeftOut]]:
    """The snapshot without rows that could not be read or that are doubted, and what is known of these."""
    why = {**reading.unread, **{entry: doubt.why for entry, doubt in doubts.items()}}
    if not why:
        return after, {}
    rows = {}
    for entry in sorted(why):
        was = past.left_out.get(entry)
        known = before is None or entry in before.entries or entry in before.ambiguous or entry in past.known
        rows[entry] = LeftOut(
            why=why[entry],
            last=_last(before, entry) or (was.last if was else None),
            is_new=was.is_new if was else not known,
            doubtful=doubts[entry].values if entry in doubts else {},
        )
    entries = {entry: listing for entry, listing in after.entries.items() if entry not in rows}
    left = replace(after, entries=entries, ambiguous=after.ambiguous | rows.keys())
    if primary is None:
        return left, rows
    placeless = {entry for entry, row in rows.items() if primary.id in row.doubtful} | reading.placeless
    places = list(_places(primary, after, rows, placeless))
    values = [place.value for place in places] + list(_hidden(primary, before, after, placeless, past))
    guesses = [place.value for place in places if place.estimated]
    unnamed, estimates = (*after.unnamed, *values), (*after.unnamed_estimates, *guesses)
    return replace(left, unnamed=tuple(sorted(unnamed)), unnamed_estimates=tuple(sorted(estimates))), rows


def _last(before: Snapshot | None, key: EntryId) -> PublishedEntry | None:
    entry = before.entries.get(key) if before else None
    if entry is None or before is None:
        return None
    source = Source(before.sha256[min(entry.page, len(before.sha256) - 1)], before.url, before.observed_at)
    content = {field.name: getattr(entry, field.name) for field in fields(PublishedEntry)}
    return PublishedEntry(**{**content, "position": 0, "source": source})


def _places(
    primary: Metric, after: Snapshot, rows: Mapping[EntryId, LeftOut], placeless: AbstractSet[EntryId]
) -> Iterator[Measure]:
    """The values of doubted rows, and the last ones of rows that do not show theirs."""
    for entry, row in rows.items():
        listing = row.last if entry in placeless else after.entries.get(entry)
        if listing is not None and primary.id in listing.measures:
            yield listing.measures[primary.id]


def _hidden(
    primary: Metric, before: Snapshot | None, after: Snapshot, placeless: AbstractSet[EntryId], past: BoardState
) -> Sequence[float]:
    """The best last values of entries that are not shown, since rows without a name and a value may be these."""
    nameless = sum(map(names_nobody, placeless))
    if not nameless:
        return ()
    last = dict(before.values(primary.id)) if before else {}
    for entry, known in past.known.items():
        if known.last_seen is not None and known.missing_since is None and not known.departed and known.primary is not None:
            last.setdefault(entry, known.primary)
    hidden = (value for entry, value in last.items() if entry not in after.entries and entry not in after.ambiguous)
    return sorted(hidden, key=primary.sort_key)[:nameless]
