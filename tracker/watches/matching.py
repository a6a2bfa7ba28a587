"""Which models and boards a watch is about: names with `*`, labs, families, and classes. Unknown never matches, and is never false."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tracker.identity import resolve
from tracker.model import Board, Entry, EntryId, Identity, Metric, Snapshot, name_tokens
from tracker.model.names import Lexicon
from tracker.query.find import BoardAt, meant
from tracker.traits import Traits, traits

PREFIXES = ("lab", "family", "model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Models a watch names. `kind` is `name`, `glob` (a name with `*`, which stands for anything), `lab`, `family` or `model`.

    `who` is what a name is resolved to: it means what it means to every command (`tracker.query.find`).
    """

    kind: str
    text: str
    who: Identity = field(default_factory=Identity)

    def chosen(self, board: Board, snapshot: Snapshot) -> frozenset[EntryId]:
        """The entries of a page that are those models."""
        if self.kind == "name":
            found = meant(self.text, self.who, [BoardAt(board=board, snapshot=snapshot)])
            return frozenset(listed.entry.id for listed in found.entries)
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
        """A published name may have its lab in front, or its parts in another order: then the names of its line are looked at too."""
        who = entry.who
        lines = (f"{who.family} {who.generation} {who.tier}", f"{who.family} {who.tier} {who.generation}") if who.family else ()
        return any(fnmatchcase(_folded(one), self.text) for one in (entry.name, *lines))


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
    """What a model must be known to be. None and empty ask for nothing. Sizes are total parameters in 10⁹."""

    open_weights: bool | None = None
    min_size_b: float | None = None
    max_size_b: float | None = None
    lab: str = ""
    country: str = ""
    reasoning: str = ""

    def holds(self, entry: Entry, board: Board) -> bool | None:
        """True or False; None where something that is asked is not known of the entry."""
        known = traits(entry, board)
        verdicts = [
            self._same(self.open_weights, known.open_weights),
            self._sized(known),
            self._same(self.lab.casefold() or None, known.who.lab.casefold() or None),
            self._same(self.country.casefold() or None, _country(entry, known.who).casefold() or None),
            self._same(self.reasoning or None, None if known.reasoning == "unspecified" else known.reasoning),
        ]
        return False if False in verdicts else None if None in verdicts else True

    @staticmethod
    def _same(asked: object, known: object) -> bool | None:
        if asked is None:
            return True
        return None if known is None else asked == known

    def _sized(self, known: Traits) -> bool | None:
        if self.min_size_b is None and self.max_size_b is None:
            return True
        if known.size_total_b is None:
            return None
        least, most = self.min_size_b or 0.0, self.max_size_b if self.max_size_b is not None else float("inf")
        return least <= known.size_total_b <= most


def _country(entry: Entry, who: Identity) -> str:
    return who.country or entry.attributes.get("country", "")


ANYONE = Classes()
"""Asks for nothing."""


def chosen(patterns: Iterable[Pattern], board: Board, snapshot: Snapshot) -> frozenset[EntryId]:
    """The entries of a page that one of the patterns names; all of them where there are none, which asks for nothing."""
    every = [one.chosen(board, snapshot) for one in patterns]
    return frozenset[EntryId]().union(*every) if every else frozenset(snapshot.entries)


def board_matches(globs: Iterable[str], board: str) -> bool:
    """Whether one of the globs over board ids matches; none asks for nothing."""
    every = tuple(globs)
    return not every or any(fnmatchcase(board, glob) for glob in every)


def metric_matches(metric: Metric, metrics: Iterable[str], topics: Iterable[str]) -> bool:
    """Whether a metric is one of those named by id (`*` stands for anything) or by topic."""
    by_id = any(fnmatchcase(metric.id, glob) for glob in metrics)
    return by_id or metric.topic.casefold() in {topic.casefold() for topic in topics}
