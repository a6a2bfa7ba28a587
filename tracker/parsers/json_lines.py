"""JSON Lines (https://jsonlines.org/): one object per line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._records import RecordOptions, facts_at, records_in, tabulate
from tracker.parsers.decoding import decode, find_facts, refuse_markup
from tracker.parsers.limits import MAX_ROWS, at_most, refuse_large_json
from tracker.parsers.strict_json import load


class Options(RecordOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `json_lines`. Facts are paths in the list of all records, such as `[0].version`."""

    allow_nan: Annotated[bool, Meta(description="Read the non-JSON constants NaN and Infinity as unknown.")] = False


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The records as a table; columns are paths inside a record. Empty lines are skipped. Raises ParseError."""
    text = decode(body)
    refuse_markup(text, "JSON Lines")
    at_most(text.count("\n"), MAX_ROWS, "lines")
    refuse_large_json(text)
    records = [_record(line, number, options) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    facts = facts_at(records, options.facts) | find_facts(options.facts, lambda: text)
    return tabulate(records_in(records, "the root"), wanted, options, facts)


def _record(line: str, number: int, options: Options) -> object:
    try:
        return load(line, allow_nan=options.allow_nan)
    except ParseError as error:
        raise ParseError(f"{error}, in line {number} of the body") from error
