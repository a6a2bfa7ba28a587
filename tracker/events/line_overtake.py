"""The best of a lab, of a family or of a generation came to stand above the best of another lab's.

debut (a variant entered above, or had its first measured value) · nominal, supported, decisive (a
variant rose above, or the rival's best fell below; graded as overtakes are). What the rival's unseen
entries last had still counts: nobody is passed by a disappearance.

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tracker.events import departure, milestone
from tracker.events._event import both_proofs, make, measured, number, party, unsure
from tracker.events._lines import LEVELS, Field, Line, line_of, lines_of, passes, survey, title
from tracker.events._newcomers import WORDS, arrivals_among, drifted_value, moved
from tracker.model import Comparability, Diff, EntryId, Event, Measure, Metric, MetricId, Nature, Past, certainty

RULE = "line_overtake/1"

TOP_LINES = 10
"""On the primary metric a pass is news when the rival was among so many of the best labs, or families, before."""
TOP_ELSEWHERE = 3
"""On another metric: when a lab comes among so many of the best, over a lab that was."""
_RIVALS = 10
"""So many rivals an event names, the best first; `facts.passed` counts them all."""
_VARIANTS = 5
_NAMED = 2
_LAB, _FAMILY, _GENERATION = LEVELS
_WEIGHT = {"decisive": 66, "supported": 62, "debut": 58, "nominal": 5}
_ARRIVALS = frozenset(("entry", "first_score", "measured"))
_KEEPS_UNSEEN = (Comparability.COMPARABLE, Comparability.PRECISION, Comparability.DRIFTED)
Unseen = Mapping[EntryId, tuple[Line, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Everything that passes on one metric are judged by, entries as (standing, key) and the best first.

    `places`: the standings of all lines of a level now. `agents`: the entries of each line that can be a cause. `by_lab`:
    the best of each generation. `estimates`: all that are, with their lines. `told`: keys of passes.
    """

    diff: Diff
    metric: Metric
    has: Mapping[EntryId, float]
    fresh: Mapping[EntryId, str]
    fallen: frozenset[EntryId]
    fields: Mapping[int, Field]
    places: Mapping[int, Sequence[float]]
    estimates: Sequence[tuple[float, Line, EntryId]]
    by_lab: Mapping[str, Sequence[tuple[float, EntryId]]]
    agents: Mapping[Line, Sequence[tuple[float, EntryId]]]
    told: frozenset[str]

    def measure(self, entry: EntryId) -> Measure:
        """The value that an entry has now."""
        return self.diff.after.entries[entry].measures[self.metric.id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One line passed another.

    `cause` is how the best of `by` came to its value, `rise` or, with nobody in `by`, `fall`. `best` and `passed` are the
    best entries of the two, `sure` is the certainty of their order, `place` the rival's among its likes before.
    """

    riser: Line
    rival: Line
    cause: str
    by: tuple[EntryId, ...]
    best: EntryId
    passed: EntryId
    sure: str
    place: int

    @property
    def key(self) -> str:
        """Under which it is remembered as told. A family passes a generation once, whichever of its own generations did it."""
        return f"{'/'.join(self.riser[:_FAMILY])} > {'/'.join(self.rival)}"


def detect(diff: Diff, past: Past) -> Iterator[Event]:
    """One event per line that rose and metric, with all the lines it passed; each pair of best entries at the broadest level only.

    Where Qwen is the best of Alibaba and Llama of Meta, it is Alibaba that passed Meta, and no second event says that of Qwen.
    """
    for stage in _stages(diff, past):
        found = overtakes(stage)
        news = frozenset(told(stage, found))
        risers: dict[Line, list[Pass]] = {}
        for one in found:
            risers.setdefault(one.riser, []).append(one)
        for _, passed in sorted(risers.items(), key=lambda pair: (len(pair[0]), pair[0])):
            yield _event(stage, passed, [one for one in passed if one in news])


def _stages(diff: Diff, past: Past) -> Iterator[Stage]:
    if diff.before is None:
        return
    known, unseen = _remembered(past)
    lines = lines_of(diff.before), lines_of(diff.after)
    for metric in diff.board.metrics:
        if metric.ranked and diff.metrics[metric.id].usable and metric.id not in past.drifted:
            values = measured(diff.before, metric.id), measured(diff.after, metric.id)
            fresh = arrivals_among(values[1].keys() - values[0].keys(), diff, past, metric)
            if fresh or diff.metrics[metric.id].moves:
                field = survey(diff, metric, values=values, lines=lines, unseen=unseen.get(metric.id, {}), fresh=fresh)
                yield _stage(diff, metric, values[1], field, fresh=fresh, told=known.get(metric.id, frozenset()))


def _stage(
    diff: Diff,
    metric: Metric,
    has: Mapping[EntryId, float],
    field: Field,
    *,
    fresh: Mapping[EntryId, str],
    told: frozenset[str],
) -> Stage:
    agents: dict[Line, list[tuple[float, EntryId]]] = {}
    for entry in fresh.keys() | moved(diff, metric, up=True):
        line = line_of(diff.after.entries[entry])
        if line is not None and line[1]:
            for level in LEVELS:
                agents.setdefault(line[:level], []).append((metric.standing(has[entry]), entry))
    fields = {level: field.at(level) for level in LEVELS}
    by_lab: dict[str, list[tuple[float, EntryId]]] = {}
    for line, best in sorted(fields[_GENERATION].listed.items(), key=lambda pair: pair[1]):
        by_lab.setdefault(line[0], []).append(best)
    return Stage(
        diff=diff,
        metric=metric,
        has=has,
        fresh=fresh,
        fallen=frozenset(moved(diff, metric, up=False)),
        fields=fields,
        places={level: sorted(best[0] for best in field.after.values()) for level, field in fields.items()},
        estimates=sorted(_estimates(diff, metric)) if diff.metrics[metric.id].filled_after > len(has) else (),
        by_lab=by_lab,
        agents={line: sorted(entries) for line, entries in agents.items()},
        told=told,
    )


def _estimates(diff: Diff, metric: Metric) -> Iterator[tuple[float, Line, EntryId]]:
    for entry, one in diff.after.entries.items():
        measure, line = one.measures.get(metric.id), line_of(one)
        if measure is not None and measure.estimated and line is not None:
            yield metric.standing(measure.value), line, entry


# ── who passed whom ──────────────────────────────────────────────────────────────────────────────


def overtakes(stage: Stage) -> list[Pass]:
    """Every pass that has a cause, between lines of different labs, the best rivals first; none twice at a narrower level."""
    found: list[Pass] = []
    for field in stage.fields.values():
        seen = {(one.best, one.passed) for one in found}
        places = sorted(best[0] for best in field.before.values())
        pairs = sorted(passes(field), key=lambda pair: (field.listed[pair[1]], pair))
        every = [_pass(stage, field, places, riser, rival) for riser, rival in pairs if riser[0] != rival[0]]
        found += [one for one in every if one is not None and (one.best, one.passed) not in seen]
    return found


def _pass(stage: Stage, field: Field, places: Sequence[float], riser: Line, rival: Line) -> Pass | None:
    """The pass with its cause: who alone would have done it, else the rival's fall; None where neither did anything."""
    was, holder = field.before[rival]
    then = stage.metric.standing(drifted_value(stage.diff, stage.metric, stage.metric.standing(was)))
    bar = min(then, field.after[rival][0])
    by = tuple(entry for standing, entry in stage.agents.get(riser, ()) if standing < bar)
    if not by and holder not in stage.fallen:
        return None
    best, passed = by[0] if by else field.listed[riser][1], field.listed[rival][1]
    return Pass(
        riser=riser,
        rival=rival,
        cause=stage.fresh.get(by[0], "rise") if by else "fall",
        by=by,
        best=best,
        passed=passed,
        sure=certainty(stage.metric, stage.measure(best), stage.measure(passed)),
        place=1 + bisect_left(places, was),
    )


# ── what is news ─────────────────────────────────────────────────────────────────────────────────


def tells(stage: Stage, one: Pass) -> bool:
    """Whether a pass is news: by a cause that is, as sure as the board allows, over a line that matters, and never told before."""
    if one.key in stage.told or not _is_cause(stage, one) or not _is_sure(stage, one) or _clouded(stage, one):
        return False
    return _over_a_reference(stage, one) if len(one.riser) == _GENERATION else _over_the_best(stage, one)


def told(stage: Stage, found: Sequence[Pass]) -> list[Pass]:
    """The news among the passes on one metric: what an entry did for its lab is told before what it did for its family."""
    news = [one for one in found if tells(stage, one)]
    broadest = {one.best: len(one.riser) for one in reversed(news)}
    return [one for one in news if len(one.riser) == broadest[one.best]]


def _is_cause(stage: Stage, one: Pass) -> bool:
    """An arrival, or a rise beyond the error; not a return, a fall of the other, or a measurement that only confirms an estimate."""
    if one.cause == "rise":
        return stage.diff.metrics[stage.metric.id].moves[one.by[0]].significant
    if one.cause == "measured":
        assert stage.diff.before is not None
        estimate = stage.diff.before.entries[one.by[0]].measures[stage.metric.id].value
        return stage.metric.standing(estimate) >= stage.fields[len(one.rival)].before[one.rival][0]
    return one.cause in _ARRIVALS


def _is_sure(stage: Stage, one: Pass) -> bool:
    """Beyond the error. Where a tested metric states none at all, an arrival counts as published, near the top only."""
    if one.sure != "nominal":
        return True
    if one.cause not in _ARRIVALS or stage.metric.nature is not Nature.TESTED or stage.metric.stated_error is not None:
        return False
    stated = any(stage.measure(entry).half_width is not None for entry in (one.best, one.passed))
    return not stated and _place(stage, one) <= (TOP_ELSEWHERE if _ranks(stage) else 1)


def _ranks(stage: Stage) -> bool:
    """Whether the metric is the one by which the board is read."""
    return stage.metric.primary or stage.diff.board.primary is None


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
    was = stage.fields[len(one.rival)].before[one.rival][0]
    return any(metric.standing(value) < was for value in diff.before.unnamed) or any(
        metric.standing(value) <= metric.standing(stage.has[one.best]) for value in diff.after.unnamed
    )


def _over_the_best(stage: Stage, one: Pass) -> bool:
    if _ranks(stage):
        return one.place <= TOP_LINES
    return len(one.riser) == _LAB and max(one.place, _place(stage, one)) <= TOP_ELSEWHERE


def _over_a_reference(stage: Stage, one: Pass) -> bool:
    """Whether a lab's best generation passed a model that people know, or what was its lab's best, while that lab still stands above.

    And the family has not stood above that line before, by an older generation.
    """
    labs, families, generations = (stage.fields[level] for level in LEVELS)
    mine, theirs = labs.listed[one.riser[:_LAB]], labs.after[one.rival[:_LAB]]
    flagship = labs.before[one.rival[:_LAB]][1] == generations.before[one.rival][1]
    older = families.before.get(one.riser[:_FAMILY])
    return (
        (flagship or milestone.reference(stage.diff.after.entries[one.passed]) is not None)
        and _ranks(stage)
        and mine[1] == generations.listed[one.riser][1]
        and theirs[0] <= mine[0]
        and (older is None or older[0] >= generations.before[one.rival][0])
    )


# ── the event ────────────────────────────────────────────────────────────────────────────────────


def _event(stage: Stage, found: Sequence[Pass], news: Sequence[Pass]) -> Event:
    """All that one line passed on a metric, what is news of it first."""
    shown = [*news, *(one for one in found if one not in news)][:_RIVALS]
    lead, diff, metric = shown[0], stage.diff, stage.metric
    named = [one for one in (news or found) if one.best == lead.best and (one.cause == "fall") is (lead.cause == "fall")]
    return make(
        diff,
        rule=RULE,
        grade=lead.sure if lead.cause in ("rise", "fall") else "debut",
        weight=_weight(stage, lead) if news else _WEIGHT["nominal"],
        told=bool(news),
        subjects=[party(diff.after, lead.best)],
        rivals=[party(diff.after, entry) for entry in dict.fromkeys(one.passed for one in shown)],
        metric=metric.id,
        headline=_headline(stage, lead, named),
        facts=_facts(stage, found, shown, news),
        evidence=both_proofs(diff, dict.fromkeys([lead.best, *lead.by[:_VARIANTS], *(one.passed for one in shown)]), metric.id),
    )


def _weight(stage: Stage, lead: Pass) -> int:
    bonus = -10 if len(lead.riser) == _GENERATION else 14 if lead.place == 1 else 7 if lead.place <= TOP_ELSEWHERE else 0
    weight = _WEIGHT["debut" if lead.cause in _ARRIVALS else lead.sure] + bonus
    return weight if _ranks(stage) else weight * 2 // 3


def _headline(stage: Stage, lead: Pass, named: Sequence[Pass]) -> str:
    metric, after = stage.metric, stage.diff.after
    name, value = after.entries[lead.best].name, number(stage.has[lead.best], metric)
    where = f"{stage.diff.board.title} ({metric.title})"
    near = unsure(metric, stage.measure(lead.best), stage.measure(lead.passed)) if lead.sure == "nominal" else ""
    if lead.cause == "fall":
        return f"{_best(stage, lead)} falls below {title(lead.riser)}'s best ({name}, {value}) on {where}{near}."
    above = f"above {_others([_best(stage, one) for one in named])}"
    whose = "" if _is_in(title(lead.riser), name) else f" and puts {title(lead.riser)}"
    if lead.cause == "rise":
        assert stage.diff.before is not None
        was = stage.diff.before.entries[lead.best].measures[metric.id].value
        how = f"{name} moves from {number(was, metric)} to {value} on {where}"
    else:
        how = f"{name} ({value}) {WORDS[lead.cause]} {where}"
    return f"{how}{whose or ','} {above}{near}{_estimated(stage, named)}."


def _is_in(line: str, name: str) -> bool:
    """Whether an entry's name says which line it is of."""
    plain_line, plain_name = ("".join(char for char in text.casefold() if char.isalnum()) for text in (line, name))
    return plain_line in plain_name


def _best(stage: Stage, one: Pass) -> str:
    """`Meta (best: Llama 4 Maverick, 18.4)`; a reference by its own name, `GPT-4 (21.5)`."""
    passed = stage.diff.after.entries[one.passed]
    known = milestone.reference(passed) if len(one.rival) == _GENERATION else None
    whose, value = known.title if known else title(one.rival), number(stage.has[one.passed], stage.metric)
    return f"{whose} ({value})" if whose == passed.name else f"{whose} (best: {passed.name}, {value})"


def _others(texts: Sequence[str]) -> str:
    rest = len(texts) - _NAMED
    if rest > 0:
        return f"{', '.join(texts[:_NAMED])} and {rest} more"
    return " and ".join(texts)


def _estimated(stage: Stage, named: Sequence[Pass]) -> str:
    """What has to be added where an estimate of a rival named stands higher."""
    higher = [_higher_estimate(stage, one) for one in named[:_NAMED]]
    texts = [f"{one[0]}'s {number(one[1], stage.metric)} is an estimate" for one in higher if one is not None]
    return f", among measured values ({' and '.join(texts)})" if texts else ""


def _higher_estimate(stage: Stage, one: Pass) -> tuple[str, float] | None:
    """The rival's best estimate, where it does not stand below the riser's value: whose it is, and the value."""
    mine = stage.metric.standing(stage.has[one.best])
    of_rival = (best for best in stage.estimates if best[0] <= mine and best[1][: len(one.rival)] == one.rival)
    best = next(of_rival, None)
    return None if best is None else (stage.diff.after.entries[best[2]].name, stage.metric.standing(best[0]))


def _facts(stage: Stage, found: Sequence[Pass], shown: Sequence[Pass], news: Sequence[Pass]) -> dict[str, object]:
    lead, entries = shown[0], stage.diff.after.entries
    field = stage.fields[len(lead.riser)]
    before = field.before.get(lead.riser)
    return {
        "level": LEVELS[len(lead.riser)],
        "line": list(lead.riser),
        "value": stage.has[lead.best],
        "before": None if before is None else stage.metric.standing(before[0]),
        "cause": lead.cause,
        "variants": [{"entry": entry, "name": entries[entry].name, "value": stage.has[entry]} for entry in lead.by[:_VARIANTS]],
        "passed": len(found),
        "rivals": [_rival_facts(stage, one) | {"told": one.key if one in news else ""} for one in shown],
    }


def _rival_facts(stage: Stage, one: Pass) -> dict[str, object]:
    was = stage.fields[len(one.rival)].before[one.rival][0]
    above = _still_above(stage, one)
    estimate = _higher_estimate(stage, one)
    return {
        "line": list(one.rival),
        "passed": stage.diff.after.entries[one.passed].name,
        "value": stage.has[one.passed],
        "before": stage.metric.standing(was),
        "place_before": one.place,
        "cause": one.cause,
        "certainty": one.sure,
        "still_above": [stage.diff.after.entries[entry].name for entry in above],
        "estimate_above": None if estimate is None else list(estimate),
    }


def _still_above(stage: Stage, one: Pass) -> list[EntryId]:
    """The best of each generation of the rival's lab that still stands above, the best first."""
    mine = stage.metric.standing(stage.has[one.best])
    return [entry for standing, entry in stage.by_lab.get(one.rival[0], ())[:_VARIANTS] if standing < mine]


# ── remembered ───────────────────────────────────────────────────────────────────────────────────


def remember(diff: Diff, past: Past) -> dict[str, object]:
    """Which passes were told, for ever; and the last values of each line's best entries while they cannot be seen.

    `told`: keys of `Pass` by metric. `unseen`: rows of entry, lab, family, generation and value by metric; a
    re-based or lost metric starts anew, and whoever is told as departed is forgotten.
    """
    known, _ = _remembered(past)
    every = {metric: set(keys) for metric, keys in known.items()}
    for stage in _stages(diff, past):
        for one in told(stage, overtakes(stage)):
            every.setdefault(stage.metric.id, set()).update(_told_with(stage, one))
    return {
        "told": {metric: sorted(keys) for metric, keys in sorted(every.items())},
        "unseen": {metric: rows for metric, rows in _unseen(diff, past) if rows},
    }


def _told_with(stage: Stage, one: Pass) -> Iterator[str]:
    """The key of a pass, and of the same pass by the families and generations of the two entries."""
    yield one.key
    riser, rival = (line_of(stage.diff.after.entries[entry]) for entry in (one.best, one.passed))
    if riser is not None and rival is not None:
        yield from (f"{'/'.join(riser[:_FAMILY])} > {'/'.join(rival[:level])}" for level in (_FAMILY, _GENERATION))


def _remembered(past: Past) -> tuple[dict[str, frozenset[str]], dict[str, Unseen]]:
    memory = past.memory.get("line_overtake", {"told": {}, "unseen": {}})
    told = {metric: frozenset(keys) for metric, keys in memory["told"].items()}
    unseen: dict[str, Unseen] = {
        metric: {EntryId(entry): ((lab, family, generation), value) for entry, lab, family, generation, value in rows}
        for metric, rows in memory["unseen"].items()
    }
    return told, unseen


def _unseen(diff: Diff, past: Past) -> Iterator[tuple[MetricId, list[list[object]]]]:
    if diff.before is None:
        return
    _, unseen = _remembered(past)
    lines = lines_of(diff.before), lines_of(diff.after)
    gone = {entry for entry, known in past.known.items() if known.departed}.union(departure.confirmed(diff, past))
    for metric in diff.board.metrics:
        if not metric.ranked or diff.metrics[metric.id].verdict not in _KEEPS_UNSEEN:
            continue
        had, has = measured(diff.before, metric.id), measured(diff.after, metric.id)
        last = unseen.get(metric.id, {})
        if last or not had.keys() <= has.keys():
            fresh = arrivals_among(has.keys() - had.keys(), diff, past, metric)
            field = survey(diff, metric, values=(had, has), lines=lines, unseen=last, fresh=fresh)
            rows: list[list[object]] = [
                [entry, *line, metric.standing(standing)]
                for line, (standing, entry) in sorted(field.after.items())
                if entry not in has and (entry not in gone or entry in diff.after.entries)
            ]
            yield metric.id, rows
