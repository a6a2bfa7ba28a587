"""Another entry leads a board on its primary metric."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events import departure
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Measure, Metric, MetricId, Nature, Snapshot
from tracker.wording import listed, number, unsure

RULE = "new_leader/1"
Grade = StrEnum("Grade", "NOMINAL DEBUT SUPPORTED SUCCESSION")
_COMPARABLE = (Comparability.COMPARABLE, Comparability.PRECISION)
_SAYS_NOTHING = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)
"""Verdicts under which the best of the values that are left need not lead; a re-based scale or a new column has its own best."""


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event when the lead passes to an entry that did not share it.

    Nobody leads because the leader could not be seen: while an acknowledged leader is missing
    and its departure is not confirmed, only an entry better than its last value takes over; and
    nobody at all while the field has lost its values, and those of the leader with them.
    """
    primary = diff.board.primary
    if primary is None or not primary.ranked or diff.before is None or not diff.metrics[primary.id].usable:
        return
    acknowledged = _acknowledged(diff, past, primary)
    now = leaders(diff.after, primary)
    fresh = [entry for entry in now if entry not in acknowledged]
    if not acknowledged or not fresh or _lead_is_open(diff, past, primary, acknowledged, now):
        return
    yield _event(diff, primary, fresh, acknowledged)


def leaders(snapshot: Snapshot, metric: Metric) -> tuple[EntryId, ...]:
    """Who shares the best measured value, by key; nobody when rows that name no entry stand above."""
    has = snapshot.measured(metric.id)
    best = min((metric.sort_key(value) for value in has.values()), default=None)
    if best is not None and any(metric.sort_key(value) < best for value in snapshot.unnamed):
        return ()  # a row that names no entry stands above them
    return tuple(sorted(entry for entry, value in has.items() if metric.sort_key(value) == best))


def _acknowledged(diff: Diff, past: BoardState, primary: Metric) -> tuple[EntryId, ...]:
    """The leaders so far, under the keys they have now."""
    now = {had: entry for entry, had in diff.rekeyed.items()}
    return tuple(now.get(entry, entry) for entry in past.leaders.get(primary.id, ()))


def leaders_after(diff: Diff, past: BoardState) -> dict[MetricId, tuple[EntryId, ...]]:
    """The leaders to acknowledge after this diff."""
    primary = diff.board.primary
    if primary is None or not primary.ranked:
        return {}
    acknowledged = _acknowledged(diff, past, primary)
    now = leaders(diff.after, primary)
    verdict = diff.metrics[primary.id].verdict if diff.before else Comparability.APPEARED
    if acknowledged and (not now or verdict in _SAYS_NOTHING):
        return {primary.id: acknowledged}
    if acknowledged and verdict in _COMPARABLE and _lead_is_open(diff, past, primary, acknowledged, now):
        return {primary.id: acknowledged}
    return {primary.id: now}


def _lead_is_open(
    diff: Diff, past: BoardState, primary: Metric, acknowledged: tuple[EntryId, ...], now: tuple[EntryId, ...]
) -> bool:
    has = diff.after.measured(primary.id)
    absent = [entry for entry in acknowledged if entry not in has and not _is_gone(diff, past, entry)]
    if absent and primary.id in past.drifted:
        return True
    last = [value for entry in absent if (value := _last_value(diff, past, primary, entry)) is not None]
    return any(not primary.better(has[now[0]], value) for value in last)


def _is_gone(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    return entry in past.known and (past.known[entry].departed or entry in departure.confirmed(diff, past))


def _last_value(diff: Diff, past: BoardState, primary: Metric, entry: EntryId) -> float | None:
    if diff.before is not None and entry in diff.before.entries:
        measure = diff.before.entries[entry].measures.get(primary.id)
        return measure.value if measure else None
    return past.known[entry].primary if entry in past.known else None


def _event(diff: Diff, primary: Metric, fresh: list[EntryId], acknowledged: tuple[EntryId, ...]) -> Event:
    assert diff.before is not None
    who = [party(diff.after, entry) for entry in fresh]
    rivals = [party(one, entry) for entry in acknowledged for one in (diff.after, diff.before) if entry in one.entries]
    rivals = list({rival.entry: rival for rival in reversed(rivals)}.values())
    value = diff.after.entries[fresh[0]].measures[primary.id]
    grade = _grade(diff, primary, fresh[0], acknowledged)
    shared = len(leaders(diff.after, primary)) > 1
    verb = "leads" if not shared else "share the lead on" if len(who) > 1 else "shares the lead on"
    over = f", ahead of {listed(rivals)}" if rivals and not shared else ""
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=95 if grade != Grade.NOMINAL else 80,
        is_news=grade != Grade.NOMINAL or primary.nature is Nature.TESTED,
        subjects=who,
        rivals=rivals,
        metric=primary.id,
        headline=f"{listed(who)} {verb} {diff.board.title} ({primary.title}) with"
        f" {number(value.value, primary)}{over}{_how_sure(diff, primary, fresh[0], acknowledged)}.",
        facts={"value": value.value, "before": list(acknowledged), "shared": shared},
        evidence=both_proofs(diff, [*fresh, *acknowledged], primary.id),
    )


def _how_sure(diff: Diff, primary: Metric, leader: EntryId, acknowledged: tuple[EntryId, ...]) -> str:
    """What a journalist has to add: that an estimate stands higher, or that the gap is within the error."""
    mine = diff.after.entries[leader].measures[primary.id]
    estimated = any(primary.better(value, mine.value) for value in diff.after.values(primary.id).values())
    theirs = [measure for entry in acknowledged if (measure := _measure_of(diff, primary, entry)) is not None]
    near = theirs and not _beyond_error(primary, mine, theirs)
    return (", among measured values" if estimated else "") + (unsure(primary, mine, *theirs) if near else "")


def _measure_of(diff: Diff, primary: Metric, entry: EntryId) -> Measure | None:
    one = diff.after.entries.get(entry)
    return one.measures.get(primary.id) if one else None


def _beyond_error(primary: Metric, mine: Measure, theirs: list[Measure]) -> bool:
    """Whether the gap to each of those others is nothing at all, or larger than the error of the two."""
    gaps = [(abs(mine.value - other.value), (mine.half_width or 0.0) + (other.half_width or 0.0)) for other in theirs]
    error = primary.stated_error or 0.0
    return all(gap == 0 or gap > max(error, width) > 0 for gap, width in gaps)


def _grade(diff: Diff, primary: Metric, leader: EntryId, acknowledged: tuple[EntryId, ...]) -> Grade:
    """`debut` by entering, `succession` after the old leader left, else how far ahead: `supported` or `nominal`."""
    assert diff.before is not None
    if leader not in diff.before.entries or primary.id not in diff.before.entries[leader].measures:
        return Grade.DEBUT
    rivals = [diff.after.entries[entry].measures.get(primary.id) for entry in acknowledged if entry in diff.after.entries]
    known = [measure for measure in rivals if measure is not None]
    if not known:
        return Grade.SUCCESSION
    mine = diff.after.entries[leader].measures[primary.id]
    sure = _beyond_error(primary, mine, known) and any(measure.value != mine.value for measure in known)
    return Grade.SUPPORTED if sure else Grade.NOMINAL


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade),
    detect=detect,
    folding=Folding(newcomer=True),
    explains={What.VALUE: 32},
    places=True,
)
