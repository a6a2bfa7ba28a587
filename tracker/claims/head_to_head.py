"""A against B: above, by N points, by overtaking, since a date; on par; cheaper, or half the price."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Relation, Since
from tracker.claims.answer import answer
from tracker.claims.case import Case, Faced, Unpublished, against, degree_differs, face, ground_of, held_since
from tracker.claims.record import Record
from tracker.claims.weight import Order, agrees
from tracker.model import Nature
from tracker.wording import day

_VERDICTS = {Order.ABOVE: ClaimVerdict.SUPPORTED, Order.BELOW: ClaimVerdict.CONTRADICTED, Order.NEAR: ClaimVerdict.MIXED}


def judge(claim: Claim, record: Record) -> Finding:
    """The verdict on `above`, `level` or `price`, from every metric that has both sides."""
    return answer(claim, record, _ground)


def _ground(case: Case) -> Ground | Unpublished:
    faced = face(case)
    if isinstance(faced, Unpublished):
        return faced
    verdict, reason = _RULES[case.claim.relation](faced)
    if verdict is ClaimVerdict.SUPPORTED and not faced.weight.agrees(case.claim.degree):
        verdict, reason = ClaimVerdict.MIXED, degree_differs(case, faced.weight)
    return ground_of(faced, verdict, f"{against(faced)}; {reason}" if reason else against(faced))


def _above(faced: Faced) -> tuple[ClaimVerdict, str]:
    """The subject's best is above the rival's best, beyond the error. A wrong figure contradicts, whatever the order."""
    claim, metric = faced.case.claim, faced.case.metric
    other_end = claim.end in ("high", "low") and (claim.end == "high") != bool(metric.higher_is_better)
    order = faced.weight.order.reverse if other_end else faced.weight.order
    if order is Order.BELOW or (order is Order.NEAR and metric.nature in (Nature.LISTED, Nature.POINTS)):
        return ClaimVerdict.CONTRADICTED, ""
    figure = ""
    if claim.amount is not None:
        right, figure = agrees(claim.amount, metric, *faced.values)
        if not right:
            return ClaimVerdict.CONTRADICTED, figure
    if order is Order.NEAR or not (claim.passing or claim.since):
        return _VERDICTS[order], figure
    verdict, how = _came_about(claim, faced.since)
    return verdict, "; ".join(filter(None, (figure, how)))


def _came_about(claim: Claim, since: Since | None) -> tuple[ClaimVerdict, str]:
    if since is None:
        return ClaimVerdict.MIXED, "since when is not on record"
    if not claim.passing or since.how in ("passing", "debut"):
        return held_since(claim.since, since) if claim.since else (ClaimVerdict.SUPPORTED, "")
    dated = day(since.until)
    if since.how == "start":
        start = f"it was so already when the comparable record begins ({dated})"
        return ClaimVerdict.NOT_ON_RECORD, f"{start}: whether it overtook is not on record"
    whose = "its own" if since.how == "entry" else "the other's"
    return ClaimVerdict.MIXED, f"it stands above by entry ({whose} first value, {dated}), not by overtaking"


def _level(faced: Faced) -> tuple[ClaimVerdict, str]:
    """Neither side is above beyond the error, or the subject is."""
    match faced.weight.order:
        case Order.ABOVE if faced.case.claim.end == "level":
            return ClaimVerdict.CONTRADICTED, "above, so not level"
        case Order.ABOVE:
            return ClaimVerdict.SUPPORTED, "above, so at least on par"
        case Order.BELOW:
            return ClaimVerdict.CONTRADICTED, "not on par"
    error = 0.0 if faced.case.metric.nature is Nature.LIVE else faced.weight.error  # live figures must be equal
    if error is None or abs(faced.weight.gap) <= error:  # an imprecise estimate is not on par for that alone
        return ClaimVerdict.SUPPORTED, "on par"
    return ClaimVerdict.MIXED, "too far apart to be called on par, too uncertain to be ordered"


def _price(faced: Faced) -> tuple[ClaimVerdict, str]:
    """By listed price: cheaper for input and more expensive for output is mixed."""
    claim, cheaper = faced.case.claim, faced.weight.order is Order.ABOVE
    if claim.amount is None:
        return (ClaimVerdict.SUPPORTED if cheaper else ClaimVerdict.CONTRADICTED), ""
    ratio = claim.end == "ratio"
    right, figure = agrees(claim.amount, faced.case.metric, *faced.values, priced=ratio)
    return (ClaimVerdict.SUPPORTED if right and (cheaper or ratio) else ClaimVerdict.CONTRADICTED), figure


_RULES: Mapping[Relation, Callable[[Faced], tuple[ClaimVerdict, str]]] = {
    Relation.ABOVE: _above,
    Relation.LEVEL: _level,
    Relation.PRICE: _price,
}
"""The verdict on one metric, and the reason that follows the figures; may be empty."""
