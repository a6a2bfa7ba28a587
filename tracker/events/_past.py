"""The state of a board, folded over its snapshots: pure, small, and the same however often it is replayed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from tracker.events import board_broken, board_partial, departure
from tracker.events._values import changed
from tracker.model import (
    BoardState,
    Comparability,
    Diff,
    Entry,
    EntryId,
    EntryRecord,
    Failure,
    FailureStage,
    HeldReading,
    MetricId,
    Snapshot,
)
from tracker.order import may_have_fallen_out

_KEEP_SIZES = 7
_KEEP_CHANGES = 12
_FILLED_AGAIN = 0.7
"""A lost field is whole again at this share of the best of its last fill rates."""


def advance(past: BoardState, diff: Diff) -> BoardState:
    """The state for the next snapshot, after this diff was accepted, except for what kinds of event remember."""
    has_changed = changed(diff)
    return BoardState(
        known=_known(past, diff),
        sizes=(*past.sizes, len(diff.after.entries))[-_KEEP_SIZES:],
        filled=_filled(past, diff.after),
        drifted=_drifted(past, diff),
        changed_at=(*past.changed_at, diff.after.observed_at)[-_KEEP_CHANGES:] if has_changed else past.changed_at,
        seen_until=diff.after.observed_at,
        stale_since=None if has_changed else past.stale_since,
        capped_at=board_partial.capped_after(diff, past),
        cap_told=board_partial.cap_told(diff, past),
        left_out=diff.left_out,
    )


def advance_failed(past: BoardState, failure: Failure, suspect: HeldReading | None = None) -> BoardState:
    """The state after a reading that was not accepted; `suspect` is what a quarantined reading showed."""
    breaks = past.broken_since is None and board_broken.breaks(failure, past)
    failing_since = past.failing_since or failure.observed_at
    held = suspect if failure.trouble is FailureStage.QUARANTINE else None
    return replace(
        past,
        failing_since=failing_since,
        failures=past.failures + 1,
        passing=failure.passing,
        suspects=(*past.suspects, held)[-_KEEP_SIZES:] if held is not None else past.suspects,
        broken_since=failing_since if breaks else past.broken_since,
        broken_by=failure.message if breaks else past.broken_by,
    )


def _known(past: BoardState, diff: Diff) -> Mapping[EntryId, EntryRecord]:
    known = dict(past.known)
    listed, former = diff.after.entries, {**diff.rekeyed, **diff.relisted, **diff.returned}
    for entry, listing in listed.items():
        other, name = known.get(former.get(entry, entry)), listing.name
        was = known.get(entry) or other
        scored = _scored(diff, listing, was)
        if was is None or entry not in known or was.last_seen is not None or was.name != name or was.scored != scored:
            names, first_seen = (was.names, was.first_seen) if was else (frozenset[str](), diff.after.observed_at)
            names = names.union([name], other.names if other else ())
            known[entry] = EntryRecord(name=name, names=names, first_seen=first_seen, scored=scored)
    missing, rekeyed = frozenset(diff.missing), tuple(sorted(diff.rekeyed.values()))
    if diff.before is not None:
        for entry in (*diff.missing, *diff.hidden, *rekeyed):
            since = diff.after.observed_at if entry in missing else None
            known[entry] = replace(
                known[entry] if entry in diff.carried else _left(known[entry], diff, entry), missing_since=since
            )
    doubtful = chain.from_iterable(diff.doubtful.values())
    for entry in (*former.values(), *doubtful, *departure.confirmed(diff, past)):  # a rekeyed entry continues under its new key
        known[entry] = replace(known[entry], departed=True)
    for entry, was in past.known.items():
        if was.last_seen is not None and not was.departed and entry not in listed:
            known[entry] = _still_gone(known[entry], diff, past, entry)
    return _forgotten(known, diff)


def _scored(diff: Diff, entry: Entry, was: EntryRecord | None) -> str:
    """The best form in which an entry has had a primary value so far: empty, `estimated` or `measured`."""
    primary, before = diff.board.primary, was.scored if was else ""
    measure = entry.measures.get(primary.id) if primary else None
    if measure is None or before == "measured":
        return before
    return "estimated" if measure.estimated else "measured"


def _still_gone(known: EntryRecord, diff: Diff, past: BoardState, entry: EntryId) -> EntryRecord:
    if entry in diff.after.ambiguous:  # it is listed, twice
        return replace(known, missing_since=None)
    if diff.board.primary and diff.board.primary.places:  # it fell off the chart, where others have its place now
        return known
    if known.missing_since is None and departure.must_show(diff, past, entry) and not may_have_fallen_out(diff, known.primary):
        return replace(known, missing_since=diff.after.observed_at)
    return known


def _forgotten(known: dict[EntryId, EntryRecord], diff: Diff) -> dict[EntryId, EntryRecord]:
    """Without what unlisted entries can no longer be judged by: values on another scale, a place in another table."""
    unlisted = [entry for entry in known if entry not in diff.after.entries]
    if diff.restart:
        known |= {entry: replace(known[entry], departed=True) for entry in unlisted}
    if departure.rescaled(diff):
        known |= {entry: replace(known[entry], primary=None) for entry in unlisted}
    return known


def _left(known: EntryRecord, diff: Diff, entry: EntryId) -> EntryRecord:
    before, primary = diff.before, diff.board.primary
    assert before is not None
    listing = diff.entries_before[entry]
    measure = listing.measures.get(primary.id) if primary else None
    return replace(
        known,
        last_seen=diff.seen_until or before.observed_at,
        last_in=before.sha256[min(listing.page, len(before.sha256) - 1)],
        last_url=before.url,
        primary=measure.value if measure else None,
    )


def _filled(past: BoardState, after: Snapshot) -> dict[MetricId, tuple[float, ...]]:
    counts = Counter(metric for entry in after.entries.values() for metric in entry.measures)
    shares = {metric: round(counts[metric] / max(1, len(after.entries)), 4) for metric in sorted(after.metrics | counts.keys())}
    return {metric: (*past.filled.get(metric, ()), share)[-_KEEP_SIZES:] for metric, share in shares.items()}


def _drifted(past: BoardState, diff: Diff) -> frozenset[MetricId]:
    """Fields that lost their values and have not regained about as many as they had lately."""
    bad, rows = (Comparability.DRIFTED, Comparability.VANISHED), max(1, len(diff.after.entries))
    drifted = {metric for metric, verdict in diff.metrics.items() if verdict.verdict in bad}
    for metric in past.drifted:
        verdict, best = diff.metrics.get(metric), max(past.filled.get(metric, ()), default=0.0)
        if verdict is None or verdict.verdict is Comparability.APPEARED:
            continue
        if not verdict.filled_after or verdict.filled_after / rows < _FILLED_AGAIN * best:
            drifted.add(metric)
    return frozenset(drifted)
