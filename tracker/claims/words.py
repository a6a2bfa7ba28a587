"""What words mean: verbs, topics, classes, numbers. The tables are in `words.toml`; `pieces.py` looks things up in them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from itertools import product
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from tracker.claims._records import COUNTRIES, ModelGroup, Relation

_TABLES = tomllib.loads(resources.files("tracker.claims").joinpath("words.toml").read_text(encoding="utf-8"))
_PARTS: Mapping[str, str] = _TABLES["parts"]


def _all(phrases: str) -> tuple[str, ...]:
    """The phrases of a list with semicolons, or of a named part."""
    return tuple(" ".join(phrase.split()) for phrase in (_PARTS[phrases[1:]] if phrases[0] == "$" else phrases).split(";"))


def _phrases(items: str | Sequence[str | Sequence[str]]) -> Iterator[str]:
    """Every phrase of a list, of which some may be combined from parts."""
    for item in [items] if isinstance(items, str) else items:
        parts = [item] if isinstance(item, str) else item
        yield from (" ".join(filter(None, chosen)) for chosen in product(*map(_all, parts)))


def _under(table: Mapping[str, str]) -> dict[str, str]:
    """Phrase → the key under which it is listed."""
    return {phrase: key for key, listed in table.items() for phrase in _all(listed)}


def _set(name: str) -> frozenset[str]:
    return frozenset(_phrases(_TABLES["lists"][name]))


class Sense(Struct, frozen=True, kw_only=True):
    """What a verb or a comparative claims.

    `swap`: the subject and the rival change places ("trails", "is beaten by"). `rival`: `must` be named, `may` be, or `no`.
    `topic` is one that the word itself brings (cheaper: price). `passing`: it came about. `number`: of its verb, `one`, `many` or
    empty. `superlative`: "the best". `noun`: it needs a form of `to be`. `degree`: `strong` or `weak`. `price_word`: it states a
    share of a price and no order. `end`: as in `Claim`.
    """

    relation: Relation
    swap: bool = False
    rival: str = "must"
    topic: str = ""
    passing: bool = False
    number: str = ""
    superlative: bool = False
    noun: bool = False
    degree: str = ""
    price_word: bool = False
    end: str = ""


_MOSTLY_OTHER_WORDS = frozenset(("pass", "passing", "equal", "best", "bests", "besting"))


def _forms(verb: str, past: str) -> dict[str, str]:
    """Every form of a verb with the number it shows, if any."""
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "o")) else f"{verb}s"
    return {past: "", verb: "many", third: "one", f"{verb.removesuffix('e')}ing": ""}


def _sense(table: Mapping[str, Any]) -> Sense:
    return Sense(**{**table["sense"], "relation": Relation(table["sense"]["relation"])})


def _senses(name: str) -> Iterator[tuple[str, Sense]]:
    """Phrase by phrase; a later meaning of the same words replaces an earlier one."""
    for table in _TABLES[name]:
        yield from ((phrase, _sense(table)) for phrase in _phrases(table["phrases"]))


def _verbs() -> Iterator[tuple[str, Sense]]:
    for table in _TABLES["verbs"]:
        sense = _sense(table)
        for verb in _all(table["words"]):
            past, participle = _TABLES["irregular"].get(verb) or [f"{verb.removesuffix('e')}ed"] * 2
            forms = _forms(verb, past).items()
            yield from ((form, replace(sense, number=number)) for form, number in forms if form not in _MOSTLY_OTHER_WORDS)
            yield f"{participle} by", replace(sense, swap=True)


SENSES: Mapping[str, Sense] = {**dict(_verbs()), **dict(_senses("senses"))}
"""Phrase → what it claims."""
COMPARATIVES: Mapping[str, Sense] = dict(_senses("comparatives"))
SYNONYMS: Mapping[str, str] = {phrase: topics[0] for topics in map(_all, _TABLES["topics"]["lists"]) for phrase in topics}
"""A topic as people write it → one word for it. Boards' own topics are looked up here too."""
NARROW = frozenset(_all(_TABLES["topics"]["narrow"]))
GROUPS: Mapping[str, ModelGroup] = {
    **{phrase: ModelGroup(**table["group"]) for table in _TABLES["classes"] for phrase in _all(table["words"])},
    **{word.casefold(): ModelGroup(country=code) for code, word in COUNTRIES.items()},
}
NUMBERS: Mapping[str, int] = _TABLES["values"]["numbers"]
ORDINALS: Mapping[str, int] = _TABLES["values"]["ordinals"]
MONTHS: Mapping[str, int] = _TABLES["values"]["months"]
SHARES: Mapping[str, float] = _TABLES["values"]["shares"]
PUBLISHERS, SCORE_UNITS, GAP_UNITS = (_under(_TABLES[name]) for name in ("publishers", "score_units", "gap_units"))
BOUNDS = _under(_TABLES["bounds"])
SCORES = {phrase: bound.removeprefix("exact") for phrase, bound in _under(_TABLES["scores"]).items()}
SCORE_BOUNDS = _under(_TABLES["score_bounds"])
DEGREES = _under(_TABLES["degrees"])
FIRSTS, RISES, FALLS, WEAK_SCORES, COSTS = map(_set, ("firsts", "rises", "falls", "weak_scores", "costs"))
BARE_BOUNDS, NEGATIONS, HEDGES, TURNS, EVERY_ONE = map(_set, ("bare_bounds", "negations", "hedges", "turns", "every_one"))
SOME_ONE, PASTS, JOINS, AMONG, REFERENCES = map(_set, ("some_one", "pasts", "joins", "among", "references"))
PREPOSITIONS, ATTRIBUTIONS, FILLERS = map(_set, ("prepositions", "attributions", "fillers"))
NOUNS, WEEKDAYS = map(_set, ("nouns", "weekdays"))
AFTER_SCORES, BREAKS = (_set(name) | {";"} for name in ("after_scores", "breaks"))
ENGLISH, NEEDS_VERSION, OF_ANY_NAME = map(_set, ("english", "needs_version", "of_any_name"))
