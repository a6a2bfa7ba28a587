"""Entries whose key changed although they stayed: another spelling, another name with the same values or for the same variant.

On boards without an id the name is the key, and publishers respell names: on one real board 29 of them changed only
their letter case in one night. Such an entry neither left nor arrived.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping

from tracker.compare.precision import same
from tracker.model import Board, Confidence, Entry, EntryId, Metric, Nature, Snapshot, name_tokens

_EXACT = 2
"""Decimals from which on an equal score, and a name that only adds words, identify an entry."""
_ENOUGH_VALUES = 3
"""The number of equal published scores, with no different one, that identifies an entry."""


def rekeyed(board: Board, before: Snapshot, after: Snapshot) -> dict[EntryId, EntryId]:
    """Key now → the key before. Only pairs that are unique on both sides."""
    arrived = [after.entries[entry] for entry in sorted(after.entries.keys() - before.entries.keys())]
    gone = [before.entries[entry] for entry in sorted(before.entries.keys() - after.entries.keys())]
    by_name = _pairs(arrived, gone, lambda entry: name_tokens(entry.name) or None)
    arrived, gone = _rest(arrived, gone, by_name)
    by_scores = _pairs(arrived, gone, lambda entry: _scores(board, entry))
    arrived, gone = _rest(arrived, gone, by_scores)
    by_variant = _pairs(arrived, gone, lambda entry: None if entry.who.confidence is Confidence.UNSURE else entry.who.variant)
    alike = {now: old for now, old in by_variant.items() if _alike(board.primary, after.entries[now], before.entries[old])}
    by_value = _pairs(*_rest(arrived, gone, alike), lambda entry: _exact_value(board.primary, entry))
    clearer = {now: old for now, old in by_value.items() if _clarifies(after.entries[now], before.entries[old])}
    return by_name | by_scores | alike | clearer


def _rest(arrived: Iterable[Entry], gone: Iterable[Entry], pairs: Mapping[EntryId, EntryId]) -> tuple[list[Entry], list[Entry]]:
    taken = frozenset(pairs.values())
    return [entry for entry in arrived if entry.id not in pairs], [entry for entry in gone if entry.id not in taken]


def _pairs(arrived: list[Entry], gone: list[Entry], feature: Callable[[Entry], Hashable | None]) -> dict[EntryId, EntryId]:
    """The entries that alone have a feature before and now."""
    new, old = [feature(entry) for entry in arrived], [feature(entry) for entry in gone]
    times_now, times_before = Counter(new), Counter(old)
    keys = {value: entry.id for entry, value in zip(gone, old, strict=True) if value is not None and times_before[value] == 1}
    return {entry.id: keys[value] for entry, value in zip(arrived, new, strict=True) if value in keys and times_now[value] == 1}


def _alike(primary: Metric | None, now: Entry, old: Entry) -> bool:
    """Whether two names of one variant can be one entry by their scores: the same number, or within the error of a fitted one."""
    if primary is None or primary.id not in now.measures or primary.id not in old.measures:
        return False
    after, before = now.measures[primary.id], old.measures[primary.id]
    if after.estimated != before.estimated:
        return False
    if primary.nature is Nature.FITTED and after.half_width and before.half_width:
        return abs(after.value - before.value) <= max(after.half_width, before.half_width)
    return same(after, before, typical=(after.decimals, before.decimals))


def _exact_value(primary: Metric | None, entry: Entry) -> float | None:
    """The primary value, if it has enough decimals that two entries hardly share it."""
    measure = entry.measures.get(primary.id) if primary is not None and primary.nature is Nature.TESTED else None
    return None if measure is None or measure.estimated or measure.decimals < _EXACT else measure.value


def _clarifies(now: Entry, old: Entry) -> bool:
    """Whether one name only adds words at the end of the other: `GPT 4`, `GPT 4 (1106)`."""
    shorter, longer = sorted((name_tokens(now.name), name_tokens(old.name)), key=len)
    return bool(shorter) and longer[: len(shorter)] == shorter


def _scores(board: Board, entry: Entry) -> tuple[tuple[str, float], ...] | None:
    """The measured scores of an entry, if there are enough of them to identify it."""
    metrics = {metric.id for metric in board.metrics if metric.nature in (Nature.TESTED, Nature.FITTED) and not metric.parts}
    measured = ((metric, measure) for metric, measure in entry.measures.items() if metric in metrics and not measure.estimated)
    scores = tuple(sorted((metric, measure.value) for metric, measure in measured))
    return scores if len([value for _, value in scores if value]) >= _ENOUGH_VALUES else None
