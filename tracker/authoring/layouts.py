"""The ways to read a part of a page whose table moved or changed its form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tracker import parsers
from tracker.authoring.changes import Place, Repair
from tracker.authoring.proposal import Candidate
from tracker.errors import TrackerError
from tracker.model import Column, EntryId, Parse, Table
from tracker.reading.names import clean_name

MAX_CELLS = 3_000_000
MAX_LAYOUTS = 8
"""Other tables of a page tried at most, those with the most known keys first."""
SAME_KEYS = 0.6
"""Share of the known keys (0–1) that a column must hold to be the key."""
NARROWING = ("headers", "require")
"""Options that name columns a table must have."""
SEES_OTHERS = ("records", "first_of")
"""Options that name the places of the records; they can name several."""
Look = Callable[[bytes], Sequence[Candidate]]
"""Every table-like thing of a body, as `candidates` finds it. May raise TrackerError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """The board's own answer, or that of a payload: columns of it begin with `prefix` in the declaration."""

    prefix: str
    place: Place
    key_place: Place
    parse: Parse
    key: tuple[Column, ...]
    body: bytes
    others: tuple[str, ...] = ()

    def inside(self, column: Column) -> tuple[str, ...]:
        """The column's sources in this part, without its prefix; sources with a prefix of `others` belong to another part."""
        sources = (
            source
            for source in column.sources
            if source.startswith(self.prefix) and not (self.others and source.startswith(self.others))
        )
        return tuple(source.removeprefix(self.prefix) for source in sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """One way to read a part: its table, and the change to `[parse]` that it takes."""

    table: Table
    change: Repair | None


def _layouts(part: _Part, declared: Sequence[str], known: set[EntryId], look: Look) -> Iterator[_Layout]:
    """The ways to read the part: as declared, then as declared but for what the page no longer has, then anew."""
    try:
        found = look(part.body)
    except TrackerError:  # a wall, an empty page: nothing to read in any way
        return
    own = [source for column in part.key for source in column.sources]
    ranked = sorted(found, key=lambda one: -_keys_in(one, known))[:MAX_LAYOUTS]
    columns = dict.fromkeys(
        (
            *own,
            *declared,
            *(name for candidate in ranked if candidate.parse.format == part.parse.format for name in candidate.columns),
        )
    )
    for spec in (
        part.parse,
        *_loosened(part.parse, ranked),
        *(candidate.parse for candidate in ranked if _keys_in(candidate, known) >= SAME_KEYS),
    ):
        anew = (
            ()
            if spec.format == part.parse.format
            else [name for candidate in ranked if candidate.parse == spec for name in candidate.columns]
        )
        table = _table(part.body, spec, tuple(dict.fromkeys((*columns, *anew))))
        if table is not None:
            yield _Layout(table=table, change=None if spec == part.parse else _parse_repair(part, spec))


def _table(body: bytes, spec: Parse, columns: Sequence[str]) -> Table | None:
    try:
        table = parsers.parse(body, spec, columns)
    except TrackerError:  # this is not how the page is read
        return None
    return table if len(table.rows) * len(table.columns) <= MAX_CELLS else None


def _keys_in(candidate: Candidate, known: set[EntryId]) -> float:
    """The greatest share of the known keys (or of their first parts) that one column of the candidate holds."""
    first = {key.partition(" | ")[0] for key in known}
    columns = zip(*candidate.rows, strict=True) if candidate.rows else ()
    return max((len(first & {clean_name(cell or "") for cell in column}) / len(first) for column in columns), default=0.0)


def _loosened(spec: Parse, found: Sequence[Candidate]) -> Iterator[Parse]:
    """The declared way to read, with another place of the records beside its own, or without the columns that are gone."""
    for candidate in found:
        if candidate.parse.format != spec.format:
            continue
        places = _places(candidate.parse)
        if places:
            kept = {name: value for name, value in spec.options.items() if name not in SEES_OTHERS}
            yield replace(spec, options={**kept, "first_of": tuple(dict.fromkeys((*_places(spec), *places)))})
        for name in NARROWING:
            asked = spec.options.get(name)
            if (
                isinstance(asked, list | tuple)
                and (left := [column for column in asked if column in candidate.columns])
                and len(left) < len(asked)
            ):
                yield replace(spec, options={**spec.options, name: left})


def _places(spec: Parse) -> tuple[str, ...]:
    """The places of the records, by the options."""
    several = spec.options.get("first_of")
    if isinstance(several, list | tuple):
        return tuple(str(path) for path in several)
    one = spec.options.get("records")
    return (one,) if isinstance(one, str) else ()


def _parse_repair(part: _Part, spec: Parse) -> Repair:
    facts = part.parse.options.get("facts")
    if facts and spec.format == part.parse.format:
        spec = replace(spec, options={**spec.options, "facts": facts})
    spec = replace(spec, group=part.parse.group)
    why = f"the table is not where it was ({_told(part.parse)}); {_told(spec)} finds it"
    return Repair(place=part.place, sure=1.0, why=why, parse=spec)


def _told(spec: Parse) -> str:
    options = ", ".join(f"{name} = {value}" for name, value in spec.options.items() if name != "facts")
    return f"{spec.format}{': ' if options else ''}{options}"
