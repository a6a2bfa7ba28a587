"""A does more with less than B: score per parameter, or per dollar, if both are stated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Mention
from tracker.claims.answer import cases, conclude, finding
from tracker.claims.case import Case
from tracker.claims.record import Record
from tracker.model import Entry
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
    answers = [_ground(case) for case in cases(claim, record) if case.metric.higher_is_better and case.metric.ranked]
    grounds = tuple(answer for answer in answers if isinstance(answer, Ground))
    reasons = dict.fromkeys(answer for answer in answers if isinstance(answer, str))
    if reasons and not grounds:
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, "; ".join(reasons))
    return conclude(claim, record, grounds)


def _ground(case: Case) -> Ground | str:
    """What a metric says, or why it says nothing."""
    mentions, priced = (case.claim.subject, case.rival), case.claim.per == "price"
    best = [min(_ratios(case, mention), key=lambda ratio: (-ratio.value, ratio.entry.id), default=None) for mention in mentions]
    subject, other = best
    if subject is None or other is None:
        lacking = " and ".join(mention.name for mention, ratio in zip(mentions, best, strict=True) if ratio is None)
        wanted = f"{case.metric.title or case.metric.id} with a {'price' if priced else 'number of parameters'}"
        return f"{case.state.board.title}: no {wanted} is stated for {lacking}"
    error = case.weigh(subject.entry, other.entry).error or 0.0
    verdict = ClaimVerdict.CONTRADICTED if other.surely_above(subject, error) else ClaimVerdict.MIXED
    verdict = ClaimVerdict.SUPPORTED if subject.surely_above(other, error) else verdict
    reason = f"{_in_words(case, subject)} against {_in_words(case, other)}"
    return case.ground(verdict, reason, [subject.entry, other.entry])


def _ratios(case: Case, mention: Mention) -> Iterator[Ratio]:
    """The ratios of the entries whose score is measured or estimated and whose cost is stated."""
    for entry in case.valued(case.on(mention)):
        known = traits(entry, case.state.board)
        if cost := known.price if case.claim.per == "price" else known.size_total_b:
            yield Ratio(entry=entry, score=case.value(entry), cost=cost)


def _in_words(case: Case, ratio: Ratio) -> str:
    unit = "$" if case.claim.per == "price" else "1B parameters"
    return f"{case.shown(ratio.entry)} / {number(ratio.cost)} = {number(ratio.value)} per {unit}"
