"""A is among the top N, or at rank N exactly: by competition ranks over all entries with a value, where ties share the best."""

from __future__ import annotations

from dataclasses import replace

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground
from tracker.claims.answer import combine, finding, stranger, turned, unmeasured
from tracker.claims.head_to_head import summary
from tracker.claims.places import Field, field_of, held_since, place, since_rank
from tracker.claims.record import Record
from tracker.claims.sides import Unpublished, shown
from tracker.claims.weight import Order, spread, weigh
from tracker.model import Entry, Metric, name_tokens
from tracker.order import competition_ranks
from tracker.query.find import BoardAt


def judge(claim: Claim, record: Record) -> Finding:
    """Supported by the rank as published; mixed where only the error lies between it and the rank that is claimed."""
    absent = stranger(claim, record)
    if absent is not None:
        return absent
    found = [_field(claim, record, state, metric) for state, metric in record.scope(claim)]
    grounds = tuple(
        _ground(claim, record, one) if isinstance(one, Field) else one for one in found if not isinstance(one, Unpublished)
    )
    if not grounds:
        return unmeasured(claim, record, [one for one in found if isinstance(one, Unpublished)])
    return finding(claim, combine(grounds), summary(grounds), grounds=grounds)


def _field(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> Field | Unpublished | Ground:
    """Who stands on a metric. A rank to be exact is that of the entry of the very name, where it is the one that holds it."""
    among = field_of(claim, record, state, metric)
    if not isinstance(among, Field) or not claim.exact:
        return among
    ranks, own = ranked(among), record.on(state, claim.subject)
    very = [entry for entry in own if name_tokens(entry.name) == name_tokens(claim.subject.name) and entry in among.everyone]
    return next((replace(among, mine=entry) for entry in very if ranks[entry.id] == claim.top), among)


def ranked(among: Field) -> dict[str, int]:
    """Everybody's rank among those compared, estimates included, as boards rank them."""
    metric = among.metric
    values = {entry.id: entry.measures[metric.id].value for entry in among.everyone}
    unnamed = among.state.snapshot.unnamed if metric.primary else ()
    return {str(entry): rank for entry, rank in competition_ranks(metric, values, unnamed).items()}


def _ground(claim: Claim, record: Record, among: Field) -> Ground:
    ranks, metric = ranked(among), among.metric
    mine = among.mine
    rank = ranks[mine.id]
    holds = rank == claim.top if claim.exact else rank <= claim.top
    verdict = ClaimVerdict.SUPPORTED if holds else _missed(claim, among, ranks)
    since = since_rank(record, among, claim.top) if holds and not claim.exact and not claim.group else None
    verdict, reason = held_since(claim, since, verdict, f"{shown(metric, mine)} is at rank {rank} of {len(ranks)}")
    caveats = (
        [f"{len(among.unknown)} that stand higher do not state whether they are {claim.group}"]
        if among.unknown and claim.group
        else []
    )
    return place(
        record,
        among.state,
        metric,
        turned(verdict, negated=claim.negated),
        reason,
        entries=[mine, *_edge(claim, among, ranks)],
        caveats=caveats,
        since=since,
    )


def _edge(claim: Claim, among: Field, ranks: dict[str, int]) -> list[Entry]:
    """The entry at the rank that is claimed, where that is another."""
    at = [entry for entry in among.everyone if ranks[entry.id] <= claim.top and entry.id != among.mine.id]
    return sorted(at, key=lambda entry: (-ranks[entry.id], entry.id))[:1]


def _missed(claim: Claim, among: Field, ranks: dict[str, int]) -> ClaimVerdict:
    """Contradicted where the entry at that rank stands above beyond the error."""
    edge = _edge(claim, among, ranks)
    if not edge or (claim.exact and ranks[among.mine.id] < claim.top):
        return ClaimVerdict.CONTRADICTED
    metric = among.metric
    wide = spread(entry.measures[metric.id].value for entry in among.everyone)
    near = weigh(metric, among.mine.measures[metric.id], edge[0].measures[metric.id], wide).order is Order.NEAR
    return ClaimVerdict.MIXED if near else ClaimVerdict.CONTRADICTED
