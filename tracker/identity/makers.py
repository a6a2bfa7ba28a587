"""Makers of models and their product lines, as the lexicon declares them."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from tracker.model.names import Family


class Maker(Struct, frozen=True, kw_only=True):
    """The maker of a model. `slug` is the lab's part of ids."""

    name: str
    slug: str
    country: str = ""


class ProductLine(Struct, frozen=True, kw_only=True):
    """A family with its lab, and its words as sets. `slug` is its part of ids."""

    maker: Maker
    family: Family
    slug: str
    phrases: tuple[tuple[str, ...], ...]
    generations: Mapping[str, str]
    ignore: frozenset[str] = frozenset()
    keep: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    efforts: frozenset[str] = frozenset()
    serving: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    thinking: tuple[frozenset[str], ...] = ()
    hybrid: tuple[frozenset[str], ...] = ()
    both: tuple[frozenset[str], ...] = ()
    bare_generations: frozenset[str] = frozenset()

    def is_stamped(self, generation: str) -> bool:
        """Whether the dates of a generation's names are mere stamps."""
        return self.family.dates == "stamp" or (self.family.dates == "listed" and generation in self.generations)
