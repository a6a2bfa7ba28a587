"""A was the first of a class to be above B, to lead, or to reach a rank or a score: answered from history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from msgspec import Struct

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Relation, Since
from tracker.claims.answer import answer, cases, finding, is_placed
from tracker.claims.case import Case, Unpublished
from tracker.claims.record import Record
from tracker.claims.weight import Order, holds, spread_in, weigh
from tracker.model import Entry, Span
from tracker.order import best_entry
from tracker.query.since import Moment, moments
from tracker.wording import day, listed

_MOST_NAMES = 5


class Reached(Struct, frozen=True, kw_only=True):
    """When an entry first got there: by the order alone, and beyond the error; None for never."""

    entry: Entry
    nominal: datetime | None
    sure: datetime | None


def judge(claim: Claim, record: Record) -> Finding:
    """Supported if no other member of the class got there before, and the record covers the beginning."""
    compares = claim.inner in (Relation.ABOVE, Relation.LEVEL) and claim.rival is not None
    if not compares and claim.inner not in (Relation.LEAD, Relation.RANK, Relation.SCORE):
        lacks = "better than which model" if claim.inner is Relation.RATIO else "at what"
        reason = "no history of it is kept" if claim.rival else f"it does not say {lacks}"
        return finding(claim, ClaimVerdict.NOT_ON_RECORD, reason)
    if claim.inner is Relation.SCORE and not is_placed(claim, cases(claim, record)):
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, "it does not say on which board")
    return answer(claim, record, _ground)


class _Race(Struct, frozen=True, kw_only=True):
    """A case with the courses of the rivals, the start of the record, and the spread of the metric's values now."""

    case: Case
    rivals: tuple[tuple[Span, ...], ...]
    start: datetime
    spread: float

    def reached(self, entry: Entry) -> Reached:
        """When an entry first got there."""
        case, claim, metric = self.case, self.case.claim, self.case.metric
        until = case.state.snapshot.observed_at
        if claim.inner in (Relation.LEAD, Relation.RANK):
            top = claim.place.top if claim.inner is Relation.RANK else 1
            ranks = case.record.store.rank_spans(case.state.board.id, entry.id) if metric.primary else []
            time = next((span.valid_from for span in ranks if span.rank <= top and span.valid_from <= until), None)
            return Reached(entry=entry, nominal=time, sure=time)
        if claim.inner is Relation.SCORE:
            return self._scored(entry)
        pairs = moments(metric, [case.course(entry.id)], self.rivals, since=self.start, at=until)
        sure = next((pair.since for pair in pairs if self._is_there(pair)), None)
        nominal = next((pair.since for pair in pairs if pair.above(metric) or self._is_there(pair)), None)
        return Reached(entry=entry, nominal=nominal, sure=sure)

    def _scored(self, entry: Entry) -> Reached:
        """When its value was first that high, in the segment: a re-base is not progress. An estimate is not sure."""
        amount = self.case.claim.amount
        assert amount is not None
        least = amount if amount.bound else replace(amount, bound="least")
        spans = [span for span in self.case.course(entry.id) if span.valid_to is None or span.valid_to > self.start]
        there = [span for span in spans if holds(least, self.case.metric, span.measure)]
        sure = next((max(span.valid_from, self.start) for span in there if not span.measure.estimated), None)
        return Reached(entry=entry, nominal=max(there[0].valid_from, self.start) if there else None, sure=sure)

    def _is_there(self, pair: Moment) -> bool:
        if pair.first is None or pair.second is None:
            return False
        order = weigh(self.case.metric, pair.first, pair.second, self.spread).order
        return order is Order.ABOVE or (order is Order.NEAR and self.case.claim.inner is Relation.LEVEL)


def _race(case: Case) -> _Race:
    state, record = case.state, case.record
    keys = record.ever_on(state, case.claim.rival) if case.claim.rival is not None else ()
    starts = (segment.started_at for segment in record.store.segments(state.board.id))
    start = record.segment(state.board.id, case.metric.id) if case.claim.inner is Relation.SCORE else None
    return _Race(
        case=case,
        rivals=tuple(course for key in keys if (course := case.course(key))),
        start=start or min(starts, default=state.snapshot.observed_at),
        spread=spread_in(state.snapshot, case.metric),
    )


def _ground(case: Case) -> Ground | Unpublished:
    claim, race, now = case.claim, _race(case), case.on(case.claim.subject)
    own = {entry.id for entry in now}
    ran, raced = any(case.course(entry) for entry in own), bool(race.rivals)
    subject = best_entry(case.metric, now)
    if not ran or subject is None or (claim.rival is not None and not raced):
        return Unpublished(case=case, valued=(ran, raced), listed=(bool(own), raced))
    passed = case.record.ever_on(case.state, claim.rival) if claim.rival is not None else ()
    runners = [entry for entry in case.record.remembered(case.state.board.id) if entry.id in own or entry.id not in passed]
    reached = [race.reached(entry) for entry in runners if case.has(entry) is not False]
    subjects = [runner for runner in reached if runner.entry.id in own]
    subjects = [runner for runner in subjects if case.has(runner.entry)] or subjects
    verdict, reason, others = _verdict(race, subjects, [runner for runner in reached if runner.entry.id not in own])
    caveats: list[str] = []
    if claim.group and not any(case.has(runner.entry) for runner in subjects):
        verdict, one_of = ClaimVerdict.CONTRADICTED, f"{claim.subject.name} is not one of the {claim.group}"
        if subjects:  # the board does not say
            verdict, caveats = ClaimVerdict.NOT_COMPARABLE, [reason]
            one_of = f"the board does not say whether {claim.subject.name} is one of the {claim.group}"
        reason = one_of
    entries = [subject, *case.valued(entry for entry in others if entry.id in case.state.snapshot.entries)]
    time = min((runner.sure for runner in subjects if runner.sure is not None), default=None)
    since = Since(after=None, until=time, how="start" if time <= race.start else "passing") if time else None
    return case.ground(verdict, reason, entries, caveats=caveats, since=since)


def _verdict(race: _Race, subjects: Sequence[Reached], others: Sequence[Reached]) -> tuple[ClaimVerdict, str, list[Entry]]:
    """The verdict, why, and the entries that got there before or together."""
    name, start = race.case.claim.subject.name, day(race.start)
    own = min((runner.sure for runner in subjects if runner.sure is not None), default=None)
    if own is None:
        verdict = ClaimVerdict.MIXED if any(runner.nominal is not None for runner in subjects) else ClaimVerdict.CONTRADICTED
        return verdict, f"{name} never got there on record, beyond the error", []
    if own <= race.start:
        reason = f"the record begins on {start}, and {name} was there already: who came first is not on record"
        return ClaimVerdict.NOT_ON_RECORD, reason, []
    reached, group = day(own), race.case.claim.group or "all models"
    before = [runner for runner in others if runner.sure is not None and runner.sure < own and race.case.has(runner.entry)]
    if before:
        return _with(before, ClaimVerdict.CONTRADICTED, f"{name} got there by {reached}; before it, of {group}: ")
    maybe = [runner for runner in others if runner.nominal is not None and runner.nominal < own]
    if maybe:
        reason = f"{name} is the first that is sure ({reached}); before it, within the error or of a class that is not stated: "
        return _with(maybe, ClaimVerdict.MIXED, reason)
    reason = f"{name} is the first of {group} in a record that begins on {start}: by {reached}"
    same = [runner for runner in others if runner.sure == own]
    return _with(same, ClaimVerdict.SUPPORTED, f"{reason}, in the same snapshot as " if same else reason)


def _with(others: Sequence[Reached], verdict: ClaimVerdict, reason: str) -> tuple[ClaimVerdict, str, list[Entry]]:
    """A verdict with the names of those others, the earliest first."""
    times = ((runner.sure or runner.nominal, runner.entry) for runner in others)
    ordered = sorted(((time, entry) for time, entry in times if time), key=lambda there: (there[0], there[1].name))
    dates = listed([f"{entry.name} ({day(time)})" for time, entry in ordered], _MOST_NAMES)
    return verdict, f"{reason}{dates}", [entry for _, entry in ordered[:_MOST_NAMES]]
