"""The best of a lab, of a family or of a generation moved above the best of another lab's.

Source: docs/decisions/0004-overtakes.md
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from enum import StrEnum

from tracker.events import _lines, milestone
from tracker.events._lines import LEVELS, Line
from tracker.events._newcomers import ARRIVALS, WORDS
from tracker.events._passes import FAMILY, GENERATION, LAB, Pass, Stage, overtakes, remembered, shown_lines, stages, unseen_after
from tracker.events._values import grouped
from tracker.events.kind import Detection, EventKind
from tracker.events.making import both, both_proofs, make, party
from tracker.model import BoardState, Diff, EntryId, Event, Evidence, MetricId, Nature, name_tokens
from tracker.model.names import folded, is_misprint
from tracker.order import certainty, states_error
from tracker.wording import listed, number, unsure

RULE = "line_overtake/1"
Grade = StrEnum("Grade", "DEBUT NOMINAL SUPPORTED DECISIVE")
TOP_LINES = 10
"""On the primary metric a pass is news if the rival was, and is, among this number of the best labs, or families."""
TOP_ELSEWHERE = 3
"""On another metric a pass is news if a lab moves among this number of the best, over a lab that was among them."""
_RIVALS = 10
"""The number of rivals that an event names, the best first; `facts.passed` counts them all."""
_RIVALS_RECORDED = 4
"""The number that an event names if it is only recorded."""
_VARIANTS = 5
_NAMED = 2
_WEIGHT = {Grade.DECISIVE: 66, Grade.SUPPORTED: 62, Grade.DEBUT: 58, Grade.NOMINAL: 5}


def detect(diff: Diff, past: BoardState) -> Detection:
    """One event per metric and line that rose, with all lines it passed; each pair of best entries at the broadest level only.

    Passes that are not news of any line of an entry are one recorded event of that entry. Remembers `told`, the keys of reported
    passes by metric, forever; and `unseen`, the last values of each line's best entries while they are not shown: rows of entry,
    lab, family, generation and value by metric. A re-based or lost metric starts again, and departed entries are forgotten.
    """
    reported = dict(remembered(past)["told"])
    if diff.before is None:
        return Detection(events=(), memory={"told": reported, "unseen": {}})
    shown = shown_lines(diff)
    events: list[Event] = []
    for stage in stages(diff, past, shown):
        candidates = overtakes(stage)
        news = news_among(stage, candidates)
        events += _events(stage, candidates, news)
        if keys := {key for line_pass in news for key in _reported_with(stage, line_pass)}:
            reported[stage.metric.id] = sorted(keys.union(reported.get(stage.metric.id, ())))
    unseen = {metric: rows for metric, rows in unseen_after(diff, past, shown) if rows}
    return Detection(events=events, memory={"told": dict(sorted(reported.items())), "unseen": unseen})


def _events(stage: Stage, candidates: Sequence[Pass], news: Sequence[Pass]) -> Iterator[Event]:
    news_of = grouped(news, lambda line_pass: line_pass.riser)
    groups: dict[object, list[Pass]] = {}
    for line_pass in candidates:
        key = line_pass.riser if line_pass.riser in news_of else (line_pass.best, line_pass.cause == "fall")
        groups.setdefault(key, []).append(line_pass)
    for group in sorted(groups.values(), key=lambda group: (len(group[0].riser), group[0].riser, group[0].best)):
        yield _event(stage, group, news_of.get(group[0].riser, []))


def news_among(stage: Stage, candidates: Sequence[Pass]) -> list[Pass]:
    """The news among the passes on one metric, each entry's at its broadest level: for its lab rather than for its family."""
    news = [line_pass for line_pass in candidates if _is_news(stage, line_pass)]
    broadest = {line_pass.best: len(line_pass.riser) for line_pass in reversed(news)}
    return [line_pass for line_pass in news if len(line_pass.riser) == broadest[line_pass.best]]


def _is_news(stage: Stage, line_pass: Pass) -> bool:
    """Over a line that matters, by a cause that counts, not reported before, and as sure as the board allows."""
    matters = _over_a_reference if len(line_pass.riser) == GENERATION else _over_the_best
    if not matters(stage, line_pass) or not _is_cause(stage, line_pass) or line_pass.key in stage.reported:
        return False
    doubts = (_clouded, _misprinted, _was_shown_above)
    return _is_sure(stage, line_pass) and not any(doubt(stage, line_pass) for doubt in doubts)


def _is_cause(stage: Stage, line_pass: Pass) -> bool:
    """An arrival, or a rise beyond the error; not a return, a fall of the rival, or a measurement that confirms an estimate."""
    if line_pass.cause == "rise":
        return stage.diff.metrics[stage.metric.id].moves[line_pass.best].significant
    if line_pass.cause == "measured":
        return stage.metric.sort_key(_value_before(stage, line_pass)) >= _was(stage, line_pass)
    return line_pass.cause in ARRIVALS


def _value_before(stage: Stage, line_pass: Pass) -> float:
    assert stage.diff.before is not None
    return stage.diff.before.entries[line_pass.best].measures[stage.metric.id].value


def _is_sure(stage: Stage, line_pass: Pass) -> bool:
    """Beyond the error. If a tested metric states none at all, an arrival counts as published, near the top only."""
    if _certainty(stage, line_pass) != "nominal":
        return True
    if line_pass.cause not in ARRIVALS or stage.metric.nature is not Nature.TESTED:
        return False
    stated = states_error(stage.metric, stage.measure(line_pass.best), stage.measure(line_pass.passed))
    return not stated and _place(stage, line_pass) <= (TOP_ELSEWHERE if stage.ranks else 1)


def _certainty(stage: Stage, line_pass: Pass) -> str:
    return certainty(stage.metric, stage.measure(line_pass.best), stage.measure(line_pass.passed))


def _was(stage: Stage, line_pass: Pass) -> float:
    """The standing of the rival's best before."""
    return stage.fields[len(line_pass.rival)].before[line_pass.rival][0]


def _place_before(stage: Stage, line_pass: Pass) -> int:
    """The rival's place before, among lines of its level."""
    return 1 + bisect_left(stage.places_before[len(line_pass.rival)], _was(stage, line_pass))


def _place(stage: Stage, line_pass: Pass) -> int:
    """The riser's place now, among lines of its level, the worst of tied ones; entries not shown count with their last value."""
    level = len(line_pass.riser)
    return bisect_right(stage.places[level], stage.fields[level].listed[line_pass.riser][0])


def _clouded(stage: Stage, line_pass: Pass) -> bool:
    """Whether a row that names no entry could be the riser's before, or the rival's now, at a rank where it would matter."""
    before, after, metric = stage.diff.before, stage.diff.after, stage.metric
    assert before is not None
    if not metric.primary:
        return bool(before.ambiguous or after.ambiguous)
    was, now = _was(stage, line_pass), metric.sort_key(stage.has[line_pass.best])
    above = [metric.sort_key(value) < was for value in before.unnamed]
    return any(above) or any(metric.sort_key(value) <= now for value in after.unnamed)


def _misprinted(stage: Stage, line_pass: Pass) -> bool:
    """Whether a row of an undeclared brand, one letter away from the rival's, was better than its best, or is."""
    who, bar = stage.diff.after.entries[line_pass.passed].who, _was(stage, line_pass)
    brands = {*name_tokens(who.lab), *name_tokens(who.family)}
    rows = [(entry, entry.measures.get(stage.metric.id)) for page in both(stage.diff) for entry in page.entries.values()]
    above = (entry for entry, measure in rows if measure is not None and stage.metric.sort_key(measure.value) < bar)
    unknown = (entry for entry in above if entry.who.guessed_family or not entry.who.family)
    return any(is_misprint(word, brand) for entry in unknown for word in name_tokens(entry.name) for brand in brands)


def _was_shown_above(stage: Stage, line_pass: Pass) -> bool:
    """Whether the last page showed the riser above the rival, whose better entry it did not show."""
    riser, rival = (_best_before(stage, line) for line in (line_pass.riser, line_pass.rival))
    return riser is not None and rival is not None and stage.metric.better(riser, rival)


def _over_the_best(stage: Stage, line_pass: Pass) -> bool:
    if stage.ranks:
        return _is_among_the_best(stage, line_pass)
    return len(line_pass.riser) == LAB and max(_place_before(stage, line_pass), _place(stage, line_pass)) <= TOP_ELSEWHERE


def _is_among_the_best(stage: Stage, line_pass: Pass) -> bool:
    """Whether the rival was, and is, among the ten best of its level."""
    level = len(line_pass.rival)
    now = 1 + bisect_left(stage.places[level], stage.fields[level].after[line_pass.rival][0])
    return max(_place_before(stage, line_pass), now) <= TOP_LINES


def _over_a_reference(stage: Stage, line_pass: Pass) -> bool:
    """Whether a lab's best generation passed a model that people know, or its lab's former best, while that lab is still above.

    And no older generation of the family was above that line before.
    """
    if not stage.ranks or not _is_among_the_best(stage, line_pass):
        return False
    labs, families, generations = (stage.fields[level] for level in LEVELS)
    riser, rival = labs.listed[line_pass.riser[:LAB]], labs.after[line_pass.rival[:LAB]]
    older = families.before.get(line_pass.riser[:FAMILY])
    if riser[1] != generations.listed[line_pass.riser][1] or rival[0] > riser[0]:
        return False
    if older is not None and older[0] < _was(stage, line_pass):
        return False
    flagship = labs.before[line_pass.rival[:LAB]][1] == generations.before[line_pass.rival][1]
    return flagship or milestone.reference(stage.diff.after.entries[line_pass.passed]) is not None


def _event(stage: Stage, group: Sequence[Pass], news: Sequence[Pass]) -> Event:
    """All that one line passed on a metric, its news first; without news, all that one entry passed for its broadest line."""
    rivals = {line_pass.rival for line_pass in news}
    ordered = [*news, *(line_pass for line_pass in group if line_pass.rival not in rivals)] if news else group
    shown = ordered[: _RIVALS if news else _RIVALS_RECORDED]
    lead, diff, metric = shown[0], stage.diff, stage.metric
    of_lead = [
        line_pass for line_pass in news if line_pass.best == lead.best and (line_pass.cause == "fall") is (lead.cause == "fall")
    ]
    named = of_lead or [line_pass for line_pass in group if line_pass.riser == lead.riser]
    passed = list(dict.fromkeys(line_pass.passed for line_pass in shown))
    best = dict.fromkeys([lead.best, *(_variants(stage, lead) if news else ()), *(passed if news else ())])
    return make(
        diff,
        rule=RULE,
        grade=Grade(_certainty(stage, lead)) if lead.cause in ("rise", "fall") else Grade.DEBUT,
        weight=_weight(stage, lead) if news else _WEIGHT[Grade.NOMINAL],
        is_news=bool(news),
        subjects=[party(diff.after, lead.best)],
        rivals=[party(diff.after, entry) for entry in passed],
        metric=metric.id,
        headline=_headline(stage, lead, named, more=len(group) > len(named)),
        facts=_facts(stage, group, shown, news),
        evidence=[*both_proofs(diff, best, metric.id), *(() if news else _changes(diff, passed, metric.id))],
    )


def _changes(diff: Diff, entries: Sequence[EntryId], metric: MetricId) -> Iterator[Evidence]:
    """The cells of entries on both days; a cell that did not change, only as it is now."""
    for entry in entries:
        before, after = both_proofs(diff, [entry], metric)
        yield from (after,) if before.raw == after.raw else (before, after)


def _weight(stage: Stage, lead: Pass) -> int:
    place = _place_before(stage, lead)
    bonus = -10 if len(lead.riser) == GENERATION else 14 if place == 1 else 7 if place <= TOP_ELSEWHERE else 0
    weight = _WEIGHT[Grade.DEBUT if lead.cause in ARRIVALS else Grade(_certainty(stage, lead))] + bonus
    return weight if stage.ranks else weight * 2 // 3


def _variants(stage: Stage, lead: Pass) -> list[EntryId]:
    """The entries of the riser that would each have done it alone, the best first."""
    agents = stage.agents.get(lead.riser, ()) if lead.cause != "fall" else ()
    return [entry for standing, entry in agents[:_VARIANTS] if standing < lead.bar]


def _headline(stage: Stage, lead: Pass, named: Sequence[Pass], *, more: bool) -> str:
    """`more`: it passed lines that are not named, nor counted."""
    best = stage.diff.after.entries[lead.best]
    rivals = [line_pass.passed for line_pass in named[:_NAMED]]
    name, value, line = best.name, stage.value(lead.best, *rivals), _lines.title(lead.riser, best)
    where = f"{stage.diff.board.title} ({stage.metric.title})"
    unsure_order = _certainty(stage, lead) == "nominal"
    near = unsure(stage.metric, stage.measure(lead.best), stage.measure(lead.passed)) if unsure_order else ""
    if lead.cause == "fall":
        verb = "now costs more than" if stage.metric.is_cost else "falls below"
        return f"{_best_of_rival(stage, lead)} {verb} {line}'s best ({name}, {value}) on {where}{near}."
    ahead, puts = ("cheaper than", "makes") if stage.metric.is_cost else ("above", "puts")
    above = f"{ahead} {listed([_best_of_rival(stage, line_pass) for line_pass in named], _NAMED)}"
    whose = "," if folded(line) in folded(name) else f" and {puts} {line}"
    if lead.cause == "rise":
        how = f"{name} moves from {number(_value_before(stage, lead), stage.metric)} to {value} on {where}"
    else:
        how = f"{name} ({value}) {WORDS[lead.cause]} {where}"
    others = ", among others" if more else ""
    return f"{how}{whose} {above}{others}{near}{_estimated(stage, named)}."


def _best_of_rival(stage: Stage, line_pass: Pass) -> str:
    """`Meta (best: Llama 4 Maverick, 18.4)`; a reference by its own name, `GPT-4 (21.5)`."""
    passed, value = stage.diff.after.entries[line_pass.passed], stage.value(line_pass.passed, line_pass.best)
    known = milestone.reference(passed) if len(line_pass.rival) == GENERATION else None
    whose = known.title if known else _lines.title(line_pass.rival, passed)
    if not known and not _is_best(stage, line_pass):
        return whose
    return f"{whose} ({value})" if whose == passed.name else f"{whose} (best: {passed.name}, {value})"


def _is_best(stage: Stage, line_pass: Pass) -> bool:
    """Whether the rival's best is known: not if its key is that of several rows now."""
    return stage.fields[len(line_pass.rival)].after[line_pass.rival][1] not in stage.diff.after.ambiguous


def _estimated(stage: Stage, named: Sequence[Pass]) -> str:
    higher = [_higher_estimate(stage, line_pass) for line_pass in named[:_NAMED]]
    texts = [f"{best[0]}'s {number(best[1], stage.metric)} is an estimate" for best in higher if best is not None]
    return f", among measured values ({' and '.join(texts)})" if texts else ""


def _higher_estimate(stage: Stage, line_pass: Pass) -> tuple[str, float] | None:
    """The name and value of the rival's best estimate, if it is not below the riser's value."""
    bar, level = stage.metric.sort_key(stage.has[line_pass.best]), len(line_pass.rival)
    for standing, line, entry in stage.estimates:
        if standing <= bar and line[:level] == line_pass.rival:
            return stage.diff.after.entries[entry].name, stage.metric.sort_key(standing)
    return None


def _facts(stage: Stage, group: Sequence[Pass], shown: Sequence[Pass], news: Sequence[Pass]) -> dict[str, object]:
    lead, entries = shown[0], stage.diff.after.entries
    line: dict[str, object] = {"level": LEVELS[len(lead.riser)], "line": list(lead.riser)}
    if not news:
        rivals = [_place_facts(stage, line_pass) for line_pass in shown]
        return {**line, "cause": lead.cause, "passed": len(group), "rivals": rivals}
    return {
        **line,
        "value": stage.has[lead.best],
        "before": _best_before(stage, lead.riser),
        "cause": lead.cause,
        "variants": [
            {"entry": entry, "name": entries[entry].name, "value": stage.has[entry]} for entry in _variants(stage, lead)
        ],
        "passed": len(group),
        "rivals": [_rival_facts(stage, line_pass) | {"told": line_pass.key if line_pass in news else ""} for line_pass in shown],
    }


def _best_before(stage: Stage, line: Line) -> float | None:
    """The best value of a line on the page before. Entries that had left it still count in a pass, but not here."""
    before = stage.diff.before
    assert before is not None
    shown = before.measured(stage.metric.id).items()
    of_line = (value for key, value in shown if (_lines.line_of(before.entries[key]) or ())[: len(line)] == line)
    return min(of_line, key=stage.metric.sort_key, default=None)


def _rival_facts(stage: Stage, line_pass: Pass) -> dict[str, object]:
    estimate, is_best = _higher_estimate(stage, line_pass), _is_best(stage, line_pass)
    return {
        **_place_facts(stage, line_pass),
        "passed": stage.diff.after.entries[line_pass.passed].name if is_best else None,
        "value": stage.has[line_pass.passed] if is_best else None,
        "before": stage.metric.sort_key(_was(stage, line_pass)),
        "cause": line_pass.cause,
        "still_above": [stage.diff.after.entries[entry].name for entry in _still_above(stage, line_pass)[:_VARIANTS]],
        "estimate_above": None if estimate is None else list(estimate),
    }


def _place_facts(stage: Stage, line_pass: Pass) -> dict[str, object]:
    return {
        "line": list(line_pass.rival),
        "place_before": _place_before(stage, line_pass),
        "certainty": _certainty(stage, line_pass),
    }


def _still_above(stage: Stage, line_pass: Pass) -> list[EntryId]:
    """The best of each generation of the rival's lab that is still above, the best first."""
    bar = stage.metric.sort_key(stage.has[line_pass.best])
    generations = stage.fields[GENERATION].listed.items()
    return [entry for _, entry in sorted(best for line, best in generations if line[0] == line_pass.rival[0] and best[0] < bar)]


def _reported_with(stage: Stage, line_pass: Pass) -> Iterator[str]:
    """The key of a pass, and of the same pass by the families and generations of the two entries."""
    yield line_pass.key
    riser, rival = (_lines.line_of(stage.diff.after.entries[entry]) for entry in (line_pass.best, line_pass.passed))
    if riser is not None and rival is not None:
        yield from (f"{'/'.join(riser[:FAMILY])} > {'/'.join(rival[:level])}" for level in (FAMILY, GENERATION))


KIND = EventKind(RULE, tuple(Grade), detect, recorded=(Grade.NOMINAL,), places=True)
