"""One model across all boards: every name it bears, where it was first and last seen, and how it stands on each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.model import BoardId, Entry, EntryId, EntryRecord, Identity, Measure, Metric, ModelId, Snapshot
from tracker.model.names import Lexicon
from tracker.order import competition_ranks
from tracker.ports import Store
from tracker.query.find import BoardAt, MatchKind, find, remembered, states


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An entry of a model on one board. `last_seen` is None while it is listed.

    `rank` is the competition rank among the `of` entries with a value of the metric that ranks the board; both are None where
    it has no value, or is not listed any more: then `measure` is the last one that was seen.
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
    """A model with its places, by board and rank. `model` is None for an entry whose identity is unsure: it stands alone."""

    model: ModelId | None
    who: Identity
    names: tuple[str, ...]
    places: tuple[Listing, ...]


def cards(store: Store, *, name: str = "", lab: str = "", family: str = "", lexicon: Lexicon) -> tuple[Card, ...]:
    """Every model of the store, departed ones included; by lab, family and generation, the unsure ones last.

    `lab` and `family` (without regard to case) leave out all others, and so does `name`: as `find` understands it.
    """
    everything = remembered(store, states(store, lexicon=lexicon), lexicon)
    wanted = _named(name, everything, lexicon) if name else None
    groups: dict[object, list[tuple[BoardAt, Entry]]] = {}
    for state in everything:
        for entry in state.snapshot.entries.values():
            if _is_asked(entry.who, lab, family) and (wanted is None or (state.board.id, entry.id) in wanted):
                groups.setdefault(entry.who.model or (state.board.id, entry.id), []).append((state, entry))
    boards = _Boards(store, everything)
    return tuple(sorted((_card(some, boards) for some in groups.values()), key=_order))


def _named(name: str, everything: Sequence[BoardAt], lexicon: Lexicon) -> frozenset[tuple[BoardId, EntryId]]:
    found = find(name, everything, lexicon)
    return frozenset((one.state.board.id, one.entry.id) for one in found.entries if found.way is not MatchKind.NOT)


def _is_asked(who: Identity, lab: str, family: str) -> bool:
    return all(not asked or asked.casefold() == has.casefold() for asked, has in ((lab, who.lab), (family, who.family)))


def _order(card: Card) -> tuple[object, ...]:
    who = card.who
    return (card.model is None, who.lab.casefold(), who.family.casefold(), who.generation, card.model or "", card.names)


class _Boards:
    """What is needed of each board once: who is known of it, and the ranks of those listed."""

    def __init__(self, store: Store, everything: Iterable[BoardAt]) -> None:
        self.known: dict[BoardId, Mapping[EntryId, EntryRecord]] = {}
        self.ranks: dict[BoardId, Mapping[EntryId, int]] = {}
        for state in everything:
            board, metric = state.board.id, state.board.primary
            self.known[board] = known = store.past(board).known
            listed = {key: one for key, one in state.snapshot.entries.items() if key in known and known[key].last_seen is None}
            self.ranks[board] = _ranks(state.snapshot, metric, listed) if metric and metric.higher_is_better is not None else {}


def _ranks(snapshot: Snapshot, metric: Metric, listed: Mapping[EntryId, Entry]) -> Mapping[EntryId, int]:
    values = {key: one.measures[metric.id].value for key, one in listed.items() if metric.id in one.measures}
    return competition_ranks(metric, values, snapshot.unnamed)


def _card(some: Sequence[tuple[BoardAt, Entry]], boards: _Boards) -> Card:
    places = sorted((_place(state, entry, boards) for state, entry in some), key=_best_first)
    who = some[0][1].who
    names = {name for place in places for name in place.names}
    return Card(model=who.model, who=who, names=tuple(sorted(names, key=str.casefold)), places=tuple(places))


def _best_first(place: Listing) -> tuple[object, ...]:
    return (place.board, place.last_seen is not None, place.rank is None, place.rank or 0, place.entry)


def _place(state: BoardAt, entry: Entry, boards: _Boards) -> Listing:
    board, metric = state.board.id, state.board.primary
    known, rank = boards.known[board][entry.id], boards.ranks[board].get(entry.id)
    return Listing(
        board=board,
        entry=entry.id,
        name=entry.name,
        names=known.names,
        first_seen=known.first_seen,
        last_seen=known.last_seen,
        metric=metric,
        measure=entry.measures.get(metric.id) if metric else None,
        rank=rank,
        of=None if rank is None else len(boards.ranks[board]) + len(state.snapshot.unnamed),
    )
