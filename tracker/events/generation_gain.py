"""How a newcomer compares with its own predecessor: the same line, size and mode of reasoning, the latest earlier generation on the page.

Source: docs/decisions/0014-parity-gains-frontiers.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import quantiles

from tracker.events import debut
from tracker.events._arrivals import newly_measured
from tracker.events._margin import apart, states_error
from tracker.events._predecessor import Lines, Predecessor, model_of, release_of
from tracker.events.kind import EventKind
from tracker.events.making import make, party, proof
from tracker.model import Board, BoardState, Comparability, Diff, Entry, EntryId, Event, Metric, MetricId
from tracker.traits import traits
from tracker.wording import number, unsure

RULE = "generation_gain/1"
Grade = StrEnum("Grade", "GAIN LOSS LEVEL NOMINAL UNMATCHED")
_UNUSABLE = (Comparability.DRIFTED, Comparability.VANISHED, Comparability.INCOMMENSURABLE)
_WEIGHT = {Grade.GAIN: 52, Grade.LOSS: 52, Grade.LEVEL: 8, Grade.NOMINAL: 8, Grade.UNMATCHED: 1}
_CLEAR = 0.1
"""Where no error is stated, a difference is told from this share of the range in which the middle half of the board lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gain:
    """[predecessor's, newcomer's] value; `gain` is positive where the newcomer is better; `beyond` is None where no error is stated."""

    values: tuple[float, float]
    gain: float
    beyond: bool | None


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """One event per newcomer whose family is known; told for the best variant of a release, unless its line had its generation there before.

    Grades: `gain` and `loss` (beyond the error; where none is stated, by a clear difference), `level` (within the error),
    `nominal` (too small a difference to say, and no error stated), and `unmatched` where there is nothing to compare with.
    """
    primary = diff.board.primary
    if primary is None or not primary.ranked:
        return
    fresh = {entry: how for entry, how in newly_measured(diff, past).items() if diff.after.entries[entry].who.family}
    if not fresh:
        return
    lines = Lines(diff.after, diff.board, [diff.after.entries[entry] for entry in fresh])
    best = _best(diff, primary, fresh)
    for entry in sorted(fresh):
        found = lines.predecessor(diff.after.entries[entry])
        event = _event(diff, past, primary, entry, found)
        told = (
            event.is_news and entry in best and fresh[entry] != debut.Grade.LATE_LISTING and not _is_refresh(diff, primary, entry)
        )
        yield event if told else replace(event, is_news=False, weight=min(event.weight, 8))


def _best(diff: Diff, primary: Metric, fresh: Mapping[EntryId, str]) -> set[EntryId]:
    """The best newcomer of each release, where it is the best listed variant of its model too."""
    standing = {
        entry.id: primary.sort_key(measure.value)
        for entry in diff.after.entries.values()
        if (measure := entry.measures.get(primary.id)) is not None and not measure.estimated
    }
    models: dict[object, EntryId] = {}
    releases: dict[object, EntryId] = {}
    for entry in sorted(standing, key=lambda one: (standing[one], one)):
        models.setdefault(model_of(diff.after.entries[entry]), entry)
        if entry in fresh:
            releases.setdefault(release_of(diff.after.entries[entry]) or entry, entry)
    return set(models.values()) & set(releases.values())


def _is_refresh(diff: Diff, primary: Metric, entry: EntryId) -> bool:
    """Whether one of its line and generation was measured on the board before, a preview or in another mode too."""
    assert diff.before is not None
    one = diff.after.entries[entry]
    siblings = Lines(diff.before, diff.board, [one]).siblings(one)
    return any((measure := other.measures.get(primary.id)) is not None and not measure.estimated for other in siblings)


def _event(diff: Diff, past: BoardState, primary: Metric, entry: EntryId, found: Predecessor) -> Event:
    if found.entry is None:
        return _unmatched(diff, primary, entry, found.why)
    one, other = diff.after.entries[entry], diff.after.entries[found.entry]
    gains, missing = _gains(diff, past, one, other)
    if primary.id not in gains:
        return _unmatched(diff, primary, entry, f"its predecessor {other.name} has no measured {primary.title}")
    grade = _grade(diff, primary, gains[primary.id])
    return make(
        diff,
        rule=RULE,
        grade=grade,
        weight=_WEIGHT[grade],
        is_news=grade in (Grade.GAIN, Grade.LOSS),
        subjects=[party(diff.after, entry)],
        rivals=[party(diff.after, found.entry)],
        metric=primary.id,
        headline=_headline(diff.board, one, other, gains),
        facts={
            "predecessor": {"entry": str(other.id), "name": other.name, "generation": other.who.generation},
            "gains": {
                str(metric): {"before": gain.values[0], "after": gain.values[1], "gain": gain.gain, "beyond_error": gain.beyond}
                for metric, gain in gains.items()
            },
            "missing": missing,
            **_alike(diff, one, other),
        },
        evidence=[proof(diff.after, who, metric) for metric in gains for who in (entry, found.entry)],
    )


def _grade(diff: Diff, primary: Metric, gain: _Gain) -> Grade:
    if gain.beyond is False or not gain.gain:
        return Grade.LEVEL
    if gain.beyond is None and abs(gain.gain) < _CLEAR * _middle_half(diff, primary):
        return Grade.NOMINAL
    return Grade.GAIN if gain.gain > 0 else Grade.LOSS


def _middle_half(diff: Diff, primary: Metric) -> float:
    """The width of the range in which the middle half of the board's measured values lies."""
    values = list(diff.after.measured(primary.id).values())
    low, _, high = quantiles(values, n=4) if len(values) > 1 else (0.0, 0.0, 0.0)
    return high - low


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


def _gains(diff: Diff, past: BoardState, one: Entry, other: Entry) -> tuple[dict[MetricId, _Gain], list[str]]:
    """The gain on every ranked metric that both have measured, and the metrics that one of them lacks."""
    gains, missing = {}, []
    for metric in diff.board.metrics:
        mine, theirs = one.measures.get(metric.id), other.measures.get(metric.id)
        if not metric.ranked or (mine is None and theirs is None):
            continue
        lost = metric.id in past.drifted or diff.metrics[metric.id].verdict in _UNUSABLE
        if lost or mine is None or theirs is None or mine.estimated or theirs.estimated:
            missing.append(str(metric.id))
            continue
        difference = mine.value - theirs.value
        gains[metric.id] = _Gain(
            values=(theirs.value, mine.value),
            gain=difference if metric.higher_is_better else -difference,
            beyond=apart(metric, mine, theirs) if states_error(metric, mine, theirs) else None,
        )
    return gains, missing


def _alike(diff: Diff, one: Entry, other: Entry) -> dict[str, object]:
    """In what the two are like for like, [predecessor, newcomer]."""
    pair = [traits(entry, diff.board) for entry in (other, one)]
    return {
        "size_total_b": [known.size_total_b for known in pair],
        "size_active_b": [known.size_active_b for known in pair],
        "reasoning": [known.reasoning for known in pair],
        "effort": [known.who.effort for known in pair],
    }


def _headline(board: Board, one: Entry, other: Entry, gains: Mapping[MetricId, _Gain]) -> str:
    primary = board.primary
    assert primary is not None
    before, after = gains[primary.id].values
    sure = "" if gains[primary.id].beyond else unsure(primary, one.measures[primary.id], other.measures[primary.id])
    better = sum(gain.gain > 0 for gain in gains.values())
    share = f"; better on {better} of {len(gains)} metrics they share" if len(gains) > 1 else ""
    return (
        f"{one.name} scores {number(after, primary)} on {board.title} ({primary.title}), against {number(before, primary)} of {other.name},"
        f" the latest earlier one of its line listed there like for like{sure}{share}."
    )


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset((Grade.GAIN, Grade.LOSS)), detect=detect)
