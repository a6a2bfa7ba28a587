"""A's place among others: it leads, or has rank N or better; among all entries, or among a class of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Since
from tracker.claims.answer import answer
from tracker.claims.case import Case, Unpublished
from tracker.claims.head_to_head import held_since
from tracker.claims.record import Record
from tracker.claims.weight import Order, agrees, spread, weigh
from tracker.model import Entry, EntryId, RankSpan, name_tokens
from tracker.order import best_entry, competition_ranks, values_of
from tracker.query.find import BoardAt
from tracker.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The entries with a value: the subject's best, the members of the class, and higher ones without a stated class."""

    case: Case
    subject: Entry
    members: tuple[Entry, ...]
    unknown: tuple[Entry, ...] = ()

    @property
    def others(self) -> list[Entry]:
        """The members without the subject."""
        return [entry for entry in self.members if entry.id != self.subject.id]

    @property
    def unclassed(self) -> str:
        """The entries without a stated class, in words."""
        return f"{len(self.unknown)} that stand higher do not state whether they are {self.case.claim.group}"


def _field(case: Case) -> Field | Unpublished | Ground:
    """The field on a metric; or that the subject has no value there, or is not of the class."""
    claim, metric, listed = case.claim, case.metric, case.state.snapshot.entries
    own = case.on(claim.subject)
    top = _ranked_within(case.state, claim.within) if claim.within is not None else listed.keys()
    membership = {key: case.has(entry) if key in top else False for key, entry in listed.items()}
    subject = best_entry(metric, [entry for entry in own if membership[entry.id] is not False])
    if subject is None and (best := best_entry(metric, own)) is not None:
        within = f"top {claim.within}" if claim.within is not None else ""
        group = " ".join(filter(None, (within, str(claim.group) if claim.group else "")))
        outside = replace(case, claim=replace(claim, negated=False))  # nothing is said about an entry outside the class
        return outside.ground(ClaimVerdict.CONTRADICTED, f"{own[0].name} is not one of the {group}", [best])
    if subject is None:
        return Unpublished(case=case, valued=(False, True), listed=(bool(own), True))
    membership[subject.id] = True
    valued = case.valued(listed.values())
    higher = [entry for entry in valued if membership[entry.id] is None and metric.better(case.value(entry), case.value(subject))]
    members = tuple(entry for entry in valued if membership[entry.id])
    return Field(case=case, subject=subject, members=members, unknown=tuple(higher))


def _ranked_within(state: BoardAt, top: int) -> frozenset[EntryId]:
    """The entries with that rank or better on the metric that ranks the board; none if no metric does."""
    primary = state.board.primary
    if primary is None:
        return frozenset()
    values = {key: measure.value for key, measure in values_of(state.snapshot, primary).items()}
    ranks = competition_ranks(primary, values, state.snapshot.unnamed)
    return frozenset(entry for entry, rank in ranks.items() if rank <= top)


def lead(claim: Claim, record: Record) -> Finding:
    """Supported if no measured entry is above; mixed if one is within the error."""
    return answer(claim, record, _lead)


def _lead(case: Case) -> Ground | Unpublished:
    claim = case.claim
    if claim.end in ("high", "low"):
        case = replace(case, metric=replace(case.metric, higher_is_better=claim.end == "high"))
    field = _field(case)
    if not isinstance(field, Field):
        return field
    verdict, reason, compared = _first_of(field)
    second = best_entry(case.metric, field.others)
    if claim.amount is not None and verdict is ClaimVerdict.SUPPORTED and second is not None:
        right, figure = agrees(claim.amount, case.metric, case.value(field.subject), case.value(second))
        verdict, reason = (ClaimVerdict.SUPPORTED if right else ClaimVerdict.CONTRADICTED), f"{reason}; {figure}"
    caveats, unsure = _doubts(field)
    verdict = ClaimVerdict.MIXED if unsure and verdict is ClaimVerdict.SUPPORTED else verdict
    plain = not claim.group and not claim.end and claim.within is None
    since = _since_rank(field, 1) if verdict is ClaimVerdict.SUPPORTED and plain else None
    verdict, reason = _held(claim, since, verdict, reason)
    return case.ground(verdict, reason, [field.subject, *compared], caveats=caveats, since=since)


def _first_of(field: Field) -> tuple[ClaimVerdict, str, list[Entry]]:
    """The verdict, why, and the entries that the subject is compared with."""
    case, subject, of = field.case, field.subject, len(field.members)
    best = best_entry(case.metric, field.members) or subject
    if case.value(subject) != case.value(best) or case.estimated(subject):
        weight = case.weigh(subject, best)
        verdict = ClaimVerdict.CONTRADICTED if weight.order is Order.BELOW else ClaimVerdict.MIXED
        return verdict, f"{case.shown(best)} stands best of {of}; {case.shown(subject)}: {weight.why}", [best]
    tied = [entry for entry in field.others if case.value(entry) == case.value(subject)]
    following = best_entry(case.metric, [entry for entry in field.others if entry not in tied])
    reason = f"{case.shown(subject)}: {f'tied with {tied[0].name}' if tied else 'the best'} of {of}"
    if following is None:
        return ClaimVerdict.SUPPORTED, reason, tied
    weight = case.weigh(subject, following)
    near = f", {weight.why}" if weight.order is Order.NEAR else ""
    return ClaimVerdict.SUPPORTED, f"{reason}, ahead of {case.shown(following)}{near}", [*tied, following]


def _doubts(field: Field) -> tuple[list[str], bool]:
    """What might be above: estimates, rows without a name, entries without a stated class; and whether the lead is open."""
    case, metric, snapshot = field.case, field.case.metric, field.case.state.snapshot
    own, group, unsure = case.value(field.subject), case.claim.group, False
    estimates = [entry for entry in field.members if case.estimated(entry) and metric.better(case.value(entry), own)]
    caveats = [f"an estimate stands higher: {case.shown(estimates[0])}"] if estimates else []
    if metric.primary and any(metric.better(value, own) for value in snapshot.unnamed):
        caveats.append("a row that names no single entry stands higher")
        unsure = True
    declared = case.state.board.metric(metric.id).higher_is_better  # the claim may be about the other end
    if snapshot.depth is not None and (not metric.primary or metric.higher_is_better is not declared):
        caveats.append(f"the page shows the top {snapshot.depth} only; what stands below is not known")
        unsure = True
    if field.unknown:
        caveats.append(f"{field.unclassed}: {listed(entry.name for entry in field.unknown)}")
        unsure |= group.open_weights is not None or group.country is not None
    return caveats, unsure


def rank(claim: Claim, record: Record) -> Finding:
    """Supported by the rank as published; mixed if only the error separates it from the rank that is claimed.

    Competition ranks over all entries with a value, in which ties share the best rank.
    """
    return answer(claim, record, _rank)


def _rank(case: Case) -> Ground | Unpublished:
    claim, field = case.claim, _field(case)
    if not isinstance(field, Field):
        return field
    values = {entry.id: case.value(entry) for entry in field.members}
    ranks = competition_ranks(case.metric, values, case.state.snapshot.unnamed if case.metric.primary else ())
    if claim.exact:  # the entry with that very name, if it is the one with the rank
        wanted = name_tokens(claim.subject.name)
        own = [entry for entry in case.on(claim.subject) if name_tokens(entry.name) == wanted and entry in field.members]
        field = next((replace(field, subject=entry) for entry in own if ranks[entry.id] == claim.top), field)
    place = ranks[field.subject.id]
    holds = place == claim.top if claim.exact else place <= claim.top
    ahead = [entry for entry in field.others if ranks[entry.id] <= claim.top]
    edge = min(ahead, key=lambda entry: (-ranks[entry.id], entry.id), default=None)
    verdict = ClaimVerdict.SUPPORTED if holds else ClaimVerdict.CONTRADICTED
    if not holds and edge is not None and not (claim.exact and place < claim.top):
        measures = [entry.measures[case.metric.id] for entry in (field.subject, edge)]
        near = weigh(case.metric, measures[0], measures[1], spread(values.values())).order is Order.NEAR
        verdict = ClaimVerdict.MIXED if near else verdict
    since = _since_rank(field, claim.top) if holds and not claim.exact and not claim.group else None
    verdict, reason = _held(claim, since, verdict, f"{case.shown(field.subject)} is at rank {place} of {len(ranks)}")
    caveats = [field.unclassed] if field.unknown and claim.group else []
    return case.ground(verdict, reason, [field.subject, *([edge] if edge else [])], caveats=caveats, since=since)


def _held(claim: Claim, since: Since | None, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    """The same with the date from which a place is said to be held."""
    if claim.since is None or verdict is not ClaimVerdict.SUPPORTED:
        return verdict, reason
    if since is None:
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; since when is kept of whole boards by their ranking metric only"
    verdict, dated = held_since(claim.since, since)
    return verdict, f"{reason}; {dated}" if dated else reason


def _since_rank(field: Field, top: int) -> Since | None:
    """Since when the entry has such a rank on the metric that ranks the board."""
    record, state = field.case.record, field.case.state
    if not field.case.metric.primary:
        return None
    ranks = record.store.rank_spans(state.board.id, field.subject.id)
    spans = [span for span in ranks if span.valid_from <= state.snapshot.observed_at]
    return _last_stretch(spans, top, record.looks(state.board.id))


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
