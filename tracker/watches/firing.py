"""Finds what fires a watch in one step of a board: matching events, and standings that newly match."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import Struct

from tracker.events.making import party, proof
from tracker.identity import resolve
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Diff,
    Entry,
    EntryId,
    Event,
    EventId,
    Evidence,
    Metric,
    MetricId,
    Nature,
    Party,
    Snapshot,
    Step,
)
from tracker.model.names import Lexicon
from tracker.order import competition_ranks
from tracker.watches.matching import ANYONE, Watch, board_matches, chosen, metric_matches
from tracker.watches.standing import Crossing, Hold, advance, points
from tracker.wording import difference, listed, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A watch that fired: later than `after`, not later than `until`.

    `event` is the stored event that matched; None for a standing, with the `value` and `rank` of the best of the `subjects`, and
    the `leader` it is compared with. `already`: it held when the record, the scale or the knowledge of its class began, so it is
    noted and not reported.
    """

    watch: str
    board: BoardId
    metric: MetricId | None
    after: datetime | None
    until: datetime
    headline: str
    subjects: tuple[Party, ...]
    event: EventId | None = None
    value: float | None = None
    rank: int | None = None
    leader: Party | None = None
    leader_value: float | None = None
    already: bool = False
    evidence: tuple[Evidence, ...] = ()


class Held(Struct, frozen=True, kw_only=True):
    """The memory of a watch over standings between two steps of a board, by metric. Empty at the start."""

    holds: Mapping[MetricId, Hold] = {}


def touches(watch: Watch, board: Board) -> bool:
    """Whether a watch can ever fire on a board."""
    return board_matches(watch.boards, board.id) and (not watch.standing or any(_metrics(watch, board)))


def firings(
    watch: Watch, board: Board, step: Step, past: BoardState, held: Held, *, lexicon: Lexicon
) -> tuple[tuple[Firing, ...], Held]:
    """The firings of a watch at one step, and its memory for the next.

    `past` is the state of the board before the step. Steps must come in order, from the first of the record (or from the one
    after `held`).
    """
    if not touches(watch, board):
        return (), held
    if not watch.standing:
        matching = (event for event in step.events if matches(watch, board, event, step.diff, lexicon))
        return tuple(_of_event(watch, board, event, step.diff, lexicon) for event in matching), held
    if step.diff is None:
        return (), held
    found, holds = [], dict(held.holds)
    for metric in _metrics(watch, board):
        crossing, holds[metric.id] = advance(
            watch, metric, step.diff, held.holds.get(metric.id, Hold()), past=past, following=step.past
        )
        if crossing is not None:
            found.append(_of_standing(watch, step.diff, metric, crossing))
    return tuple(found), Held(holds=holds)


def _metrics(watch: Watch, board: Board) -> Iterator[Metric]:
    """The metrics of a watch over standings: those it names, or the primary one."""
    for metric in board.metrics:
        asked = metric_matches(metric, watch.metrics, watch.topics) if watch.metrics or watch.topics else metric.primary
        ordered = metric.higher_is_better is not None and metric.nature is not Nature.COUNT
        if asked and (ordered or (watch.within is None and watch.top is None)):
            yield metric


def matches(watch: Watch, board: Board, event: Event, diff: Diff | None, lexicon: Lexicon) -> bool:
    """Whether an event of a board matches the watch. `diff` is the one in which it was found, if any."""
    if event.board != board.id or not board_matches(watch.boards, board.id) or (watch.news_only and not event.is_news):
        return False
    if event.weight < watch.min_weight or (watch.kinds and event.kind not in watch.kinds):
        return False
    if watch.grades and event.grade not in watch.grades:
        return False
    if watch.metrics or watch.topics:
        of_event = (metric for metric in board.metrics if metric.id == event.metric)
        if not any(metric_matches(metric, watch.metrics, watch.topics) for metric in of_event):
            return False
    return _is_of_models(watch, board, event, diff, lexicon)


def _is_of_models(watch: Watch, board: Board, event: Event, diff: Diff | None, lexicon: Lexicon) -> bool:
    page = _page(event, board, diff, lexicon)
    subjects = chosen(watch.subjects, board, page) & {party.entry for party in event.subjects}
    asks_nothing = not watch.subjects and watch.classes == ANYONE
    if not any(watch.classes.holds(page.entries[entry], board) for entry in subjects) and (event.subjects or not asks_nothing):
        return False
    return not watch.rivals or bool(_rivals(watch, board, event, diff, lexicon))


def _rivals(watch: Watch, board: Board, event: Event, diff: Diff | None, lexicon: Lexicon) -> list[Party]:
    """The rivals of an event that the watch names; also those that the event only counts, because it passed many."""
    page = _page(event, board, diff, lexicon)
    named = chosen(watch.rivals, board, page)
    parties = [rival for rival in event.rivals if rival.entry in named]
    told = {rival.entry for rival in event.rivals}
    counted = _passed(event, diff) if diff is not None and event.facts.get("passed", 0) != len(told) else frozenset()
    return [*parties, *(party(diff.after, entry) for entry in sorted((named & counted) - told) if diff is not None)]


def _passed(event: Event, diff: Diff) -> frozenset[EntryId]:
    """The entries that the subject of an event is above on its page and was not above on the page before."""
    if diff.before is None or event.metric is None or len(event.subjects) != 1 or "passed" not in event.facts:
        return frozenset()
    metric, subject = diff.board.metric(event.metric), event.subjects[0].entry
    had, has = diff.before.measured(metric.id), diff.after.measured(metric.id)
    below = (entry for entry in had.keys() & has.keys() if subject in has and metric.better(has[subject], has[entry]))
    return frozenset(entry for entry in below if subject not in had or metric.better(had[entry], had[subject]))


def _page(event: Event, board: Board, diff: Diff | None, lexicon: Lexicon) -> Snapshot:
    """The page of an event, with all its parties: those that left it as before, others by their names alone."""
    entries = dict(diff.after.entries) if diff is not None else {}
    before = diff.before.entries if diff is not None and diff.before is not None else {}
    for member in (*event.subjects, *event.rivals):
        if member.entry not in entries:
            unlisted = Entry(id=member.entry, name=member.name, position=0, who=resolve(member.name, lexicon=lexicon))
            entries[member.entry] = before.get(member.entry, unlisted)
    return Snapshot(board=board.id, observed_at=event.recorded_at, url="", sha256=(), entries=entries)


def _of_event(watch: Watch, board: Board, event: Event, diff: Diff | None, lexicon: Lexicon) -> Firing:
    return Firing(
        watch=watch.name,
        board=event.board,
        metric=event.metric,
        after=event.after,
        until=event.until,
        headline=event.headline + _which(event, _rivals(watch, board, event, diff, lexicon) if watch.rivals else ()),
        subjects=event.subjects,
        event=event.id,
        evidence=event.evidence,
    )


def _which(event: Event, rivals: Sequence[Party]) -> str:
    """The rivals that the watch asks for, if the headline names none of them."""
    if not rivals or any(rival.name in event.headline for rival in rivals):
        return ""
    return f" Among those below: {listed(rivals)}."


def _of_standing(watch: Watch, diff: Diff, metric: Metric, crossing: Crossing) -> Firing:
    after, who = diff.after, [party(diff.after, entry) for entry in crossing.fresh]
    value = after.entries[crossing.fresh[0]].measures[metric.id].value
    leader = crossing.reference if watch.within is not None and crossing.reference != crossing.fresh[0] else None
    rank = _rank(diff, metric, value)
    shown = [crossing.fresh[0], *([leader] if leader else [])]
    return Firing(
        watch=watch.name,
        board=diff.board.id,
        metric=metric.id,
        after=diff.seen_until or (diff.before.observed_at if diff.before else None),
        until=after.observed_at,
        headline=_headline(watch, diff, metric, crossing, who),
        subjects=tuple(who),
        value=value,
        rank=rank,
        leader=party(after, leader) if leader else None,
        leader_value=after.entries[leader].measures[metric.id].value if leader else None,
        already=crossing.already,
        evidence=tuple(proof(after, entry, metric.id) for entry in shown),
    )


def _rank(diff: Diff, metric: Metric, value: float) -> int | None:
    if metric.higher_is_better is None:
        return None
    values = diff.after.values(metric.id)
    ranks = competition_ranks(metric, values, diff.after.unnamed if metric.primary else ())
    return next(rank for entry, rank in ranks.items() if values[entry] == value)


def _headline(watch: Watch, diff: Diff, metric: Metric, crossing: Crossing, who: list[Party]) -> str:
    best = diff.after.entries[crossing.fresh[0]].measures[metric.id]
    conditions = [_within(diff, metric, crossing, best.value)] if watch.within is not None else []
    conditions += [f"at rank {_rank(diff, metric, best.value)}"] if watch.top is not None else []
    limits = (("above", watch.above), ("below", watch.below))
    conditions += [f"{word} {number(limit / points(metric), metric)}" for word, limit in limits if limit is not None]
    more = f", and {len(who) - 1} more fulfil it" if len(who) > 1 else ""
    already = ", which is not new" if crossing.already else ""
    place = f"on {diff.board.title} ({metric.title})"
    return f"{who[0].name} ({number(best.value, metric)}) is {' and '.join(conditions)} {place}{more}{already}."


def _within(diff: Diff, metric: Metric, crossing: Crossing, value: float) -> str:
    if crossing.reference is None or crossing.reference == crossing.fresh[0]:
        return "ahead of all others that are measured"
    reference = diff.after.entries[crossing.reference]
    other = reference.measures[metric.id].value
    if other == value:
        return f"level with {reference.name}"
    side = "ahead of" if metric.better(value, other) else "behind"
    return f"{difference(abs(other - value), metric, value, other)} {side} {reference.name} ({number(other, metric)})"
