"""A was the first of a class to be above B, to lead, or to reach a rank: answered from history, as far as the record goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Relation, Since
from tracker.claims.answer import answer, finding
from tracker.claims.matching import is_in
from tracker.claims.record import Record
from tracker.claims.score import holds, is_placed
from tracker.claims.sides import Unpublished, ground
from tracker.claims.weight import Order, spread_in, weigh
from tracker.model import Entry, Metric, Span
from tracker.order import best_entry
from tracker.query.find import BoardAt
from tracker.query.since import Moment, moments
from tracker.wording import day, listed

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When an entry first got there: by the order alone, and beyond the error; None for never."""

    entry: Entry
    nominal: datetime | None
    sure: datetime | None

    @property
    def order(self) -> tuple[datetime, str]:
        """Sorts by time, then by name."""
        time = self.sure or self.nominal
        assert time is not None
        return time, self.entry.name


def judge(claim: Claim, record: Record) -> Finding:
    """Supported if no other member of the class got there before, and the record covers the beginning."""
    compares = claim.inner in (Relation.ABOVE, Relation.LEVEL) and claim.rival is not None
    if not compares and claim.inner not in (Relation.LEAD, Relation.RANK, Relation.SCORE):
        return _not_dated(claim, record)
    if claim.inner is Relation.SCORE and not is_placed(claim, record.scope(claim)):
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, "it does not say on which board")
    return answer(claim, record, _ground)


def _not_dated(claim: Claim, record: Record) -> Finding:
    """No series over time decides it; if the subject is listed from the start of the record, the record could not show a first anyway."""
    reasons = []
    if claim.rival is None:
        lacks = "better than which model" if claim.inner is Relation.RATIO else "at what"
        reasons.append(f"it does not say {lacks}")
    for state in record.boards(claim.sources):
        start, known = record.began(state.board.id), record.store.past(state.board.id).known
        own = [known[entry.id].first_seen for entry in record.on(state, claim.subject) if entry.id in known]
        if start is not None and any(first_seen <= start for first_seen in own):
            reasons.append(f"the record of {state.board.title} begins on {day(start)} with {claim.subject.name} already listed")
    return finding(claim, ClaimVerdict.NOT_ON_RECORD, "; ".join(reasons) or "no history of it is kept")


# ── one metric ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Race:
    """One metric of one board: whom to pass, the record's first snapshot, and the spread of the metric's values now."""

    claim: Claim
    record: Record
    state: BoardAt
    metric: Metric
    rivals: tuple[tuple[Span, ...], ...]
    start: datetime
    spread: float

    def reached(self, entry: Entry) -> Reached:
        """When an entry first got there."""
        claim, until = self.claim, self.state.snapshot.observed_at
        if claim.inner in (Relation.LEAD, Relation.RANK):
            top = claim.top if claim.inner is Relation.RANK else 1
            ranks = self.record.store.rank_spans(self.state.board.id, entry.id) if self.metric.primary else []
            time = next((span.valid_from for span in ranks if span.rank <= top and span.valid_from <= until), None)
            return Reached(entry=entry, nominal=time, sure=time)
        course = self.record.course(self.state.board.id, entry.id, self.metric.id)
        if claim.inner is Relation.SCORE:
            return self._scored(entry, course)
        pairs = moments(self.metric, [course], self.rivals, since=self.start, at=until)
        sure = next((pair.since for pair in pairs if self._is_there(pair)), None)
        nominal = next((pair.since for pair in pairs if pair.above(self.metric) or self._is_there(pair)), None)
        return Reached(entry=entry, nominal=nominal, sure=sure)

    def _scored(self, entry: Entry, course: Sequence[Span]) -> Reached:
        """When its value was first that high, in the segment: a re-base is not progress. An estimate is not sure."""
        assert self.claim.amount is not None
        amount = self.claim.amount if self.claim.amount.bound else replace(self.claim.amount, bound="least")
        there = [span for span in course if span.valid_to is None or span.valid_to > self.start]
        there = [span for span in there if holds(amount, self.metric, span.measure)]
        sure = next((max(span.valid_from, self.start) for span in there if not span.measure.estimated), None)
        return Reached(entry=entry, nominal=max(there[0].valid_from, self.start) if there else None, sure=sure)

    def _is_there(self, pair: Moment) -> bool:
        if pair.first is None or pair.second is None:
            return False
        order = weigh(self.metric, pair.first, pair.second, self.spread).order
        return order is Order.ABOVE or (order is Order.NEAR and self.claim.inner is Relation.LEVEL)

    def has(self, entry: Entry) -> bool | None:
        """Whether an entry is of the class; None if the board does not say."""
        return is_in(entry, self.state.board, self.claim.group)


def _ground(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> Ground | Unpublished:
    listed_now = record.on(state, claim.subject)
    own = {entry.id for entry in listed_now}
    race = _race(claim, record, state, metric)
    ran = any(record.course(state.board.id, entry, metric.id) for entry in own)
    subject = best_entry(metric, listed_now)
    if not ran or subject is None or (claim.rival is not None and not race.rivals):
        sides = (ran, bool(race.rivals))
        return Unpublished(state=state, metric=metric, valued=sides, listed=(bool(own), sides[1]))
    passed = record.ever_on(state, claim.rival) if claim.rival is not None else ()
    runners = [entry for entry in record.remembered(state) if entry.id in own or entry.id not in passed]
    reached = [race.reached(entry) for entry in runners if race.has(entry) is not False]
    mine = [one for one in reached if one.entry.id in own]
    verdict, reason, others = _verdict(race, mine, [one for one in reached if one.entry.id not in own])
    caveats: list[str] = []
    if claim.group and not any(race.has(one.entry) for one in mine):
        verdict, reason, caveats = _outside(claim, reason, unknown=bool(mine))
    entries = [subject, *(one for one in others if one.id in state.snapshot.entries and metric.id in one.measures)]
    since = _since(mine, race.start)
    return ground(claim, record, state, metric, verdict, reason=reason, entries=entries, caveats=caveats, since=since)


def _race(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> _Race:
    board = state.board.id
    keys = record.ever_on(state, claim.rival) if claim.rival is not None else ()
    start = record.segment(board, metric.id) if claim.inner is Relation.SCORE else None
    return _Race(
        claim=claim,
        record=record,
        state=state,
        metric=metric,
        rivals=tuple(course for key in keys if (course := record.course(board, key, metric.id))),
        start=start or record.began(board) or state.snapshot.observed_at,
        spread=spread_in(state.snapshot, metric),
    )


def _verdict(race: _Race, mine: Sequence[Reached], others: Sequence[Reached]) -> tuple[ClaimVerdict, str, list[Entry]]:
    """The verdict, why, and the entries that got there before or together."""
    name, start = race.claim.subject.name, day(race.start)
    own = min((one.sure for one in mine if one.sure is not None), default=None)
    if own is None:
        verdict = ClaimVerdict.MIXED if any(one.nominal is not None for one in mine) else ClaimVerdict.CONTRADICTED
        return verdict, f"{name} never got there on record, beyond the error", []
    if own <= race.start:
        reason = f"the record begins on {start}, and {name} was there already: who came first is not on record"
        return ClaimVerdict.NOT_ON_RECORD, reason, []
    reached, group = day(own), race.claim.group or "all models"
    before = [one for one in others if one.sure is not None and one.sure < own and race.has(one.entry)]
    if before:
        return _with(before, ClaimVerdict.CONTRADICTED, f"{name} got there by {reached}; before it, of {group}: ")
    maybe = [one for one in others if one.nominal is not None and one.nominal < own]
    if maybe:
        reason = f"{name} is the first that is sure ({reached}); before it, within the error or of a class that is not stated: "
        return _with(maybe, ClaimVerdict.MIXED, reason)
    reason = f"{name} is the first of {group} in a record that begins on {start}: by {reached}"
    same = [one for one in others if one.sure == own]
    return _with(same, ClaimVerdict.SUPPORTED, f"{reason}, in the same snapshot as " if same else reason)


def _with(others: Sequence[Reached], verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str, list[Entry]]:
    """A verdict with the names of those others, the earliest first."""
    ordered = sorted(others, key=lambda one: one.order)
    dates = listed([f"{one.entry.name} ({day(one.order[0])})" for one in ordered], _MOST_NAMES)
    return verdict, f"{reason}{dates}", [one.entry for one in ordered[:_MOST_NAMES]]


def _outside(claim: Claim, reason: str, *, unknown: bool) -> tuple[ClaimVerdict, str, list[str]]:
    """A first of a class must be of the class; if the board does not say, nothing is claimed."""
    if not unknown:
        return ClaimVerdict.CONTRADICTED, f"{claim.subject.name} is not one of the {claim.group}", []
    return (
        ClaimVerdict.NOT_COMPARABLE,
        f"the board does not say whether {claim.subject.name} is one of the {claim.group}",
        [reason],
    )


def _since(mine: Sequence[Reached], start: datetime) -> Since | None:
    time = min((one.sure for one in mine if one.sure is not None), default=None)
    return Since(after=None, until=time, how="start" if time <= start else "passing") if time else None
