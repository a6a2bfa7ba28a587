"""Matches models and boards with watches: names with `*`, labs, families, classes. Unknown never matches, and is never false."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import inf

from tracker.identity import resolve
from tracker.model import Board, Entry, EntryId, Identity, Metric, Snapshot, name_tokens
from tracker.model.names import Lexicon
from tracker.query.find import BoardAt, meant
from tracker.traits import traits

PREFIXES = ("lab", "family", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The models that a watch names: by `name`, `glob` (with `*`), `lab`, `family` or `model`. `who` is the resolved name."""

    kind: str
    text: str
    who: Identity = field(default_factory=Identity)

    def chosen(self, board: Board, snapshot: Snapshot) -> frozenset[EntryId]:
        """The entries of a page that are those models."""
        if self.kind == "name":
            matches = meant(self.text, self.who, [BoardAt(board=board, snapshot=snapshot)])
            return frozenset(listed.entry.id for listed in matches.entries)
        return frozenset(key for key, entry in snapshot.entries.items() if self._matches(entry))

    def _matches(self, entry: Entry) -> bool:
        who = entry.who
        match self.kind:
            case "lab":
                return self.text.casefold() in (who.lab.casefold(), entry.attributes.get("creator", "").casefold())
            case "family":
                return self.text.casefold() == who.family.casefold()
            case "model":
                return self.text == who.model
            case _:
                return self._names(entry)

    def _names(self, entry: Entry) -> bool:
        """Match the published name, and the names of its line, since a lab may come first, or the parts in another order."""
        who = entry.who
        lines = (f"{who.family} {who.generation} {who.tier}", f"{who.family} {who.tier} {who.generation}") if who.family else ()
        return any(fnmatchcase(_folded(name), self.text) for name in (entry.name, *lines))


def pattern(text: str, lexicon: Lexicon) -> Pattern:
    """`lab:OpenAI`, `family:Claude`, `model:ID`, `Qwen*`, or a name such as `GPT-4o`."""
    kind, found, rest = text.partition(":")
    if found and kind in PREFIXES:
        return Pattern(kind=kind, text=rest.strip())
    if "*" in text:
        return Pattern(kind="glob", text="*".join(_folded(part) for part in text.split("*")))
    return Pattern(kind="name", text=text, who=resolve(text, lexicon=lexicon))


def _folded(name: str) -> str:
    return " ".join(name_tokens(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The class that a model must be known to have. None and empty do not restrict it. Sizes are total parameters in 10⁹."""

    open_weights: bool | None = None
    min_size_b: float | None = None
    max_size_b: float | None = None
    lab: str = ""
    country: str = ""
    reasoning: str = ""

    def holds(self, entry: Entry, board: Board) -> bool | None:
        """Whether an entry has the class; None if that is unknown."""
        known = traits(entry, board)
        country = known.who.country or entry.attributes.get("country", "")
        pairs: tuple[tuple[object, object], ...] = (
            (self.open_weights, known.open_weights),
            (self.lab.casefold() or None, known.who.lab.casefold() or None),
            (self.country.casefold() or None, country.casefold() or None),
            (self.reasoning or None, None if known.reasoning == "unspecified" else known.reasoning),
        )
        verdicts = [None if stated is None else asked == stated for asked, stated in pairs if asked is not None]
        verdicts.append(self._sized(known.size_total_b))
        return False if False in verdicts else None if None in verdicts else True

    def _sized(self, size: float | None) -> bool | None:
        if self.min_size_b is None and self.max_size_b is None:
            return True
        if size is None:
            return None
        return (self.min_size_b or 0.0) <= size <= (inf if self.max_size_b is None else self.max_size_b)


ANYONE = Classes()
"""Any class."""


def chosen(patterns: Iterable[Pattern], board: Board, snapshot: Snapshot) -> frozenset[EntryId]:
    """The entries of a page that one of the patterns names; all entries without patterns."""
    entries = [pattern.chosen(board, snapshot) for pattern in patterns]
    return frozenset[EntryId]().union(*entries) if entries else frozenset(snapshot.entries)


def board_matches(globs: Iterable[str], board: str) -> bool:
    """Whether one of the globs matches the board's id, or there are none."""
    globs = tuple(globs)
    return not globs or any(fnmatchcase(board, glob) for glob in globs)


def metric_matches(metric: Metric, metrics: Iterable[str], topics: Iterable[str]) -> bool:
    """Whether a metric is named by id (`*` matches anything) or by topic."""
    by_id = any(fnmatchcase(metric.id, glob) for glob in metrics)
    return by_id or metric.topic.casefold() in {topic.casefold() for topic in topics}


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A user's rule: over standings with a threshold, otherwise over events. Empty and None allow all. `asks`: as in the file."""

    name: str
    subjects: tuple[Pattern, ...] = ()
    rivals: tuple[Pattern, ...] = ()
    boards: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    classes: Classes = ANYONE
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    min_weight: int = 0
    news_only: bool = True
    within: float | None = None
    top: int | None = None
    above: float | None = None
    below: float | None = None
    each: bool = False
    asks: Mapping[str, object] = field(default_factory=dict, compare=False)

    @property
    def standing(self) -> bool:
        """Whether it is over standings."""
        return any(threshold is not None for threshold in (self.within, self.top, self.above, self.below))
