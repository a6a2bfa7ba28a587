"""The lexicon of labs, families, releases and aliases: `schedules/models/*.toml`. `tracker.identity` resolves names with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A brand line. `words` are its phrases in published names; the words of a phrase may be in any order.

    `base`: others build on its models, and name them (`Hermes 3 - Llama 3.1 70B`); `names_base`: this distinguishes its models.
    `shared`: an everyday word, which another lab's hint overrules (`Nova`, `Command`).
    `generations`: the released ones, to distinguish `lfm2-2-6b` (2, 2.6B) from `llama-3-2-3b` (3.2, 3B); `first` is the default.
    `ignore`: words without a meaning; `keep`: tune words that name another model (`gpt-5-chat`); `tiers`, `efforts`: words that
    could be either (`medium`, `max`); `serving`: ways of serving (`fast`); `nicknames`: names in brackets (`nano banana`).
    `off`: words that state that reasoning is off. `thinking`: conditions (words, generation, size or date, all of them: `3 vl`;
    `*` for always) under which "thinking" names a separate model; `hybrid`: conditions under which it is a switch. If neither
    applies, it is a switch of the listed `generations`, unless the name states a size, and names a separate model of all others.
    `both`: conditions under which a thinking and an instruct model exist, so that a name without either word is ambiguous.
    `dates`: whether a dated name is another `snapshot`, or has a mere `stamp`; `listed`: a stamp in the listed generations.
    `context`: likewise for `32k`.
    `line`: how people write family and generation together, if not `{family} {generation}`: `GPT-{generation}`.
    `bare`: the meaning of a name with a size but no tune word: the `chat` model, the `base`, or the base only as a `repository`;
    if `bare_generations` are given, only for these.
    """

    name: str
    words: tuple[str, ...]
    kind: str = "llm"
    line: str = ""
    base: bool = False
    names_base: bool = False
    shared: bool = False
    generations: tuple[str, ...] = ()
    first: str = ""
    ignore: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    efforts: tuple[str, ...] = ()
    serving: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    thinking: tuple[str, ...] = ()
    hybrid: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    dates: Literal["snapshot", "stamp", "listed"] = "snapshot"
    context: Literal["model", "variant"] = "model"
    bare: Literal["chat", "repository", "base"] = "chat"
    bare_generations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The releases of one model, which no rule can know.

    `snapshots` are the marks of its releases (`2024-05-13`, `preview 05-06`, `002 2024-09`), `bare` is the mark that the name
    without one means, or `unsure`; a single snapshot is the default. `sizes` are optional in the name. `preview` = `release`: the
    preview was the same model. `dates` overrules the family's.
    """

    name: str
    snapshots: tuple[str, ...] = ()
    bare: str = ""
    sizes: tuple[str, ...] = ()
    preview: Literal["model", "release"] = "model"
    dates: Literal["", "snapshot", "stamp"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """Ambiguous names, with the reason; if `sources` are given, only for boards whose id begins with one of them."""

    names: tuple[str, ...]
    why: str
    family: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A lab's file. `spellings` are its names on boards and in repositories, `aliases` map a name to the name it means.

    `partners` are other organisations that boards state as creators of the lab's families.
    """

    lab: str
    country: str = ""
    spellings: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    families: tuple[Family, ...] = ()
    releases: tuple[Release, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    unsure: tuple[Unsure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """The knowledge of labs, families and names beyond the grammar. `labs` by file.

    `version` is the same while the knowledge and the grammar are.
    """

    labs: Mapping[str, Lab] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    version: str = ""


EMPTY_LEXICON = Lexicon()


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A spelling without case, blanks and punctuation: `Z.ai` and `z-ai` are one."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


_LONG_WORD = 5
"""In a word of this length, one wrong letter is a misprint, not another word."""


def is_misprint(word: str, other: str) -> bool:
    """Whether two long words differ by one letter, or by two neighbours in the other order."""
    if word == other or min(len(word), len(other)) < _LONG_WORD or not (word + other).isalpha():
        return False
    short, long = sorted((word, other), key=len)
    first = next((place for place, letters in enumerate(zip(short, long, strict=False)) if letters[0] != letters[1]), len(short))
    swapped = short[:first] + short[first : first + 2][::-1] + short[first + 2 :]
    replaced = short[:first] + long[first] + short[first + 1 :] if len(short) == len(long) else long[:first] + long[first + 1 :]
    return long == swapped or (replaced == long if len(short) == len(long) else replaced == short)
