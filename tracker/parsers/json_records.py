"""JSON: a list of objects, or an object of objects, somewhere in a document (or in a `<script>` of a page)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._documents import DocumentOptions, is_plain, table_of
from tracker.parsers._records import NestedCell
from tracker.parsers.decoding import decode, refuse_markup
from tracker.parsers.devalue import unpacked
from tracker.parsers.html_tree import scripts
from tracker.parsers.strict_json import load, load_quickly


class Options(DocumentOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `json_records`. The key of an object of objects is the column `$key`."""

    allow_nan: Annotated[bool, Meta(description="Read the non-JSON constants NaN and Infinity as unknown.")] = False
    devalue: Annotated[bool, Meta(description="The document is packed by devalue, as in `__NUXT_DATA__` of Nuxt.")] = False
    script: Annotated[
        str, Meta(description="The id of the <script> element with the JSON, or ATTRIBUTE=VALUE of another one.")
    ] = ""


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The records of the document; columns are paths inside a record. Raises ParseError for broken JSON and without records."""
    if not (options.script or options.devalue) and is_plain(options, wanted) and (quick := load_quickly(body)) is not None:
        try:
            return table_of(quick, options, wanted, "", nested=False)
        except NestedCell:  # its numbers must be text as well
            pass
    text = decode(body)
    if options.script:
        text = _script(text, options.script)
    refuse_markup(text, "JSON")
    document = load(text, allow_nan=options.allow_nan)
    return table_of(unpacked(document) if options.devalue else document, options, wanted, text)


def _script(page: str, wanted: str) -> str:
    name, sign, value = wanted.partition("=")
    for attributes, content in scripts(page):
        if attributes.get("id") == wanted or (sign and attributes.get(name) == value):
            return content
    attribute = f'{name}="{value}"' if sign else f'id="{wanted}"'
    raise ParseError(f"found no <script {attribute}> in the page, expected the JSON there")
