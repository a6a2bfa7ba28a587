"""A newcomer compared with its own predecessor: the latest earlier generation of its line, size and mode on the page.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import cache
from statistics import quantiles
from typing import NamedTuple

from tracker.events import debut
from tracker.events._level import is_apart, states_error
from tracker.events._newcomers import newly_measured
from tracker.events._predecessor import Lines, Predecessor, best_of_each, release_of
from tracker.events._values import is_whole, measured, ranked_primary
from tracker.events.kind import EventKind
from tracker.events.making import make, party, proof
from tracker.model import BoardState, Diff, Entry, EntryId, Event, Metric, MetricId
from tracker.traits import traits
from tracker.wording import number, unsure

RULE = "generation_gain/1"
Grade = StrEnum("Grade", "GAIN LOSS LEVEL NOMINAL UNMATCHED")
_WEIGHT = {Grade.GAIN: 52, Grade.LOSS: 52, Grade.LEVEL: 8, Grade.NOMINAL: 8, Grade.UNMATCHED: 1}
_CLEAR = 0.1
"""Where no error is stated, a difference counts from this share of the range in which the middle half of the board lies."""


class _Gain(NamedTuple):
    """The values of predecessor and newcomer. `gain` is positive for a better newcomer, `beyond_error` None if none is stated."""

    before: float
    after: float
    gain: float
    beyond_error: bool | None


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event per newcomer whose family is known. News for the best variant of a release that is a new generation here."""
    primary = ranked_primary(diff)
    if primary is None:
        return
    entries = diff.after.entries
    fresh = {entry: grade for entry, grade in newly_measured(diff, past).items() if entries[entry].who.family}
    if not fresh:
        return
    newcomers = [entries[entry] for entry in fresh]
    lines, former = Lines(diff.after, diff.board, newcomers), cache(lambda: _former(diff, newcomers))
    best = _best(diff, primary, fresh)
    for entry in sorted(fresh):
        event = _event(diff, past, primary, entry, lines.predecessor(entries[entry]))
        can_be_news = event.is_news and entry in best and fresh[entry] != debut.Grade.LATE_LISTING
        is_news = can_be_news and not _is_refresh(former(), primary, entries[entry])
        yield event if is_news else replace(event, is_news=False, weight=min(event.weight, 8))


def _best(diff: Diff, primary: Metric, fresh: Mapping[EntryId, str]) -> frozenset[EntryId]:
    """The best newcomer of each release, if it is the best listed variant of its model too."""
    entries = diff.after.entries
    has = diff.after.measured(primary.id)
    releases: dict[object, EntryId] = {}
    for entry in sorted(fresh, key=lambda entry: (primary.sort_key(has[entry]), entry)):
        releases.setdefault(release_of(entries[entry]) or entry, entry)
    return best_of_each(diff.after, primary) & set(releases.values())


def _former(diff: Diff, newcomers: Sequence[Entry]) -> Lines | None:
    """The lines of the page before."""
    return Lines(diff.before, diff.board, newcomers) if diff.before else None


def _is_refresh(former: Lines | None, primary: Metric, newcomer: Entry) -> bool:
    """Whether another of its line and generation was measured on the board before, including previews and other modes."""
    return former is not None and any(measured(sibling, primary) for sibling in former.siblings(newcomer))


def _event(diff: Diff, past: BoardState, primary: Metric, entry: EntryId, predecessor: Predecessor) -> Event:
    if predecessor.entry is None:
        return _unmatched(diff, primary, entry, predecessor.why)
    newcomer, earlier = diff.after.entries[entry], diff.after.entries[predecessor.entry]
    gains, missing = _gains(diff, past, newcomer, earlier)
    if primary.id not in gains:
        return _unmatched(diff, primary, entry, f"its predecessor {earlier.name} has no measured {primary.title}")
    grade, pair = _grade(diff, primary, gains[primary.id]), [traits(entry, diff.board) for entry in (earlier, newcomer)]
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_WEIGHT[grade],
        is_news=grade in (Grade.GAIN, Grade.LOSS),
        subjects=[party(diff.after, entry)],
        rivals=[party(diff.after, earlier.id)],
        metric=primary.id,
        headline=_headline(diff, primary, newcomer, earlier, gains),
        facts={
            "predecessor": {"entry": str(earlier.id), "name": earlier.name, "generation": earlier.who.generation},
            "gains": {str(metric): gain._asdict() for metric, gain in gains.items()},
            "missing": missing,
            "size_total_b": [known.size_total_b for known in pair],
            "size_active_b": [known.size_active_b for known in pair],
            "reasoning": [known.reasoning for known in pair],
            "effort": [known.who.effort for known in pair],
        },
        evidence=[proof(diff.after, who, metric) for metric in gains for who in (entry, earlier.id)],
    )


def _grade(diff: Diff, primary: Metric, gain: _Gain) -> Grade:
    if gain.beyond_error is False or not gain.gain:
        return Grade.LEVEL
    if gain.beyond_error is None:
        values = list(diff.after.measured(primary.id).values())
        low, _, high = quantiles(values, n=4) if len(values) > 1 else (0.0, 0.0, 0.0)
        if abs(gain.gain) < _CLEAR * (high - low):
            return Grade.NOMINAL
    return Grade.GAIN if gain.gain > 0 else Grade.LOSS


def _unmatched(diff: Diff, primary: Metric, entry: EntryId, why: str) -> Event:
    who = party(diff.after, entry)
    return make(
        diff,
        rule=RULE,
        grade=Grade.UNMATCHED,
        weight=_WEIGHT[Grade.UNMATCHED],
        is_news=False,
        subjects=[who],
        metric=primary.id,
        headline=f"{who.name} has no predecessor to be compared with on {diff.board.title}: {why}.",
        facts={"predecessor": None, "why": why, "gains": {}},
        evidence=[proof(diff.after, entry, primary.id)],
    )


def _gains(diff: Diff, past: BoardState, newcomer: Entry, earlier: Entry) -> tuple[dict[MetricId, _Gain], list[str]]:
    """The gain on every ranked metric that both have measured, and the metrics that one of them lacks."""
    gains, missing = {}, []
    published = newcomer.measures.keys() | earlier.measures.keys()
    for metric in (metric for metric in diff.board.metrics if metric.ranked and metric.id in published):
        after, before = measured(newcomer, metric), measured(earlier, metric)
        if after is None or before is None or not is_whole(diff, past, metric):
            missing.append(str(metric.id))
            continue
        difference = after.value - before.value
        gain = difference if metric.higher_is_better else -difference
        beyond = is_apart(metric, after, before) if states_error(metric, after, before) else None
        gains[metric.id] = _Gain(before.value, after.value, gain, beyond)
    return gains, missing


def _headline(diff: Diff, primary: Metric, newcomer: Entry, earlier: Entry, gains: Mapping[MetricId, _Gain]) -> str:
    gain = gains[primary.id]
    sure = "" if gain.beyond_error else unsure(primary, newcomer.measures[primary.id], earlier.measures[primary.id])
    better = [other.gain > 0 for metric, other in gains.items() if not diff.board.metric(metric).is_cost]
    share = f"; better on {sum(better)} of {len(better)} metrics" if len(better) > 1 else ""
    return (
        f"{newcomer.name} scores {number(gain.after, primary)} on {diff.board.title} ({primary.title}), against"
        f" {number(gain.before, primary)} of {earlier.name}, its predecessor listed there{sure}{share}."
    )


KIND = EventKind(RULE, tuple(Grade), detect, recorded=(Grade.LEVEL, Grade.NOMINAL, Grade.UNMATCHED))
