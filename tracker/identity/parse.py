"""Parses a published name into maker, family and slots; leaves open what the name leaves open."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from tracker.identity import families
from tracker.identity.families import Brand
from tracker.identity.known import KnownNames, slug
from tracker.identity.makers import Maker, ProductLine
from tracker.identity.parsed import Parsed, Slots, Spelled
from tracker.identity.slots import fill, joined
from tracker.identity.tokens import Token, clean, split, tokenize
from tracker.identity.vocabulary import COMMON, MADE_BY_OTHERS, NO_MAKER, OTHER_MAKERS, SYSTEM, TUNES
from tracker.model.names import folded

_PARTS = re.compile(r" \+ |(?<=[a-z0-9)])\+(?=[a-z(])| & ")
_MOST_PARTS = 6
_STAMPED = re.compile(r"-20\d{6}(?:$|:)")
"""OpenRouter's permanent ids are a model's id and its listing day: `z-ai/glm-5-20260211`. Labs that sell dated snapshots in this
form are declared."""
_OTHERS = ("fine-tune", "abliterated")
"""Tunes made by other people than the lab."""
_TUNED = frozenset({"distill", "guard", "fine-tune", "abliterated", "thinking"})


class Statements(Struct, frozen=True, kw_only=True):
    """The statements about the maker: `owner` is the innermost prefix, of a repository if `path`, `hint` is the board's.

    `stated` and `hinted` are their labs, if known; a lab at the beginning of the name is stated too. `others`: the board
    says that somebody of the community made it.
    """

    owner: str
    path: bool
    spelled: Spelled
    stamped: bool
    hint: str | None
    stated: Maker | None
    hinted: Maker | None
    others: bool

    @property
    def repository(self) -> bool:
        """Whether the name is `Org/Name`, and so exactly that repository."""
        return self.path and self.owner != ""

    @property
    def makers(self) -> frozenset[str]:
        """The slugs of the possible makers; empty if none is named."""
        named = frozenset(maker.slug for maker in (self.stated, self.hinted) if maker is not None)
        return named or frozenset(filter(None, (slug(self.owner or self.hint or ""),)))


def parse(raw: str, hint: str | None, known: KnownNames) -> Parsed:
    """Parse a name. `hint` is the maker according to the board, which may be a host, or wrong."""
    raw = raw.strip()
    prefixes, body, path = split(_without_credit(clean(raw), known))
    hint = None if hint is None or known.is_host(hint) else hint
    pieces = _PARTS.split(body)
    if 1 < len(pieces) <= _MOST_PARTS and all(piece.strip() for piece in pieces):
        first, *others = pieces
        parts = (_part(prefixes, first, hint, known), *(_part((), other, None, known) for other in others))
        return replace(parts[0], spelled="title", parts=parts)
    spelled: Spelled = "title" if " " in raw else "id" if raw.islower() else "repository" if path else "title"
    return _part(prefixes, body, hint, known, path=path, spelled=spelled)


def is_system(parsed: Parsed) -> bool:
    """Whether a row is an agent or an ensemble, not one model."""
    return bool(parsed.parts) or bool(parsed.slots.words & SYSTEM)


def _without_credit(text: str, known: KnownNames) -> str:
    """`claude-opus-4-6 Anthropic · Proprietary` without the maker and the licence in the cell."""
    name, dot, _ = text.partition(" · ")
    if not dot:
        return text
    words = name.split()
    for count in (3, 2, 1):
        if len(words) > count and (known.maker(" ".join(words[-count:])) is not None or count == 1):
            return " ".join(words[:-count])
    return name


def _without_nicknames(body: str, known: KnownNames) -> str:
    """`Nano Banana (Gemini 2.5 Flash Image)` without the nickname; it stays alone and beside its brand (`gemini-nano-banana`)."""
    plain = body.replace("-", " ")
    for nickname, line in known.nicknames.items():
        at = plain.find(nickname)
        if at >= 0:
            rest = body[:at] + body[at + len(nickname) :]
            if any(letter.isdigit() for letter in rest):
                return rest
            return nickname if rest.strip("- ") == line.slug else body
    return body


def _part(
    prefixes: Sequence[str], body: str, hint: str | None, known: KnownNames, *, path: bool = False, spelled: Spelled = "title"
) -> Parsed:
    nobody = "" if hint is None else folded(hint)
    hint = None if nobody in NO_MAKER | OTHER_MAKERS else hint
    tokens = tokenize(_without_nicknames(body, known))
    leading, taken = families.leading_maker(tokens, known)
    tokens = tokens[taken:]
    owner = families.owner_of(prefixes, known)
    stated = known.maker(owner) if owner else leading
    statements = Statements(
        owner=owner,
        path=path,
        spelled=spelled,
        stamped=path and spelled == "id" and owner != "" and _STAMPED.search(body) is not None,
        hint=hint,
        stated=stated,
        hinted=known.maker(hint) if hint else None,
        others=nobody in OTHER_MAKERS,
    )
    tokens, mentioned, brand = _mentioned(tokens, body, statements, known)
    if brand is None:
        return _of_unknown_brand(tokens, statements)
    parsed = _of_brand(tokens, brand, mentioned, statements)
    creator = statements.hinted or _as_written(statements.hint)
    return replace(parsed, creator=creator, guess=_is_guess(parsed, tokens, brand, statements, known))


def _is_guess(parsed: Parsed, tokens: Sequence[Token], brand: Brand, statements: Statements, known: KnownNames) -> bool:
    """Whether somebody else than the brand's lab may have made it.

    The name has undeclared words of its own, or those of a derived model, and neither the board nor a path names the lab; or it
    names another maker. A host's repository may be the host's own model: `togethercomputer/GPT-JT-6B`. An undeclared word in
    brackets may be a tool around the model: `GPT-5 (MyShell)`.
    """
    line, slots = brand.line, parsed.slots
    by_creator = statements.hinted is not None and statements.hinted is parsed.maker
    if statements.others or (line.family.base and slots.tune in _OTHERS):
        return True
    if by_creator or (statements.owner and statements.stated is parsed.maker is not None):
        return False
    other = statements.stated is not None and not statements.stated is parsed.maker is line.maker
    own = slots.words - COMMON - line.ignore
    if statements.owner or other or own & MADE_BY_OTHERS or slots.tune == "abliterated":
        return True
    if statements.path and statements.spelled == "repository" and own:
        return True
    front = [tokens[place].text for place in families.unknown_words(tokens, brand.at) if place not in brand.places]
    noted = () if statements.stated else (token.text for token in tokens if token.bracket and token.text in own)
    words = (*front, *noted, *(own if line.family.base else ()))
    return any(word not in known.lines and word not in line.ignore for word in words)


def _mentioned(
    tokens: list[Token], body: str, statements: Statements, known: KnownNames
) -> tuple[list[Token], list[Brand], Brand | None]:
    """The tokens, the brands among them, and the model's brand; of prefix and name if only both together name the owner's.

    `DeepSeek: R2` is DeepSeek's, and `Phind: CodeLlama 34B v2` is Phind's, though the names alone state neither.
    """
    stated = statements.stated
    mentioned = families.brands(tokens, known, statements.makers)
    brand = families.primary_of(mentioned, tokens)
    if statements.owner == "" or stated is None or (brand is not None and brand.line.maker is stated):
        return tokens, mentioned, brand
    whole = tokenize(f"{statements.owner} {body}")
    together = families.brands(whole, known, frozenset((stated.slug,)))
    other = families.primary_of(together, whole)
    return (whole, together, other) if other is not None and other.line.maker is stated else (tokens, mentioned, brand)


def _of_unknown_brand(tokens: list[Token], statements: Statements) -> Parsed:
    tokens = joined(tokens, {})
    places = families.unknown_words(tokens, len(tokens))
    slots = fill(tokens, None, at=places[0] if places else 0)
    slots.base |= statements.repository and not slots.quant and _is_silent_on_tune(slots)
    named = tuple(tokens[place].text for place in places) or tuple(sorted(slots.words))[:1]
    maker = statements.stated or statements.hinted or _as_written(statements.owner or statements.hint)
    guess = statements.owner != "" and statements.stated is None and statements.hint is None
    return Parsed(slots=slots, maker=maker, named=named, spelled=statements.spelled, stamped=statements.stamped, guess=guess)


def _of_brand(tokens: list[Token], brand: Brand, mentioned: Sequence[Brand], statements: Statements) -> Parsed:
    line = brand.line
    maker = statements.stated or _as_written(statements.owner)
    slots = _slots(tokens, brand, mentioned if maker is None or maker.slug == line.maker.slug else ())
    if _means_base(slots, line, repository=statements.repository):
        slots.base, slots.tune = True, "base"
    front = _own_front(tokens, brand)
    if front:
        owner = maker if statements.owner and maker is not line.maker else None
        maker = maker or statements.hinted or _as_written(statements.hint)
        return Parsed(slots=slots, maker=None if maker is line.maker else maker, line=line, named=front, owner=owner)
    if maker is None or maker.slug == line.maker.slug:
        several = _is_row_for_two(tokens, brand)
        spelled, stamped = statements.spelled, statements.stamped
        return Parsed(slots=slots, maker=line.maker, line=line, spelled=spelled, stamped=stamped, several=several)
    own = tuple(sorted(word for word in slots.words if word not in COMMON or TUNES.get(word) in _OTHERS)) or tuple(slots.numbers)
    if not own:
        return Parsed(slots=slots, maker=line.maker, line=line, copy=_may_differ(slots, line, statements))
    return Parsed(slots=slots, maker=maker, line=line, named=own, owner=maker)


def _may_differ(slots: Slots, line: ProductLine, statements: Statements) -> bool:
    """Whether another's repository may hold other weights: not if a known lab only quantises them, or serves a closed model."""
    is_served = statements.stated is not None and (slots.quant != "" or not line.family.base)
    return statements.owner != "" and not is_served


def _slots(tokens: Sequence[Token], brand: Brand, mentioned: Sequence[Brand]) -> Slots:
    """The slots of a name, without its brand's words and the base models it mentions."""
    family, skip = brand.line.family, set(brand.places)
    base = set() if family.base else _base_models(tokens, brand, mentioned)
    skip |= set() if family.names_base else base
    kept = [token for index, token in enumerate(tokens) if index not in skip or index == brand.at]
    kept = joined(kept, brand.line.generations)
    at = kept.index(tokens[brand.at])
    slots = fill(kept, brand.line, skip=(at,), at=at)
    if family.names_base and slots.shown_generation in {tokens[place].text for place in base}:  # it is the base model's
        slots.shown_generation = ""
    return slots


def _base_models(tokens: Sequence[Token], brand: Brand, mentioned: Sequence[Brand]) -> set[int]:
    """The places of mentioned base models and their version numbers: `Llama-3.1` in `Hermes 3 - Llama-3.1 70B`."""
    places: set[int] = set()
    for other in mentioned:
        if other is brand or not other.line.family.base:
            continue
        places |= other.places
        after = max(other.places) + 1
        while after < len(tokens) and tokens[after].kind == "number" and tokens[after].start - tokens[after - 1].end <= 1:
            places.add(after)
            after += 1
    return places


def _means_base(slots: Slots, line: ProductLine, *, repository: bool) -> bool:
    """Whether a name with a size and no tune word means the base model."""
    if line.family.bare == "chat" or not _is_silent_on_tune(slots):
        return False
    if line.bare_generations and slots.generation not in line.bare_generations:
        return False
    return repository or line.family.bare == "base"


def _is_silent_on_tune(slots: Slots) -> bool:
    """Whether a name has a size and does not state its tune."""
    tuned = slots.chat or slots.base or slots.reasoning != "unspecified" or slots.tune in _TUNED
    return slots.size.mark != "" and not tuned


def _own_front(tokens: Sequence[Token], brand: Brand) -> tuple[str, ...]:
    """The unknown words before a base model's name: the brand of a model built on it (`Smaug-Llama-3-70B`)."""
    if not brand.line.family.base:
        return ()
    words = (tokens[place].text for place in families.unknown_words(tokens, brand.at))
    return tuple(word for word in words if word not in brand.line.ignore)


def _is_row_for_two(tokens: Sequence[Token], brand: Brand) -> bool:
    """`o1 and o1-preview`."""
    if not any(token.text == "and" for token in tokens):
        return False
    return any(sum(token.text == tokens[place].text for token in tokens) > 1 for place in brand.places)


def _as_written(name: str | None) -> Maker | None:
    """A maker outside of the lexicon, by the given name."""
    return Maker(name=name.strip(), slug=slug(name)) if name and slug(name) else None
