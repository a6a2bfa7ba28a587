"""A published score of a listed entry changed, was withdrawn or is back; or points that only grow were taken away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tracker.events import departure
from tracker.events._values import grouped, keys_now, measured, near_the_top
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import both, make, party, proof
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Evidence, Measure, Metric, Move, Nature
from tracker.order import fallen, states_error
from tracker.wording import number, unsure

RULE = "score_revision/1"
Grade = StrEnum("Grade", "BEYOND_ERROR WITHIN_ERROR WITHDRAWN RETURNED UNSURE_ORIGIN")
_LEAST = 0.01
"""The smallest change that is news where no error is published, and the smallest loss of points: a share of the value before."""

_SEVERAL = 6
"""If this number of scores of an entry are revised at once, more than a report states, one is news for all of them."""
_UNSURE = "of unsure origin: the earlier score may have been an estimate, or that of another row"


def detect(diff: Diff, past: BoardState) -> Detection:
    """Every change of a tested score, news beyond the error, or from 1 % on; changes of a rating only beyond drift and intervals.

    Of points only what an entry lost, where nearly all others grow or stay. `unsure_origin`: the earlier score may have been an
    estimate, so the change is only recorded. Remembers the scores that were withdrawn, each with the bytes that had it.
    """
    events, gone, primary = _with_one_cause(list(_changes(diff))), dict[str, _Withdrawn](), diff.board.primary
    if diff.before is None or primary is None or diff.restart or diff.metrics[primary.id].verdict is Comparability.REBASED:
        return Detection(events=events, memory=gone)
    keys = keys_now(diff)
    for key, plain in (past.memory.get("score_revision") or {}).items():
        entry, was = keys.get(EntryId(key), EntryId(key)), _Withdrawn(*plain)
        now = measured(diff.after.entries.get(entry), primary)
        if now is not None:
            events.append(_returned(diff, primary, entry, was, now))
        elif not departure.is_gone(diff, past, entry):
            gone[entry] = was
    for entry in (event.subjects[0].entry for event in events if event.grade == Grade.WITHDRAWN):
        shown, value = proof(diff.before, entry, primary.id), diff.before.values(primary.id)[entry]
        gone[entry] = _Withdrawn(value, shown.raw or "", shown.sha256, shown.url, shown.observed_at.isoformat())
    return Detection(events=events, memory=gone)


class _Withdrawn(NamedTuple):
    """A score that is gone: its value, its cell, and the bytes that had it."""

    value: float
    raw: str
    sha256: str
    url: str
    observed_at: str


def _changes(diff: Diff) -> Iterator[Event]:
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


def _with_one_cause(events: Sequence[Event]) -> list[Event]:
    """The events, of which only the weightiest is news if many scores of an entry are revised at once."""
    revised = (event for event in events if event.is_news and event.grade == Grade.BEYOND_ERROR)
    together = grouped(revised, lambda event: event.subjects[0].entry)
    counts = Counter(event.subjects[0].entry for event in events if event.grade != Grade.WITHDRAWN)
    leads = {
        entry: max(several, key=lambda event: event.weight) for entry, several in together.items() if len(several) >= _SEVERAL
    }
    return [_of_several(event, leads.get(event.subjects[0].entry), counts) for event in events]


def _of_several(event: Event, lead: Event | None, counts: Mapping[EntryId, int]) -> Event:
    if lead is None or not event.is_news or event.grade != Grade.BEYOND_ERROR:
        return event
    if event is lead:
        more = counts[event.subjects[0].entry] - 1
        return replace(event, headline=f"{event.headline} {more} more of its scores changed as well.")
    return replace(event, is_news=False, weight=5, facts={**event.facts, "reported_with": lead.id})


def _losses(diff: Diff, metric: Metric, moves: Mapping[EntryId, Move]) -> dict[EntryId, Move]:
    """What entries lost of points that only grow, from 1 % on."""
    pages = [page.values(metric.id) for page in both(diff)]
    lost = {entry: moves[entry] for entry in fallen(metric, *pages) if entry in moves}
    return {entry: move for entry, move in lost.items() if -move.shift >= _LEAST * move.before.value}


def _revised(diff: Diff, metric: Metric, entry: EntryId, move: Move) -> Event:
    who = party(diff.after, entry)
    before, after = number(move.before.value, metric), number(move.after.value, metric)
    seen = move.significant and before != after and _is_large(diff, metric, entry, move)
    within = "" if states_error(metric, move.before, move.after) else unsure(metric, move.before, move.after)
    within = within if move.significant else ", within the stated error"
    grade = Grade.BEYOND_ERROR if move.significant else Grade.WITHIN_ERROR
    if move.unsure_origin:
        assert diff.before is not None
        others = (diff.after.entries[entry].measures.keys() - diff.before.entries[entry].measures.keys()) & diff.before.metrics
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


def _returned(diff: Diff, metric: Metric, entry: EntryId, was: _Withdrawn, now: Measure) -> Event:
    who, value, read_at = party(diff.after, entry), number(now.value, metric), datetime.fromisoformat(was.observed_at)
    what, figures = "value" if metric.exact else "score", f"{value} after {number(was.value, metric)}"
    figures = f"{value}, as before" if now.value == was.value else figures
    then = Evidence(sha256=was.sha256, url=was.url, observed_at=read_at, entry=entry, metric=metric.id, raw=was.raw)
    return make(
        diff,
        rule=RULE,
        grade=Grade.RETURNED,
        weight=30,
        is_news=True,
        subjects=[who],
        metric=metric.id,
        headline=f"{who.name} has a {what} on {diff.board.title} again: {figures} ({metric.title}).",
        facts={"before": was.value, "after": now.value, "shift": now.value - was.value},
        evidence=[then, proof(diff.after, entry, metric.id)],
    )


def _why_recorded(event: Event) -> str:
    if "reported_with" in event.facts:
        return f"many of its scores changed at once, which one event reports ({event.facts['reported_with']})"
    return _UNSURE if event.grade == Grade.UNSURE_ORIGIN else ""


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    recorded=(Grade.WITHIN_ERROR, Grade.UNSURE_ORIGIN),
    folding=Folding(crowd=("score revision", "score revisions")),
    explains={What.VALUE: 20},
    why_recorded=_why_recorded,
)
