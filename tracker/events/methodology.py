"""The publisher re-based its scale: one event per board and day, and no news about single models from it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from tracker.events.kind import EventKind, What
from tracker.events.making import make, page_proofs
from tracker.model import BoardState, Comparability, Diff, Event, MetricDiff, Nature
from tracker.wording import difference, listed

RULE = "methodology/1"
Grade = StrEnum("Grade", {"REBASED": "re-based", "ANOTHER_TABLE": "another_table"})


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:  # noqa: ARG001  # every kind is asked in the same way
    """Names the metrics whose values cannot be compared across this date; each starts a new segment."""
    rebased = [verdict for verdict in diff.metrics.values() if verdict.verdict is Comparability.REBASED]
    if not rebased:
        return
    if diff.restart:
        yield _another_table(diff)
        return
    primary = diff.board.primary
    first = next((verdict for verdict in rebased if primary and verdict.metric == primary.id), rebased[0])
    titles = [diff.board.metric(verdict.metric).title for verdict in (first, *(one for one in rebased if one is not first))]
    yield make(
        diff,
        rule=RULE,
        grade=Grade.REBASED,
        weight=90 if primary and first.metric == primary.id else 60,
        is_news=True,
        metric=first.metric,
        headline=f"{diff.board.title} re-based {listed(titles, 1)}: {first.reason}{_shift(diff, first)};"
        " values before and after cannot be compared.",
        facts={"metrics": {str(verdict.metric): _facts(verdict) for verdict in rebased}, "version": diff.after.version},
        evidence=page_proofs(diff),
    )


def _shift(diff: Diff, verdict: MetricDiff) -> str:
    """The median shift of what moved; a fitted board's reason has that of the whole board already."""
    metric = diff.board.metric(verdict.metric)
    shifted = verdict.moved and metric.nature is not Nature.FITTED
    return f", median shift {difference(verdict.median_shift, metric)}" if shifted else ""


def _another_table(diff: Diff) -> Event:
    return make(
        diff,
        rule=RULE,
        grade=Grade.ANOTHER_TABLE,
        weight=70,
        is_news=True,
        headline=f"{diff.board.title} shows another table than before ({len(diff.common)} of {len(diff.after.entries)} entries"
        " were listed under these keys); its history starts anew.",
        facts={"reason": diff.restart, "common": len(diff.common)},
        evidence=page_proofs(diff),
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
