"""Finds which parts of a sentence name models: by the record's own names, the brands and labs it knows, and the grammar of names.

The longest part that reads as one name is taken. A part that merely looks like an unknown name is taken too, so that the
answer is "not on record" and never a guess at another model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate, pairwise

from msgspec import Struct

from tracker.claims._records import Mention, MentionKind
from tracker.claims.words import ENGLISH, FILLERS, GROUPS, MONTHS, NEEDS_VERSION, NUMBERS, OF_ANY_NAME, SENSES
from tracker.model import Entry, Identity, name_tokens

Resolve = Callable[[str], Identity]


_CHUNK = re.compile(r"[()\[\]]|['’]s\b|[^\s,;:!?()\[\]{}\"“”‘’'|—–…<>=]+")
SIZE = re.compile(
    r"~?\d+(?:\.\d+)?\s?-?(?:[bB]|bn|BN|[tT])(?:-?[aA]\d+(?:\.\d+)?[bB])?|[aA]\d+(?:\.\d+)?[bB]|\d+x\d+(?:\.\d+)?[bB]|[eE]\d+[bB]"
)
_VERSION = re.compile(r"[vVrR]?\d+(?:\.\d+)*[a-zA-Z]?|\d{4}|\d{4}-\d{2}-\d{2}|\d{2}-\d{2}")
_LIKE_A_NAME = re.compile(r"[A-Za-z]{1,40}[\w.+]{0,40}?-?\d[\w.+-]{0,60}")
_SLASHED = re.compile(r"[a-z0-9][\w.-]{1,40}/[A-Za-z][\w.:-]{2,80}")
_NO_NAME = re.compile(r"(?:top|no|number|v|q|h|rank)-?\d+|\d.*|[a-z]+-?\d*(?:st|nd|rd|th)|sub-?\d+.*", re.IGNORECASE)
_FUNCTION_WORDS = frozenset(word for phrase in (*SENSES, *FILLERS, *GROUPS) for word in phrase.split())
_MOST_CHUNKS = 10


class Named(Struct, frozen=True, kw_only=True):
    """A mention and its place in the sentence."""

    start: int
    end: int
    mention: Mention


class Vocabulary(Struct, frozen=True, kw_only=True):
    """What the record lists.

    `names` by their folded words, the `heads` these begin with, the words that `brands` begin with, the `parts` that follow,
    labs, and `shorts`: a word that stands for the family it is of (`opus`: Claude).
    """

    names: Mapping[tuple[str, ...], str]
    heads: frozenset[str]
    brands: frozenset[str]
    parts: frozenset[str]
    labs: Mapping[tuple[str, ...], str]
    resolve: Resolve
    shorts: Mapping[str, str] = {}


def vocabulary(listed: Iterable[Entry], resolve: Resolve) -> Vocabulary:
    """The words in which the record's entries are named."""
    entries = tuple(listed)
    names: dict[tuple[str, ...], str] = {}
    labs: dict[tuple[str, ...], str] = {}
    for entry in entries:
        for lab in (entry.who.lab, entry.attributes.get("creator", "")):
            if folded := name_tokens(lab):
                labs.setdefault(folded, entry.who.lab or lab)
        for name in (entry.name, entry.name.partition(" (")[0], entry.id, entry.attributes.get("slug", "")):
            if (folded := name_tokens(name)) and _is_distinct(folded):
                names.setdefault(folded, name)
    words = [name_tokens(entry.name) for entry in entries]
    families = {word for entry in entries for word in name_tokens(entry.who.family)[:1]}
    versioned = {before for before, word in (pair[:2] for pair in words if len(pair) > 1) if word[0].isdigit()}
    makers = {lab[0] for lab in labs if len(lab) == 1} - versioned - families
    return Vocabulary(
        names=names,
        heads=frozenset(name[0] for name in names),
        brands=frozenset(families.union(*(name[:1] for name in words)) - makers - _FUNCTION_WORDS),
        parts=frozenset(part for name in words for part in name[1:]),
        labs=labs,
        resolve=resolve,
        shorts=_shorts(entries),
    )


def _shorts(entries: Iterable[Entry]) -> dict[str, str]:
    """Words in the names of one family only, between it and a version: `Claude Opus 4.8` is called Opus 4.8 as well."""
    families: dict[str, set[str]] = {}
    between: set[str] = set()
    for entry in entries:
        words = name_tokens(entry.name.partition(" (")[0])
        for word in words if entry.who.family and "+" not in words else ():  # "RAG + Claude 3 Opus" is of two
            families.setdefault(word, set()).add(entry.who.family)
        if len(words) > 2 and words[:1] == name_tokens(entry.who.family) and words[2][0].isdigit() and words[1].isalpha():
            between.add(words[1])
    between -= OF_ANY_NAME | ENGLISH | _FUNCTION_WORDS
    return {word: min(families[word]) for word in between if len(families[word]) == 1 and len(word) > 3}


def _is_distinct(folded: tuple[str, ...]) -> bool:
    """Whether words are enough of a name to be one anywhere in a sentence."""
    return len(folded) > 1 or (len(folded[0]) > 3 and folded[0] not in ENGLISH | FILLERS and folded[0] not in SENSES)


# ── finding ──────────────────────────────────────────────────────────────────────────────────────


class _Chunk(Struct, frozen=True, kw_only=True):
    text: str
    start: int
    end: int
    folded: tuple[str, ...]

    @property
    def marked(self) -> bool:
        """Whether it is written as names are: with a capital or a figure."""
        return any(sign.isupper() or sign.isdigit() for sign in self.text)


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def find(sentence: str, known: Vocabulary, *, taken: Sequence[tuple[int, int]] = ()) -> tuple[Named, ...]:
    """The models and labs that a sentence names, from left to right, without overlap.

    A part in a `taken` stretch (the title of a board or a metric) is not read as an unknown name.
    """
    texts = ((match.start(), match[0].rstrip(".-/*_") or match[0]) for match in _CHUNK.finditer(sentence))
    chunks = [_Chunk(text=text, start=start, end=start + len(text), folded=name_tokens(text)) for start, text in texts]
    named: list[Named] = []
    place = 0
    while place < len(chunks):
        start = chunks[place].start
        free = not any(first <= start < end for first, end in taken)
        stop, mention = _at(chunks, place, known, free=free) or (place + 1, None)
        if mention is not None:
            named.append(Named(start=start, end=chunks[stop - 1].end, mention=mention))
        place = stop
    return tuple(named)


def _at(chunks: Sequence[_Chunk], place: int, known: Vocabulary, *, free: bool) -> tuple[int, Mention] | None:
    """The end and the mention of a name that begins here; in a title of a board, only of the record's own names."""
    if not free and not _exact(chunks, place, known):
        return _lab(chunks, place, known)
    model, lab = _model(chunks, place, known), _lab(chunks, place, known)
    if model and lab and model[0] == lab[0]:
        return lab  # xAI is a lab, though a board calls a model XAI-2
    return model or lab or (_stranger(chunks, place, known) if free else None)


def _text(chunks: Sequence[_Chunk]) -> str:
    return " ".join(chunk.text for chunk in chunks).replace("( ", "(").replace(" )", ")")


def _model(chunks: Sequence[_Chunk], place: int, known: Vocabulary) -> tuple[int, Mention] | None:
    """The longest stretch from here that is one of the record's names, or that reads as a name of a brand it knows."""
    lab, start = _lab_before(chunks, place, known)
    exact = _exact(chunks, start, known)
    stop = max(exact, _read(chunks, start, known))
    if stop == 0:
        return None
    family = _short_of(chunks, start, known) if stop > exact else ""
    name = f"{family} {_text(chunks[start:stop])}".lstrip()
    return stop, Mention(text=_text(chunks[place:stop]), name=name, lab=lab)


def _lab_before(chunks: Sequence[_Chunk], place: int, known: Vocabulary) -> tuple[str, int]:
    """A lab right before a name ("Alibaba's Qwen3.5"), and where the name begins."""
    if not chunks[place].marked or not chunks[place].folded or _read(chunks, place, known) > place + 1:
        return "", place  # no lab, or a brand as well
    for size in (3, 2, 1):
        lab = known.labs.get(_folded(chunks, place, place + size))
        after = place + size
        if lab and after < len(chunks):
            after += chunks[after].text in ("'s", "’s")
            if (
                after < len(chunks)
                and _touching(chunks[after - 1], chunks[after])
                and (_exact(chunks, after, known) or _read(chunks, after, known))
            ):
                return lab, after
    return "", place


def _folded(chunks: Sequence[_Chunk], start: int, stop: int) -> tuple[str, ...]:
    return tuple(word for chunk in chunks[start:stop] for word in chunk.folded)


def _exact(chunks: Sequence[_Chunk], start: int, known: Vocabulary) -> int:
    """The end of the longest of the record's names that begins here; 0 if none does."""
    if not known.heads.intersection(chunks[start].folded[:1]):
        return 0
    for stop in range(min(len(chunks), start + _MOST_CHUNKS + 2), start, -1):
        part = chunks[start:stop]
        written = any(chunk.marked for chunk in part) or (len(part) == 1 and part[0].text.casefold() not in ENGLISH)
        if written and _is_balanced(part) and _folded(chunks, start, stop) in known.names:
            return stop
    return 0


def _is_balanced(chunks: Sequence[_Chunk]) -> bool:
    """Whether brackets are paired, no comma is outside them, and no possessive is at either end."""
    depths = list(accumulate({"(": 1, "[": 1, ")": -1, "]": -1}.get(chunk.text, 0) for chunk in chunks))
    joined = all(depth or _touching(*pair) for depth, pair in zip(depths, pairwise(chunks), strict=False))
    return (
        depths[-1] == 0
        and joined
        and chunks[-1].text not in ("'s", "’s", "(", "[")
        and chunks[0].text not in (")", "(", "'s", "’s")
    )


def _read(chunks: Sequence[_Chunk], start: int, known: Vocabulary) -> int:
    """The end of a name that begins here with a brand: version, sizes, and the words that names are made of; 0 for no brand."""
    words = chunks[start].folded
    if not words or not _begins(chunks, start, words, known):
        return 0
    stop = start + 1
    versioned = any(map(_has_digit, words))
    while stop < len(chunks) and stop - start < _MOST_CHUNKS:
        step = _continues(chunks, start, stop, known, versioned=versioned)
        if not step:
            break
        versioned = versioned or _has_digit(chunks[stop].text)
        stop += step
    return stop if versioned or words[0] not in NEEDS_VERSION else 0


def _short_of(chunks: Sequence[_Chunk], start: int, known: Vocabulary) -> str:
    """The family of a name that leaves it out: `Opus 4.8`, `opus-4.8`; empty for others."""
    words = chunks[start].folded
    if len(words) == 1 and start + 1 < len(chunks) and _touching(*chunks[start : start + 2]):
        words += chunks[start + 1].folded
    return known.shorts.get(words[0], "") if len(words) > 1 and words[1][0].isdigit() else ""


def _begins(chunks: Sequence[_Chunk], start: int, words: tuple[str, ...], known: Vocabulary) -> bool:
    chunk = chunks[start]
    if _SLASHED.fullmatch(chunk.text) or _short_of(chunks, start, known):
        return True
    if words[0] not in known.brands:
        return False
    followed = any(_VERSION.fullmatch(after.text) or SIZE.fullmatch(after.text) for after in chunks[start + 1 : start + 2])
    return chunk.marked or followed or (len(words) == 1 and words[0] not in ENGLISH and len(words[0]) > 3)


def _continues(chunks: Sequence[_Chunk], start: int, stop: int, known: Vocabulary, *, versioned: bool) -> int:
    """How many chunks from `stop` on still belong to the name."""
    text = chunks[stop].text
    if not _touching(chunks[stop - 1], chunks[stop]):
        return 0
    if text == "(":
        return _bracket(chunks, start, stop, known)
    if SIZE.fullmatch(text):
        return 1
    if _VERSION.fullmatch(text):
        return int(not versioned or not text.isdigit() or len(text) >= 4)
    words = chunks[stop].folded
    if not words or not all(word in known.parts or _has_digit(word) for word in words):
        return 0
    like_a_part = text[0].isupper() or (text[0].isalnum() and _has_digit(text))
    return int(like_a_part and text.casefold() not in MONTHS)


def _touching(chunk: _Chunk, following: _Chunk) -> bool:
    """Whether only a space, or nothing, is between them: a comma ends a name."""
    return following.start - chunk.end <= 1


def _bracket(chunks: Sequence[_Chunk], start: int, stop: int, known: Vocabulary) -> int:
    """A bracket belongs to a name if the record's names have such words in theirs: `(Reasoning)`, `(high)`."""
    close = next((place for place in range(stop, min(len(chunks), stop + 7)) if chunks[place].text == ")"), None)
    if close is None:
        return 0
    words = _folded(chunks, stop, close + 1)
    whole = _folded(chunks, start, close + 1)
    return close + 1 - stop if words and (whole in known.names or all(word in known.parts for word in words)) else 0


def _lab(chunks: Sequence[_Chunk], place: int, known: Vocabulary) -> tuple[int, Mention] | None:
    if not any(sign.isupper() for sign in chunks[place].text):
        return None
    for size in (3, 2, 1):
        stop = place + size
        if stop <= len(chunks) and (lab := known.labs.get(_folded(chunks, place, stop))) and _is_balanced(chunks[place:stop]):
            text = _text(chunks[place:stop])
            return stop, Mention(text=text, name=text, kind=MentionKind.LAB, lab=lab)
    return None


# ── names that the record does not know ──────────────────────────────────────────────────────────


def _stranger(chunks: Sequence[_Chunk], place: int, known: Vocabulary) -> tuple[int, Mention] | None:
    """A name by its looks alone (`Foobar-9`, `Zeta 4 Pro`), or a brand that the lexicon knows."""
    text = chunks[place].text
    word = text.casefold()
    if _NO_NAME.fullmatch(text) or SIZE.fullmatch(text) or any(word in table for table in (MONTHS, NUMBERS, FILLERS, SENSES)):
        return None
    stop = place + 1
    if not _LIKE_A_NAME.fullmatch(text):
        versioned = stop < len(chunks) and _touching(chunks[place], chunks[stop]) and _is_version(chunks[stop].text)
        if not text[0].isupper() or not (versioned or _is_brand(text, known)):
            return None
    while stop < len(chunks) and stop - place < _MOST_CHUNKS and _touching(chunks[stop - 1], chunks[stop]):
        part = chunks[stop].text
        is_part = part[:1].isupper() and part.casefold() in known.parts and part.casefold() not in MONTHS
        if not (is_part or _is_version(part) or SIZE.fullmatch(part)):
            break
        stop += 1
    name = _text(chunks[place:stop])
    return stop, Mention(text=name, name=name)


def _is_version(text: str) -> bool:
    year = text.isdigit() and len(text) == 4 and text.startswith(("19", "20"))
    return bool(_VERSION.fullmatch(text)) and not year


def _is_brand(text: str, known: Vocabulary) -> bool:
    """Whether the lexicon knows the word as a brand of a lab, though the record does not list it."""
    return len(text) > 2 and text.casefold() not in ENGLISH and bool(known.resolve(text).lab)
