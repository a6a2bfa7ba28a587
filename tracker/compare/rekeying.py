"""Entries whose key changed although they stayed: another spelling, another name with the same values or for the same variant.

On boards without an id the name is the key, and publishers respell names: on one real board 29 of them changed only
their letter case in one night. Such a pair neither left nor entered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping

from tracker.compare.precision import same
from tracker.model import Board, Confidence, Entry, EntryId, Metric, Nature, Snapshot, name_tokens

_EXACT = 2
"""Decimals from which on an equal score and a name that only says more name the same entry."""
_ENOUGH_VALUES = 3
"""So many equal published scores, and none that differs, name the same entry."""


def rekeyed(board: Board, before: Snapshot, after: Snapshot) -> dict[EntryId, EntryId]:
    """Key now → the key before. Only pairs that are unique on both sides."""
    arrived = [after.entries[entry] for entry in sorted(after.entries.keys() - before.entries.keys())]
    gone = [before.entries[entry] for entry in sorted(before.entries.keys() - after.entries.keys())]
    by_name = _pairs(arrived, gone, _folded)
    arrived, gone = _rest(arrived, gone, by_name)
    by_scores = _pairs(arrived, gone, lambda one: _scores(board, one))
    arrived, gone = _rest(arrived, gone, by_scores)
    by_variant = _pairs(arrived, gone, _variant)
    alike = {now: had for now, had in by_variant.items() if _alike(board.primary, after.entries[now], before.entries[had])}
    by_value = _pairs(*_rest(arrived, gone, alike), lambda one: _exact_value(board.primary, one))
    clearer = {now: had for now, had in by_value.items() if _clarifies(after.entries[now], before.entries[had])}
    return by_name | by_scores | alike | clearer


def _rest(arrived: Iterable[Entry], gone: Iterable[Entry], found: Mapping[EntryId, EntryId]) -> tuple[list[Entry], list[Entry]]:
    taken = frozenset(found.values())
    return [one for one in arrived if one.id not in found], [one for one in gone if one.id not in taken]


def _pairs(arrived: list[Entry], gone: list[Entry], feature: Callable[[Entry], Hashable | None]) -> dict[EntryId, EntryId]:
    mine, theirs = [feature(one) for one in arrived], [feature(one) for one in gone]
    once, once_before = Counter(mine), Counter(theirs)
    had = {one: entry.id for entry, one in zip(gone, theirs, strict=True) if one is not None and once_before[one] == 1}
    return {entry.id: had[one] for entry, one in zip(arrived, mine, strict=True) if one in had and once[one] == 1}


def _folded(one: Entry) -> tuple[str, ...] | None:
    return name_tokens(one.name) or None


def _variant(one: Entry) -> str | None:
    return None if one.who.confidence is Confidence.UNSURE else one.who.variant


def _alike(primary: Metric | None, now: Entry, had: Entry) -> bool:
    """Whether the scores allow that two names of one variant are one entry: the same number, or for a fitted one within its error."""
    mine, theirs = (one.measures.get(primary.id) if primary else None for one in (now, had))
    if primary is None or mine is None or theirs is None or mine.estimated != theirs.estimated:
        return False
    if primary.nature is Nature.FITTED and mine.half_width and theirs.half_width:
        return abs(mine.value - theirs.value) <= max(mine.half_width, theirs.half_width)
    return same(mine, theirs, typical=(mine.decimals, theirs.decimals))


def _exact_value(primary: Metric | None, one: Entry) -> float | None:
    """The primary value, where it is written so exactly that two entries hardly share it."""
    measure = one.measures.get(primary.id) if primary is not None and primary.nature is Nature.TESTED else None
    return None if measure is None or measure.estimated or measure.decimals < _EXACT else measure.value


def _clarifies(now: Entry, had: Entry) -> bool:
    """Whether one name only says more than the other at its end: `GPT 4`, `GPT 4 (1106)`."""
    shorter, longer = sorted((name_tokens(now.name), name_tokens(had.name)), key=len)
    return bool(shorter) and longer[: len(shorter)] == shorter


def _scores(board: Board, one: Entry) -> tuple[tuple[str, float], ...] | None:
    """Its measured scores, if there are enough of them to tell it from others."""
    natures = {metric.id for metric in board.metrics if metric.nature in (Nature.TESTED, Nature.FITTED) and not metric.parts}
    measured = {metric: measure.value for metric, measure in one.measures.items() if metric in natures and not measure.estimated}
    found = tuple(sorted(measured.items()))
    return found if len([value for _, value in found if value]) >= _ENOUGH_VALUES else None
