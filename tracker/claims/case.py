"""One metric of one board that a claim speaks of: the entries meant, the two sides, and the answer with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from tracker.claims._records import Claim, ClaimVerdict, Figure, Ground, Mention, MentionKind, Period, Since
from tracker.claims.record import Record, is_in, same_model
from tracker.claims.weight import Order, Weight, spread_in, weigh
from tracker.model import Entry, EntryId, EventId, Metric, Nature, Span
from tracker.order import best_entry
from tracker.query.find import BoardAt
from tracker.query.since import moments, passed, value_at
from tracker.wording import day, difference, number

_TURNED = {ClaimVerdict.SUPPORTED: ClaimVerdict.CONTRADICTED, ClaimVerdict.CONTRADICTED: ClaimVerdict.SUPPORTED}


class Unpublished(Struct, frozen=True, kw_only=True):
    """A metric that is not published for both sides: whether the subject and the rival have a value, and are listed at all."""

    case: Case
    valued: tuple[bool, bool]
    listed: tuple[bool, bool]


class Case(Struct, frozen=True, kw_only=True):
    """A claim on one metric of one board, and the record that decides it."""

    claim: Claim
    record: Record
    state: BoardAt
    metric: Metric

    @property
    def title(self) -> str:
        """The metric with its board, for people."""
        return f"{self.metric.title or self.metric.id} ({self.state.board.title})"

    @property
    def rival(self) -> Mention:
        """The rival of a claim that must have one."""
        assert self.claim.rival is not None
        return self.claim.rival

    def on(self, mention: Mention) -> tuple[Entry, ...]:
        """The entries of the board that a mention means."""
        return self.record.on(self.state, mention)

    def has(self, entry: Entry) -> bool | None:
        """Whether an entry is of the claim's class; None if the board does not say."""
        return is_in(entry, self.state, self.claim.group)

    def valued(self, entries: Iterable[Entry]) -> tuple[Entry, ...]:
        """Those with a value."""
        return tuple(entry for entry in entries if self.metric.id in entry.measures)

    def value(self, entry: Entry) -> float:
        """The value of an entry that has one."""
        return entry.measures[self.metric.id].value

    def estimated(self, entry: Entry) -> bool:
        """Whether that value is an estimate."""
        return entry.measures[self.metric.id].estimated

    def weigh(self, entry: Entry, other: Entry) -> Weight:
        """The order of two entries with a value."""
        measure, other_measure = (each.measures[self.metric.id] for each in (entry, other))
        return weigh(self.metric, measure, other_measure, spread_in(self.state.snapshot, self.metric))

    def course(self, entry: EntryId) -> tuple[Span, ...]:
        """The values of an entry over time."""
        return self.record.course(self.state.board.id, entry, self.metric.id)

    def gap(self, gap: float, entry: Entry, other: Entry) -> str:
        """The size of the gap between two entries, with as many decimals as their values."""
        return difference(abs(gap), self.metric, *(each.measures[self.metric.id].value for each in (entry, other)))

    def shown(self, entry: Entry) -> str:
        """`GPT-4 12.75 (estimated)`; with the interval if one is published."""
        measure = entry.measures[self.metric.id]
        width = f" ± {difference(measure.half_width, self.metric)}" if measure.half_width is not None else ""
        return f"{entry.name} {number(measure.value, self.metric)}{width}{' (estimated)' if measure.estimated else ''}"

    def ground(
        self,
        verdict: ClaimVerdict,
        reason: str,
        entries: Sequence[Entry],
        *,
        others: str = "other",
        events: tuple[EventId, ...] | None = None,
        caveats: Iterable[str] = (),
        since: Since | None = None,
    ) -> Ground:
        """The answer. `entries` are the subject and those that it is compared with; `verdict` is without the `not`."""
        board, at, metric = self.state.board, self.state.snapshot.observed_at, self.metric
        return Ground(
            board=board.id,
            title=board.title,
            metric=metric.id,
            metric_title=metric.title or metric.id,
            unit=metric.unit,
            verdict=turned(verdict, self.claim),
            reason=reason,
            observed_at=at,
            segment=self.record.segment(board.id, metric.id, at),
            since=since,
            figures=tuple(self._figure(others if place else "subject", entry) for place, entry in enumerate(entries)),
            caveats=tuple(caveats),
            events=self.record.events_of(board.id, metric.id, entries[0].id) if events is None else events,
        )

    def _figure(self, of: str, entry: Entry) -> Figure:
        measure, bodies = entry.measures[self.metric.id], self.state.snapshot.sha256
        return Figure(
            of=of,
            entry=entry.id,
            name=entry.name,
            value=measure.value,
            low=measure.low,
            high=measure.high,
            estimated=measure.estimated,
            sha256=bodies[min(entry.page, len(bodies) - 1)],
        )


def turned(verdict: ClaimVerdict, claim: Claim) -> ClaimVerdict:
    """The verdict on the claim with its `not`."""
    return _TURNED.get(verdict, verdict) if claim.negated else verdict


_MOST_NAMES = 6
STEADY_FOR = timedelta(days=14)
"""How long a live figure must have kept its order; a single reading of it says little."""
STEADY_READINGS = 3


class Faced(Struct, frozen=True, kw_only=True):
    """The best entry of each side in one snapshot. `subjects` and `rivals` are all of each side that have a value there."""

    case: Case
    subject: Entry
    rival: Entry
    subjects: tuple[Entry, ...]
    rivals: tuple[Entry, ...]
    weight: Weight
    since: Since | None = None
    caveats: tuple[str, ...] = ()

    @property
    def values(self) -> tuple[float, float]:
        """The value of the subject, and that of the rival."""
        return self.case.value(self.subject), self.case.value(self.rival)


def face(case: Case) -> Faced | Unpublished:
    """The two sides of a case: in the last snapshot, or in the last one that had both."""
    faced = _face_in(case, case.on(case.claim.subject), case.on(case.rival))
    if isinstance(faced, Unpublished):
        faced = _face_earlier(case) or faced
    return _dated(faced) if isinstance(faced, Faced) else faced


def _face_earlier(case: Case) -> Faced | None:
    sides = [case.record.ever_on(case.state, mention) for mention in (case.claim.subject, case.rival)]
    then = case.record.together(case.state, case.metric, *sides)
    if then is None or then.snapshot.observed_at >= case.state.snapshot.observed_at:
        return None
    entries = then.snapshot.entries
    faced = _face_in(replace(case, state=then), *([entries[key] for key in side if key in entries] for side in sides))
    if isinstance(faced, Unpublished):
        return None
    return replace(faced, caveats=(f"last published for both on {day(then.snapshot.observed_at)}",))


def _face_in(case: Case, subjects: Sequence[Entry], rivals: Sequence[Entry]) -> Faced | Unpublished:
    """A line against one of its own models is the rest of it against that model: an entry of both stays on the smaller side.

    A model against a class that it is of is against the other models of it.
    """
    if case.rival.kind is MentionKind.GROUP and case.claim.subject.kind is MentionKind.MODEL:
        rivals = [entry for entry in rivals if not any(same_model(entry, own) for own in subjects)]
    both = {entry.id for entry in subjects} & {entry.id for entry in rivals}
    sides = [
        [entry for entry in side if entry.id not in both or len(side) < len(other)]
        for side, other in ((subjects, rivals), (rivals, subjects))
    ]
    subject, rival = (best_entry(case.metric, side) for side in sides)
    if subject is None or rival is None:
        return Unpublished(case=case, valued=(subject is not None, rival is not None), listed=(bool(sides[0]), bool(sides[1])))
    valued = [case.valued(side) for side in sides]
    weight = case.weigh(subject, rival)
    faced = Faced(case=case, subject=subject, rival=rival, subjects=valued[0], rivals=valued[1], weight=weight)
    return _steadied(_doubted(faced))


def _doubted(faced: Faced) -> Faced:
    """The order is uncertain if the lower side may have something above: an estimate, or an entry without a stated class."""
    case, order, claim = faced.case, faced.weight.order, faced.case.claim
    sides = ((faced.subject, claim.subject, faced.subjects), (faced.rival, case.rival, faced.rivals))
    (upper, _, _), (_, below, entries) = sides if order is Order.ABOVE else (sides[1], sides[0])
    if order is Order.NEAR:
        return faced
    hidden = [(upper, entry, "an estimate of") for entry in entries if case.estimated(entry)]
    unsure = [(upper, below)]
    if claim.amount is not None:  # by how much depends on who is the best of a class
        unsure += [(best, mention) for best, mention, _ in sides]
    for best, mention in unsure:
        hidden += [(best, entry, "one whose class is not stated,") for entry in case.record.unclassed(case.state, mention)]
    above = [(entry, what) for best, entry, what in hidden if _is_above(case, entry, best)]
    if not above:
        return faced
    entry, what = above[0]
    estimate = f"{what} {entry.name} ({number(case.value(entry), case.metric)})"
    return _near(faced, f"by those that are sure, but {estimate} stands higher")


def _is_above(case: Case, entry: Entry, other: Entry) -> bool:
    return case.metric.id in entry.measures and entry.id != other.id and case.metric.better(case.value(entry), case.value(other))


def _near(faced: Faced, why: str) -> Faced:
    return replace(faced, weight=replace(faced.weight, order=Order.NEAR, why=why))


def _steadied(faced: Faced) -> Faced:
    """A live figure moves every day: its order must have held over the last readings."""
    case, until = faced.case, faced.case.state.snapshot.observed_at
    if case.metric.nature is not Nature.LIVE:
        return faced
    looks = [look for look in case.record.looks(case.state.board.id) if until - STEADY_FOR <= look <= until]
    if len(looks) < STEADY_READINGS:
        times = f"read {len(looks)} times in the last {STEADY_FOR.days} days"
        return _near(faced, f"a live figure, {times}; {STEADY_READINGS} readings that agree were asked for")
    courses = [[case.course(entry.id) for entry in side] for side in (faced.subjects, faced.rivals)]
    pairs = [pair for pair in moments(case.metric, *courses, since=looks[0], at=until) if pair.first and pair.second]
    held = sum(pair.above(case.metric) == (faced.weight.order is Order.ABOVE) for pair in pairs)
    if held < len(pairs):
        return _near(faced, f"a live figure: the order held in {held} of {len(pairs)} values of the last {STEADY_FOR.days} days")
    return replace(faced, weight=replace(faced.weight, why=f"in all {len(looks)} readings of the last {STEADY_FOR.days} days"))


def _dated(faced: Faced) -> Faced:
    """The same with since when the upper side is above: by all entries that a side ever had, so that departed ones count."""
    if faced.weight.gap == 0:
        return faced
    case = faced.case
    ever = [case.record.ever_on(case.state, mention) for mention in (case.claim.subject, case.rival)]
    both = set(ever[0]) & set(ever[1])
    sides = [
        list(dict.fromkeys([*_ids(now), *(key for key in keys if key not in both)]))
        for now, keys in zip((faced.subjects, faced.rivals), ever, strict=True)
    ]
    return replace(faced, since=_since(case, *(sides if faced.weight.gap > 0 else reversed(sides))))


def _since(case: Case, upper: Sequence[EntryId], lower: Sequence[EntryId]) -> Since | None:
    """Since when the upper side is above, and which of its entries rose; by the first value of that entry, it is a debut."""
    board, metric, store = case.state.board.id, case.metric, case.record.store
    courses = {entry: case.course(entry) for entry in (*upper, *lower)}
    at, looks = case.state.snapshot.observed_at, case.record.looks(board)
    interval = passed(store, board, metric.id, upper, lower, at=at, looks=looks, spans_of=courses.__getitem__)
    if interval is None:
        return None
    how, highest = interval.how.value, upper[0]
    if len(upper) > 1:
        values = {entry: measure for entry in upper if (measure := value_at(courses[entry], interval.until)) is not None}
        highest = min(values, key=lambda entry: (values[entry].estimated, metric.sort_key(values[entry].value), entry))
        if how == "passing" and courses[highest][0].valid_from >= interval.until:
            how = "debut"
    entry = case.state.snapshot.entries.get(highest) or store.past(board).known[highest]
    return Since(after=interval.after, until=interval.until, how=how, upper=entry.name)


def _ids(entries: Iterable[Entry]) -> list[EntryId]:
    return [entry.id for entry in entries]


def against(faced: Faced) -> str:
    """Both values, the gap between them and how certain it is."""
    case, gap = faced.case, faced.weight.gap
    better, worse = ("above", "below") if case.metric.higher_is_better else ("lower", "higher")
    if case.metric.unit.startswith("USD"):
        better, worse = "cheaper", "more expensive"
    by = f"{case.gap(gap, faced.subject, faced.rival)} {better if gap > 0 else worse}, " if gap else ""
    return f"{case.shown(faced.subject)} against {case.shown(faced.rival)}: {by}{faced.weight.why}"


def ground_of(faced: Faced, verdict: ClaimVerdict, reason: str) -> Ground:
    """What a metric says to a claim about two sides, with its evidence."""
    case, sides = faced.case, (_ids(faced.subjects), _ids(faced.rivals))
    upper, lower = sides if faced.weight.gap >= 0 else reversed(sides)
    events = case.record.events(case.state.board.id, case.metric.id, upper, lower)
    caveats = dict.fromkeys([*faced.caveats, *faced.weight.caveats])
    entries = [faced.subject, faced.rival]
    return case.ground(verdict, reason, entries, others="rival", events=events, caveats=caveats, since=faced.since)


def degree_differs(case: Case, weight: Weight) -> str:
    """A gap is not as wide as the sentence says."""
    unlike = "not by a lot" if case.claim.degree == "strong" else "by more than a little"
    return f"{unlike}: {difference(weight.wide, case.metric)} would be {'wide' if case.claim.degree == 'strong' else 'narrow'}"


def held_since(period: Period, since: Since) -> tuple[ClaimVerdict, str]:
    """It must have held from the date on; a date within the interval in which it came about is accepted."""
    if since.until < period.end or (since.after is not None and since.after < period.end):
        return ClaimVerdict.SUPPORTED, ""
    if since.how == "start":
        return ClaimVerdict.NOT_ON_RECORD, f"the comparable record only begins on {day(since.until)}"
    return ClaimVerdict.CONTRADICTED, f"it has been so only since {day(since.until)}"
