"""Two sides of a claim on one metric of one board: the best of each in one snapshot, how certain their order is, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tracker.claims._records import Claim, ClaimVerdict, Figure, Ground, Mention, Since
from tracker.claims.record import Record, sha_of
from tracker.claims.weight import Order, Weight, weigh_in
from tracker.model import Entry, EntryId, EventId, Metric, Nature
from tracker.order import best_entry
from tracker.query.find import BoardAt
from tracker.query.since import moments, passed, value_at
from tracker.wording import day, difference, listed, number

_MOST_NAMES = 6
STEADY_FOR = timedelta(days=14)
"""How long a live figure must have kept its order; a single reading of it says little."""
STEADY_READINGS = 3
_TURNED = {ClaimVerdict.SUPPORTED: ClaimVerdict.CONTRADICTED, ClaimVerdict.CONTRADICTED: ClaimVerdict.SUPPORTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Faced:
    """The best entry of each side in one snapshot. `subjects` and `rivals` are all of each side that have a value there."""

    state: BoardAt
    metric: Metric
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
        return self.subject.measures[self.metric.id].value, self.rival.measures[self.metric.id].value


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpublished:
    """A metric that a board does not publish for both sides: whether the subject and the rival have a value, and are listed at all."""

    state: BoardAt
    metric: Metric
    valued: tuple[bool, bool]
    listed: tuple[bool, bool]


def face(record: Record, state: BoardAt, metric: Metric, subject: Mention, rival: Mention) -> Faced | Unpublished:
    """The two sides on a metric: in the last snapshot, or in the last one that had both."""
    faced = _face_in(record, state, metric, record.on(state, subject), record.on(state, rival))
    if isinstance(faced, Unpublished):
        faced = _face_earlier(record, state, metric, subject, rival) or faced
    return _dated(record, faced, subject, rival) if isinstance(faced, Faced) else faced


def _face_earlier(record: Record, state: BoardAt, metric: Metric, subject: Mention, rival: Mention) -> Faced | None:
    sides = [record.ever_on(state, mention) for mention in (subject, rival)]
    then = record.together(state, metric, *sides)
    if then is None or then.snapshot.observed_at >= state.snapshot.observed_at:
        return None
    entries = then.snapshot.entries
    subjects, rivals = ([entries[key] for key in side if key in entries] for side in sides)
    faced = _face_in(record, then, metric, subjects, rivals)
    if isinstance(faced, Unpublished):
        return None
    return replace(faced, caveats=(f"last published for both on {day(then.snapshot.observed_at)}",))


def _face_in(
    record: Record, state: BoardAt, metric: Metric, subjects: Sequence[Entry], rivals: Sequence[Entry]
) -> Faced | Unpublished:
    sides = _separated(subjects, rivals)
    subject, rival = (best_entry(metric, side) for side in sides)
    if subject is None or rival is None:
        valued, listed = (subject is not None, rival is not None), (bool(sides[0]), bool(sides[1]))
        return Unpublished(state=state, metric=metric, valued=valued, listed=listed)
    subjects, rivals = (tuple(entry for entry in side if metric.id in entry.measures) for side in sides)
    weight = weigh_in(state.snapshot, metric, subject, rival)
    faced = Faced(state=state, metric=metric, subject=subject, rival=rival, subjects=subjects, rivals=rivals, weight=weight)
    return _steadied(record, _doubted(faced))


def _separated(subjects: Sequence[Entry], rivals: Sequence[Entry]) -> tuple[Sequence[Entry], Sequence[Entry]]:
    """A line against one of its own models is the rest of it against that model: who is on both sides stays on the smaller one."""
    both = {entry.id for entry in subjects} & {entry.id for entry in rivals}
    rest = [[entry for entry in side if entry.id not in both] for side in (subjects, rivals)]
    return (
        rest[0] if len(subjects) >= len(rivals) else subjects,
        rest[1] if len(rivals) >= len(subjects) else rivals,
    )


def _doubted(faced: Faced) -> Faced:
    """The order of the best measured values is uncertain if an estimate of the lower side ranks above them."""
    metric, order = faced.metric, faced.weight.order
    upper, below = (faced.subject, faced.rivals) if order is Order.ABOVE else (faced.rival, faced.subjects)
    best = upper.measures[metric.id].value
    estimates = [
        entry for entry in below if entry.measures[metric.id].estimated and metric.better(entry.measures[metric.id].value, best)
    ]
    if order is Order.NEAR or not estimates:
        return faced
    estimate = number(estimates[0].measures[metric.id].value, metric)
    return _near(faced, f"by measured values, but an estimate of {estimates[0].name} ({estimate}) stands higher")


def _near(faced: Faced, why: str) -> Faced:
    return replace(faced, weight=replace(faced.weight, order=Order.NEAR, why=why))


def _steadied(record: Record, faced: Faced) -> Faced:
    """A live figure moves every day: its order must have held over the last readings."""
    board, metric, until = faced.state.board.id, faced.metric, faced.state.snapshot.observed_at
    if metric.nature is not Nature.LIVE:
        return faced
    looks = [look for look in record.looks(board) if until - STEADY_FOR <= look <= until]
    if len(looks) < STEADY_READINGS:
        times = f"read {len(looks)} times in the last {STEADY_FOR.days} days"
        return _near(faced, f"a live figure, {times}; {STEADY_READINGS} readings that agree were asked for")
    courses = [[record.course(board, entry.id, metric.id) for entry in side] for side in (faced.subjects, faced.rivals)]
    pairs = [pair for pair in moments(metric, *courses, since=looks[0], at=until) if pair.first and pair.second]
    held = sum(pair.above(metric) == (faced.weight.order is Order.ABOVE) for pair in pairs)
    if held < len(pairs):
        return _near(faced, f"a live figure: the order held in {held} of {len(pairs)} values of the last {STEADY_FOR.days} days")
    return replace(faced, weight=replace(faced.weight, why=f"in all {len(looks)} readings of the last {STEADY_FOR.days} days"))


def _dated(record: Record, faced: Faced, subject: Mention, rival: Mention) -> Faced:
    """The same with since when the upper side is above: by all entries that a side ever had, so that departed ones count."""
    if faced.weight.gap == 0:
        return faced
    ever = [record.ever_on(faced.state, mention) for mention in (subject, rival)]
    both = set(ever[0]) & set(ever[1])
    sides = [
        list(dict.fromkeys([*_ids(now), *(key for key in keys if key not in both)]))
        for now, keys in zip((faced.subjects, faced.rivals), ever, strict=True)
    ]
    return replace(faced, since=_since(record, faced, *(sides if faced.weight.gap > 0 else reversed(sides))))


def _since(record: Record, faced: Faced, upper: Sequence[EntryId], lower: Sequence[EntryId]) -> Since | None:
    """Since when the upper side is above, and which of its entries rose; by the first value of that entry, it is a debut."""
    board, metric = faced.state.board.id, faced.metric
    courses = {entry: record.course(board, entry, metric.id) for entry in (*upper, *lower)}
    at, looks = faced.state.snapshot.observed_at, record.looks(board)
    interval = passed(record.store, board, metric.id, upper, lower, at=at, looks=looks, spans_of=courses.__getitem__)
    if interval is None:
        return None
    how, highest = interval.how.value, upper[0]
    if len(upper) > 1:
        values = {entry: measure for entry in upper if (measure := value_at(courses[entry], interval.until)) is not None}
        highest = min(values, key=lambda entry: (values[entry].estimated, metric.sort_key(values[entry].value), entry))
        if how == "passing" and courses[highest][0].valid_from >= interval.until:
            how = "debut"
    entry = faced.state.snapshot.entries.get(highest)
    name = entry.name if entry else record.store.past(board).known[highest].name
    return Since(after=interval.after, until=interval.until, how=how, upper=name)


def _ids(entries: Iterable[Entry]) -> list[EntryId]:
    return [entry.id for entry in entries]


# ── in words ─────────────────────────────────────────────────────────────────────────────────────


def shown(metric: Metric, entry: Entry) -> str:
    """`GPT-4 12.75 (estimated)`; with the interval if one is published."""
    measure = entry.measures[metric.id]
    width = f" ± {difference(measure.half_width, metric)}" if measure.half_width is not None else ""
    return f"{entry.name} {number(measure.value, metric)}{width}{' (estimated)' if measure.estimated else ''}"


def against(faced: Faced) -> str:
    """Both values, the gap between them and how certain it is."""
    metric, gap = faced.metric, faced.weight.gap
    better, worse = ("cheaper", "dearer") if metric.unit.startswith("USD") else ("above", "below")
    by = f"{difference(abs(gap), metric)} {better if gap > 0 else worse}" if gap else "level"
    return f"{shown(metric, faced.subject)} against {shown(metric, faced.rival)}: {by}, {faced.weight.why}"


def _variants(faced: Faced) -> list[str]:
    """Which other variants of the subject are above the rival's best, and which are not."""
    metric = faced.metric
    ordered: dict[Order, list[Entry]] = {order: [] for order in Order}
    for entry in sorted(faced.subjects, key=lambda entry: (metric.sort_key(entry.measures[metric.id].value), entry.name)):
        if entry.id != faced.subject.id:
            ordered[weigh_in(faced.state.snapshot, metric, entry, faced.rival).order].append(entry)
    words = {Order.ABOVE: "also above", Order.NEAR: "too near to tell from", Order.BELOW: "below"}
    if metric.unit.startswith("USD"):
        words = {Order.ABOVE: "also cheaper than", Order.NEAR: "at the price of", Order.BELOW: "dearer than"}
    return [
        f"{words[order]} {faced.rival.name}: {listed([shown(metric, entry) for entry in entries], _MOST_NAMES)}"
        for order, entries in ordered.items()
        if entries
    ]


# ── as evidence ──────────────────────────────────────────────────────────────────────────────────


def ground_of_both(claim: Claim, record: Record, faced: Faced, verdict: ClaimVerdict, reason: str) -> Ground:
    """What a metric says to a claim about two sides, with its evidence."""
    board, metric, sides = faced.state.board.id, faced.metric, (_ids(faced.subjects), _ids(faced.rivals))
    return ground(
        claim,
        record,
        faced.state,
        metric,
        verdict,
        reason=reason,
        entries=[faced.subject, faced.rival],
        others="rival",
        events=record.events(board, metric.id, *(sides if faced.weight.gap >= 0 else reversed(sides))),
        caveats=dict.fromkeys([*faced.caveats, *faced.weight.caveats, *_variants(faced)]),
        since=faced.since,
    )


def ground(
    claim: Claim,
    record: Record,
    state: BoardAt,
    metric: Metric,
    verdict: ClaimVerdict,
    *,
    reason: str,
    entries: Sequence[Entry],
    others: str = "other",
    events: tuple[EventId, ...] | None = None,
    caveats: Iterable[str] = (),
    since: Since | None = None,
) -> Ground:
    """What a metric says to a claim. `entries` are the subject and those that it is compared with; `verdict` is without the `not`."""
    board, at = state.board, state.snapshot.observed_at
    return Ground(
        board=board.id,
        title=board.title,
        metric=metric.id,
        metric_title=metric.title or metric.id,
        unit=metric.unit,
        verdict=turned(verdict, claim),
        reason=reason,
        observed_at=at,
        segment=record.segment(board.id, metric.id, at),
        since=since,
        figures=tuple(_figure(others if place else "subject", state, metric, entry) for place, entry in enumerate(entries)),
        caveats=tuple(caveats),
        events=record.events_of(board.id, metric.id, entries[0].id) if events is None else events,
    )


def turned(verdict: ClaimVerdict, claim: Claim) -> ClaimVerdict:
    """The verdict on the claim with its `not`."""
    return _TURNED.get(verdict, verdict) if claim.negated else verdict


def _figure(of: str, state: BoardAt, metric: Metric, entry: Entry) -> Figure:
    measure = entry.measures[metric.id]
    return Figure(
        of=of,
        entry=entry.id,
        name=entry.name,
        value=measure.value,
        low=measure.low,
        high=measure.high,
        estimated=measure.estimated,
        sha256=sha_of(state.snapshot, entry),
    )
