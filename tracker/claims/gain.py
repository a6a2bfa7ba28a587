"""A gains over its predecessor: like for like, by size and reasoning mode, metric by metric."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from typing import NamedTuple

from tracker.claims._records import Claim, ClaimVerdict, Finding, Ground
from tracker.claims.answer import cases, conclude, finding, grounds, stranger
from tracker.claims.case import Case, Unpublished
from tracker.claims.record import Record
from tracker.claims.weight import Order, Weight
from tracker.model import Board, Entry, name_tokens
from tracker.traits import traits

SIZE_FACTOR = 2.0
"""Sizes are alike within this factor; an entry without one like it has no counterpart."""
_SAME_SIZE = 0.06
"""Sizes whose logarithms differ by no more than this are one size (27.8 and 27)."""
_GENERAL = frozenset(("", "instruct", "chat", "thinking", "hybrid", "it", "base"))
_SPECIAL = frozenset(("vl", "vision", "omni", "coder", "code", "math", "audio"))
"""Words of a name that say it was made for something else than its line."""
_MOST_PAIRS = 12


class GainPair(NamedTuple):
    """An entry and its counterpart in the older line, and how they compare."""

    entry: Entry
    counterpart: Entry
    weight: Weight


def judge(claim: Claim, record: Record) -> Finding:
    """Supported if every variant that has a counterpart is above it beyond the error."""
    if (absent := stranger(claim, record)) is not None:
        return absent
    assert claim.rival is not None
    paired, missing = grounds(cases(claim, record), _ground)
    unlike = dict.fromkeys(metric.case.state.board.title for metric in missing if all(metric.valued))
    if paired or not unlike:
        return conclude(claim, record, paired, missing)
    lacks = (
        f"no variant of {claim.subject.name} has a counterpart of like size and reasoning mode among those of {claim.rival.name}"
    )
    return finding(claim, ClaimVerdict.NOT_COMPARABLE, f"{', '.join(unlike)}: {lacks}")


def _ground(case: Case) -> Ground | Unpublished:
    metric = case.metric
    sides = [case.on(mention) for mention in (case.claim.subject, case.rival)]
    variants, rivals = (case.valued(side) for side in sides)
    matched = ((entry, other) for entry in variants if (other := _counterpart(case, entry, rivals)) is not None)
    found = [GainPair(entry, other, case.weigh(entry, other)) for entry, other in matched]
    pairs = sorted(found, key=lambda pair: metric.sort_key(case.value(pair.entry)))
    if not pairs:
        return Unpublished(case=case, valued=(bool(variants), bool(rivals)), listed=(bool(sides[0]), bool(sides[1])))
    orders = [pair.weight.order for pair in pairs]
    verdicts = {Order.ABOVE: ClaimVerdict.SUPPORTED, Order.BELOW: ClaimVerdict.CONTRADICTED}
    verdict = verdicts.get(orders[0], ClaimVerdict.MIXED) if len(set(orders)) == 1 else ClaimVerdict.MIXED
    median = sorted(pairs, key=lambda pair: pair.weight.gap)[len(pairs) // 2].weight
    if verdict is ClaimVerdict.SUPPORTED and not median.agrees(case.claim.degree):
        verdict = ClaimVerdict.MIXED
    reason = f"{orders.count(Order.ABOVE)} of {len(pairs)} variants stand above their counterpart beyond the error"
    paired = {pair.entry.id for pair in pairs}
    alone = ", ".join(entry.name for entry in variants if entry.id not in paired)
    caveats = [_in_words(case, pair) for pair in pairs[:_MOST_PAIRS]]
    caveats += dict.fromkeys(caveat for pair in pairs for caveat in pair.weight.caveats)
    caveats += [f"without a counterpart of like size and mode: {alone}"] if alone else []
    entries = {entry.id: entry for pair in pairs for entry in (pair.entry, pair.counterpart)}
    return case.ground(verdict, reason, list(entries.values()), caveats=caveats)


def _in_words(case: Case, pair: GainPair) -> str:
    gap = f"{'+' if pair.weight.gap >= 0 else '−'}{case.gap(pair.weight.gap, pair.entry, pair.counterpart)}"
    near = f", {pair.weight.why}" if pair.weight.order is Order.NEAR else ""
    return f"{case.shown(pair.entry)} against {case.shown(pair.counterpart)}: {gap}{near}"


def _counterpart(case: Case, entry: Entry, rivals: Sequence[Entry]) -> Entry | None:
    """The rival that is most like a variant; of equals, the strongest."""
    board = case.state.board
    alike = [rival for rival in rivals if rival.id != entry.id and _mode(rival, board) == _mode(entry, board)]
    size = traits(entry, board).size_total_b
    sizes = {rival.id: traits(rival, board).size_total_b for rival in alike}
    if size is None:
        near = [rival for rival in alike if sizes[rival.id] is None]
    else:
        distances = {key: abs(log(other / size)) for key, other in sizes.items() if other}
        least = min(distances.values(), default=inf)
        same = least + _SAME_SIZE if least <= log(SIZE_FACTOR) else -inf
        near = [rival for rival in alike if distances.get(rival.id, inf) <= same]
    return min(near, key=lambda rival: (case.metric.sort_key(case.value(rival)), rival.id), default=None)


def _mode(entry: Entry, board: Board) -> tuple[object, ...]:
    """What two entries must share to be alike, besides their size: reasoning and effort, tier, tune, dense or a mixture."""
    known = traits(entry, board)
    total, active = known.size_total_b, known.size_active_b
    mixture = total is not None and active is not None and active < 0.9 * total
    tune = "" if known.who.tune in _GENERAL else known.who.tune
    return known.reasoning, known.who.effort, known.who.tier, tune, _SPECIAL.intersection(name_tokens(entry.name)), mixture
