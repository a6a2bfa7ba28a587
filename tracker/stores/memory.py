"""The reference store: keeps steps as they come and answers by looking at all of them. Tests and `verify` use it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from tracker.errors import StoreError
from tracker.model import (
    Board,
    BoardId,
    Check,
    EntryId,
    Event,
    EventFilter,
    EventId,
    Measure,
    MetricId,
    Past,
    RankSpan,
    Segment,
    Snapshot,
    Span,
    Step,
)
from tracker.stores._changes import new_segments, plain, ranks, wants


class MemoryStore:
    """A list of steps per board."""

    def __init__(self) -> None:
        self._steps: dict[BoardId, list[Step]] = {}
        self._positions: dict[BoardId, int] = {}
        self._declared: dict[BoardId, Board] = {}
        self._withdrawn: dict[BoardId, set[EventId]] = {}

    def position(self, board: BoardId) -> int:
        return self._positions.get(board, 0)

    def move_position(self, board: BoardId, position: int) -> None:
        self._positions[board] = position

    def declare(self, board: Board) -> None:
        self._declared[board.id] = board

    def declared(self, board: BoardId) -> Board | None:
        return self._declared.get(board)

    def save(self, step: Step) -> None:
        steps = self._steps.setdefault(step.check.board, [])
        if steps and steps[-1].check.observed_at >= step.check.observed_at:
            raise StoreError(
                f"{step.check.board}: a step at {step.check.observed_at} is not later than the last stored; another run was here, run the command again"
            )
        steps.append(step)

    @contextmanager
    def rewriting(self, board: BoardId) -> Iterator[None]:
        old, position, declared = self._steps.get(board, []), self.position(board), self._declared.pop(board, None)
        self._steps[board], self._positions[board] = [], 0
        try:
            yield
        except BaseException:
            self._steps[board], self._positions[board] = old, position
            self._declared.pop(board, None)
            if declared is not None:
                self._declared[board] = declared
            raise
        now = {event.id for step in self._steps[board] for event in step.events}
        before = {event.id for step in old for event in step.events}
        self._withdrawn[board] = (self._withdrawn.get(board, set()) | before) - now

    def boards(self) -> tuple[BoardId, ...]:
        return tuple(sorted(board for board, steps in self._steps.items() if steps))

    def past(self, board: BoardId) -> Past:
        steps = self._steps.get(board)
        return steps[-1].past if steps else Past()

    def latest(self, board: BoardId) -> Snapshot | None:
        return next((plain(diff.after) for step in reversed(self._steps.get(board, [])) if (diff := step.diff)), None)

    def at(self, board: BoardId, at: datetime, metrics: Iterable[MetricId] | None = None) -> Snapshot | None:
        found = next((snapshot for snapshot in reversed(self._snapshots(board)) if snapshot.observed_at <= at), None)
        if found is None or metrics is None:
            return found
        only = frozenset(metrics)
        entries = {
            entry: replace(one, measures={metric: one.measures[metric] for metric in one.measures if metric in only})
            for entry, one in found.entries.items()
        }
        return replace(found, entries=entries)

    def checks(self, board: BoardId) -> Iterator[Check]:
        return (step.check for step in self._steps.get(board, []))

    def last_check(self, board: BoardId) -> Check | None:
        steps = self._steps.get(board)
        return steps[-1].check if steps else None

    def spans(self, board: BoardId, entry: EntryId, metric: MetricId) -> Sequence[Span]:
        values = [
            (one.observed_at, one.entries[entry].measures.get(metric) if entry in one.entries else None)
            for one in self._snapshots(board)
        ]
        return [
            Span(valid_from=start, valid_to=end, measure=value)
            for start, end, value in _stretches(values)
            if isinstance(value, Measure)
        ]

    def rank_spans(self, board: BoardId, entry: EntryId) -> Sequence[RankSpan]:
        primary = next((step.diff.board.primary for step in self._steps.get(board, []) if step.diff), None)
        if primary is None or primary.higher_is_better is None:
            return []
        values = [(one.observed_at, ranks(one, primary).get(entry)) for one in self._snapshots(board)]
        return [
            RankSpan(valid_from=start, valid_to=end, rank=value)
            for start, end, value in _stretches(values)
            if isinstance(value, int)
        ]

    def segments(self, board: BoardId) -> Sequence[Segment]:
        found = [segment for step in self._steps.get(board, []) if step.diff for segment in new_segments(step.diff)]
        return sorted(found, key=lambda segment: (segment.started_at, segment.metric))

    def events(self, wanted: EventFilter) -> Iterator[Event]:
        every = [event for board in sorted(self._steps) for step in self._steps[board] for event in step.events]
        return (event for event in sorted(every, key=lambda event: (event.recorded_at, event.board)) if wants(wanted, event))

    def event(self, event: str) -> Event | None:
        found = [one for one in self.events(EventFilter()) if one.id.startswith(event)]
        if len(found) > 1:
            raise StoreError(f"event {event!r}: {len(found)} ids begin so; give more of it")
        return found[0] if found else None

    def withdrawn(self, board: BoardId) -> Sequence[EventId]:
        return sorted(self._withdrawn.get(board, ()))

    def _snapshots(self, board: BoardId) -> list[Snapshot]:
        return [plain(step.diff.after) for step in self._steps.get(board, []) if step.diff]


def _stretches(values: Iterable[tuple[datetime, object]]) -> list[tuple[datetime, datetime | None, object]]:
    """Half-open stretches of equal values; the last is open."""
    found: list[tuple[datetime, datetime | None, object]] = []
    for at, value in values:
        if found and found[-1][2] == value:
            continue
        if found:
            found[-1] = (found[-1][0], at, found[-1][2])
        found.append((at, None, value))
    return found
