"""A does more with less than B: score per parameter, or per dollar, where both are stated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Mention
from tracker.claims.answer import combine, finding, stranger, turned, unmeasured
from tracker.claims.head_to_head import summary
from tracker.claims.places import place
from tracker.claims.record import Record
from tracker.claims.sides import shown
from tracker.claims.weight import spread, weigh
from tracker.model import Board, Entry, Metric
from tracker.order import values_of
from tracker.query.find import BoardAt
from tracker.traits import traits
from tracker.wording import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A score and what it takes: 10⁹ parameters in all, or dollars per 1M output tokens."""

    entry: Entry
    score: float
    cost: float

    @property
    def value(self) -> float:
        """Score per unit of cost."""
        return self.score / self.cost


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where the subject's best ratio is above the rival's, whichever way the error of the scores falls."""
    absent = stranger(claim, record)
    if absent is not None:
        return absent
    if claim.rival is None:
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, "it does not say better than which model", grounds=())
    grounds: list[Ground] = []
    missing: list[tuple[BoardAt, Metric, str]] = []
    for state, metric in record.scope(claim):
        if metric.higher_is_better and metric.ranked:
            told = _told(claim, record, state, metric, claim.rival)
            if isinstance(told, Ground):
                grounds.append(told)
            else:
                missing.append(told)
    if grounds:
        return finding(claim, combine(grounds), summary(tuple(grounds)), grounds=tuple(grounds))
    if missing:
        return finding(
            claim,
            ClaimVerdict.NOT_COMPARABLE,
            "; ".join(dict.fromkeys(f"{state.board.title}: {why}" for state, _, why in missing)),
        )
    return unmeasured(claim, record, ())


def cost_of(entry: Entry, board: Board, per: str) -> float | None:
    """What the ratio divides by; None where it is not stated."""
    known = traits(entry, board)
    return known.price if per == "price" else known.size_total_b


def ratios(state: BoardAt, metric: Metric, entries: Sequence[Entry], per: str) -> list[Ratio]:
    """The ratios of those whose score is measured or estimated and whose cost is stated, the best first."""
    found = [
        Ratio(entry=entry, score=entry.measures[metric.id].value, cost=cost)
        for entry in entries
        if metric.id in entry.measures and (cost := cost_of(entry, state.board, per))
    ]
    return sorted(found, key=lambda one: (-one.value, one.entry.id))


def _told(claim: Claim, record: Record, state: BoardAt, metric: Metric, rival: Mention) -> Ground | tuple[BoardAt, Metric, str]:
    sides = [ratios(state, metric, record.on(state, mention), claim.per) for mention in (claim.subject, rival)]
    lacking = [mention.name for mention, side in zip((claim.subject, rival), sides, strict=True) if not side]
    if lacking:
        what = "price" if claim.per == "price" else "number of parameters"
        return state, metric, f"no {metric.title or metric.id} with a {what} is stated for {' and '.join(lacking)}"
    one, other = sides[0][0], sides[1][0]
    verdict = _verdict(state, metric, one, other)
    unit = "$" if claim.per == "price" else "1B parameters"
    reason = f"{_in_words(metric, one, unit)} against {_in_words(metric, other, unit)}"
    return place(record, state, metric, turned(verdict, negated=claim.negated), reason, entries=[one.entry, other.entry])


def _in_words(metric: Metric, one: Ratio, unit: str) -> str:
    return f"{shown(metric, one.entry)} / {number(one.cost)} = {number(one.value)} per {unit}"


def _verdict(state: BoardAt, metric: Metric, one: Ratio, other: Ratio) -> ClaimVerdict:
    """The order of the ratios must not depend on the error that lies between the scores."""
    wide = spread(measure.value for measure in values_of(state.snapshot, metric).values())
    error = weigh(metric, one.entry.measures[metric.id], other.entry.measures[metric.id], wide).error or 0.0
    if _surely(one, other, error):
        return ClaimVerdict.SUPPORTED
    return ClaimVerdict.CONTRADICTED if _surely(other, one, error) else ClaimVerdict.MIXED


def _surely(upper: Ratio, lower: Ratio, error: float) -> bool:
    return (upper.score - error) / upper.cost > lower.value and upper.value > (lower.score + error) / lower.cost
