"""Why-not: every mechanical change of an entry, with the event that reported it or the rule that kept it out of the news.

A change is mechanical: something of the entry differs between two accepted snapshots in a row. The rules are those of the
decisions 0003 (comparability), 0004 (overtakes) and 0005 (absence); this module only words them and decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tracker.events import KINDS
from tracker.events.kind import What
from tracker.model import (
    BoardId,
    BoardState,
    Comparability,
    Diff,
    Entry,
    EntryId,
    Event,
    EventId,
    Measure,
    Metric,
    MetricDiff,
    Move,
    Nature,
    Snapshot,
    Step,
    name_tokens,
)
from tracker.order import competition_ranks, error_between
from tracker.wording import difference, interval, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference of an entry. `of` is the metric or the attribute; texts are as published, None if there is none."""

    entry: EntryId
    what: What
    of: str = ""
    before: str | None = None
    now: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A change between two looks (later than `after`, not later than `until`) and why it was or was not news.

    `is_news`: `event` reported it. Otherwise `reason` is the rule that kept it out of the news, and `event` the one that
    records it, if any.
    """

    board: BoardId
    name: str
    change: Change
    after: datetime | None
    until: datetime
    reason: str
    event: EventId | None = None
    is_news: bool = False


def explain(steps: Iterable[Step], entries: Collection[EntryId]) -> Iterator[Explained]:
    """Every change of those entries in a board's steps, which must begin with its first; in the order of time, entry and kind."""
    past = BoardState()
    for step in steps:
        if step.diff is not None:
            for entry in sorted(entries):
                yield from explain_diff(step.diff, step.events, past, entry)
        past = step.past


def explain_diff(diff: Diff, events: Collection[Event], past: BoardState, entry: EntryId) -> Iterator[Explained]:
    """What this diff did to an entry; `past` is what was remembered before it."""
    about = [event for event in events if any(party.entry == entry for party in event.subjects)]
    general = [event for event in events if KINDS[event.kind].of_metric]
    for change in changes(diff, entry):
        event = _event_of(change, [*about, *general])
        yield _explained(diff, change, event, _reported(event) or _why_recorded(event) or _reason(diff, past, change))
    departure = Change(entry=entry, what=What.DEPARTURE)
    if entry not in diff.after.entries and (gone := _event_of(departure, about)):
        yield _explained(
            diff, departure, gone, _reported(gone) or _why_recorded(gone) or f"recorded as {gone.kind} ({gone.grade})"
        )


def _reported(event: Event | None) -> str:
    return f"reported as {event.kind} ({event.grade})" if event is not None and event.is_news else ""


def _explained(diff: Diff, change: Change, event: Event | None, reason: str) -> Explained:
    snapshots = [snapshot for snapshot in (diff.after, diff.before) if snapshot is not None]
    names = [snapshot.entries[change.entry].name for snapshot in snapshots if change.entry in snapshot.entries]
    names += [party.name for party in event.subjects if party.entry == change.entry] if event else []
    return Explained(
        board=diff.board.id,
        name=names[0] if names else "",
        change=change,
        after=diff.seen_until or (diff.before.observed_at if diff.before else None),
        until=diff.after.observed_at,
        reason=reason,
        event=event.id if event else None,
        is_news=event is not None and event.is_news,
    )


# ── what changed ─────────────────────────────────────────────────────────────────────────────────


def changes(diff: Diff, entry: EntryId) -> Iterator[Change]:
    """Everything of an entry that differs between the two snapshots of a diff.

    What appears or goes with the entry itself is not a change of its own, nor is a rank that appears or goes with its value.
    """
    old = diff.before.entries.get(entry) if diff.before else None
    new = diff.after.entries.get(entry)
    if old is None or new is None:
        if old is not new:
            yield Change(entry=entry, what=What.ABSENCE if new is None else What.APPEARANCE)
        return
    if entry in diff.rekeyed:
        yield Change(entry=entry, what=What.KEY, before=diff.rekeyed[entry], now=entry)
    if old.name != new.name:
        yield Change(entry=entry, what=What.NAME, before=old.name, now=new.name)
    yield from _attributes(old, new)
    yield from _values(old, new)
    was, now = _ranks(diff, entry)
    if was is not None and now is not None and was != now:
        yield Change(entry=entry, what=What.RANK, before=str(was), now=str(now))


def _attributes(old: Entry, new: Entry) -> Iterator[Change]:
    for name in sorted(old.attributes.keys() | new.attributes.keys()):
        was, now = old.attributes.get(name), new.attributes.get(name)
        if was != now:
            yield Change(entry=new.id, what=What.ATTRIBUTE, of=name, before=was, now=now)


def _values(old: Entry, new: Entry) -> Iterator[Change]:
    for metric in sorted(old.measures.keys() | new.measures.keys()):
        was, now = old.measures.get(metric), new.measures.get(metric)
        if was != now:
            yield Change(entry=new.id, what=What.VALUE, of=metric, before=as_published(was), now=as_published(now))


def as_published(measure: Measure | None) -> str | None:
    """A value as the publisher wrote it, `~` before an estimate, with the interval if there is one."""
    if measure is None:
        return None
    return f"{'~' if measure.estimated else ''}{measure.raw or measure.value}{interval(measure)}"


def _ranks(diff: Diff, entry: EntryId) -> tuple[int | None, int | None]:
    """The ranks before and after; the diff has those that changed, if values could be compared."""
    primary = diff.board.primary
    if primary is None or primary.higher_is_better is None:
        return None, None
    if diff.metrics[primary.id].usable:
        return next(((move.before, move.after) for move in diff.ranks if move.entry == entry), (None, None))
    return _rank(primary, diff.before, entry), _rank(primary, diff.after, entry)


def _rank(primary: Metric, snapshot: Snapshot | None, entry: EntryId) -> int | None:
    if snapshot is None:
        return None
    return competition_ranks(primary, snapshot.values(primary.id), snapshot.unnamed).get(entry)


# ── which event reports it ───────────────────────────────────────────────────────────────────────


def _event_of(change: Change, events: Iterable[Event]) -> Event | None:
    """The event that reports the change most directly; one that is news before one that is only recorded."""
    ranks = {name: kind.explains[change.what] for name, kind in KINDS.items() if change.what in kind.explains}
    fitting = [event for event in events if event.kind in ranks and _is_about(event, change)]
    return min(fitting, key=lambda event: (not event.is_news, ranks[event.kind], -event.weight, event.id), default=None)


def _is_about(event: Event, change: Change) -> bool:
    if change.what is What.ATTRIBUTE:
        return change.of in (event.facts.get("attribute"), event.grade)
    rebased = event.facts.get("metrics") if KINDS[event.kind].of_metric else None
    return change.what is not What.VALUE or change.of == event.metric or (isinstance(rebased, Mapping) and change.of in rebased)


# ── which rule kept it out ───────────────────────────────────────────────────────────────────────


def _reason(diff: Diff, past: BoardState, change: Change) -> str:
    """The rule, in words."""
    if diff.before is None:
        return "the board's first snapshot: there is nothing to compare it with"
    if diff.restart:
        return f"another table than before is shown, and nothing in the two is compared ({diff.restart})"
    match change.what:
        case What.APPEARANCE:
            return _why_no_debut(diff, past, change.entry)
        case What.ABSENCE:
            return _why_no_departure(diff, change.entry)
        case What.NAME | What.KEY:
            return "the same entry under another key"
        case What.ATTRIBUTE:
            return _why_no_news_of_attribute(change)
        case What.RANK:
            return _why_no_rank_move(diff, change.entry)
        case _:
            return _why_no_revision(diff, past, change)


def _why_recorded(event: Event | None) -> str:
    """Why an event is only recorded, in the words of its kind; empty if the kind leaves that to the rules below."""
    if event is None or (why := KINDS[event.kind].why_recorded) is None:
        return ""
    return why(event)


def _why_no_debut(diff: Diff, past: BoardState, entry: EntryId) -> str:
    assert diff.before is not None
    if entry in diff.read_again:
        return f"its row was left out until now ({diff.read_again[entry].why})"
    if entry in diff.before.ambiguous:
        return "its key stood more than once on the page before"
    known = past.known.get(entry)
    if known is not None and not known.departed:
        hidden = known.missing_since is None
        why = "the page did not show it, and need not have" if hidden else "one absence is not confirmed"
        return f"it comes back without ever having been reported as gone: {why}"
    if entry in diff.revealed:
        return "it stands below the depth that the page before showed: it may have been there"
    return f"it may have been below the cut of the page before ({past.capped_at} rows)"


def _why_no_departure(diff: Diff, entry: EntryId) -> str:
    if entry in diff.left_out:
        return f"its row is left out: nothing is known of it ({diff.left_out[entry].why})"
    if entry in diff.after.ambiguous:
        return "its key stands more than once on the page"
    if entry in diff.missing:
        return "one absence is not a departure: a second snapshot must confirm it"
    if diff.cap is not None:
        return f"the page seems to be cut off at {diff.cap} rows"
    if entry in diff.fell_out and diff.after.depth is None:
        return f"it fell out of the top {len(diff.after.entries)}: others may have displaced it"
    if entry in diff.relisted.values():
        return "its name is listed under another key"
    if any(entry in fitting for fitting in diff.doubtful.values()):
        return "it may be listed under another label: it is not certain which row that is"
    if diff.is_top:
        return "below the depth: the page need not show it"
    return "another row has its values now: it may be listed under that name"


def _why_no_news_of_attribute(change: Change) -> str:
    if change.before is None:
        return "stated for the first time: what was unknown did not change"
    if change.now is None:
        return "no longer stated: unknown is not a change"
    same = name_tokens(change.before) == name_tokens(change.now)
    return "the same but for capitals and punctuation" if same else "another property says the same of it"


def _why_no_rank_move(diff: Diff, entry: EntryId) -> str:
    primary = diff.board.primary
    move = next((move for move in diff.ranks if move.entry == entry), None)
    if primary is None or move is None:
        verdict = diff.metrics[primary.id].verdict if primary else ""
        return f"neither values nor ranks are compared ({verdict})"
    if not primary.ordered:
        return f"ranks on a {primary.nature} metric are not news"
    parts = (
        (move.arrivals_above, f"{move.arrivals_above} arrived above"),
        (move.departures_above, f"{move.departures_above} left above"),
        (move.unrounded, "finer decimals untied it"),
    )
    return f"moved only because {' and '.join(cause for counts, cause in parts if counts)}"


def _why_no_revision(diff: Diff, past: BoardState, change: Change) -> str:
    assert diff.before is not None
    metric = next((metric for metric in diff.board.metrics if metric.id == change.of), None)
    if metric is None:
        return "the declaration has no such metric any more"
    was, now = (snapshot.entries[change.entry].measures.get(metric.id) for snapshot in (diff.before, diff.after))
    verdict = diff.metrics[metric.id]
    if not verdict.usable:
        return f"{_VERDICTS[verdict.verdict]}{f' ({verdict.reason})' if verdict.reason else ''}"
    if was is None:
        return _why_no_first_value(metric, past, change.entry, now)
    if now is None:
        withdrawn = "no longer published: reported only for the metric that ranks the board"
        return "an estimate was taken back" if was.estimated else withdrawn
    return _why_no_move(metric, verdict, change.entry, was, now)


_VERDICTS: Mapping[Comparability, str] = {
    Comparability.REBASED: "re-based: values before and after cannot be compared",
    Comparability.DRIFTED: "the field drifted: nothing is concluded from it",
    Comparability.VANISHED: "the whole column is gone: nothing happened to the entry",
    Comparability.APPEARED: "the whole metric appeared: nothing happened to the entry",
    Comparability.INCOMMENSURABLE: "too little in common to compare",
}


def _why_no_first_value(metric: Metric, past: BoardState, entry: EntryId, now: Measure | None) -> str:
    if metric.id in past.drifted:
        return "it comes back with a field that had lost its values"
    if now is not None and now.estimated:
        return "an estimate, not a measurement"
    if metric.primary and entry in past.known and past.known[entry].scored:
        return "it had a value before: its return is not news"
    return "a first value: there is none of its own to compare it with"


def _why_no_move(metric: Metric, verdict: MetricDiff, entry: EntryId, was: Measure, now: Measure) -> str:
    if now.estimated:
        return (
            "an estimate, not a measurement" if was.estimated else "a measurement became an estimate, and estimates are not news"
        )
    if was.estimated:
        return "an estimate became a measurement: reported the first time, for the metric that ranks the board"
    if was.value == now.value:
        same_interval = (was.low, was.high) == (now.low, now.high)
        return "the same number, written differently" if same_interval else "only its interval changed"
    if metric.volatile:
        return "the metric is declared volatile: kept, never compared"
    if metric.nature in _NEVER_NEWS:
        return _NEVER_NEWS[metric.nature]
    move = verdict.moves.get(entry)
    if move is None:
        return "the same number at the published precision"
    if not move.significant:
        return _within(metric, move)
    if number(was.value, metric) == number(now.value, metric):
        return f"reads the same in print: {number(now.value, metric)}"
    return "less than 1 % of the value, and no error is published to compare it with"


_NEVER_NEWS: Mapping[Nature, str] = {
    Nature.LIVE: "live metric: single readings are not news",
    Nature.COUNT: "counts are expected to change and are not news",
    Nature.POINTS: "points are expected to change: another leader and overtakes among the ten best are news",
}


def _within(metric: Metric, move: Move) -> str:
    shift = difference(move.shift, metric)
    error = error_between(metric, move.before, move.after)
    if error is not None:
        whose = "the intervals" if metric.stated_error is None else "the stated error"
        return f"within {whose}: moved by {shift}, not beyond {difference(error, metric)}"
    return f"within the scatter of the refit: moved by {shift} once the common drift is taken out"
