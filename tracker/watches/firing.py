"""What a watch has to say of one step of a board: the events that match it, and the standings that newly do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tracker.events.making import party, proof
from tracker.identity import resolve
from tracker.model import (
    Board,
    BoardId,
    BoardState,
    Diff,
    Entry,
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
from tracker.watches.declaration import Watch
from tracker.watches.matching import ANYONE, board_matches, chosen, metric_matches
from tracker.watches.standing import Edge, Hold, advance, points
from tracker.wording import difference, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A watch that fired: later than `after`, not later than `until`.

    `event` is the stored event that matched; None for a standing, whose `value` and `rank` are those of the best of the
    `subjects`, with `leader` the one it is measured against. `already`: it was so when the record, the scale or what is
    known of its class began: to be noted, not to be told.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a watch over standings remembers of a board between two steps, by metric. Empty at the start."""

    holds: Mapping[MetricId, Hold] = field(default_factory=dict)


def touches(watch: Watch, board: Board) -> bool:
    """Whether a watch can ever have something to say of a board."""
    return board_matches(watch.boards, board.id) and (not watch.standing or any(_metrics(watch, board)))


def firings(
    watch: Watch, board: Board, step: Step, past: BoardState, held: Held, *, lexicon: Lexicon
) -> tuple[tuple[Firing, ...], Held]:
    """What a watch says of one step, and what it must remember for the next.

    `past` is what was remembered of the board before the step. Steps must come in their order, from the first of the record
    (or from wherever `held` was left). The entries of the step's snapshots must be resolved.
    """
    if not touches(watch, board):
        return (), held
    if not watch.standing:
        return tuple(_of_event(watch, event) for event in step.events if matches(watch, board, event, step.diff, lexicon)), held
    if step.diff is None:
        return (), held
    found, holds = [], dict(held.holds)
    for metric in _metrics(watch, board):
        edge, holds[metric.id] = advance(
            watch, metric, step.diff, held.holds.get(metric.id, Hold()), past=past, following=step.past
        )
        if edge is not None:
            found.append(_of_standing(watch, step.diff, metric, edge))
    return tuple(found), Held(holds=holds)


def _metrics(watch: Watch, board: Board) -> Iterator[Metric]:
    """The metrics a watch over standings looks at: those it names, else the one that ranks the board."""
    for metric in board.metrics:
        asked = metric_matches(metric, watch.metrics, watch.topics) if watch.metrics or watch.topics else metric.primary
        ordered = metric.higher_is_better is not None and metric.nature is not Nature.COUNT
        if asked and (ordered or (watch.within is None and watch.top is None)):
            yield metric


# ── events ───────────────────────────────────────────────────────────────────────────────────────


def matches(watch: Watch, board: Board, event: Event, diff: Diff | None, lexicon: Lexicon) -> bool:
    """Whether an event of a board is one that the watch waits for. `diff` is the one it was found in, if it was in one."""
    if event.board != board.id or not board_matches(watch.boards, board.id) or (watch.news_only and not event.is_news):
        return False
    if event.weight < watch.min_weight or (watch.kinds and event.kind not in watch.kinds):
        return False
    if watch.grades and event.grade not in watch.grades:
        return False
    return _is_of_metric(watch, board, event) and _is_of_models(watch, board, event, diff, lexicon)


def _is_of_metric(watch: Watch, board: Board, event: Event) -> bool:
    if not watch.metrics and not watch.topics:
        return True
    return any(metric.id == event.metric and metric_matches(metric, watch.metrics, watch.topics) for metric in board.metrics)


def _is_of_models(watch: Watch, board: Board, event: Event, diff: Diff | None, lexicon: Lexicon) -> bool:
    page = _page(event, board, diff, lexicon)
    subjects = chosen(watch.subjects, board, page) & {party.entry for party in event.subjects}
    asks_nothing = not watch.subjects and watch.classes == ANYONE
    if not any(watch.classes.holds(page.entries[entry], board) for entry in subjects) and (event.subjects or not asks_nothing):
        return False
    return not watch.rivals or bool(chosen(watch.rivals, board, page) & {party.entry for party in event.rivals})


def _page(event: Event, board: Board, diff: Diff | None, lexicon: Lexicon) -> Snapshot:
    """The page that an event is of, with all its parties: those that left it as they were, others by their names alone."""
    after = diff.after if diff is not None else None
    entries = dict(after.entries) if after is not None else {}
    before = diff.before.entries if diff is not None and diff.before is not None else {}
    for one in (*event.subjects, *event.rivals):
        if one.entry not in entries:
            unlisted = Entry(id=one.entry, name=one.name, position=0, who=resolve(one.name, lexicon=lexicon))
            entries[one.entry] = before.get(one.entry, unlisted)
    return Snapshot(board=board.id, observed_at=event.recorded_at, url="", sha256=(), entries=entries)


def _of_event(watch: Watch, event: Event) -> Firing:
    return Firing(
        watch=watch.name,
        board=event.board,
        metric=event.metric,
        after=event.after,
        until=event.until,
        headline=event.headline,
        subjects=event.subjects,
        event=event.id,
        evidence=event.evidence,
    )


# ── standings ────────────────────────────────────────────────────────────────────────────────────


def _of_standing(watch: Watch, diff: Diff, metric: Metric, edge: Edge) -> Firing:
    after, who = diff.after, [party(diff.after, entry) for entry in edge.fresh]
    value = after.entries[edge.fresh[0]].measures[metric.id].value
    leader = edge.reference if watch.within is not None and edge.reference != edge.fresh[0] else None
    rank = _rank(diff, metric, value)
    shown = [edge.fresh[0], *([leader] if leader else [])]
    return Firing(
        watch=watch.name,
        board=diff.board.id,
        metric=metric.id,
        after=diff.seen_until or (diff.before.observed_at if diff.before else None),
        until=after.observed_at,
        headline=_headline(watch, diff, metric, edge, who),
        subjects=tuple(who),
        value=value,
        rank=rank,
        leader=party(after, leader) if leader else None,
        leader_value=after.entries[leader].measures[metric.id].value if leader else None,
        already=edge.already,
        evidence=tuple(proof(after, entry, metric.id) for entry in shown),
    )


def _rank(diff: Diff, metric: Metric, value: float) -> int | None:
    if metric.higher_is_better is None:
        return None
    values = {entry: one.measures[metric.id].value for entry, one in diff.after.entries.items() if metric.id in one.measures}
    ranks = competition_ranks(metric, values, diff.after.unnamed if metric.primary else ())
    return next(rank for entry, rank in ranks.items() if values[entry] == value)


def _headline(watch: Watch, diff: Diff, metric: Metric, edge: Edge, who: list[Party]) -> str:
    best = diff.after.entries[edge.fresh[0]].measures[metric.id]
    said = [part for part in (_within(watch, diff, metric, edge, best.value), _top(watch, diff, metric, best.value)) if part]
    limits = (("above", watch.above), ("below", watch.below))
    said += [f"{word} {number(limit / points(metric), metric)}" for word, limit in limits if limit is not None]
    more = f", and {len(who) - 1} more fulfil it" if len(who) > 1 else ""
    already = ", which is not new" if edge.already else ""
    return f"{who[0].name} ({number(best.value, metric)}) is {' and '.join(said)} on {diff.board.title} ({metric.title}){more}{already}."


def _within(watch: Watch, diff: Diff, metric: Metric, edge: Edge, value: float) -> str:
    if watch.within is None:
        return ""
    if edge.reference is None or edge.reference == edge.fresh[0]:
        return "ahead of all others that are measured"
    name, theirs = diff.after.entries[edge.reference].name, diff.after.entries[edge.reference].measures[metric.id].value
    if theirs == value:
        return f"level with {name}"
    side = "ahead of" if metric.better(value, theirs) else "behind"
    return f"{difference(abs(theirs - value), metric)} {side} {name} ({number(theirs, metric)})"


def _top(watch: Watch, diff: Diff, metric: Metric, value: float) -> str:
    return "" if watch.top is None else f"at rank {_rank(diff, metric, value)}"
