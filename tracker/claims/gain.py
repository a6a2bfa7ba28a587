"""A gains over its predecessor: like for like, by size and reasoning mode, metric by metric."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground, Mention, MentionKind
from tracker.claims.answer import combine, finding, stranger, turned, unmeasured
from tracker.claims.head_to_head import summary
from tracker.claims.places import place
from tracker.claims.record import Record
from tracker.claims.sides import Unpublished, shown
from tracker.claims.weight import Order, Weight, spread, weigh
from tracker.model import Board, Entry, Identity, Metric, name_tokens
from tracker.order import values_of
from tracker.query.find import BoardAt
from tracker.traits import traits
from tracker.wording import difference

SIZE_FACTOR = 2.0
"""The nearest size counts as like within this factor; beyond it there is no counterpart."""
_SAME_SIZE = 0.06
"""Sizes whose logarithms differ by no more are one size (27.8 and 27)."""
_GENERAL = frozenset(("", "instruct", "chat", "thinking", "hybrid", "it", "base"))
_BENT = frozenset(("vl", "vision", "omni", "coder", "code", "math", "audio"))
"""Words of a name that say it was made for something else than its line is."""
_MOST_PAIRS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class GainPair:
    """Two entries that are alike, and how they stand."""

    one: Entry
    other: Entry
    weight: Weight


def judge(claim: Claim, record: Record) -> Finding:
    """Supported where every variant that has a counterpart stands above it beyond the error."""
    named = claim if claim.rival is not None else _with_predecessor(claim, record)
    if isinstance(named, Finding):
        return named
    absent = stranger(named, record)
    if absent is not None:
        return absent
    assert named.rival is not None
    grounds: list[Ground] = []
    missing: list[Unpublished] = []
    for state, metric in record.scope(named):
        sides = record.on(state, named.subject), record.on(state, named.rival)
        pairs = pairs_of(state, metric, *sides)
        if pairs:
            grounds.append(_ground(named, record, state, metric, pairs))
        else:
            missing.append(_unpaired(state, metric, *sides))
    if not grounds:
        return _without(named, record, missing)
    return finding(named, combine(grounds), summary(tuple(grounds)), grounds=tuple(grounds))


def _without(claim: Claim, record: Record, missing: Sequence[Unpublished]) -> Finding:
    both = [one for one in missing if one.subject and one.rival]
    if not both:
        return unmeasured(claim, record, missing)
    where = ", ".join(dict.fromkeys(one.state.board.title for one in both))
    assert claim.rival is not None
    reason = f"{where}: no variant of {claim.subject.name} has a counterpart of like size and reasoning mode among those of {claim.rival.name}"
    return finding(claim, ClaimVerdict.NOT_COMPARABLE, reason)


def _unpaired(state: BoardAt, metric: Metric, mine: Sequence[Entry], theirs: Sequence[Entry]) -> Unpublished:
    has = [any(metric.id in entry.measures for entry in side) for side in (mine, theirs)]
    return Unpublished(state=state, metric=metric, subject=has[0], rival=has[1], listed=(bool(mine), bool(theirs)))


def _ground(claim: Claim, record: Record, state: BoardAt, metric: Metric, pairs: Sequence[GainPair]) -> Ground:
    orders = [pair.weight.order for pair in pairs]
    gains = orders.count(Order.ABOVE)
    verdict = (
        ClaimVerdict.SUPPORTED
        if gains == len(orders)
        else ClaimVerdict.CONTRADICTED
        if orders.count(Order.BELOW) == len(orders)
        else ClaimVerdict.MIXED
    )
    reason = f"{gains} of {len(pairs)} variants stand above their counterpart beyond the error"
    alone = [
        entry.name
        for entry in record.on(state, claim.subject)
        if metric.id in entry.measures and entry.id not in {pair.one.id for pair in pairs}
    ]
    caveats = [*_in_words(metric, pairs), *dict.fromkeys(caveat for pair in pairs for caveat in pair.weight.caveats)]
    caveats += [f"without a counterpart of like size and mode: {', '.join(alone)}"] if alone else []
    shown_entries = [entry for pair in pairs for entry in (pair.one, pair.other)]
    return place(
        record,
        state,
        metric,
        turned(verdict, negated=claim.negated),
        reason,
        entries=list({entry.id: entry for entry in shown_entries}.values()),
        caveats=caveats,
    )


def _in_words(metric: Metric, pairs: Sequence[GainPair]) -> Iterator[str]:
    for pair in pairs[:_MOST_PAIRS]:
        sign = "+" if pair.weight.gap >= 0 else "−"
        near = "" if pair.weight.order is not Order.NEAR else f", {pair.weight.why}"
        yield f"{shown(metric, pair.one)} against {shown(metric, pair.other)}: {sign}{difference(abs(pair.weight.gap), metric)}{near}"


# ── like for like ────────────────────────────────────────────────────────────────────────────────


def pairs_of(state: BoardAt, metric: Metric, mine: Sequence[Entry], theirs: Sequence[Entry]) -> tuple[GainPair, ...]:
    """Every entry of the one side with the entry of the other that is most like it; the strongest of equals."""
    wide = spread(measure.value for measure in values_of(state.snapshot, metric).values())
    rivals = [entry for entry in theirs if metric.id in entry.measures]
    found = []
    for one in mine:
        if metric.id in one.measures and (other := _counterpart(one, rivals, state.board, metric)):
            weight = weigh(metric, one.measures[metric.id], other.measures[metric.id], wide)
            found.append(GainPair(one=one, other=other, weight=weight))
    return tuple(sorted(found, key=lambda pair: metric.sort_key(pair.one.measures[metric.id].value)))


def _counterpart(one: Entry, rivals: Sequence[Entry], board: Board, metric: Metric) -> Entry | None:
    alike = [other for other in rivals if other.id != one.id and _mode(other, board) == _mode(one, board)]
    size = traits(one, board).size_total_b
    if size is None:
        unsized = [other for other in alike if traits(other, board).size_total_b is None]
        return _strongest(unsized, metric)
    distances = {other.id: abs(math.log(theirs / size)) for other in alike if (theirs := traits(other, board).size_total_b)}
    least = min(distances.values(), default=math.inf)
    if least > math.log(SIZE_FACTOR):
        return None
    return _strongest([other for other in alike if distances.get(other.id, math.inf) <= least + _SAME_SIZE], metric)


def _strongest(entries: Sequence[Entry], metric: Metric) -> Entry | None:
    return min(entries, key=lambda one: (metric.sort_key(one.measures[metric.id].value), one.id), default=None)


def _mode(entry: Entry, board: Board) -> tuple[object, ...]:
    """What two entries must share to be alike, beside their size: reasoning and effort, tier, tune, dense or a mixture."""
    known = traits(entry, board)
    who = known.who
    total, active = known.size_total_b, known.size_active_b
    mixture = total is not None and active is not None and active < 0.9 * total
    tune = "" if who.tune in _GENERAL else who.tune
    bent = tuple(sorted(_BENT.intersection(name_tokens(entry.name))))
    return known.reasoning, who.effort, who.tier, tune, bent, mixture


# ── who came before ──────────────────────────────────────────────────────────────────────────────


def _with_predecessor(claim: Claim, record: Record) -> Claim | Finding:
    """The claim with the generation before as its rival: the highest of the family that is lower, among those on record."""
    absent = stranger(claim, record)
    if absent is not None:
        return absent
    found = record.found(claim.subject)
    lines = {one.entry.who.line for one in found.entries if one.entry.who.generation}
    if len(lines) != 1:
        return finding(
            claim,
            ClaimVerdict.NOT_COMPARABLE,
            f"{claim.subject.name} is of {len(lines)} lines by name; which predecessor is meant is not said",
        )
    lab, family, generation = lines.pop()
    before = _before(record, lab, family, generation)
    if before is None:
        return finding(claim, ClaimVerdict.NOT_ON_RECORD, f"no generation of {family} before {generation} is on record")
    rival = _named_line(before)
    return replace(claim, rival=rival, read_as=(*claim.read_as, f"its predecessor is {rival.name}"))


def _before(record: Record, lab: str, family: str, generation: str) -> Identity | None:
    people = [entry.who for state in record.states for entry in state.snapshot.entries.values()]
    same = [who for who in people if (who.lab, who.family) == (lab, family) and _order(who.generation) is not None]
    mine = _order(generation)
    lower = [who for who in same if mine is not None and (_order(who.generation) or ()) < mine]
    return max(lower, key=lambda who: _order(who.generation) or (), default=None)


_GENERATION = re.compile(r"[vVrR]?(\d+(?:\.\d+)*)([a-z]?)")


def _order(generation: str) -> tuple[int, ...] | None:
    """A generation as something to sort by: `3.5` after `3`; None where it is no number."""
    found = _GENERATION.fullmatch(generation)
    return (*(int(part) for part in found[1].split(".")), ord(found[2]) if found[2] else 0) if found else None


def _named_line(who: Identity) -> Mention:
    name = f"{who.family} {who.generation}"
    return Mention(text=name, name=name, sort=MentionKind.LINE, lab=who.lab, product=who.line)
