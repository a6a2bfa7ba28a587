"""Two sides of a claim in one case: the best of each in one snapshot, how certain their order is, and since when it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tracker.claims._records import ClaimVerdict, Ground, MentionKind, Since
from tracker.claims.case import Case, Unpublished
from tracker.claims.matching import same_model
from tracker.claims.weight import Order, Weight
from tracker.model import Entry, EntryId, Nature
from tracker.order import best_entry
from tracker.query.since import moments, passed, value_at
from tracker.wording import day, number

_MOST_NAMES = 6
STEADY_FOR = timedelta(days=14)
"""How long a live figure must have kept its order; a single reading of it says little."""
STEADY_READINGS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Faced:
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
    hidden = [(entry, "an estimate of") for entry in entries if case.estimated(entry)]
    hidden += [(entry, "one whose class is not stated,") for entry in case.record.unclassed(case.state, below)]
    above = [(entry, what) for entry, what in hidden if _is_above(case, entry, upper)]
    if claim.amount is not None and order is not Order.NEAR:  # by how much depends on who is the best of a class
        above += [
            (entry, "one whose class is not stated,")
            for best, mention, _ in sides
            for entry in case.record.unclassed(case.state, mention)
            if _is_above(case, entry, best)
        ]
    if order is Order.NEAR or not above:
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
    entry = case.state.snapshot.entries.get(highest)
    name = entry.name if entry else store.past(board).known[highest].name
    return Since(after=interval.after, until=interval.until, how=how, upper=name)


def _ids(entries: Iterable[Entry]) -> list[EntryId]:
    return [entry.id for entry in entries]


def against(faced: Faced) -> str:
    """Both values, the gap between them and how certain it is."""
    case, gap = faced.case, faced.weight.gap
    better, worse = ("cheaper", "more expensive") if case.metric.unit.startswith("USD") else ("above", "below")
    by = f"{case.gap(gap, faced.subject, faced.rival)} {better if gap > 0 else worse}" if gap else "level"
    return f"{case.shown(faced.subject)} against {case.shown(faced.rival)}: {by}, {faced.weight.why}"


def ground_of(faced: Faced, verdict: ClaimVerdict, reason: str) -> Ground:
    """What a metric says to a claim about two sides, with its evidence."""
    case, sides = faced.case, (_ids(faced.subjects), _ids(faced.rivals))
    upper, lower = sides if faced.weight.gap >= 0 else reversed(sides)
    events = case.record.events(case.state.board.id, case.metric.id, upper, lower)
    caveats = dict.fromkeys([*faced.caveats, *faced.weight.caveats])
    entries = [faced.subject, faced.rival]
    return case.ground(verdict, reason, entries, others="rival", events=events, caveats=caveats, since=faced.since)
