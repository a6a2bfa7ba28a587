"""From JSON-like records to a table: which records, which columns, what a cell says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._options import CommonOptions
from tracker.parsers._paths import AS_WRITTEN, MISSING, Values, column, search
from tracker.parsers.decoding import REGEX, fold, names, quote
from tracker.parsers.strict_json import Doubled

PARENT = "^."
"""Begins the path of a column that stands in the record around an exploded one."""

WHOLE = re.compile(r"0|[1-9][0-9]*")
"""A whole number as it is written in JSON. Texts of digits that begin with 0 are ordered as any text."""

Record = Mapping[str, object]


class NestedCell(Exception):
    """A wanted cell holds an object or a list. Never leaves the parsers."""


class RecordOptions(CommonOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of the formats that hold records. Paths are dotted (`a.b[0].c`) or JMESPaths; numbers are text to them."""

    where: Annotated[dict[str, str], msgspec.Meta(description="Path → exact text; records with another text are left out.")] = (
        msgspec.field(default_factory=dict)
    )
    without: Annotated[
        dict[str, str | tuple[str, ...]],
        msgspec.Meta(description="Path → exact text, or a list of texts; records with such a text are left out."),
    ] = msgspec.field(default_factory=dict)
    latest: Annotated[
        str,
        msgspec.Meta(
            description="Path; only the records with the greatest text there are kept (dates as YYYY-MM-DD; whole numbers by value)."
        ),
    ] = ""
    explode: Annotated[
        str,
        msgspec.Meta(
            description="Path of a nested list (or object of objects) whose members become the records; `^.field` reaches the outer one."
        ),
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        search(self.explode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records with, where they were exploded, the outer record of each."""

    inner: Sequence[Record]
    outer: Sequence[Record] | None = None

    def column(self, path: str, values: Values) -> list[object]:
        """One value per record, MISSING where it has none."""
        if self.outer is not None and path.startswith(PARENT):
            return column(self.outer, path[len(PARENT) :], values)
        return column(self.inner, path, values)

    def texts(self, path: str, values: Values) -> list[str | None]:
        """One text per record, as a cell would show it."""
        cells = self.column(path, values)
        return [cell if cell is None or type(cell) is str else text(values.plain(cell)) for cell in cells]

    def only(self, keep: Sequence[int]) -> Records:
        """The records at these places."""
        outer = None if self.outer is None else [self.outer[place] for place in keep]
        return Records(inner=[self.inner[place] for place in keep], outer=outer)


def records_in(found: object, place: str) -> list[Record]:
    """The records of a list of objects, or of an object of objects (whose keys become `$key`).

    Raises:
        ParseError: it is neither, or there are none.
    """
    if isinstance(found, dict) and found and all(isinstance(value, dict) for _, value in members(found)):
        return [{**_single(value), "$key": key} for key, value in members(found)]
    if not isinstance(found, list):
        raise ParseError(f"found {kind(found)} at {place}, expected a list of records or an object of objects")
    for number, record in enumerate(found, 1):
        if not isinstance(record, dict):
            raise ParseError(f"found {kind(record)} as record {number} at {place}, expected an object")
    if not found:
        raise ParseError(f"found no records at {place}, expected at least one: the list is empty")
    return list(map(_single, found))


def members(found: dict[str, object]) -> Iterable[tuple[str, Any]]:
    """The keys and values of an object, a key that occurs twice with both: the contract decides about them."""
    return found.pairs if isinstance(found, Doubled) else found.items()


def _single(record: Record) -> Record:
    if isinstance(record, Doubled):
        record.refuse()
    return record


def kind(value: object) -> str:
    """How a message calls a value."""
    if isinstance(value, dict):
        return f"an object with {names(value)}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None or value is MISSING else f"{quote(str(value))}"


def text(value: object) -> str | None:
    """The cell of a value: text and numbers as published, compact JSON for what is nested, None for null and for nothing."""
    if value is None or type(value) is str:
        return value
    if value is MISSING:
        return None
    if value is True or value is False:
        return "true" if value else "false"
    if type(value) is int:
        return str(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _flat(value: object) -> str | None:
    if isinstance(value, dict | list):
        raise NestedCell
    return text(value)


def tabulate(
    found: Sequence[Record],
    wanted: Sequence[str],
    options: RecordOptions,
    facts: Mapping[str, str],
    values: Values = AS_WRITTEN,
    *,
    nested: bool = True,
) -> Table:
    """The table of the records: exploded, filtered (`where`, `without`, then `latest`), and of the wanted columns those that at least one record has.

    Raises:
        ParseError: no record is left, or none of the wanted columns is there.
        NestedCell: `nested` is False, and a cell is an object or a list.
    """
    records = _explode(found, options.explode, values) if options.explode else Records(inner=found)
    records = _filter(records, options.where, values)
    records = _without(records, options.without, values)
    records = _latest(records, options.latest, values) if options.latest else records
    columns = {path: records.column(path, values) for path in dict.fromkeys(wanted)}
    present = tuple(path for path, cells in columns.items() if any(cell is not MISSING for cell in cells))
    if not present:
        raise ParseError(
            f"found none of the wanted columns ({names(wanted)}) in {len(records.inner)} records; they have {_keys(records)}"
        )
    write = text if nested else _flat
    cells = [
        [cell if cell is None or type(cell) is str else write(values.plain(cell)) for cell in columns[path]] for path in present
    ]
    return Table(columns=present, rows=list(zip(*cells, strict=True)), facts=facts)


def _keys(records: Records) -> str:
    return names(key for record in records.inner[:20] for key in record)


def _explode(found: Sequence[Record], path: str, values: Values) -> Records:
    inner: list[Record] = []
    outer: list[Record] = []
    for record, nested in zip(found, column(found, path, values), strict=True):
        if nested is None or nested is MISSING or nested in ([], {}):
            continue
        members = records_in(nested, path)
        inner += members
        outer += [record] * len(members)
    if not inner:
        raise ParseError(f"found no records at {path} inside any of {len(found)} records")
    return Records(inner=inner, outer=outer)


def _filter(records: Records, where: Mapping[str, str], values: Values) -> Records:
    for path, expected in where.items():
        seen = records.texts(path, values)
        keep = [place for place, value in enumerate(seen) if value == expected]
        if not keep:
            raise ParseError(f"found no record with {path} = {expected!r}; it says {names(quote(str(value)) for value in seen)}")
        records = records.only(keep)
    return records


def _without(records: Records, without: Mapping[str, str | tuple[str, ...]], values: Values) -> Records:
    for path, said in without.items():
        unwanted = {said} if isinstance(said, str) else set(said)
        keep = [place for place, value in enumerate(records.texts(path, values)) if value not in unwanted]
        if not keep:
            raise ParseError(f"found no record besides those with {path} = {names(map(repr, sorted(unwanted)))}")
        records = records.only(keep)
    return records


def _latest(records: Records, path: str, values: Values) -> Records:
    """The records with the greatest text; a record that says nothing there is none of them."""
    seen = records.texts(path, values)
    stated = {value for value in seen if value}
    if not stated:
        raise ParseError(f"found no record that says anything at {path}, expected what tells the latest")
    greatest = max(stated, key=_size if all(map(WHOLE.fullmatch, stated)) else str)
    return records.only([place for place, value in enumerate(seen) if value == greatest])


def _size(number: str) -> tuple[int, str]:
    """Orders whole numbers as texts, however long: 10 is after 9."""
    return len(number), number


def facts_at(document: object, locators: Mapping[str, str], values: Values = AS_WRITTEN) -> dict[str, str]:
    """The facts whose locator is a path, found in the document; those that are not there are absent."""
    facts = {}
    for name, path in locators.items():
        value = None if path.startswith(REGEX) else text(search(path, values)(document))
        if value is not None:
            facts[name] = fold(value)
    return facts
