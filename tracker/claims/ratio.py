"""A does more with less than B: score per parameter, or per dollar, if both are stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Mention
from tracker.claims.answer import conclude, finding
from tracker.claims.record import Record
from tracker.claims.sides import ground, shown
from tracker.claims.weight import weigh_in
from tracker.model import Entry, Metric
from tracker.query.find import BoardAt
from tracker.traits import traits
from tracker.wording import number


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """A score and its cost: 10⁹ parameters in total, or dollars per 1M output tokens."""

    entry: Entry
    score: float
    cost: float

    @property
    def value(self) -> float:
        """Score per unit of cost."""
        return self.score / self.cost

    def surely_above(self, other: Ratio, error: float) -> bool:
        """Whether the order does not depend on the error between the scores."""
        return (self.score - error) / self.cost > other.value and self.value > (other.score + error) / other.cost


def judge(claim: Claim, record: Record) -> Finding:
    """Supported if the subject's best ratio is above the rival's, whichever way the error of the scores falls."""
    if claim.rival is None:
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, "it does not say better than which model")
    scope = [(state, metric) for state, metric in record.scope(claim) if metric.higher_is_better and metric.ranked]
    answers = [_ground(claim, record, state, metric, claim.rival) for state, metric in scope]
    grounds = tuple(answer for answer in answers if isinstance(answer, Ground))
    reasons = dict.fromkeys(answer for answer in answers if isinstance(answer, str))
    if reasons and not grounds:
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, "; ".join(reasons))
    return conclude(claim, record, grounds)


def _ground(claim: Claim, record: Record, state: BoardAt, metric: Metric, rival: Mention) -> Ground | str:
    """What a metric says, or why it says nothing."""
    mentions = (claim.subject, rival)
    best = [min(_ratios(record, state, metric, mention, claim.per), key=_best_first, default=None) for mention in mentions]
    subject, other = best
    if subject is None or other is None:
        lacking = " and ".join(mention.name for mention, ratio in zip(mentions, best, strict=True) if ratio is None)
        cost = "price" if claim.per == "price" else "number of parameters"
        return f"{state.board.title}: no {metric.title or metric.id} with a {cost} is stated for {lacking}"
    error = weigh_in(state.snapshot, metric, subject.entry, other.entry).error or 0.0
    verdict = ClaimVerdict.CONTRADICTED if other.surely_above(subject, error) else ClaimVerdict.MIXED
    verdict = ClaimVerdict.SUPPORTED if subject.surely_above(other, error) else verdict
    unit = "$" if claim.per == "price" else "1B parameters"
    reason = f"{_in_words(metric, subject, unit)} against {_in_words(metric, other, unit)}"
    return ground(claim, record, state, metric, verdict, reason=reason, entries=[subject.entry, other.entry])


def _ratios(record: Record, state: BoardAt, metric: Metric, mention: Mention, per: str) -> Iterator[Ratio]:
    """The ratios of the entries whose score is measured or estimated and whose cost is stated."""
    for entry in record.on(state, mention):
        known = traits(entry, state.board)
        cost = known.price if per == "price" else known.size_total_b
        if cost and metric.id in entry.measures:
            yield Ratio(entry=entry, score=entry.measures[metric.id].value, cost=cost)


def _best_first(ratio: Ratio) -> tuple[float, str]:
    return -ratio.value, ratio.entry.id


def _in_words(metric: Metric, ratio: Ratio, unit: str) -> str:
    return f"{shown(metric, ratio.entry)} / {number(ratio.cost)} = {number(ratio.value)} per {unit}"
