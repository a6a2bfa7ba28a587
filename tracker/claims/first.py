"""A was the first of a class to stand above B, to lead, or to reach a rank: answered from history, as far as the record goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Relation, Since
from tracker.claims.answer import combine, finding, stranger, turned, unmeasured
from tracker.claims.head_to_head import summary
from tracker.claims.matching import is_in
from tracker.claims.places import place
from tracker.claims.record import Record
from tracker.claims.score import holds, is_placed
from tracker.claims.sides import Unpublished
from tracker.claims.weight import Order, spread, weigh
from tracker.model import Entry, Metric, Span
from tracker.order import best_entry, values_of
from tracker.query.find import BoardAt, remembered
from tracker.query.since import Moment, moments
from tracker.wording import day, listed

_MOST_NAMES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """When an entry first got there: by the order alone, and beyond the error; None for never."""

    entry: Entry
    nominal: datetime | None
    sure: datetime | None


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where nobody else of the class was there before, and the record saw it begin."""
    absent = stranger(claim, record)
    if absent is not None:
        return absent
    if claim.inner in (None, Relation.RATIO, Relation.PRICE, Relation.GAIN, Relation.FIRST):
        return _unseen(claim, record)
    if claim.inner is Relation.SCORE and not is_placed(claim, record.scope(claim)):
        return finding(claim, ClaimVerdict.NOT_COMPARABLE, "it does not say on which board")
    if claim.inner in (Relation.ABOVE, Relation.LEVEL) and claim.rival is None:
        return _unseen(claim, record)
    found = [_told(claim, record, state, metric) for state, metric in record.scope(claim)]
    grounds = tuple(one for one in found if isinstance(one, Ground))
    if not grounds:
        return unmeasured(claim, record, [one for one in found if isinstance(one, Unpublished)])
    return finding(claim, combine(grounds), summary(grounds), grounds=grounds)


def _unseen(claim: Claim, record: Record) -> Finding:
    """No series over time tells it; where the record begins with the subject listed, a first could not be seen anyway."""
    starts = [(state, _began(record, state)) for state in record.boards(claim.sources) if record.on(state, claim.subject)]
    reasons = (
        ["it does not say better than which model" if claim.inner is Relation.RATIO else "it does not say at what"]
        if claim.rival is None
        else []
    )
    for state, start in starts:
        early = [entry.name for entry in record.on(state, claim.subject) if _listed_at(record, state, entry, start)]
        if early and start:
            reasons.append(f"the record of {state.board.title} begins on {day(start)} with {claim.subject.name} already listed")
    return finding(claim, ClaimVerdict.NOT_ON_RECORD, "; ".join(reasons) or "no history of it is kept")


def _began(record: Record, state: BoardAt) -> datetime | None:
    """When the board's first snapshot was accepted."""
    return min((segment.started_at for segment in record.store.segments(state.board.id)), default=None)


def _listed_at(record: Record, state: BoardAt, entry: Entry, start: datetime | None) -> bool:
    known = record.store.past(state.board.id).known.get(entry.id)
    return known is not None and start is not None and known.first_seen <= start


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
    wide: float

    def reached(self, entry: Entry) -> Reached:
        """When an entry first got there."""
        if self.claim.inner in (Relation.LEAD, Relation.RANK):
            top = self.claim.top if self.claim.inner is Relation.RANK else 1
            spans = self.record.store.rank_spans(self.state.board.id, entry.id) if self.metric.primary else []
            until = self.state.snapshot.observed_at
            time = next((span.valid_from for span in spans if span.rank <= top and span.valid_from <= until), None)
            return Reached(entry=entry, nominal=time, sure=time)
        course = self.record.course(self.state.board.id, entry.id, self.metric.id)
        if self.claim.inner is Relation.SCORE:
            return self._scored(entry, course)
        both = moments(self.metric, [course], self.rivals, since=self.start, at=self.state.snapshot.observed_at)
        sure = next((one.since for one in both if self._is_there(one)), None)
        nominal = next((one.since for one in both if self._is_there(one) or self._is_higher(one)), None)
        return Reached(entry=entry, nominal=nominal, sure=sure)

    def _scored(self, entry: Entry, course: Sequence[Span]) -> Reached:
        """When its value first was so high, in the segment: a re-base is no progress. An estimate is not sure."""
        assert self.claim.amount is not None
        amount = self.claim.amount if self.claim.amount.bound else replace(self.claim.amount, bound="least")
        there = [span for span in course if span.valid_to is None or span.valid_to > self.start]
        there = [span for span in there if holds(amount, self.metric, span.measure)]
        sure = next((max(span.valid_from, self.start) for span in there if not span.measure.estimated), None)
        return Reached(entry=entry, nominal=max(there[0].valid_from, self.start) if there else None, sure=sure)

    def _is_there(self, moment: Moment) -> bool:
        if moment.mine is None or moment.theirs is None:
            return False
        order = weigh(self.metric, moment.mine, moment.theirs, self.wide).order
        return order is Order.ABOVE or (order is Order.NEAR and self.claim.inner is Relation.LEVEL)

    def _is_higher(self, moment: Moment) -> bool:
        return bool(moment.mine and moment.theirs and self.metric.better(moment.mine.value, moment.theirs.value))


def _told(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> Ground | Unpublished:
    own = {entry.id for entry in record.on(state, claim.subject)}
    race = _race(claim, record, state, metric)
    ran = any(record.course(state.board.id, entry, metric.id) for entry in own)
    subject = best_entry(metric, record.on(state, claim.subject))
    if not ran or subject is None or (claim.rival is not None and not race.rivals):
        listed = (bool(own), bool(race.rivals))
        return Unpublished(state=state, metric=metric, subject=ran, rival=bool(race.rivals), listed=listed)
    passed = frozenset(record.ever_on(state, claim.rival)) if claim.rival is not None else frozenset()
    runners = {
        entry.id: race.reached(entry) for entry in _runners(record, state, claim) if entry.id in own or entry.id not in passed
    }
    mine = [one for key, one in runners.items() if key in own]
    verdict, reason, others = _verdict(race, mine, [one for key, one in runners.items() if key not in own])
    verdict, reason, caveats = _class_of(claim, state, mine, verdict, reason)
    shown = [subject, *(one for one in others if one.id in state.snapshot.entries and metric.id in one.measures)]
    return place(
        record,
        state,
        metric,
        turned(verdict, negated=claim.negated),
        reason,
        entries=shown,
        caveats=caveats,
        since=_first_time(mine, race.start),
    )


def _race(claim: Claim, record: Record, state: BoardAt, metric: Metric) -> _Race:
    keys = record.ever_on(state, claim.rival) if claim.rival is not None else ()
    courses = (record.course(state.board.id, entry, metric.id) for entry in keys)
    start = record.segment(state.board.id, metric.id) if claim.inner is Relation.SCORE else None
    return _Race(
        claim=claim,
        record=record,
        state=state,
        metric=metric,
        rivals=tuple(course for course in courses if course),
        start=start or _began(record, state) or state.snapshot.observed_at,
        wide=spread(measure.value for measure in values_of(state.snapshot, metric).values()),
    )


def _runners(record: Record, state: BoardAt, claim: Claim) -> list[Entry]:
    """All entries that the board ever listed and that are of the class, or do not state whether they are; each as it was last seen."""
    key = ("remembered", state.board.id)
    if key not in record.memo:
        (with_gone,) = remembered(record.store, [state], record.lexicon)
        record.memo[key] = tuple(with_gone.snapshot.entries.values())
    every: tuple[Entry, ...] = record.memo[key]
    return [entry for entry in every if is_in(entry, state.board, claim.group) is not False]


def _verdict(race: _Race, mine: Sequence[Reached], others: Sequence[Reached]) -> tuple[ClaimVerdict, str, list[Entry]]:
    name, start = race.claim.subject.name, day(race.start)
    ours = min((one.sure for one in mine if one.sure is not None), default=None)
    if ours is None:
        nominal = any(one.nominal is not None for one in mine)
        return (
            (ClaimVerdict.MIXED if nominal else ClaimVerdict.CONTRADICTED),
            f"{name} never got there on record, beyond the error",
            [],
        )
    if ours <= race.start:
        return (
            ClaimVerdict.NOT_ON_RECORD,
            f"the record begins on {start}, and {name} was there already: who came first is not on record",
            [],
        )
    reached, who = day(ours), race.claim.group or "all models"
    before = [one for one in others if one.sure is not None and one.sure < ours and _is_sure_member(race, one.entry)]
    if before:
        return (
            ClaimVerdict.CONTRADICTED,
            f"{name} got there by {reached}; before it, of {who}: {_dates(before)}",
            _entries(before),
        )
    maybe = [one for one in others if one.nominal is not None and one.nominal < ours]
    if maybe:
        reason = f"{name} is the first that is sure ({reached}); before it, within the error or of a class that is not stated: {_dates(maybe)}"
        return ClaimVerdict.MIXED, reason, _entries(maybe)
    same = [one for one in others if one.sure == ours]
    together = f", in the same snapshot as {_dates(same)}" if same else ""
    return (
        ClaimVerdict.SUPPORTED,
        f"{name} is the first of {who} in a record that begins on {start}: by {reached}{together}",
        _entries(same),
    )


def _is_sure_member(race: _Race, entry: Entry) -> bool:
    return is_in(entry, race.state.board, race.claim.group) is True


def _dates(some: Sequence[Reached]) -> str:
    ordered = sorted(some, key=_when)
    return listed([f"{one.entry.name} ({day(_when(one)[0])})" for one in ordered], _MOST_NAMES)


def _when(one: Reached) -> tuple[datetime, str]:
    time = one.sure or one.nominal
    assert time is not None
    return time, one.entry.name


def _entries(some: Sequence[Reached]) -> list[Entry]:
    return [one.entry for one in sorted(some, key=_when)[:_MOST_NAMES]]


def _class_of(
    claim: Claim, state: BoardAt, mine: Sequence[Reached], verdict: ClaimVerdict, reason: str
) -> tuple[ClaimVerdict, str, list[str]]:
    """A first of a class must be of the class; where the board does not say, nothing is claimed."""
    if not claim.group or any(is_in(one.entry, state.board, claim.group) for one in mine):
        return verdict, reason, []
    if mine:
        return (
            ClaimVerdict.NOT_COMPARABLE,
            f"the board does not say whether {claim.subject.name} is one of the {claim.group}",
            [reason],
        )
    return ClaimVerdict.CONTRADICTED, f"{claim.subject.name} is not one of the {claim.group}", []


def _first_time(mine: Sequence[Reached], start: datetime) -> Since | None:
    time = min((one.sure for one in mine if one.sure is not None), default=None)
    return Since(after=None, until=time, how="start" if time <= start else "passing") if time else None
