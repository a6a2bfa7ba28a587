"""The lexicon, arranged for lookup: spellings → labs, words → families."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from msgspec import Struct

from tracker.identity.makers import Maker, ProductLine
from tracker.identity.tokens import clean, tokenize
from tracker.model.names import Family, Lexicon, folded, is_misprint

_COMPANY = re.compile(r"[- _](?:org|ai|inc|labs?)$", re.IGNORECASE)
"""What accounts add to a lab's name: `xai-org`."""
_A_NAME = 3
"""A lab's name of at least this number of letters is recognised inside a longer one."""


class KnownNames(Struct, frozen=True, kw_only=True, eq=False):
    """The arranged lexicon.

    `lines` maps the first word of a phrase to the phrases that begin with it. `fronts` are the prefixes of makers' and hosts'
    names. `patterns` maps a family to the way to write it with a generation, `partners` a lab's slug to its partners.
    """

    makers: Mapping[str, Maker] = {}
    hosts: frozenset[str] = frozenset()
    lines: Mapping[str, tuple[tuple[frozenset[str], ProductLine], ...]] = {}
    nicknames: Mapping[str, ProductLine] = {}
    fronts: frozenset[str] = frozenset()
    patterns: Mapping[str, str] = {}
    partners: Mapping[str, frozenset[str]] = {}

    def maker(self, text: str) -> Maker | None:
        """The lab with that spelling, or with it and a word such as `-org`; None for a host or an unknown maker."""
        spelling = folded(text)
        if spelling in self.hosts:
            return None
        return self.makers.get(spelling) or self.makers.get(folded(_COMPANY.sub("", text)))

    def is_host(self, text: str) -> bool:
        """Whether it only serves the models of others."""
        return folded(text) in self.hosts

    def is_part_of(self, maker: Maker, creator: str) -> bool:
        """Whether a creator's name contains one of a lab, or of a partner, or is a misprint of one.

        `AllenAI/UW`, `Google DeepMind (Gemini team)`, `Aliaba`.
        """
        text = folded(creator)
        spellings = (spelling for spelling, other in self.makers.items() if other is maker and len(spelling) >= _A_NAME)
        names = (*spellings, *self.partners.get(maker.slug, ()))
        return any(name in text or is_misprint(name, text) for name in names)

    def line_name(self, family: str, generation: str) -> str:
        """A family's generation as people write it; the family alone without a generation."""
        if not generation or not family:
            return family
        pattern = self.patterns.get(family)
        return pattern.replace("{generation}", generation) if pattern else f"{family} {generation}"


@lru_cache(maxsize=4096)
def slug(name: str) -> str:
    """A name in an id: `Mistral AI` → `mistral-ai`."""
    return "-".join("".join(letter if letter.isalnum() or letter == "." else " " for letter in clean(name)).split())


@lru_cache(maxsize=16)
def known(lexicon: Lexicon) -> KnownNames:
    """A lexicon arranged for lookup, cached."""
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
        partners={slug(lab.lab): frozenset(map(folded, lab.partners)) for lab in lexicon.labs.values() if lab.partners},
        lines={word: tuple(sorted(phrases, key=lambda pair: -len(pair[0]))) for word, phrases in lines.items()},
        fronts=frozenset(spelling[:end] for spelling in (*makers, *lexicon.hosts) for end in range(1, len(spelling) + 1)),
        patterns={family.name: family.line for lab in lexicon.labs.values() for family in lab.families if family.line},
        nicknames=dict(sorted(nicknames.items(), key=lambda pair: -len(pair[0]))),
    )


def _line(family: Family, maker: Maker) -> ProductLine:
    return ProductLine(
        maker=maker,
        family=family,
        slug=slug(family.words[0]),
        phrases=tuple(
            tuple(token.text for token in tokenize(clean(words)) if token.kind in ("word", "number")) for words in family.words
        ),
        generations={canonical(generation): generation for generation in family.generations},
        ignore=frozenset(family.ignore),
        keep=frozenset(family.keep),
        tiers=frozenset(family.tiers),
        efforts=frozenset(family.efforts),
        serving=frozenset(family.serving),
        off=frozenset(family.off),
        thinking=tuple(map(_atoms, family.thinking)),
        hybrid=tuple(map(_atoms, family.hybrid)),
        both=tuple(map(_atoms, family.both)),
        bare_generations=frozenset(map(canonical, family.bare_generations)),
    )


def _atoms(text: str) -> frozenset[str]:
    return frozenset(map(canonical, text.split()))


def canonical(number: str) -> str:
    """A version number as in ids: `2.0` is `2`, `v3` is `3`; `4.20` stays, since it is not 4.2."""
    plain = number.lower().removeprefix("v") if number[1:2].isdigit() else number.lower()
    return plain.removesuffix(".0") if plain.count(".") == 1 else plain
