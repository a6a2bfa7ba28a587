"""The publisher re-based its scale: one event per board and day, and no news about single models from it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events._values import judged
from tracker.events.kind import EventKind, What
from tracker.events.making import make
from tracker.model import BoardState, Comparability, Diff, Event, Metric, MetricDiff, Nature
from tracker.wording import difference, listed

RULE = "methodology/1"
Grade = StrEnum("Grade", {"REBASED": "re-based", "ANOTHER_TABLE": "another_table"})


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # all kinds have this signature
    """Names the metrics whose values cannot be compared across this date; each starts a new segment."""
    rebased = list(judged(diff, Comparability.REBASED))
    if rebased:
        yield _another_table(diff) if diff.restart else _rebased(diff, rebased)


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
        facts={"metrics": {str(metric.id): _facts(verdict) for metric, verdict in rebased}, "version": diff.after.version},
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


def _facts(verdict: MetricDiff) -> dict[str, object]:
    return {
        "reason": verdict.reason,
        "moved": verdict.moved,
        "common": verdict.common,
        "share": verdict.moved / verdict.common if verdict.common else None,
        "median_shift": verdict.median_shift,
    }


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset(Grade), detect=detect, explains={What.VALUE: 10}, of_metric=True)
