"""What people wrote down of labs, families, releases and aliases: `schedules/models/*.toml`.

What a name means is `tracker.identity`'s business, which takes a `Lexicon` as an argument.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A brand line. `words` are the phrases that name it in a published name; a phrase's words may stand in any order.

    `base`: others build on its models, and name them (`Hermes 3 - Llama 3.1 70B`); `names_base`: here that mention tells models apart.
    `shared`: an everyday word, which another lab's hint overrules (`Nova`, `Command`).
    `generations` are those released, for telling `lfm2-2-6b` (2, 2.6B) from `llama-3-2-3b` (3.2, 3B); `first` is meant where none is stated.
    `ignore` are words that say nothing here, `keep` tune words that name another model (`gpt-5-chat`), `tiers` and
    `efforts` settle words that can be either (`medium`, `max`), `serving` words that say how it is served (`fast`).
    `nicknames` are second names that stand beside the first in brackets (`nano banana`).
    `thinking`: beside what "thinking" names a model of its own and is no switch: words, generation, size or date, all of them
    (`3 vl`), or `*` for always. `both`: beside what a thinking and an instruct model were released, so that a name without
    either is open.
    `dates`: whether a dated name is another `snapshot`, or bears a mere `stamp`. `context`: likewise for `32k`.
    `line`: how people write family and generation together, where it is not `{family} {generation}`: `GPT-{generation}`.
    `bare`: what a name with a size but no tune word means: the `chat` model, the `base`, or the base only as a `repository`;
    in `bare_generations` alone, if some are given.
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
    thinking: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    dates: Literal["snapshot", "stamp"] = "snapshot"
    context: Literal["model", "variant"] = "model"
    bare: Literal["chat", "repository", "base"] = "chat"
    bare_generations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What is known of one model's releases, which no rule can know.

    `snapshots` are the marks it was released under (`2024-05-13`, `preview 05-06`, `002 2024-09`), `bare` the one that the
    name without a mark means, or `unsure`; with one snapshot alone, both are the same. `sizes` may be stated or not.
    `preview` = `release`: the preview never was another model. `dates` overrules the family's.
    """

    name: str
    snapshots: tuple[str, ...] = ()
    bare: str = ""
    sizes: tuple[str, ...] = ()
    preview: Literal["model", "release"] = "model"
    dates: Literal["", "snapshot", "stamp"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """Names that do not say which model they mean, and why; only where the source's id begins so, if `sources` are given."""

    names: tuple[str, ...]
    why: str
    family: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """A lab's file. `spellings` are how boards and repositories call it, `aliases` name → the name it is to be read as."""

    lab: str
    country: str = ""
    spellings: tuple[str, ...] = ()
    families: tuple[Family, ...] = ()
    releases: tuple[Release, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    unsure: tuple[Unsure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lexicon:
    """What is known of labs, families and names beyond the grammar. `labs` by the file they stand in."""

    labs: Mapping[str, Lab] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()


EMPTY_LEXICON = Lexicon()


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A spelling without case, blanks and punctuation: `Z.ai` and `z-ai` are one."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())
