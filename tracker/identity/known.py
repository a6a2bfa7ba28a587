"""The lexicon, arranged for looking up: spellings → labs, words → families, and what is known of single models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from tracker.identity.tokens import Token, clean, tokens
from tracker.model.names import Family, Lexicon, folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who made a model. `slug` stands for the lab in ids."""

    name: str
    slug: str
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """A family with its lab, and its words as sets. `slug` stands for it in ids."""

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
    thinking: tuple[frozenset[str], ...] = ()
    both: tuple[frozenset[str], ...] = ()
    bare_generations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KnownNames:
    """All there is to look up.

    `lines` maps the first word of a phrase to the phrases that it opens, `fronts` are what a maker's or a host's name can begin with,
    `patterns` how a family, by its name, is written with a generation.
    """

    makers: Mapping[str, Maker] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    lines: Mapping[str, tuple[tuple[frozenset[str], ProductLine], ...]] = field(default_factory=dict)
    nicknames: Mapping[str, ProductLine] = field(default_factory=dict)
    fronts: frozenset[str] = frozenset()
    patterns: Mapping[str, str] = field(default_factory=dict)

    def maker(self, text: str) -> Maker | None:
        """The lab so spelled; None for a host, and for who is not known."""
        spelling = folded(text)
        return None if spelling in self.hosts else self.makers.get(spelling)

    def is_host(self, text: str) -> bool:
        """Whether that only serves the models of others."""
        return folded(text) in self.hosts

    def line_name(self, family: str, generation: str) -> str:
        """A family's generation as people write it; the family alone where no generation is stated."""
        if not generation or not family:
            return family
        pattern = self.patterns.get(family)
        return pattern.replace("{generation}", generation) if pattern else f"{family} {generation}"


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """A name in an id: `Mistral AI` → `mistral-ai`."""
    return "-".join(
        piece for piece in "".join(letter if letter.isalnum() or letter == "." else " " for letter in clean(name)).split()
    )


def texts(found: Iterable[Token]) -> tuple[str, ...]:
    """The words and numbers of a name."""
    return tuple(token.text for token in found if token.kind in ("word", "number"))


@lru_cache(maxsize=16)
def known(lexicon: Lexicon) -> KnownNames:
    """A lexicon arranged for looking up, kept."""
    makers: dict[str, Maker] = {}
    lines: dict[str, list[tuple[frozenset[str], ProductLine]]] = {}
    nicknames: dict[str, ProductLine] = {}
    for lab in lexicon.labs.values():
        maker = Maker(name=lab.lab, slug=slug(lab.lab), country=lab.country)
        makers.update((folded(spelling), maker) for spelling in (lab.lab, *lab.spellings))
        for family in lab.families:
            line = _line(family, maker)
            for phrase in line.phrases:
                lines.setdefault(phrase[0], []).append((frozenset(phrase), line))
            nicknames.update((clean(nickname).replace("-", " "), line) for nickname in family.nicknames)
    return KnownNames(
        makers=makers,
        hosts=lexicon.hosts,
        lines={word: tuple(sorted(found, key=lambda one: -len(one[0]))) for word, found in lines.items()},
        fronts=frozenset(spelling[:end] for spelling in (*makers, *lexicon.hosts) for end in range(1, len(spelling) + 1)),
        patterns={family.name: family.line for lab in lexicon.labs.values() for family in lab.families if family.line},
        nicknames=dict(sorted(nicknames.items(), key=lambda one: -len(one[0]))),
    )


def _line(family: Family, maker: Maker) -> ProductLine:
    return ProductLine(
        maker=maker,
        family=family,
        slug=slug(family.words[0]),
        phrases=tuple(texts(tokens(clean(words))) for words in family.words),
        generations={canonical(one): one for one in family.generations},
        ignore=frozenset(family.ignore),
        keep=frozenset(family.keep),
        tiers=frozenset(family.tiers),
        efforts=frozenset(family.efforts),
        serving=frozenset(family.serving),
        thinking=tuple(_atoms(one) for one in family.thinking),
        both=tuple(_atoms(one) for one in family.both),
        bare_generations=frozenset(canonical(one) for one in family.bare_generations),
    )


def _atoms(text: str) -> frozenset[str]:
    return frozenset(canonical(one) for one in text.split())


def canonical(number: str) -> str:
    """A version number as ids bear it: `2.0` is `2`, `v3` is `3`; `4.20` stays, for it is not 4.2."""
    plain = number.lower().removeprefix("v") if number[1:2].isdigit() else number.lower()
    return plain.removesuffix(".0") if plain.count(".") == 1 else plain
