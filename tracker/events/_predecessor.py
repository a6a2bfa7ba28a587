"""A model's own predecessor: the same line, size and mode of reasoning, one generation back, on the same page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker.events._traits import Traits, traits
from tracker.model import Board, Entry, EntryId, Snapshot, folded_name

NEAR = 1.5
"""Two sizes are the same class up to this ratio: 27B follows 32B, 35B does not."""
_NUMBERED = re.compile(r"([a-z]*)[ -]?([0-9]+(?:\.[0-9]+)*)([a-z]*)")
_PLAIN_TUNES = frozenset(("", "instruct", "chat", "it"))
"""What most names leave out."""
_FLAGS = frozenset(("instruct", "chat", "it", "preview", "exp", "experimental", "beta", "latest", "reasoning", "thinking", "non"))
_LETTERS_OF_SIZES = frozenset(("a", "b", "e", "m", "t", "x"))
"""Words of a name that say nothing about its line; any other word that only one of two names has may: MiniCPM-V is no MiniCPM."""
_A_DATE = 100
"""A generation so high is a date (`2603`); dates and numbers do not follow each other."""

Line = tuple[str, ...]
Order = tuple[str, tuple[int, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """`entry` is None where there is none, and `why` says so; `skipped` are listed generations between, none of them like for like."""

    entry: EntryId | None = None
    why: str = ""
    skipped: tuple[str, ...] = ()


class Lines:
    """The product lines of one page, for finding predecessors of some of its entries."""

    def __init__(self, snapshot: Snapshot, board: Board, of: Iterable[Entry]) -> None:
        self._board = board
        self._lines: dict[Line, list[Entry]] = defaultdict(list)
        families = {entry.who.family for entry in of} - {""}
        for entry in snapshot.entries.values():
            if entry.who.family in families and entry.who.generation:
                self._lines[_line(entry)].append(entry)

    def predecessor(self, entry: Entry) -> Predecessor:
        """The entry of the highest earlier generation that is like this one for like."""
        generation = entry.who.generation
        if not entry.who.family:
            return Predecessor(why="its name states no family")
        if order_of(generation) is None:
            return Predecessor(why="its name states no generation that can be ordered")
        line = self._lines[_line(entry)]
        if unclear := sorted({other.who.generation for other in line if is_unclear(other.who.generation, generation)}):
            return Predecessor(why=f"{unclear[0]} and {generation} cannot be put in order")
        earlier = [other for other in line if is_earlier(other.who.generation, generation)]
        if not earlier:
            return Predecessor(why="no earlier generation of its line is listed")
        return self._latest(entry, earlier)

    def siblings(self, entry: Entry) -> list[Entry]:
        """Other entries of its own generation that are like it for like."""
        mine, generation = traits(entry, self._board), order_of(entry.who.generation)
        return [
            other
            for other in self._lines[_line(entry)]
            if other.id != entry.id and order_of(other.who.generation) == generation and self._distance(mine, other) is not None
        ]

    def _latest(self, entry: Entry, earlier: Sequence[Entry]) -> Predecessor:
        mine = traits(entry, self._board)
        alike = [(distance, other) for other in earlier if (distance := self._distance(mine, other)) is not None]
        if not alike:
            return Predecessor(why="no earlier entry of its line has its size, reasoning mode and effort")
        generations = {other.who.generation for _, other in alike}
        latest = [one for one in sorted(generations) if not any(is_earlier(one, other) for other in generations)]
        if any(is_unclear(one, latest[0]) for one in latest):
            return Predecessor(why=f"{' and '.join(latest)} cannot be put in order")
        _, found = min((one for one in alike if one[1].who.generation in latest), key=lambda one: (one[0], one[1].id))
        between = {other.who.generation for other in earlier if is_earlier(found.who.generation, other.who.generation)}
        if between and mine.size_total_b is None:
            return Predecessor(why=f"no {' or '.join(sorted(between))} like it is listed, and no size is stated")
        return Predecessor(entry=found.id, skipped=tuple(sorted(between)))

    def _distance(self, mine: Traits, other: Entry) -> tuple[float, ...] | None:
        """How far from like for like another entry is, the best value first among equals; None where it is not comparable."""
        theirs = traits(other, self._board)
        ratio = _size_ratio(mine, theirs)
        if ratio is None or mine.reasoning != theirs.reasoning or _efforts_differ(mine, theirs) or _words(mine) ^ _words(theirs):
            return None
        one, two = mine.who, theirs.who
        flags = sum(
            getattr(one, name) != getattr(two, name) for name in ("effort", "thinking_budget", "preview", "context", "serving")
        )
        primary = self._board.primary
        measure = other.measures.get(primary.id) if primary else None
        standing = 0.0 if primary is None or measure is None else primary.standing(measure.value)
        unmeasured = measure is None or measure.estimated
        return (float(unmeasured), float(flags), ratio, standing)


def _line(entry: Entry) -> Line:
    who = entry.who
    lab = who.lab or entry.attributes.get("creator", "")
    tune = "" if who.tune.casefold() in _PLAIN_TUNES else who.tune
    return tuple(part.casefold() for part in (lab, who.family, who.tier, tune, who.kind, who.harness, who.quant))


def _size_ratio(one: Traits, other: Traits) -> float | None:
    """How much larger the larger is; 1 where neither states a size, None where one does, or they are too far apart."""
    sizes = (one.size_total_b, other.size_total_b)
    if sizes == (None, None):
        return 1.0
    known = [size for size in sizes if size]
    ratio = max(known) / min(known) if len(known) == 2 else None
    return ratio if ratio is not None and ratio <= NEAR else None


def _words(known: Traits) -> frozenset[str]:
    """The words of a name, without those of its parentheses and without numbers."""
    words = folded_name(known.who.name.partition("(")[0])
    return frozenset(word for word in words if word.isalpha()) - _FLAGS - _LETTERS_OF_SIZES


def _efforts_differ(one: Traits, other: Traits) -> bool:
    """Whether both state how hard they think, and not alike."""
    return any(
        "" not in pair and pair[0] != pair[1]
        for pair in ((one.who.effort, other.who.effort), (one.who.thinking_budget, other.who.thinking_budget))
    )


def order_of(generation: str) -> Order | None:
    """A generation as (letters before it, numbers, letters behind): `3.5` → ("", (3, 5), ""), `V4` → ("v", (4,), ""). None for other forms."""
    found = _NUMBERED.fullmatch(generation.strip().casefold())
    if found is None:
        return None
    numbers = [int(number) for number in found[2].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return found[1], tuple(numbers), found[3]


def is_earlier(one: str, other: str) -> bool:
    """Whether a generation surely precedes another: 3 < 3.5 < 4, 4o < 5. Where 3.10 could be 3.1 or the tenth, nothing is sure."""
    first, second = order_of(one), order_of(other)
    if first is None or second is None or first[0] != second[0]:
        return False
    (_, old, before), (_, new, after) = first, second
    if (old[0] >= _A_DATE) != (new[0] >= _A_DATE) or old >= new:
        return False
    if old[0] < new[0]:
        return True
    return before == after and (len(old) > 2 or len(new) > 2 or _decimal(old) < _decimal(new))


def is_unclear(one: str, other: str) -> bool:
    """Whether two different generations of one line cannot be put in order: 4o and 4.1, 4.20 and 4.3. Other letters before the number are another line."""
    first, second = order_of(one), order_of(other)
    if first is None or second is None:
        return first is not second
    return first[0] == second[0] and first != second and not is_earlier(one, other) and not is_earlier(other, one)


def _decimal(numbers: Sequence[int]) -> float:
    return float(".".join(map(str, numbers)))


def best_of_each(entries: Iterable[Entry], standing: Mapping[EntryId, float]) -> dict[object, EntryId]:
    """The best measured variant of each model; entries whose model is not known stand for themselves."""
    best: dict[object, EntryId] = {}
    for entry in entries:
        if entry.id in standing:
            key = model_of(entry)
            if key not in best or (standing[entry.id], entry.id) < (standing[best[key]], best[key]):
                best[key] = entry.id
    return best


def model_of(entry: Entry) -> object:
    """What tells an entry's model from others: the model it was resolved to; where that is unsure, all that its name states; else its own key."""
    who = entry.who
    if who.model:
        return ("model", who.model)
    if not who.family:
        return ("entry", entry.id)
    return ("like", *_line(entry), who.generation.casefold(), who.size_total_b, who.size_active_b, who.date)


def release_of(entry: Entry) -> Line | None:
    """Lab, family and generation, by which siblings of one release know each other; None where the name leaves them open."""
    who = entry.who
    lab = who.lab or entry.attributes.get("creator", "")
    return (lab.casefold(), who.family.casefold(), who.generation.casefold()) if who.family and lab else None
