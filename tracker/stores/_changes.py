"""What a step changes in a board's history, worked out once for every store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracker.model import (
    Comparability,
    Diff,
    EntryId,
    Event,
    EventFilter,
    Measure,
    Metric,
    MetricId,
    PublishedEntry,
    Segment,
    StoredSnapshot,
)
from tracker.order import competition_ranks

NAME, PAGE, RANK = "name", "$page", "$rank"
"""Text series that every entry has, beside the board's attributes (which have no such names): an open name means it is listed."""


def measure_changes(diff: Diff) -> Iterator[tuple[MetricId, EntryId, Measure | None, Measure | None]]:
    """(metric, entry, before, after) where they differ; None where there is no value. Ordered by metric, then entry."""
    old, new = diff.entries_before, diff.after.entries
    changed: dict[MetricId, list[tuple[EntryId, Measure | None, Measure | None]]] = {key: [] for key in _metrics(diff)}
    for entry in sorted(old.keys() | new.keys()):
        had = old[entry].measures if entry in old else {}
        has = new[entry].measures if entry in new else {}
        if had != has:
            for key, changes in changed.items():
                was, now = had.get(key), has.get(key)
                if was is not now and was != now:
                    changes.append((entry, was, now))
    return ((key, *change) for key, changes in changed.items() for change in changes)


def _metrics(diff: Diff) -> list[MetricId]:
    """Those declared, then those that only the snapshot before knew: with their declaration their values end."""
    declared = [metric.id for metric in diff.board.metrics]
    kept = {metric for one in diff.before.entries.values() for metric in one.measures} if diff.before else set()
    return [*declared, *sorted(kept.difference(declared))]


def text_changes(diff: Diff) -> Iterator[tuple[str, EntryId, str | None, str | None]]:
    """(attribute, entry, before, after) where they differ.

    Among the attributes are `name`, the page beyond the first, and the published rank, if there is one.
    """
    old = diff.entries_before
    new = diff.after.entries
    for entry in sorted(old.keys() | new.keys()):
        if entry in old and entry in new and _same_texts(old[entry], new[entry]):
            continue
        was = _texts(old[entry]) if entry in old else {}
        now = _texts(new[entry]) if entry in new else {}
        for attribute in sorted(was.keys() | now.keys()):
            if was.get(attribute) != now.get(attribute):
                yield attribute, entry, was.get(attribute), now.get(attribute)


def _same_texts(one: PublishedEntry, other: PublishedEntry) -> bool:
    return (one.name, one.page, one.rank) == (other.name, other.page, other.rank) and one.attributes == other.attributes


def _texts(one: PublishedEntry) -> dict[str, str]:
    page = {PAGE: str(one.page)} if one.page else {}
    rank = {} if one.rank is None else {RANK: str(one.rank)}
    return {**one.attributes, **page, **rank, NAME: one.name}


def rank_changes(diff: Diff) -> Iterator[tuple[EntryId, int | None, int | None]]:
    """(entry, before, after) where the rank on the primary metric differs."""
    primary = diff.board.primary
    if primary is None or primary.higher_is_better is None:
        return
    was = ranks(replace(diff.before, entries=diff.entries_before), primary) if diff.before else {}
    now = ranks(diff.after, primary)
    for entry in sorted(was.keys() | now.keys()):
        if was.get(entry) != now.get(entry):
            yield entry, was.get(entry), now.get(entry)


def ranks(snapshot: StoredSnapshot, primary: Metric) -> dict[EntryId, int]:
    """Competition ranks of all entries with a value."""
    return competition_ranks(
        primary,
        {entry: one.measures[primary.id].value for entry, one in snapshot.entries.items() if primary.id in one.measures},
        snapshot.unnamed,
    )


def new_segments(diff: Diff) -> tuple[Segment, ...]:
    """Where a metric begins, or begins anew because its scale changed."""
    at = diff.after.observed_at
    if diff.before is None:
        return tuple(Segment(metric=metric.id, started_at=at, reason="first snapshot") for metric in diff.board.metrics)
    return tuple(
        Segment(metric=metric, started_at=at, reason=verdict.reason)
        for metric, verdict in diff.metrics.items()
        if verdict.verdict is Comparability.REBASED
    )


def wants(wanted: EventFilter, event: Event) -> bool:
    """Whether a filter lets an event through."""
    parties = {party.entry for party in (*event.subjects, *event.rivals)}
    return (
        (wanted.board is None or event.board == wanted.board)
        and (not wanted.kinds or event.kind in wanted.kinds)
        and (not wanted.grades or event.grade in wanted.grades)
        and (wanted.since is None or event.recorded_at >= wanted.since)
        and (wanted.until is None or event.recorded_at < wanted.until)
        and (wanted.is_news is None or event.is_news == wanted.is_news)
        and (wanted.entry is None or wanted.entry in parties)
        and (not wanted.fact or wanted.fact in event.facts)
    )
