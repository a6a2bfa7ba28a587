"""Entries whose key changed although they stayed: another spelling, another id, another name for the same values or variant.

On boards without an id the name is the key, and publishers respell names. Such an entry neither left nor arrived. Where the
publisher has ids, a name under a new id with other values is re-listed: it may be another version. Where several rows got other
labels at once, each continues the one of the nearest name; if none is nearest, what became of them is doubtful.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import chain, product
from math import isclose
from operator import attrgetter

from tracker.compare.drift import FALLBACK_HALF_WIDTH
from tracker.compare.nameless import without_badges
from tracker.compare.precision import same
from tracker.model import Board, Confidence, Entry, EntryId, Measure, Metric, MetricId, Nature, Snapshot, name_tokens, spelling_of
from tracker.model.names import is_misprint

_EXACT = 2
"""Decimals from which on an equal score, and a name that only adds words, identify an entry."""
_ENOUGH_VALUES = 3
"""The number of equal published scores, with no different one, that identifies an entry."""
_SHRUNK, _GREW, _MANY = 0.99, 1.15, 100
"""A count of this size that changed by no more than this is that of the same entry: publishers withdraw a few votes."""
_NOISE = 1e-6
_MOST_PAIRS = 100_000
"""Pairs of labels that are looked at one by one. More of them are new labels altogether."""
_COMMON = 10
"""A result that more rows have than this identifies none of them."""
_SCORES = (Nature.TESTED, Nature.FITTED)
_Clue = Callable[[Entry, Entry], bool]
_Pair = tuple[Entry, Entry]
_Result = tuple[MetricId, float]
_Column = Sequence[tuple[Measure, int, Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekeyed:
    """Key now → the key before, of entries that continue, and of names that are re-listed with other values.

    `doubtful` maps a key now to all that it fits, where it is not certain which of them continue; `relisted` has the nearest.
    It also maps a key that was there before to the row that has taken it over.
    """

    continued: Mapping[EntryId, EntryId] = field(default_factory=dict)
    relisted: Mapping[EntryId, EntryId] = field(default_factory=dict)
    doubtful: Mapping[EntryId, Sequence[EntryId]] = field(default_factory=dict)


def rekeyed(board: Board, before: Snapshot, after: Snapshot) -> Rekeyed:
    """The entries with another key than before. Only pairs that are unique on both sides, or whose names are the nearest."""
    arrived = [after.entries[entry] for entry in sorted(after.entries.keys() - before.entries.keys())]
    gone = [before.entries[entry] for entry in sorted(before.entries.keys() - after.entries.keys())]
    if not gone:
        return Rekeyed()
    values = _Values(board, before, after)
    taken = values.taken_over([after.entries[key] for key in sorted(after.entries.keys() & before.entries.keys())], gone)
    _, gone = _rest([], gone, taken)
    named = _of_one_name(arrived, gone)
    named |= _nearest(_with_paths(*_rest(arrived, gone, named)))[0]
    ids = {entry.id: entry for entry in (*arrived, *gone)}
    continued = {
        now: old for now, old in named.items() if name_tokens(now) == name_tokens(old) or values.agree(ids[now], ids[old])
    }
    relisted = {now: old for now, old in named.items() if now not in continued}
    arrived, gone = _rest(arrived, gone, named)
    respelled = _respelled(arrived, gone, (before, after))
    continued |= {now.id: old.id for now, old in respelled if values.agree(now, old) and values.grew_little(now, old)}
    arrived, gone = _rest(arrived, gone, continued)
    unclear: list[_Pair] = []
    for clue in (values.identify, values.of_one_variant, values.clarified, values.same_cells, values.relabelled):
        pairs, several = _pairs(arrived, gone, clue)
        continued |= pairs
        unclear += several
        arrived, gone = _rest(arrived, gone, pairs)
    unclear += _fitting(arrived, gone, values.ranks_alike)
    unclear = sorted((pair for pair in unclear if pair[0] in arrived or pair[1] in gone), key=_likeness, reverse=True)
    for now, old in unclear:
        if now in arrived and old in gone and now.id not in relisted and old.id not in relisted.values():
            relisted[now.id] = old.id
    doubtful = {now: [old] for now, old in taken.items()}
    doubtful |= {now.id: sorted({old.id for new, old in unclear if new is now}) for now, _ in unclear}
    return Rekeyed(continued=continued, relisted=relisted, doubtful=doubtful)


def returned(board: Board, before: Snapshot, after: Snapshot, absent: Sequence[Entry]) -> Rekeyed:
    """The same of entries that were missing until now, as they were last: those of one name, or of one variant."""
    gone = [entry for entry in absent if entry.id not in after.entries]
    came = [after.entries[entry] for entry in sorted(after.entries.keys() - before.entries.keys() - {old.id for old in absent})]
    named, values, former = _of_one_name(came, gone), _Values(board, before, after), {entry.id: entry for entry in gone}
    agreeing = {now: old for now, old in named.items() if values.agree(after.entries[now], former[old])}
    variants, _ = _pairs(*_rest(came, gone, named), values.back)
    return Rekeyed(continued=agreeing | variants, relisted={now: old for now, old in named.items() if now not in agreeing})


def exchanged(board: Board, before: Snapshot, after: Snapshot, entries: Iterable[EntryId]) -> dict[EntryId, EntryId]:
    """Those of the entries that now have, or had, all scores of another row, with that row: one that goes or comes, or stays.

    `entries` are on both pages.
    """
    values, found, moved = _Values(board, before, after), dict[EntryId, EntryId](), frozenset(entries)
    if not moved:
        return found
    for was, now in ((before, after), (after, before)):
        pairs = {entry: (was.entries[entry], now.entries[entry]) for entry in moved}
        gone = values.by_score([was.entries[key] for key in sorted(was.entries.keys() - now.entries.keys())])
        results = {entry: values.new_results(*pair) for entry, pair in pairs.items()}
        still = values.by_result(now, set(chain.from_iterable(results.values())), was.entries.keys() - moved)
        for entry, pair in pairs.items():
            candidates = (*values.like(gone, *pair), *values.copied(still, results[entry]))
            other = next((other for other in candidates if values.moved_over(other, *pair)), None)
            if other is not None:
                found[entry] = other.id
    return found


def _rest(arrived: Iterable[Entry], gone: Iterable[Entry], pairs: Mapping[EntryId, EntryId]) -> tuple[list[Entry], list[Entry]]:
    taken = frozenset(pairs.values())
    return [entry for entry in arrived if entry.id not in pairs], [entry for entry in gone if entry.id not in taken]


def _of_one_name(arrived: list[Entry], gone: list[Entry]) -> dict[EntryId, EntryId]:
    """The entries that alone have a name before and now."""
    new, old = [name_tokens(entry.name) for entry in arrived], [name_tokens(entry.name) for entry in gone]
    times_now, times_before = Counter(new), Counter(old)
    keys = {name: entry.id for entry, name in zip(gone, old, strict=True) if name and times_before[name] == 1}
    return {entry.id: keys[name] for entry, name in zip(arrived, new, strict=True) if name in keys and times_now[name] == 1}


def _respelled(arrived: Iterable[Entry], gone: Iterable[Entry], pages: Iterable[Snapshot]) -> list[_Pair]:
    """The pairs of one spelling, badges aside, that nothing else on either page has."""
    spelled = {_plain(entry): entry for entry in gone}
    found = [(entry, spelled[spelling]) for entry in arrived if (spelling := _plain(entry)) in spelled and spelling]
    times = Counter(_plain(entry) for page in pages if found for entry in page.entries.values())
    return [pair for pair in found if times[_plain(pair[0])] == len(pair)]


def _plain(entry: Entry) -> str:
    return spelling_of(" ".join(without_badges(entry.name)))


def _pairs(arrived: list[Entry], gone: list[Entry], clue: _Clue) -> tuple[dict[EntryId, EntryId], list[_Pair]]:
    """The `_nearest` of all entries that fit each other."""
    return _nearest(_fitting(arrived, gone, clue))


def _fitting(arrived: list[Entry], gone: list[Entry], clue: _Clue) -> list[_Pair]:
    """The pairs that fit; none where too many labels are others."""
    return [pair for pair in product(arrived, gone) if clue(*pair)] if len(arrived) * len(gone) <= _MOST_PAIRS else []


def _nearest(fitting: Sequence[_Pair]) -> tuple[dict[EntryId, EntryId], list[_Pair]]:
    """The pairs that fit no other entry, or whose names are nearer than those of the others; and the rest."""
    likeness = [_likeness(pair) if len(fitting) > 1 else 1.0 for pair in fitting]
    best: dict[EntryId, list[float]] = {}
    for pair, alike in zip(fitting, likeness, strict=True):
        for entry in pair:
            best.setdefault(entry.id, []).append(alike)
    nearest = {entry: max(found) for entry, found in best.items() if found.count(max(found)) == 1}
    pairs = {
        now.id: old.id
        for (now, old), alike in zip(fitting, likeness, strict=True)
        if nearest.get(now.id) == alike == nearest.get(old.id)
    }
    taken = frozenset(pairs.values())
    return pairs, [(now, old) for now, old in fitting if now.id not in pairs or old.id not in taken]


def _with_paths(arrived: Iterable[Entry], gone: Iterable[Entry]) -> list[_Pair]:
    """The pairs of which one name is the other with a path before it, in the order of both."""
    by_name: defaultdict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for old in gone:
        by_name[name_tokens(old.name.rpartition("/")[2])].append(old)
    found = ((now, old) for now in arrived for old in by_name.get(name_tokens(now.name.rpartition("/")[2]), ()))
    return [pair for pair in found if _adds_a_path(*pair)]


def _adds_a_path(now: Entry, old: Entry) -> bool:
    """Whether one name is the other with a path before it: `openai/gpt-4o`, `gpt-4o`."""
    shorter, longer = sorted((now.name, old.name), key=len)
    path, _, name = longer.rpartition("/")
    return bool(path) and "/" not in shorter and name_tokens(name) == name_tokens(shorter) != ()


def _likeness(pair: _Pair) -> float:
    """How much of two names is the same, between 0 and 1."""
    now, old = (" ".join(name_tokens(entry.name)) for entry in pair)
    return SequenceMatcher(a=now, b=old, autojunk=False).ratio()


class _Values:
    """The published values by which an entry is recognised under another key."""

    def __init__(self, board: Board, before: Snapshot, after: Snapshot) -> None:
        self._scores = [metric for metric in board.metrics if metric.nature in _SCORES and not metric.parts]
        self._prices = [metric for metric in board.metrics if metric.nature is Nature.LISTED and not metric.parts]
        self._points = [metric for metric in board.metrics if metric.nature is Nature.POINTS]
        self._counts = [metric for metric in board.metrics if metric.nature is Nature.COUNT]
        self._tests = [metric for metric in self._scores if metric.nature is Nature.TESTED]
        self._primary, self._pages = board.primary, (before, after)

    def agree(self, now: Entry, old: Entry) -> bool:
        """Whether no shared score differs by more than precision, or than a rating's error. Without scores, prices decide."""
        shared = self._shared(self._scores, now, old)
        if shared:
            return all(self._alike(metric, *pair) for metric, *pair in shared)
        if self._primary and (self._primary.id in now.measures) != (self._primary.id in old.measures):
            return False
        return all(self._alike(metric, *pair) for metric, *pair in self._shared(self._prices, now, old))

    def grew_little(self, now: Entry, old: Entry) -> bool:
        """Whether points and counts are equal, or large and only a little more or less."""
        shared = self._shared((*self._points, *self._counts), now, old)
        return all(
            after.value == before.value
            or (before.value >= _MANY and _SHRUNK * before.value <= after.value <= _GREW * before.value)
            for _, after, before in shared
        )

    def of_one_variant(self, now: Entry, old: Entry) -> bool:
        """Whether both names mean one variant of a model, with the same primary value, and no more scores differ than agree.

        Without a primary value, no score or price that both have may differ.
        """
        if self.ranks_alike(now, old):
            alike = [self._alike(*found) for found in self._shared(self._scores, now, old)]
            return 2 * sum(alike) >= len(alike)
        if not _is_one_variant(now, old) or (self._primary and self._shared([self._primary], now, old)):
            return False
        return bool(self._shared((*self._scores, *self._prices), now, old)) and self.agree(now, old)

    def ranks_alike(self, now: Entry, old: Entry) -> bool:
        """Whether both names mean one variant of a model, with the same primary value; other values may be of another run."""
        primary = self._shared([self._primary] if self._primary else [], now, old)
        return _is_one_variant(now, old) and any(self._alike(*found) for found in primary)

    def taken_over(self, stayed: Iterable[Entry], gone: Sequence[Entry]) -> dict[EntryId, EntryId]:
        """The keys that another row took, with the key it had: they state all that is that row's, and nothing that was theirs.

        A text that no other row states must be among it, such as a label, and a value.
        """
        before, taken = self._pages[0].entries, dict[EntryId, EntryId]()
        for now in stayed:
            own = before[now.id]
            if (now.name, now.attributes) == (own.name, own.attributes):
                continue
            texts, compared = _texts(now), self._shared((*self._scores, *self._prices), now, own)
            rows = [old.id for old in gone if _texts(old) == texts and self.agree(now, old)] if texts - _texts(own) else []
            if len(rows) == 1 and compared and not self.agree(now, own) and all(map(self._only_text, texts - _texts(own))):
                taken[now.id] = rows[0]
        return {now: old for now, old in taken.items() if list(taken.values()).count(old) == 1}

    def _only_text(self, text: tuple[str, str]) -> bool:
        """Whether at most one entry of each page states a text."""
        return all(sum(text in _texts(entry) for entry in page.entries.values()) <= 1 for page in self._pages)

    def back(self, now: Entry, old: Entry) -> bool:
        """Whether both names mean one variant, and no value that is remembered of it differs; or whether it got another label."""
        one = now.who.variant is not None and now.who.variant == old.who.variant
        return (one and self.agree(now, old)) or self.relabelled(now, old)

    def identify(self, now: Entry, old: Entry) -> bool:
        """Whether enough published scores are equal, and none differs."""
        return len(self._equal(now, old)) >= _ENOUGH_VALUES

    def same_cells(self, now: Entry, old: Entry) -> bool:
        """Whether all cells are the same, scores, prices and properties: the row has another label.

        More are needed unless both names mean one model, or the points that rank the board are too large to be equal by chance.
        """
        if now.attributes != old.attributes or now.measures.keys() != old.measures.keys():
            return False
        is_labelled, is_counted = _have_one_label(now, old) or _is_misprinted(now, old), self._counted(now)
        if not (is_labelled or is_counted or self._equal(now, old)):
            return False
        is_one = is_labelled or (now.who.model is not None and now.who.model == old.who.model)
        cells = [(measure, old.measures[metric]) for metric, measure in now.measures.items()]
        telling = sum(bool(measure.value) and not measure.estimated for measure, _ in cells)
        return telling > (1 if is_one or is_counted else _ENOUGH_VALUES) and all(_equal(*pair) for pair in cells)

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

    def relabelled(self, now: Entry, old: Entry) -> bool:
        """Whether only the label is another: the primary value is equal, nothing differs, and a witness says so.

        The witness is a count that grew by little; or, if the value is exact or no other entry has it, another equal score, an
        equal interval or release date, or names that are of one generation or differ by a misprint.
        """
        if self._primary not in self._scores or self._primary is None or _are_others(now, old):
            return False
        primary = self._shared([self._primary], now, old)
        scores, counts = self._shared(self._scores, now, old), self._shared(self._counts, now, old)
        grew = all(_SHRUNK * before.value <= after.value <= _GREW * before.value for _, after, before in counts)
        if not primary or primary[0][1].estimated or not grew or not all(_equal(*found[1:]) for found in scores):
            return False
        (_, after, before), decimals = primary[0], min(measure.decimals for measure in primary[0][1:])
        if any(after.value >= _MANY for _, after, _ in counts):
            return True
        if not (decimals >= _EXACT or (decimals and self._only(self._primary, after))):
            return False
        others = any(found[1].value and found[1].raw != after.raw for found in scores)
        released = now.attributes.get("released")
        errors = (after.half_width or 0.0, before.half_width or 0.0)
        return (
            others
            or (all(errors) and isclose(*errors, rel_tol=_NOISE))
            or (released or "") == old.attributes.get("released")
            or _is_one_name(now, old)
        )

    def by_score(self, rows: Sequence[Entry]) -> Mapping[MetricId, _Column]:
        """The rows by each of their scores, the lowest first, with their places among the rows."""
        numbered = list(enumerate(rows))
        shown = {
            metric.id: [(row.measures[metric.id], at, row) for at, row in numbered if metric.id in row.measures]
            for metric in self._scores
        }
        return {metric: sorted(column, key=_value_of) for metric, column in shown.items()}

    def like(self, rows: Mapping[MetricId, _Column], before: Entry, after: Entry) -> Iterator[Entry]:
        """Those of the rows with a score that is new for an entry, as far as decimals tell; in their order."""
        found: dict[int, Entry] = {}
        for metric in self._scores:
            column, now, was = rows[metric.id], after.measures.get(metric.id), before.measures.get(metric.id)
            if not column or now is None or (was is not None and _equal(now, was)):
                continue
            coarsest = min(now.decimals, *(measure.decimals for measure, _, _ in column))
            reach = 10.0**-coarsest + _NOISE * max(1.0, abs(now.value))  # twice what two roundings of one number differ by
            start = bisect_left(column, now.value - reach, key=_value_of)
            end = bisect_right(column, now.value + reach, key=_value_of)
            found |= {at: row for _, at, row in column[start:end]}
        return (found[at] for at in sorted(found))

    def new_results(self, before: Entry, after: Entry) -> list[_Result]:
        """The exact results of tests that are new for an entry; none on a board of one test."""
        if len(self._tests) < 2:
            return []
        shown = ((metric.id, after.measures.get(metric.id)) for metric in self._tests)
        return [
            (metric, now.value) for metric, now in shown if now and now.decimals >= _EXACT and before.measures.get(metric) != now
        ]

    def by_result(
        self, page: Snapshot, wanted: AbstractSet[_Result], entries: Container[EntryId]
    ) -> Mapping[_Result, Sequence[Entry]]:
        """Those of a page's entries that have a wanted result, by each of these."""
        found: defaultdict[_Result, list[Entry]] = defaultdict(list)
        for metric in {metric for metric, _ in wanted}:
            for entry, value in page.values(metric).items():
                if (metric, value) in wanted and entry in entries:
                    found[metric, value].append(page.entries[entry])
        return found

    def copied(self, rows: Mapping[_Result, Sequence[Entry]], new: Sequence[_Result]) -> list[Entry]:
        """The rows of which an entry took over two exact results of tests."""
        same = [row for result in new if len(alike := rows.get(result, ())) <= _COMMON for row in alike]
        times = Counter(row.id for row in same)
        return sorted({row.id: row for row in same if times[row.id] > 1}.values(), key=attrgetter("id"))

    def _shared(self, metrics: Iterable[Metric], now: Entry, old: Entry) -> list[tuple[Metric, Measure, Measure]]:
        both = ((metric, now.measures.get(metric.id), old.measures.get(metric.id)) for metric in metrics)
        return [(metric, after, before) for metric, after, before in both if after is not None and before is not None]

    def _equal(self, now: Entry, old: Entry) -> list[tuple[Metric, Measure, Measure]]:
        """The measured scores that both have and that are not zero; none if one of them differs."""
        scores = self._shared(self._scores, now, old)
        shared = [found for found in scores if not (found[1].estimated and found[2].estimated)]
        if any(not _equal(after, before) for _, after, before in shared):
            return []
        return [found for found in shared if found[1].value]

    def _alike(self, metric: Metric, after: Measure, before: Measure) -> bool:
        if metric.nature is not Nature.FITTED or after.estimated != before.estimated:
            return _equal(after, before)
        error = max(after.half_width or 0.0, before.half_width or 0.0)
        if not error:
            values = [value for page in self._pages for value in page.values(metric.id).values()]
            error = FALLBACK_HALF_WIDTH * (max(values) - min(values))
        return abs(after.value - before.value) <= error

    def _counted(self, now: Entry) -> bool:
        """Whether points rank the board of which more is better, many that no other entry has."""
        metric, measure = self._primary, now.measures.get(self._primary.id) if self._primary else None
        if metric is None or measure is None or metric.nature is not Nature.POINTS or not metric.higher_is_better:
            return False
        return measure.value >= _MANY and self._only(metric, measure)

    def _only(self, metric: Metric, measure: Measure) -> bool:
        """Whether at most one entry of each page has a value."""
        return all(list(page.values(metric.id).values()).count(measure.value) <= 1 for page in self._pages)


def _value_of(place: tuple[Measure, int, Entry]) -> float:
    return place[0].value


def _texts(entry: Entry) -> frozenset[tuple[str, str]]:
    """What a row states in words, apart from its key."""
    return frozenset((*entry.attributes.items(), *(() if entry.name == entry.id else (("name", entry.name),))))


def _have_one_label(now: Entry, old: Entry) -> bool:
    """Whether both state, beside their names, the shorter name of the two, to which the other adds words."""
    shorter, longer = sorted((name_tokens(now.name), name_tokens(old.name)), key=len)
    labels = {name_tokens(text) for text in now.attributes.values()} & {name_tokens(text) for text in old.attributes.values()}
    return bool(shorter) and longer[: len(shorter)] == shorter and shorter in labels


def _is_one_variant(now: Entry, old: Entry) -> bool:
    return now.who.variant is not None and now.who.variant == old.who.variant and _is_sure(now) and _is_sure(old)


def _is_sure(entry: Entry) -> bool:
    return entry.who.confidence is not Confidence.UNSURE


def _equal(after: Measure, before: Measure) -> bool:
    """Whether two published numbers are one, both measured or both estimated."""
    return after.estimated == before.estimated and same(after, before, typical=(after.decimals, before.decimals))


def _are_others(now: Entry, old: Entry) -> bool:
    """Whether something that both state, of the model or of its maker, differs."""
    ours, theirs = now.who, old.who
    stated = [(now.attributes.get("creator", ""), old.attributes.get("creator", ""))]
    stated += [(ours.tier, theirs.tier), (ours.effort, theirs.effort), (ours.date, theirs.date)]
    if ours.family == theirs.family:
        stated += [(ours.generation, theirs.generation)]
    if not (ours.guessed_lab or theirs.guessed_lab):
        stated += [(ours.lab, theirs.lab)]
    sizes = (ours.size_total_b, theirs.size_total_b)
    return any(one and other and name_tokens(one) != name_tokens(other) for one, other in stated) or (
        None not in sizes and sizes[0] != sizes[1]
    )


def _is_one_name(now: Entry, old: Entry) -> bool:
    """Whether two names are of one generation of a declared family, or one has a misprint of the other."""
    if not (now.who.guessed_family or old.who.guessed_family):
        return bool(now.who.generation) and now.who.line == old.who.line
    return _is_misprinted(now, old)


def _is_misprinted(now: Entry, old: Entry) -> bool:
    """Whether one name has a misprint of the other."""
    words, others = name_tokens(now.name), name_tokens(old.name)
    differing = [pair for pair in zip(words, others, strict=False) if pair[0] != pair[1]]
    return len(words) == len(others) and len(differing) == 1 and is_misprint(*differing[0])
