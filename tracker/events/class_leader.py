"""Another entry leads a class of models on the primary metric: open weights, a size, a lab, a country, reasoning or not, a price.

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from math import inf

from msgspec import Struct

from tracker.events import departure, new_leader
from tracker.events._classes import ENOUGH, Roll, classes, enrol, is_priced, sort_of, weight_of, weightiest, words
from tracker.events._newcomers import ARRIVALS, moved, newcomers
from tracker.events._values import (
    SAYS_NOTHING,
    drifted_value,
    grouped,
    is_comparable,
    keys_now,
    measured,
    ranked_primary,
    verdict_of,
)
from tracker.events.kind import Detection, EventKind
from tracker.events.making import both, both_proofs, last_named, make
from tracker.model import BoardState, Comparability, Diff, Entry, EntryId, Event, Measure, Metric, Nature
from tracker.order import certainty, states_error
from tracker.wording import listed, number, unsure

RULE = "class_leader/1"
Grade = StrEnum("Grade", "DEBUT SUPPORTED NOMINAL SUCCESSION CLASSIFIED")
_HEAVY = 20
"""Classes from this weight on are news even where no error is stated."""
_GRADES: Mapping[Grade, int] = {Grade.SUPPORTED: 44, Grade.DEBUT: 42, Grade.NOMINAL: 5, Grade.SUCCESSION: 5, Grade.CLASSIFIED: 5}
"""The weight of each grade; news adds the weight of its class."""
Lead = tuple[tuple[EntryId, ...], float]
"""The acknowledged leaders of a class under the keys they have now, and their value as it would be now."""


class LeadChange(Struct, frozen=True, kw_only=True):
    """The lead of a class passed from `before`, at `value`, to `leaders`; `fresh` are those that did not share it before.

    `sure`: the certainty of the order of the two. `next`: the best of the class below the leaders, of other models; none if an
    entry that may be of the class ranks in between.
    """

    name: str
    leaders: tuple[EntryId, ...]
    fresh: tuple[EntryId, ...]
    before: tuple[EntryId, ...]
    next: tuple[EntryId, ...]
    value: float
    grade: Grade
    sure: str
    members: int
    clouded: bool
    below_an_estimate: bool


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per entry and grade, with all the classes that the entry leads since.

    Nobody leads a class because its leader is not shown. A leader of the whole board is not news as the leader of a class.
    Remembers the acknowledged leaders of each class and their value; one that is not shown stays a leader until its departure.
    """
    primary = ranked_primary(diff)
    if primary is None:
        return Detection(events=(), memory={})
    before = _remembered(diff, past, primary)
    verdict = verdict_of(diff, primary)
    if verdict in SAYS_NOTHING:
        return Detection(events=(), memory=_plain(before))
    roll = enrol(diff.board, diff.after, primary, priced=diff.before is None or is_priced(diff, past))
    events: list[Event] = []
    if is_comparable(diff, past, primary):
        events += _events(diff, past, primary, _changes(diff, past, primary, roll, before))
    after = {name: (roll.leaders(name), primary.sort_key(members[0][0])) for name, members in roll.members.items()}
    if verdict not in (Comparability.REBASED, Comparability.APPEARED):
        after |= {name: lead for name, lead in before.items() if _is_open(diff, past, primary, roll.members.get(name), lead)}
    return Detection(events=events, memory=_plain(after))


def _events(diff: Diff, past: BoardState, primary: Metric, changes: Iterable[LeadChange]) -> Iterator[Event]:
    first = new_leader.leaders(diff.after, primary)
    for (fresh, _), group in sorted(grouped(changes, lambda change: (change.fresh, change.grade)).items()):
        ordered = sorted(group, key=lambda change: weightiest(change.name))
        leads_board = fresh[0] in first
        news = [] if leads_board else [change for change in ordered if _is_news(diff, primary, change)]
        yield _event(diff, primary, ordered, news, _gone(diff, past, (news or ordered)[0]), leads_board=leads_board)


def _changes(diff: Diff, past: BoardState, primary: Metric, roll: Roll, remembered: Mapping[str, Lead]) -> Iterator[LeadChange]:
    """Every class whose lead passed to an entry that did not share it, and that cannot have had its value before, unseen."""
    arrivals = newcomers(diff, past, primary)
    moves = moved(diff, primary, up=True) | moved(diff, primary, up=False)
    for name, members in roll.members.items():
        leaders, (before, value) = roll.leaders(name), remembered.get(name, ((), 0.0))
        fresh = tuple(entry for entry in leaders if entry not in before)
        if not before or not fresh or _is_open(diff, past, primary, members, (before, value)):
            continue
        if fresh[0] in arrivals or (diff.before and measured(diff.before.entries.get(fresh[0]), primary)):
            sure = _sure(diff, primary, fresh[0], before, value)
            cause = _cause(diff, primary, name, fresh[0], before)
            yield LeadChange(
                name=name,
                leaders=leaders,
                fresh=fresh,
                before=before,
                next=_next(diff, roll, name, leaders),
                value=value,
                grade=_grade(arrivals.get(fresh[0]), cause, sure, by_moves=bool(moves & {fresh[0], *before})),
                sure=sure,
                members=len(members),
                clouded=roll.clouded(name, members[0][0]),
                below_an_estimate=roll.estimates.get(name, inf) < members[0][0],
            )


def _next(diff: Diff, roll: Roll, name: str, leaders: Sequence[EntryId]) -> tuple[EntryId, ...]:
    entries = diff.after.entries
    models = {entries[entry].who.model for entry in leaders} - {None}
    others = [place for place in roll.members[name] if place[1] not in leaders and entries[place[1]].who.model not in models]
    if not others or roll.clouded(name, others[0][0]):
        return ()
    return tuple(entry for standing, entry in others if standing == others[0][0])


def _grade(arrival: str | None, cause: Grade | None, sure: str, *, by_moves: bool) -> Grade:
    if arrival is not None:
        return Grade.DEBUT if arrival in ARRIVALS else Grade.SUCCESSION
    return cause or (Grade.SUPPORTED if sure != "nominal" and by_moves else Grade.NOMINAL)


def _cause(diff: Diff, primary: Metric, name: str, entry: EntryId, before: Sequence[EntryId]) -> Grade | None:
    """Why an entry leads a class without a pass: it was not of the class, or the old leaders are no longer in it."""
    was = diff.before.entries.get(entry) if diff.before else None
    if was is not None and name not in classes(was, diff.board):
        return Grade.CLASSIFIED
    shown = [listing for key in before if measured(listing := diff.after.entries.get(key), primary) and listing]
    if not shown:
        return Grade.SUCCESSION
    return Grade.CLASSIFIED if any(name not in classes(listing, diff.board) for listing in shown) else None


def _remembered(diff: Diff, past: BoardState, primary: Metric) -> dict[str, Lead]:
    now = keys_now(diff)
    comparable = diff.before is not None and diff.metrics[primary.id].usable
    return {
        name: (
            tuple(EntryId(now.get(entry, entry)) for entry in leaders),
            drifted_value(diff, primary, value) if comparable else value,
        )
        for name, (leaders, value) in past.memory.get("class_leader", {}).items()
    }


def _is_open(diff: Diff, past: BoardState, primary: Metric, members: Sequence[tuple[float, EntryId]] | None, lead: Lead) -> bool:
    """Whether a leader that is not shown, and did not depart, may still be better than the best that is shown, if any is."""
    before, value = lead
    hidden = [entry for entry in before if not members or not measured(diff.after.entries.get(entry), primary)]
    unseen = any(entry in diff.after.entries or not departure.is_gone(diff, past, entry) for entry in hidden)
    return unseen and (not members or members[0][0] >= primary.sort_key(value))


def _sure(diff: Diff, primary: Metric, entry: EntryId, before: Sequence[EntryId], value: float) -> str:
    """The certainty of the order of the new leader and the old one, which counts with its last value if it is not shown."""
    leader = diff.after.entries[entry].measures[primary.id]
    others = [_last_measure(diff, primary, old) or Measure(value=value) for old in before]
    return min((certainty(primary, leader, other) for other in others), key=("nominal", "supported", "decisive").index)


def _last_row(diff: Diff, entry: EntryId) -> Entry | None:
    """An entry as the newest page shows it; None if neither does."""
    return next((page.entries[entry] for page in reversed(both(diff)) if entry in page.entries), None)


def _last_measure(diff: Diff, primary: Metric, entry: EntryId) -> Measure | None:
    """An entry's measured value now, or before if it has none now."""
    measures = (measured(snapshot.entries.get(entry), primary) for snapshot in reversed(both(diff)))
    return next((measure for measure in measures if measure), None)


def _is_news(diff: Diff, primary: Metric, change: LeadChange) -> bool:
    """Beyond the error (or, by entering, on a tested metric without one), in a class that matters: not a lab's own models.

    Nor before another row of the same model.
    """
    matters = change.members >= ENOUGH and sort_of(change.name) != "lab"
    guessed = any(diff.after.entries[entry].who.guessed_lab for entry in change.fresh)
    models = [
        {last_row.who.model for entry in entries if (last_row := _last_row(diff, entry))}
        for entries in (change.fresh, change.before)
    ]
    own = bool(models[0] & models[1] - {None})
    if not matters or guessed or own or change.clouded or change.fresh != change.leaders:
        return False
    if change.sure != "nominal":
        return change.grade in (Grade.DEBUT, Grade.SUPPORTED)
    if weight_of(change.name) < _HEAVY or change.grade != Grade.DEBUT or primary.nature is not Nature.TESTED:
        return False
    measures = (_last_measure(diff, primary, entry) for entry in (*change.fresh, *change.before))
    return not states_error(primary, *filter(None, measures))


def _gone(diff: Diff, past: BoardState, change: LeadChange) -> list[str]:
    """The names of the former leaders if none of them is on either page; a succession names them anyway."""
    known = [past.known[entry].name for entry in change.before if entry in past.known]
    shown = any(entry in page.entries for page in both(diff) for entry in change.before)
    return [] if shown or change.grade == Grade.SUCCESSION else known


def _event(
    diff: Diff,
    primary: Metric,
    changes: Sequence[LeadChange],
    news: Sequence[LeadChange],
    gone: Sequence[str],
    *,
    leads_board: bool,
) -> Event:
    """`changes`: all classes that the same entries lead by the same grade; `news`: those that are news, the weightiest first."""
    named = news or changes
    fresh, grade = changes[0].fresh, changes[0].grade
    before = dict.fromkeys(entry for change in (*named, *changes) for entry in change.before)
    quoted = dict.fromkeys((*before, *(entry for entry in named[0].next if entry not in fresh)))
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_GRADES[grade] + (weight_of(named[0].name) if news else 0),
        is_news=bool(news),
        subjects=[last_named(diff, entry) for entry in fresh],
        rivals=[last_named(diff, entry) for entry in before],
        metric=primary.id,
        headline=_headline(diff, primary, named, f"; before, {listed(gone)} led, no longer listed" if gone else ""),
        facts={
            "value": diff.after.entries[fresh[0]].measures[primary.id].value,
            "classes": [
                {
                    "class": change.name,
                    "before": list(change.before),
                    "before_value": change.value,
                    "certainty": change.sure,
                    "members": change.members,
                    "clouded": change.clouded,
                    "told": change in news,
                }
                for change in changes
            ],
            "leads_board": leads_board,
        },
        evidence=both_proofs(diff, [*fresh, *quoted], primary.id),
    )


def _headline(diff: Diff, primary: Metric, named: Sequence[LeadChange], gone: str) -> str:
    first, shared = named[0], named[0].leaders != named[0].fresh
    who = [last_named(diff, entry) for entry in first.fresh]
    leader = diff.after.entries[first.fresh[0]].measures[primary.id]
    verb = ("share the lead" if len(who) > 1 else "shares the lead") if shared else ("lead" if len(who) > 1 else "leads")
    behind = first.before if shared else first.next
    rivals = [last_named(diff, entry) for entry in behind]
    others = [measure for entry in behind if (measure := _last_measure(diff, primary, entry)) is not None]
    at = f" ({number(others[0].value, primary, leader.value)})" if others else ""
    over = f" with {listed(rivals)}" if shared else f", ahead of {listed(rivals)}{at}" if rivals else ""
    measured_only = ", among measured values" if first.below_an_estimate else ""
    doubted = first.sure == "nominal" or any(certainty(primary, leader, other) == "nominal" for other in others)
    near = unsure(primary, leader, *others) if doubted and not shared else ""
    return (
        f"{listed(who)} {verb} among {words(first.name)} on {diff.board.title} ({primary.title})"
        f" with {number(leader.value, primary, *(other.value for other in others))}{measured_only}{_how(diff, first, over)}{near}"
        f"{_also(first.name, named[1:])}{gone}."
    )


def _how(diff: Diff, change: LeadChange, over: str) -> str:
    if change.grade == Grade.SUCCESSION:
        left = [last_named(diff, entry) for entry in change.before]
        return f", as {listed(left)} {'has' if len(left) == 1 else 'have'} no measured value there any more"
    return f"{over}, by what is stated of them now" if change.grade == Grade.CLASSIFIED else over


def _also(first: str, more: Sequence[LeadChange]) -> str:
    """The other classes: `; also among models with up to 80B stated parameters`; of sizes and prices the widest."""
    widest = {sort_of(change.name): change.name for change in reversed(more) if sort_of(change.name) != sort_of(first)}
    others = [words(change.name) for change in more if widest.get(sort_of(change.name)) == change.name]
    return f"; also among {listed(others, None)}" if others else ""


def _plain(leaders: Mapping[str, Lead]) -> dict[str, object]:
    return {name: [list(entries), value] for name, (entries, value) in sorted(leaders.items())}


KIND = EventKind(RULE, tuple(Grade), detect, recorded=(Grade.NOMINAL, Grade.SUCCESSION, Grade.CLASSIFIED), places=True)
