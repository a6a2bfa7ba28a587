"""A metric appeared on a board."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.events.making import make, page_proofs
from tracker.model import BoardState, Comparability, Diff, Event

RULE = "metric_added/1"


def detect(diff: Diff, past: BoardState) -> Iterator[Event]:
    """No entry had a value before, some have one now: new, or `returned` after the field had been lost."""
    for metric in diff.board.metrics:
        verdict = diff.metrics.get(metric.id)
        if verdict is None or verdict.verdict is not Comparability.APPEARED:
            continue
        returned = metric.id in past.drifted
        yield make(
            diff,
            rule=RULE,
            grade="returned" if returned else "new",
            weight=20,
            is_news=True,
            metric=metric.id,
            headline=f"{diff.board.title} {'shows' if returned else 'now has'} {metric.title} {'again ' if returned else ''}"
            f"for {verdict.filled_after} of {len(diff.after.entries)} entries.",
            facts={"filled": verdict.filled_after, "of": len(diff.after.entries)},
            evidence=page_proofs(diff),
        )
