"""How an event is made: its id, its parties, its evidence, and numbers in words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from tracker.model import BoardId, Diff, EntryId, Event, EventId, Evidence, MetricId, ModelId, Party, Snapshot


def make(
    diff: Diff,
    *,
    rule: str,
    grade: str,
    weight: int,
    is_news: bool,
    headline: str,
    subjects: Iterable[Party] = (),
    rivals: Iterable[Party] = (),
    metric: MetricId | None = None,
    facts: Mapping[str, object],
    evidence: Iterable[Evidence] = (),
    after: datetime | None = None,
    until: datetime | None = None,
) -> Event:
    """An event of this diff. `rule` is `<kind>/<version>`; the interval is that of the diff unless given."""
    before = diff.before
    return build(
        board=diff.board.id,
        recorded_at=diff.after.observed_at,
        digests=(before.digest if before else "", diff.after.digest),
        rule=rule,
        grade=grade,
        weight=weight,
        is_news=is_news,
        headline=headline,
        subjects=tuple(subjects),
        rivals=tuple(rivals),
        metric=metric,
        facts=facts,
        evidence=tuple(evidence),
        after=after or diff.seen_until or (before.observed_at if before else None),
        until=until or diff.after.observed_at,
    )


def build(
    *,
    board: BoardId,
    recorded_at: datetime,
    digests: tuple[str, str],
    rule: str,
    grade: str,
    weight: int,
    is_news: bool,
    headline: str,
    subjects: tuple[Party, ...] = (),
    rivals: tuple[Party, ...] = (),
    metric: MetricId | None = None,
    facts: Mapping[str, object],
    evidence: tuple[Evidence, ...],
    after: datetime | None,
    until: datetime,
) -> Event:
    """An event, with its id worked out from what happened and from which bytes (before, after) it was read."""
    kind = rule.partition("/")[0]
    parties = (sorted(party.entry for party in subjects), sorted(party.entry for party in rivals))
    return Event(
        id=_id(kind, board, metric, grade, *parties, *digests, recorded_at.isoformat()),
        kind=kind,
        grade=str(grade),  # plain, as it is stored
        weight=max(0, min(100, weight)),
        is_news=is_news,
        board=board,
        metric=metric,
        subjects=subjects,
        rivals=rivals,
        after=after,
        until=until,
        headline=headline,
        facts=facts,
        evidence=evidence,
        rule=rule,
        recorded_at=recorded_at,
    )


def _id(*parts: object) -> EventId:
    """The same change read from the same bytes has the same id, however often it is imported or replayed.

    The observation time is part of it: a flip that happens twice between the same two pages is two events.
    """
    return EventId(hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16])


def party(snapshot: Snapshot, entry: EntryId) -> Party:
    """An entry as this snapshot names it."""
    one = snapshot.entries[entry]
    return Party(entry=entry, name=one.name, model=one.who.model or ModelId(""))


def proof(snapshot: Snapshot, entry: EntryId, metric: MetricId | None = None) -> Evidence:
    """Where an entry stands in the bytes of a snapshot, with the cell of a metric as published, or its name."""
    one = snapshot.entries.get(entry)
    page = min(one.page if one else 0, len(snapshot.sha256) - 1)
    raw = None if one is None else one.name
    if one is not None and metric is not None:
        measure = one.measures.get(metric)
        raw = measure.raw if measure else None
    return Evidence(
        sha256=snapshot.sha256[page],
        url=snapshot.url,
        observed_at=snapshot.observed_at,
        entry=one.id if one else entry,
        metric=metric,
        raw=raw,
    )


def both_proofs(diff: Diff, entries: Iterable[EntryId], metric: MetricId | None = None) -> tuple[Evidence, ...]:
    """The same entries in the snapshot before and in the one after."""
    snapshots = [snapshot for snapshot in (diff.before, diff.after) if snapshot is not None]
    return tuple(proof(snapshot, entry, metric) for entry in entries for snapshot in snapshots)


def page_proofs(diff: Diff) -> tuple[Evidence, ...]:
    """Both pages as a whole."""
    snapshots = [snapshot for snapshot in (diff.before, diff.after) if snapshot is not None]
    return tuple(
        Evidence(sha256=sha256, url=snapshot.url, observed_at=snapshot.observed_at)
        for snapshot in snapshots
        for sha256 in snapshot.sha256
    )
