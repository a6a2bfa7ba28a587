"""The largest body, table and document that is read. What is larger is refused before it is processed.

No board comes near these limits: a table of 50,000 rows and 20 columns is read in every format. They bound what a hostile page
costs; docs/reference/formats.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

from tracker.errors import ParseError

MAX_BYTES = 64_000_000
"""Bytes of a body, inflated if it is gzipped."""
MAX_ROWS = 100_000
"""Rows, records, lines of JSON or of a flight stream, and members of a YAML collection."""
MAX_COLUMNS = 20_000
"""Columns of a table, keys of a record."""
MAX_CELLS = 2_000_000
"""Cells of a table, expanded by their spans."""
MAX_NODES = 1_500_000
"""Values of a document."""
MAX_ELEMENTS = 1_250_000
"""Elements of a page."""
MAX_TABLES = 20_000
"""Tables of a page."""
MAX_TEXT = 100_000
"""Characters of a cell."""
MAX_LISTS = 25
"""Lists of a flight stream that may be the board and are rows of their own."""
MAX_PIECES = 2_000
"""Elements in a cell, or marks in one of Markdown."""
MAX_MARKS = 500_000
"""Marks in a Markdown text."""
MAX_LINES = 300_000
"""Lines of Markdown."""
MAX_SCRIPTS = 10_000
"""Scripts of a page."""
MAX_TOKENS = 4_500_000
"""Tokens of a script, as far as it is read."""

T = TypeVar("T")
_CONTENT = bytes(set(range(256)) - set(b'"[{,'))
"""What does not count values."""
_NO_SIGNS = bytes(set(range(256)) - set(b"[{,"))
_CHUNK = 1_000_000


def at_most(found: int, most: int, what: str) -> None:
    """Raise ParseError if more than `most` were found. `what` is the plural."""
    if found > most:
        raise ParseError(f"found {found:,} {what}, expected at most {most:,}")


def counted(each: Iterable[T], most: int, what: str) -> Iterator[T]:
    """The same elements. Raises ParseError after `most` of them."""
    for number, one in enumerate(each, 1):
        if number > most:
            raise ParseError(f"found more than {most:,} {what}, expected a board")
        yield one


def refuse_wide(records: Iterable[Sized]) -> None:
    """Check the keys of records, or the cells of rows. Raises ParseError."""
    at_most(max(map(len, records), default=0), MAX_COLUMNS, "columns")


def refuse_large_json(text: str | bytes) -> None:
    """Count the values of a document before it is decoded. Raises ParseError for more than MAX_NODES."""
    if len(text) < 2 * MAX_NODES:  # too short for much more than that many
        return
    body = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    if len(body.translate(None, _NO_SIGNS)) > MAX_NODES:
        at_most(values_in(body), MAX_NODES, "values")


def values_in(body: bytes) -> int:
    """The number of commas and opening brackets outside of the strings of a JSON document."""
    marks = body.replace(rb"\\", b"").replace(rb"\"", b"").translate(None, _CONTENT).replace(b'""', b"")
    found, parity = 0, 0
    for start in range(0, len(marks), _CHUNK):
        parts = marks[start : start + _CHUNK].split(b'"')  # every second one is inside a string
        found += sum(map(len, parts[parity::2]))
        parity = (parity + len(parts) - 1) % 2
    return found
