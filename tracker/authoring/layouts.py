"""The ways to read a part of a page whose table moved or changed its form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tracker import parsers
from tracker.authoring.candidates import candidates
from tracker.authoring.changes import Place, Repair
from tracker.authoring.proposal import Candidate
from tracker.errors import TrackerError
from tracker.model import Column, EntryId, Parse, Table
from tracker.reading.names import clean_name

MAX_CELLS = 3_000_000
MAX_LAYOUTS = 8
"""Maximum number of other tables tried, those with the most known keys first."""
SAME_KEYS = 0.6
"""Minimum share of the known keys (0–1) in a column for it to be the key."""
NARROWING = ("headers", "require")
"""Options that name the columns a table must have."""
RECORDS = ("records", "first_of")
"""Options that say where the records are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPart:
    """The board's own answer, or that of a payload; its columns begin with `prefix` in the declaration."""

    prefix: str
    place: Place
    key_place: Place
    parse: Parse
    key: tuple[Column, ...]
    body: bytes
    others: tuple[str, ...] = ()

    def inside(self, column: Column) -> tuple[str, ...]:
        """The column's sources in this part, without its prefix; sources with a prefix of `others` belong to another part."""
        own = (source for source in column.sources if source.startswith(self.prefix) and not source.startswith(self.others))
        return tuple(source.removeprefix(self.prefix) for source in own)


def layouts(part: DeclaredPart, declared: Sequence[str], known: set[EntryId]) -> Iterator[tuple[Table, Repair | None]]:
    """The tables of the part, each with the change to `[parse]` that it needs.

    First as declared, then without what the page no longer has, then as on an unknown page.
    """
    try:
        tables = candidates(part.body)
    except TrackerError:  # a login wall or an empty page cannot be read in any way
        return
    ranked = sorted(tables, key=lambda candidate: -_keys_in(candidate, known))[:MAX_LAYOUTS]
    own = (source for column in part.key for source in column.sources)
    same_format = (name for each in ranked if each.parse.format == part.parse.format for name in each.columns)
    columns = (*own, *declared, *same_format)
    others = [candidate.parse for candidate in ranked if _keys_in(candidate, known) >= SAME_KEYS]
    for spec in (part.parse, *_loosened(part.parse, ranked), *others):
        new = (name for each in ranked if each.parse == spec for name in each.columns)
        wanted = columns if spec.format == part.parse.format else (*columns, *new)
        table = _table(part.body, spec, tuple(dict.fromkeys(wanted)))
        if table is not None:
            yield table, None if spec == part.parse else _parse_repair(part, spec)


def _table(body: bytes, spec: Parse, columns: Sequence[str]) -> Table | None:
    try:
        table = parsers.parse(body, spec, columns)
    except TrackerError:  # not a way to read the page
        return None
    return table if len(table.rows) * len(table.columns) <= MAX_CELLS else None


def _keys_in(candidate: Candidate, known: set[EntryId]) -> float:
    """The greatest share of the known keys (or of their first parts) that one column of the candidate holds."""
    first = {key.partition(" | ")[0] for key in known}
    columns = zip(*candidate.rows, strict=True) if candidate.rows else ()
    return max((len(first & {clean_name(cell or "") for cell in column}) / len(first) for column in columns), default=0.0)


def _loosened(spec: Parse, tables: Sequence[Candidate]) -> Iterator[Parse]:
    """The declared way to read with the records in a further place, or without the columns that are gone."""
    for candidate in tables:
        if candidate.parse.format != spec.format:
            continue
        if places := _places(candidate.parse):
            kept = {name: value for name, value in spec.options.items() if name not in RECORDS}
            yield replace(spec, options={**kept, "first_of": tuple(dict.fromkeys((*_places(spec), *places)))})
        for name in NARROWING:
            asked = spec.options.get(name)
            left = [column for column in asked if column in candidate.columns] if isinstance(asked, list | tuple) else []
            if left and left != list(asked):  # type: ignore[call-overload]
                yield replace(spec, options={**spec.options, name: left})


def _places(spec: Parse) -> tuple[str, ...]:
    """The declared places of the records."""
    paths = spec.options.get("first_of")
    if isinstance(paths, list | tuple):
        return tuple(map(str, paths))
    path = spec.options.get("records")
    return (path,) if isinstance(path, str) else ()


def _parse_repair(part: DeclaredPart, spec: Parse) -> Repair:
    facts = part.parse.options.get("facts")
    if facts and spec.format == part.parse.format:
        spec = replace(spec, options={**spec.options, "facts": facts})
    spec = replace(spec, group=part.parse.group)
    why = f"the table is not where it was ({_described(part.parse)}); {_described(spec)} finds it"
    return Repair(place=part.place, sure=1.0, why=why, parse=spec)


def _described(spec: Parse) -> str:
    options = ", ".join(f"{name} = {value}" for name, value in spec.options.items() if name != "facts")
    return f"{spec.format}{': ' if options else ''}{options}"
