"""HTML tables: the one that fits is found, its spans are expanded, its last header row names the columns.

With the option `rows` any elements can be rows; their cells are then named by selectors and attributes.
Standard: https://html.spec.whatwg.org/multipage/tables.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from tracker.errors import DeclarationError, ParseError
from tracker.model import Table
from tracker.parsers._options import CommonOptions, only_regex
from tracker.parsers.cell_text import cell_text
from tracker.parsers.decoding import decode, find_facts, fold, header, names, unique
from tracker.parsers.html_tree import Element, ancestors, children, inner_text, is_hidden, root_of

if TYPE_CHECKING:
    from tracker.parsers._css import Selection

MAX_COLSPAN, MAX_ROWSPAN = 1000, 65534
"""Both as the standard caps them."""
MAX_WIDTH, MAX_CELLS = 5000, 2_000_000
"""No board is larger; a page of a few kilobytes could otherwise ask for any amount of memory."""

GROUPS = ("thead", "tbody", "tfoot")
CELLS = ("td", "th")
SELECTED = re.compile(r"css:(?P<css>.+?)(?:@(?P<attribute>[\w:.-]+))?\Z", re.DOTALL)
ATTRIBUTE = re.compile(r"@([\w:.-]+)\Z")

Line = Sequence[Element | None]
"""The cells of one row by column, None where the row has none."""


class Options(CommonOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `html_table`.

    A column is the text of its header, or `css:SELECTOR` (the text of the first match in the row),
    `css:SELECTOR@attribute`, or `@attribute` (of the row, else of the first element in it that has it).
    Of several tables that fit the one with most rows is taken.
    """

    select: Annotated[
        str,
        msgspec.Meta(
            description="CSS selector of the table, or of an element around it or the rows. It sees the first 6 rows of a table."
        ),
    ] = ""
    caption: Annotated[str, msgspec.Meta(description="The exact text of the table's <caption>.")] = ""
    headers: Annotated[tuple[str, ...], msgspec.Meta(description="Columns that the table must have.")] = ()
    rows: Annotated[str, msgspec.Meta(description="CSS selector of the rows, if they are not table rows.")] = ""
    first: Annotated[bool, msgspec.Meta(description="Take the first matching table instead of the longest.")] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        only_regex(self.facts)
        for css in (self.select, self.rows):
            if css:
                _check(css)


def _check(css: str) -> None:
    from tracker.parsers._css import selector  # noqa: PLC0415 - Beautiful Soup is loaded for boards that name a selector

    selector(css)


def _check_column(css: str) -> None:
    try:
        _check(css)
    except ValueError as error:
        raise DeclarationError(f"columns: {error}") from error


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The rows of the table as a reader sees them; a cell that spans columns or rows stands in each of them.

    Left out are rows without any text, repetitions of the header, and rows of one cell across the whole table (notices).

    Raises:
        ParseError: no table fits, or it has no rows, or none of the wanted columns.
    """
    css = [match["css"] for want in wanted if (match := SELECTED.match(want))]
    for one in css:
        _check_column(one)
    page = decode(body)
    if "<table" in page and "</table" not in page:
        raise ParseError("found a table that is not closed, expected </table>: the page is cut off")
    root = root_of(page)
    facts = find_facts(options.facts, lambda: inner_text(root))
    places = _selected(root, options.select) if options.select else [root]
    grid = _elements(root, places, options) if options.rows else _choose(places, options)
    selection = _selection(grid.whole) if css else None
    columns = {want: cells for want in dict.fromkeys(wanted) if (cells := grid.column(want, selection)) is not None}
    if not columns:
        raise ParseError(
            f"found none of the wanted columns ({names(wanted)}) in {len(grid.elements)} rows; the columns are {names(grid.names)}"
        )
    rows = list(zip(*columns.values(), strict=True))
    if not any(cell for row in rows for cell in row):
        raise ParseError(
            f"found {len(rows)} rows with nothing in {names(columns)}, expected values: placeholders of a page that was not loaded"
        )
    return Table(columns=tuple(columns), rows=rows, facts=facts)


# ── which rows ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Rows with their spans expanded: `cells` are aligned with `names`, `elements` are the rows themselves, `whole` is what they stand in."""

    names: tuple[str, ...]
    cells: Sequence[Line]
    elements: Sequence[Element]
    whole: Element

    def column(self, want: str, selection: Selection | None) -> list[str | None] | None:
        """The texts of a wanted column, None when there is no such column."""
        selected, attribute = SELECTED.match(want), ATTRIBUTE.match(want)
        if selected and selection:
            found = [selection.first(selected["css"], row) for row in self.elements]
            name = selected["attribute"]
            return _known([None if one is None else one.attributes.get(name) if name else cell_text(one) for one in found])
        if attribute:
            return _known([_attribute(row, attribute[1]) for row in self.elements])
        if header(want) not in self.names:
            return None
        at = self.names.index(header(want))
        return [_text(line, at) for line in self.cells]


def _known(cells: list[str | None]) -> list[str | None] | None:
    return cells if any(cell is not None for cell in cells) else None


def _text(line: Line, at: int) -> str | None:
    cell = line[at] if at < len(line) else None
    return None if cell is None else cell_text(cell)


def _attribute(row: Element, name: str) -> str | None:
    return next((element.attributes.get(name) or "" for element in row.traverse() if name in element.attributes), None)


def _selection(part: Element, *, outline: bool = False) -> Selection:
    from tracker.parsers._css import Selection  # noqa: PLC0415 - see _check

    return Selection(part, outline=outline)


def _selected(root: Element, css: str) -> list[Element]:
    found = _selection(root, outline=True).all(css)
    if not found:
        raise ParseError(f"found nothing that fits select = {css!r}")
    return found


def _elements(root: Element, places: list[Element], options: Options) -> Grid:
    inside = {element for place in places for element in place.traverse()}
    rows = _shown([row for row in _selection(root).all(options.rows) if row in inside])
    if not rows:
        raise ParseError(f"found nothing that fits rows = {options.rows!r}")
    return Grid(names=(), cells=[()] * len(rows), elements=rows, whole=root)


def _shown(elements: list[Element]) -> list[Element]:
    """Those that the page does not hide; all of them where it hides all, as in a tab that is not chosen."""
    shown = [element for element in elements if not any(map(is_hidden, (element, *ancestors(element))))]
    return shown or elements


def _choose(places: list[Element], options: Options) -> Grid:
    found = sections(places)
    fitting = [section for section in found if _fits(section, options)]
    if not fitting:
        conditions = [f"{key} = {value!r}" for key in ("select", "caption", "headers") if (value := getattr(options, key))]
        said = "; ".join(names(section.names) for section in found[:5]) or "none"
        raise ParseError(f"found {len(found)} tables, none with {' and '.join(conditions) or 'a header'}; their columns: {said}")
    chosen = fitting[0] if options.first else max(fitting, key=len)
    return _grid(chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table in groups of rows; the first `head` rows of the first group name the columns. Spans end with their group, not with the head."""

    table: Element
    names: tuple[str, ...]
    groups: Sequence[Sequence[Element]]
    head: int

    def __len__(self) -> int:
        """How many rows are not of the head."""
        return sum(map(len, self.groups)) - self.head


def sections(places: Sequence[Element]) -> list[Section]:
    """The tables in those parts of a page, in order, each once."""
    tables = dict.fromkeys(table for place in places for table in place.css("table"))
    return [_section(table) for table in tables]


def _fits(section: Section, options: Options) -> bool:
    said = next(map(inner_text, children(section.table, "caption")), "")
    needed = {header(name) for name in options.headers}
    return any(section.names) and needed <= set(section.names) and (not options.caption or said == fold(options.caption))


def _section(table: Element) -> Section:
    groups = _groups(table)
    if not groups:
        return Section(table=table, names=(), groups=(), head=0)
    size = len(groups[0]) if next(ancestors(groups[0][0])).tag == "thead" else _leading(groups[0])
    return Section(table=table, names=_names(expand(groups[0][:size])), groups=groups, head=size)


def _groups(table: Element) -> list[list[Element]]:
    """The rows of the head, the bodies and the foot, and those that stand in none, in order; empty groups left out."""
    groups: list[list[Element]] = [[]]
    for child in children(table, "tr", *GROUPS):
        if child.tag == "tr":
            groups[-1].append(child)
        else:
            groups += [children(child, "tr"), []]
    return [group for group in groups if group]


def _leading(rows: Sequence[Element]) -> int:
    """How many rows name the columns where there is no head: those of header cells only, else the first."""
    size = 0
    while size < len(rows) and (cells := _cells(rows[size])) and all(cell.tag == "th" for cell in cells):
        size += 1
    return max(size, 1)


def _names(lines: Sequence[Line]) -> tuple[str, ...]:
    """The last header row's texts; where two are the same, what stands above them is put in front."""
    width = max(map(len, lines))
    above = [_above(lines, at) for at in range(width)]
    last = Counter(texts[-1] for texts in above)
    return unique(" ".join(texts[-2:]) if last[texts[-1]] > 1 else texts[-1] for texts in above)


def _above(lines: Sequence[Line], at: int) -> list[str]:
    """The texts of a column's header cells from the top down, each cell once, empty ones left out (but never nothing)."""
    cells = dict.fromkeys(line[at] for line in lines if at < len(line))
    texts = [header(inner_text(cell)) for cell in cells if cell is not None]
    return [text for text in dict.fromkeys(texts) if text] or [""]


def _grid(section: Section) -> Grid:
    lines = [(line, row) for group in section.groups for line, row in zip(expand(group), group, strict=True)]
    kept = [(line, row) for line, row in lines[section.head :] if _is_entry(line, section.names)]
    if not kept:
        reason = f"{len(section)} rows, none of them with an entry" if len(section) else "no rows"
        raise ParseError(f"found a table with the columns {names(section.names)} and {reason}: the page was not loaded")
    return Grid(names=section.names, cells=[line for line, _ in kept], elements=[row for _, row in kept], whole=section.table)


def _is_entry(line: Line, columns: tuple[str, ...]) -> bool:
    if len(line) > 1 and len(line) >= len(columns) and all(cell is line[0] for cell in line):
        return False  # one cell across the whole table is a heading or a notice
    if line and line[0] is not None and header(inner_text(line[0])) == columns[0] and tuple(map(_header, line)) == columns:
        return False  # the header, repeated
    return any(cell is not None and inner_text(cell) for cell in line)


def _header(cell: Element | None) -> str:
    return "" if cell is None else header(inner_text(cell))


# ── spans ────────────────────────────────────────────────────────────────────────────────────────


def expand(rows: Sequence[Element]) -> list[Line]:
    """The cells of a row group, each in every place it spans; the first to claim a place keeps it.

    Raises:
        ParseError: the spans ask for more places than any board has.
    """
    if not any(row.css_first("[colspan], [rowspan]") for row in rows):
        return [_cells(row) for row in rows]
    lines: list[Line] = []
    hanging: dict[int, tuple[Element, int]] = {}
    budget = MAX_CELLS
    for number, row in enumerate(rows):
        line = {at: cell for at, (cell, _) in hanging.items()}
        hanging = {at: (cell, left - 1) for at, (cell, left) in hanging.items() if left > 1}
        _place(row, line, hanging, len(rows) - number)
        width = max(line, default=-1) + 1
        budget -= width
        if width > MAX_WIDTH or budget < 0:
            raise ParseError(
                f"found a table of more than {MAX_WIDTH} columns or {MAX_CELLS} cells by its spans, expected a board"
            )
        lines.append([line.get(at) for at in range(width)])
    return lines


def _place(row: Element, line: dict[int, Element], hanging: dict[int, tuple[Element, int]], left: int) -> None:
    """Put a row's cells in the free places; note in `hanging` what reaches into the rows below (at most `left` rows, this one counted)."""
    at = 0
    for cell in _cells(row):
        while at in line:
            at += 1
        across = min(max(_span(cell, "colspan"), 1), MAX_COLSPAN)
        down = min(_span(cell, "rowspan") or left, left)
        for place in range(at, at + across):
            if line.setdefault(place, cell) is cell and down > 1:
                hanging.setdefault(place, (cell, down - 1))
        at += across
        if at > MAX_WIDTH:
            return  # refused by the caller, who sees the width


def _span(cell: Element, name: str) -> int:
    """A span as written; 1 where it is no number; a rowspan of 0 reaches to the end of its group."""
    written = (cell.attributes.get(name) or "1").strip()
    return min(int(written), MAX_ROWSPAN) if written.isascii() and written.isdigit() and len(written) < 12 else 1


def _cells(row: Element) -> list[Element]:
    return children(row, *CELLS)
