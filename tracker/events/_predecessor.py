"""A model's own predecessor: the same line, size and mode of reasoning, one generation back, on the same page."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from tracker.model import Board, Entry, EntryId, Snapshot, name_tokens
from tracker.traits import Traits, traits

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
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
_REVISION = re.compile(r"(?<![0-9.])00[0-9](?![0-9])")
"""How an API counts its revisions: `gemini-2.0-flash-001`."""
_A_WORD = 3
"""So many letters of a family are known again inside a longer word."""

Line = tuple[str, ...]
Order = tuple[str, tuple[int, ...], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predecessor:
    """`entry` is None where there is none, and `why` says so."""

    entry: EntryId | None = None
    why: str = ""


class Lines:
    """The product lines of one page, for finding predecessors of some of its entries."""

    def __init__(self, snapshot: Snapshot, board: Board, of: Iterable[Entry]) -> None:
        self._board = board
        self._ambiguous, self._named = snapshot.ambiguous, {entry.who.family for entry in snapshot.entries.values()} - {""}
        self._families: dict[Line, list[Entry]] = defaultdict(list)
        families = {entry.who.family for entry in of} - {""}
        for entry in snapshot.entries.values():
            if entry.who.family in families and entry.who.generation:
                self._families[_family(entry)].append(entry)

    def predecessor(self, entry: Entry) -> Predecessor:
        """The newest that is like this one for like, of the generation just before its own among all that its lab's family has listed.

        None where that generation is listed otherwise (another tier or size): the one before it is no predecessor.
        """
        generation = entry.who.generation
        if not entry.who.family:
            return Predecessor(why="its name states no family")
        if order_of(generation) is None:
            return Predecessor(why="its name states no generation that can be ordered")
        if twice := sorted(key for key in self._ambiguous if self._may_be_of(key, entry.who.family)):
            return Predecessor(why=f'"{twice[0]}" stands there more than once and may be of its family')
        family = self._families[_family(entry)]
        if unclear := sorted({other.who.generation for other in family if is_unclear(other.who.generation, generation)}):
            return Predecessor(why=f"{unclear[0]} and {generation} cannot be put in order")
        earlier = [other for other in family if is_earlier(other.who.generation, generation)]
        if not any(_line(other) == _line(entry) for other in earlier):
            return Predecessor(why="no earlier generation of its line is listed")
        return self._latest(entry, earlier)

    def siblings(self, entry: Entry) -> list[Entry]:
        """Other entries of its line and generation, previews and other modes too, unless their sizes are stated and not near."""
        mine = traits(entry, self._board)
        return [
            other
            for other in self._of(entry, entry.who.generation)
            if other.id != entry.id and _line(other) == _line(entry) and _may_be_of_one_size(mine, traits(other, self._board))
        ]

    def _of(self, entry: Entry, generation: str) -> list[Entry]:
        """What a generation of an entry's family has listed."""
        return [one for one in self._families[_family(entry)] if order_of(one.who.generation) == order_of(generation)]

    def _may_be_of(self, key: str, family: str) -> bool:
        """Whether a key that names no entry may be of a family: it states that one, or none that the page has."""
        return _states(key, family) or not any(_states(key, other) for other in self._named)

    def _latest(self, entry: Entry, earlier: Sequence[Entry]) -> Predecessor:
        generations = sorted({other.who.generation for other in earlier})
        latest = [one for one in generations if not any(is_earlier(one, other) for other in generations)]
        if any(is_unclear(one, latest[0]) for one in latest):
            return Predecessor(why=f"{' and '.join(latest)} cannot be put in order")
        before = self._of(entry, latest[0])
        if entry.who.tier and _is_plain(self._of(entry, entry.who.generation)) and not _is_plain(before):
            return Predecessor(why=f"{entry.who.generation} is listed without {entry.who.tier} too, and {latest[0]} is not")
        line = [other for other in before if _line(other) == _line(entry)]
        alike = {other.id: (distance, other) for other in line if (distance := self._distance(entry, other)) is not None}
        if not alike:
            return Predecessor(why=f"no {latest[0]} of its tier, size, reasoning mode and effort is listed")
        newest = _newest([other for _, other in alike.values()])
        if not newest:
            return Predecessor(why=f"which {latest[0]} like it is the newest is not plain")
        return Predecessor(entry=min((alike[other.id][0], other.id) for other in newest)[1])

    def _distance(self, entry: Entry, other: Entry) -> tuple[float, ...] | None:
        """How far from like for like another entry is, the best value first among equals; None where it is not comparable."""
        mine, theirs = traits(entry, self._board), traits(other, self._board)
        ratio = _size_ratio(mine, theirs)
        if (
            ratio is None
            or mine.reasoning != theirs.reasoning
            or _efforts_differ(mine, theirs)
            or _is_mixture(mine) != _is_mixture(theirs)
        ):
            return None
        if _words(entry) != _words(other):
            return None
        one, two = mine.who, theirs.who
        flags = sum(getattr(one, name) != getattr(two, name) for name in ("effort", "thinking_budget", "context", "serving"))
        primary = self._board.primary
        measure = other.measures.get(primary.id) if primary else None
        standing = 0.0 if primary is None or measure is None else primary.sort_key(measure.value)
        unmeasured = measure is None or measure.estimated
        return (float(unmeasured), float(flags), ratio, standing)


def _lab(entry: Entry) -> str:
    return entry.who.lab or entry.attributes.get("creator", "")


def _family(entry: Entry) -> Line:
    return _lab(entry).casefold(), entry.who.family.casefold()


def _line(entry: Entry) -> Line:
    who = entry.who
    tune = "" if who.tune.casefold() in _PLAIN_TUNES else who.tune
    return tuple(part.casefold() for part in (_lab(entry), who.family, who.tier, tune, who.kind, who.harness, who.quant))


def _size_ratio(one: Traits, other: Traits) -> float | None:
    """How much larger the larger is; 1 where neither states a size, None where one does, or they are too far apart."""
    sizes = (one.size_total_b, other.size_total_b)
    if sizes == (None, None):
        return 1.0
    known = [size for size in sizes if size]
    ratio = max(known) / min(known) if len(known) == 2 else None
    return ratio if ratio is not None and ratio <= NEAR else None


def _may_be_of_one_size(one: Traits, other: Traits) -> bool:
    return one.size_total_b is None or other.size_total_b is None or _size_ratio(one, other) is not None


def _is_mixture(known: Traits) -> bool | None:
    """Whether only a part of it is active; None where what is active is not stated."""
    return None if known.size_active_b is None or known.dense is None else not known.dense


def _words(entry: Entry) -> frozenset[str]:
    """The words of a name, without those of its lab and of its parentheses, and without numbers."""
    words = name_tokens(entry.who.name.partition("(")[0])
    return frozenset(word for word in words if word.isalpha()) - _FLAGS - _LETTERS_OF_SIZES - _words_of_labs(entry)


def _words_of_labs(entry: Entry) -> frozenset[str]:
    """What a lab and the publisher's creator and org are called, in words and written as one."""
    labs = [name_tokens(lab) for lab in (entry.who.lab, *(entry.attributes.get(name, "") for name in ("creator", "org")))]
    return frozenset(word for lab in labs for word in (*lab, "".join(lab)))


def _states(key: str, family: str) -> bool:
    """Whether a key has a family in it, as words of its own or, if it is no mere letter, in a longer one."""
    words, wanted = name_tokens(key), name_tokens(family)
    if any(words[at : at + len(wanted)] == wanted for at in range(len(words))):
        return True
    return len("".join(wanted)) >= _A_WORD and "".join(wanted) in "".join(words)


def _is_plain(generation: Iterable[Entry]) -> bool:
    """Whether a generation is listed without any tier too: where 4 is and 3.5 is not, the turbo of the one does not follow that of the other."""
    return any(not one.who.tier for one in generation)


# ── the newest of a generation ───────────────────────────────────────────────────────────────────


def _newest(entries: Sequence[Entry]) -> list[Entry]:
    """Those of the newest revision; none where that is not plain. Whether it is a preview does not matter."""
    ages = {(one.id, other.id): _age(one, other) for one in entries for other in entries}
    return [one for one in entries if all((age := ages[one.id, other.id]) is not None and age >= 0 for other in entries)]


def _age(one: Entry, other: Entry) -> int | None:
    """Positive where the first of two of one generation is the newer, 0 where they are of one revision, None where that is not plain.

    By the day of release that the board states, else by what the names do. `1106` and `0125` are not in order without their years.
    """
    if one.id == other.id or (one.who.model and one.who.model == other.who.model):
        return 0
    released = [entry.attributes.get("released", "") for entry in (one, other)]
    if released[0] != released[1] and all(map(_DAY.fullmatch, released)):
        return _order(*released)
    mine, theirs = _revision(one), _revision(other)
    if mine == theirs:
        return 0 if mine else other.who.preview - one.who.preview
    if not mine or not theirs:  # what is dated follows what is not, but a preview may precede it
        return None if (one if mine else other).who.preview else 1 if mine else -1
    dated = [bool(_DAY.fullmatch(revision)) for revision in (mine, theirs)]
    counted = [bool(_REVISION.fullmatch(revision)) for revision in (mine, theirs)]
    return _order(mine, theirs) if all(dated) or all(counted) else None


def _order(one: str, other: str) -> int:
    """Of two days: 0 where one is merely stated less exactly."""
    return 0 if one.startswith(other) or other.startswith(one) else 1 if one > other else -1


def _revision(entry: Entry) -> str:
    """`2024-10-22`, `10-22` or `002`, as far as the name states it."""
    number = _REVISION.search(entry.who.name)
    return entry.who.date or (number[0] if number else "")


def _efforts_differ(one: Traits, other: Traits) -> bool:
    """Whether both state how hard they think, and not alike."""
    return any(
        "" not in pair and pair[0] != pair[1]
        for pair in ((one.who.effort, other.who.effort), (one.who.thinking_budget, other.who.thinking_budget))
    )


@lru_cache(maxsize=1024)
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
    lab = _lab(entry)
    return (lab.casefold(), who.family.casefold(), who.generation.casefold()) if who.family and lab else None
