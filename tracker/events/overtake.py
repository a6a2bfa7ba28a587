"""One entry moved above another, graded by how sure that is (docs/reference/events.md).

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from enum import StrEnum
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from tracker.events._lines import Values
from tracker.events._newcomers import WORDS
from tracker.events._orders import OrderChanges, Pair, follow
from tracker.events._values import RECORDED, TOP, changed, joint_rank, near_the_top, values_shown
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import make, party, proof
from tracker.model import (
    BoardState,
    Comparability,
    Diff,
    EntryId,
    Event,
    Evidence,
    Measure,
    Metric,
    MetricDiff,
    MetricId,
    Nature,
    Party,
    PendingOvertake,
    Snapshot,
)
from tracker.order import certainty, competition_ranks, is_certain, is_noise, states_error
from tracker.wording import count, day, listed, number, unsure

RULE = "overtake/2"
Grade = StrEnum("Grade", "NOMINAL UNSURE_ORIGIN DEBUT PUBLISHED_ORDER SUPPORTED DECISIVE WITHDRAWN SUSTAINED")
SUSTAINED_AFTER = 3
"""An overtake that still holds this number of accepted changes later is sustained."""
_RIVALS_OF_A_FLIP = 100
"""The number of entries that a rise or a fall names, the best first; `facts` count them all."""
_RIVALS_OF_A_DEBUT = 10
_RIVALS_ELSEWHERE = 3
_WEIGHT = {
    Grade.DECISIVE: 70,
    Grade.SUPPORTED: 60,
    Grade.DEBUT: 45,
    Grade.PUBLISHED_ORDER: 46,
    Grade.WITHDRAWN: 46,
    Grade.SUSTAINED: 10,
    Grade.NOMINAL: 5,
    Grade.UNSURE_ORIGIN: 5,
}
_FOLLOWED = (Grade.SUPPORTED, Grade.DECISIVE, Grade.DEBUT, Grade.PUBLISHED_ORDER)


def detect(diff: Diff, past: BoardState) -> Detection:
    """Overtakes on every ranked metric whose values are comparable; one event per grade and entry that rose, or fell.

    Remembers the pairs whose order is no longer certain, and the last values of entries that are not shown.
    """
    if diff.before is None:
        return Detection(events=(), memory={})
    events: list[Event] = []
    memory: dict[str, object] = {}
    waiting = _waiting(diff, past)
    undone = {(rival, pending.subject) for pending, _ in waiting for rival in _undone(diff, pending)}
    for metric in diff.board.metrics:
        if not metric.ordered:
            continue
        verdict, course = diff.metrics[metric.id], follow(diff, past, metric)
        if course.memory:
            memory[metric.id] = course.memory
        if verdict.moves or course.back or course.slow:
            events += _flips(diff, past, metric, course, leave_out=undone)
        if verdict.usable or verdict.verdict is Comparability.REBASED:
            events += _debuts(diff, metric, verdict, past)
    events += (event for pending, now in waiting for event in _later(diff, pending, now))
    return Detection(events=events, memory=memory)


def _flips(diff: Diff, past: BoardState, metric: Metric, course: OrderChanges, *, leave_out: Container[Pair]) -> Iterator[Event]:
    """A rise for each entry that moved above others; a fall for each that moved below entries whose value did not change."""
    has, moved = diff.after.measured(metric.id), diff.metrics[metric.id].moves.keys() | course.back
    had = {entry: measure.value for entry, measure in course.before.items()}
    sure, grade_of = _beyond_own_error(diff, metric), _grades(diff, metric)
    passes: dict[tuple[bool, EntryId, str, bool], list[EntryId]] = {}
    for pair in {*_direct(metric, course, had, has, moved), *course.slow}:
        if pair not in leave_out:
            subject, rival = pair
            rose = rival not in moved or (subject in moved and _rises(metric, had, has, *pair, moved=moved, sure=sure))
            mover, other = pair if rose else (rival, subject)
            passes.setdefault((not rose, mover, grade_of(*pair), pair in course.slow), []).append(other)
    best = near_the_top(diff, metric, RECORDED if metric.primary else TOP) if metric.exact and passes else has.keys()
    for (fell, mover, grade, slow), others in sorted(passes.items()):
        if mover not in best:
            continue
        best_first = sorted(others, key=lambda other: (metric.sort_key(has[other]), other))
        yield _flip_event(diff, past, metric, course, _Pass(mover, best_first, Grade(grade), rose=not fell, slow=slow))


def _direct(metric: Metric, course: OrderChanges, had: Values, has: Values, moved: Container[EntryId]) -> Iterator[Pair]:
    """The flips from one page to the next. With an entry that is back, only of an order that was certain on its last page."""
    for pair in flips(metric, had, has, moved=moved):
        if course.back.isdisjoint(pair) or (
            is_certain(metric, *(course.before[entry] for entry in pair))
            and not any(course.crossed.get(entry, frozenset()).intersection(pair) for entry in pair)
        ):
            yield pair


def _grades(diff: Diff, metric: Metric) -> Callable[[EntryId, EntryId], str]:
    """Grades a pair: `unsure_origin` if the former value of either may have been an estimate, otherwise by how sure it is."""
    doubtful = {entry for entry, move in diff.metrics[metric.id].moves.items() if move.unsure_origin}
    shown = diff.after.measures(metric.id)

    def grade(subject: EntryId, rival: EntryId) -> str:
        if subject in doubtful or rival in doubtful:
            return Grade.UNSURE_ORIGIN
        how = certainty(metric, shown[subject], shown[rival])
        is_published = how == Grade.NOMINAL and is_certain(metric, shown[subject], shown[rival])
        return Grade.PUBLISHED_ORDER if is_published else how

    return grade


def flips(metric: Metric, before: Values, after: Values, *, moved: Container[EntryId]) -> Iterator[Pair]:
    """Pairs (subject, rival): the rival was strictly above before, the subject is strictly above after, and one of them moved.

    Finer decimals may reorder what was the same number. Takes n log n and the number of flips, not n².
    """
    sign, common = metric.sort_key(1.0), before.keys() & after.keys()
    other = {entry for entry in common if before[entry] != after[entry]}
    still = sorted(common - other, key=lambda entry: sign * after[entry])
    places = [sign * after[entry] for entry in still]
    for entry in other:
        was, now = sign * before[entry], sign * after[entry]
        passed = still[bisect_right(places, min(was, now)) : bisect_left(places, max(was, now))]
        pairs = ((entry, rival) if now < was else (rival, entry) for rival in passed)
        yield from pairs if entry in moved else (pair for pair in pairs if pair[0] in moved or pair[1] in moved)
    above: list[tuple[float, EntryId]] = []
    for _, group in groupby(sorted((sign * before[entry], entry) for entry in other), key=itemgetter(0)):
        tied = [(sign * after[entry], entry) for _, entry in group]
        for standing, subject in tied:
            for _, rival in above[bisect_right(above, standing, key=itemgetter(0)) :]:
                if subject in moved or rival in moved:
                    yield subject, rival
        for pair in tied:
            insort(above, pair)


def _beyond_own_error(diff: Diff, metric: Metric) -> frozenset[EntryId]:
    return frozenset(entry for entry, move in diff.metrics[metric.id].moves.items() if move.significant)


def _rises(
    metric: Metric,
    had: Values,
    has: Values,
    subject: EntryId,
    rival: EntryId,
    *,
    moved: Container[EntryId],
    sure: Container[EntryId],
) -> bool:
    """Whether the subject of a flip did something for it. On a fitted metric it did not if only the rival moved beyond its error.

    Elsewhere its rise alone must have sufficed, or the rival's fall alone must not, or be the smaller move.
    """
    if metric.nature is Nature.FITTED or subject not in moved:
        return subject in moved and (subject in sure or rival not in sure)
    alone = metric.better(has[subject], had[rival]) or metric.better(has[rival], had[subject])
    return alone or abs(has[subject] - had[subject]) >= abs(has[rival] - had[rival])


class _Pass(NamedTuple):
    """An entry that moved above others, or below them; the best of them first. `slow`: their order was not certain before."""

    mover: EntryId
    others: list[EntryId]
    grade: Grade
    rose: bool
    slow: bool

    def pair(self, other: EntryId) -> Pair:
        """The subject and the rival."""
        return (self.mover, other) if self.rose else (other, self.mover)


def _flip_event(diff: Diff, past: BoardState, metric: Metric, course: OrderChanges, made: _Pass) -> Event:
    """A rise, or a fall, which is only recorded, as the entries above did nothing, unless it is slow or of a fitted score."""
    shown, rose = made.others[:_RIVALS_OF_A_FLIP], made.rose
    who, named = party(diff.after, made.mover), [party(diff.after, other) for other in shown]
    values = {
        entry: (course.before[entry].value, diff.after.entries[entry].measures[metric.id].value) for entry in (made.mover, *shown)
    }
    was, now = values.pop(made.mover)
    since = {str(other): course.slow[made.pair(other)].isoformat() for other in shown} if made.slow else {}
    return make(
        diff,
        rule=RULE,
        grade=made.grade,
        weight=_weight(diff, metric, made.mover, made.grade),
        is_news=_is_news(diff, metric, made),
        subjects=[who] if rose else named,
        rivals=named if rose else [who],
        metric=metric.id,
        headline=f"{who.name} ({number(now, metric, values[shown[0]][1])}) {'overtakes' if rose else 'falls behind'}"
        f" {_and_others(named[0], values[shown[0]][1], now, metric, len(made.others))} on {diff.board.title} ({metric.title})"
        f"{_how_sure(diff, metric, course, made)}.",
        facts={
            "before": was,
            "after": now,
            "rivals" if rose else "subjects": {str(other): list(pair) for other, pair in values.items()},
            "passed" if rose else "passed_by": len(made.others),
            "subject_moved": rose,
        }
        | ({"certain_until": since} if since else {}),
        evidence=[cell for entry in (made.mover, *shown) for cell in _cells(diff, past, metric, course, entry)],
    )


def _is_news(diff: Diff, metric: Metric, made: _Pass) -> bool:
    """Points only among the ten best of the metric that ranks the board."""
    if made.grade in (Grade.NOMINAL, Grade.UNSURE_ORIGIN):
        return False
    if metric.exact and not (metric.primary and made.mover in near_the_top(diff, metric)):
        return False
    if made.grade == Grade.PUBLISHED_ORDER:
        return made.rose and _matters(diff, metric, made.mover)
    return made.rose or made.slow or metric.nature is Nature.FITTED


def _matters(diff: Diff, metric: Metric, mover: EntryId) -> bool:
    """Whether an order without any error is news: on the metric that ranks the board; on others with a topic, near the top."""
    return metric.primary or (bool(metric.topic) and _above(diff, metric, mover) < TOP)


def _how_sure(diff: Diff, metric: Metric, course: OrderChanges, made: _Pass) -> str:
    """What follows the order in the headline: that nobody states an error, or how the certain order was reversed."""
    measures = [diff.after.entries[entry].measures[metric.id] for entry in (made.mover, made.others[0])]
    if made.grade == Grade.UNSURE_ORIGIN:
        return ", from a value of unsure origin"
    if made.slow and made.grade != Grade.PUBLISHED_ORDER and not metric.exact:
        assert diff.before is not None
        pairs, now = [made.pair(other) for other in made.others], diff.after.observed_at
        last, seen = min(course.slow[pair] for pair in pairs), diff.seen_until or diff.before.observed_at
        passed = all(metric.better(course.before[subject].value, course.before[rival].value) for subject, rival in pairs)
        between, side = f"{day(last)} and {day(seen if passed else now)}", "ahead" if made.rose else "behind"
        return f": passed within the error between {between}, clearly {side} since {day(now)}"
    if made.grade == Grade.DECISIVE and not metric.exact:
        return ", with disjoint intervals"
    return unsure(metric, *measures) if made.grade in (Grade.NOMINAL, Grade.PUBLISHED_ORDER) else ""


def _cells(diff: Diff, past: BoardState, metric: Metric, course: OrderChanges, entry: EntryId) -> Iterator[Evidence]:
    """An entry's cells on both pages; on the last page that showed it if it is back."""
    assert diff.before is not None
    known = past.known.get(entry)
    if entry in course.back and known is not None and known.last_seen is not None:
        raw = course.before[entry].raw
        yield Evidence(
            sha256=known.last_in, url=known.last_url, observed_at=known.last_seen, entry=entry, metric=metric.id, raw=raw
        )
    else:
        yield proof(diff.before, entry, metric.id)
    yield proof(diff.after, entry, metric.id)


def _and_others(
    first: Party, value: float, above: float, metric: Metric, rows: int, *, estimates: int = 0, note: str = ""
) -> str:
    """`Kimi K3 (88.2), 3 more and 4 estimates`; the note is in the brackets too. `above`: the value of who is above them."""
    named = f"{first.name} ({number(value, metric, above)}{note and ', '}{note})"
    if not estimates:
        return listed([named], of=rows)
    return listed([named, *([f"{rows - 1:,} more"] if rows > 1 else ()), count(estimates, "estimate")])


def _weight(diff: Diff, metric: Metric, entry: EntryId, grade: Grade) -> int:
    """The highest place first, among those of whom nobody knows how sure it is."""
    weight = _WEIGHT[grade] if metric.primary or diff.board.primary is None else _WEIGHT[grade] * 2 // 3
    if grade != Grade.PUBLISHED_ORDER:
        return weight
    above = _above(diff, metric, entry)
    return weight + (15 if above == 0 else 10 if above < 3 else 5 if above < TOP else 0)


def _above(diff: Diff, metric: Metric, entry: EntryId) -> int:
    """The number of measured values above an entry's."""
    return bisect_left(diff.after.standings(metric), (metric.sort_key(diff.after.measured(metric.id)[entry]),))


def _debuts(diff: Diff, metric: Metric, verdict: MetricDiff, past: BoardState) -> Iterator[Event]:
    """Entries that are above others by entering the board, or by a first score. Secondary metrics only if they have a topic."""
    assert diff.before is not None
    if (not metric.primary and not metric.topic) or verdict.filled_after <= verdict.common:
        return  # no entry has a value that had none
    had, has = diff.before.measured(metric.id), diff.after.measured(metric.id)
    newcomers = [entry for entry in diff.arrived if entry not in past.known]
    first_scores = _first_scores(diff, metric, past) if verdict.usable else []
    subjects = sorted({*newcomers, *first_scores} & has.keys())
    if not subjects:
        return
    rivals = [place for place in diff.after.standings(metric) if place[1] in had]
    ranks = competition_ranks(metric, diff.after.values(metric.id), diff.after.unnamed if metric.primary else ())
    rows, most = _Rows.of(diff.after, metric), _RIVALS_OF_A_DEBUT if metric.primary else _RIVALS_ELSEWHERE
    for entry in subjects:
        start = bisect_right(rivals, metric.sort_key(has[entry]), key=itemgetter(0))
        if start < len(rivals):
            shown = [rival for _, rival in rivals[start : start + most]]
            yield _debut_event(diff, metric, entry, shown, rank=ranks[entry], rows=rows)


def _first_scores(diff: Diff, metric: Metric, past: BoardState) -> list[EntryId]:
    """Entries that had no value before; not those whose values return, alone or with a field that had lost them."""
    assert diff.before is not None
    if metric.id in past.drifted and not metric.primary:
        return []
    unscored = (entry for entry in diff.common if metric.id not in diff.before.entries[entry].measures)
    return [
        entry for entry in unscored if not (metric.primary and entry in past.known and past.known[entry].scored == "measured")
    ]


class _Rows(NamedTuple):
    """All measured rows of a page on a metric, the best first, with their standings; the standings of the estimates.

    `widest` is the largest half-width, `lacking` the number of rows down to the last one without an interval.
    """

    metric: Metric
    standings: Sequence[float]
    measures: Sequence[Measure]
    estimates: Sequence[float]
    widest: float
    lacking: int

    @classmethod
    def of(cls, page: Snapshot, metric: Metric) -> _Rows:
        """The rows of a page; of the metric that ranks the board also those that name no entry."""
        shown, unnamed = page.measures(metric.id), page.unnamed_measured if metric.primary else ()
        rows = [(standing, shown[entry]) for standing, entry in page.standings(metric)]
        rows += ((metric.sort_key(value), Measure(value=value)) for value in unnamed)
        rows.sort(key=itemgetter(0))
        widths = [measure.half_width for _, measure in rows]
        return cls(
            metric,
            [standing for standing, _ in rows],
            [measure for _, measure in rows],
            sorted(map(metric.sort_key, values_shown(page, metric)[1])),
            max((width for width in widths if width is not None), default=0.0),
            max((place for place, width in enumerate(widths, 1) if width is None), default=0),
        )

    def below(self, value: float) -> tuple[int, int]:
        """The number of measured rows and of estimates below a value."""
        rows, standing = self.standings, self.metric.sort_key(value)
        return len(rows) - bisect_right(rows, standing), len(self.estimates) - bisect_right(self.estimates, standing)

    def beyond_error(self, own: Measure) -> int | None:
        """The number of measured rows that a value is above beyond the error; None where the error is not known of all.

        Farther apart than both half-widths, the order of two rows is certain, so only the nearer ones are looked at.
        """
        metric, standing = self.metric, self.metric.sort_key(own.value)
        start = bisect_right(self.standings, standing)
        if metric.exact or (metric.stated_error is None and (own.half_width is None or start < self.lacking)):
            return None
        reach = max(metric.stated_error or 0.0, (own.half_width or 0.0) + self.widest)
        end = bisect_right(self.standings, reach, lo=start, key=lambda other: other - standing)
        certain = sum(certainty(metric, own, other) != "nominal" for other in self.measures[start:end])
        return certain + len(self.standings) - end


def _debut_event(diff: Diff, metric: Metric, entry: EntryId, shown: Sequence[EntryId], *, rank: int, rows: _Rows) -> Event:
    """The entry is above the `shown`, which were listed before; the best of them first. `rows`: all that the page shows."""
    own, next_below = (diff.after.entries[key].measures[metric.id] for key in (entry, shown[0]))
    who, first = party(diff.after, entry), party(diff.after, shown[0])
    near = unsure(metric, own, next_below)
    if states_error(metric, own, next_below):
        near = ", the first of them within the error" if certainty(metric, own, next_below) == "nominal" else ""
    came = WORDS["entry" if entry in diff.arrived else "first_score"]
    below, estimates = rows.below(own.value)
    note = "" if metric.sort_key(next_below.value) == rows.standings[-below] else "the next listed before"
    between = (value for value in diff.after.unnamed_measured if metric.better(value, next_below.value))
    if metric.primary and any(metric.better(own.value, value) for value in between):
        note = "the next listed before under a unique name"
    passed = _and_others(first, next_below.value, own.value, metric, below, estimates=estimates, note=note)
    return make(
        diff,
        rule=RULE,
        grade=Grade.DEBUT,
        weight=_weight(diff, metric, entry, Grade.DEBUT) + (20 if rank == 1 else 10 if rank <= 3 else 0),
        is_news=metric.primary and rank <= TOP and not is_noise(own.value, next_below.value),
        subjects=[who],
        rivals=[party(diff.after, rival) for rival in shown],
        metric=metric.id,
        headline=f"{who.name} ({number(own.value, metric, next_below.value)}) {came} {diff.board.title} ({metric.title})"
        f" at {joint_rank(diff, metric, entry, rank)}, above {passed}{near}.",
        facts={"rank": rank, "value": own.value, "passed": below, "estimates_below": estimates}
        | ({"beyond_error": rows.beyond_error(own)} if metric.primary else {}),
        evidence=[proof(diff.after, key, metric.id) for key in (entry, *shown)],
    )


def pending_after(diff: Diff, past: BoardState, events: Sequence[Event]) -> tuple[PendingOvertake, ...]:
    """Overtakes that wait to be sustained after this diff: the new ones, and the old ones that still hold and are not yet due."""
    waiting = [now for _, now in _waiting(diff, past) if now is not None and now.held < SUSTAINED_AFTER]
    fresh = [
        PendingOvertake(
            event=event.id,
            metric=event.metric,
            subject=event.subjects[0].entry,
            rivals=tuple(party.entry for party in event.rivals),
            since=event.until,
            grade=event.grade,
        )
        for event in events
        if event.kind == KIND.name and event.metric is not None and _waits(diff, event)
    ]
    return (*waiting, *fresh)


def _waits(diff: Diff, event: Event) -> bool:
    """Whether an overtake is followed up: it is news, or may be if it holds, on a fitted metric without any error."""
    if event.facts.get("subject_moved") is False or event.metric is None:
        return False
    if event.grade != Grade.NOMINAL:
        return event.is_news and event.grade in _FOLLOWED
    metric = diff.board.metric(event.metric)
    parties = (diff.after.entries[party.entry] for party in (*event.subjects, *event.rivals))
    measures = [entry.measures[metric.id] for entry in parties]
    return metric.nature is Nature.FITTED and not states_error(metric, *measures)


def _waiting(diff: Diff, past: BoardState) -> list[tuple[PendingOvertake, PendingOvertake | None]]:
    """The pending overtakes before and after a diff, with the rivals that are still below; None if it no longer holds."""
    if not changed(diff):
        return [(pending, pending) for pending in past.pending]
    waiting: list[tuple[PendingOvertake, PendingOvertake | None]] = []
    for pending in past.pending:
        rivals = tuple(rival for rival in pending.rivals if _is_above(diff, pending.metric, pending.subject, rival))
        waiting.append((pending, replace(pending, rivals=rivals, held=pending.held + 1) if rivals else None))
    return waiting


def _is_above(diff: Diff, metric_id: MetricId, upper: EntryId, lower: EntryId) -> bool:
    """Whether the page shows an entry above another, on a metric that is comparable."""
    verdict, has = diff.metrics.get(metric_id), diff.after.measured(metric_id)
    if verdict is None or not verdict.usable or upper not in has or lower not in has:
        return False
    return diff.board.metric(metric_id).better(has[upper], has[lower])


def _undone(diff: Diff, pending: PendingOvertake) -> list[EntryId]:
    """The rivals above which the subject fell back at the next change; only of an order without any error."""
    if pending.grade != Grade.PUBLISHED_ORDER or pending.held or diff.before is None:
        return []
    metric, moved = diff.board.metric(pending.metric), diff.metrics[pending.metric].moves.keys()
    sure = _beyond_own_error(diff, metric)
    had, has = diff.before.measured(metric.id), diff.after.measured(metric.id)
    above = (rival for rival in pending.rivals if _is_above(diff, metric.id, rival, pending.subject) and rival in had)
    return [rival for rival in above if not _rises(metric, had, has, rival, pending.subject, moved=moved, sure=sure)]


def _later(diff: Diff, pending: PendingOvertake, now: PendingOvertake | None) -> Iterator[Event]:
    """What became of a pending overtake: it is withdrawn, or it holds long enough."""
    if undone := _undone(diff, pending):
        words = f"is below {{}} again{{}}: its overtake of {day(pending.since)} is withdrawn"
        yield _later_event(diff, pending, Grade.WITHDRAWN, undone, words)
    if now is None or now.held != SUSTAINED_AFTER or now == pending:
        return
    grade, words = Grade.SUSTAINED, f"still stands above {{}}{{}}, {now.held} changes later"
    if pending.grade == Grade.NOMINAL:
        grade, words = Grade.PUBLISHED_ORDER, f"has been above {{}}{{}} for {now.held} changes, no error margin published"
    yield _later_event(diff, now, grade, now.rivals, words)


def _later_event(diff: Diff, pending: PendingOvertake, grade: Grade, rivals: Sequence[EntryId], words: str) -> Event:
    metric, named = diff.board.metric(pending.metric), [party(diff.after, rival) for rival in rivals]
    who = party(diff.after, pending.subject)
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_weight(diff, metric, pending.subject, grade),
        is_news=grade != Grade.SUSTAINED and _matters(diff, metric, pending.subject),
        subjects=[who],
        rivals=named,
        metric=metric.id,
        headline=f"{who.name} {words.format(listed(named), f' on {diff.board.title} ({metric.title})')}.",
        facts={"event": pending.event, "since": pending.since.isoformat(), "held": pending.held},
        evidence=[proof(diff.after, entry, metric.id) for entry in (pending.subject, *rivals)],
    )


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    recorded=(Grade.NOMINAL, Grade.UNSURE_ORIGIN, Grade.SUSTAINED),
    folding=Folding(
        crowd=("overtake", "overtakes"),
        crowdless=frozenset((Grade.SUPPORTED, Grade.DECISIVE)),
        newcomer=("overtakes", "overtakes others"),
        tells="score_revision",
    ),
    explains={What.VALUE: 31},
    places=True,
)
