"""One entry moved above another, graded by how sure that is.

nominal (the published order flipped) · unsure_origin (so it did, but an estimate may have been replaced) ·
debut (a newcomer, or a first score, is above) · supported (the gap exceeds the stated error, or z ≥ 1.96) ·
decisive (the 95 % intervals are disjoint) · sustained (it still holds three accepted changes later).

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby, islice
from operator import itemgetter

from tracker.events._values import TOP, changed, is_near_the_top
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import both_proofs, make, party, proof
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Measure, Metric, MetricDiff, Party, PendingOvertake
from tracker.order import certainty, competition_ranks
from tracker.wording import listed, number, unsure

RULE = "overtake/2"
Grade = StrEnum("Grade", "NOMINAL UNSURE_ORIGIN DEBUT SUPPORTED DECISIVE SUSTAINED")
SUSTAINED_AFTER = 3
"""An overtake that still holds this number of accepted changes later is sustained."""
_RIVALS_OF_A_RISE = 100
"""The number of rivals that an overtake names, the best first; `facts.passed` counts them all."""
_NAMED_IN_A_FALL = 10
_RIVALS_OF_A_DEBUT = 10
_RIVALS_ELSEWHERE = 3
_WEIGHT = {
    Grade.DECISIVE: 70,
    Grade.SUPPORTED: 60,
    Grade.DEBUT: 45,
    Grade.NOMINAL: 5,
    Grade.UNSURE_ORIGIN: 5,
    Grade.SUSTAINED: 10,
}


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """Overtakes on every ranked metric whose values are comparable; one event per grade and entry that rose, or fell."""
    if diff.before is None:
        return
    for metric in diff.board.metrics:
        if not metric.ordered:
            continue
        verdict = diff.metrics[metric.id]
        if verdict.moves:
            yield from _flips(diff, metric, verdict)
        if verdict.usable or verdict.verdict is Comparability.REBASED:
            yield from _debuts(diff, metric, verdict, past)
    if changed(diff):
        yield from _sustained(diff, past)


def _flips(diff: Diff, metric: Metric, verdict: MetricDiff) -> Iterator[Event]:
    """A rise for each entry that moved above others; a fall for each that moved below entries whose value did not change."""
    assert diff.before is not None
    had, has = diff.before.measured(metric.id), diff.after.measured(metric.id)
    rises: dict[tuple[EntryId, str], list[EntryId]] = {}
    falls: dict[tuple[EntryId, str], list[EntryId]] = {}
    for subject, rival in flips(metric, had, has, moved=verdict.moves.keys()):
        grade = _grade(diff, metric, subject, rival)
        if _rises(metric, had, has, subject, rival, moved=verdict.moves.keys()):
            rises.setdefault((subject, grade), []).append(rival)
        else:
            falls.setdefault((rival, grade), []).append(subject)
    for movers, rose in ((rises, True), (falls, False)):
        for (mover, grade), others in sorted(movers.items()):
            best_first = sorted(others, key=lambda other: (metric.sort_key(has[other]), other))
            yield _flip_event(diff, metric, mover, best_first, Grade(grade), rose=rose)


def _grade(diff: Diff, metric: Metric, subject: EntryId, rival: EntryId) -> str:
    """`unsure_origin` if the former value of either may have been an estimate, otherwise the certainty of their order."""
    moves = diff.metrics[metric.id].moves
    if any(entry in moves and moves[entry].unsure_origin for entry in (subject, rival)):
        return Grade.UNSURE_ORIGIN
    return certainty(metric, *(diff.after.entries[entry].measures[metric.id] for entry in (subject, rival)))


def flips(
    metric: Metric, before: Mapping[EntryId, float], after: Mapping[EntryId, float], *, moved: Container[EntryId]
) -> Iterator[tuple[EntryId, EntryId]]:
    """Pairs (subject, rival): the rival was strictly above before, the subject is strictly above after.

    Only pairs of which one moved: finer decimals may reorder what was the same number, but nobody passed anybody. Takes n log n
    and the number of flips, not n².
    """
    common = sorted((metric.sort_key(before[entry]), entry) for entry in before.keys() & after.keys())
    above: list[tuple[float, EntryId]] = []
    for _, group in groupby(common, key=itemgetter(0)):
        tied = [(metric.sort_key(after[entry]), entry) for _, entry in group]
        for standing, subject in tied:
            passed = above[bisect_right(above, standing, key=itemgetter(0)) :]
            for _, rival in passed:
                if subject in moved or rival in moved:
                    yield subject, rival
        for pair in tied:
            insort(above, pair)


def _rises(
    metric: Metric,
    had: Mapping[EntryId, float],
    has: Mapping[EntryId, float],
    subject: EntryId,
    rival: EntryId,
    *,
    moved: Container[EntryId],
) -> bool:
    """Whether the subject of a flip did something for it.

    Points move every day: there, its rise alone must have sufficed, or the rival's fall alone must not, or be the smaller move.
    """
    if not metric.exact or subject not in moved:
        return subject in moved
    alone = metric.better(has[subject], had[rival]) or metric.better(has[rival], had[subject])
    return alone or abs(has[subject] - had[subject]) >= abs(has[rival] - had[rival])


def _flip_event(diff: Diff, metric: Metric, mover: EntryId, others: list[EntryId], grade: Grade, *, rose: bool) -> Event:
    """A rise, or a fall, which is only recorded: the entries above did nothing. `others` has the best first."""
    shown = others[: _RIVALS_OF_A_RISE if rose else _NAMED_IN_A_FALL]
    who, named = party(diff.after, mover), [party(diff.after, other) for other in shown]
    was, now = _was_and_is(diff, metric, mover)
    _, first = _was_and_is(diff, metric, others[0])
    sure = {
        Grade.NOMINAL: unsure(metric, now, first),
        Grade.UNSURE_ORIGIN: ", which may replace an estimate",
        Grade.SUPPORTED: "",
        Grade.DECISIVE: "" if metric.exact else ", with disjoint intervals",
    }[grade]
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_weight(diff, metric, grade),
        is_news=rose
        and grade not in (Grade.NOMINAL, Grade.UNSURE_ORIGIN)
        and (not metric.exact or is_near_the_top(diff, metric, mover)),
        subjects=[who] if rose else named,
        rivals=named if rose else [who],
        metric=metric.id,
        headline=f"{who.name} ({number(now.value, metric)}) {'overtakes' if rose else 'falls behind'}"
        f" {_and_others(named[0], first, metric, len(others))} on {diff.board.title} ({metric.title}){sure}.",
        facts={
            "before": was.value,
            "after": now.value,
            "rivals" if rose else "subjects": {
                str(other): [measure.value for measure in _was_and_is(diff, metric, other)] for other in shown
            },
            "passed" if rose else "passed_by": len(others),
            "subject_moved": rose,
        },
        evidence=both_proofs(diff, [mover, *shown], metric.id),
    )


def _was_and_is(diff: Diff, metric: Metric, entry: EntryId) -> tuple[Measure, Measure]:
    assert diff.before is not None
    return diff.before.entries[entry].measures[metric.id], diff.after.entries[entry].measures[metric.id]


def _and_others(first: Party, measure: Measure, metric: Metric, count: int) -> str:
    """`Kimi K3 (88.2) and 3 more`."""
    return listed([f"{first.name} ({number(measure.value, metric)})"], of=count)


def _weight(diff: Diff, metric: Metric, grade: Grade) -> int:
    return _WEIGHT[grade] if metric.primary or diff.board.primary is None else _WEIGHT[grade] * 2 // 3


def _debuts(diff: Diff, metric: Metric, verdict: MetricDiff, past: BoardState) -> Iterator[Event]:
    """Entries that are above others by entering the board, or by a first score. Secondary metrics only if they have a topic."""
    assert diff.before is not None
    if (not metric.primary and not metric.topic) or verdict.filled_after <= verdict.common:
        return  # no entry has a value that had none
    had, has = diff.before.measured(metric.id), diff.after.measured(metric.id)
    newcomers = [entry for entry in diff.arrived if entry not in past.known]
    first_scores = _first_scores(diff, metric, past) if verdict.usable else []
    subjects = sorted({*newcomers, *first_scores} & has.keys())
    if not subjects:
        return
    rivals = sorted(had.keys() & has.keys(), key=lambda entry: (metric.sort_key(has[entry]), entry))
    ranks = competition_ranks(metric, diff.after.values(metric.id), diff.after.unnamed if metric.primary else ())
    for entry in subjects:
        start = bisect_right(rivals, metric.sort_key(has[entry]), key=lambda rival: metric.sort_key(has[rival]))
        if start < len(rivals):
            yield _debut_event(diff, metric, entry, rivals, start, rank=ranks[entry])


def _first_scores(diff: Diff, metric: Metric, past: BoardState) -> list[EntryId]:
    """Entries that had no value before; not those whose values return, alone or with a field that had lost them."""
    assert diff.before is not None
    if metric.id in past.drifted and not metric.primary:
        return []
    unscored = (entry for entry in diff.common if metric.id not in diff.before.entries[entry].measures)
    return [
        entry for entry in unscored if not (metric.primary and entry in past.known and past.known[entry].scored == "measured")
    ]


def _debut_event(diff: Diff, metric: Metric, entry: EntryId, rivals: list[EntryId], start: int, *, rank: int) -> Event:
    """The entry is right above the rival at `start`; `rivals` has the best first."""
    shown = rivals[start : start + (_RIVALS_OF_A_DEBUT if metric.primary else _RIVALS_ELSEWHERE)]
    passed = len(rivals) - start
    own, below = (diff.after.entries[key].measures[metric.id] for key in (entry, shown[0]))
    who, first = party(diff.after, entry), party(diff.after, shown[0])
    stated = metric.stated_error is not None or own.half_width is not None or below.half_width is not None
    is_near = stated and certainty(metric, own, below) == "nominal"
    return make(
        diff,
        rule=RULE,
        grade=Grade.DEBUT,
        weight=_weight(diff, metric, Grade.DEBUT) + (20 if rank == 1 else 10 if rank <= 3 else 0),
        is_news=metric.primary and rank <= TOP,
        subjects=[who],
        rivals=[party(diff.after, rival) for rival in shown],
        metric=metric.id,
        headline=f"{who.name} ({number(own.value, metric)}) enters {diff.board.title} ({metric.title}) at rank {rank},"
        f" above {_and_others(first, below, metric, passed)}{', the first of them within the error' if is_near else ''}.",
        facts={"rank": rank, "value": own.value, "passed": passed} | _beyond_error(diff, metric, own, rivals, start),
        evidence=[proof(diff.after, key, metric.id) for key in (entry, *shown)],
    )


def _beyond_error(diff: Diff, metric: Metric, own: Measure, rivals: list[EntryId], start: int) -> dict[str, float]:
    """The number of rivals from `start` on that are passed beyond the error, on the metric that ranks the board."""
    if not metric.primary:
        return {}

    def sure(rival: EntryId) -> bool:
        return certainty(metric, own, diff.after.entries[rival].measures[metric.id]) != "nominal"

    if own.half_width is None:  # then only the gap counts, and it grows down the board
        return {"beyond_error": len(rivals) - bisect_left(rivals, 1, lo=start, key=sure)}
    return {"beyond_error": sum(map(sure, islice(rivals, start, None)))}


def pending_after(diff: Diff, past: BoardState, events: Sequence[Event]) -> tuple[PendingOvertake, ...]:
    """Overtakes that wait to be sustained after this diff: the new ones, and the old ones that still hold and are not yet due."""
    held = (_holding(diff, pending) for pending in past.pending)
    waiting = [pending for pending in held if pending is not None and pending.held < SUSTAINED_AFTER]
    fresh = [
        PendingOvertake(
            event=event.id,
            metric=event.metric,
            subject=event.subjects[0].entry,
            rivals=tuple(party.entry for party in event.rivals),
            since=event.until,
        )
        for event in events
        if event.kind == KIND.name
        and event.grade in (Grade.SUPPORTED, Grade.DECISIVE, Grade.DEBUT)
        and event.is_news
        and event.metric is not None
    ]
    return (*waiting, *fresh)


def _holding(diff: Diff, pending: PendingOvertake) -> PendingOvertake | None:
    """The pending overtake one change later, with the rivals that are still below; None if it no longer holds, or is unknown."""
    verdict = diff.metrics.get(pending.metric)
    if verdict is None or not verdict.usable:
        return None
    metric = diff.board.metric(pending.metric)
    has = diff.after.measured(metric.id)
    value = has.get(pending.subject)
    rivals = tuple(rival for rival in pending.rivals if rival in has and value is not None and metric.better(value, has[rival]))
    return replace(pending, rivals=rivals, held=pending.held + 1) if rivals else None


def _sustained(diff: Diff, past: BoardState) -> Iterator[Event]:
    for waiting in past.pending:
        pending = _holding(diff, waiting)
        if pending is None or pending.held != SUSTAINED_AFTER:
            continue
        metric = diff.board.metric(pending.metric)
        who, rivals = party(diff.after, pending.subject), [party(diff.after, rival) for rival in pending.rivals]
        yield make(
            diff,
            rule=RULE,
            grade=Grade.SUSTAINED,
            weight=_weight(diff, metric, Grade.SUSTAINED),
            is_news=False,
            subjects=[who],
            rivals=rivals,
            metric=metric.id,
            headline=f"{who.name} still stands above {listed(rivals)} on {diff.board.title} ({metric.title}),"
            f" {pending.held} changes later.",
            facts={"event": pending.event, "since": pending.since.isoformat(), "held": pending.held},
            evidence=[proof(diff.after, entry, metric.id) for entry in (pending.subject, *pending.rivals)],
        )


KIND = EventKind(
    rule=RULE,
    grades=tuple(Grade),
    news=frozenset((Grade.DEBUT, Grade.SUPPORTED, Grade.DECISIVE)),
    detect=detect,
    folding=Folding(newcomer=("overtakes", "overtakes others")),
    explains={What.VALUE: 31},
    places=True,
)
