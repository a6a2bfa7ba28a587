"""A is cheaper than B, or costs half of it: by listed prices, for input and for output."""

from __future__ import annotations

from tracker.claims import amounts
from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground
from tracker.claims.answer import turned
from tracker.claims.head_to_head import agreed
from tracker.claims.record import Record
from tracker.claims.sides import Faced, against, ground, variants
from tracker.claims.weight import Order


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where every listed price agrees: one that is cheaper to read and dearer to write is mixed."""
    return agreed(claim, record, _ground)


def _ground(claim: Claim, record: Record, faced: Faced) -> Ground:
    one, other = faced.one_measure.value, faced.other_measure.value
    cheaper = faced.weight.order is Order.ABOVE
    verdict, said = (ClaimVerdict.SUPPORTED if cheaper else ClaimVerdict.CONTRADICTED), ""
    if claim.amount is not None:
        ratio = claim.end == "ratio"
        right, true = amounts.agrees(claim.amount, faced.metric, one, other, priced=ratio)
        verdict = ClaimVerdict.SUPPORTED if right and (cheaper or ratio) else ClaimVerdict.CONTRADICTED
        said = f"; the figure is right ({true})" if right else f"; it is not {claim.amount.text} but {true}"
    return ground(record, faced, turned(verdict, negated=claim.negated), f"{against(faced)}{said}", variants(faced))
