"""Another entry leads a board: on the metric that ranks it, or on one of the topics that people follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from tracker.events import departure
from tracker.events._values import SAYS_NOTHING, keys_now, last_unseen, verdict_of
from tracker.events.kind import Detection, EventKind, Folding, What
from tracker.events.making import both, both_proofs, last_named, make, party
from tracker.model import (
    LED_TOPICS,
    Board,
    BoardState,
    Comparability,
    Diff,
    Entry,
    EntryId,
    Event,
    Measure,
    Metric,
    MetricId,
    Nature,
    Snapshot,
)
from tracker.order import certainty, is_noise
from tracker.wording import listed, number, span, unsure

RULE = "new_leader/1"
Grade = StrEnum("Grade", "NOMINAL DEBUT SUPPORTED SUCCESSION REBASED REVERSED")
Leaders = tuple[EntryId, ...]


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per metric when the lead passes to an entry that did not share it; also when a new scale has another leader.

    While an acknowledged leader is missing and did not depart, only an entry better than its last value takes over, and no entry
    does while the field has lost its values. In another table, the metric that ranks the board has a new leader if it is surely
    another model. Remembers, by metric, the `former` leaders whose lead passed in this diff, and since when others are `shown`.
    """
    events: list[Event] = []
    former: dict[str, object] = {}
    shown: dict[str, object] = {}
    for metric in _metrics(diff.board) if diff.before is not None else ():
        acknowledged, now = _acknowledged(diff, past, metric), _leaders_now(diff, metric)
        fresh = tuple(entry for entry in now if entry not in acknowledged)
        if not acknowledged or not fresh or not _can_be_news(diff, metric, fresh[0], acknowledged):
            continue
        since = _shown_since(diff, past, metric, now, acknowledged)
        is_another = metric.primary and not since.is_own
        if not (is_another if diff.restart else _passes(diff, past, metric, acknowledged, now)):
            shown[metric.id] = [list(since.leaders), *since[1:]]
        elif not diff.restart and _is_reversed(diff, past, metric, now):
            events.append(_reversed(diff, metric, now, acknowledged))
        else:
            second = _runner_up(diff.after, metric, now[0]) if len(now) == 1 else None
            lead = _Lead(now, fresh, acknowledged, _on_page(diff, metric, fresh), second)
            events.append(_event(diff, past, metric, lead, since))
            former[metric.id] = list(acknowledged)
    memory = {name: by_metric for name, by_metric in (("former", former), ("shown", shown)) if by_metric}
    return Detection(events=events, memory=memory)


class _Since(NamedTuple):
    """The first page that showed leaders came later than `after`, not later than `until`.

    `is_own`: they are, or may be, rows of the models that led until then.
    """

    leaders: Leaders
    after: str
    until: str
    is_own: bool


def _shown_since(diff: Diff, past: BoardState, metric: Metric, now: Leaders, acknowledged: Leaders) -> _Since:
    assert diff.before is not None
    keys, plain = keys_now(diff), (past.memory.get("new_leader") or {}).get("shown", {}).get(metric.id)
    if plain and [keys.get(entry, entry) for entry in plain[0]] == list(now):
        return _Since(now, *plain[1:])
    led = [diff.before.entries[entry] for entry in acknowledged if entry in diff.before.entries]
    rows = [diff.after.entries[entry] for entry in now if entry in diff.after.entries]
    is_own = all(any(departure.may_be_one(old, row) or departure.may_be_one(row, old) for old in led) for row in rows)
    is_own |= bool(diff.restart) and not led  # nobody knows what became of a leader that was not shown
    return _Since(now, (diff.seen_until or diff.before.observed_at).isoformat(), diff.after.observed_at.isoformat(), is_own)


def _is_reversed(diff: Diff, past: BoardState, metric: Metric, now: Leaders) -> bool:
    """Whether those lead again who led until the last reading, at most an hour ago."""
    if diff.before is None or diff.after.observed_at - diff.before.observed_at > departure.PASSING:
        return False
    keys, former = keys_now(diff), (past.memory.get("new_leader") or {}).get("former", {}).get(metric.id, ())
    return bool(now) and sorted(keys.get(entry, entry) for entry in former) == list(now)


def _reversed(diff: Diff, metric: Metric, now: Leaders, passing: Leaders) -> Event:
    assert diff.before is not None
    who, rivals = [party(diff.after, entry) for entry in now], [last_named(diff, entry) for entry in passing]
    lasted = span(diff.after.observed_at - diff.before.observed_at)
    return make(
        diff,
        rule=RULE,
        grade=Grade.REVERSED,
        weight=60,
        is_news=True,
        subjects=who,
        rivals=rivals,
        metric=metric.id,
        headline=f"{listed(who)} again {'leads' if len(who) == 1 else 'lead'} {diff.board.title} ({metric.title});"
        f" the lead of {listed(rivals)} lasted {lasted}.",
        facts={"before": list(passing)},
        evidence=both_proofs(diff, [*now, *passing], metric.id),
    )


def _can_be_news(diff: Diff, metric: Metric, leader: EntryId, former: Leaders) -> bool:
    """Whether a leader is an entry that did something: not a shared key, nor, on a further metric, an estimate now measured.

    Nor a row, or a former leader, whose value is of unsure origin.
    """
    moves = diff.metrics[metric.id].moves
    if any(entry in moves and moves[entry].unsure_origin for entry in (leader, *former)):
        return False
    before = diff.before.entries.get(leader) if diff.before else None
    was = before.measures.get(metric.id) if before else None
    return leader in diff.after.entries and (metric.primary or was is None or not was.estimated)


def _metrics(board: Board) -> Iterator[Metric]:
    """The metrics whose leader is news: the one that ranks the board, and scores of a topic that people follow."""
    for metric in board.metrics:
        if metric.ordered and (metric.primary or (metric.ranked and metric.topic in LED_TOPICS)):
            yield metric


def leaders(snapshot: Snapshot, metric: Metric) -> Leaders:
    """The entries that share the best measured value, by key.

    If rows that name no entry rank above them, the keys that these rows share lead. On a metric other than the primary one, such
    rows may have any value, so nobody is known to lead.
    """
    has = snapshot.measured(metric.id)
    if snapshot.ambiguous and not metric.primary:
        return ()
    best = (min if metric.sort_key(1.0) > 0 else max)(has.values(), default=None)
    unnamed = snapshot.unnamed_measured if metric.primary else ()
    if best is None or any(metric.sort_key(value) < metric.sort_key(best) for value in unnamed):
        return tuple(sorted(snapshot.ambiguous))
    return tuple(sorted(entry for entry, value in has.items() if value == best))


def _leaders_now(diff: Diff, metric: Metric) -> Leaders:
    """The leaders after the diff; none if a row that could not be read or believed may lead."""
    now = leaders(diff.after, metric)
    return now if diff.left_out.keys().isdisjoint(now) else ()


def _acknowledged(diff: Diff, past: BoardState, metric: Metric) -> Leaders:
    """The leaders until now, under the keys they have now."""
    now = keys_now(diff)
    return tuple(now.get(entry, entry) for entry in past.leaders.get(metric.id, ()))


def leaders_after(diff: Diff, past: BoardState) -> dict[MetricId, Leaders]:
    """The leaders to acknowledge after this diff, by metric."""
    after: dict[MetricId, Leaders] = {}
    for metric in _metrics(diff.board):
        acknowledged, now = _acknowledged(diff, past, metric), _leaders_now(diff, metric)
        is_new = verdict_of(diff, metric) in (Comparability.REBASED, Comparability.APPEARED)  # and has a best of its own
        if not acknowledged or (now and (is_new or _passes(diff, past, metric, acknowledged, now))):
            acknowledged = now
        if acknowledged:
            after[metric.id] = acknowledged
    return after


def _passes(diff: Diff, past: BoardState, metric: Metric, acknowledged: Leaders, now: Leaders) -> bool:
    """Whether the page shows that `now` lead, and none of the acknowledged leaders any more unless it is among them."""
    verdict, has = verdict_of(diff, metric), diff.after.measured(metric.id)
    if verdict in SAYS_NOTHING or verdict is Comparability.APPEARED:
        return False
    if _is_reversed(diff, past, metric, now):
        return True
    hidden = [entry for entry in acknowledged if entry not in has and entry not in now]
    absent = [entry for entry in hidden if not departure.is_gone(diff, past, entry)]
    if verdict is Comparability.REBASED or now[0] not in has:
        return not hidden and not (metric.exact and verdict is Comparability.REBASED)  # a new season has no former leader
    if absent and metric.id in past.drifted:
        return False
    last = [_last_value(diff, past, metric, entry) for entry in absent]
    return not any(_is_open(metric, value, has[now[0]]) for value in last)


def _is_open(metric: Metric, last: float | None, best: float) -> bool:
    """Whether an entry that is not shown, with that last value, may still lead."""
    if last is None:
        return not metric.primary
    return metric.better(last, best) or (last == best and not metric.places)


def _last_value(diff: Diff, past: BoardState, metric: Metric, entry: EntryId) -> float | None:
    if diff.before is not None and entry in diff.before.entries:
        return diff.before.values(metric.id).get(entry)
    if metric.primary:
        return past.known[entry].primary if entry in past.known else None
    return last_unseen(past, metric, entry)


def _on_page(diff: Diff, metric: Metric, fresh: Leaders) -> Leaders:
    """The entries that led on the page before, under the keys they have now; without new leaders, and rows that name no entry."""
    assert diff.before is not None
    keys = keys_now(diff)
    led = [keys.get(entry, entry) for entry in leaders(diff.before, metric) if entry in diff.before.entries]
    return tuple(entry for entry in led if entry not in fresh)


class _Lead(NamedTuple):
    """The leaders now, those of them that did not lead before, those who did, and the best entry of another model below.

    `former` are acknowledged; the entries that led on the last page, under the keys they have now, may be others: `on_page`.
    """

    now: Leaders
    fresh: Leaders
    former: Leaders
    on_page: Leaders
    second: Entry | None


def _event(diff: Diff, past: BoardState, metric: Metric, lead: _Lead, since: _Since) -> Event:
    seen = [entry for entry in reversed(lead.former) if any(entry in snapshot.entries for snapshot in both(diff))]
    leader, second = diff.after.entries[lead.fresh[0]].measures[metric.id], lead.second
    listings = (diff.after.entries.get(entry) for entry in lead.former)
    others = [listing.measures[metric.id] for listing in listings if listing and metric.id in listing.measures]
    known = past.known.get(lead.fresh[0])
    was_scored = metric.primary and known is not None and known.scored != ""
    grade = _grade(diff, metric, lead.fresh[0] if not was_scored else None, leader, others)
    quoted = dict.fromkeys((*lead.fresh, *lead.former, *([second.id] if second else [])))
    heavy = 95 if grade != Grade.NOMINAL else 80
    dated = grade == Grade.SUCCESSION
    is_tie = second is not None and is_noise(leader.value, second.measures[metric.id].value)
    return make(
        diff,
        after=datetime.fromisoformat(since.after) if dated else None,
        until=datetime.fromisoformat(since.until) if dated else None,
        rule=RULE,
        grade=grade,
        weight=heavy if metric.primary or diff.board.primary is None else heavy * 2 // 3,
        is_news=not ((dated and since.is_own) or is_tie)
        and (grade != Grade.NOMINAL or metric.nature is Nature.TESTED or metric.exact),
        subjects=[party(diff.after, entry) for entry in lead.fresh],
        rivals=[last_named(diff, entry) for entry in lead.on_page or seen],
        metric=metric.id,
        headline=_headline(diff, metric, lead, _caveat(diff, metric, leader, [second.measures[metric.id]] if second else others)),
        facts={
            "value": leader.value,
            "before": list(lead.former),
            "shared": len(lead.now) > 1,
            "runner_up": {"entry": str(second.id), "value": second.measures[metric.id].value} if second else None,
        },
        evidence=both_proofs(diff, quoted, metric.id),
    )


def _runner_up(snapshot: Snapshot, metric: Metric, leader: EntryId) -> Entry | None:
    """The best measured entry of another model; none if a row that names no entry ranks above it."""
    model = snapshot.entries[leader].who.model
    has = snapshot.measured(metric.id)
    others = (entry for entry in has if entry != leader and (model is None or snapshot.entries[entry].who.model != model))
    second = min(others, key=lambda entry: (metric.sort_key(has[entry]), entry), default=None)
    unnamed = snapshot.unnamed_measured if metric.primary else ()
    if second is None or any(metric.better(value, has[second]) for value in unnamed):
        return None
    return snapshot.entries[second]


def _headline(diff: Diff, metric: Metric, lead: _Lead, caveat: str) -> str:
    """`b leads Board (score) with 60, ahead of c (55); before, a led`."""
    who = [party(diff.after, entry) for entry in lead.fresh]
    verb = "leads" if len(lead.now) == 1 else "share the lead on" if len(who) > 1 else "shares the lead on"
    second = lead.second
    value, *others = (
        entry.measures[metric.id].value for entry in (diff.after.entries[lead.fresh[0]], second) if entry is not None
    )
    figure = "" if metric.places else f" with {number(value, metric, *others)}"
    scale = " on a new scale" if diff.metrics[metric.id].verdict is Comparability.REBASED else ""
    scale = " in another table than before" if diff.restart else scale
    beside = [party(diff.after, entry) for entry in lead.now if entry not in lead.fresh]
    over = f", with {listed(beside)}" if beside else ""
    if second is not None:
        over = f", ahead of {second.name} ({number(others[0], metric, value)})"
    return f"{listed(who)} {verb} {diff.board.title} ({metric.title}){figure}{scale}{over}{_led(diff, metric, lead, caveat)}."


def _led(diff: Diff, metric: Metric, lead: _Lead, caveat: str) -> str:
    """Who led on the last page, and its value now if it is next below: a variant of the leader, which is not the runner-up."""
    listed_still = [entry for entry in lead.former if entry in diff.after.entries]
    before = [entry for entry in lead.on_page or listed_still if entry not in lead.now]
    if not before:
        return caveat
    second, has = lead.second, diff.after.measured(metric.id)
    is_away = diff.before is not None and not diff.restart and diff.before.entries.keys().isdisjoint(before)
    left = diff.after.entries.keys().isdisjoint(before) and not diff.restart and diff.after.ambiguous.isdisjoint(before)
    away = " but was not on the last page" if is_away and not left else ""
    if second is not None and before == [second.id]:
        return f", which led before{away}{caveat}"
    led, first = listed([last_named(diff, entry) for entry in before]) + " led" + away, before[0]
    if len(before) > 1 or first not in has or (second is not None and not metric.better(has[first], has[second.id])):
        return f"{caveat}; before, {led}{', no longer listed' if left else ''}"
    measures = [diff.after.entries[entry].measures[metric.id] for entry in (lead.fresh[0], first)]
    near = "" if _beyond_error(metric, measures[0], measures[1:]) else unsure(metric, *measures)
    return f"{caveat}; before, {led}, now at {number(has[first], metric)}{near}"


def _caveat(diff: Diff, primary: Metric, leader: Measure, others: Sequence[Measure]) -> str:
    """What a journalist has to add: that an estimate is higher, or that the gap is within the error."""
    estimated = any(primary.better(value, leader.value) for value in diff.after.values(primary.id).values())
    near = others and not _beyond_error(primary, leader, others)
    return (", among measured values" if estimated else "") + (unsure(primary, leader, *others) if near else "")


def _beyond_error(primary: Metric, leader: Measure, others: Sequence[Measure]) -> bool:
    """Whether each of the others ties with the leader, or is surely below it."""
    return all(other.value == leader.value or certainty(primary, leader, other) != "nominal" for other in others)


def _grade(diff: Diff, metric: Metric, entry: EntryId | None, leader: Measure, others: Sequence[Measure]) -> Grade:
    """`debut` by entering, `succession` after the old leader left, otherwise how far ahead: `supported` or `nominal`.

    `entry` is None if the leader had a value before, however long ago.
    """
    assert diff.before is not None
    if diff.metrics[metric.id].verdict is Comparability.REBASED:
        return Grade.REBASED
    if entry is not None and entry not in diff.before.values(metric.id):
        return Grade.DEBUT
    if not others:
        return Grade.SUCCESSION
    sure = _beyond_error(metric, leader, others) and any(other.value != leader.value for other in others)
    return Grade.SUPPORTED if sure else Grade.NOMINAL


def _why_recorded(event: Event) -> str:
    if event.grade == Grade.SUCCESSION:
        return "leads since another row of its model left"
    return "leads within the error of the values" if event.grade == Grade.NOMINAL else ""


KIND = EventKind(
    RULE,
    tuple(Grade),
    detect,
    folding=Folding(newcomer=("takes the lead from", "takes the lead")),
    explains={What.VALUE: 32, What.RANK: 5},
    why_recorded=_why_recorded,
    places=True,
)
