"""The charts of a report: the order of each board with news that has one, and the course of each story's entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.compare.precision import same
from tracker.model import (
    Board,
    BoardCharts,
    BoardReport,
    ChartLine,
    ChartPoint,
    EntryId,
    Event,
    EventId,
    LineChart,
    Measure,
    MetricId,
    Report,
)
from tracker.model.names import Lexicon
from tracker.ports import Store
from tracker.query.pictures import order
from tracker.query.series import Wanted, members, period, rebases, sampled
from tracker.query.since import looked_at, value_at
from tracker.query.standings import wanted_metric
from tracker.reports.gaps import gaps

REACHES_BACK = timedelta(days=90)
"""The period that a report's charts show, up to the last reading before its end."""
_SECOND = timedelta(seconds=1)


def illustrated(report: Report, store: Store, lexicon: Lexicon) -> Report:
    """The report with the charts of its boards; boards that were read less than twice in the period have none."""
    boards = (_illustrated(board, store, lexicon, report.until - _SECOND) for board in report.boards)
    return replace(report, boards=tuple(boards))


def _illustrated(board: BoardReport, store: Store, lexicon: Lexicon, at: datetime) -> BoardReport:
    declared = store.declared(board.health.board) if board.stories else None
    looks = [look for look in looked_at(store, board.health.board) if look <= at] if declared else []
    since = looks[-1] - REACHES_BACK if looks else at
    if declared is None or sum(look >= since for look in looks) < 2:
        return board
    wanted = Wanted(since=since, at=looks[-1])
    shown = order(declared, store, lexicon, wanted) if board.top is not None else None
    leads = [story.lead for story in board.stories]
    return replace(board, charts=BoardCharts(order=shown, courses=_courses(leads, declared, store, lexicon, wanted)))


def _courses(leads: list[Event], board: Board, store: Store, lexicon: Lexicon, wanted: Wanted) -> dict[EventId, LineChart]:
    """A line for the first subject of each event, by the event's metric or the one that ranks the board, if its value changed."""
    by_metric: dict[MetricId, dict[EventId, EntryId]] = {}
    known = {metric.id for metric in board.metrics}
    for event in leads:
        metric = event.metric or (board.primary.id if board.primary else None)
        if event.subjects and metric in known:
            by_metric.setdefault(metric, {})[event.id] = event.subjects[0].entry
    return {
        event: chart
        for metric, entries in by_metric.items()
        for event, chart in _of_metric(entries, board, store, lexicon, replace(wanted, metric=metric)).items()
    }


def _of_metric(
    entries: Mapping[EventId, EntryId], board: Board, store: Store, lexicon: Lexicon, wanted: Wanted
) -> dict[EventId, LineChart]:
    declared = board.metric(wanted_metric(board, wanted.metric))
    looks, head = period(board, store, declared, since=wanted.since, at=wanted.at)
    breaks = rebases(board, store, declared, looks)
    charts = {}
    found = members(board, store, lexicon, declared, only=frozenset(entries.values()))
    lines = {member.entry.id: (member.entry.name, member.spans) for member in found}
    for event, entry in entries.items():
        name, spans = lines.get(entry, ("", ()))
        points = [ChartPoint(at=at, measure=value_at(spans, at)) for at in sampled(looks, breaks)]
        if _is_changed([point.measure for point in points if point.measure is not None]):
            line = ChartLine(label=name, points=points)
            charts[event] = LineChart(head=head, lines=(line,), breaks=tuple(breaks), gaps=gaps(looks, looks[0]))
    return charts


def _is_changed(measures: Sequence[Measure]) -> bool:
    """Whether a value differs from the one before by more than its decimals."""
    return any(not same(before, now, typical=(before.decimals, now.decimals)) for before, now in pairwise(measures))
