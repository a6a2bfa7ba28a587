"""Tables in Markdown text such as a README (GitHub Flavored Markdown, https://github.github.com/gfm/#tables-extension-)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import SURPLUS, Table
from tracker.parsers._options import TableOptions
from tracker.parsers.cell_text import markup_text
from tracker.parsers.decoding import (
    decode,
    find_facts,
    fold,
    fold_cell,
    header,
    in_toml,
    names,
    places_in,
    quote,
    refuse_markup,
    unique,
)
from tracker.parsers.limits import MAX_CELLS, MAX_LINES, MAX_MARKS, MAX_PIECES, at_most
from tracker.wording import count

MARKS = frozenset("\\`*_[]<>&!~")
"""A cell without any of these is plain text."""
_WORDS = r"((?:[^\[\]\\`*_<>&!~^]|(?<=[^\W_])_(?=[^\W_]))+)(?<!\s)"
WHOLE = re.compile(rf"{_WORDS}|(\*\*|`)(?!\s){_WORDS}\2|(\*\*|)\[(\*\*|`|)(?!\s){_WORDS}\5\]\([^\s()<>\\]*\)\4")
"""A cell that is one text, link, bold text or code: most are."""
_MATH = re.compile(r"\$((?:\\(?:textbf|mathbf|bf|underline|text|mathrm)\b\s*\{?)*[-+]?\.?[0-9][^$]*?(?:\\|[_^]\{)[^$]*)\$")
"""A figure in TeX: `$71.2_{\\pm 0.3}$`, `$\\mathbf{71.2} \\pm 0.3$`."""
_SCRIPT = re.compile(r"[_^]\{")
_SET = re.compile(r"\\[a-zA-Z]+\s*|[{}]")
FOOTNOTE = re.compile(r"\[\^[^\[\]\s]{1,40}\]")
"""Not in the standard, but on GitHub: `GPT-4[^1]`."""
STRUCK = re.compile(r"(?<!~)(?:~~(?!\s)(?P<two>(?:[^~]|(?<!~)~(?!~))+)(?<!\s)~~|~(?!\s)(?P<one>[^~]+)(?<!\s)~)(?!~)")
SHORT_DELIMITERS = re.compile(
    r"^(?P<header>(?! {0,3}(?:>|(?:[-*+]|[0-9]+[.)])\s))[^\n|]*+\|[^\n]*+\n)"
    r"(?P<row>(?=[^\n|]*+\|) {0,3}\|? *:?-+:? *(?:\| *:?-+:? *)*+\|? *)$",
    re.MULTILINE,
)
"""A line with cells, outside of lists and quotes, and one of delimiters below it."""
_NOTHING: dict[str, Any] = {}
LOWEST = 7
"""The level of bold lines and rules, below those of headings."""
BOLD_LINE = re.compile(r"(\*\*|__)(?!\s)[^*_\n]+(?<!\s)\1:?")
HTML_HEADING = re.compile(r"<h([1-6])\b", re.IGNORECASE)
DETAILS = re.compile(r"<(/?)details\b", re.IGNORECASE)

PICTURES = re.compile(r"(?:\[?!\[[^\]]*+\](?:\([^)]*+\)|\[[^\]]*+\])(?:\]\([^)]*+\))?\s*+|<img\b[^<>]*+>\s*+)++", re.IGNORECASE)


class Options(TableOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `markdown_table`. Of several tables that fit, the first one after `after` is taken, by default the longest."""

    headers: Annotated[tuple[str, ...], Meta(description="Columns that the table must have.")] = ()
    after: Annotated[
        str,
        Meta(
            description="Text of a line before the table (a heading, a sentence, an HTML comment), in the same section, which"
            " ends at a heading, or, unless it has a heading itself, at a bold line, a rule or `</details>`; part of it is"
            " enough."
        ),
    ] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipes:
    """A table with the Markdown of its cells. `line` is its first line, `lines` are those of its rows, counted from 0."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    line: int
    lines: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocks:
    """A text as blocks, with the targets of its reference links."""

    text: str
    tokens: Sequence[Token]
    references: dict[str, object]

    @property
    def lines(self) -> list[str]:
        """The lines, as numbered in the tokens."""
        return self.text.split("\n")


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The rows of the table, with links, emphasis and escapes resolved to their text. Empty rows and pictures are left out.

    Raises:
        ParseError: no table fits, or it has no rows, none of the wanted columns, or a row with more cells than its header
            (unless SURPLUS is wanted).
    """
    text = decode(body)
    if text.lstrip()[:9].lower().startswith(("<!doctype", "<html")):
        refuse_markup(text, "Markdown")
    blocks = blocks_of(text)
    table = _choose(list(tables(blocks)), options, _section(blocks, options.after))
    surplus = _surplus(table, blocks)
    if (found := next(filter(None, surplus), None)) and SURPLUS not in wanted:
        raise ParseError(found)
    if table.rows and not table.rows[-1][-1] and text.endswith(blocks.lines[table.lines[-1]]):
        raise ParseError("found a last row without its last cells and without a line end: the file is cut off")
    marked = [
        (row, mark)
        for row, mark in zip(table.rows, surplus, strict=True)
        if not _is_picture(row) and any(plain(cell, blocks.references) for cell in row)
    ]
    rows = [row for row, _ in marked]

    place_of = places_in(table.names)

    def column(name: str) -> Sequence[str | None] | None:
        if name == SURPLUS:
            return [mark for _, mark in marked] if found else None
        at = place_of(name)
        return None if at is None else [plain(row[at], blocks.references) for row in rows]

    columns = {want: cells for want in dict.fromkeys(wanted) if (cells := column(want)) is not None}
    if not columns:
        raise ParseError(f"found none of the wanted columns ({names(wanted)}) in the table; it has {names(table.names)}")
    lines = list(zip(*columns.values(), strict=True))
    kept = [lines[row] for row in options.rows_kept(column, len(rows))]
    return Table(columns=tuple(columns), rows=kept, facts=find_facts(options.facts, lambda: _visible(blocks)))


def _choose(tables: Sequence[Pipes], options: Options, section: range) -> Pipes:
    fitting = [table for table in tables if table.line in section and None not in map(places_in(table.names), options.headers)]
    if not fitting:
        conditions = [f"{key} = {in_toml(value)}" for key in ("headers", "after") if (value := getattr(options, key))]
        columns = "; ".join(names(table.names) for table in tables[:5]) or "none"
        expected = " and ".join(conditions) or "at all"
        raise ParseError(f"found {count(len(tables), 'table')}, none fits {expected}; columns: {columns}")
    chosen = fitting[0] if options.after else max(fitting, key=lambda table: len(table.rows))
    if not any(map(any, chosen.rows)):
        raise ParseError(f"found a table with the columns {names(chosen.names)} and no rows")
    return chosen


def _surplus(table: Pipes, blocks: Blocks) -> list[str | None]:
    """What is wrong with each row that has more cells than the header, since a `|` inside a name shifts the cells after it.

    Surplus cells in every row have no name in the header, and shift nothing.
    """
    lines, size = blocks.lines, len(table.names)
    cells = [_cells(lines[line]) for line in table.lines]
    surplus = [any(row[size:]) for row in cells]
    return [
        f"found {len(row)} cells in line {line + 1}, the header has {size}: {quote(lines[line])}" if odd else None
        for row, line, odd in zip(cells, table.lines, surplus if not all(surplus) else [False] * len(cells), strict=True)
    ]


def _is_picture(row: Sequence[str]) -> bool:
    """Whether a row has one cell with text, and that is pictures only, such as a chart below the entries."""
    written = [cell for cell in row if cell.strip()]
    return len(written) == 1 < len(row) and bool(PICTURES.fullmatch(written[0]))


def _cells(line: str) -> list[str]:
    """The cells of a row, as the standard splits it."""
    cells = [cell.strip() for cell in escapedSplit(line.strip().lstrip("> \t"))]
    if cells and not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return cells


def _section(blocks: Blocks, after: str) -> range:
    """The lines in which the table may begin: from the marker to the end of the section around it or below it."""
    if not after:
        return range(len(blocks.lines))
    marker = next((number for number, line in enumerate(blocks.lines) if after in line), None)
    if marker is None:
        raise ParseError(f"found no line with {quote(after)}, expected one before the table")
    headings = list(_headings(blocks))
    level = next((level for line, level in headings if line == marker), 0)
    later = [(line, level) for line, level in headings if line > marker]
    if not level and later and not any(line.strip() for line in blocks.lines[marker + 1 : later[0][0]]):
        level = later.pop(0)[1]
    end = next((line for line, other in later if other <= (level or LOWEST)), len(blocks.lines))
    return range(marker + 1, min(end, _end_of_details(blocks.lines, marker)))


def _headings(blocks: Blocks) -> Iterator[tuple[int, int]]:
    """The line and the level of every heading; lines of bold text and rules, which end the sections of texts, rank below them."""
    before = ""
    for token in blocks.tokens:
        if token.map is None:
            pass
        elif token.type == "heading_open":
            yield token.map[0], int(token.tag[1:])
        elif token.type == "html_block" and (heading := HTML_HEADING.search(token.content)):
            yield token.map[0], int(heading[1])
        elif token.type == "hr" or (before == "paragraph_open" and BOLD_LINE.fullmatch(token.content)):
            yield token.map[0], LOWEST
        before = token.type


def _end_of_details(lines: Sequence[str], marker: int) -> int:
    """The line that closes the `<details>` around the marker, or the number of lines."""
    depth = 0
    for number, line in enumerate(lines[marker + 1 :], marker + 1):
        for closing in DETAILS.findall(line):
            depth += -1 if closing else 1
            if depth < 0:
                return number
    return len(lines)


@cache
def _blocks() -> MarkdownIt:
    """Reads the blocks of a text, so that a table inside a code block does not count; leaves inline marks as written."""
    return MarkdownIt("commonmark", {"html": True}).enable("table").disable(["inline", "text_join"])


@cache
def _inline() -> MarkdownIt:
    inline = MarkdownIt("commonmark", {"html": True})
    inline.inline.ruler.before("emphasis", "footnote", _skip_footnote)
    inline.inline.ruler.before("emphasis", "struck", _strike)
    inline.add_render_rule("image", _image)
    return inline


def _image(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
    """An image as its text, which beside other text is a logo or a badge: left out, as struck text is."""
    return f"<s>{escapeHtml(renderer.renderInlineAsText(tokens[at].children, options, env))}</s>"


def _skip_footnote(state: StateInline, silent: bool) -> bool:  # noqa: ARG001 - markdown-it calls it so
    """An inline rule: a reference to a footnote has no text."""
    match = FOOTNOTE.match(state.src, state.pos, state.posMax)
    if match:
        state.pos = match.end()
    return bool(match)


def _strike(state: StateInline, silent: bool) -> bool:
    """An inline rule: text between one or two tildes is struck, as on GitHub."""
    match = STRUCK.match(state.src, state.pos, state.posMax)
    if match and not silent:
        end, group = state.posMax, match.lastgroup or ""
        state.push("s_open", "s", 1)
        state.pos, state.posMax = match.span(group)
        state.md.inline.tokenize(state)
        state.push("s_close", "s", -1)
        state.posMax = end
    if match:
        state.pos = match.end()
    return bool(match)


def blocks_of(text: str) -> Blocks:
    """The blocks of a text."""
    at_most(text.count("\n"), MAX_LINES, "lines of Markdown")
    at_most(text.count("|"), MAX_CELLS, "cells")
    at_most(sum(map(text.count, MARKS)), MAX_MARKS, "marks")
    env: dict[str, dict[str, object]] = {}
    plain_text = SHORT_DELIMITERS.sub(_completed, text.replace("\r\n", "\n").replace("\r", "\n"))
    tokens, markdown = _Tokens(), _blocks()
    markdown.block.parse(plain_text.replace("\0", "\ufffd"), markdown, env, tokens)
    return Blocks(text=plain_text, tokens=tokens, references=env.get("references", {}))


class _Tokens(list[Token]):
    """The tokens of blocks. Of a table's cell only the text is kept: there may be a million."""

    def append(self, token: Token) -> None:
        if token.type in ("th_close", "td_close"):
            cell = self[-1]
            cell.attrs, cell.meta, cell.map, cell.children = _NOTHING, _NOTHING, None, None
        elif token.type not in ("th_open", "td_open"):
            super().append(token)


def _completed(match: re.Match[str]) -> str:
    """A header with a delimiter row as long as itself: GitHub shows no table if it is shorter, other sites do."""
    missing = len(_cells(match["header"])) - len(_cells(match["row"]))
    closed = match["row"].rstrip().removesuffix("|") if missing > 0 else match["row"]
    return match["header"] + closed + "|---" * missing + ("|" if closed != match["row"] else "")


def tables(blocks: Blocks) -> Iterator[Pipes]:
    """Every table of the text outside of code blocks, in order."""
    rows: list[list[str]] = []
    lines: list[int] = []
    line = 0
    for token in blocks.tokens:
        if token.type == "table_open":
            rows, lines, line = [], [], token.map[0] if token.map else 0
        elif token.type == "tr_open":
            rows.append([])
            lines.append(token.map[0] if token.map else 0)
        elif token.type == "inline" and rows:
            rows[-1].append(token.content)
        elif token.type == "table_close":
            at = next((at for at, row in enumerate(rows[:-1]) if any(row)), 0)  # a header may be empty, for its looks
            columns = unique(header(plain(cell, blocks.references)) for cell in rows[at])
            yield Pipes(names=columns, rows=rows[at + 1 :], line=line, lines=lines[at + 1 :])
            rows = []


def plain(written: str, references: dict[str, object]) -> str:
    """The text of a piece of inline Markdown, without the footnotes that it refers to; its elements are read as in HTML."""
    if "$" in written:
        written = _MATH.sub(
            lambda found: _SET.sub("", _SCRIPT.sub(" ", found[1].replace(r"\pm", "±").replace(r"\%", "%"))), written
        )
    if MARKS.isdisjoint(written) or FOOTNOTE.fullmatch(written):
        return fold_cell(written)
    if whole := WHOLE.fullmatch(written):
        return fold_cell(whole[1] or whole[3] or whole[6])
    at_most(sum(map(written.count, MARKS)), MAX_PIECES, "marks in one cell")
    return markup_text(_inline().renderInline(written, {"references": references}))


def _visible(blocks: Blocks) -> str:
    """The text without inline marks, line by line; HTML blocks as written."""
    return "\n".join(
        fold(plain(token.content, blocks.references)) if token.type == "inline" else token.content for token in blocks.tokens
    )
