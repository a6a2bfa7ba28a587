"""A stands above B: better, faster, ahead; by N points; since a date; by overtaking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tracker.claims import amounts
from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Since
from tracker.claims.answer import combine, finding, stranger, turned, unmeasured
from tracker.claims.record import Record
from tracker.claims.sides import Faced, Unpublished, against, face, ground, variants
from tracker.claims.weight import Order
from tracker.claims.words import EVERY
from tracker.model import Metric, Nature
from tracker.wording import day

_VERDICTS = {Order.ABOVE: ClaimVerdict.SUPPORTED, Order.BELOW: ClaimVerdict.CONTRADICTED, Order.NEAR: ClaimVerdict.MIXED}


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where the subject's best stands above the rival's best, beyond the error, on every metric that can tell."""
    answer = agreed(claim, record, _ground)
    if claim.topic == EVERY and any(one.verdict is ClaimVerdict.CONTRADICTED for one in answer.grounds):
        return replace(answer, verdict=ClaimVerdict.CONTRADICTED)  # one where it is not so is enough
    return answer


def agreed(claim: Claim, record: Record, ground_of: Callable[[Claim, Record, Faced], Ground]) -> Finding:
    """The answer that every metric with both sides gives alike, or how they divide."""
    absent = stranger(claim, record)
    if absent is not None:
        return absent
    faced, missing = faced_on_all(claim, record)
    grounds = tuple(ground_of(claim, record, one) for one in faced)
    if not grounds:
        return unmeasured(claim, record, missing)
    return finding(claim, combine(grounds), summary(grounds), grounds=grounds)


def faced_on_all(claim: Claim, record: Record) -> tuple[list[Faced], list[Unpublished]]:
    """Both sides on every metric that the claim speaks of; and the metrics that are not published for both."""
    assert claim.rival is not None
    found = [face(record, state, metric, claim.subject, claim.rival) for state, metric in record.scope(claim)]
    return [one for one in found if isinstance(one, Faced)], [one for one in found if isinstance(one, Unpublished)]


def summary(grounds: tuple[Ground, ...]) -> str:
    """One ground speaks for itself; of several it is said how they divide."""
    if len(grounds) == 1:
        return grounds[0].reason
    parts = [
        f"{verdict} on {_places(grounds, verdict)}" for verdict in ClaimVerdict if any(one.verdict is verdict for one in grounds)
    ]
    return "; ".join(parts)


def _places(grounds: tuple[Ground, ...], verdict: ClaimVerdict) -> str:
    return ", ".join(f"{one.metric_title} ({one.title})" for one in grounds if one.verdict is verdict)


def _ground(claim: Claim, record: Record, faced: Faced) -> Ground:
    verdict, reason = _order(claim, faced)
    verdict, reason = _amount(claim, faced, verdict, reason)
    verdict, reason = _came(claim, faced, verdict, reason)
    return ground(record, faced, turned(verdict, negated=claim.negated), reason, variants(faced))


def _order(claim: Claim, faced: Faced) -> tuple[ClaimVerdict, str]:
    order = faced.weight.order.reverse if _turns(claim, faced.metric) else faced.weight.order
    if order is Order.NEAR and faced.metric.nature is Nature.LISTED:
        return ClaimVerdict.CONTRADICTED, f"{against(faced)}"
    return _VERDICTS[order], against(faced)


def _turns(claim: Claim, metric: Metric) -> bool:
    """Whether the sentence speaks of the number and the better number is the other end."""
    return claim.end in ("high", "low") and (claim.end == "high") != bool(metric.higher_is_better)


def _amount(claim: Claim, faced: Faced, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    """A wrong figure contradicts, whatever the order."""
    if claim.amount is None or verdict is ClaimVerdict.CONTRADICTED:
        return verdict, reason
    right, true = amounts.agrees(claim.amount, faced.metric, faced.one_measure.value, faced.other_measure.value)
    if right:
        return verdict, f"{reason}; the figure is right ({true})"
    return ClaimVerdict.CONTRADICTED, f"{reason}; it is not {claim.amount.text} but {true}"


# ── how and since when ───────────────────────────────────────────────────────────────────────────


def _came(claim: Claim, faced: Faced, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    since = faced.since
    if verdict is not ClaimVerdict.SUPPORTED or not (claim.passing or claim.since):
        return verdict, reason
    if since is None:
        return ClaimVerdict.MIXED, f"{reason}; since when is not on record"
    if claim.passing and since.how not in ("passing", "debut"):
        return _not_by_passing(since, reason)
    return since_then(claim, since, reason) if claim.since is not None else (verdict, reason)


def _not_by_passing(since: Since, reason: str) -> tuple[ClaimVerdict, str]:
    dated = day(since.until)
    if since.how == "start":
        return (
            ClaimVerdict.NOT_ON_RECORD,
            f"{reason}; it stood so already when the comparable record begins ({dated}): whether it overtook is not on record",
        )
    whose = "its own" if since.how == "entry" else "the other's"
    return ClaimVerdict.MIXED, f"{reason}; it stands above by entry ({whose} first value, {dated}), not by overtaking"


def since_then(claim: Claim, since: Since, reason: str) -> tuple[ClaimVerdict, str]:
    """It must have been so from the date on; a date within the interval in which it came about will do."""
    assert claim.since is not None
    if since.until < claim.since.end or (since.after is not None and since.after < claim.since.end):
        return ClaimVerdict.SUPPORTED, reason
    if since.how == "start":
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; the comparable record only begins on {day(since.until)}"
    return ClaimVerdict.CONTRADICTED, f"{reason}; it has been so only since {day(since.until)}"
