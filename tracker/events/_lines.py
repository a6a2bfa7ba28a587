"""Lines of models: a lab, a family of it, a generation of that. What the best of each was and is, and which passed which."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

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


def title(line: Line) -> str:
    """A line in words: `Alibaba`, `Qwen`, `Qwen 3.5`."""
    return line[0] if len(line) == 1 else " ".join(line[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """The best of each finest line on a metric.

    `listed`: the best measured value that is shown now, of entries whose family is known. `before` and `after` have beside
    what was and is shown also what cannot be seen but may not be forgotten: the last values of entries that are missing,
    hidden or without a value now, and the present values of those of which nobody knows whether they had them before. Entries
    of a known lab and an unknown family stand above others for their lab there, but pass nobody.
    """

    before: Bests
    listed: Bests
    after: Bests

    def at(self, level: int) -> Field:
        """The same of lines of so many parts."""
        return Field(before=_coarser(self.before, level), listed=_coarser(self.listed, level), after=_coarser(self.after, level))


def survey(
    diff: Diff,
    metric: Metric,
    *,
    values: tuple[dict[EntryId, float], dict[EntryId, float]],
    lines: tuple[dict[EntryId, Line], dict[EntryId, Line]],
    unseen: Mapping[EntryId, tuple[Line, float]],
    fresh: Mapping[EntryId, str],
) -> Field:
    """The best of each line.

    `values` and `lines` of both snapshots are as `measured` and `lines_of` give them, `unseen`: last values of entries that had none before this
    diff, `fresh`: entries whose value is new.
    """
    (had, has), (lines_before, lines_after) = values, lines
    last = {entry: value for entry, (_, value) in unseen.items() if entry not in had}
    lines_unseen = {entry: line for entry, (line, _) in unseen.items()}
    back = {entry: undrifted_value(diff, metric, has[entry]) for entry in has.keys() - had.keys() - fresh.keys() - last.keys()}
    gone = {entry: drifted_value(diff, metric, value) for entry, value in (had | last).items() if entry not in has}
    shown = _bests(metric, {}, (has, lines_after))
    return Field(
        before=_bests(metric, {}, (had, lines_before), (last, lines_unseen), (back, lines_after)),
        listed={line: best for line, best in shown.items() if line[1]},
        after=_bests(metric, shown, (gone, lines_unseen | lines_before)),
    )


def lines_of(snapshot: Snapshot | None) -> dict[EntryId, Line]:
    """The finest line of every entry that has one."""
    if snapshot is None:
        return {}
    return {entry: line for entry, one in snapshot.entries.items() if (line := line_of(one)) is not None}


def _bests(metric: Metric, start: Bests, *shown: tuple[Mapping[EntryId, float], Mapping[EntryId, Line]]) -> dict[Line, Best]:
    bests = dict(start)
    for values, lines in shown:
        for entry, value in values.items():
            line = lines.get(entry)
            if line is not None:
                best, known = (metric.standing(value), entry), bests.get(line)
                if known is None or best < known:
                    bests[line] = best
    return bests


def _coarser(bests: Bests, level: int) -> dict[Line, Best]:
    """The best of each line of `level` parts; a line whose last part is unknown is none."""
    coarser: dict[Line, Best] = {}
    for line, best in bests.items():
        short = line[:level]
        if short[-1] and (short not in coarser or best < coarser[short]):
            coarser[short] = best
    return coarser


def passes(field: Field) -> Iterator[tuple[Line, Line]]:
    """Pairs (riser, rival): the riser's best was not above the rival's before, or there was none, and is strictly above now.

    Both are shown now and the rival had a value before. What of the rival cannot be seen keeps its last
    value: nobody passes by a disappearance. Takes n log n and the number of pairs, not n².
    """
    standing = {line: best[0] for line, best in field.before.items()}
    above: list[tuple[float, Line]] = []
    known = sorted((standing[line], line) for line in field.listed if line in standing)
    for _, group in groupby(known, key=lambda pair: pair[0]):
        level = [line for _, line in group]
        for rival in level:
            insort(above, (field.after[rival][0], rival))
        for riser in level:
            yield from _below(above, riser, field)
    for riser in field.listed.keys() - standing.keys():
        yield from _below(above, riser, field)


def _below(rivals: list[tuple[float, Line]], riser: Line, field: Field) -> Iterator[tuple[Line, Line]]:
    start = bisect_right(rivals, field.listed[riser][0], key=lambda pair: pair[0])
    yield from ((riser, rival) for _, rival in rivals[start:])
