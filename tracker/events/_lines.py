"""Lines of models: a lab, a family of it, a generation of that. What the best of each was and is, and which passed which."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from math import inf
from operator import itemgetter

from tracker.events._newcomers import drifted_value, undrifted_value
from tracker.model import Diff, Entry, EntryId, Metric, Snapshot

Line = tuple[str, ...]
"""(lab,), (lab, family) or (lab, family, generation)."""
Best = tuple[float, EntryId]
"""The standing of a value (smaller is better) and whose it is; of equals the first by key."""
Bests = Mapping[Line, Best]

SYSTEM = "system"
"""The kind of an entry that is no model but something built around one or several."""
LEVELS: Mapping[int, str] = {1: "lab", 2: "family", 3: "generation"}
"""What a line is called, by how many parts it has."""


def line_of(entry: Entry) -> Line | None:
    """The finest line of an entry, None for an unknown lab and for a system of several models. An unknown family or generation is empty."""
    who = entry.who
    return (who.lab, who.family, who.generation) if who.lab and who.kind != SYSTEM else None


def title(line: Line, entry: Entry | None = None) -> str:
    """A line in words: `Alibaba`, `Qwen`, `Qwen 3.5`; a generation as people write it (`o3`, `Qwen3.5`) where an entry of it is given."""
    if len(line) == 3 and entry is not None and entry.who.line == line and entry.who.line_title:
        return entry.who.line_title
    return line[0] if len(line) == 1 else " ".join(line[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class LineField:
    """The best of each finest line on a metric.

    `listed`: the best measured value that is shown now, of entries whose family is known. `before` and `after` have beside
    what was and is shown also what cannot be seen but may not be forgotten: the last values of entries that are missing,
    hidden or without a value now, and the present values of those of which nobody knows whether they had them before. Entries
    of a known lab and an unknown family stand above others for their lab there, but pass nobody.
    """

    before: Bests
    listed: Bests
    after: Bests


def levels(field: LineField) -> Mapping[int, LineField]:
    """The same of labs, families and generations, by how many parts they have."""
    before, listed, after = (
        sorted(found.items(), key=itemgetter(1), reverse=True) for found in (field.before, field.listed, field.after)
    )
    return {
        level: LineField(before=_coarser(before, level), listed=_coarser(listed, level), after=_coarser(after, level))
        for level in LEVELS
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """The finest line of every entry of a snapshot that has one; and the entries of each."""

    of: Mapping[EntryId, Line]
    entries: Mapping[Line, Sequence[EntryId]]


def lineup(snapshot: Snapshot) -> Lineup:
    """The lines of a snapshot."""
    of = {entry: line for entry, one in snapshot.entries.items() if (line := line_of(one)) is not None}
    entries: defaultdict[Line, list[EntryId]] = defaultdict(list)
    for entry, line in of.items():
        entries[line].append(entry)
    return Lineup(of=of, entries=entries)


def survey(
    diff: Diff,
    metric: Metric,
    *,
    values: tuple[Mapping[EntryId, float], Mapping[EntryId, float]],
    lineups: tuple[Lineup, Lineup],
    unseen: Mapping[EntryId, tuple[Line, float]],
    fresh: Mapping[EntryId, str],
) -> LineField:
    """The best of each line.

    `values` and `lineups` of both snapshots are as `measured` and `lineup` give them, `unseen`: last values of entries that had none before this
    diff, `fresh`: entries whose value is new.
    """
    had, has = values
    last = {entry: value for entry, (_, value) in unseen.items() if entry not in had}
    back = {
        entry: undrifted_value(diff, metric, has[entry])
        for entry in has.keys() - had.keys()
        if entry not in fresh and entry not in last
    }
    gone, lines_gone = vanished(diff, metric, values=values, lines_before=lineups[0].of, unseen=unseen)
    before, shown = (bests(metric, value, lines.entries) for value, lines in zip(values, lineups, strict=True))
    return LineField(
        before=_better(
            metric, _better(metric, before, last, {entry: line for entry, (line, _) in unseen.items()}), back, lineups[1].of
        ),
        listed={line: best for line, best in shown.items() if line[1]},
        after=_better(metric, shown, gone, lines_gone),
    )


def vanished(
    diff: Diff,
    metric: Metric,
    *,
    values: tuple[Mapping[EntryId, float], Mapping[EntryId, float]],
    lines_before: Mapping[EntryId, Line],
    unseen: Mapping[EntryId, tuple[Line, float]],
) -> tuple[dict[EntryId, float], dict[EntryId, Line]]:
    """The last values of entries that have none now, as they would stand now, and their lines."""
    had, has = values
    last = {entry: value for entry, (_, value) in unseen.items() if entry not in had and entry not in has}
    last |= {entry: had[entry] for entry in had.keys() - has.keys()}
    lines = {entry: lines_before.get(entry) or unseen[entry][0] for entry in last if entry in lines_before or entry in unseen}
    return {entry: drifted_value(diff, metric, value) for entry, value in last.items()}, lines


def bests(metric: Metric, values: Mapping[EntryId, float], entries: Mapping[Line, Sequence[EntryId]]) -> dict[Line, Best]:
    """The best of each line that has a value."""
    sign = metric.sort_key(1.0)
    found = ((line, [(sign * values[one], one) for one in those if one in values]) for line, those in entries.items())
    return {line: min(those) for line, those in found if those}


def _better(metric: Metric, known: Bests, values: Mapping[EntryId, float], lines: Mapping[EntryId, Line]) -> Bests:
    """The best of each line, more values taken into account."""
    if not values:
        return known
    found = dict(known)
    for entry in values.keys() & lines.keys():
        line, best = lines[entry], (metric.sort_key(values[entry]), entry)
        found[line] = min(found.get(line, best), best)
    return found


def _coarser(worst_first: Iterable[tuple[Line, Best]], level: int) -> dict[Line, Best]:
    """The best of each line of `level` parts; a line whose last part is unknown is none."""
    last = level - 1
    return {line[:level]: best for line, best in worst_first if line[last]}


def passes(field: LineField, *, risers: AbstractSet[Line], rivals: AbstractSet[Line]) -> Iterator[tuple[Line, Line]]:
    """Pairs (riser, rival): the riser's best was not above the rival's before, or there was none, and is strictly above now.

    Those whose riser is one of `risers`, over whomever, and those whose rival is one of `rivals`, by whomever: nobody else did
    anything. Both are shown now and the rival had a value before. What of the rival cannot be seen keeps its last
    value: nobody passes by a disappearance. Takes n log n and the number of pairs, not n².
    """
    stood = {line: best[0] for line, best in field.before.items() if line in field.listed}
    above: list[tuple[float, Line]] = []
    passed: list[tuple[float, Line]] = []
    order, place = sorted(stood, key=stood.__getitem__), 0
    climbers = field.listed if rivals else field.listed.keys() & risers
    for riser in sorted(climbers, key=lambda line: stood.get(line, inf)):
        while place < len(order) and stood[order[place]] <= stood.get(riser, inf):
            rival = order[place]
            insort(above, (field.after[rival][0], rival))
            if rival in rivals:
                insort(passed, (field.after[rival][0], rival))
            place += 1
        yield from _below(above if riser in risers else passed, riser, field)


def _below(rivals: list[tuple[float, Line]], riser: Line, field: LineField) -> Iterator[tuple[Line, Line]]:
    start = bisect_right(rivals, field.listed[riser][0], key=itemgetter(0))
    yield from ((riser, rival) for _, rival in rivals[start:])
