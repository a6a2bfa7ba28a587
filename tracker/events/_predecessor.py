"""A model's own predecessor: the same line, size and mode of reasoning, one generation earlier, on the same page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from tracker.events._lines import SYSTEM
from tracker.model import Board, Entry, EntryId, Metric, Snapshot, name_tokens
from tracker.traits import size_total, traits

NEAR = 1.5
"""Two sizes are in one class up to this ratio: 27B can follow 32B, 35B cannot."""
_NUMBERED = re.compile(r"([a-z]*)[ -]?([0-9]+(?:\.[0-9]+)*)([a-z]*)")
_PLAIN_TUNES = frozenset(("", "instruct", "chat", "it"))
"""Tunes that most names leave out."""
_FLAGS = frozenset(("instruct", "chat", "it", "preview", "exp", "experimental", "beta", "latest", "reasoning", "thinking", "non"))
_FREE_FLAGS = ("effort", "thinking_budget", "context", "serving")
_LETTERS_OF_SIZES = frozenset(("a", "b", "e", "m", "t", "x"))
"""Words that say nothing about a line. Any other word that only one of two names has may: MiniCPM-V is not a MiniCPM."""
_A_DATE = 100
"""A generation from this number on is a date (`2603`); dates and numbers do not follow each other."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
_REVISION = re.compile(r"(?<![0-9.])00[0-9](?![0-9])")
"""The way an API counts its revisions: `gemini-2.0-flash-001`."""
_A_WORD = 3
"""A family of at least this number of letters is recognised inside a longer word."""

Line = tuple[str, ...]
Order = tuple[str, tuple[int, ...], str]
_Generations = dict[str, dict[Line, list[Entry]]]
"""The entries of a family, by generation and line."""


class Predecessor(NamedTuple):
    """The predecessor, or None and the reason."""

    entry: EntryId | None = None
    why: str = ""


class Lines:
    """The product lines of one page, for finding predecessors of some of its entries."""

    def __init__(self, snapshot: Snapshot, board: Board, of: Iterable[Entry]) -> None:
        self._board = board
        self._ambiguous, self._named = snapshot.ambiguous, {entry.who.family for entry in snapshot.entries.values()} - {""}
        self._families: dict[Line, _Generations] = defaultdict(dict)
        families = {entry.who.family for entry in of} - {""}
        for entry in snapshot.entries.values():
            if entry.who.family in families and entry.who.generation and not entry.who.guessed_lab:
                lines = self._families[_family(entry)].setdefault(entry.who.generation, {})
                lines.setdefault(_line(entry), []).append(entry)

    def predecessor(self, entry: Entry) -> Predecessor:
        """The newest comparable entry of the generation just before its own, among all that its lab's family has listed.

        None if that generation is only listed in another tier or size: an older generation is not a predecessor. None if a row
        that names no entry may be of the family: its key states it, or states none of the page and not all keys of the family do.
        """
        generation = entry.who.generation
        if entry.who.guessed_lab:
            return Predecessor(why="its name does not state its maker")
        if entry.who.kind == SYSTEM:
            return Predecessor(why="it is built around a model, whose generation its name states")
        if not entry.who.family:
            return Predecessor(why="its name states no family")
        if order_of(generation) is None:
            return Predecessor(why="its name states no generation that can be ordered")
        family = self._families[_family(entry)]
        is_stated = bool(self._ambiguous) and all(
            _states(other.id, entry.who.family) for lines in family.values() for listed in lines.values() for other in listed
        )
        for key in sorted(self._ambiguous):
            is_other = is_stated or any(_states(key, other) for other in self._named)
            if _states(key, entry.who.family) or not is_other:
                return Predecessor(why=f'"{key}" stands there more than once and may be of its family')  # phrase allowed: stored
        earlier, own = sorted(name for name in family if is_earlier(name, generation)), _line(entry)
        if unclear := sorted(name for name in family.keys() - set(earlier) if is_unclear(name, generation)):
            return Predecessor(why=f"{unclear[0]} and {generation} cannot be put in order")
        if not any(own in family[name] for name in earlier):
            return Predecessor(why="no earlier generation of its line is listed")
        return self._latest(entry, earlier)

    def siblings(self, entry: Entry) -> list[Entry]:
        """Other entries of its line and generation, with previews and other modes, unless their stated sizes differ too much."""
        size = size_total(entry)
        return [
            other
            for other in self._of(entry, entry.who.generation).get(_line(entry), ())
            if other.id != entry.id
            if None in (sizes := (size, size_total(other))) or _size_ratio(*sizes) is not None
        ]

    def _of(self, entry: Entry, generation: str) -> dict[Line, list[Entry]]:
        """The entries of a generation, however it is spelt, by their lines."""
        found: dict[Line, list[Entry]] = defaultdict(list)
        for name, lines in self._families[_family(entry)].items():
            for line, entries in lines.items() if order_of(name) == order_of(generation) else ():
                found[line] += entries
        return found

    def _latest(self, entry: Entry, earlier: Sequence[str]) -> Predecessor:
        latest = [name for name in earlier if not any(is_earlier(name, other) for other in earlier)]
        if any(is_unclear(name, latest[0]) for name in latest):
            return Predecessor(why=f"{' and '.join(latest)} cannot be put in order")
        before = self._of(entry, latest[0])
        if entry.who.tier and _is_plain(self._of(entry, entry.who.generation)) and not _is_plain(before):
            return Predecessor(why=f"{entry.who.generation} is listed without {entry.who.tier} too, and {latest[0]} is not")
        line = before.get(_line(entry), [])
        distances = {other.id: distance for other in line if (distance := self._distance(entry, other)) is not None}
        if not distances:
            return Predecessor(why=f"no {latest[0]} of its tier, size, reasoning mode and effort is listed")
        alike = [other for other in line if other.id in distances]
        newest = [entry for entry in alike if all((age := _age(entry, other)) is not None and age >= 0 for other in alike)]
        if not newest:
            return Predecessor(why=f"it is unclear which {latest[0]} like it is the newest")
        return Predecessor(entry=min((distances[other.id], other.id) for other in newest)[1])

    def _distance(self, entry: Entry, other: Entry) -> tuple[float, ...] | None:
        """How much another entry differs, the best value first among equals; None if the two are not comparable."""
        pair = [traits(each, self._board) for each in (entry, other)]
        ratio = _size_ratio(*(known.size_total_b for known in pair))
        kinds = {(known.reasoning, known.dense) for known in pair}
        if ratio is None or len(kinds) > 1 or _words(entry) != _words(other):
            return None
        flags = {name: {getattr(entry.who, name), getattr(other.who, name)} for name in _FREE_FLAGS}
        if any(len(flags[name] - {""}) > 1 for name in ("effort", "thinking_budget")):
            return None
        primary = self._board.primary
        measure = other.measures.get(primary.id) if primary else None
        standing = 0.0 if primary is None or measure is None else primary.sort_key(measure.value)
        differences = sum(len(stated) > 1 for stated in flags.values())
        return (float(measure is None or measure.estimated), float(differences), ratio, standing)


def _family(entry: Entry) -> Line:
    return entry.who.lab.casefold(), entry.who.family.casefold()


def _line(entry: Entry) -> Line:
    who = entry.who
    tune = "" if who.tune.casefold() in _PLAIN_TUNES else who.tune
    return tuple(part.casefold() for part in (who.lab, who.family, who.tier, tune, who.kind, who.harness, who.quant))


def _size_ratio(size: float | None, other: float | None) -> float | None:
    """The larger size divided by the smaller; 1 if neither is stated, None if one is, or if they are too far apart."""
    if size is None and other is None:
        return 1.0
    ratio = max(size, other) / min(size, other) if size and other else None
    return ratio if ratio is not None and ratio <= NEAR else None


def _words(entry: Entry) -> frozenset[str]:
    """The words of a name, without those of its lab and of its parentheses, and without numbers."""
    words = name_tokens(entry.who.name.partition("(")[0])
    labs = [name_tokens(lab) for lab in (entry.who.lab, *(entry.attributes.get(name, "") for name in ("creator", "org")))]
    of_labs = {word for lab in labs for word in (*lab, "".join(lab))}
    return frozenset(word for word in words if word.isalpha()) - _FLAGS - _LETTERS_OF_SIZES - of_labs


def _states(key: str, family: str) -> bool:
    """Whether a key states a family, as words of its own or, if the family is long enough, inside a longer word."""
    words, wanted = name_tokens(key), name_tokens(family)
    return contains(words, wanted) or (len("".join(wanted)) >= _A_WORD and "".join(wanted) in "".join(words))


def contains(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the wanted words follow each other somewhere among the words."""
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words)))


def _is_plain(generation: Mapping[Line, Sequence[Entry]]) -> bool:
    """Whether a generation is listed without a tier too: if 4 is and 3.5 is not, 4 Turbo does not follow 3.5 Turbo."""
    return any(not entries[0].who.tier for entries in generation.values())


def _age(entry: Entry, other: Entry) -> int | None:
    """Positive if the first of two of one generation is newer, 0 if both are of one revision, None if the order is unclear.

    By the day of release that the board states, otherwise by the names. `1106` and `0125` have no order without their years.
    """
    if entry.id == other.id or (entry.who.model and entry.who.model == other.who.model):
        return 0
    released = [each.attributes.get("released", "") for each in (entry, other)]
    if released[0] != released[1] and all(map(_DAY.fullmatch, released)):
        return _order(*released)
    revisions = (_revision(entry), _revision(other))
    if revisions[0] == revisions[1]:
        return 0 if revisions[0] else other.who.preview - entry.who.preview
    if not all(revisions):  # a dated revision follows an undated one, but a preview may precede it
        dated = entry if revisions[0] else other
        return None if dated.who.preview else 1 if dated is entry else -1
    return _order(*revisions) if any(all(map(form.fullmatch, revisions)) for form in (_DAY, _REVISION)) else None


def _order(day: str, other: str) -> int:
    """Of two days, or two revisions: 0 if one only states the other less exactly."""
    return 0 if day.startswith(other) or other.startswith(day) else 1 if day > other else -1


def _revision(entry: Entry) -> str:
    """`2024-10-22`, `10-22` or `002`, as far as the name states it."""
    number = _REVISION.search(entry.who.name)
    return entry.who.date or (number[0] if number else "")


@lru_cache(maxsize=1024)
def order_of(generation: str) -> Order | None:
    """A generation as (letters before, numbers, letters after): `3.5` → ("", (3, 5), ""), `V4` → ("v", (4,), ""); or None."""
    match = _NUMBERED.fullmatch(generation.strip().casefold())
    if match is None:
        return None
    numbers = [int(number) for number in match[2].split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return match[1], tuple(numbers), match[3]


def is_earlier(generation: str, other: str) -> bool:
    """Whether a generation certainly precedes another: 3 < 3.5 < 4, 4o < 5. 3.10 could be 3.1 or the tenth."""
    first, second = order_of(generation), order_of(other)
    if first is None or second is None or first[0] != second[0]:
        return False
    (_, old, before), (_, new, after) = first, second
    if (old[0] >= _A_DATE) != (new[0] >= _A_DATE) or old >= new:
        return False
    if old[0] < new[0]:
        return True
    return before == after and (len(old) > 2 or len(new) > 2 or _decimal(old) < _decimal(new))


def is_unclear(generation: str, other: str) -> bool:
    """Whether two different generations of one line cannot be put in order: 4o and 4.1, 4.20 and 4.3; not V4 and 4."""
    first, second = order_of(generation), order_of(other)
    if first is None or second is None:
        return first is not second
    ordered = is_earlier(generation, other) or is_earlier(other, generation)
    return first[0] == second[0] and first != second and not ordered


def _decimal(numbers: Sequence[int]) -> float:
    return float(".".join(map(str, numbers)))


def best_of_each(page: Snapshot, metric: Metric) -> frozenset[EntryId]:
    """The best measured variant of each model; an entry whose model is not known counts as a model."""

    def make() -> frozenset[EntryId]:
        worst_first = reversed(page.standings(metric))
        return frozenset({model_of(page.entries[entry]): entry for _, entry in worst_first}.values())

    return page.once((metric.id, "best of each model"), make)


def model_of(entry: Entry) -> object:
    """A key for an entry's model: the model it was resolved to; if that is unsure, all that its name states, or its own key."""
    who = entry.who
    if who.model:
        return ("model", who.model)
    if not who.family:
        return ("entry", entry.id)
    return ("like", *_line(entry), who.generation.casefold(), who.size_total_b, who.size_active_b, who.date)


def release_of(entry: Entry) -> Line | None:
    """Lab, family and generation, which the siblings of one release share; None if the name does not state them for certain."""
    who = entry.who
    lab = "" if who.guessed_lab or who.kind == SYSTEM else who.lab
    return (lab.casefold(), who.family.casefold(), who.generation.casefold()) if who.family and lab else None
