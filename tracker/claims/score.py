"""A scores N: the figure as published, at the precision with which the sentence gives it; or above or below N."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.claims._records import Amount, Claim, ClaimVerdict, Finding, Ground
from tracker.claims.amounts import matches
from tracker.claims.answer import conclude, finding, grounds
from tracker.claims.matching import is_titled
from tracker.claims.record import Record
from tracker.claims.sides import Unpublished, ground, shown, turned
from tracker.model import Measure, Metric, Nature
from tracker.order import best_entry
from tracker.query.find import BoardAt


def judge(claim: Claim, record: Record) -> Finding:
    """Supported if the subject's best has that figure; mixed if only another variant does, or by an estimate.

    A figure without a board may be of a board that is not kept: if no board has it, the answer is `not comparable`.
    """
    assert claim.amount is not None
    scope = [(state, metric) for state, metric in record.scope(claim) if _is_counted_in(claim.amount, metric)]
    shown_by, missing = grounds(claim, record, _ground, scope)
    right = tuple(one for one in shown_by if one.verdict is turned(ClaimVerdict.SUPPORTED, claim))
    if right and claim.amount.unit != "usd":
        return conclude(claim, record, right)
    if shown_by and not is_placed(claim, scope):
        reason = f"it does not say on which board; on record: {'; '.join(one.reason for one in shown_by)}"
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, reason, grounds=shown_by)
    return conclude(claim, record, shown_by, missing)


def is_placed(claim: Claim, scope: Sequence[tuple[BoardAt, Metric]]) -> bool:
    """Whether a sentence says whose figure it gives: by a board, a price, or the title of a metric."""
    return bool(claim.sources) or all(is_titled(metric, claim.topic) or metric.nature is Nature.LISTED for _, metric in scope)


def _is_counted_in(amount: Amount, metric: Metric) -> bool:
    """Whether a figure with that unit can be one of the metric."""
    match amount.unit:
        case "usd":
            return metric.unit.startswith("USD")
        case "tokens/s":
            return metric.unit == "tokens per second"
        case "percent":
            return metric.percent_factor is not None
        case unit:
            return not metric.unit.startswith("USD") and (metric.nature is not Nature.LIVE or not unit)


def holds(amount: Amount, metric: Metric, measure: Measure) -> bool:
    """Whether a value is the figure, or is on the side of it that is claimed. A live figure, which moves daily, may be a tenth off."""
    value = measure.value * ((metric.percent_factor or 1) if amount.value > 1 else 1)
    about = metric.nature is Nature.LIVE and not amount.bound
    return matches(replace(amount, bound="about") if about else amount, value)


def _ground(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> Ground | Unpublished:
    assert claim.amount is not None
    own = record.on(state, claim.subject)
    best = best_entry(metric, own)
    if best is None:
        return Unpublished(state=state, metric=metric, valued=(False, True), listed=(bool(own), True))
    right = [entry for entry in own if metric.id in entry.measures and holds(claim.amount, metric, entry.measures[metric.id])]
    estimated, reason, entries = best.measures[metric.id].estimated, shown(metric, best), [best]
    if best in right:
        verdict = ClaimVerdict.MIXED if estimated and claim.amount.bound else ClaimVerdict.SUPPORTED
    elif right:
        verdict = ClaimVerdict.CONTRADICTED if claim.amount.bound else ClaimVerdict.MIXED
        reason += "" if claim.amount.bound else f"; {shown(metric, right[0])} is another variant"
        entries += right[:1]
    else:
        verdict = ClaimVerdict.CONTRADICTED
    caveats = ["the value is an estimate of the publisher, not a measurement"] if estimated else []
    return ground(claim, record, state, metric, verdict, reason=reason, entries=entries, caveats=caveats)
