"""Another entry leads a class of models on the primary metric: open weights, a size, a lab, a country, reasoning or not, a price.

debut (by entering, or by a first measured value) · supported, nominal (listed before; how far ahead)
· succession (the leader left) · classified (nobody moved: what is known of one of them changed).

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracker.events import departure, new_leader
from tracker.events._classes import ENOUGH, Roll, classes, enrol, is_priced, sort_of, weight_of, weightiest, words
from tracker.events._newcomers import drifted_value, has_value, moved, newcomers
from tracker.events.detection import Detection
from tracker.events.kind import EventKind
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Measure, Metric, Nature, Party, Snapshot
from tracker.order import certainty
from tracker.wording import listed, number, unsure

RULE = "class_leader/1"
Grade = StrEnum("Grade", "DEBUT SUPPORTED NOMINAL SUCCESSION CLASSIFIED")
TOP_LABS, TOP_UNSURE = 10, 3
"""A lab's new best model is news when the lab is among so many of the best; where no error is stated, among so many."""
_HEAVY = 20
"""Classes of such a weight are told of also where no error is stated."""
_SAYS_NOTHING = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)
_ARRIVALS = frozenset(("entry", "first_score", "measured"))
_GRADES: Mapping[Grade, int] = {Grade.SUPPORTED: 44, Grade.DEBUT: 42, Grade.NOMINAL: 5, Grade.SUCCESSION: 5, Grade.CLASSIFIED: 5}
"""What each grade weighs; a told one has the weight of its class beside."""
Remembered = Mapping[str, tuple[tuple[EntryId, ...], float]]
"""The acknowledged leaders of each class under the keys they have now, and their value as it would stand now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadChange:
    """The lead of a class passed from `before`, at `value`, to entries of whom `fresh` did not share it. `sure`: of the order of the two.

    `next` are the best of the class below the leaders, other models than theirs; nobody where one of unknown class stands between.
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


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per entry that leads a class it did not lead, and grade, with all the classes that it leads since.

    Nobody leads a class because its leader could not be seen; and who leads the whole board needs no class to be told.
    Remembers the acknowledged leaders of each class and their value; one that cannot be seen stays a leader until its departure.
    """
    primary = diff.board.primary
    if primary is None or not primary.ranked:
        return Detection(events=(), memory={})
    before = _remembered(diff, past, primary)
    verdict = diff.metrics[primary.id].verdict if diff.before else Comparability.APPEARED
    if verdict in _SAYS_NOTHING:
        return Detection(events=(), memory=_plain(before))
    roll = enrol(diff.board, diff.after, primary, priced=diff.before is None or is_priced(diff, past))
    events = (
        list(_events(diff, primary, roll, _changes(diff, past, primary, roll, before))) if _can_tell(diff, past, primary) else []
    )
    after = {name: (roll.leaders(name), primary.sort_key(members[0][0])) for name, members in roll.members.items()}
    if verdict not in (Comparability.REBASED, Comparability.APPEARED):
        after |= {name: was for name, was in before.items() if _stays(diff, past, primary, roll.members.get(name), was)}
    return Detection(events=events, memory=_plain(after))


def _events(diff: Diff, primary: Metric, roll: Roll, changes: Iterable[LeadChange]) -> Iterator[Event]:
    together: dict[tuple[tuple[EntryId, ...], str], list[LeadChange]] = {}
    for change in changes:
        together.setdefault((change.fresh, change.grade), []).append(change)
    first, labs = new_leader.leaders(diff.after, primary), _labs(roll)
    for (fresh, _), every in sorted(together.items()):
        ordered = sorted(every, key=lambda one: weightiest(one.name))
        board = fresh[0] in first
        news = [] if board else [one for one in ordered if _tells(diff, primary, one, labs)]
        yield _event(diff, primary, ordered, news, leads_board=board)


def _can_tell(diff: Diff, past: BoardState, primary: Metric) -> bool:
    return diff.before is not None and diff.metrics[primary.id].usable and primary.id not in past.drifted


def _labs(roll: Roll) -> list[str]:
    """The classes of labs, those with the best models first."""
    labs = sorted((members[0], name) for name, members in roll.members.items() if sort_of(name) == "lab")
    return [name for _, name in labs]


# ── who leads ────────────────────────────────────────────────────────────────────────────────────


def _changes(diff: Diff, past: BoardState, primary: Metric, roll: Roll, remembered: Remembered) -> Iterator[LeadChange]:
    """Every class whose lead passed to an entry that did not share it; not to one that may have had its value before, unseen."""
    arrivals = newcomers(diff, past, primary)
    moves = moved(diff, primary, up=True) | moved(diff, primary, up=False)
    for name, members in roll.members.items():
        leaders, (before, value) = roll.leaders(name), remembered.get(name, ((), 0.0))
        fresh = tuple(entry for entry in leaders if entry not in before)
        if not before or not fresh or _is_open(diff, past, primary, members[0][0], (before, value)):
            continue
        if fresh[0] in arrivals or _is_measured(diff.before, fresh[0], primary):
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
            )


def _next(diff: Diff, roll: Roll, name: str, leaders: Sequence[EntryId]) -> tuple[EntryId, ...]:
    models = {diff.after.entries[entry].who.model for entry in leaders} - {None}
    others = [
        (standing, entry)
        for standing, entry in roll.members[name]
        if entry not in leaders and diff.after.entries[entry].who.model not in models
    ]
    if not others or roll.clouded(name, others[0][0]):
        return ()
    return tuple(entry for standing, entry in others if standing == others[0][0])


def _grade(arrival: str | None, cause: Grade | None, sure: str, *, by_moves: bool) -> Grade:
    if arrival is not None:
        return Grade.DEBUT if arrival in _ARRIVALS else Grade.SUCCESSION
    return cause or (Grade.SUPPORTED if sure != "nominal" and by_moves else Grade.NOMINAL)


def _cause(diff: Diff, primary: Metric, name: str, entry: EntryId, before: Sequence[EntryId]) -> Grade | None:
    """Why an entry leads a class without having passed anybody: it was not of the class, or the old leaders are no longer there."""
    was = diff.before.entries.get(entry) if diff.before else None
    still = [one for one in before if _is_measured(diff.after, one, primary)]
    if was is not None and name not in classes(was, diff.board):
        return Grade.CLASSIFIED
    if not still:
        return Grade.SUCCESSION
    return Grade.CLASSIFIED if any(name not in classes(diff.after.entries[one], diff.board) for one in still) else None


def _remembered(diff: Diff, past: BoardState, primary: Metric) -> Remembered:
    now = {had: entry for entry, had in diff.rekeyed.items()}
    comparable = diff.before is not None and diff.metrics[primary.id].usable
    return {
        name: (
            tuple(EntryId(now.get(entry, entry)) for entry in leaders),
            drifted_value(diff, primary, value) if comparable else value,
        )
        for name, (leaders, value) in past.memory.get("class_leader", {}).items()
    }


def _is_open(diff: Diff, past: BoardState, primary: Metric, best: float, was: tuple[Sequence[EntryId], float]) -> bool:
    """Whether a leader that cannot be seen, and is not told as gone, may still be better than the best that is shown."""
    before, value = was
    unseen = any(not _is_gone(diff, past, entry) for entry in before if not _is_measured(diff.after, entry, primary))
    return unseen and best >= primary.sort_key(value)


def _is_gone(diff: Diff, past: BoardState, entry: EntryId) -> bool:
    known = past.known.get(entry)
    return entry not in diff.after.entries and known is not None and (known.departed or entry in departure.confirmed(diff, past))


def _is_measured(snapshot: Snapshot | None, entry: EntryId, primary: Metric) -> bool:
    one = snapshot.entries.get(entry) if snapshot else None
    return one is not None and has_value(one.measures.get(primary.id))


def _sure(diff: Diff, primary: Metric, entry: EntryId, before: Sequence[EntryId], value: float) -> str:
    """The certainty of the new leader's place over the old one's, by the last value where that one cannot be seen."""
    mine = diff.after.entries[entry].measures[primary.id]
    theirs = [_measure(diff, primary, one) or Measure(value=value) for one in before]
    return min((certainty(primary, mine, one) for one in theirs), key=("nominal", "supported", "decisive").index)


def _measure(diff: Diff, primary: Metric, entry: EntryId) -> Measure | None:
    """An entry's measured value now; where it has none now, the one before."""
    for snapshot in (diff.after, diff.before):
        if snapshot is not None and _is_measured(snapshot, entry, primary):
            return snapshot.entries[entry].measures[primary.id]
    return None


# ── the event ────────────────────────────────────────────────────────────────────────────────────


def _tells(diff: Diff, primary: Metric, change: LeadChange, labs: Sequence[str]) -> bool:
    """Whether a lead is news: beyond the error (or, by entering, on a tested metric that states none), of a class that matters."""
    place = labs.index(change.name) if change.name in labs else None
    matters = change.members >= ENOUGH if place is None else place < TOP_LABS
    if not matters or change.clouded or change.fresh != change.leaders:
        return False
    if change.sure != "nominal":
        return change.grade in (Grade.DEBUT, Grade.SUPPORTED)
    heavy = weight_of(change.name) >= _HEAVY if place is None else place < TOP_UNSURE
    return heavy and change.grade == Grade.DEBUT and primary.nature is Nature.TESTED and not _states_error(diff, primary, change)


def _states_error(diff: Diff, primary: Metric, change: LeadChange) -> bool:
    measures = (_measure(diff, primary, entry) for entry in (*change.fresh, *change.before))
    return primary.stated_error is not None or any(one.half_width is not None for one in measures if one is not None)


def _event(diff: Diff, primary: Metric, found: Sequence[LeadChange], news: Sequence[LeadChange], *, leads_board: bool) -> Event:
    """`found`: every class that the same entries lead since by the same grade; `news`: those that are told, the weightiest first."""
    named = news or found
    fresh, grade = found[0].fresh, found[0].grade
    before = dict.fromkeys(entry for change in (*named, *found) for entry in change.before)
    quoted = dict.fromkeys((*before, *(entry for entry in named[0].next if entry not in fresh)))
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_GRADES[grade] + (weight_of(named[0].name) if news else 0),
        is_news=bool(news),
        subjects=[_party(diff, entry) for entry in fresh],
        rivals=[_party(diff, entry) for entry in before],
        metric=primary.id,
        headline=_headline(diff, primary, named),
        facts={
            "value": diff.after.entries[fresh[0]].measures[primary.id].value,
            "classes": [_class_facts(change, is_news=change in news) for change in found],
            "leads_board": leads_board,
        },
        evidence=both_proofs(diff, [*fresh, *quoted], primary.id),
    )


def _class_facts(change: LeadChange, *, is_news: bool) -> dict[str, object]:
    return {
        "class": change.name,
        "before": list(change.before),
        "before_value": change.value,
        "certainty": change.sure,
        "members": change.members,
        "clouded": change.clouded,
        "told": is_news,
    }


def _party(diff: Diff, entry: EntryId) -> Party:
    """An entry as the newest snapshot that shows it names it; by its key where neither does."""
    shown = [snapshot for snapshot in (diff.after, diff.before) if snapshot is not None and entry in snapshot.entries]
    return party(shown[0], entry) if shown else Party(entry=entry, name=entry)


def _headline(diff: Diff, primary: Metric, named: Sequence[LeadChange]) -> str:
    first, shared = named[0], named[0].leaders != named[0].fresh
    who = [_party(diff, entry) for entry in first.fresh]
    mine = diff.after.entries[first.fresh[0]].measures[primary.id]
    verb = ("share the lead" if len(who) > 1 else "shares the lead") if shared else ("lead" if len(who) > 1 else "leads")
    behind = first.before if shared else first.next
    rivals = [_party(diff, entry) for entry in behind]
    theirs = [measure for entry in behind if (measure := _measure(diff, primary, entry)) is not None]
    over = f" with {listed(rivals)}" if shared else f", ahead of {listed(rivals)}{_at(primary, theirs)}" if rivals else ""
    near = unsure(primary, mine, *theirs) if first.sure == "nominal" and not shared else ""
    return (
        f"{listed(who)} {verb} among {words(first.name)} on {diff.board.title} ({primary.title})"
        f" with {number(mine.value, primary)}{_how(diff, first, over)}{near}{_also(first.name, named[1:])}."
    )


def _at(primary: Metric, theirs: Sequence[Measure]) -> str:
    """The published value of the old leaders, if they have one."""
    return f" ({number(theirs[0].value, primary)})" if theirs else ""


def _how(diff: Diff, change: LeadChange, over: str) -> str:
    """Ahead of whom; or that nobody moved, and why the lead is another's all the same."""
    if change.grade == Grade.SUCCESSION:
        left = [_party(diff, entry) for entry in change.before]
        return f", as {listed(left)} {'has' if len(left) == 1 else 'have'} no measured value there any more"
    return f"{over}, by what is stated of them now" if change.grade == Grade.CLASSIFIED else over


def _also(first: str, more: Sequence[LeadChange]) -> str:
    """The other classes: `; also among models of up to 80B parameters and models from China`; of sizes and of prices the widest."""
    widest = {sort_of(change.name): change.name for change in reversed(more) if sort_of(change.name) != sort_of(first)}
    every = [words(change.name) for change in more if widest.get(sort_of(change.name)) == change.name]
    if not every:
        return ""
    return f"; also among {' and '.join([', '.join(every[:-1]), every[-1]] if len(every) > 1 else every)}"


# ── remembered ───────────────────────────────────────────────────────────────────────────────────


def _stays(
    diff: Diff,
    past: BoardState,
    primary: Metric,
    members: Sequence[tuple[float, EntryId]] | None,
    was: tuple[tuple[EntryId, ...], float],
) -> bool:
    """Whether the leaders so far stay acknowledged: one may still be the best, or the class could not be looked at."""
    if not members:
        return not all(_is_gone(diff, past, entry) for entry in was[0])
    return _is_open(diff, past, primary, members[0][0], was)


def _plain(leaders: Remembered) -> dict[str, object]:
    return {name: [list(entries), value] for name, (entries, value) in sorted(leaders.items())}


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset((Grade.DEBUT, Grade.SUPPORTED)), detect=detect, places=True)
