"""The best of a lab, of a family or of a generation came to stand above the best of another lab's.

debut (a variant entered above, or had its first measured value) · nominal, supported, decisive (a
variant rose above, or the rival's best fell below; graded as overtakes are). What the rival's unseen
entries last had still counts: nobody is passed by a disappearance.

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tracker.events import departure, milestone
from tracker.events._lines import LEVELS, Line, LineField, Lineup, bests, levels, line_of, lineup, passes, survey, title, vanished
from tracker.events._newcomers import WORDS, arrivals_among, drifted_value, moved
from tracker.events.detection import Detection
from tracker.events.kind import EventKind
from tracker.events.making import both_proofs, make, party
from tracker.model import BoardState, Comparability, Diff, EntryId, Event, Evidence, Measure, Metric, MetricId, Nature
from tracker.model.names import folded
from tracker.order import certainty
from tracker.wording import listed, number, unsure

RULE = "line_overtake/1"
Grade = StrEnum("Grade", "DEBUT NOMINAL SUPPORTED DECISIVE")
TOP_LINES = 10
"""On the primary metric a pass is news when the rival was among so many of the best labs, or families, before."""
TOP_ELSEWHERE = 3
"""On another metric: when a lab comes among so many of the best, over a lab that was."""
_RIVALS = 10
"""So many rivals an event names, the best first; `facts.passed` counts them all."""
_RIVALS_UNTOLD = 4
"""So many one names that is only kept in the record."""
_VARIANTS = 5
_NAMED = 2
_LAB, _FAMILY, _GENERATION = LEVELS
_WEIGHT = {Grade.DECISIVE: 66, Grade.SUPPORTED: 62, Grade.DEBUT: 58, Grade.NOMINAL: 5}
_ARRIVALS = frozenset(("entry", "first_score", "measured"))
_KEEPS_UNSEEN = (Comparability.COMPARABLE, Comparability.PRECISION, Comparability.DRIFTED)
Unseen = Mapping[EntryId, tuple[Line, float]]
Values = Mapping[EntryId, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that passes on one metric are judged by, entries as (standing, key) and the best first.

    `ranks`: whether the metric is the one by which the board is read. `agents`: the entries of each line that can be a cause.
    `places`, `places_before`: the standings of all lines of a level. `estimates`: all that are, with their lines. `told`: keys of passes.
    """

    diff: Diff
    metric: Metric
    ranks: bool
    has: Values
    fresh: Mapping[EntryId, str]
    fallen: AbstractSet[EntryId]
    fields: Mapping[int, LineField]
    places: Mapping[int, Sequence[float]]
    places_before: Mapping[int, Sequence[float]]
    estimates: Sequence[tuple[float, Line, EntryId]]
    agents: Mapping[Line, Sequence[tuple[float, EntryId]]]
    reported: frozenset[str]

    def measure(self, entry: EntryId) -> Measure:
        """The value that an entry has now."""
        return self.diff.after.entries[entry].measures[self.metric.id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One line passed another.

    `cause` is how `best` came to its value, `rise` or, where nobody of the riser did anything, `fall`. `best` and `passed` are
    the best entries of the two. `bar` is the standing that the riser had to beat: the rival's, the better of before and now.
    """

    riser: Line
    rival: Line
    cause: str
    best: EntryId
    passed: EntryId
    bar: float

    @property
    def key(self) -> str:
        """Under which it is remembered as told. A family passes a generation once, whichever of its own generations did it."""
        return f"{'/'.join(self.riser[:_FAMILY])} > {'/'.join(self.rival)}"


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per line that rose and metric, with all the lines it passed; each pair of best entries at the broadest level only.

    Where Qwen is the best of Alibaba and Llama of Meta, it is Alibaba that passed Meta, and no second event says that of Qwen.
    What is no news of any line that an entry is the best of is one event of that entry, kept in the record.

    Remembers which passes were reported, for ever, and the last values of each line's best entries while they cannot be seen.
    `told`: keys of `Pass` by metric. `unseen`: rows of entry, lab, family, generation and value by metric; a re-based or
    lost metric starts anew, and whoever has departed is forgotten.
    """
    reported = dict(_memory(past)["told"])
    if diff.before is None:
        return Detection(events=(), memory={"told": reported, "unseen": {}})
    shown = _shown(diff)
    events: list[Event] = []
    for stage in _stages(diff, past, shown):
        passes = overtakes(stage)
        news = told(stage, passes)
        events += _events(stage, passes, news)
        if keys := {key for one in news for key in _told_with(stage, one)}:
            reported[stage.metric.id] = sorted(keys.union(reported.get(stage.metric.id, ())))
    unseen = {metric: rows for metric, rows in _unseen(diff, past, shown) if rows}
    return Detection(events=events, memory={"told": dict(sorted(reported.items())), "unseen": unseen})


def _events(stage: Stage, passes: Sequence[Pass], news: Sequence[Pass]) -> Iterator[Event]:
    lines = {one.riser for one in news}
    together: dict[tuple[object, ...], list[Pass]] = {}
    for one in passes:
        together.setdefault((one.riser,) if one.riser in lines else (one.best, one.cause == "fall"), []).append(one)
    for passed in sorted(together.values(), key=lambda passed: (len(passed[0].riser), passed[0].riser, passed[0].best)):
        riser = passed[0].riser
        yield _event(stage, passed, [one for one in news if one.riser == riser]) if riser in lines else _kept(stage, passed)


def stages(diff: Diff, past: BoardState) -> Iterator[Stage]:
    """Each metric on which somebody came to a value, rose or fell."""
    return _stages(diff, past, _shown(diff)) if diff.before is not None else iter(())


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """What both snapshots show: their lines, and the measured values of each metric whose values still say something."""

    lineups: tuple[Lineup, Lineup]
    values: Mapping[MetricId, tuple[Values, Values]]


def _shown(diff: Diff) -> ShownLine:
    assert diff.before is not None
    kept = [one.id for one in diff.board.metrics if one.ranked and diff.metrics[one.id].verdict in _KEEPS_UNSEEN]
    return ShownLine(
        lineups=(lineup(diff.before), lineup(diff.after)),
        values={metric: (diff.before.measured(metric), diff.after.measured(metric)) for metric in kept},
    )


def _stages(diff: Diff, past: BoardState, shown: ShownLine) -> Iterator[Stage]:
    for metric in _comparable(diff, past):
        had, has = shown.values[metric.id]
        fresh = arrivals_among(has.keys() - had.keys(), diff, past, metric)
        agents = _agents(metric, fresh.keys() | moved(diff, metric, up=True), has, shown.lineups[1].of)
        fallen = moved(diff, metric, up=False)
        if agents or fallen:
            yield _stage(diff, past, metric, shown, fresh=fresh, agents=agents, fallen=fallen)


def _comparable(diff: Diff, past: BoardState) -> Iterator[Metric]:
    for metric in diff.board.metrics:
        if metric.ranked and diff.metrics[metric.id].usable and metric.id not in past.drifted:
            yield metric


def _agents(
    metric: Metric, entries: Collection[EntryId], has: Values, lines: Mapping[EntryId, Line]
) -> dict[Line, list[tuple[float, EntryId]]]:
    """Those of the entries that are of a known family, by each of the lines that they are of."""
    agents: dict[Line, list[tuple[float, EntryId]]] = {}
    for standing, entry in sorted((metric.sort_key(has[entry]), entry) for entry in entries):
        line = lines.get(entry)
        if line is not None and line[1]:
            for level in LEVELS:
                agents.setdefault(line[:level], []).append((standing, entry))
    return agents


def _ranks(diff: Diff, metric: Metric) -> bool:
    return metric.primary or diff.board.primary is None


def _stage(
    diff: Diff,
    past: BoardState,
    metric: Metric,
    shown: ShownLine,
    *,
    fresh: Mapping[EntryId, str],
    agents: Mapping[Line, Sequence[tuple[float, EntryId]]],
    fallen: AbstractSet[EntryId],
) -> Stage:
    values, unseen = shown.values[metric.id], _unseen_before(past, metric.id)
    fields = levels(survey(diff, metric, values=values, lineups=shown.lineups, unseen=unseen, fresh=fresh))
    estimated = diff.metrics[metric.id].filled_after > len(values[1])
    return Stage(
        diff=diff,
        metric=metric,
        ranks=_ranks(diff, metric),
        has=values[1],
        fresh=fresh,
        fallen=fallen,
        fields=fields,
        places={level: sorted(best[0] for best in field.after.values()) for level, field in fields.items()},
        places_before={level: sorted(best[0] for best in field.before.values()) for level, field in fields.items()},
        estimates=sorted(_estimates(diff, metric, shown.lineups[1].of)) if estimated else (),
        agents=agents,
        reported=frozenset(_memory(past)["told"].get(metric.id, ())),
    )


def _estimates(diff: Diff, metric: Metric, lines: Mapping[EntryId, Line]) -> Iterator[tuple[float, Line, EntryId]]:
    for entry, line in lines.items():
        measure = diff.after.entries[entry].measures.get(metric.id)
        if measure is not None and measure.estimated:
            yield metric.sort_key(measure.value), line, entry


# ── who passed whom ──────────────────────────────────────────────────────────────────────────────


def overtakes(stage: Stage) -> list[Pass]:
    """Every pass that has a cause, between lines of different labs, the best rivals first; none twice at a narrower level."""
    found: list[Pass] = []
    for field in stage.fields.values():
        fallen = {line for line, best in field.before.items() if best[1] in stage.fallen} if stage.fallen else set()
        pairs = [pair for pair in passes(field, risers=stage.agents.keys(), rivals=fallen) if pair[0][0] != pair[1][0]]
        seen = {(one.best, one.passed) for one in found}
        bars = {rival: _bar(stage, field, rival) for _, rival in pairs}
        for riser, rival in sorted(pairs, key=lambda pair: field.listed[pair[1]]):
            one = _pass(stage, field, riser, rival, bars[rival])
            if one is not None and (one.best, one.passed) not in seen:
                found.append(one)
    return found


def _bar(stage: Stage, field: LineField, rival: Line) -> float:
    """What is to be beaten: the rival's best as it would stand now by what it was, and as it stands."""
    was = stage.metric.sort_key(field.before[rival][0])
    return min(stage.metric.sort_key(drifted_value(stage.diff, stage.metric, was)), field.after[rival][0])


def _pass(stage: Stage, field: LineField, riser: Line, rival: Line, bar: float) -> Pass | None:
    """The pass with its cause: who alone would have done it, else the rival's fall; None where neither did anything."""
    agents, passed = stage.agents.get(riser), field.listed[rival][1]
    if agents and agents[0][0] < bar:
        best = agents[0][1]
        return Pass(riser=riser, rival=rival, cause=stage.fresh.get(best, "rise"), best=best, passed=passed, bar=bar)
    if field.before[rival][1] not in stage.fallen:
        return None
    return Pass(riser=riser, rival=rival, cause="fall", best=field.listed[riser][1], passed=passed, bar=bar)


# ── what is news ─────────────────────────────────────────────────────────────────────────────────


def tells(stage: Stage, one: Pass) -> bool:
    """Whether a pass is news: over a line that matters, by a cause that is, never told before, and as sure as the board allows."""
    matters = _over_a_reference if len(one.riser) == _GENERATION else _over_the_best
    if not matters(stage, one) or not _is_cause(stage, one) or one.key in stage.reported:
        return False
    return _is_sure(stage, one) and not _clouded(stage, one)


def told(stage: Stage, found: Sequence[Pass]) -> list[Pass]:
    """The news among the passes on one metric: what an entry did for its lab is told before what it did for its family."""
    news = [one for one in found if tells(stage, one)]
    broadest = {one.best: len(one.riser) for one in reversed(news)}
    return [one for one in news if len(one.riser) == broadest[one.best]]


def _is_cause(stage: Stage, one: Pass) -> bool:
    """An arrival, or a rise beyond the error; not a return, a fall of the other, or a measurement that only confirms an estimate."""
    if one.cause == "rise":
        return stage.diff.metrics[stage.metric.id].moves[one.best].significant
    if one.cause == "measured":
        assert stage.diff.before is not None
        estimate = stage.diff.before.entries[one.best].measures[stage.metric.id].value
        return stage.metric.sort_key(estimate) >= _was(stage, one)
    return one.cause in _ARRIVALS


def _is_sure(stage: Stage, one: Pass) -> bool:
    """Beyond the error. Where a tested metric states none at all, an arrival counts as published, near the top only."""
    if _certainty(stage, one) != "nominal":
        return True
    if one.cause not in _ARRIVALS or stage.metric.nature is not Nature.TESTED or stage.metric.stated_error is not None:
        return False
    stated = any(stage.measure(entry).half_width is not None for entry in (one.best, one.passed))
    return not stated and _place(stage, one) <= (TOP_ELSEWHERE if stage.ranks else 1)


def _certainty(stage: Stage, one: Pass) -> str:
    """Of the order of the two best entries."""
    return certainty(stage.metric, stage.measure(one.best), stage.measure(one.passed))


def _was(stage: Stage, one: Pass) -> float:
    """The standing of the rival's best before."""
    return stage.fields[len(one.rival)].before[one.rival][0]


def _place_before(stage: Stage, one: Pass) -> int:
    """The rival's place among its likes before."""
    return 1 + bisect_left(stage.places_before[len(one.rival)], _was(stage, one))


def _place(stage: Stage, one: Pass) -> int:
    """The riser's place among its likes now, the worst of those it shares; a line's best that cannot be seen has its last value."""
    level = len(one.riser)
    return bisect_right(stage.places[level], stage.fields[level].listed[one.riser][0])


def _clouded(stage: Stage, one: Pass) -> bool:
    """Whether a row that names no entry could be the riser's before, or the rival's now, and stand where it would matter."""
    diff, metric = stage.diff, stage.metric
    assert diff.before is not None
    if not metric.primary:
        return bool(diff.before.ambiguous or diff.after.ambiguous)
    was = _was(stage, one)
    return any(metric.sort_key(value) < was for value in diff.before.unnamed) or any(
        metric.sort_key(value) <= metric.sort_key(stage.has[one.best]) for value in diff.after.unnamed
    )


def _over_the_best(stage: Stage, one: Pass) -> bool:
    if stage.ranks:
        return _place_before(stage, one) <= TOP_LINES
    return len(one.riser) == _LAB and max(_place_before(stage, one), _place(stage, one)) <= TOP_ELSEWHERE


def _over_a_reference(stage: Stage, one: Pass) -> bool:
    """Whether a lab's best generation passed a model that people know, or what was its lab's best, while that lab still stands above.

    And the family has not stood above that line before, by an older generation.
    """
    if not stage.ranks:
        return False
    labs, families, generations = (stage.fields[level] for level in LEVELS)
    mine, theirs = labs.listed[one.riser[:_LAB]], labs.after[one.rival[:_LAB]]
    older = families.before.get(one.riser[:_FAMILY])
    if mine[1] != generations.listed[one.riser][1] or theirs[0] > mine[0] or (older is not None and older[0] < _was(stage, one)):
        return False
    flagship = labs.before[one.rival[:_LAB]][1] == generations.before[one.rival][1]
    return flagship or milestone.reference(stage.diff.after.entries[one.passed]) is not None


# ── the event ────────────────────────────────────────────────────────────────────────────────────


def _event(stage: Stage, found: Sequence[Pass], news: Sequence[Pass]) -> Event:
    """All that one line passed on a metric, what is news of it first."""
    told = {one.rival for one in news}
    shown = [*news, *(one for one in found if one.rival not in told)][:_RIVALS]
    lead, diff, metric = shown[0], stage.diff, stage.metric
    named = [one for one in news if one.best == lead.best and (one.cause == "fall") is (lead.cause == "fall")]
    return make(
        diff,
        rule=RULE,
        grade=_grade(stage, lead),
        weight=_weight(stage, lead),
        is_news=True,
        subjects=[party(diff.after, lead.best)],
        rivals=[party(diff.after, entry) for entry in dict.fromkeys(one.passed for one in shown)],
        metric=metric.id,
        headline=_headline(stage, lead, named),
        facts=_facts(stage, found, shown, news),
        evidence=both_proofs(
            diff, dict.fromkeys([lead.best, *_variants(stage, lead), *(one.passed for one in shown)]), metric.id
        ),
    )


def _kept(stage: Stage, found: Sequence[Pass]) -> Event:
    """What an entry did for its lines that is no news: the broadest of them, all that they passed counted, the best rivals named."""
    shown, lead, diff, metric = found[:_RIVALS_UNTOLD], found[0], stage.diff, stage.metric
    return make(
        diff,
        rule=RULE,
        grade=_grade(stage, lead),
        weight=_WEIGHT[Grade.NOMINAL],
        is_news=False,
        subjects=[party(diff.after, lead.best)],
        rivals=[party(diff.after, one.passed) for one in shown],
        metric=metric.id,
        headline=_headline(stage, lead, [one for one in found if one.riser == lead.riser]),
        facts={
            "level": LEVELS[len(lead.riser)],
            "line": list(lead.riser),
            "cause": lead.cause,
            "passed": len(found),
            "rivals": [_place_facts(stage, one) for one in shown],
        },
        evidence=[*both_proofs(diff, [lead.best], metric.id), *_changes(diff, [one.passed for one in shown], metric.id)],
    )


def _changes(diff: Diff, entries: Sequence[EntryId], metric: MetricId) -> Iterator[Evidence]:
    """The cells of entries on both days; one that stands unchanged, as it is now."""
    for entry in entries:
        before, after = both_proofs(diff, [entry], metric)
        yield from (after,) if before.raw == after.raw else (before, after)


def _grade(stage: Stage, lead: Pass) -> Grade:
    return Grade(_certainty(stage, lead)) if lead.cause in ("rise", "fall") else Grade.DEBUT


def _weight(stage: Stage, lead: Pass) -> int:
    place = _place_before(stage, lead)
    bonus = -10 if len(lead.riser) == _GENERATION else 14 if place == 1 else 7 if place <= TOP_ELSEWHERE else 0
    weight = _WEIGHT[Grade.DEBUT if lead.cause in _ARRIVALS else Grade(_certainty(stage, lead))] + bonus
    return weight if stage.ranks else weight * 2 // 3


def _variants(stage: Stage, lead: Pass) -> list[EntryId]:
    """The entries of the riser that would each have done it alone, the best first."""
    agents = stage.agents.get(lead.riser, ()) if lead.cause != "fall" else ()
    return [entry for standing, entry in agents[:_VARIANTS] if standing < lead.bar]


def _headline(stage: Stage, lead: Pass, named: Sequence[Pass]) -> str:
    metric, after = stage.metric, stage.diff.after
    name, value = after.entries[lead.best].name, number(stage.has[lead.best], metric)
    mine = title(lead.riser, after.entries[lead.best])
    where = f"{stage.diff.board.title} ({metric.title})"
    near = unsure(metric, stage.measure(lead.best), stage.measure(lead.passed)) if _certainty(stage, lead) == "nominal" else ""
    if lead.cause == "fall":
        return f"{_best(stage, lead)} falls below {mine}'s best ({name}, {value}) on {where}{near}."
    above = f"above {listed([_best(stage, one) for one in named], _NAMED)}"
    whose = "" if _is_in(mine, name) else f" and puts {mine}"
    if lead.cause == "rise":
        assert stage.diff.before is not None
        was = stage.diff.before.entries[lead.best].measures[metric.id].value
        how = f"{name} moves from {number(was, metric)} to {value} on {where}"
    else:
        how = f"{name} ({value}) {WORDS[lead.cause]} {where}"
    return f"{how}{whose or ','} {above}{near}{_estimated(stage, named)}."


def _is_in(line: str, name: str) -> bool:
    """Whether an entry's name says which line it is of."""
    return folded(line) in folded(name)


def _best(stage: Stage, one: Pass) -> str:
    """`Meta (best: Llama 4 Maverick, 18.4)`; a reference by its own name, `GPT-4 (21.5)`."""
    passed = stage.diff.after.entries[one.passed]
    known = milestone.reference(passed) if len(one.rival) == _GENERATION else None
    whose, value = known.title if known else title(one.rival, passed), number(stage.has[one.passed], stage.metric)
    return f"{whose} ({value})" if whose == passed.name else f"{whose} (best: {passed.name}, {value})"


def _estimated(stage: Stage, named: Sequence[Pass]) -> str:
    """What has to be added where an estimate of a rival named stands higher."""
    higher = [_higher_estimate(stage, one) for one in named[:_NAMED]]
    texts = [f"{one[0]}'s {number(one[1], stage.metric)} is an estimate" for one in higher if one is not None]
    return f", among measured values ({' and '.join(texts)})" if texts else ""


def _higher_estimate(stage: Stage, one: Pass) -> tuple[str, float] | None:
    """The rival's best estimate, where it does not stand below the riser's value: whose it is, and the value."""
    mine = stage.metric.sort_key(stage.has[one.best])
    of_rival = (best for best in stage.estimates if best[0] <= mine and best[1][: len(one.rival)] == one.rival)
    best = next(of_rival, None)
    return None if best is None else (stage.diff.after.entries[best[2]].name, stage.metric.sort_key(best[0]))


def _facts(stage: Stage, found: Sequence[Pass], shown: Sequence[Pass], news: Sequence[Pass]) -> dict[str, object]:
    lead, entries = shown[0], stage.diff.after.entries
    before = stage.fields[len(lead.riser)].before.get(lead.riser)
    return {
        "level": LEVELS[len(lead.riser)],
        "line": list(lead.riser),
        "value": stage.has[lead.best],
        "before": None if before is None else stage.metric.sort_key(before[0]),
        "cause": lead.cause,
        "variants": [
            {"entry": entry, "name": entries[entry].name, "value": stage.has[entry]} for entry in _variants(stage, lead)
        ],
        "passed": len(found),
        "rivals": [_rival_facts(stage, one) | {"told": one.key if one in news else ""} for one in shown],
    }


def _rival_facts(stage: Stage, one: Pass) -> dict[str, object]:
    estimate = _higher_estimate(stage, one)
    return {
        **_place_facts(stage, one),
        "passed": stage.diff.after.entries[one.passed].name,
        "value": stage.has[one.passed],
        "before": stage.metric.sort_key(_was(stage, one)),
        "cause": one.cause,
        "still_above": [stage.diff.after.entries[entry].name for entry in _still_above(stage, one)],
        "estimate_above": None if estimate is None else list(estimate),
    }


def _place_facts(stage: Stage, one: Pass) -> dict[str, object]:
    return {"line": list(one.rival), "place_before": _place_before(stage, one), "certainty": _certainty(stage, one)}


def _still_above(stage: Stage, one: Pass) -> list[EntryId]:
    """The best of each generation of the rival's lab that still stands above, the best first."""
    mine = stage.metric.sort_key(stage.has[one.best])
    generations = stage.fields[_GENERATION].listed.items()
    of_lab = sorted(best for line, best in generations if line[0] == one.rival[0] and best[0] < mine)
    return [entry for _, entry in of_lab[:_VARIANTS]]


# ── remembered ───────────────────────────────────────────────────────────────────────────────────


def _told_with(stage: Stage, one: Pass) -> Iterator[str]:
    """The key of a pass, and of the same pass by the families and generations of the two entries."""
    yield one.key
    riser, rival = (line_of(stage.diff.after.entries[entry]) for entry in (one.best, one.passed))
    if riser is not None and rival is not None:
        yield from (f"{'/'.join(riser[:_FAMILY])} > {'/'.join(rival[:level])}" for level in (_FAMILY, _GENERATION))


def _memory(past: BoardState) -> Mapping[str, Any]:
    return past.memory.get("line_overtake") or {"told": {}, "unseen": {}}


def _unseen_before(past: BoardState, metric: MetricId) -> Unseen:
    rows = _memory(past)["unseen"].get(metric, ())
    return {EntryId(entry): ((lab, family, generation), value) for entry, lab, family, generation, value in rows}


def _unseen(diff: Diff, past: BoardState, shown: ShownLine) -> Iterator[tuple[MetricId, list[list[object]]]]:
    for metric, (had, has) in shown.values.items():
        last = _unseen_before(past, metric)
        if last or not had.keys() <= has.keys():
            yield metric, _rows(diff, past, diff.board.metric(metric), shown, last)


def _rows(diff: Diff, past: BoardState, metric: Metric, shown: ShownLine, last: Unseen) -> list[list[object]]:
    """The best of each line whose best cannot be seen, unless it is told as gone."""
    values, (before, after) = shown.values[metric.id], shown.lineups
    gone, lines = vanished(diff, metric, values=values, lines_before=before.of, unseen=last)
    entries = {
        line: [*after.entries.get(line, ()), *(entry for entry in lines if lines[entry] == line)] for line in lines.values()
    }
    best = bests(metric, {**values[1], **gone}, entries)
    left = {entry for _, entry in best.values() if entry in gone and entry not in diff.after.entries}
    left = {entry for entry in left if _is_told_as_gone(past, entry)}.union(left.intersection(departure.confirmed(diff, past)))
    return [
        [entry, *line, metric.sort_key(standing)]
        for line, (standing, entry) in sorted(best.items())
        if entry in gone and entry not in left
    ]


def _is_told_as_gone(past: BoardState, entry: EntryId) -> bool:
    known = past.known.get(entry)
    return known is not None and known.departed


KIND = EventKind(rule=RULE, grades=tuple(Grade), news=frozenset(Grade) - {Grade.NOMINAL}, detect=detect, places=True)
