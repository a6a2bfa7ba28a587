"""Names on the boards that need a person, and what would decide each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracker.identity import OpenQuestion, question
from tracker.model import BoardId, Identity
from tracker.model.names import Lexicon
from tracker.query.models import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenName:
    """A name with an open question, and the boards that list it, in order."""

    name: str
    boards: tuple[BoardId, ...]
    who: Identity
    question: OpenQuestion


def open_names(cards: Iterable[Card], lexicon: Lexicon) -> tuple[OpenName, ...]:
    """The listed names with open questions, one for each name and question; those on the most boards first."""
    found: dict[tuple[str, OpenQuestion], tuple[Identity, set[BoardId]]] = {}
    for card in cards:
        asked = question(card.who, lexicon)
        for place in card.places if asked is not None else ():
            if asked is not None and place.last_seen is None:
                found.setdefault((place.name, asked), (card.who, set()))[1].add(place.board)
    names = [
        OpenName(name=name, boards=tuple(sorted(boards)), who=who, question=asked)
        for (name, asked), (who, boards) in found.items()
    ]
    return tuple(sorted(names, key=lambda open_name: (-len(open_name.boards), open_name.name.casefold(), open_name.name)))
