"""JSON-LD in a page: a schema.org Dataset or ItemList in `<script type="application/ld+json">` (https://schema.org/Dataset)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._options import compiled
from tracker.parsers._paths import search
from tracker.parsers._records import RecordOptions, facts_at, records_in, tabulate
from tracker.parsers.decoding import REGEX, decode, find_facts, fold, names
from tracker.parsers.html_tree import scripts, visible
from tracker.parsers.strict_json import load


class Options(RecordOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `json_ld`."""

    name: Annotated[str, Meta(description="The object's name, exactly, or `re:` and a regular expression; empty: any.")] = ""
    type: Annotated[str, Meta(description="The object's @type: Dataset, ItemList …")] = "Dataset"
    records: Annotated[str, Meta(description="Path of the records in the object: data, itemListElement …")] = "data"

    def __post_init__(self) -> None:
        super().__post_init__()
        search(self.records)
        if self.name.startswith(REGEX):
            compiled(self.name[len(REGEX) :])


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The records of the one object that fits the options. Raises ParseError without exactly one, or without records."""
    page = decode(body)
    things = [thing for thing in objects(page) if options.type in _types(thing)]
    fitting = [thing for thing in things if _named(thing, options.name)]
    if len(fitting) != 1:
        wrong = f"found {len(fitting)} JSON-LD objects of type {options.type} named {options.name!r}"
        raise ParseError(f"{wrong}, expected one; there are {names(repr(thing.get('name', '')) for thing in things)}")
    records = records_in(search(options.records)(fitting[0]), options.records)
    facts = facts_at(fitting[0], options.facts) | find_facts(options.facts, lambda: visible(page))
    return tabulate(records, wanted, options, facts)


def objects(page: str) -> Iterator[dict[str, object]]:
    """Every object with a type, including those in a `@graph` or a list."""
    for attributes, content in scripts(page):
        if attributes.get("type", "").lower() == "application/ld+json":
            yield from _objects(load(content))


def _objects(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, list):
        for member in value:
            yield from _objects(member)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        yield from _objects(value.get("@graph"))


def _types(thing: dict[str, object]) -> list[object]:
    types = thing["@type"]
    return types if isinstance(types, list) else [types]


def _named(thing: dict[str, object], name: str) -> bool:
    own = thing.get("name")
    if not name or not isinstance(own, str):
        return not name
    return bool(compiled(name[len(REGEX) :]).search(own)) if name.startswith(REGEX) else fold(own) == fold(name)
