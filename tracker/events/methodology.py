"""The publisher re-based its scale, or estimates what it measured: one event per board and day, and no news of single models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum

from tracker.events._values import judged, values_shown
from tracker.events.kind import Detection, EventKind, What
from tracker.events.making import make
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Metric, MetricDiff, Nature, Snapshot, is_new_version
from tracker.wording import count, difference, listed

RULE = "methodology/1"
Grade = StrEnum(
    "Grade", {"REBASED": "re-based", "ANOTHER_TABLE": "another_table", "ESTIMATES": "estimates", "VERSION": "version"}
)
_JUMP, _JUMP_SHARE = 5, 0.1
"""From this number of values on, and this share of a metric's, that become estimates, or measurements, it is one decision."""
_SAMPLE = 20
"""Values of each re-based metric that are remembered until the next change, in case they come back."""
_BACK, _NEAR = 0.8, 0.1
"""The old values are back if this share of the sample is off by less than this share of the way there."""


def detect(diff: Diff, past: BoardState) -> Detection:
    """The metrics that start a new segment; one more event names those of which another share is estimated than before.

    A version that changed without a new segment is an event: the values still compare.

    Remembers values from before a re-base: the next change may undo it.
    """
    rebased, events = list(judged(diff, Comparability.REBASED)), list[Event]()
    if rebased:
        events.append(_another_table(diff) if diff.restart else _rebased(diff, _with_returns(diff, rebased, past)))
    if diff.before is not None and not diff.restart:
        ranked = (metric for metric in diff.board.metrics if metric.ranked)
        jumps = [(metric, counts) for metric in ranked if (counts := _jump(diff, diff.before, metric)) is not None]
        if jumps:
            events.append(_estimates(diff, diff.before, sorted(jumps, key=lambda jump: not jump[0].primary)))
        explained = {page.version_part(metric) for metric, _ in rebased for page in (diff.before, diff.after)}
        events += (_version(diff, part, *texts) for part, texts in _new_versions(diff, diff.before) if part not in explained)
    return Detection(events=events, memory=_samples(diff.before, rebased) if diff.before is not None and rebased else {})


def _new_versions(diff: Diff, before: Snapshot) -> Iterable[tuple[str, tuple[str, str]]]:
    """The payloads, or the board, that state another version than before."""
    pairs = {part: (before.versions.get(part, ""), new) for part, new in diff.after.versions.items()}
    return ((part, pair) for part, pair in pairs.items() if is_new_version(*pair))


def _version(diff: Diff, part: str, old: str, new: str) -> Event:
    assert diff.before is not None
    metrics = [metric for metric in diff.board.metrics if diff.after.version_part(metric) == part and metric.ranked]
    moved = sum(diff.metrics[metric.id].moved for metric in metrics)
    of = f" of {listed([metric.title for metric in metrics], 1)}" if part and metrics else ""
    values = "no value moved" if not moved else f"{count(moved, 'value')} moved, as between two of its ordinary updates"
    return make(
        diff,
        rule=RULE,
        grade=Grade.VERSION,
        weight=45,
        is_news=True,
        headline=f"{diff.board.title} states version {new}{of}, no longer {old}; {values}, so values before and after compare.",
        facts={"payload": part, "before": old, "version": new, "moved": moved},
    )


def _samples(before: Snapshot, rebased: list[tuple[Metric, MetricDiff]]) -> dict[str, object]:
    former = {str(metric.id): dict(sorted(before.values(metric.id).items())[:_SAMPLE]) for metric, _ in rebased}
    return {"former": former, "at": before.observed_at.isoformat()}


def _with_returns(diff: Diff, rebased: list[tuple[Metric, MetricDiff]], past: BoardState) -> list[tuple[Metric, MetricDiff]]:
    """The metrics with "the values are back" for a reason where this re-base undoes the one before."""
    memory = past.memory.get("methodology") or {"former": {}, "at": ""}
    reason = f"the values of {memory['at'][:10]} are back"
    return [
        (metric, replace(verdict, reason=reason) if _is_back(diff, metric, memory["former"]) else verdict)
        for metric, verdict in rebased
    ]


def _is_back(diff: Diff, metric: Metric, former: Mapping[str, Mapping[str, float]]) -> bool:
    between, now = diff.before.values(metric.id) if diff.before else {}, diff.after.values(metric.id)
    sample = {EntryId(entry): value for entry, value in former.get(metric.id, {}).items()}
    common = [entry for entry in sample if entry in between and entry in now]
    back = sum(abs(now[entry] - sample[entry]) <= _NEAR * abs(between[entry] - sample[entry]) for entry in common)
    return len(common) >= _JUMP and back >= _BACK * len(common)


def _jump(diff: Diff, before: Snapshot, metric: Metric) -> tuple[int, int, int] | None:
    """Among the entries with a value before and now: the estimates before, those now, and all. None without a jump.

    A page without any estimate may not mark them.
    """
    estimates = [page.values(metric.id).keys() - page.measured(metric.id).keys() for page in (before, diff.after)]
    if not all(estimates):
        return None
    both = before.values(metric.id).keys() & diff.after.values(metric.id).keys()
    old, new = (len(both & entries) for entries in estimates)
    return (old, new, len(both)) if abs(new - old) >= max(_JUMP, _JUMP_SHARE * len(both)) else None


def _estimates(diff: Diff, before: Snapshot, jumps: list[tuple[Metric, tuple[int, int, int]]]) -> Event:
    metric = jumps[0][0]
    (old, of_old), (new, of) = (
        (len(estimates), len(sure) + len(estimates))
        for sure, estimates in (values_shown(page, metric) for page in (before, diff.after))
    )
    return make(
        diff,
        rule=RULE,
        grade=Grade.ESTIMATES,
        weight=75 if metric.primary else 50,
        is_news=True,
        metric=metric.id,
        headline=f"{diff.board.title} now estimates {listed([metric.title for metric, _ in jumps], 1)} for {new} of {of} rows;"
        f" before, for {old} of {of_old}.",
        facts={
            "metrics": {
                str(metric.id): {"estimates_before": old, "estimates": new, "common": of} for metric, (old, new, of) in jumps
            }
        },
    )


def _rebased(diff: Diff, rebased: list[tuple[Metric, MetricDiff]]) -> Event:
    primary_first = sorted(rebased, key=lambda pair: not pair[0].primary)
    metric, first = primary_first[0]
    has_shift = first.moved and metric.nature is not Nature.FITTED  # the reason of a fitted board states that of the whole board
    shift = f", median shift {difference(first.median_shift, metric)}" if has_shift else ""
    return make(
        diff,
        rule=RULE,
        grade=Grade.REBASED,
        weight=90 if metric.primary else 60,
        is_news=True,
        metric=metric.id,
        headline=f"{diff.board.title} re-based {listed([metric.title for metric, _ in primary_first], 1)}:"
        f" {first.reason}{shift}; values before and after cannot be compared.",
        facts={
            "metrics": {
                str(metric.id): {
                    "reason": verdict.reason,
                    "moved": verdict.moved,
                    "common": verdict.common,
                    "share": verdict.moved / verdict.common if verdict.common else None,
                    "median_shift": verdict.median_shift,
                }
                for metric, verdict in rebased
            },
            "version": diff.after.version,
        },
    )


def _another_table(diff: Diff) -> Event:
    return make(
        diff,
        rule=RULE,
        grade=Grade.ANOTHER_TABLE,
        weight=70,
        is_news=True,
        headline=f"{diff.board.title} shows another table than before ({len(diff.common)} of {len(diff.after.entries)} entries"
        " were listed under these keys); its history starts again.",
        facts={"reason": diff.restart, "common": len(diff.common)},
    )


KIND = EventKind(RULE, tuple(Grade), detect, explains={What.VALUE: 10}, of_metric=True)
