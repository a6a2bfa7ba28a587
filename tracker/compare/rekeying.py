"""Entries whose key changed although they stayed: another spelling, another id, another name for the same values or variant.

On boards without an id the name is the key, and publishers respell names: on one real board 29 of them changed only their letter
case in one night. Such an entry neither left nor arrived. Where the publisher has ids, a name under a new id with other values is
re-listed: it may be another version.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tracker.compare.drift import FALLBACK_HALF_WIDTH
from tracker.compare.precision import same
from tracker.model import Board, Confidence, Entry, EntryId, Measure, Metric, Nature, Snapshot, name_tokens

_EXACT = 2
"""Decimals from which on an equal score, and a name that only adds words, identify an entry."""
_ENOUGH_VALUES = 3
"""The number of equal published scores, with no different one, that identifies an entry."""
_SCORES = (Nature.TESTED, Nature.FITTED)
_Clue = Callable[[Entry, Entry], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeyed:
    """Key now → the key before, of entries that continue, and of names that are re-listed with other values."""

    continued: Mapping[EntryId, EntryId] = field(default_factory=dict)
    relisted: Mapping[EntryId, EntryId] = field(default_factory=dict)


def rekeyed(board: Board, before: Snapshot, after: Snapshot) -> Rekeyed:
    """The entries with another key than before. Only pairs that are unique on both sides."""
    arrived = [after.entries[entry] for entry in sorted(after.entries.keys() - before.entries.keys())]
    gone = [before.entries[entry] for entry in sorted(before.entries.keys() - after.entries.keys())]
    if not arrived or not gone:
        return Rekeyed()
    values = _Values(board, before, after)
    named = _of_one_name(arrived, gone)
    named |= _pairs(*_rest(arrived, gone, named), _adds_a_path)
    ids = {entry.id: entry for entry in (*arrived, *gone)}
    continued = {now: old for now, old in named.items() if _respelled(now, old) or values.agree(ids[now], ids[old])}
    relisted = {now: old for now, old in named.items() if now not in continued}
    arrived, gone = _rest(arrived, gone, named)
    for clue in (values.identify, values.of_one_variant, values.clarified, values.relabelled):
        pairs = _pairs(arrived, gone, clue)
        continued |= pairs
        arrived, gone = _rest(arrived, gone, pairs)
    return Rekeyed(continued=continued, relisted=relisted)


def returned(board: Board, before: Snapshot, after: Snapshot, absent: Sequence[Entry]) -> Rekeyed:
    """The same of entries that were missing until now, as they were last: those of one name, or of one variant."""
    gone = [entry for entry in absent if entry.id not in after.entries]
    came = [after.entries[entry] for entry in sorted(after.entries.keys() - before.entries.keys() - {old.id for old in absent})]
    named, values, former = _of_one_name(came, gone), _Values(board, before, after), {entry.id: entry for entry in gone}
    agreeing = {now: old for now, old in named.items() if values.agree(after.entries[now], former[old])}
    variants = _pairs(*_rest(came, gone, named), values.back)
    return Rekeyed(continued=agreeing | variants, relisted={now: old for now, old in named.items() if now not in agreeing})


def exchanged(board: Board, before: Snapshot, after: Snapshot, entries: Iterable[EntryId]) -> dict[EntryId, EntryId]:
    """Those of the entries that now have the values of a row that is gone, or had those of one that comes, with that row.

    `entries` are on both pages.
    """
    values, old, new = _Values(board, before, after), before.entries, after.entries
    came, gone = ([here[key] for key in sorted(here.keys() - there.keys())] for here, there in ((new, old), (old, new)))
    found = {entry: other.id for entry in entries for other in gone if values.moved_over(other, old[entry], new[entry])}
    return found | {entry: other.id for entry in entries for other in came if values.moved_over(other, new[entry], old[entry])}


def _rest(arrived: Iterable[Entry], gone: Iterable[Entry], pairs: Mapping[EntryId, EntryId]) -> tuple[list[Entry], list[Entry]]:
    taken = frozenset(pairs.values())
    return [entry for entry in arrived if entry.id not in pairs], [entry for entry in gone if entry.id not in taken]


def _of_one_name(arrived: list[Entry], gone: list[Entry]) -> dict[EntryId, EntryId]:
    """The entries that alone have a name before and now."""
    new, old = [name_tokens(entry.name) for entry in arrived], [name_tokens(entry.name) for entry in gone]
    times_now, times_before = Counter(new), Counter(old)
    keys = {name: entry.id for entry, name in zip(gone, old, strict=True) if name and times_before[name] == 1}
    return {entry.id: keys[name] for entry, name in zip(arrived, new, strict=True) if name in keys and times_now[name] == 1}


def _pairs(arrived: list[Entry], gone: list[Entry], clue: _Clue) -> dict[EntryId, EntryId]:
    """The entries that fit each other and no other one."""
    fitting = [(now.id, old.id) for now in arrived for old in gone if clue(now, old)]
    times_now, times_before = Counter(now for now, _ in fitting), Counter(old for _, old in fitting)
    return {now: old for now, old in fitting if times_now[now] == times_before[old] == 1}


def _adds_a_path(now: Entry, old: Entry) -> bool:
    """Whether one name is the other with a path before it: `openai/gpt-4o`, `gpt-4o`."""
    shorter, longer = sorted((now.name, old.name), key=len)
    path, _, name = longer.rpartition("/")
    return bool(path) and "/" not in shorter and name_tokens(name) == name_tokens(shorter) != ()


def _respelled(now: EntryId, old: EntryId) -> bool:
    return name_tokens(now) == name_tokens(old)


class _Values:
    """The published values by which an entry is recognised under another key."""

    def __init__(self, board: Board, before: Snapshot, after: Snapshot) -> None:
        self._scores = [metric for metric in board.metrics if metric.nature in _SCORES and not metric.parts]
        self._prices = [metric for metric in board.metrics if metric.nature is Nature.LISTED and not metric.parts]
        self._primary, self._pages = board.primary, (before, after)

    def agree(self, now: Entry, old: Entry) -> bool:
        """Whether no shared score differs by more than precision, or than a rating's error. Without scores, prices decide."""
        shared = self._shared(self._scores, now, old)
        if shared:
            return all(self._alike(metric, *pair) for metric, *pair in shared)
        if self._primary and (self._primary.id in now.measures) != (self._primary.id in old.measures):
            return False
        return all(self._alike(metric, *pair) for metric, *pair in self._shared(self._prices, now, old))

    def of_one_variant(self, now: Entry, old: Entry) -> bool:
        """Whether both names mean one variant of a model, with the same primary value; without one, with values that agree."""
        if now.who.variant is None or now.who.variant != old.who.variant or not (_is_sure(now) and _is_sure(old)):
            return False
        for metrics in ([self._primary] if self._primary else [], self._scores, self._prices):
            if shared := self._shared(metrics, now, old):
                return self._alike(*shared[0]) if shared[0][0].primary else self.agree(now, old)
        return False

    def back(self, now: Entry, old: Entry) -> bool:
        """Whether both names mean one variant, and no value that is remembered of it differs."""
        return now.who.variant is not None and now.who.variant == old.who.variant and self.agree(now, old)

    def identify(self, now: Entry, old: Entry) -> bool:
        """Whether enough published scores are equal, and none differs."""
        return len(self._equal(now, old)) >= _ENOUGH_VALUES

    def relabelled(self, now: Entry, old: Entry) -> bool:
        """Whether all cells are the same, scores, prices and properties: the row has another label.

        More are needed unless both names mean one model.
        """
        if now.attributes != old.attributes or now.measures.keys() != old.measures.keys() or not self._equal(now, old):
            return False
        is_one = now.who.model is not None and now.who.model == old.who.model
        cells = [(measure, old.measures[metric]) for metric, measure in now.measures.items()]
        telling = sum(bool(measure.value) and not measure.estimated for measure, _ in cells)
        return telling > (1 if is_one else _ENOUGH_VALUES) and all(_equal(*pair) for pair in cells)

    def moved_over(self, other: Entry, before: Entry, after: Entry) -> bool:
        """Whether an entry's scores became all those that another one has, and were others before.

        Two are enough, or one that is exact and that no other entry has.
        """
        shared = self._shared(self._scores, after, other)
        if not shared or len(self._equal(after, other)) < len(shared):
            return False
        own = [before.measures.get(metric.id) for metric, *_ in shared]
        new = [(metric, now) for (metric, now, _), was in zip(shared, own, strict=True) if was is None or not _equal(now, was)]
        if len(new) == 1:
            return len(shared) == 1 and new[0][1].decimals >= _EXACT and self._only(*new[0])
        return len(new) > 1

    def clarified(self, now: Entry, old: Entry) -> bool:
        """Whether one name only adds words at the end of the other (`GPT 4`, `GPT 4 (1106)`), at an equal exact score.

        One decimal is enough if no other entry has the value, and the names may mean one model.
        """
        shorter, longer = sorted((name_tokens(now.name), name_tokens(old.name)), key=len)
        if not shorter or longer[: len(shorter)] != shorter:
            return False
        equal = [found for found in self._equal(now, old) if found[0].nature is Nature.TESTED]
        if any(min(measure.decimals for measure in pair) >= _EXACT for _, *pair in equal):
            return True
        may_be_one = now.who.model == old.who.model or not (_is_sure(now) and _is_sure(old))
        return may_be_one and any(measure.decimals and self._only(metric, measure) for metric, measure, _ in equal)

    def _shared(self, metrics: Iterable[Metric], now: Entry, old: Entry) -> list[tuple[Metric, Measure, Measure]]:
        both = ((metric, now.measures.get(metric.id), old.measures.get(metric.id)) for metric in metrics)
        return [(metric, after, before) for metric, after, before in both if after is not None and before is not None]

    def _equal(self, now: Entry, old: Entry) -> list[tuple[Metric, Measure, Measure]]:
        """The measured scores that both have and that are not zero; none if one of them differs."""
        shared = [
            (metric, after, before)
            for metric, after, before in self._shared(self._scores, now, old)
            if not (after.estimated and before.estimated)
        ]
        if any(not _equal(after, before) for _, after, before in shared):
            return []
        return [(metric, after, before) for metric, after, before in shared if after.value]

    def _alike(self, metric: Metric, after: Measure, before: Measure) -> bool:
        if metric.nature is not Nature.FITTED or after.estimated != before.estimated:
            return _equal(after, before)
        error = max(after.half_width or 0.0, before.half_width or 0.0)
        if not error:
            values = [value for page in self._pages for value in page.values(metric.id).values()]
            error = FALLBACK_HALF_WIDTH * (max(values) - min(values))
        return abs(after.value - before.value) <= error

    def _only(self, metric: Metric, measure: Measure) -> bool:
        """Whether at most one entry of each page has a value."""
        return all(list(page.values(metric.id).values()).count(measure.value) <= 1 for page in self._pages)


def _is_sure(entry: Entry) -> bool:
    return entry.who.confidence is not Confidence.UNSURE


def _equal(after: Measure, before: Measure) -> bool:
    """Whether two published numbers are one, both measured or both estimated."""
    return after.estimated == before.estimated and same(after, before, typical=(after.decimals, before.decimals))
