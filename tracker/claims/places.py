"""A's place among others: it leads, or has rank N or better; among all entries, or among a class of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.claims import amounts
from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Since
from tracker.claims.answer import answer
from tracker.claims.head_to_head import held_since
from tracker.claims.matching import is_in
from tracker.claims.record import Record
from tracker.claims.sides import Unpublished, ground, shown
from tracker.claims.weight import Order, spread, weigh, weigh_in
from tracker.model import Entry, EntryId, Metric, RankSpan, name_tokens
from tracker.order import best_entry, competition_ranks, values_of
from tracker.query.find import BoardAt
from tracker.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The entries with a value of a metric: the subject's best, the members of the class, and who ranks higher without a stated class."""

    state: BoardAt
    metric: Metric
    subject: Entry
    members: tuple[Entry, ...]
    unknown: tuple[Entry, ...] = ()

    @property
    def others(self) -> list[Entry]:
        """The members without the subject."""
        return [entry for entry in self.members if entry.id != self.subject.id]

    def value(self, entry: Entry) -> float:
        """The value of an entry."""
        return entry.measures[self.metric.id].value


def _field(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> Field | Unpublished | Ground:
    """The field on a metric; or that the subject has no value there, or is not of the class."""
    own = record.on(state, claim.subject)
    top = _ranked_within(state, claim.within) if claim.within is not None else state.snapshot.entries.keys()
    membership = {
        key: is_in(entry, state.board, claim.group) if key in top else False for key, entry in state.snapshot.entries.items()
    }
    subject = best_entry(metric, [entry for entry in own if membership[entry.id] is not False])
    if subject is None and (best := best_entry(metric, own)) is not None:
        within = f"top {claim.within}" if claim.within is not None else ""
        reason = f"{own[0].name} is not one of the {' '.join(filter(None, (within, str(claim.group) if claim.group else '')))}"
        outside = replace(claim, negated=False)  # nothing is said about an entry outside the class
        return ground(outside, record, state, metric, ClaimVerdict.CONTRADICTED, reason=reason, entries=[best])
    if subject is None:
        return Unpublished(state=state, metric=metric, valued=(False, True), listed=(bool(own), True))
    valued = [state.snapshot.entries[key] for key in values_of(state.snapshot, metric)]
    members = tuple(entry for entry in valued if membership[entry.id] is True or entry.id == subject.id)
    field = Field(state=state, metric=metric, subject=subject, members=members)
    unknown = [entry for entry in valued if membership[entry.id] is None and entry.id != subject.id]
    return replace(field, unknown=tuple(entry for entry in unknown if metric.better(field.value(entry), field.value(subject))))


def _ranked_within(state: BoardAt, top: int) -> frozenset[EntryId]:
    """The entries with that rank or better on the metric that ranks the board; none if no metric does."""
    primary = state.board.primary
    if primary is None:
        return frozenset()
    values = {key: measure.value for key, measure in values_of(state.snapshot, primary).items()}
    ranks = competition_ranks(primary, values, state.snapshot.unnamed)
    return frozenset(entry for entry, rank in ranks.items() if rank <= top)


# ── lead ─────────────────────────────────────────────────────────────────────────────────────────


def lead(claim: Claim, record: Record) -> Finding:
    """Supported if no measured entry is above; mixed if one is within the error."""
    return answer(claim, record, _lead)


def _lead(claim: Claim, record: Record, state: BoardAt, declared: Metric) -> Ground | Unpublished:
    metric = replace(declared, higher_is_better=claim.end == "high") if claim.end in ("high", "low") else declared
    field = _field(claim, record, state, metric)
    if not isinstance(field, Field):
        return field
    verdict, reason, compared = _first_of(field)
    verdict, reason = _lead_by(claim, field, verdict, reason)
    caveats, unsure = _doubts(claim, field)
    verdict = ClaimVerdict.MIXED if unsure and verdict is ClaimVerdict.SUPPORTED else verdict
    plain = not claim.group and not claim.end and claim.within is None
    since = _since_rank(record, field, 1) if verdict is ClaimVerdict.SUPPORTED and plain else None
    verdict, reason = _held(claim, since, verdict, reason)
    entries = [field.subject, *compared]
    return ground(claim, record, state, metric, verdict, reason=reason, entries=entries, caveats=caveats, since=since)


def _first_of(field: Field) -> tuple[ClaimVerdict, str, list[Entry]]:
    """The verdict, why, and the entries that the subject is compared with."""
    metric, subject, of = field.metric, field.subject, len(field.members)
    best = best_entry(metric, field.members) or subject
    if field.value(subject) != field.value(best) or subject.measures[metric.id].estimated:
        weight = weigh_in(field.state.snapshot, metric, subject, best)
        verdict = ClaimVerdict.CONTRADICTED if weight.order is Order.BELOW else ClaimVerdict.MIXED
        return verdict, f"{shown(metric, best)} stands best of {of}; {shown(metric, subject)}: {weight.why}", [best]
    tied = [entry for entry in field.others if field.value(entry) == field.value(subject)]
    following = best_entry(metric, [entry for entry in field.others if entry not in tied])
    reason = f"{shown(metric, subject)}: {f'tied with {tied[0].name}' if tied else 'the best'} of {of}"
    if following is None:
        return ClaimVerdict.SUPPORTED, reason, tied
    weight = weigh_in(field.state.snapshot, metric, subject, following)
    near = f", {weight.why}" if weight.order is Order.NEAR else ""
    return ClaimVerdict.SUPPORTED, f"{reason}, ahead of {shown(metric, following)}{near}", [*tied, following]


def _lead_by(claim: Claim, field: Field, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    """A lead by a figure is one over the second; a wrong figure contradicts."""
    second = best_entry(field.metric, field.others)
    if claim.amount is None or verdict is not ClaimVerdict.SUPPORTED or second is None:
        return verdict, reason
    right, figure = amounts.agrees(claim.amount, field.metric, field.value(field.subject), field.value(second))
    return (ClaimVerdict.SUPPORTED if right else ClaimVerdict.CONTRADICTED), f"{reason}; {figure}"


def _doubts(claim: Claim, field: Field) -> tuple[list[str], bool]:
    """Who might be above (estimates, rows without a name, entries without a stated class), and whether that leaves the lead open."""
    metric, own, snapshot = field.metric, field.value(field.subject), field.state.snapshot
    estimates = [
        entry for entry in field.members if entry.measures[metric.id].estimated and metric.better(field.value(entry), own)
    ]
    caveats = [f"an estimate stands higher: {shown(metric, estimates[0])}"] if estimates else []
    unsure = False
    if metric.primary and any(metric.better(value, own) for value in snapshot.unnamed):
        caveats.append("a row that names no single entry stands higher")
        unsure = True
    declared = field.state.board.metric(metric.id).higher_is_better  # the claim may be about the other end
    if snapshot.depth is not None and (not metric.primary or metric.higher_is_better is not declared):
        caveats.append(f"the page shows the top {snapshot.depth} only; what stands below is not known")
        unsure = True
    if field.unknown:
        caveats.append(f"{_unclassed(claim, field)}: {listed(entry.name for entry in field.unknown)}")
        unsure |= claim.group.open_weights is not None or claim.group.country is not None
    return caveats, unsure


def _unclassed(claim: Claim, field: Field) -> str:
    return f"{len(field.unknown)} that stand higher do not state whether they are {claim.group}"


# ── rank ─────────────────────────────────────────────────────────────────────────────────────────


def rank(claim: Claim, record: Record) -> Finding:
    """Supported by the rank as published; mixed if only the error separates it from the rank that is claimed.

    Competition ranks over all entries with a value, in which ties share the best rank.
    """
    return answer(claim, record, _rank)


def _rank(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> Ground | Unpublished:
    field = _field(claim, record, state, metric)
    if not isinstance(field, Field):
        return field
    ranks = _ranks(field)
    if claim.exact:  # the entry with that very name, if it is the one with the rank
        wanted = name_tokens(claim.subject.name)
        own = [entry for entry in record.on(state, claim.subject) if name_tokens(entry.name) == wanted and entry in field.members]
        field = next((replace(field, subject=entry) for entry in own if ranks[entry.id] == claim.top), field)
    place = ranks[field.subject.id]
    holds = place == claim.top if claim.exact else place <= claim.top
    edge = sorted(
        (entry for entry in field.others if ranks[entry.id] <= claim.top), key=lambda entry: (-ranks[entry.id], entry.id)
    )[:1]
    verdict = ClaimVerdict.SUPPORTED if holds else _missed(field, edge, too_high=claim.exact and place < claim.top)
    since = _since_rank(record, field, claim.top) if holds and not claim.exact and not claim.group else None
    verdict, reason = _held(claim, since, verdict, f"{shown(metric, field.subject)} is at rank {place} of {len(ranks)}")
    caveats = [_unclassed(claim, field)] if field.unknown and claim.group else []
    return ground(
        claim, record, state, metric, verdict, reason=reason, entries=[field.subject, *edge], caveats=caveats, since=since
    )


def _ranks(field: Field) -> Mapping[EntryId, int]:
    """The rank of each member, estimates included, as boards rank them."""
    values = {entry.id: field.value(entry) for entry in field.members}
    return competition_ranks(field.metric, values, field.state.snapshot.unnamed if field.metric.primary else ())


def _missed(field: Field, edge: Sequence[Entry], *, too_high: bool) -> ClaimVerdict:
    """Contradicted if the entry at the claimed rank is above beyond the error."""
    if not edge or too_high:
        return ClaimVerdict.CONTRADICTED
    metric, wide = field.metric, spread(field.value(entry) for entry in field.members)
    weight = weigh(metric, field.subject.measures[metric.id], edge[0].measures[metric.id], wide)
    return ClaimVerdict.MIXED if weight.order is Order.NEAR else ClaimVerdict.CONTRADICTED


# ── since when ───────────────────────────────────────────────────────────────────────────────────


def _held(claim: Claim, since: Since | None, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    """The same with the date from which a place is said to be held."""
    if claim.since is None or verdict is not ClaimVerdict.SUPPORTED:
        return verdict, reason
    if since is None:
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; since when is kept of whole boards by their ranking metric only"
    verdict, dated = held_since(claim.since, since)
    return verdict, f"{reason}; {dated}" if dated else reason


def _since_rank(record: Record, field: Field, top: int) -> Since | None:
    """Since when the entry has such a rank on the metric that ranks the board."""
    if not field.metric.primary:
        return None
    board, at = field.state.board.id, field.state.snapshot.observed_at
    spans = [span for span in record.store.rank_spans(board, field.subject.id) if span.valid_from <= at]
    return _last_stretch(spans, top, record.looks(board))


def _last_stretch(spans: Sequence[RankSpan], top: int, looks: Sequence[datetime]) -> Since | None:
    """The start of the last stretch with a rank no worse than that."""
    start = None
    for span in reversed(spans):
        if span.rank > top or (start is not None and span.valid_to != start):
            break
        start = span.valid_from
    if start is None:
        return None
    before = [look for look in looks if look < start]
    how = "start" if not before else "passing" if any(span.valid_to == start for span in spans) else "entry"
    return Since(after=before[-1] if before else None, until=start, how=how)
