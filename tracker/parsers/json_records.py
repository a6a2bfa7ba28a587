"""JSON: a list of objects, or an object of objects, somewhere in a document (or in a `<script>` of a page)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._html import scripts
from tracker.parsers._json import load, load_quickly
from tracker.parsers._paths import search, steps
from tracker.parsers._records import NestedCell, RecordOptions, facts_at, records_in, tabulate
from tracker.parsers._text import decode, find_facts, refuse_markup


class Options(RecordOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `json_records`. The key of an object of objects is the column `$key`."""

    records: Annotated[str, msgspec.Meta(description="Path of the records; empty: the document itself.")] = ""
    first_of: Annotated[
        tuple[str, ...],
        msgspec.Meta(description="Alternative paths of the records, of which the first that finds something is taken."),
    ] = ()
    allow_nan: Annotated[bool, msgspec.Meta(description="Read the non-JSON constants NaN and Infinity as unknown.")] = False
    script: Annotated[str, msgspec.Meta(description="The id of the <script> element of a page that holds the JSON.")] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.records and self.first_of:
            raise ValueError("records and first_of exclude each other")
        for path in (self.records, *self.first_of):
            search(path)


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The records of the document as a table; columns are paths inside a record.

    Raises:
        ParseError: it is no JSON, or has no records where the options say.
    """
    if _is_plain(options, wanted) and (quick := load_quickly(body)) is not None:
        try:
            return _table(quick, options, wanted, "", nested=False)
        except NestedCell:  # its numbers have to be text as well
            pass
    text = decode(body)
    if options.script:
        text = _script(text, options.script)
    refuse_markup(text, "JSON")
    return _table(load(text, allow_nan=options.allow_nan), options, wanted, text)


def _is_plain(options: Options, wanted: Sequence[str]) -> bool:
    """Whether nothing but keys is looked at: no expression or text that compares values."""
    paths = (*wanted, *options.first_of, *filter(None, (options.records,)), *options.facts.values())
    return not (options.script or options.where or options.explode) and all(steps(path) is not None for path in paths)


def _table(document: object, options: Options, wanted: Sequence[str], text: str, *, nested: bool = True) -> Table:
    found, place = _find(document, options)
    facts = facts_at(document, options.facts) | find_facts(options.facts, lambda: text)
    return tabulate(records_in(found, place), wanted, options, facts, nested=nested)


def _find(document: object, options: Options) -> tuple[object, str]:
    paths = options.first_of or (options.records,)
    found = next((found for path in paths[:-1] if (found := search(path)(document))), None)
    return found or search(paths[-1])(document), " or ".join(paths) or "the root"


def _script(page: str, wanted: str) -> str:
    for attributes, content in scripts(page):
        if attributes.get("id") == wanted:
            return content
    raise ParseError(f'found no <script id="{wanted}"> in the page, expected the JSON there')
