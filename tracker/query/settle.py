"""Who is first on a board at a time, by a published rule.

Source: docs/decisions/0079-settlement-rules.md
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tracker.errors import DeclarationError
from tracker.identity import resolve_models
from tracker.model import Board, Entry, EntryId, Measure, Metric, MetricId, Snapshot
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.since import looked_at
from tracker.schedules.settlement import SettlementRule

_VOTES = MetricId("votes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An entry that is first, or second, by a rule. `lab` is empty if unknown."""

    entry: EntryId
    name: str
    lab: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The answer of a rule. `runner_up` is the best entry that is not the winner's, None if there is none.

    `tie_break` is the criterion that put the winner before it, empty if the first one did. The answer is from the reading
    `before`; `after` is the next one, and `winner_after` is first there. `certain`: both readings have the same winner; otherwise
    nobody knows which of them the page showed at that time.
    """

    metric: MetricId
    at: datetime
    winner: Placed
    runner_up: Placed | None
    tie_break: str
    before: datetime
    after: datetime
    winner_after: Placed
    certain: bool


def settle(rule: SettlementRule, board: Board, store: Store, lexicon: Lexicon, *, at: datetime) -> Settlement | None:
    """The answer at a time; None if no state covers it: there is no reading before it, or none after it.

    Raises:
        DeclarationError: the board has none of the rule's metrics, or a reading leaves open who is first.
    """
    metric = _metric(rule, board)
    read = looked_at(store, board.id)
    before, after = (
        max((time for time in read if time <= at), default=None),
        min((time for time in read if time > at), default=None),
    )
    if before is None or after is None:
        return None
    first, second, tie_break = _ordered(rule, board, metric, _state(board, store, lexicon, before))
    then, _, _ = _ordered(rule, board, metric, _state(board, store, lexicon, after))
    return Settlement(
        metric=metric.id,
        at=at,
        winner=first,
        runner_up=second,
        tie_break=tie_break,
        before=before,
        after=after,
        winner_after=then,
        certain=_side(rule, first) == _side(rule, then),
    )


def _metric(rule: SettlementRule, board: Board) -> Metric:
    ids = [metric.id for metric in board.metrics]
    wanted = [MetricId(name) for name in rule.metrics if name in ids] or (
        [board.primary.id] if board.primary and not rule.metrics else []
    )
    if not wanted:
        expected = f"one of: {', '.join(rule.metrics)}" if rule.metrics else "a metric that ranks the board"
        raise DeclarationError(f"{board.id}: has the metrics {', '.join(ids)}; the rule needs {expected}")
    metric = board.metric(wanted[0])
    if metric.higher_is_better is None:
        raise DeclarationError(f'{board.id}: metric "{metric.id}" has no direction; the rule needs one')
    return metric


def _state(board: Board, store: Store, lexicon: Lexicon, at: datetime) -> Snapshot:
    stored = store.at(board.id, at)
    if stored is None:  # an unchanged page, before anything was accepted
        raise DeclarationError(f"{board.id}: nothing was accepted by {at.isoformat()}")
    return resolve_models(stored, lexicon)


def _ordered(rule: SettlementRule, board: Board, metric: Metric, page: Snapshot) -> tuple[Placed, Placed | None, str]:
    """The winner, the best entry of another side, and the criterion that decided between them, if not the first."""
    keys = _keys(rule, metric, page)
    if not keys:
        raise DeclarationError(f"{board.id}: no entry has a measured value of {metric.title} on {page.observed_at.isoformat()}")
    best = min(metric.sort_key(value) for value in page.measured(metric.id).values())
    if any(metric.sort_key(value) <= best for value in page.unnamed_measured) or (page.ambiguous and not metric.primary):
        raise DeclarationError(
            f"{board.id}: rows that share a key may be first on {page.observed_at.isoformat()}; a person decides"
        )
    order = sorted(keys, key=keys.__getitem__)
    first = _placed(page.entries[order[0]], metric)
    rest = (entry for entry in order[1:] if _side(rule, _placed(page.entries[entry], metric)) != _side(rule, first))
    second = next(rest, None)
    if second is None:
        return first, None, ""
    criteria = [*rule.order, "key"]
    decided = next(place for place, pair in enumerate(zip(keys[order[0]], keys[second], strict=True)) if pair[0] != pair[1])
    return first, _placed(page.entries[second], metric), criteria[decided] if decided else ""


def _side(rule: SettlementRule, placed: Placed) -> tuple[str, str]:
    return ("lab", placed.lab) if rule.winner == "lab" and placed.lab else ("entry", placed.entry)


def _placed(entry: Entry, metric: Metric) -> Placed:
    return Placed(entry=entry.id, name=entry.name, lab=entry.who.lab, value=entry.measures[metric.id].value)


def _keys(rule: SettlementRule, metric: Metric, page: Snapshot) -> Mapping[EntryId, tuple[tuple[float, str], ...]]:
    """By measured entry what the criteria give, the smallest first; at the end its key, so that no two are equal."""
    measured = {entry: page.entries[entry].measures[metric.id] for entry in page.measured(metric.id)}
    surely = sorted(_ends(metric, measure)[1] for measure in measured.values()) if "rank_upper_bound" in rule.order else []

    def key(entry: Entry, criterion: str) -> tuple[float, str]:
        measure = measured[entry.id]
        match criterion:
            case "score":
                return metric.sort_key(measure.value), ""
            case "rank_upper_bound":
                return sum(end < _ends(metric, measure)[0] for end in surely), ""
            case "votes":
                votes = entry.measures.get(_VOTES)
                return -votes.value if votes else 0.0, ""
            case "released":
                return 0.0, entry.attributes.get("released") or "\uffff"
            case _:
                return 0.0, (entry.who.lab if rule.winner == "lab" and entry.who.lab else entry.name).casefold()

    return {name: (*(key(page.entries[name], criterion) for criterion in rule.order), (0.0, name)) for name in measured}


def _ends(metric: Metric, measure: Measure) -> tuple[float, float]:
    """The best and the worst end of a value's interval as numbers that sort the best first; the value without an interval."""
    ends = [measure.value if end is None else end for end in (measure.low, measure.high)]
    best, worst = sorted(map(metric.sort_key, ends))
    return best, worst
