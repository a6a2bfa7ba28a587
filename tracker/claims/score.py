"""A scores N: the figure as published, at the precision with which the sentence gives it; or above or below N."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.claims._records import Amount, Claim, ClaimVerdict, Finding, Ground
from tracker.claims.answer import combine, finding, stranger, turned, unmeasured
from tracker.claims.head_to_head import summary
from tracker.claims.matching import is_titled
from tracker.claims.places import place
from tracker.claims.record import Record
from tracker.claims.sides import Unpublished, shown
from tracker.model import Entry, Measure, Metric, Nature
from tracker.order import best_entry
from tracker.query.find import BoardAt

_ABOUT = 0.1
"""`about 50` is right within a tenth, and so is a live figure, which moves every day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownScore:
    """The entries of the subject that have a value of a metric, the best first."""

    state: BoardAt
    metric: Metric
    entries: tuple[Entry, ...]


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where the subject's best shows that figure; mixed where only another variant does, or by an estimate.

    A figure without a board may be of a board that is not kept: where none shows it, the answer is `not comparable`.
    """
    absent = stranger(claim, record)
    if absent is not None:
        return absent
    assert claim.amount is not None
    scope = [(state, metric) for state, metric in record.scope(claim) if is_counted_in(claim.amount, metric)]
    found = [_shown(claim, record, state, metric) for state, metric in scope]
    grounds = tuple(_ground(claim, record, one) for one in found if isinstance(one, ShownScore))
    if not grounds:
        return unmeasured(claim, record, [one for one in found if isinstance(one, Unpublished)])
    right = tuple(one for one in grounds if one.verdict is turned(ClaimVerdict.SUPPORTED, negated=claim.negated))
    if right and claim.amount.unit != "usd":
        return finding(claim, combine(right), summary(right), grounds=right)
    if not is_placed(claim, scope):
        reason = f"it does not say on which board; on record: {'; '.join(one.reason for one in grounds)}"
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, reason, grounds=grounds)
    return finding(claim, combine(grounds), summary(grounds), grounds=grounds)


def is_placed(claim: Claim, scope: Sequence[tuple[BoardAt, Metric]]) -> bool:
    """Whether a sentence says whose figure it gives: by a board, a price, or the title of a metric."""
    return bool(claim.sources) or all(is_titled(metric, claim.topic) or metric.nature is Nature.LISTED for _, metric in scope)


def is_counted_in(amount: Amount, metric: Metric) -> bool:
    """Whether a figure with that unit can be one of the metric."""
    if amount.unit == "usd":
        return metric.unit.startswith("USD")
    if amount.unit == "tokens/s":
        return metric.unit == "tokens per second"
    if amount.unit == "percent":
        return metric.percent_factor is not None
    return not metric.unit.startswith("USD") and (metric.nature is not Nature.LIVE or not amount.unit)


def holds(amount: Amount, metric: Metric, measure: Measure) -> bool:
    """Whether a value is the figure, or lies on the side of it that is claimed."""
    value = measure.value * ((metric.percent_factor or 1) if amount.value > 1 else 1)
    live = metric.nature is Nature.LIVE and not amount.bound
    match "about" if live else amount.bound:
        case "over":
            return value > amount.value
        case "under":
            return value < amount.value
        case "least":
            return value >= amount.value
        case "most":
            return value <= amount.value
        case "about":
            return abs(value - amount.value) <= _ABOUT * amount.value
        case _:
            half_a_digit: float = 0.5 * 10.0**-amount.decimals
            return abs(value - amount.value) <= half_a_digit + 1e-9


def _shown(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> ShownScore | Unpublished:
    own = record.on(state, claim.subject)
    valued = [entry for entry in own if metric.id in entry.measures]
    best = best_entry(metric, valued)
    if best is None:
        return Unpublished(state=state, metric=metric, subject=False, rival=True, listed=(bool(own), True))
    return ShownScore(state=state, metric=metric, entries=(best, *(entry for entry in valued if entry.id != best.id)))


def _ground(claim: Claim, record: Record, one: ShownScore) -> Ground:
    assert claim.amount is not None
    right = [entry for entry in one.entries if holds(claim.amount, one.metric, entry.measures[one.metric.id])]
    verdict, reason = _verdict(claim.amount, one, right)
    entries = list(dict.fromkeys(entry.id for entry in (one.entries[0], *right[:1])))
    figures = [entry for entry in one.entries if entry.id in entries]
    caveats = ["the value is an estimate of the publisher, not a measurement"] if one.entries[0].measures[one.metric.id].estimated else []  # fmt: skip
    return place(record, one.state, one.metric, turned(verdict, negated=claim.negated), reason, entries=figures, caveats=caveats)


def _verdict(amount: Amount, one: ShownScore, right: Sequence[Entry]) -> tuple[ClaimVerdict, str]:
    metric, best = one.metric, one.entries[0]
    reason = shown(metric, best)
    if best in right:
        unsure = best.measures[metric.id].estimated and amount.bound
        return (ClaimVerdict.MIXED if unsure else ClaimVerdict.SUPPORTED), reason
    if right and not amount.bound:
        return ClaimVerdict.MIXED, f"{reason}; {shown(metric, right[0])} is another variant"
    return ClaimVerdict.CONTRADICTED, reason
