"""How an event is made: its id, its parties and its evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack

from msgspec import structs

from tracker.model import NOTE, BoardId, Diff, EntryId, Event, EventId, Evidence, MetricId, ModelId, Party, Snapshot


class Content(TypedDict):
    """What an event states. `rule` is `<kind>/<version>`."""

    rule: str
    grade: str
    weight: int
    is_news: bool
    headline: str
    facts: Mapping[str, object]
    subjects: NotRequired[Sequence[Party]]
    rivals: NotRequired[Sequence[Party]]
    metric: NotRequired[MetricId | None]
    evidence: NotRequired[Iterable[Evidence]]


def make(diff: Diff, *, after: datetime | None = None, until: datetime | None = None, **content: Unpack[Content]) -> Event:
    """An event of this diff, in the interval of the diff unless another is given, or its subject was left out until now.

    Without `evidence`: the cells of all parties on both pages, or both pages as a whole if there are no parties.
    """
    before, subjects = diff.before, content.get("subjects", ())
    row = diff.read_again.get(subjects[0].entry) if len(subjects) == 1 else None
    seen = row.seen if row and row.seen else diff.seen_until or (before.observed_at if before else None)
    first = row.since if row and content.get("metric") in row.doubtful else None
    content["headline"] += notes(diff.after, subjects) if content["is_news"] else ""
    if "evidence" not in content:
        parties = [party.entry for party in (*subjects, *content.get("rivals", ()))]
        content["evidence"] = both_proofs(diff, parties, content.get("metric")) if parties else page_proofs(diff)
    return build(
        board=diff.board.id,
        recorded_at=diff.after.observed_at,
        digests=(before.digest if before else "", diff.after.digest),
        after=after or seen,
        until=until or first or diff.after.observed_at,
        **content,
    )


def notes(snapshot: Snapshot, subjects: Iterable[Party]) -> str:
    """The remarks of a page at the subjects' names, as sentences."""
    listed = ((party, snapshot.entries.get(party.entry)) for party in subjects)
    remarks = ((party.name, entry.attributes.get(NOTE)) for party, entry in listed if entry)
    return "".join(f" The page notes at {name}: “{note}”." for name, note in remarks if note)


def build(
    *,
    board: BoardId,
    recorded_at: datetime,
    digests: tuple[str, str],
    after: datetime | None,
    until: datetime,
    **content: Unpack[Content],
) -> Event:
    """An event. Its id is computed from what happened and from the bytes (before, after) it was read from."""
    event = Event(
        id=EventId(""),
        kind=content["rule"].partition("/")[0],
        grade=str(content["grade"]),
        weight=max(0, min(100, content["weight"])),
        is_news=content["is_news"],
        board=board,
        metric=content.get("metric"),
        subjects=tuple(content.get("subjects", ())),
        rivals=tuple(content.get("rivals", ())),
        after=after,
        until=until,
        headline=content["headline"],
        facts=content["facts"],
        evidence=tuple(content.get("evidence", ())),
        rule=content["rule"],
        recorded_at=recorded_at,
    )
    return replace(event, id=event_id(event, digests))


def event_id(event: Event, digests: tuple[str, str]) -> EventId:
    """The same change at the same time, read from the same bytes, has the same id, however often it is imported or replayed.

    `digests` are those of the bytes before and after.
    """
    parties = (sorted(party.entry for party in side) for side in (event.subjects, event.rivals))
    parts = (event.kind, event.board, event.metric, event.grade, *parties, *digests, event.recorded_at.isoformat())
    return EventId(hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16])


def party(snapshot: Snapshot, key: EntryId) -> Party:
    """An entry as this snapshot names it."""
    entry = snapshot.entries[key]
    return Party(entry=key, name=entry.name, model=entry.who.model or ModelId(""))


def last_named(diff: Diff, key: EntryId) -> Party:
    """An entry as the newest snapshot that lists it names it; by its key if neither does."""
    snapshot = next((snapshot for snapshot in (diff.after, diff.before) if snapshot and key in snapshot.entries), None)
    return party(snapshot, key) if snapshot else Party(entry=key, name=key)


def proof(snapshot: Snapshot, key: EntryId, metric: MetricId | None = None) -> Evidence:
    """The place of an entry in the bytes of a snapshot, with the cell of a metric as published, or with its name."""
    entry = snapshot.entries.get(key)
    if entry is None or entry.source is None:
        page = min(entry.page if entry else 0, len(snapshot.sha256) - 1)
        sha256, url, observed_at = snapshot.sha256[page], snapshot.url, snapshot.observed_at
    else:
        sha256, url, observed_at = entry.source
    measure = entry.measures.get(metric) if entry and metric is not None else None
    raw = (entry.name if entry else None) if metric is None else measure.raw if measure else None
    return Evidence(sha256=sha256, url=url, observed_at=observed_at, entry=entry.id if entry else key, metric=metric, raw=raw)


def both(diff: Diff) -> list[Snapshot]:
    """The snapshots of a diff, the earlier one first."""
    return [snapshot for snapshot in (diff.before, diff.after) if snapshot is not None]


def both_proofs(diff: Diff, entries: Iterable[EntryId], metric: MetricId | None = None) -> tuple[Evidence, ...]:
    """The same entries in the snapshot before and in the one after."""
    return tuple(proof(snapshot, entry, metric) for entry in entries for snapshot in both(diff))


def stated_proofs(diff: Diff, entries: Iterable[EntryId], attribute: str, *, or_name: bool = False) -> list[Evidence]:
    """The same entries on both pages, with what each page states of a property; otherwise nothing, or the name."""
    proofs = ((snapshot.entries.get(entry), proof(snapshot, entry)) for entry in entries for snapshot in both(diff))
    stated = ((row and row.attributes.get(attribute, evidence.raw if or_name else None), evidence) for row, evidence in proofs)
    return [structs.replace(evidence, raw=raw) for raw, evidence in stated]


def page_proofs(diff: Diff) -> tuple[Evidence, ...]:
    """Both pages as a whole."""
    return tuple(proof for page in both(diff) for proof in whole_page(page.sha256, page.url, page.observed_at))


def whole_page(sha256: Iterable[str], url: str, observed_at: datetime) -> Iterable[Evidence]:
    """The bytes of one reading."""
    return (Evidence(sha256=digest, url=url, observed_at=observed_at) for digest in sha256)
