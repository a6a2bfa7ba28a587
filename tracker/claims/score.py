"""A scores N: the figure as published, at the precision with which the sentence gives it; or above or below N."""

from __future__ import annotations

from tracker.claims._records import Amount, Claim, ClaimVerdict, Finding, Ground
from tracker.claims.answer import cases, conclude, finding, grounds, is_placed
from tracker.claims.case import Case, Unpublished, turned
from tracker.claims.record import Record
from tracker.claims.weight import holds
from tracker.model import Metric, Nature
from tracker.order import best_entry


def judge(claim: Claim, record: Record) -> Finding:
    """Supported if the subject's best has that figure; mixed if only another variant does, or by an estimate.

    A figure without a board may be of a board that is not kept: if no board has it, the answer is `not comparable`.
    """
    assert claim.amount is not None
    counted = [case for case in cases(claim, record) if _is_counted_in(claim.amount, case.metric)]
    shown_by, missing = grounds(counted, _ground)
    right = tuple(ground for ground in shown_by if ground.verdict is turned(ClaimVerdict.SUPPORTED, claim))
    if right and claim.amount.unit != "usd":
        return conclude(claim, record, right)
    if shown_by and not is_placed(claim, counted):
        reason = f"it does not say on which board; on record: {'; '.join(ground.reason for ground in shown_by)}"
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, reason, grounds=shown_by)
    return conclude(claim, record, shown_by, missing)


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


def _ground(case: Case) -> Ground | Unpublished:
    amount, metric, own = case.claim.amount, case.metric, case.on(case.claim.subject)
    assert amount is not None
    best = best_entry(metric, own)
    if best is None:
        return Unpublished(case=case, valued=(False, True), listed=(bool(own), True))
    right = [entry for entry in case.valued(own) if holds(amount, metric, entry.measures[metric.id])]
    estimated, reason, entries = case.estimated(best), case.shown(best), [best]
    if best in right:
        verdict = ClaimVerdict.MIXED if estimated and amount.bound else ClaimVerdict.SUPPORTED
    elif right:
        verdict = ClaimVerdict.CONTRADICTED if amount.bound else ClaimVerdict.MIXED
        reason += "" if amount.bound else f"; {case.shown(right[0])} is another variant"
        entries += right[:1]
    else:
        verdict = ClaimVerdict.CONTRADICTED
    caveats = ["the value is an estimate of the publisher, not a measurement"] if estimated else []
    return case.ground(verdict, reason, entries, caveats=caveats)
