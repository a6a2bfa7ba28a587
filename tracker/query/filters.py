"""One set of filters for every question: which boards, metrics, models, events and times it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from tracker.errors import DeclarationError
from tracker.identity import nearest
from tracker.model import Board, BoardId, EntryId, Event, Metric
from tracker.model.names import Lexicon, folded
from tracker.query.facts import ModelFacts
from tracker.query.find import BoardAt, demand, find, listed_on
from tracker.toml import meant, quoted

_MOST_LISTED = 40
"""Known words up to this number are all listed in a message."""
EntryKey = tuple[BoardId, EntryId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions; None and empty allow all. Several values of one condition are alternatives.

    `boards` are ids, sources or patterns (`lmarena/*`), `models` names in any spelling, families and labs. `rivals` are names of
    models that were passed. `countries` have two letters. Sizes are total parameters in 10⁹, `max_price` is in USD per 1M
    tokens. `reasoning`: whether it is known to be on, or off. `since` ≤ time < `until`; `at`: as of that time. `top` limits the
    answer, `sort` orders it by a column (`-` reverses it), `columns` names those to show.
    """

    boards: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    labs: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    open_weights: bool | None = None
    max_size: float | None = None
    min_size: float | None = None
    max_price: float | None = None
    reasoning: bool | None = None
    kinds: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    at: datetime | None = None
    top: int | None = None
    sort: str = ""
    columns: tuple[str, ...] = ()

    @property
    def traits(self) -> tuple[str, ...]:
        """The traits that the conditions are about, by their name in `Traits`, of those that other boards may state."""
        asked = {
            "open_weights": self.open_weights is not None,
            "size_total_b": self.max_size is not None or self.min_size is not None,
            "price": self.max_price is not None,
        }
        return tuple(name for name, is_asked in asked.items() if is_asked)

    @property
    def about_models(self) -> bool:
        """Whether any condition is about models."""
        return bool(self.traits or self.models or self.labs or self.countries) or self.reasoning is not None


EVERYTHING = Filters()


def boards_of(only: Filters, boards: Sequence[Board]) -> tuple[Board, ...]:
    """The boards that are meant, in their order: by id, source or pattern, and with a metric that is meant.

    Raises:
        DeclarationError: a name, topic or metric means none of them.
    """
    for name in only.boards:
        if not any(_is_meant(board, name) for board in boards):
            known = {board.id for board in boards} | {board.id.partition("/")[0] for board in boards}
            raise _unknown("board", name, known)
    named = [board for board in boards if not only.boards or any(_is_meant(board, name) for name in only.boards)]
    check_words("topic", only.topics, {metric.topic for board in named for metric in board.metrics} - {""})
    check_words("metric", only.metrics, {metric.id for board in named for metric in board.metrics})
    return tuple(board for board in named if metrics_of(board, only) or not (only.metrics or only.topics))


def _is_meant(board: Board, name: str) -> bool:
    return board.id == name or board.id.partition("/")[0] == name or fnmatchcase(board.id, name)


def metrics_of(board: Board, only: Filters) -> tuple[Metric, ...]:
    """The metrics of a board that are meant; the one that ranks it if no condition is about metrics."""
    if not (only.metrics or only.topics):
        return tuple(metric for metric in board.metrics if metric.primary)
    return tuple(metric for metric in board.metrics if _is_wanted(metric, only))


def _is_wanted(metric: Metric, only: Filters) -> bool:
    return (not only.metrics or metric.id in only.metrics) and (not only.topics or metric.topic in only.topics)


def check_words(what: str, words: Iterable[str], known: Collection[str]) -> None:
    """Refuse a word that is not known. Raises DeclarationError, with the nearest."""
    for word in words:
        if word not in known:
            raise _unknown(what, word, known)


def _unknown(what: str, word: str, known: Collection[str]) -> DeclarationError:
    if len(known) <= _MOST_LISTED:
        return DeclarationError(f"{what} {quoted(word)} is unknown{meant(word, known)}")
    near = nearest(word, sorted(known), 3)
    suggestion = f"; did you mean {' or '.join(map(quoted, near))}?" if near else ""
    return DeclarationError(f"{what} {quoted(word)} is unknown{suggestion} ({len(known)} are known)")


def check_makers(only: Filters, states: Sequence[BoardAt]) -> None:
    """Refuse a lab or a country of which no model is listed. Raises DeclarationError, with the nearest."""
    for what, words, name in (("lab", only.labs, "lab"), ("country", only.countries, "country")):
        known = {getattr(listed.entry.who, name) for listed in listed_on(states)} - {""} if words else set()
        spelled = {folded(word) for word in known}
        for word in words:
            if folded(word) not in spelled:
                raise _unknown(what, word, known)


def named_entries(names: Iterable[str], states: Sequence[BoardAt], lexicon: Lexicon) -> frozenset[EntryKey]:
    """The entries that some names mean (`find`); a name that means no model may be that of a lab.

    Raises:
        DeclarationError: a name means nothing that is listed.
    """
    entries: set[EntryKey] = set()
    for name in names:
        found = find(name, states, lexicon).entries
        if not found:
            found = tuple(listed for listed in listed_on(states) if folded(listed.entry.who.lab) == folded(name) != "")
        entries.update((listed.state.board.id, listed.entry.id) for listed in found or demand(name, states, lexicon).entries)
    return frozenset(entries)


def unstated(facts: ModelFacts, only: Filters) -> tuple[str, ...] | None:
    """The conditions that cannot be judged because nothing states the trait; None if one does not hold, () if all do.

    `models` and `rivals` are not judged here (`named_entries`).
    """
    traits = facts.traits
    size, price = traits.size_total_b, traits.price
    who, reasoning = traits.who, {"on": True, "off": False}.get(traits.reasoning)
    verdicts = {
        "lab": None if not who.lab else folded(who.lab) in map(folded, only.labs),
        "country": None if not who.country else folded(who.country) in map(folded, only.countries),
        "open or closed weights": None if traits.open_weights is None else traits.open_weights is only.open_weights,
        "size": None if size is None else (only.min_size or 0) <= size <= (only.max_size or size),
        "price": None if price is None else price <= (only.max_price or 0),
        "reasoning": None if reasoning is None else reasoning is only.reasoning,
    }
    asked = {
        "lab": only.labs,
        "country": only.countries,
        **{_WORDS[name]: True for name in only.traits},
        "reasoning": only.reasoning is not None,
    }
    judged = {name: verdict for name, verdict in verdicts.items() if asked.get(name)}
    if any(verdict is False for verdict in judged.values()):
        return None
    return tuple(name for name, verdict in judged.items() if verdict is None)


_WORDS = {"open_weights": "open or closed weights", "size_total_b": "size", "price": "price"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The entries that fulfil the conditions on models.

    `unknown`: how many of each board are left out only because a trait is not stated, by trait.
    """

    entries: frozenset[EntryKey]
    unknown: Mapping[BoardId, Mapping[str, int]]


def choose(only: Filters, facts: Mapping[EntryKey, ModelFacts], named: frozenset[EntryKey] | None) -> Choice:
    """The entries that fulfil the conditions, of those `named` if names are a condition."""
    entries, unknown = set[EntryKey](), dict[BoardId, Counter[str]]()
    for key, known in facts.items():
        if named is not None and key not in named:
            continue
        missing = unstated(known, only)
        if missing == ():
            entries.add(key)
        unknown.setdefault(key[0], Counter()).update(missing or ())
    return Choice(entries=frozenset(entries), unknown=unknown)


def is_about(
    event: Event, *, subjects: frozenset[EntryKey] | None, parties: frozenset[EntryKey] | None, rivals: frozenset[EntryKey] | None
) -> bool:
    """Whether one of an event's subjects is among `subjects`, one of its parties among `parties`, and one passed among `rivals`.

    None allows all.
    """
    sides = ((event.subjects, subjects), ((*event.subjects, *event.rivals), parties), (event.rivals, rivals))
    return all(wanted is None or any((event.board, party.entry) in wanted for party in side) for side, wanted in sides)
