"""One model across all boards: its names, when it was first and last seen, and its rank on each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.model import BoardId, Entry, EntryId, EntryRecord, Identity, Measure, Metric, ModelId
from tracker.model.names import Lexicon
from tracker.order import competition_ranks
from tracker.ports import Store
from tracker.query.columns import FACTS, TRAITS, by_value, fact_text
from tracker.query.facts import ModelFacts, newest_first
from tracker.query.filters import EntryKey, Filters, check_words
from tracker.query.find import BoardAt, find, remembered, states
from tracker.query.listings import Listings


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An entry of a model on one board. `last_seen` is None while it is listed.

    `rank` is the competition rank among the `of` entries with a value of the metric that ranks the board; both are None if it
    has no value, or is no longer listed: then `measure` is the last one that was seen.
    """

    board: BoardId
    entry: EntryId
    name: str
    names: frozenset[str]
    first_seen: datetime
    last_seen: datetime | None
    metric: Metric | None
    measure: Measure | None
    rank: int | None
    of: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A model with its places, by board and rank. `model` is None for an entry whose identity is unsure: it has its own card."""

    model: ModelId | None
    who: Identity
    names: tuple[str, ...]
    places: tuple[Listing, ...]


def cards(
    store: Store,
    *,
    name: str = "",
    lab: str = "",
    family: str = "",
    lexicon: Lexicon,
    boards: Sequence[BoardAt] = (),
    entries: Collection[EntryKey] | None = None,
) -> tuple[Card, ...]:
    """Every model of the store, departed ones included; by lab, family and generation, the unsure ones last.

    `lab`, `family` (in any case), `name`, as `find` understands it, and `entries` leave out all others. `boards` are those of
    the store with the entries that have left, if they are known already.
    """
    boards = boards or remembered(store, states(store, lexicon=lexicon), lexicon)
    wanted = {(listed.state.board.id, listed.entry.id) for listed in find(name, boards, lexicon).entries} if name else None
    groups: dict[object, list[tuple[Identity, Listing]]] = {}
    for state in boards:
        known = store.past(state.board.id).known
        ranks = _ranks(state, known)
        for entry in state.snapshot.entries.values():
            key = (state.board.id, entry.id)
            who = (entry.who.lab.casefold(), entry.who.family.casefold())
            asked = lab.casefold() in ("", who[0]) and family.casefold() in ("", who[1])
            if asked and all(only is None or key in only for only in (wanted, entries)):
                groups.setdefault(entry.who.model or key, []).append((entry.who, _place(state, entry, known[entry.id], ranks)))
    return tuple(sorted((_card(places) for places in groups.values()), key=_order))


def _order(card: Card) -> tuple[object, ...]:
    who = card.who
    return (card.model is None, who.lab.casefold(), who.family.casefold(), who.generation, card.model or "", card.names)


def _ranks(state: BoardAt, known: Mapping[EntryId, EntryRecord]) -> Mapping[EntryId, int]:
    """The ranks of the listed entries on the metric that ranks the board."""
    metric, snapshot = state.board.primary, state.snapshot
    if metric is None or metric.higher_is_better is None:
        return {}
    values = {key: value for key, value in snapshot.values(metric.id).items() if key in known and known[key].last_seen is None}
    return competition_ranks(metric, values, snapshot.unnamed)


def _card(entries: Sequence[tuple[Identity, Listing]]) -> Card:
    who, places = entries[0][0], sorted((place for _, place in entries), key=_best_first)
    names = {name for place in places for name in place.names}
    return Card(model=who.model, who=who, names=tuple(sorted(sorted(names), key=str.casefold)), places=tuple(places))


def _best_first(place: Listing) -> tuple[object, ...]:
    return (place.board, place.last_seen is not None, place.rank is None, place.rank or 0, place.entry)


def _place(state: BoardAt, entry: Entry, known: EntryRecord, ranks: Mapping[EntryId, int]) -> Listing:
    rank, metric = ranks.get(entry.id), state.board.primary
    return Listing(
        board=state.board.id,
        entry=entry.id,
        name=entry.name,
        names=known.names,
        first_seen=known.first_seen,
        last_seen=known.last_seen,
        metric=metric,
        measure=entry.measures.get(metric.id) if metric else None,
        rank=rank,
        of=None if rank is None else len(ranks) + len(state.snapshot.unnamed),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """A model in a table, with what is known of it: of its entry on the board that was read last, if possible a listed one."""

    card: Card
    facts: ModelFacts | None

    def value(self, column: str) -> object:
        """The value of a column of `CARD_COLUMNS` or `FACTS`; None if nothing states it."""
        if column in CARD_COLUMNS:
            return CARD_COLUMNS[column](self.card)
        return FACTS[column](self.facts) if self.facts is not None else None

    def text(self, column: str) -> str:
        """The same for people, except for times."""
        if column in CARD_COLUMNS or self.facts is None:
            value = self.value(column)
            return "" if value is None else str(value)
        return fact_text(self.facts, column)


CARD_COLUMNS: Mapping[str, Callable[[Card], object]] = {
    "model": lambda card: card.model or card.names[0],
    "boards": lambda card: len({place.board for place in card.places if place.last_seen is None}),
    "best_rank": lambda card: min((place.rank for place in card.places if place.rank is not None), default=None),
    "first_seen": lambda card: min(place.first_seen for place in card.places),
}
"""Columns of a table of models, beside those of `FACTS`; `boards` counts those that list it now."""


def card_rows(cards: Iterable[Card], listings: Listings, only: Filters, columns: Iterable[str]) -> tuple[CardRow, ...]:
    """The models with what the columns and the order need, in the order that is asked for; at most `top`.

    Raises:
        DeclarationError: a column is unknown.
    """
    name = only.sort.removeprefix("-")
    shown = [*columns, *((name,) if name else ())]
    check_words("column", shown, {*CARD_COLUMNS, *FACTS})
    cards, facts = tuple(cards), dict[EntryKey, ModelFacts]()
    if any(column not in CARD_COLUMNS for column in shown):
        states = listings.states(dict.fromkeys(place.board for card in cards for place in card.places))
        boards = [state.board.id for state in sorted(states, key=newest_first)]
        facts = listings.facts(boards, [TRAITS[column] for column in shown if column in TRAITS])
    newest = {board: place for place, (board, _) in enumerate(facts)}
    rows = [CardRow(card=card, facts=_facts_of(card, facts, newest)) for card in cards]
    if name:
        rows = by_value(rows, lambda row: row.value(name), reverse=only.sort.startswith("-"))
    return tuple(rows[: only.top])


def _facts_of(card: Card, facts: Mapping[EntryKey, ModelFacts], newest: Mapping[BoardId, int]) -> ModelFacts | None:
    places = sorted(card.places, key=lambda place: (place.last_seen is not None, newest.get(place.board, 0), place.entry))
    return next((facts[place.board, place.entry] for place in places if (place.board, place.entry) in facts), None)
