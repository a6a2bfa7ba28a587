"""One entry came to stand above another, graded by how sure that is.

nominal (the published order flipped) · debut (a newcomer, or a first score, lands above) ·
supported (the gap exceeds the stated error, or z ≥ 1.96) · decisive (the 95 % intervals are
disjoint) · sustained (it still holds three accepted changes later).

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from itertools import groupby

from tracker.events._event import both_proofs, make, measured, names, number, party, proof, unsure, values
from tracker.events.board_recovered import changed
from tracker.model import (
    Comparability,
    Diff,
    EntryId,
    Event,
    Measure,
    Metric,
    MetricDiff,
    MetricId,
    Past,
    Pending,
    certainty,
    competition_ranks,
)

RULE = "overtake/1"

SUSTAINED_AFTER = 3
"""So many accepted changes later an overtake that still holds is sustained."""
_RIVALS_OF_A_FLIP = 100
"""So many rivals an overtake names, the best first; `facts.passed` counts them all."""
_RIVALS_OF_A_DEBUT = 10
_RIVALS_ELSEWHERE = 3
_DEBUT_TOLD_TO_RANK = 10
_WEIGHT = {"decisive": 70, "supported": 60, "debut": 45, "nominal": 5, "sustained": 10}


def detect(diff: Diff, past: Past) -> Iterator[Event]:
    """Overtakes on every tested or fitted metric whose values are comparable; one event per entry that rose and grade."""
    if diff.before is None:
        return
    for metric in diff.board.metrics:
        if not metric.ranked:
            continue
        verdict = diff.metrics[metric.id]
        if verdict.moves:
            yield from _flips(diff, metric, verdict)
        if verdict.usable or verdict.verdict is Comparability.REBASED:
            yield from _debuts(diff, metric, verdict, past)
    if changed(diff):
        yield from _sustained(diff, past)


# ── order that flipped ───────────────────────────────────────────────────────────────────────────


def _flips(diff: Diff, metric: Metric, verdict: MetricDiff) -> Iterator[Event]:
    assert diff.before is not None
    had, has = measured(diff.before, metric.id), measured(diff.after, metric.id)
    graded: dict[tuple[EntryId, str], list[EntryId]] = {}
    for subject, rival in flips(metric, had, has, moved=verdict.moves.keys()):
        grade = certainty(metric, diff.after.entries[subject].measures[metric.id], diff.after.entries[rival].measures[metric.id])
        graded.setdefault((subject, grade), []).append(rival)
    for (subject, grade), rivals in sorted(graded.items()):
        ordered = sorted(rivals, key=lambda rival: (metric.standing(has[rival]), rival))
        yield _flip_event(diff, metric, subject, ordered, grade)


def flips(
    metric: Metric, before: Mapping[EntryId, float], after: Mapping[EntryId, float], *, moved: object
) -> Iterator[tuple[EntryId, EntryId]]:
    """Pairs (subject, rival): the rival stood strictly above before, the subject stands strictly above after.

    Only pairs of which one moved: finer decimals may reorder what was the same number, but nobody
    passed anybody. Takes n log n and the number of flips, not n².
    """
    common = sorted((metric.standing(before[entry]), entry) for entry in before.keys() & after.keys())
    above: list[tuple[float, EntryId]] = []
    for _, group in groupby(common, key=lambda pair: pair[0]):
        tied = [(metric.standing(after[entry]), entry) for _, entry in group]
        for standing, subject in tied:
            passed = above[bisect_right(above, standing, key=lambda pair: pair[0]) :]
            for _, rival in passed:
                if subject in moved or rival in moved:  # type: ignore[operator]  # a set or a dict's keys
                    yield subject, rival
        for pair in tied:
            insort(above, pair)


def _flip_event(diff: Diff, metric: Metric, subject: EntryId, rivals: list[EntryId], grade: str) -> Event:
    assert diff.before is not None
    shown = rivals[:_RIVALS_OF_A_FLIP]
    who, passed = party(diff.after, subject), [party(diff.after, rival) for rival in shown]
    was, now = (snapshot.entries[subject].measures[metric.id] for snapshot in (diff.before, diff.after))
    theirs = diff.after.entries[rivals[0]].measures[metric.id]
    how = {"nominal": unsure(metric, now, theirs), "supported": "", "decisive": ", with disjoint intervals"}[grade]
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_weight(diff, metric, grade),
        told=grade != "nominal" and subject in diff.metrics[metric.id].moves,
        subjects=[who],
        rivals=passed,
        metric=metric.id,
        headline=f"{who.name} ({number(now.value, metric)}) overtakes {passed[0].name} ({number(theirs.value, metric)}){_others(rivals)}"
        f" on {diff.board.title} ({metric.title}){how}.",
        facts={
            "before": was.value,
            "after": now.value,
            "rivals": {
                str(rival): [one.entries[rival].measures[metric.id].value for one in (diff.before, diff.after)] for rival in shown
            },
            "passed": len(rivals),
            "subject_moved": subject in diff.metrics[metric.id].moves,
        },
        evidence=both_proofs(diff, [subject, *shown], metric.id),
    )


def _others(rivals: list[EntryId]) -> str:
    return f" and {len(rivals) - 1} more" if len(rivals) > 1 else ""


def _weight(diff: Diff, metric: Metric, grade: str) -> int:
    return _WEIGHT[grade] if metric.primary or diff.board.primary is None else _WEIGHT[grade] * 2 // 3


# ── newcomers ────────────────────────────────────────────────────────────────────────────────────


def _debuts(diff: Diff, metric: Metric, verdict: MetricDiff, past: Past) -> Iterator[Event]:
    """Who lands above whom by entering the board, or by a first score. Secondary metrics only where they have a topic."""
    assert diff.before is not None
    if (not metric.primary and not metric.topic) or verdict.filled_after <= verdict.common:
        return  # nobody has a value who had none
    had, has = measured(diff.before, metric.id), measured(diff.after, metric.id)
    newcomers = [entry for entry in diff.arrived if entry not in past.known or past.known[entry].departed]
    first_scores = _first_scores(diff, metric, past) if verdict.usable else []
    order = sorted((metric.standing(value), entry) for entry, value in has.items())
    subjects = sorted({*newcomers, *first_scores} & has.keys())
    ranks = (
        competition_ranks(metric, values(diff.after, metric.id), diff.after.unnamed if metric.primary else ()) if subjects else {}
    )
    for entry in subjects:
        start = bisect_right(order, metric.standing(has[entry]), key=lambda pair: pair[0])
        below = [rival for _, rival in order[start:] if rival in had]
        if below:
            yield _debut_event(diff, metric, entry, below, rank=ranks[entry])


def _first_scores(diff: Diff, metric: Metric, past: Past) -> list[EntryId]:
    """Entries that had no value before; not those whose values come back, alone or with a field that had lost them."""
    assert diff.before is not None
    if metric.id in past.drifted and not metric.primary:
        return []
    unscored = [entry for entry in diff.common if metric.id not in diff.before.entries[entry].measures]
    return [
        entry for entry in unscored if not (metric.primary and entry in past.known and past.known[entry].scored == "measured")
    ]


def _debut_event(diff: Diff, metric: Metric, entry: EntryId, below: list[EntryId], *, rank: int) -> Event:
    measures = {one: diff.after.entries[one].measures[metric.id] for one in (entry, *below)}
    who, first = party(diff.after, entry), party(diff.after, below[0])
    rivals = [party(diff.after, rival) for rival in below[: _RIVALS_OF_A_DEBUT if metric.primary else _RIVALS_ELSEWHERE]]
    return make(
        diff,
        rule=RULE,
        grade="debut",
        weight=_weight(diff, metric, "debut") + (20 if rank == 1 else 10 if rank <= 3 else 0),
        told=metric.primary and rank <= _DEBUT_TOLD_TO_RANK,
        subjects=[who],
        rivals=rivals,
        metric=metric.id,
        headline=f"{who.name} ({number(measures[entry].value, metric)}) enters {diff.board.title} ({metric.title}) at rank {rank},"
        f" above {first.name} ({number(measures[below[0]].value, metric)}){_others(below)}{_near(metric, measures[entry], measures[below[0]])}.",
        facts={
            "rank": rank,
            "value": measures[entry].value,
            "passed": len(below),
        }
        | _beyond_error(metric, measures[entry], [measures[rival] for rival in below]),
        evidence=[proof(diff.after, one, metric.id) for one in (entry, *below[: len(rivals)])],
    )


def _near(metric: Metric, mine: Measure, first: Measure) -> str:
    """What has to be added when the next below is within the error that is stated."""
    stated = metric.stated_error is not None or mine.half_width is not None or first.half_width is not None
    return ", the first of them within the error" if stated and certainty(metric, mine, first) == "nominal" else ""


def _beyond_error(metric: Metric, mine: Measure, theirs: list[Measure]) -> dict[str, float]:
    """How many of those passed are passed beyond the error, on the metric that ranks the board."""
    return {"beyond_error": sum(certainty(metric, mine, other) != "nominal" for other in theirs)} if metric.primary else {}


# ── held ─────────────────────────────────────────────────────────────────────────────────────────


def pending_after(diff: Diff, past: Past, events: tuple[Event, ...]) -> tuple[Pending, ...]:
    """Overtakes that wait to be sustained after this diff: the new ones, and the old ones that still hold and are not yet due."""
    waiting = [still for one in past.pending if (still := _holding(diff, one)) is not None and still.held < SUSTAINED_AFTER]
    fresh = [
        Pending(
            event=event.id,
            metric=event.metric,
            subject=event.subjects[0].entry,
            rivals=tuple(party.entry for party in event.rivals),
            since=event.until,
        )
        for event in events
        if event.kind == "overtake"
        and event.grade in ("supported", "decisive", "debut")
        and event.told
        and event.metric is not None
    ]
    return (*waiting, *fresh)


def _holding(diff: Diff, pending: Pending) -> Pending | None:
    """The pending overtake one change later, with the rivals that still stand below; None when it no longer holds or cannot be told."""
    verdict = diff.metrics.get(pending.metric)
    if verdict is None or not verdict.usable:
        return None
    metric = diff.board.metric(pending.metric)
    has = measured(diff.after, metric.id)
    mine = has.get(pending.subject)
    rivals = tuple(rival for rival in pending.rivals if rival in has and mine is not None and metric.better(mine, has[rival]))
    if not rivals:
        return None
    return Pending(
        event=pending.event,
        metric=pending.metric,
        subject=pending.subject,
        rivals=rivals,
        since=pending.since,
        held=pending.held + 1,
    )


def _sustained(diff: Diff, past: Past) -> Iterator[Event]:
    for pending in past.pending:
        still = _holding(diff, pending)
        if still is not None and still.held == SUSTAINED_AFTER:
            yield _sustained_event(diff, diff.board.metric(still.metric), still)


def _sustained_event(diff: Diff, metric: Metric, pending: Pending) -> Event:
    who, rivals = party(diff.after, pending.subject), [party(diff.after, rival) for rival in pending.rivals]
    entries: list[EntryId] = [pending.subject, *pending.rivals]
    return make(
        diff,
        rule=RULE,
        grade="sustained",
        weight=_weight(diff, metric, "sustained"),
        told=False,
        subjects=[who],
        rivals=rivals,
        metric=MetricId(metric.id),
        headline=f"{who.name} still stands above {names(rivals)} on {diff.board.title} ({metric.title}), {pending.held} changes later.",
        facts={"event": pending.event, "since": pending.since.isoformat(), "held": pending.held},
        evidence=[proof(diff.after, entry, metric.id) for entry in entries],
    )
