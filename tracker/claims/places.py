"""A leads: it is the best measured, alone or tied; among all entries, or among a class of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.claims import amounts
from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Since
from tracker.claims.answer import combine, finding, stranger, turned, unmeasured
from tracker.claims.head_to_head import since_then, summary
from tracker.claims.matching import is_in
from tracker.claims.record import Record
from tracker.claims.sides import Unpublished, figure, shown
from tracker.claims.weight import Order, spread, weigh
from tracker.model import Entry, EntryId, Metric, RankSpan
from tracker.order import best_entry, competition_ranks, values_of
from tracker.query.find import BoardAt
from tracker.wording import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Those who stand on a metric: the subject's best, everybody in the class, and who stands higher without a stated class."""

    state: BoardAt
    metric: Metric
    mine: Entry
    everyone: tuple[Entry, ...]
    unknown: tuple[Entry, ...] = ()


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where nobody measured stands above; mixed where somebody does within the error."""
    absent = stranger(claim, record)
    if absent is not None:
        return absent
    grounds, missing = grounds_of(claim, record)
    if not grounds:
        return unmeasured(claim, record, missing)
    return finding(claim, combine(grounds), summary(grounds), grounds=grounds)


def grounds_of(claim: Claim, record: Record) -> tuple[tuple[Ground, ...], list[Unpublished]]:
    """The subject among those it is compared with, on every metric that the claim speaks of."""
    grounds: list[Ground] = []
    missing: list[Unpublished] = []
    for state, declared in record.scope(claim):
        metric = replace(declared, higher_is_better=claim.end == "high") if claim.end in ("high", "low") else declared
        found = field_of(claim, record, state, metric)
        if isinstance(found, Unpublished):
            missing.append(found)
        else:
            grounds.append(_ground(claim, record, found) if isinstance(found, Field) else found)
    return tuple(grounds), missing


def field_of(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> Field | Unpublished | Ground:
    """Who stands on a metric; or that the subject has no value there, or is not of the class."""
    own = record.on(state, claim.subject)
    down_to = _ranked_within(state, claim.within)
    answers = {entry.id: is_in(entry, state.board, claim.group) for entry in state.snapshot.entries.values()}
    answers |= {entry: False for entry in answers if down_to is not None and entry not in down_to}
    mine = best_entry(metric, [entry for entry in own if answers[entry.id] is not False])
    if mine is None and best_entry(metric, own) is not None:
        return outside(record, state, metric, own, f"{own[0].name} is not one of the {_class_in_words(claim)}")
    if mine is None:
        return Unpublished(state=state, metric=metric, subject=False, rival=True, listed=(bool(own), True))
    valued = [state.snapshot.entries[key] for key in values_of(state.snapshot, metric)]
    unknown = [entry for entry in valued if answers[entry.id] is None and entry.id != mine.id]
    higher = [entry for entry in unknown if metric.better(entry.measures[metric.id].value, mine.measures[metric.id].value)]
    everyone = [entry for entry in valued if answers[entry.id] is True or entry.id == mine.id]
    return Field(state=state, metric=metric, mine=mine, everyone=tuple(everyone), unknown=tuple(higher))


def _ranked_within(state: BoardAt, top: int | None) -> frozenset[EntryId] | None:
    """Who stands at that rank or better on the metric that ranks the board; None where that is not asked, nobody where nothing ranks it."""
    primary = state.board.primary
    if top is None:
        return None
    values = {key: measure.value for key, measure in values_of(state.snapshot, primary).items()} if primary else {}
    ranks = competition_ranks(primary, values, state.snapshot.unnamed) if primary else {}
    return frozenset(entry for entry, rank in ranks.items() if rank <= top)


def _class_in_words(claim: Claim) -> str:
    parts = [f"top {claim.within}" if claim.within is not None else "", str(claim.group) if claim.group else ""]
    return " ".join(part for part in parts if part)


def outside(record: Record, state: BoardAt, metric: Metric, own: Sequence[Entry], reason: str) -> Ground:
    """The subject is on the board but not of the class it is said to lead."""
    mine = best_entry(metric, own) or own[0]
    return place(record, state, metric, ClaimVerdict.CONTRADICTED, reason, entries=[mine])


def place(
    record: Record,
    state: BoardAt,
    metric: Metric,
    verdict: ClaimVerdict,
    reason: str,
    *,
    entries: Sequence[Entry],
    caveats: Iterable[str] = (),
    since: Since | None = None,
) -> Ground:
    """A ground on one entry and those it is compared with, the subject first."""
    board, at = state.board, state.snapshot.observed_at
    return Ground(
        board=board.id,
        title=board.title,
        metric=metric.id,
        metric_title=metric.title or metric.id,
        unit=metric.unit,
        verdict=verdict,
        reason=reason,
        observed_at=at,
        segment=record.segment(board.id, metric.id, at),
        since=since,
        figures=tuple(figure("other" if place else "subject", state, metric, entry) for place, entry in enumerate(entries)),
        caveats=tuple(caveats),
        events=record.events_of(board.id, metric.id, entries[0].id),
    )


def _ground(claim: Claim, record: Record, among: Field) -> Ground:
    metric, mine = among.metric, among.mine
    best = best_entry(metric, among.everyone) or mine
    verdict, reason, shown_too = _verdict(among, best)
    verdict, reason = _by(claim, among, verdict, reason)
    verdict, caveats = _unsure(claim, among, verdict)
    plain = not claim.group and not claim.end and claim.within is None
    since = since_rank(record, among, 1) if verdict is ClaimVerdict.SUPPORTED and plain else None
    verdict, reason = held_since(claim, since, verdict, reason)
    return place(
        record,
        among.state,
        metric,
        turned(verdict, negated=claim.negated),
        reason,
        entries=[mine, *shown_too],
        caveats=caveats,
        since=since,
    )


def _by(claim: Claim, among: Field, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    """A lead by a figure is one over the second; a wrong figure contradicts."""
    following = best_entry(among.metric, [entry for entry in among.everyone if entry.id != among.mine.id])
    if claim.amount is None or verdict is not ClaimVerdict.SUPPORTED or following is None:
        return verdict, reason
    values = [entry.measures[among.metric.id].value for entry in (among.mine, following)]
    right, true = amounts.agrees(claim.amount, among.metric, *values)
    said = f"the figure is right ({true})" if right else f"it is not {claim.amount.text} but {true}"
    return (ClaimVerdict.SUPPORTED if right else ClaimVerdict.CONTRADICTED), f"{reason}; {said}"


def held_since(claim: Claim, since: Since | None, verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str]:
    """The same with the date from which a place is said to be held."""
    if claim.since is None or verdict is not ClaimVerdict.SUPPORTED:
        return verdict, reason
    if since is None:
        return ClaimVerdict.NOT_ON_RECORD, f"{reason}; since when is kept of whole boards by their ranking metric only"
    return since_then(claim, since, reason)


def _verdict(among: Field, best: Entry) -> tuple[ClaimVerdict, str, list[Entry]]:
    metric, mine = among.metric, among.mine
    own, top = mine.measures[metric.id], best.measures[metric.id]
    if own.value == top.value and not own.estimated:
        others = [entry for entry in among.everyone if entry.id != mine.id]
        tied = [entry for entry in others if entry.measures[metric.id].value == own.value]
        following = best_entry(metric, [entry for entry in others if entry not in tied])
        said = f"tied with {tied[0].name}" if tied else "the best"
        after = f", ahead of {shown(metric, following)}{_lead(among, following)}" if following else ""
        return (
            ClaimVerdict.SUPPORTED,
            f"{shown(metric, mine)}: {said} of {len(among.everyone)}{after}",
            [*tied, *([following] if following else [])],
        )
    weight = weigh(metric, own, top, _spread(among))
    verdict = ClaimVerdict.CONTRADICTED if weight.order is Order.BELOW else ClaimVerdict.MIXED
    return verdict, f"{shown(metric, best)} stands best of {len(among.everyone)}; {shown(metric, mine)}: {weight.why}", [best]


def _lead(among: Field, following: Entry) -> str:
    weight = weigh(among.metric, among.mine.measures[among.metric.id], following.measures[among.metric.id], _spread(among))
    return f", {weight.why}" if weight.order is Order.NEAR else ""


def _spread(among: Field) -> float:
    return spread(measure.value for measure in values_of(among.state.snapshot, among.metric).values())


def _unsure(claim: Claim, among: Field, verdict: ClaimVerdict) -> tuple[ClaimVerdict, list[str]]:
    """Who might stand above: estimates, rows without a name, entries of which the class is not stated."""
    metric, own = among.metric, among.mine.measures[among.metric.id]
    estimates = [
        one
        for one in among.everyone
        if one.measures[metric.id].estimated and metric.better(one.measures[metric.id].value, own.value)
    ]
    caveats = [f"an estimate stands higher: {shown(metric, estimates[0])}"] if estimates else []
    if metric.primary and any(metric.better(value, own.value) for value in among.state.snapshot.unnamed):
        caveats.append("a row that names no single entry stands higher")
        verdict = ClaimVerdict.MIXED if verdict is ClaimVerdict.SUPPORTED else verdict
    depth = among.state.snapshot.depth
    if depth is not None and (not metric.primary or metric.higher_is_better is not _direction(among)):
        caveats.append(f"the page shows the top {depth} only; what stands below is not known")
        verdict = ClaimVerdict.MIXED if verdict is ClaimVerdict.SUPPORTED else verdict
    if among.unknown:
        names = listed(entry.name for entry in among.unknown)
        caveats.append(f"{len(among.unknown)} that stand higher do not state whether they are {claim.group}: {names}")
        by_size_alone = claim.group.open_weights is None and claim.group.country is None
        verdict = ClaimVerdict.MIXED if verdict is ClaimVerdict.SUPPORTED and not by_size_alone else verdict
    return verdict, caveats


def _direction(among: Field) -> bool | None:
    """Which end of the metric is the better one, as the board declares it: the field may be of the other end."""
    return among.state.board.metric(among.metric.id).higher_is_better


def since_rank(record: Record, among: Field, top: int) -> Since | None:
    """Since when the entry holds such a rank on the metric that ranks the board."""
    if not among.metric.primary:
        return None
    spans = record.store.rank_spans(among.state.board.id, among.mine.id)
    return since_of(
        [span for span in spans if span.valid_from <= among.state.snapshot.observed_at], top, record.looks(among.state.board.id)
    )


def since_of(spans: Sequence[RankSpan], top: int, looks: Sequence[datetime]) -> Since | None:
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
