"""A is on par with B: within the error either way. Standing above is at least on par, and is said so."""

from __future__ import annotations

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground
from tracker.claims.answer import turned
from tracker.claims.head_to_head import agreed
from tracker.claims.record import Record
from tracker.claims.sides import Faced, against, ground, variants
from tracker.claims.weight import Order
from tracker.model import Nature

_NEARLY = 3.0
"""`nearly` is at most so many times the error below."""


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where neither side is above beyond the error, or the subject is."""
    return agreed(claim, record, _ground)


def _ground(claim: Claim, record: Record, faced: Faced) -> Ground:
    verdict, said = _nearly(faced) if claim.near else _level(faced)
    return ground(record, faced, turned(verdict, negated=claim.negated), f"{against(faced)}{said}", variants(faced))


def _level(faced: Faced) -> tuple[ClaimVerdict, str]:
    order = faced.weight.order
    if order is Order.ABOVE:
        return ClaimVerdict.SUPPORTED, "; above, so at least on par"
    if order is Order.BELOW:
        return ClaimVerdict.CONTRADICTED, "; not on par"
    if not _is_close(faced):
        return ClaimVerdict.MIXED, "; too far apart to be called on par, too unsure to be told apart"
    return ClaimVerdict.SUPPORTED, "; on par"


def _is_close(faced: Faced) -> bool:
    """Whether the gap lies within a single error: an estimate is not on par merely because nobody knows it well; live figures need be equal."""
    if faced.metric.nature is Nature.LIVE:
        return faced.weight.gap == 0
    return faced.weight.error is None or abs(faced.weight.gap) <= faced.weight.error


def _nearly(faced: Faced) -> tuple[ClaimVerdict, str]:
    """How near is near is not said: within the error it is; up to three times that is left open."""
    order, error = faced.weight.order, faced.weight.error
    if order is Order.ABOVE:
        return ClaimVerdict.MIXED, "; above, not merely near"
    if order is Order.NEAR and _is_close(faced):
        return ClaimVerdict.SUPPORTED, "; near"
    if error is not None and abs(faced.weight.gap) <= _NEARLY * error:
        return ClaimVerdict.MIXED, "; below, by no more than three times the error; how near is near is not said"
    return ClaimVerdict.CONTRADICTED, "; not near"
