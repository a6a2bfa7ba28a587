"""What a chart shows, as values: lines over time, a standing, scores against prices, days with changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # only annotations name them
    from tracker.model.declared import Metric
    from tracker.model.ids import EventId
    from tracker.model.reading import Measure
    from tracker.model.reports import Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartHead:
    """What the words around a chart name: the board, its metric, and who publishes it.

    The chart shows readings from `since` to `read_until`; `as_of` is the time it was asked for, later if the board was not read
    since. `supported`: ranks count only rivals that are better beyond the published error. `hidden_lead`: a row that names no
    entry, as it shares its name with another, is above all. `chosen`: only entries that somebody chose are shown and ranked.
    """

    board: str
    metric: Metric
    since: datetime
    read_until: datetime
    as_of: datetime
    attribution: str = ""
    supported: bool = False
    hidden_lead: bool = False
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPoint:
    """A line at a reading: its measure and its rank, None where it was not listed, and the entry that held it for a lab."""

    at: datetime
    measure: Measure | None
    rank: int | None = None
    holder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartLine:
    """A line, by time, with a point for every reading of the chart. `label` is a lab, or the name of an entry."""

    label: str
    points: Sequence[ChartPoint]

    @property
    def last(self) -> ChartPoint:
        """The line at the last reading."""
        return self.points[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartBreak:
    """The first reading of a new segment: nothing before it can be compared with anything from it on."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChart:
    """Lines over time, the best at the end first; `context` are further ones, to be shown without a name."""

    head: ChartHead
    lines: Sequence[ChartLine]
    context: Sequence[ChartLine] = ()
    breaks: Sequence[ChartBreak] = ()
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartRow:
    """A row of a standing. `rank`: 1 and the number of rows that are better beyond the published error."""

    rank: int
    name: str
    lab: str
    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingChart:
    """The first rows of a board at a time, the best first: each model once, `of` models in all."""

    head: ChartHead
    rows: Sequence[ChartRow]
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpot:
    """An entry by its score and by what it costs. `best`: no other has a higher score for as little."""

    name: str
    lab: str
    score: Measure
    cost: float
    best: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontierChart:
    """Scores against a price, a size or a speed (`cost`, `cost_metric` if it is a metric), the best score first."""

    head: ChartHead
    cost: str
    cost_metric: Metric | None
    more_is_better: bool
    spots: Sequence[ChartSpot]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarChart:
    """On which days a board was read, how many entries changed, and on which its scale did; days are UTC."""

    head: ChartHead
    changed: Mapping[date, int]
    rebased: Mapping[date, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardCharts:
    """The charts of a board in a report: its order over time if it has one, and the course of an entry by the event about it."""

    order: LineChart | None
    courses: Mapping[EventId, LineChart]


Chart = LineChart | StandingChart | FrontierChart | CalendarChart
