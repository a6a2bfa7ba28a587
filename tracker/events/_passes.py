"""Which line of models passed which on a metric, and by what cause; `line_overtake` decides what of it is news."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from msgspec import Struct

from tracker.events import _lines, departure
from tracker.events._lines import LEVELS, Line, LineField, ShownLines, Unseen, Values
from tracker.events._newcomers import arrivals_among, moved
from tracker.events._values import drifted_value, grouped, is_comparable
from tracker.model import BoardState, Comparability, Diff, EntryId, Measure, Metric, MetricId
from tracker.wording import number

LAB, FAMILY, GENERATION = LEVELS
_KEEPS_UNSEEN = (Comparability.COMPARABLE, Comparability.PRECISION, Comparability.DRIFTED)


class Stage(Struct, frozen=True, kw_only=True):
    """The figures by which all passes on one metric are judged; entries are (standing, key), the best first.

    `agents`: the entries of each line that can be a cause. `places`, `places_before`: the standings of all lines of a level.
    `estimates`: all estimates, with their lines. `reported`: keys of passes.
    """

    diff: Diff
    metric: Metric
    has: Values
    fresh: Mapping[EntryId, str]
    fallen: AbstractSet[EntryId]
    fields: Mapping[int, LineField]
    places: Mapping[int, Sequence[float]]
    places_before: Mapping[int, Sequence[float]]
    estimates: Sequence[tuple[float, Line, EntryId]]
    agents: Mapping[Line, Sequence[tuple[float, EntryId]]]
    reported: frozenset[str]

    @property
    def ranks(self) -> bool:
        """Whether the metric ranks the board; on a board without a primary metric all do."""
        return self.metric.primary or self.diff.board.primary is None

    def measure(self, entry: EntryId) -> Measure:
        """The value that an entry has now."""
        return self.diff.after.entries[entry].measures[self.metric.id]

    def value(self, entry: EntryId, *beside: EntryId) -> str:
        """The value that an entry has now, in words, with digits enough to differ from those of others."""
        return number(self.has[entry], self.metric, *(self.has[other] for other in beside))


class Pass(Struct, frozen=True, kw_only=True):
    """One line passed another; `best` and `passed` are the best entries of the two.

    `cause` is how `best` came to its value, `rise`, or `fall` if no entry of the riser moved. `bar` is the standing that the
    riser had to beat: the rival's, the better of before and now.
    """

    riser: Line
    rival: Line
    cause: str
    best: EntryId
    passed: EntryId
    bar: float

    @property
    def key(self) -> str:
        """The key of a reported pass. A family passes a generation once, whichever of its own generations did it."""
        return f"{'/'.join(self.riser[:FAMILY])} > {'/'.join(self.rival)}"


def shown_lines(diff: Diff) -> ShownLines:
    """The lines and values of both snapshots."""
    assert diff.before is not None
    metrics = (metric.id for metric in diff.board.metrics if metric.ranked)
    kept = [metric for metric in metrics if diff.metrics[metric].verdict in _KEEPS_UNSEEN]
    return ShownLines(
        of=(_lines.lines_of(diff.before), _lines.lines_of(diff.after)),
        entries=(_lines.entries_of(diff.before), _lines.entries_of(diff.after)),
        values={metric: (diff.before.measured(metric), diff.after.measured(metric)) for metric in kept},
    )


def stages(diff: Diff, past: BoardState, shown: ShownLines) -> Iterator[Stage]:
    """Each metric on which an entry came to a value, rose or fell."""
    for metric in diff.board.metrics:
        if not metric.ranked or not is_comparable(diff, past, metric):
            continue
        had, has = shown.values[metric.id]
        fresh = arrivals_among(has.keys() - had.keys(), diff, past, metric)
        agents = _agents(metric, fresh.keys() | moved(diff, metric, up=True), has, shown.of[1])
        fallen = moved(diff, metric, up=False)
        if not agents and not fallen:
            continue
        fields = _lines.levels(_lines.survey(diff, metric, shown, unseen=_unseen_before(past, metric.id), fresh=fresh))
        estimated = diff.metrics[metric.id].filled_after > len(has)
        yield Stage(
            diff=diff,
            metric=metric,
            has=has,
            fresh=fresh,
            fallen=fallen,
            fields=fields,
            places={level: sorted(best[0] for best in field.after.values()) for level, field in fields.items()},
            places_before={level: sorted(best[0] for best in field.before.values()) for level, field in fields.items()},
            estimates=sorted(
                (metric.sort_key(measure.value), line, entry)
                for entry, line in (shown.of[1].items() if estimated else ())
                if (measure := diff.after.entries[entry].measures.get(metric.id)) and measure.estimated
            ),
            agents=agents,
            reported=frozenset(remembered(past)["told"].get(metric.id, ())),
        )


def _agents(
    metric: Metric, entries: Collection[EntryId], has: Values, lines: Mapping[EntryId, Line]
) -> dict[Line, list[tuple[float, EntryId]]]:
    """The entries whose family is known, by each of their lines."""
    agents: dict[Line, list[tuple[float, EntryId]]] = {}
    for standing, entry in sorted((metric.sort_key(has[entry]), entry) for entry in entries):
        line = lines.get(entry)
        if line is not None and line[1]:
            for level in LEVELS:
                agents.setdefault(line[:level], []).append((standing, entry))
    return agents


def overtakes(stage: Stage) -> list[Pass]:
    """Every pass that has a cause, between lines of different labs, the best rivals first; none again at a narrower level."""
    result: list[Pass] = []
    for field in stage.fields.values():
        fallen = {line for line, best in field.before.items() if best[1] in stage.fallen} if stage.fallen else set()
        pairs = [pair for pair in _lines.passes(field, risers=stage.agents.keys(), rivals=fallen) if pair[0][0] != pair[1][0]]
        seen = {(broader.best, broader.passed) for broader in result}
        bars = {rival: _bar(stage, field, rival) for _, rival in pairs}
        for riser, rival in sorted(pairs, key=lambda pair: field.listed[pair[1]]):
            line_pass = _pass(stage, field, riser, rival, bars[rival])
            if line_pass is not None and (line_pass.best, line_pass.passed) not in seen:
                result.append(line_pass)
    return result


def _bar(stage: Stage, field: LineField, rival: Line) -> float:
    """The standing to beat: the rival's best before, as it would be now, or its best now."""
    was = stage.metric.sort_key(field.before[rival][0])
    return min(stage.metric.sort_key(drifted_value(stage.diff, stage.metric, was)), field.after[rival][0])


def _pass(stage: Stage, field: LineField, riser: Line, rival: Line, bar: float) -> Pass | None:
    """The pass with its cause: the entry that alone would have done it, otherwise the rival's fall; None without a cause."""
    agents, passed = stage.agents.get(riser), field.listed[rival][1]
    if agents and agents[0][0] < bar:
        best = agents[0][1]
        return Pass(riser=riser, rival=rival, cause=stage.fresh.get(best, "rise"), best=best, passed=passed, bar=bar)
    if field.before[rival][1] not in stage.fallen:
        return None
    return Pass(riser=riser, rival=rival, cause="fall", best=field.listed[riser][1], passed=passed, bar=bar)


def remembered(past: BoardState) -> Mapping[str, Any]:
    """The keys of reported passes (`told`) and the last values of entries that are not shown (`unseen`), by metric."""
    return past.memory.get("line_overtake") or {"told": {}, "unseen": {}}


def _unseen_before(past: BoardState, metric: MetricId) -> Unseen:
    rows = remembered(past)["unseen"].get(metric, ())
    return {EntryId(entry): ((lab, family, generation), value) for entry, lab, family, generation, value in rows}


def unseen_after(diff: Diff, past: BoardState, shown: ShownLines) -> Iterator[tuple[MetricId, list[list[object]]]]:
    """The rows of `unseen` to remember after this diff, by metric."""
    for metric, (had, has) in shown.values.items():
        last = _unseen_before(past, metric)
        if last or not had.keys() <= has.keys():
            yield metric, _rows(diff, past, diff.board.metric(metric), shown, last)


def _rows(diff: Diff, past: BoardState, metric: Metric, shown: ShownLines, last: Unseen) -> list[list[object]]:
    """The best of each line whose best is not shown, unless its departure is reported."""
    gone, lines = _lines.vanished(diff, metric, shown, last)
    of_line = grouped(lines, lines.__getitem__)
    entries = {line: [*shown.entries[1].get(line, ()), *missing] for line, missing in of_line.items()}
    best = _lines.bests(metric, {**shown.values[metric.id][1], **gone}, entries)
    left = {entry for _, entry in best.values() if entry in gone and entry not in diff.after.entries}
    departed = {entry for entry in left if entry in past.known and past.known[entry].departed}
    departed |= left.intersection(departure.confirmed(diff, past))
    return [
        [entry, *line, metric.sort_key(standing)]
        for line, (standing, entry) in sorted(best.items())
        if entry in gone and entry not in departed
    ]
