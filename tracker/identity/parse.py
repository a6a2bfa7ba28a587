"""A published name → what it states: maker, family and slots; nothing is decided here that the name leaves open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.identity import families
from tracker.identity.families import Brand
from tracker.identity.known import KnownNames, Maker, ProductLine, slug
from tracker.identity.slots import Slots, fill, joined
from tracker.identity.tokens import Token, clean, split, tokens
from tracker.identity.vocabulary import COMMON, SYSTEM, TUNES

_PARTS = re.compile(r" \+ |(?<=[a-z0-9)])\+(?=[a-z(])| & ")
_MOST_PARTS = 6
_STAMPED = re.compile(r"-20\d{6}(?:$|:)")
"""OpenRouter's lasting ids are a model's id and the day it was listed: `z-ai/glm-5-20260211`. Labs that sell dated snapshots in
that form are declared."""
_OTHERS = ("fine-tune", "abliterated")
"""What somebody else did to a model."""
_TUNED = frozenset({"distill", "guard", "fine-tune", "abliterated", "thinking"})


Spelled = Literal["repository", "id", "title"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A name taken apart.

    `maker` is None where nothing tells it. `named` are the words of a brand that no lab has declared. `owner` stands for a
    maker of his own in ids: the model is built on the line's, by somebody else. `copy`: somebody else's repository, without a
    word of its own. `spelled`: as the `repository` `Org/Name`, as an `id` in lower case without blanks, or as a `title`; ids and
    repositories tell apart what titles need not. `stamped`: an id that ends in the day of its release. `several`: one row for two models. `parts` are those of a system: an agent and its model, or several models.
    """

    slots: Slots
    maker: Maker | None = None
    line: ProductLine | None = None
    named: tuple[str, ...] = ()
    owner: Maker | None = None
    copy: bool = False
    spelled: Spelled = "title"
    stamped: bool = False
    several: bool = False
    parts: tuple[Parsed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedParts:
    """What is said of the maker around the name: `owner` by its innermost prefix, of a repository if `path`, `hint` by the board.

    `stated` and `hinted` are the labs that these are known to be; a lab that the name itself begins with is stated too.
    """

    owner: str
    path: bool
    spelled: Spelled
    stamped: bool
    hint: str | None
    stated: Maker | None
    hinted: Maker | None

    @property
    def repository(self) -> bool:
        """Whether the name is `Org/Name`, and so exactly that repository."""
        return self.path and self.owner != ""

    @property
    def makers(self) -> frozenset[str]:
        """The slugs of those who may have made it; empty where nobody is named."""
        named = frozenset(maker.slug for maker in (self.stated, self.hinted) if maker is not None)
        return named or frozenset(filter(None, (slug(self.owner or self.hint or ""),)))


def parse(raw: str, hint: str | None, known: KnownNames) -> Parsed:
    """Take a name apart. `hint` is what its board says of the maker, who may be a mere host, or wrong."""
    raw = raw.strip()
    prefixes, body, path = split(_without_credit(clean(raw), known))
    hint = None if hint is None or known.is_host(hint) else hint
    pieces = _PARTS.split(body)
    if 1 < len(pieces) <= _MOST_PARTS and all(piece.strip() for piece in pieces):
        first, *others = pieces
        parts = (_part(prefixes, first, hint, known), *(_part((), other, None, known) for other in others))
        return Parsed(slots=parts[0].slots, maker=parts[0].maker, line=parts[0].line, named=parts[0].named, parts=parts)
    spelled: Spelled = "title" if " " in raw else "id" if raw.islower() else "repository" if path else "title"
    return _part(prefixes, body, hint, known, path=path, spelled=spelled)


def is_system(parsed: Parsed) -> bool:
    """Whether a row is an agent or an ensemble, not one model."""
    return bool(parsed.parts) or bool(parsed.slots.words & SYSTEM)


# ── before the tokens ────────────────────────────────────────────────────────────────────────────


def _without_credit(text: str, known: KnownNames) -> str:
    """`claude-opus-4-6 Anthropic · Proprietary` without the maker and the licence that a page wrote into the cell."""
    name, dot, _ = text.partition(" · ")
    if not dot:
        return text
    words = name.split()
    for count in (3, 2, 1):
        if len(words) > count and (known.maker(" ".join(words[-count:])) is not None or count == 1):
            return " ".join(words[:-count])
    return name


def _without_nicknames(body: str, known: KnownNames) -> str:
    """`Nano Banana (Gemini 2.5 Flash Image)` without the nickname; alone, or beside its brand (`gemini-nano-banana`), that stays."""
    plain = body.replace("-", " ")
    for nickname, line in known.nicknames.items():
        if nickname not in plain:
            continue
        at = plain.find(nickname)
        if at >= 0:
            rest = body[:at] + body[at + len(nickname) :]
            if any(letter.isdigit() for letter in rest):
                return rest
            return nickname if rest.strip("- ") == line.slug else body
    return body


# ── one name ─────────────────────────────────────────────────────────────────────────────────────


def _part(
    prefixes: Sequence[str], body: str, hint: str | None, known: KnownNames, *, path: bool = False, spelled: Spelled = "title"
) -> Parsed:
    found = tokens(_without_nicknames(body, known))
    leading, taken = families.leading_maker(found, known)
    found = found[taken:]
    owner = families.owner_of(prefixes, known)
    stated = known.maker(owner) if owner else leading
    said = StatedParts(
        owner=owner,
        path=path,
        spelled=spelled,
        stamped=path and spelled == "id" and owner != "" and _STAMPED.search(body) is not None,
        hint=hint,
        stated=stated,
        hinted=known.maker(hint) if hint else None,
    )
    found, mentioned, brand = _mentioned(found, body, said, known)
    return _of_unknown_brand(found, said) if brand is None else _of_brand(found, brand, mentioned, said)


def _mentioned(
    found: list[Token], body: str, said: StatedParts, known: KnownNames
) -> tuple[list[Token], list[Brand], Brand | None]:
    """The tokens, the brands among them and the one it belongs to; read together with the prefix where only both name the owner's brand.

    `DeepSeek: R2` is DeepSeek's, and `Phind: CodeLlama 34B v2` is Phind's, though the names alone say neither.
    """
    mentioned = families.brands(found, known, said.makers)
    brand = families.primary_of(mentioned, found)
    if said.owner == "" or said.stated is None or (brand is not None and brand.line.maker is said.stated):
        return found, mentioned, brand
    whole = tokens(f"{said.owner} {body}")
    together = families.brands(whole, known, frozenset((said.stated.slug,)))
    other = families.primary_of(together, whole)
    return (whole, together, other) if other is not None and other.line.maker is said.stated else (found, mentioned, brand)


def _of_unknown_brand(found: list[Token], said: StatedParts) -> Parsed:
    found = joined(found, {})
    places = families.unknown_words(found, len(found))
    slots = fill(found, None, at=places[0] if places else 0)
    slots.base |= said.repository and _is_silent_on_tune(slots)
    named = tuple(found[place].text for place in places) or tuple(sorted(slots.words))[:1]
    return Parsed(
        slots=slots,
        maker=said.stated or said.hinted or _as_written(said.owner or said.hint),
        named=named,
        spelled=said.spelled,
        stamped=said.stamped,
    )


def _of_brand(found: list[Token], brand: Brand, mentioned: Sequence[Brand], said: StatedParts) -> Parsed:
    line = brand.line
    maker = said.stated or _as_written(said.owner)
    slots = _slots(found, brand, mentioned if maker is None or maker.slug == line.maker.slug else ())
    if _means_base(slots, line, repository=said.repository):
        slots.base, slots.tune = True, "base"
    front = _own_front(found, brand)
    if front:
        owner = maker if said.owner and maker is not line.maker else None
        maker = maker or said.hinted or _as_written(said.hint)
        return Parsed(slots=slots, maker=None if maker is line.maker else maker, line=line, named=front, owner=owner)
    if maker is None or maker.slug == line.maker.slug:
        return Parsed(
            slots=slots,
            maker=line.maker,
            line=line,
            spelled=said.spelled,
            stamped=said.stamped,
            several=_is_row_for_two(found, brand),
        )
    own = tuple(sorted([word for word in slots.words if word not in COMMON or TUNES.get(word) in _OTHERS])) or tuple(
        slots.numbers
    )
    if not own:
        return Parsed(slots=slots, maker=line.maker, line=line, copy=said.owner != "")
    return Parsed(slots=slots, maker=maker, line=line, named=own, owner=maker)


def _slots(found: Sequence[Token], brand: Brand, mentioned: Sequence[Brand]) -> Slots:
    """The slots of a name, its brand's words and the base models it mentions left out."""
    family, skip = brand.line.family, set(brand.places)
    if not family.base and not family.names_base:
        skip |= _base_models(found, brand, mentioned)
    kept = [token for index, token in enumerate(found) if index not in skip or index == brand.at]
    kept = joined(kept, brand.line.generations)
    at = kept.index(found[brand.at])
    return fill(kept, brand.line, skip=(at,), at=at)


def _base_models(found: Sequence[Token], brand: Brand, mentioned: Sequence[Brand]) -> set[int]:
    """The places of the base models mentioned, with their version numbers: `Llama-3.1` in `Hermes 3 - Llama-3.1 70B`."""
    places: set[int] = set()
    for other in mentioned:
        if other is brand or not other.line.family.base:
            continue
        places |= other.places
        after = max(other.places) + 1
        while after < len(found) and found[after].kind == "number" and found[after].start - found[after - 1].end <= 1:
            places.add(after)
            after += 1
    return places


def _means_base(slots: Slots, line: ProductLine, *, repository: bool) -> bool:
    """Whether a name with a size and no tune word is that of the base model."""
    if line.family.bare == "chat" or not _is_silent_on_tune(slots):
        return False
    if line.bare_generations and slots.generation not in line.bare_generations:
        return False
    return repository or line.family.bare == "base"


def _is_silent_on_tune(slots: Slots) -> bool:
    """Whether a name with a size does not say what it was tuned for."""
    tuned = slots.chat or slots.base or slots.reasoning != "unspecified" or slots.tune in _TUNED
    return slots.size.mark != "" and not tuned


def _own_front(found: Sequence[Token], brand: Brand) -> tuple[str, ...]:
    """The words before a base model's name that are nobody's: the brand of something built on it (`Smaug-Llama-3-70B`)."""
    if not brand.line.family.base:
        return ()
    words = (found[place].text for place in families.unknown_words(found, brand.at))
    return tuple(word for word in words if word not in brand.line.ignore)


def _is_row_for_two(found: Sequence[Token], brand: Brand) -> bool:
    """`o1 and o1-preview`."""
    if not any(token.text == "and" for token in found):
        return False
    return any(sum(token.text == found[place].text for token in found) > 1 for place in brand.places)


def _as_written(name: str | None) -> Maker | None:
    """A maker whom no file knows, by the name given."""
    return Maker(name=name.strip(), slug=slug(name)) if name and slug(name) else None
