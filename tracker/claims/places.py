"""A's place among others: it leads, or has rank N or better; among all entries, or among a class of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from msgspec import Struct, structs

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Since
from tracker.claims.answer import answer
from tracker.claims.case import Case, Unpublished, degree_differs, held_since
from tracker.claims.record import Record, same_model
from tracker.claims.weight import Order, agrees, spread, weigh
from tracker.model import Entry, name_tokens
from tracker.order import best_entry, competition_ranks
from tracker.wording import count, day, listed


class Field(Struct, frozen=True, kw_only=True):
    """The entries with a value: the subject's best, the members of the class, and higher ones without a stated class."""

    case: Case
    subject: Entry
    members: tuple[Entry, ...]
    unknown: tuple[Entry, ...] = ()

    @property
    def others(self) -> list[Entry]:
        """The members that are other models than the subject."""
        own = (self.subject, *self.case.on(self.case.claim.subject))
        return [entry for entry in self.members if not any(same_model(entry, each) for each in own)]

    @property
    def unclassed(self) -> list[Entry]:
        """The entries that rank higher and may be of the class that is the subject."""
        case, own = self.case, self.case.value(self.subject)
        maybe = case.valued(case.record.unclassed(case.state, case.claim.subject))
        return [entry for entry in maybe if case.metric.better(case.value(entry), own)]

    @property
    def in_doubt(self) -> str:
        """The entries without a stated class, in words."""
        of_class = f"whether they are {self.case.claim.group}"
        return f"of {count(len(self.unknown), 'entry', 'entries')} above it, the board does not state {of_class}"


def _field(case: Case) -> Field | Unpublished | Ground:
    """The field on a metric; or that the subject has no value there, or is not of the class."""
    claim, metric, listed = case.claim, case.metric, case.state.snapshot.entries
    own = case.on(claim.subject)
    membership = {key: case.has(entry) for key, entry in listed.items()}
    subject = best_entry(metric, [entry for entry in own if membership[entry.id]])
    if subject is None and (best := best_entry(metric, own)) is not None:
        outside = structs.replace(case, claim=replace(claim, negated=False))  # nothing is said about an entry outside the class
        if (unstated := best_entry(metric, [entry for entry in own if membership[entry.id] is None])) is not None:
            reason = f"the board does not state whether {unstated.name} is one of the {claim.group}"
            return outside.ground(ClaimVerdict.NOT_COMPARABLE, reason, [unstated])
        return outside.ground(ClaimVerdict.CONTRADICTED, f"{own[0].name} is not one of the {claim.group}", [best])
    if subject is None:
        return Unpublished(case=case, valued=(False, True), listed=(bool(own), True))
    valued = case.valued(listed.values())
    higher = [entry for entry in valued if membership[entry.id] is None and metric.better(case.value(entry), case.value(subject))]
    members = tuple(entry for entry in valued if membership[entry.id])
    return Field(case=case, subject=subject, members=members, unknown=tuple(higher))


def lead(claim: Claim, record: Record) -> Finding:
    """Supported if no measured entry is above; mixed if one is within the error."""
    return answer(claim, record, _lead)


def _lead(case: Case) -> Ground | Unpublished:
    claim = case.claim
    if claim.end in ("high", "low"):
        case = structs.replace(case, metric=replace(case.metric, higher_is_better=claim.end == "high"))
    field = _field(case)
    if not isinstance(field, Field):
        return field
    verdict, reason, compared = _first_of(field)
    second = best_entry(case.metric, field.others)
    if verdict is ClaimVerdict.SUPPORTED and second is not None:
        weight = case.weigh(field.subject, second)
        if claim.amount is not None:
            right, figure = agrees(claim.amount, case.metric, case.value(field.subject), case.value(second))
            verdict, reason = (ClaimVerdict.SUPPORTED if right else ClaimVerdict.CONTRADICTED), f"{reason}; {figure}"
        elif not weight.agrees(claim.degree):
            verdict, reason = ClaimVerdict.MIXED, f"{reason}; {degree_differs(case, weight)}"
    caveats, unsure = _doubts(field)
    if unsure and verdict is ClaimVerdict.SUPPORTED:
        verdict, reason = ClaimVerdict.MIXED, f"{reason}; {caveats[-1]}"
    plain = not claim.group and not claim.end
    since = _since_rank(field, 1) if verdict is ClaimVerdict.SUPPORTED and plain else None
    verdict, reason = _held(claim, since, verdict, reason)
    if claim.lapsed and verdict is ClaimVerdict.CONTRADICTED:
        verdict, reason = _led(field, reason)
    if claim.passing and verdict is ClaimVerdict.SUPPORTED:
        verdict, reason = _taken(field, since, reason)
    return case.ground(verdict, reason, [field.subject, *compared], caveats=caveats, since=since)


def _led(field: Field, reason: str) -> tuple[ClaimVerdict, str]:
    """The verdict on the lead of a model that "no longer" leads: it must have led before."""
    case, at = field.case, field.case.state.snapshot.observed_at
    keys = case.record.ever_on(case.state, case.claim.subject) if case.metric.primary else ()
    spans = [span for key in keys for span in case.record.store.rank_spans(case.state.board.id, key) if span.rank == 1]
    ended = max((span.valid_to for span in spans if span.valid_to is not None and span.valid_to <= at), default=None)
    if ended is None:
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; that it led before is not on record"
    return ClaimVerdict.CONTRADICTED, f"{reason}; it led until {day(ended)}"


def _taken(field: Field, since: Since | None, reason: str) -> tuple[ClaimVerdict, str]:
    """It took the lead; from the rival, if one is named, which must have led until then."""
    case, rival = field.case, field.case.claim.rival
    if since is None or since.how == "start":
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; how it came to lead is not on record"
    if rival is None:
        return ClaimVerdict.SUPPORTED, f"{reason}, since {day(since.until)}"
    board = case.state.board.id
    spans = [span for key in case.record.ever_on(case.state, rival) for span in case.record.store.rank_spans(board, key)]
    if any(span.rank == 1 and span.valid_from < since.until and span.valid_to == since.until for span in spans):
        return ClaimVerdict.SUPPORTED, f"{reason}; {rival.name} led until {day(since.until)}"
    return ClaimVerdict.CONTRADICTED, f"{reason}; {rival.name} did not lead before {day(since.until)}"


def _first_of(field: Field) -> tuple[ClaimVerdict, str, list[Entry]]:
    """The verdict, why, and the entries that the subject is compared with."""
    case, subject, of = field.case, field.subject, len(field.members)
    best = best_entry(case.metric, field.members) or subject
    if case.value(subject) != case.value(best) or case.estimated(subject):
        weight = case.weigh(subject, best)
        variants = [entry for entry in field.unknown if same_model(entry, subject)]
        lower = all(case.weigh(entry, best).order is Order.BELOW for entry in variants)
        sure = weight.order is Order.BELOW and not field.unclassed and lower
        verdict = ClaimVerdict.CONTRADICTED if sure else ClaimVerdict.MIXED
        return verdict, f"{case.shown(best)} is the best of {of}; {case.shown(subject)}: {weight.why}", [best]
    tied = [entry for entry in field.others if case.value(entry) == case.value(subject)]
    following = best_entry(case.metric, [entry for entry in field.others if entry not in tied])
    reason = f"{case.shown(subject)}: {f'tied with {tied[0].name}' if tied else 'the best'} of {of}"
    if following is None:
        return ClaimVerdict.SUPPORTED, reason if tied else f"{case.shown(subject)}: the only one listed", tied
    weight = case.weigh(subject, following)
    near = f", {weight.why}" if weight.order is Order.NEAR else ""
    return ClaimVerdict.SUPPORTED, f"{reason}, ahead of {case.shown(following)}{near}", [*tied, following]


def _doubts(field: Field) -> tuple[list[str], bool]:
    """What might be above: estimates, rows without a name, entries without a stated class; and whether the lead is open."""
    case, metric, snapshot = field.case, field.case.metric, field.case.state.snapshot
    own, unsure = case.value(field.subject), bool(field.unknown)
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
        caveats.append(f"{field.in_doubt}: {listed(entry.name for entry in field.unknown)}")
    return caveats, unsure


def rank(claim: Claim, record: Record) -> Finding:
    """Supported by the competition rank over all entries with a value; mixed if only the error separates it from that claimed."""
    return answer(claim, record, _rank)


def _rank(case: Case) -> Ground | Unpublished:
    claim, field = case.claim, _field(case)
    if not isinstance(field, Field):
        return field
    values = {entry.id: case.value(entry) for entry in field.members}
    ranks = competition_ranks(case.metric, values, case.state.snapshot.unnamed if case.metric.primary else ())
    if claim.place.exact:  # the entry with that very name, if it is the one with the rank
        words = name_tokens(claim.subject.name)
        own = [entry for entry in case.on(claim.subject) if name_tokens(entry.name) == words and entry in field.members]
        field = next((structs.replace(field, subject=entry) for entry in own if ranks[entry.id] == claim.place.top), field)
    place, wanted = ranks[field.subject.id], claim.place
    above = [entry for entry in field.others if ranks[entry.id] < place]
    models = 1 + len({entry.who.model or entry.id for entry in above})
    counted = models if wanted.models else place
    holds = counted == wanted.top if wanted.exact else counted <= wanted.top
    ahead = [entry for entry in field.others if ranks[entry.id] <= wanted.top]
    edge = min(ahead, key=lambda entry: (-ranks[entry.id], entry.id), default=None)
    verdict = ClaimVerdict.SUPPORTED if holds else ClaimVerdict.CONTRADICTED
    if not holds:
        measures = [entry.measures[case.metric.id] for entry in (field.subject, edge or field.subject)]
        near = weigh(case.metric, measures[0], measures[1], spread(values.values())).order is Order.NEAR
        near = near and edge is not None and not (wanted.exact and place < wanted.top)
        by_model = models == wanted.top if wanted.exact else models <= wanted.top
        pushed = field.unknown and place < wanted.top  # those of the class among them would be above it
        verdict = ClaimVerdict.MIXED if near or by_model or field.unclassed or pushed else verdict
    reason = f"{case.shown(field.subject)} is at rank {place} of {len(ranks)}"
    reason += f"; of the models it is number {models}" if models != place else ""
    since = _since_rank(field, wanted.top) if holds and not wanted.exact and not claim.group else None
    verdict, reason = _held(claim, since, verdict, reason)
    if verdict is ClaimVerdict.SUPPORTED and wanted.moved:
        verdict, reason = _moved(field, place, reason)
    if verdict is ClaimVerdict.SUPPORTED and claim.rival is not None:
        verdict, reason = _only_behind(field, above, reason)
    caveats = [field.in_doubt] if field.unknown else []
    if caveats and verdict is ClaimVerdict.SUPPORTED:
        verdict, reason = ClaimVerdict.MIXED, f"{reason}; {field.in_doubt}"
    return case.ground(verdict, reason, [field.subject, *([edge] if edge else [])], caveats=caveats, since=since)


def _moved(field: Field, place: int, reason: str) -> tuple[ClaimVerdict, str]:
    """It moved there from a lower, or a higher, rank."""
    case, at = field.case, field.case.state.snapshot.observed_at
    spans = case.record.store.rank_spans(case.state.board.id, field.subject.id) if case.metric.primary else []
    now = next((span for span in reversed(spans) if span.valid_from <= at), None)
    before = next((span.rank for span in spans if now is not None and span.valid_to == now.valid_from), None)
    if before is None:
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; where it was before is not on record"
    right = (before > place) == (case.claim.place.moved == "up")
    return ClaimVerdict.SUPPORTED if right else ClaimVerdict.MIXED, f"{reason}, after rank {before}"


def _only_behind(field: Field, above: Sequence[Entry], reason: str) -> tuple[ClaimVerdict, str]:
    """Whatever ranks above it is the rival."""
    case = field.case
    rivals = case.on(case.rival)
    others = [entry for entry in above if not any(same_model(entry, rival) for rival in rivals)]
    if above and not others:
        return ClaimVerdict.SUPPORTED, f"{reason}, behind {case.shown(above[0])}"
    stronger = others[0].name if others else "none"
    return ClaimVerdict.CONTRADICTED, f"{reason}; above it: {stronger}"


def _held(claim: Claim, since: Since | None, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    """The same with the date from which a place is said to be held."""
    if claim.since is None or verdict is not ClaimVerdict.SUPPORTED:
        return verdict, reason
    if since is None:
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; since when is kept of whole boards by their ranking metric only"
    verdict, dated = held_since(claim.since, since)
    return verdict, f"{reason}; {dated}" if dated else reason


def _since_rank(field: Field, top: int) -> Since | None:
    """Since when one of the subject's entries has such a rank on the metric that ranks the board; None if not now."""
    case, record, at = field.case, field.case.record, field.case.state.snapshot.observed_at
    board = case.state.board.id
    if not case.metric.primary:
        return None
    spans = [span for key in record.ever_on(case.state, case.claim.subject) for span in record.store.rank_spans(board, key)]
    held = [span for span in spans if span.rank <= top and span.valid_from <= at]
    start = min((span.valid_from for span in held if span.valid_to is None or span.valid_to > at), default=None)
    while start is not None:
        earlier = (s.valid_from for s in held if s.valid_from < start and s.valid_to is not None and s.valid_to >= start)
        if (before := min(earlier, default=None)) is None:
            break
        start = before
    if start is None:
        return None
    looks = [look for look in record.looks(board) if look < start]
    how = "start" if not looks else "passing" if any(span.valid_to == start for span in spans) else "entry"
    return Since(after=looks[-1] if looks else None, until=start, how=how)
