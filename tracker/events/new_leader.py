"""Another entry leads a board on its primary metric."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from tracker.events import departure
from tracker.events._values import SAYS_NOTHING, keys_now, ordered_primary, verdict_of
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import both, both_proofs, last_named, make, party
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Measure, Metric, MetricId, Nature, Snapshot
from tracker.wording import listed, number, span, unsure

RULE = "new_leader/1"
Grade = StrEnum("Grade", "NOMINAL DEBUT SUPPORTED SUCCESSION REVERSED")


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event when the lead passes to an entry that did not share it.

    Nobody leads because the leader is not shown: while an acknowledged leader is missing and its departure is not confirmed, only
    an entry better than its last value takes over; and no entry does while the field has lost its values. `reversed`: the next
    reading, within an hour, shows the former leaders again, so nobody took it over from them.

    Remembers the former leaders if the lead passed in this diff.
    """
    primary = ordered_primary(diff)
    if primary is None or diff.before is None or not diff.metrics[primary.id].usable:
        return Detection(events=(), memory={})
    acknowledged = _acknowledged(diff, past, primary)
    now = leaders(diff.after, primary)
    fresh = [entry for entry in now if entry not in acknowledged]
    if not acknowledged or not fresh:
        return Detection(events=(), memory={})
    if _is_reversed(diff, past, primary, now):
        return Detection(events=(_reversed(diff, primary, now, acknowledged),), memory={})
    if _lead_is_open(diff, past, primary, acknowledged, now):
        return Detection(events=(), memory={})
    event = _event(diff, past, primary, fresh, acknowledged, shared=len(now) > 1)
    return Detection(events=(event,), memory={primary.id: list(acknowledged)})


def leaders(snapshot: Snapshot, metric: Metric) -> tuple[EntryId, ...]:
    """The entries that share the best measured value, by key; none if a row that names no entry ranks above them."""
    has = snapshot.measured(metric.id)
    best = min((metric.sort_key(value) for value in has.values()), default=None)
    if best is None or any(metric.sort_key(value) < best for value in snapshot.unnamed):
        return ()
    return tuple(sorted(entry for entry, value in has.items() if metric.sort_key(value) == best))


def _acknowledged(diff: Diff, past: BoardState, primary: Metric) -> tuple[EntryId, ...]:
    """The leaders until now, under the keys they have now."""
    now = keys_now(diff)
    return tuple(now.get(entry, entry) for entry in past.leaders.get(primary.id, ()))


def leaders_after(diff: Diff, past: BoardState) -> dict[MetricId, tuple[EntryId, ...]]:
    """The leaders to acknowledge after this diff. A re-based scale or a new column has a best of its own."""
    primary = ordered_primary(diff)
    if primary is None:
        return {}
    acknowledged = _acknowledged(diff, past, primary)
    now, verdict = leaders(diff.after, primary), verdict_of(diff, primary)
    has_own_best = verdict in (Comparability.REBASED, Comparability.APPEARED)
    says_nothing = not now or verdict in SAYS_NOTHING
    is_settled = says_nothing or has_own_best or _is_reversed(diff, past, primary, now)
    stays = says_nothing or (not is_settled and _lead_is_open(diff, past, primary, acknowledged, now))
    return {primary.id: acknowledged if acknowledged and stays else now}


def _is_reversed(diff: Diff, past: BoardState, primary: Metric, now: tuple[EntryId, ...]) -> bool:
    """Whether those lead again who led until the last reading, at most an hour ago."""
    if diff.before is None or diff.after.observed_at - diff.before.observed_at > departure.PASSING:
        return False
    keys = keys_now(diff)
    former = past.memory.get("new_leader", {}).get(primary.id, ())
    return bool(now) and sorted(keys.get(entry, entry) for entry in former) == list(now)


def _reversed(diff: Diff, primary: Metric, now: tuple[EntryId, ...], passing: tuple[EntryId, ...]) -> Event:
    assert diff.before is not None
    who, rivals = [party(diff.after, entry) for entry in now], [last_named(diff, entry) for entry in passing]
    lasted = span(diff.after.observed_at - diff.before.observed_at)
    return make(
        diff,
        rule=RULE,
        grade=Grade.REVERSED,
        weight=60,
        is_news=True,
        subjects=who,
        rivals=rivals,
        metric=primary.id,
        headline=f"{listed(who)} again {'leads' if len(who) == 1 else 'lead'} {diff.board.title} ({primary.title});"
        f" the lead of {listed(rivals)} lasted {lasted}.",
        facts={"before": list(passing)},
        evidence=both_proofs(diff, [*now, *passing], primary.id),
    )


def _lead_is_open(
    diff: Diff, past: BoardState, primary: Metric, acknowledged: tuple[EntryId, ...], now: tuple[EntryId, ...]
) -> bool:
    has = diff.after.measured(primary.id)
    absent = [entry for entry in acknowledged if entry not in has and not departure.is_gone(diff, past, entry)]
    if absent and primary.id in past.drifted:
        return True
    last = [value for entry in absent if (value := _last_value(diff, past, primary, entry)) is not None]
    best = has[now[0]]
    return any(primary.better(value, best) or (value == best and not primary.places) for value in last)


def _last_value(diff: Diff, past: BoardState, primary: Metric, entry: EntryId) -> float | None:
    if diff.before is not None and entry in diff.before.entries:
        return diff.before.values(primary.id).get(entry)
    return past.known[entry].primary if entry in past.known else None


def _event(
    diff: Diff, past: BoardState, primary: Metric, fresh: list[EntryId], acknowledged: tuple[EntryId, ...], *, shared: bool
) -> Event:
    assert diff.before is not None
    who = [party(diff.after, entry) for entry in fresh]
    listed_rivals = [entry for entry in reversed(acknowledged) if any(entry in snapshot.entries for snapshot in both(diff))]
    rivals = [last_named(diff, entry) for entry in listed_rivals]
    leader = diff.after.entries[fresh[0]].measures[primary.id]
    listings = (diff.after.entries.get(entry) for entry in acknowledged)
    others = [listing.measures[primary.id] for listing in listings if listing and primary.id in listing.measures]
    is_new = fresh[0] not in diff.before.values(primary.id) and not (fresh[0] in past.known and past.known[fresh[0]].scored)
    grade = Grade.DEBUT if is_new else _grade(primary, leader, others)
    verb = "leads" if not shared else "share the lead on" if len(who) > 1 else "shares the lead on"
    over = f", ahead of {listed(rivals)}" if rivals and not shared else ""
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=95 if grade != Grade.NOMINAL else 80,
        is_news=grade != Grade.NOMINAL or primary.nature is Nature.TESTED or primary.exact,
        subjects=who,
        rivals=rivals,
        metric=primary.id,
        headline=f"{listed(who)} {verb} {diff.board.title} ({primary.title}) with"
        f" {number(leader.value, primary)}{over}{_caveat(diff, primary, leader, others)}.",
        facts={"value": leader.value, "before": list(acknowledged), "shared": shared},
        evidence=both_proofs(diff, [*fresh, *acknowledged], primary.id),
    )


def _caveat(diff: Diff, primary: Metric, leader: Measure, others: Sequence[Measure]) -> str:
    """What a journalist has to add: that an estimate is higher, or that the gap is within the error."""
    estimated = any(primary.better(value, leader.value) for value in diff.after.values(primary.id).values())
    near = others and not _beyond_error(primary, leader, others)
    return (", among measured values" if estimated else "") + (unsure(primary, leader, *others) if near else "")


def _beyond_error(primary: Metric, leader: Measure, others: Sequence[Measure]) -> bool:
    """Whether each of the others ties with the leader, or is farther from it than the error of the two. Points have none."""
    if primary.exact:
        return True
    gaps = [(abs(leader.value - other.value), (leader.half_width or 0.0) + (other.half_width or 0.0)) for other in others]
    error = primary.stated_error or 0.0
    return all(gap == 0 or gap > max(error, width) > 0 for gap, width in gaps)


def _grade(primary: Metric, leader: Measure, others: Sequence[Measure]) -> Grade:
    """`succession` after the old leader left, otherwise how far ahead: `supported` or `nominal`."""
    if not others:
        return Grade.SUCCESSION
    sure = _beyond_error(primary, leader, others) and any(other.value != leader.value for other in others)
    return Grade.SUPPORTED if sure else Grade.NOMINAL


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset(Grade),
    detect=detect,
    folding=Folding(newcomer=("takes the lead from", "takes the lead")),
    explains={What.VALUE: 32},
    places=True,
)
