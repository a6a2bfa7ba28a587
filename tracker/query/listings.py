"""What is listed at a time, what is known of its models, and which entries the filters mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.model import Board, BoardId, Event
from tracker.model.names import Lexicon, folded
from tracker.ports import Store
from tracker.query.facts import ModelFacts, facts_of, states_trait
from tracker.query.filters import EntryKey, Filters, unknown_word
from tracker.query.find import BoardAt, demand, find, listed_on, remembered, states


class Listings:
    """Boards as of a time with the facts of their models, each loaded when it is first asked for.

    `gone`: the entries that have left are listed too, as they were last seen.
    """

    def __init__(
        self,
        store: Store,
        lexicon: Callable[[], Lexicon],
        boards: Iterable[Board],
        *,
        at: datetime | None = None,
        gone: bool = False,
    ) -> None:
        self.store, self.at, self.gone = store, at, gone
        self._lexicon = lexicon
        self._boards = {board.id: board for board in boards}
        self._listed: dict[BoardId, BoardAt] = {}
        self._states: dict[BoardId, BoardAt] = {}

    @property
    def lexicon(self) -> Lexicon:
        """The known names; a question that is not about models does not read them."""
        return self._lexicon()

    def states(self, boards: Iterable[BoardId]) -> tuple[BoardAt, ...]:
        """These boards; those without an accepted snapshot are left out."""
        names = tuple(boards)
        if not self.gone:
            return self._now(names)
        missing = [name for name in names if name not in self._states]
        if missing:
            self._states |= {state.board.id: state for state in remembered(self.store, self._now(missing), self.lexicon)}
        return tuple(self._states[name] for name in names if name in self._states)

    def _now(self, names: Sequence[BoardId]) -> tuple[BoardAt, ...]:
        """The boards without the entries that have left."""
        missing = [name for name in names if name not in self._listed]
        if missing:
            found = states(self.store, at=self.at, lexicon=self.lexicon, boards=missing)
            self._listed |= {state.board.id: state for state in found}
        return tuple(self._listed[name] for name in names if name in self._listed)

    def facts(self, boards: Iterable[BoardId], wanted: Sequence[str]) -> dict[EntryKey, ModelFacts]:
        """The facts of each entry of these boards; the traits `wanted` may be from other boards (`facts_of`)."""
        return {
            (state.board.id, entry): known
            for state in self.states(boards)
            for entry, known in facts_of(state, wanted, self._stating).items()
        }

    def named(self, names: Iterable[str], boards: Iterable[BoardId]) -> frozenset[EntryKey]:
        """The entries of these boards that some names mean. Raises DeclarationError as `named_entries`."""
        return named_entries(names, self.states(boards), self.lexicon)

    def choice(self, boards: Sequence[BoardId], only: Filters, facts: Mapping[EntryKey, ModelFacts]) -> Choice:
        """The entries of these boards that fulfil the conditions on models. Raises DeclarationError as `named_entries`."""
        return choose(only, facts, self.named(only.models, boards) if only.models else None)

    def check_makers(self, boards: Iterable[BoardId], only: Filters) -> None:
        """Refuse a lab or a country of which no model is listed on these boards. Raises DeclarationError, with the nearest."""
        if only.labs or only.countries:
            _check_makers(only, self.states(boards))

    def _stating(self, trait: str) -> tuple[BoardAt, ...]:
        return self._now([board.id for board in self._boards.values() if states_trait(board, trait)])


def labs_meant(labs: Iterable[str], lexicon: Lexicon) -> tuple[str, ...]:
    """Labs by their own name, whichever of their spellings is given; others as they are."""
    names = {folded(spelling): lab.lab for lab in lexicon.labs.values() for spelling in (*lab.spellings, lab.lab)}
    return tuple(names.get(folded(lab), lab) for lab in labs)


def _check_makers(only: Filters, states: Sequence[BoardAt]) -> None:
    for what, words, name in (("lab", only.labs, "lab"), ("country", only.countries, "country")):
        known = {getattr(listed.entry.who, name) for listed in listed_on(states)} - {""}
        spelled = {folded(word) for word in known}
        for word in words:
            if folded(word) not in spelled:
                raise unknown_word(what, word, known)


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
