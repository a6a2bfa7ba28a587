"""Tables in Markdown text such as a README (GitHub Flavored Markdown, https://github.github.com/gfm/#tables-extension-)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._options import CommonOptions
from tracker.parsers.decoding import decode, find_facts, fold, header, names, quote, refuse_markup, unique

MARKS = frozenset("\\`*_[]<>&!~")
"""A cell without any of these is plain text."""


class Options(CommonOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `markdown_table`. Of several tables that fit, the first one after `after` is taken, by default the longest."""

    headers: Annotated[tuple[str, ...], Meta(description="Columns that the table must have.")] = ()
    after: Annotated[
        str, Meta(description="Text of a line before the table (a heading, a sentence, an HTML comment); part of it is enough.")
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipes:
    """A table with the Markdown of its cells. `line` is its first line, counted from 0."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    line: int


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The rows of the table, with links, emphasis and escapes resolved to their text.

    Raises:
        ParseError: no table fits, or it has no rows, or none of the wanted columns.
    """
    text = decode(body)
    if text.lstrip()[:9].lower().startswith(("<!doctype", "<html")):
        refuse_markup(text, "Markdown")
    table = _choose(list(tables(text)), options, _start(text, options.after))
    columns = {want: table.names.index(header(want)) for want in dict.fromkeys(wanted) if header(want) in table.names}
    if not columns:
        raise ParseError(f"found none of the wanted columns ({names(wanted)}) in the table; it has {names(table.names)}")
    rows = [tuple(plain(row[at]) for at in columns.values()) for row in table.rows]
    return Table(columns=tuple(columns), rows=rows, facts=find_facts(options.facts, lambda: _visible(text)))


def _start(text: str, after: str) -> int:
    """The line after the marker, counted from 0."""
    if not after:
        return 0
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if after in line:
            return number + 1
    raise ParseError(f"found no line with {quote(after)}, expected one before the table")


def _choose(tables: Sequence[Pipes], options: Options, start: int) -> Pipes:
    needed = {header(name) for name in options.headers}
    fitting = [table for table in tables if table.line >= start and needed <= set(table.names)]
    if not fitting:
        conditions = [f"{key} = {value!r}" for key in ("headers", "after") if (value := getattr(options, key))]
        columns = "; ".join(names(table.names) for table in tables[:5]) or "none"
        expected = " and ".join(conditions) or "at all"
        raise ParseError(f"found {len(tables)} tables, none fits {expected}; their columns: {columns}")
    chosen = fitting[0] if options.after else max(fitting, key=lambda table: len(table.rows))
    if not chosen.rows:
        raise ParseError(f"found a table with the columns {names(chosen.names)} and no rows")
    return chosen


@cache
def _blocks() -> MarkdownIt:
    """Reads the blocks of a text, so that a table inside a code block does not count; leaves inline marks as written."""
    return MarkdownIt("commonmark", {"html": True}).enable("table").disable(["inline", "text_join"])


@cache
def _inline() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("strikethrough")


def tables(text: str) -> Iterator[Pipes]:
    """Every table of the text outside of code blocks, in order."""
    rows: list[list[str]] = []
    line = 0
    for token in _blocks().parse(text):
        if token.type == "table_open":
            rows, line = [], token.map[0] if token.map else 0
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and rows:
            rows[-1].append(token.content)
        elif token.type == "table_close":
            yield Pipes(names=unique(header(plain(cell)) for cell in rows[0]), rows=rows[1:], line=line)
            rows = []


def plain(written: str) -> str:
    """The text of a piece of inline Markdown."""
    if not MARKS.isdisjoint(written):
        return fold("".join(_text(token) for outer in _inline().parseInline(written) for token in outer.children or ()))
    return fold(written)


def _text(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak", "html_inline"):
        return " " if token.type != "html_inline" or token.content.lower().startswith("<br") else ""
    return token.content


def _visible(text: str) -> str:
    """The text without inline marks, line by line; HTML blocks as written."""
    return "\n".join(plain(token.content) if token.type == "inline" else token.content for token in _blocks().parse(text))
