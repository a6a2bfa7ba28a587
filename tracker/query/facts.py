"""What is known of the models of a board: from the board itself, otherwise from other boards that list the same model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from tracker.model import Board, BoardId, Entry, EntryId, Metric, ModelId
from tracker.query.find import BoardAt
from tracker.traits import PRICE_WORDS, Traits, price_metric, traits

JOINED = ("open_weights", "size_total_b", "price")
"""The traits that another board may state, by their name in `Traits`."""
_SAME_SIZE = 1.1
"""Sizes that differ by less than this factor are the same, rounded or with and without embeddings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """The traits of an entry's model. `sources` names the board of each trait that the entry's own board does not state.

    `price_of` is the metric of `traits.price`: an output, a blended or an input price.
    """

    traits: Traits
    price_of: Metric | None = None
    sources: Mapping[str, BoardId] = field(default_factory=dict)

    @property
    def price_kind(self) -> str:
        """Whether the price is one of output, blended or of input, as far as the metric's name says so."""
        name = self.price_of.id if self.price_of is not None else ""
        return next((word for word in PRICE_WORDS if word in name.removeprefix("price")), name)


def states_trait(board: Board, name: str) -> bool:
    """Whether a board has a column for that trait."""
    if name == "price":
        return price_metric(board) is not None
    columns = {"open_weights": ("open_weights", "licence", "license"), "size_total_b": ("total_parameters",)}[name]
    return any(column in board.attributes for column in columns)


def facts_of(
    state: BoardAt, wanted: Iterable[str], elsewhere: Callable[[str], Sequence[BoardAt]]
) -> Mapping[EntryId, ModelFacts]:
    """The facts of each entry of a board. `elsewhere` gives the boards that state a trait (of `JOINED`) that is `wanted`.

    A trait of another board is one of the same model, while that board lists it. It has to be the same for the same variant
    or, if no entry there is that variant, for all of them. Of several prices, the one read last counts; boards that differ
    about another trait leave it unknown. `stores.views` has the same rule in SQL.
    """
    listed = price_metric(state.board)
    facts = {key: ModelFacts(traits=traits(entry, state.board), price_of=listed) for key, entry in state.snapshot.entries.items()}
    for name in wanted:
        lacking = {key: known for key, known in facts.items() if getattr(known.traits, name) is None and known.traits.who.model}
        if not lacking:
            continue
        models = {known.traits.who.model for known in lacking.values()}
        others = [other for other in elsewhere(name) if other.board.id != state.board.id]
        stated = [_Stated(other, name, models) for other in sorted(others, key=newest_first)]
        facts |= {key: _joined(known, name, stated) for key, known in lacking.items()}
    return facts


def sources_of(facts: Iterable[ModelFacts], wanted: Iterable[str]) -> dict[str, tuple[BoardId, ...]]:
    """The other boards that state each trait that is wanted; none for one that no other states."""
    known = list(facts)
    boards = {trait: sorted({of.sources[trait] for of in known if trait in of.sources}) for trait in wanted}
    return {trait: tuple(names) for trait, names in boards.items() if names}


def newest_first(state: BoardAt) -> tuple[float, str]:
    """Sorts the boards that were read last first."""
    return -state.snapshot.observed_at.timestamp(), state.board.id


class _Stated:
    """What a board states of a trait, by model and variant."""

    def __init__(self, state: BoardAt, name: str, models: Collection[ModelId | None]) -> None:
        self.board = state.board
        self.values: dict[ModelId, dict[str | None, set[object]]] = {}
        for entry in state.snapshot.entries.values():
            if entry.who.model is not None and entry.who.model in models:
                self._add(entry, name)

    def _add(self, entry: Entry, name: str) -> None:
        value = getattr(traits(entry, self.board), name)
        if value is not None and entry.who.model is not None:
            self.values.setdefault(entry.who.model, {}).setdefault(entry.who.variant, set()).add(value)

    def of(self, model: ModelId | None, variant: str | None) -> object:
        """The one value of that variant, or of all; None if there are several."""
        variants = self.values.get(model, {}) if model is not None else {}
        values = variants.get(variant) or {value for of_variant in variants.values() for value in of_variant}
        return next(iter(values)) if len(values) == 1 else None


def _joined(known: ModelFacts, name: str, stated: Sequence[_Stated]) -> ModelFacts:
    who = known.traits.who
    found = [(value, other.board) for other in stated if (value := other.of(who.model, who.variant)) is not None]
    if not found or (name != "price" and not _agree([value for value, _ in found])):
        return known
    value, board = found[0]
    price_of = price_metric(board) if name == "price" else known.price_of
    joined: Traits = replace(known.traits, **cast("dict[str, Any]", {name: value}))
    return replace(known, traits=joined, price_of=price_of, sources={**known.sources, name: board.id})


def _agree(values: Sequence[object]) -> bool:
    sizes = [value for value in values if isinstance(value, float)]
    return max(sizes) < _SAME_SIZE * min(sizes) if sizes else len(set(values)) == 1
