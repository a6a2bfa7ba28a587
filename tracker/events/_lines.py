"""Lines of models: a lab, a family of it, a generation of that; the best entry of each, before and now, and who passed whom."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from math import inf
from operator import itemgetter

from msgspec import Struct

from tracker.events._values import drifted_value, grouped, undrifted_value
from tracker.model import Diff, Entry, EntryId, Metric, MetricId, Snapshot

Line = tuple[str, ...]
"""(lab,), (lab, family) or (lab, family, generation)."""
Best = tuple[float, EntryId]
"""The standing of a value (smaller is better) and its entry; ties go to the first key."""
Values = Mapping[EntryId, float]
Unseen = Mapping[EntryId, tuple[Line, float]]

SYSTEM = "system"
"""The kind of an entry that is not a model but something built around one or several."""
UNNAMED = "?"
"""The family of an entry of a known lab whose brand is not declared: it counts for its lab only."""
LEVELS: Mapping[int, str] = {1: "lab", 2: "family", 3: "generation"}
"""The name of a line's level, by how many parts the line has."""


def line_of(entry: Entry) -> Line | None:
    """The finest line of an entry, with empty parts if unknown. None if its lab is not certain, and for a system of models."""
    who = entry.who
    if not who.lab or who.guessed_lab or who.kind == SYSTEM:
        return None
    return (who.lab, who.family and UNNAMED, "") if who.guessed_family else (who.lab, who.family, who.generation)


def title(line: Line, entry: Entry | None = None) -> str:
    """A line in words: `Alibaba`, `Qwen`, `Qwen 3.5`; given an entry, a generation as people write it (`o3`, `Qwen3.5`)."""
    if len(line) == 3 and entry is not None and entry.who.line == line and entry.who.line_title:
        return entry.who.line_title
    return line[0] if len(line) == 1 else " ".join(line[1:])


class LineField(Struct, frozen=True, kw_only=True):
    """The best of each finest line on a metric.

    `listed`: the best measured value that the page shows, of entries whose family is known. `before` and `after` also count what
    the pages do not show: last values of entries without one now, and present values of entries that may have had them before;
    and, for their lab only, entries whose family is not known.
    """

    before: Mapping[Line, Best]
    listed: Mapping[Line, Best]
    after: Mapping[Line, Best]


def levels(field: LineField) -> Mapping[int, LineField]:
    """The same for labs, families and generations, by how many parts they have."""
    before, listed, after = (
        sorted(bests.items(), key=itemgetter(1), reverse=True) for bests in (field.before, field.listed, field.after)
    )
    return {
        level: LineField(before=_coarser(before, level), listed=_coarser(listed, level), after=_coarser(after, level))
        for level in LEVELS
    }


class ShownLines(Struct, frozen=True, kw_only=True):
    """Of both snapshots: the finest lines of entries, the entries of lines, and the values of metrics that still count."""

    of: tuple[Mapping[EntryId, Line], Mapping[EntryId, Line]]
    entries: tuple[Mapping[Line, Sequence[EntryId]], Mapping[Line, Sequence[EntryId]]]
    values: Mapping[MetricId, tuple[Values, Values]]


def lines_of(snapshot: Snapshot) -> dict[EntryId, Line]:
    """The finest line of every entry of a snapshot that has one."""
    rows = snapshot.entries.items
    return snapshot.once("lines", lambda: {key: line for key, entry in rows() if (line := line_of(entry)) is not None})


def entries_of(snapshot: Snapshot) -> Mapping[Line, Sequence[EntryId]]:
    """The entries of every finest line of a snapshot."""
    lines = lines_of(snapshot)
    return snapshot.once("entries of lines", lambda: grouped(lines, lines.__getitem__))


def survey(diff: Diff, metric: Metric, shown: ShownLines, *, unseen: Unseen, fresh: Mapping[EntryId, str]) -> LineField:
    """The best of each line. `unseen`: last values of entries without one before this diff. `fresh`: those whose value is new."""
    had, has = shown.values[metric.id]
    last = {entry: value for entry, (_, value) in unseen.items() if entry not in had}
    unknown = (entry for entry in has.keys() - had.keys() if entry not in fresh and entry not in last)
    back = {entry: undrifted_value(diff, metric, has[entry]) for entry in unknown}
    gone, lines_gone = vanished(diff, metric, shown, unseen)
    before = _better(metric, bests(metric, had, shown.entries[0]), last, {entry: line for entry, (line, _) in unseen.items()})
    now = bests(metric, has, shown.entries[1])
    return LineField(
        before=_better(metric, before, back, shown.of[1]),
        listed={line: best for line, best in now.items() if line[1]},
        after=_better(metric, now, gone, lines_gone),
    )


def vanished(diff: Diff, metric: Metric, shown: ShownLines, unseen: Unseen) -> tuple[dict[EntryId, float], dict[EntryId, Line]]:
    """The last values of entries that have none now, as they would be now, and their lines."""
    (had, has), lines_before = shown.values[metric.id], shown.of[0]
    last = {entry: value for entry, (_, value) in unseen.items() if entry not in had and entry not in has}
    last |= {entry: had[entry] for entry in had.keys() - has.keys()}
    lines = {entry: lines_before.get(entry) or unseen[entry][0] for entry in last if entry in lines_before or entry in unseen}
    return {entry: drifted_value(diff, metric, value) for entry, value in last.items()}, lines


def bests(metric: Metric, values: Mapping[EntryId, float], entries: Mapping[Line, Sequence[EntryId]]) -> dict[Line, Best]:
    """The best of each line that has a value."""
    sign = metric.sort_key(1.0)
    places = ((line, [(sign * values[key], key) for key in keys if key in values]) for line, keys in entries.items())
    return {line: min(ranked) for line, ranked in places if ranked}


def _better(
    metric: Metric, known: Mapping[Line, Best], values: Mapping[EntryId, float], lines: Mapping[EntryId, Line]
) -> dict[Line, Best]:
    """The best of each line, with more values counted."""
    better = dict(known)
    for entry in values.keys() & lines.keys():
        line, best = lines[entry], (metric.sort_key(values[entry]), entry)
        better[line] = min(better.get(line, best), best)
    return better


def _coarser(worst_first: Iterable[tuple[Line, Best]], level: int) -> dict[Line, Best]:
    """The best of each line of `level` parts, if its last part is known."""
    last = level - 1
    return {line[:level]: best for line, best in worst_first if line[last] not in ("", UNNAMED)}


def passes(field: LineField, *, risers: AbstractSet[Line], rivals: AbstractSet[Line]) -> Iterator[tuple[Line, Line]]:
    """Pairs (riser, rival): the riser's best was not above the rival's before, or there was none, and is strictly above now.

    Only pairs whose riser is in `risers` or whose rival is in `rivals`: no other line changed. The page shows both, and the rival
    had a value before. An entry of the rival that is not shown keeps its last value, so a disappearance never causes a pass.
    Takes n log n and the number of pairs, not n².
    """
    earlier = {line: best[0] for line, best in field.before.items() if line in field.listed}
    above: list[tuple[float, Line]] = []
    passed: list[tuple[float, Line]] = []
    order, place = sorted(earlier, key=earlier.__getitem__), 0
    climbers = field.listed if rivals else field.listed.keys() & risers
    for riser in sorted(climbers, key=lambda line: earlier.get(line, inf)):
        while place < len(order) and earlier[order[place]] <= earlier.get(riser, inf):
            rival = order[place]
            insort(above, (field.after[rival][0], rival))
            if rival in rivals:
                insort(passed, (field.after[rival][0], rival))
            place += 1
        below = above if riser in risers else passed
        start = bisect_right(below, field.listed[riser][0], key=itemgetter(0))
        yield from ((riser, rival) for _, rival in below[start:])
