"""A published score of a listed entry changed, or was withdrawn; or points that only grow were taken away."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from tracker.events._values import measured, near_the_top
from tracker.events.kind import EventKind, Folding, What
from tracker.events.making import both, make, party
from tracker.model import BoardState, Diff, EntryId, Event, Measure, Metric, Move, Nature
from tracker.order import fallen, states_error
from tracker.wording import number

RULE = "score_revision/1"
Grade = StrEnum("Grade", "BEYOND_ERROR WITHIN_ERROR WITHDRAWN UNSURE_ORIGIN")
_LEAST = 0.01
"""The smallest change that is news where no error is published, and the smallest loss of points: a share of the value before."""

_UNSURE = "of unsure origin: the earlier score may have been an estimate, or that of another row"


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # all kinds have this signature
    """Every change of a tested score, news beyond the error, or from 1 % on; changes of a rating only beyond drift and intervals.

    Of points only what an entry lost, where nearly all others grow or stay. `unsure_origin`: the earlier score may have been an
    estimate, so the change is only recorded.
    """
    if diff.before is None:
        return
    for metric in diff.board.metrics:
        verdict = diff.metrics[metric.id]
        if not metric.ordered or not verdict.usable:
            continue
        for entry, move in sorted((_losses(diff, metric, verdict.moves) if metric.exact else verdict.moves).items()):
            if move.significant or metric.nature is Nature.TESTED:
                yield _revised(diff, metric, entry, move)
        for entry in diff.common if metric.primary else ():
            if metric.id not in diff.after.entries[entry].measures:
                before = measured(diff.before.entries[entry], metric)
                if before is not None:
                    yield _withdrawn(diff, metric, entry, before)


def _losses(diff: Diff, metric: Metric, moves: Mapping[EntryId, Move]) -> dict[EntryId, Move]:
    """What entries lost of points that only grow, from 1 % on."""
    pages = [page.values(metric.id) for page in both(diff)]
    lost = {entry: moves[entry] for entry in fallen(metric, *pages) if entry in moves}
    return {entry: move for entry, move in lost.items() if -move.shift >= _LEAST * move.before.value}


def _revised(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> Event:
    who = party(diff.after, entry)
    before, after = number(move.before.value, metric), number(move.after.value, metric)
    seen = move.significant and before != after and _is_large(diff, metric, entry, move)
    within = "" if move.significant else ", within the stated error"
    grade = Grade.BEYOND_ERROR if move.significant else Grade.WITHIN_ERROR
    if move.unsure_origin:
        assert diff.before is not None
        others = diff.after.entries[entry].measures.keys() - diff.before.entries[entry].measures.keys()
        why = "as other scores of it appear: the earlier one may have been an estimate" if others else "the score of another row"
        grade, within = Grade.UNSURE_ORIGIN, f", {why}"
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=(45 if metric.primary else 25) if seen else 5,
        is_news=seen,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name} goes from {before} to {after} on {diff.board.title} ({metric.title}){within}.",
        facts={"before": move.before.value, "after": move.after.value, "shift": move.shift},
    )


def _is_large(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> bool:
    """Whether a change is more than noise: beyond the error, or where none is published 1 % of the value; points near the top."""
    if metric.exact:
        return metric.primary and entry in near_the_top(diff, metric)
    if states_error(metric, move.before, move.after):
        return True
    return abs(move.after.value - move.before.value) >= _LEAST * abs(move.before.value)


def _withdrawn(diff: Diff, metric: Metric, entry: EntryId, before: Measure) -> Event:
    who = party(diff.after, entry)
    return make(
        diff,
        rule=RULE,
        grade=Grade.WITHDRAWN,
        weight=30,
        is_news=True,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name} is still listed on {diff.board.title}, but its {'value' if metric.exact else 'score'} of"
        f" {number(before.value, metric)} ({metric.title}) is gone.",
        facts={"before": before.value, "after": None},
    )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    recorded=(Grade.WITHIN_ERROR, Grade.UNSURE_ORIGIN),
    folding=Folding(crowd=("score revision", "score revisions")),
    explains={What.VALUE: 20},
    why_recorded=lambda event: _UNSURE if event.grade == Grade.UNSURE_ORIGIN else "",
)
