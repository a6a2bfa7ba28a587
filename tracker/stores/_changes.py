"""The changes that a step makes to a board's history, computed once for every store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracker.model import Comparability, Diff, EntryId, Measure, Metric, MetricId, PublishedEntry, Segment, StoredSnapshot
from tracker.order import competition_ranks

NAME, PAGE, RANK = "name", "$page", "$rank"
"""Text series of every entry; attributes have other names. An open name means that the entry is listed."""


def measure_changes(diff: Diff) -> Iterator[tuple[MetricId, EntryId, Measure | None, Measure | None]]:
    """(metric, entry, before, after) where the values differ, by metric and entry; None for no value."""
    old, new = diff.entries_before, diff.after.entries
    declared = [metric.id for metric in diff.board.metrics]
    ended = sorted({metric for entry in old.values() for metric in entry.measures}.difference(declared))
    changed: dict[MetricId, list[tuple[EntryId, Measure | None, Measure | None]]] = {key: [] for key in (*declared, *ended)}
    for entry in sorted(old.keys() | new.keys()):
        had = old[entry].measures if entry in old else {}
        has = new[entry].measures if entry in new else {}
        if had != has:
            for key, changes in changed.items():
                was, now = had.get(key), has.get(key)
                if was is not now and was != now:
                    changes.append((entry, was, now))
    return ((key, *change) for key, changes in changed.items() for change in changes)


def text_changes(diff: Diff) -> Iterator[tuple[str, EntryId, str | None, str | None]]:
    """(attribute, entry, before, after) where the texts differ; includes name, published rank, and a page after the first."""
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


def _same_texts(before: PublishedEntry, after: PublishedEntry) -> bool:
    same = (before.name, before.page, before.rank) == (after.name, after.page, after.rank)
    return same and before.attributes == after.attributes


def _texts(entry: PublishedEntry) -> dict[str, str]:
    page = {PAGE: str(entry.page)} if entry.page else {}
    rank = {} if entry.rank is None else {RANK: str(entry.rank)}
    return {**entry.attributes, **page, **rank, NAME: entry.name}


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
    return competition_ranks(primary, snapshot.values(primary.id), snapshot.unnamed)


def new_segments(diff: Diff) -> tuple[Segment, ...]:
    """The segments that begin with this step: at the first snapshot, and where a metric was re-based."""
    at = diff.after.observed_at
    if diff.before is None:
        return tuple(Segment(metric=metric.id, started_at=at, reason="first snapshot") for metric in diff.board.metrics)
    return tuple(
        Segment(metric=metric, started_at=at, reason=verdict.reason)
        for metric, verdict in diff.metrics.items()
        if verdict.verdict is Comparability.REBASED
    )
