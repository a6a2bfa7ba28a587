"""Tabulates JSON-like records: chooses the records and columns, and writes the cells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any

from msgspec import Meta, field

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._options import CommonOptions, Excluded
from tracker.parsers._paths import AS_WRITTEN, MISSING, Values, column, search
from tracker.parsers.decoding import REGEX, fold, names, quote
from tracker.parsers.limits import MAX_ROWS, at_most, refuse_wide
from tracker.parsers.strict_json import Doubled

PARENT = "^."
"""Prefix of the path of a column in the record around an exploded one."""

WHOLE = re.compile(r"0|[1-9][0-9]*")
"""A whole number as JSON writes it. Digits with a leading 0 are ordered as text."""

Record = Mapping[str, object]
_TEXTS = {str, NoneType}


class NestedCell(Exception):
    """A wanted cell holds an object or a list. Never leaves the parsers."""


class RecordOptions(CommonOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of the formats that hold records. Paths are dotted (`a.b[0].c`) or JMESPaths; numbers are text to them."""

    where: Annotated[dict[str, str], Meta(description="Path → exact text; records with another text are left out.")] = field(
        default_factory=dict
    )
    without: Annotated[
        dict[str, str | tuple[str, ...]],
        Meta(description="Path → text, or a list of texts, in any letter case (empty: no text); records with it are left out."),
    ] = field(default_factory=dict)
    latest: Annotated[
        str,
        Meta(
            description="Path; only the records with the greatest text there are kept (dates as YYYY-MM-DD; whole numbers by"
            " value)."
        ),
    ] = ""
    explode: Annotated[
        str,
        Meta(
            description="Path of a nested list (or object of objects) whose members become the records; `^.field` reaches the"
            " outer one."
        ),
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        search(self.explode)

    def check_path(self, name: str, locator: str) -> None:  # noqa: ARG002  # formats with records allow any path
        """Check a fact's locator that is a path. Raises ValueError."""
        search(locator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Records and, if they were exploded, the outer record of each."""

    inner: Sequence[Record]
    outer: Sequence[Record] | None = None

    def column(self, path: str, values: Values) -> list[object]:
        """One value per record, MISSING where it has none."""
        if self.outer is not None and path.startswith(PARENT):
            return column(self.outer, path[len(PARENT) :], values)
        return column(self.inner, path, values)

    def texts(self, path: str, values: Values) -> list[str | None]:
        """One text per record, as in a cell."""
        return [cell if cell is None or type(cell) is str else text(values.plain(cell)) for cell in self.column(path, values)]

    def only(self, keep: Sequence[int]) -> Records:
        """The records at these places."""
        outer = None if self.outer is None else [self.outer[place] for place in keep]
        return Records(inner=[self.inner[place] for place in keep], outer=outer)


def records_in(value: object, place: str) -> list[Record]:
    """The records of a list of objects, or of an object of objects (whose keys become `$key`).

    Raises:
        ParseError: there are none, or they are too many or too wide.
    """
    if isinstance(value, dict | list):
        at_most(len(value), MAX_ROWS, "records")
    if isinstance(value, dict) and value and all(isinstance(record, dict) for _, record in members(value)):
        return [{**_single(record), "$key": key} for key, record in members(value)]
    if not isinstance(value, list):
        raise ParseError(f"found {kind(value)} at {place}, expected a list of records or an object of objects")
    value = [record for record in value if record is not None]
    for number, record in enumerate(value, 1):
        if not isinstance(record, dict):
            raise ParseError(f"found {kind(record)} as record {number} at {place}, expected an object")
    if not value:
        raise ParseError(f"found no records at {place}, expected at least one: the list is empty")
    return list(map(_single, value))


def members(value: dict[str, object]) -> Iterable[tuple[str, Any]]:
    """The keys and values of an object; a doubled key with both values, which the contract then judges."""
    return value.pairs if isinstance(value, Doubled) else value.items()


def _single(record: Record) -> Record:
    if isinstance(record, Doubled):
        record.refuse()
    return record


def kind(value: object) -> str:
    """A value in the words of a message."""
    if isinstance(value, dict):
        return f"an object with {names(value)}" if value else "an empty object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None or value is MISSING else f"{quote(str(value))}"


def text(value: object) -> str | None:
    """The cell of a value: text and numbers as published, compact JSON of objects and lists, None for null and MISSING."""
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
    raw: Sequence[Record],
    wanted: Sequence[str],
    options: RecordOptions,
    facts: Mapping[str, str],
    values: Values = AS_WRITTEN,
    *,
    nested: bool = True,
) -> Table:
    """The table of the records, exploded and filtered (`where`, `without`, then `latest`), with the wanted columns that any has.

    Records without a value are left out.

    Raises:
        ParseError: no record is left, or no record has any wanted column.
        NestedCell: `nested` is False, and a cell is an object or a list.
    """
    at_most(len(raw), MAX_ROWS, "records")
    refuse_wide(raw)
    records = _filtered(_explode(raw, options.explode, values) if options.explode else Records(inner=raw), options, values)
    columns = {path: records.column(path, values) for path in dict.fromkeys(wanted)}
    present = tuple(path for path, cells in columns.items() if any(cell is not MISSING for cell in cells))
    if not present:
        keys = names(key for record in records.inner[:20] for key in record)
        raise ParseError(f"found none of the wanted columns ({names(wanted)}) in {len(records.inner)} records; they have {keys}")
    write = text if nested else _flat
    cells = [
        columns[path]
        if {*map(type, columns[path])} <= _TEXTS
        else [cell if cell is None or type(cell) is str else write(values.plain(cell)) for cell in columns[path]]
        for path in present
    ]
    rows = list(zip(*cells, strict=True))
    if not all(map(any, rows)):
        rows = [row for row, record in zip(rows, records.inner, strict=True) if any(row) or not _is_blank(record)] or rows
    return Table(columns=present, rows=rows, facts=facts)


def _is_blank(record: Record) -> bool:
    """Whether a record has no value at all."""
    return not any(str(value).strip() for value in record.values() if value is not None)


def _explode(records: Sequence[Record], path: str, values: Values) -> Records:
    inner: list[Record] = []
    outer: list[Record] = []
    for record, nested in zip(records, column(records, path, values), strict=True):
        if nested is None or nested is MISSING or nested in ([], {}):
            continue
        members = records_in(nested, path)
        inner += members
        outer += [record] * len(members)
        at_most(len(inner), MAX_ROWS, "records")
    if not inner:
        raise ParseError(f"found no records at {path} inside any of {len(records)} records")
    return Records(inner=inner, outer=outer)


def _filtered(records: Records, options: RecordOptions, values: Values) -> Records:
    for path, expected in options.where.items():
        texts = records.texts(path, values)
        records = records.only([place for place, text in enumerate(texts) if text == expected])
        if not records.inner:
            raise ParseError(f"found no record with {path} = {expected!r}; it has {names(quote(str(text)) for text in texts)}")
    for path, unwanted in options.without.items():
        excluded = Excluded(unwanted)
        records = records.only([place for place, text in enumerate(records.texts(path, values)) if text not in excluded])
        if not records.inner:
            raise ParseError(f"found no record besides those with {path} = {names(map(repr, sorted(excluded.texts)))}")
    return _latest(records, options.latest, values) if options.latest else records


def _latest(records: Records, path: str, values: Values) -> Records:
    """The records with the greatest text at the path; whole numbers, however long, by value."""
    texts = records.texts(path, values)
    stated = {text for text in texts if text}
    if not stated:
        raise ParseError(f"found no record with a value at {path}, expected one that shows which are the latest")
    greatest = max(stated, key=(lambda text: (len(text), text)) if all(map(WHOLE.fullmatch, stated)) else str)
    return records.only([place for place, text in enumerate(texts) if text == greatest])


def facts_at(document: object, locators: Mapping[str, str], values: Values = AS_WRITTEN) -> dict[str, str]:
    """The facts of a document whose locator is a path; a fact without a value is absent."""
    facts = {}
    for name, path in locators.items():
        value = None if path.startswith(REGEX) else text(search(path, values)(document))
        if value is not None:
            facts[name] = fold(value)
    return facts
