"""The words around a chart: the kind of its scale, and the finding that its title states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracker.charts._frame import Look
from tracker.model import ChartHead, ChartLine, Measure, Metric, Nature, StandingChart
from tracker.order import is_apart
from tracker.wording import day, listed, number

SCALES = {
    Nature.TESTED: "scored on a fixed test, comparable until the test is re-based",
    Nature.FITTED: "relative: falls when others rise",
    Nature.LIVE: "measured live: varies from day to day",
    Nature.LISTED: "as listed by the publisher",
    Nature.COUNT: "a count",
    Nature.POINTS: "points, which are exact",
}
_DIRECTIONS: Mapping[bool | None, str] = {True: "higher is better", False: "lower is better", None: ""}


def subtitle(head: ChartHead, look: Look, what: str = "{}") -> str:
    """Metric, unit, direction, kind of scale and time; `what` says what of the metric is drawn: `Order by {}`."""
    metric = head.metric
    unit = "%" if metric.percent_factor else metric.unit
    named = metric.title + (f" ({unit})" if unit and unit.casefold() not in metric.title.casefold() else "")
    direction = _DIRECTIONS[metric.higher_is_better]
    scale = SCALES[Nature.POINTS if metric.exact else metric.nature]
    metric_words = what.format(named) + (f", {direction}" if direction else "")
    words = f"{metric_words}; {scale}; as of {day(head.as_of, look.zone)}"
    return words[:1].upper() + words[1:]


def supported(head: ChartHead) -> bool:
    """Whether the publisher states an error that decides about the order."""
    return head.supported and not head.metric.exact


def order_words(head: ChartHead, leaders: Sequence[str], rival: str = "") -> str:
    """`A leads BOARD, ahead of B`, or who shares the lead if the error does not separate them; of chosen entries, no lead."""
    if not leaders:
        return f"{head.board}: no measured value at the last reading"
    if head.chosen:
        if len(leaders) > 1:
            return f"{listed(leaders)} are level on {head.board}"
        return f"{leaders[0]} is ahead of {rival} on {head.board}" if rival else f"{leaders[0]} on {head.board}"
    if head.hidden_lead:
        return f"{head.board}: rows that share a name are first; of the others, {listed(leaders)}"
    if len(leaders) > 1:
        return f"{listed(leaders)} share the lead of {head.board}"
    return f"{leaders[0]} leads {head.board}" + (f", ahead of {rival}" if rival else "")


def standing_words(chart: StandingChart, *, with_rival: bool = False) -> str:
    """The finding of a standing, by its measured rows; with the second of them, if it is behind."""
    measured = [row for row in chart.rows if not row.measure.estimated]
    leaders = [row.name for row in measured if row.rank == measured[0].rank]
    behind = measured[1].name if with_rival and len(leaders) == 1 < len(measured) else ""
    return order_words(chart.head, leaders, behind)


def lead_words(head: ChartHead, lines: Sequence[ChartLine]) -> str:
    """The finding of lines, the best first: who leads at the end, by measured values of one reading."""
    present = [(line, measure) for line in lines if (measure := line.last.measure) is not None and not measure.estimated]
    if not present:
        return order_words(head, ())
    (first, best), *others = present
    tied = [line.label for line, measure in others if not is_apart(head.metric, best, measure)]
    rival = others[0][0].label if others and not tied else ""
    return order_words(head, [first.label, *tied], rival)


def shown(measure: Measure | None, metric: Metric) -> str:
    """A value as a label shows it, `~` before an estimate."""
    return "" if measure is None else f"{'~' if measure.estimated else ''}{number(measure.value, metric)}"


def estimates(measures: Iterable[Measure | None]) -> str:
    """What hollow points mean, to follow another note; "" if no value is an estimate."""
    return " Hollow: estimated." if any(measure is not None and measure.estimated for measure in measures) else ""


def describe(lines: Sequence[ChartLine], metric: Metric, title: str, most: int = 12) -> str:
    """The text alternative: the finding, then the last value of each line."""
    values = (f"{line.label} {shown(line.last.measure, metric) or 'not listed'}" for line in lines[:most])
    return f"{title}. At the last reading: {'; '.join(values)}."
