"""HTML tables: finds the table that fits, expands its spans, and names the columns by its last header row.

With the option `rows` any elements are rows, and selectors and attributes name their cells.
Standard: https://html.spec.whatwg.org/multipage/tables.html
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from string import ascii_uppercase
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from tracker.errors import DeclarationError, ParseError
from tracker.model import SURPLUS, Table
from tracker.parsers._options import TableOptions
from tracker.parsers.cell_text import cell_text
from tracker.parsers.decoding import decode, find_facts, fold, header, in_toml, names, places_in, unique
from tracker.parsers.html_tree import TEXT, Element, ancestors, children, inner_text, is_hidden, root_of
from tracker.parsers.limits import MAX_CELLS, MAX_COLUMNS, refuse_wide
from tracker.wording import count

if TYPE_CHECKING:
    from tracker.parsers._css import Selection

MAX_COLSPAN, MAX_ROWSPAN = 1000, 65534
"""The caps of the standard."""

MAX_TITLES = 20
"""Rows above the header."""
GROUPS = ("thead", "tbody")
"""Not `<tfoot>`, whose rows sum up the others."""
CELLS = ("td", "th")
TABLES = "table, [role=table], [role=grid], [role=treegrid]"
"""Tables, and elements that say that they are one. https://www.w3.org/TR/wai-aria-1.2/#table"""
ROLES = {"columnheader": "th", "rowheader": "th", "cell": "td", "gridcell": "td"}
FIGURE = re.compile(r"[^\w]*[0-9][^A-Za-z]*")
SELECTED = re.compile(r"css:(?P<css>.+?)(?:@(?P<attribute>[\w:.-]+))?\Z", re.DOTALL)
_COMPOUND = r"[a-z][a-z0-9]*(?:[.#][a-z][a-z0-9_-]*|\[[a-z][a-z0-9_-]*\])*"
PLAIN = re.compile(rf"{_COMPOUND}(?: (?:> )?{_COMPOUND})*", re.IGNORECASE | re.ASCII)
"""Selectors that are right without a look, as `table.results > tbody tr[data-model]`."""
ATTRIBUTE = re.compile(r"@([\w:.-]+)\Z")
OWN_TEXT = "$text"
"""The column of the text in a row that is in no element inside it: `Heron` of `<li>Heron: <b>91.5</b></li>`."""
_EDGES = re.compile(r"^(?:[—–:|·•,;=-]+ )+|(?: ?[—–:|·•,;=(-]+)+$")
SPANNED = "[colspan], [rowspan], [aria-colspan], [aria-rowspan]"
SPAN = re.compile(r"\s*\+?([0-9]{1,12})")
"""A number as the standard reads it: what follows the digits does not count."""

Line = Sequence[Element | None]
"""The cells of one row by column, None where the row has none."""


class Options(TableOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `html_table`.

    A column is the text of its header, or `css:SELECTOR` (the text of the first match in the row),
    `css:SELECTOR@attribute`, `@attribute` (of the row, or of the first element in it that has one), or `$text` (the row's own).
    Of several tables that fit, the longest is taken.
    """

    select: Annotated[
        str,
        Meta(
            description="CSS selector of the table, or of an element around it or the rows. It sees the first 6 rows of a table."
        ),
    ] = ""
    caption: Annotated[str, Meta(description="The exact text of the table's <caption>.")] = ""
    headers: Annotated[tuple[str, ...], Meta(description="Columns that the table must have.")] = ()
    rows: Annotated[str, Meta(description="CSS selector of the rows, if they are not table rows.")] = ""
    first: Annotated[bool, Meta(description="Take the first matching table instead of the longest.")] = False
    flight: Annotated[
        bool, Meta(description="The table is in the elements of a Next.js flight stream instead of in the page's own markup.")
    ] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        for css in filter(None, (self.select, self.rows)):
            _check(css)


def _check(css: str) -> None:
    """Raises ValueError."""
    if PLAIN.fullmatch(css):
        return
    from tracker.parsers._css import selector  # noqa: PLC0415 - Beautiful Soup is loaded for boards that name such a selector

    selector(css)


@dataclass(frozen=True)  # no slots: a cached property needs a place
class HtmlPage:
    """The tree of a page, from which several tables can be read."""

    root: Element

    @cached_property
    def selection(self) -> Selection:
        """What selectors of rows and cells see."""
        return _selection(self.root)

    @cached_property
    def outline(self) -> Selection:
        """What selectors of tables see."""
        return _selection(self.root, outline=True)

    @cached_property
    def sections(self) -> list[Section]:
        """The tables."""
        return sections([self.root])


def page_of(body: bytes, *, flight: bool = False) -> HtmlPage:
    """The page in a body, or in its `flight` stream. Raises ParseError for other text, and if it is cut off in a table."""
    if flight:
        from tracker.parsers._flight_markup import markup_of  # noqa: PLC0415 - loaded for boards whose table is in a stream

        return HtmlPage(root_of(markup_of(body)))
    page = decode(body)
    if "<table" in page and "</table" not in page:
        raise ParseError("found a table that is not closed, expected </table>: the page is cut off")
    return HtmlPage(root_of(page))


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The rows of the table as readers see them; a cell that spans columns or rows is in each of them.

    Rows without text, repetitions of the header, and rows of one cell across the whole table (notices) are left out.

    Raises:
        ParseError: no table fits, it has no rows or none of the wanted columns, or, unless SURPLUS is wanted, a row is too long.
    """
    return read(page_of(body, flight=options.flight), options, wanted)


def read(page: HtmlPage, options: Options, wanted: Sequence[str]) -> Table:
    """The rows of a table of the page. Raises as `parse`."""
    selectors = [match["css"] for want in (*wanted, *options.where, *options.without) if (match := SELECTED.match(want))]
    try:
        for css in selectors:
            _check(css)
    except ValueError as error:
        raise DeclarationError(f"columns: {error}") from error
    facts = find_facts(options.facts, lambda: inner_text(page.root))
    places = _selected(page, options.select) if options.select else [page.root]
    grid = _elements(page, places, options) if options.rows else _choose(page, places, options)
    if SURPLUS not in wanted and (found := next(filter(None, grid.surplus), None)):
        raise ParseError(found)
    selection = (page.selection if grid.whole is page.root else _selection(grid.whole)) if selectors else None
    columns = {want: cells for want in dict.fromkeys(wanted) if (cells := grid.column(want, selection)) is not None}
    if not columns:
        missing = f"none of the wanted columns ({names(wanted)}) in {len(grid.elements)} rows"
        raise ParseError(f"found {missing}; the columns are {names(grid.names)}")
    rows = list(zip(*columns.values(), strict=True))
    if options.where or options.without:
        rows = [rows[row] for row in options.rows_kept(lambda name: grid.column(name, selection), len(rows))]
    if not any(cell for row in rows for cell in row):
        raise ParseError(f"found {len(rows)} rows without a value in {names(columns)}, expected values: the page was not loaded")
    return Table(columns=tuple(columns), rows=rows, facts=facts)


@dataclass(frozen=True, kw_only=True)  # no slots: a cached property needs a place
class Grid:
    """Rows with expanded spans: `cells` by column, as in `names`; `elements` are the rows, `whole` is the element around them.

    `surplus` says of each row that is longer than the header how long it is.
    """

    names: tuple[str, ...]
    cells: Sequence[Line]
    elements: Sequence[Element]
    whole: Element
    surplus: Sequence[str | None] = ()

    @cached_property
    def place_of(self) -> Callable[[str], int | None]:
        """Gives the place of a named column."""
        return places_in(self.names)

    def column(self, want: str, selection: Selection | None) -> list[str | None] | None:
        """The texts of a wanted column, or None without such a column."""
        selected, attribute = SELECTED.match(want), ATTRIBUTE.match(want)
        if selected and selection:
            matches = [selection.first(selected["css"], row) for row in self.elements]
            if name := selected["attribute"]:
                return _known([None if match is None else match.attributes.get(name) for match in matches])
            return _known([*map(_text, matches)])
        if attribute:
            return _known([_attribute(row, attribute[1]) for row in self.elements])
        if want == OWN_TEXT:
            return _known([own_text(row) or None for row in self.elements])
        if want == SURPLUS:
            return _known(list(self.surplus))
        at = self.place_of(want)
        if at is None:
            return None
        return [_text(line[at]) if at < len(line) else None for line in self.cells]


def _known(cells: list[str | None]) -> list[str | None] | None:
    return cells if any(cell is not None for cell in cells) else None


def _text(cell: Element | None) -> str | None:
    return None if cell is None else cell_text(cell)


def own_text(row: Element) -> str:
    """The text of a row outside of the elements in it, without the signs that separate it from them."""
    texts = (part.text_content or "" for part in row.iter(include_text=True) if part.tag == TEXT)
    return _EDGES.sub("", fold(" ".join(texts)))


def _attribute(row: Element, name: str) -> str | None:
    return next((element.attributes.get(name) or "" for element in row.traverse() if name in element.attributes), None)


def _selection(part: Element, *, outline: bool = False) -> Selection:
    from tracker.parsers._css import Selection  # noqa: PLC0415 - see _check

    return Selection(part, outline=outline)


def _selected(page: HtmlPage, css: str) -> list[Element]:
    matches = page.outline.all(css)
    if not matches:
        raise ParseError(f"found nothing that fits select = {css!r}")
    return matches


def _elements(page: HtmlPage, places: list[Element], options: Options) -> Grid:
    inside = {element for place in places for element in place.traverse()}
    rows = _visible([row for row in page.selection.all(options.rows) if row in inside])
    if not rows:
        raise ParseError(f"found nothing that fits rows = {options.rows!r}")
    return Grid(names=(), cells=[()] * len(rows), elements=rows, whole=page.root)


def _visible(elements: list[Element]) -> list[Element]:
    """The elements that the page does not hide, or all if it hides all, as in an unselected tab."""
    visible = [element for element in elements if not any(map(is_hidden, (element, *ancestors(element))))]
    return visible or elements


def _choose(page: HtmlPage, places: list[Element], options: Options) -> Grid:
    tables = sections(places) if options.select else page.sections
    fitting = [section for section in tables if _fits(section, options)]
    if not fitting:
        conditions = [f"{key} = {in_toml(value)}" for key in ("select", "caption", "headers") if (value := getattr(options, key))]
        columns = "; ".join(names(section.names) for section in tables[:5]) or "none"
        expected = " and ".join(conditions) or "a header"
        raise ParseError(f"found {count(len(tables), 'table')}, none with {expected}; columns: {columns}")
    shown = set(_visible([section.table for section in fitting]))
    fitting = [section for section in fitting if section.table in shown]
    chosen = fitting[0] if options.first else max(fitting, key=len)
    return _grid(chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table in groups of rows. The first `head` rows give the `names`; spans end with their group, not with the header rows."""

    table: Element
    names: tuple[str, ...]
    groups: Sequence[Sequence[Element]]
    head: int

    def __len__(self) -> int:
        """The number of rows below the header rows."""
        return sum(map(len, self.groups)) - self.head


def sections(places: Sequence[Element]) -> list[Section]:
    """The tables in these parts of a page, in order, each once."""
    tables = dict.fromkeys(table for place in places for table in place.css(TABLES) if table.tag == "table" or _has_roles(table))
    return [_section(table) for table in tables]


def _has_roles(element: Element) -> bool:
    """Whether an element with the role of a table has rows of its own by their role, instead of a `<table>`."""
    return element.css_first("table") is None and element.css_first("[role=row]") is not None


def first_row(section: Section) -> frozenset[str]:
    """The texts of the first row of several cells below the header."""
    rows = islice((row for group in section.groups for row in group), section.head, None)
    cells = next((cells for row in rows if len(cells := _cells(row)) > 1), [])[: len(section.names)]
    return frozenset(filter(None, map(_text, cells)))


def _fits(section: Section, options: Options) -> bool:
    caption = next(map(inner_text, children(section.table, "caption")), "")
    if options.caption and caption != fold(options.caption):
        return False
    return any(section.names) and None not in map(places_in(section.names), options.headers)


def _section(table: Element) -> Section:
    groups: Sequence[Sequence[Element]] = _groups(table)
    size = _head(groups)
    for _ in range(MAX_TITLES):
        if (
            size
            and (_is_lettered(groups, size) or all(map(_is_title, groups[0][:size])))
            and _names_columns(below := _below(groups, size))
        ):
            groups, size = below, _head(below)
    return Section(table=table, names=_names(expand(groups[0][:size])) if size else (), groups=groups, head=size)


def _head(groups: Sequence[Sequence[Element]]) -> int:
    """The number of header rows, 0 without rows."""
    if not groups:
        return 0
    return len(groups[0]) if next(ancestors(groups[0][0])).tag == "thead" else _leading(groups[0])


def _below(groups: Sequence[Sequence[Element]], size: int) -> list[Sequence[Element]]:
    return [group for group in (groups[0][size:], *groups[1:]) if group]


def _is_title(row: Element) -> bool:
    """Whether a row has no text, or one cell across several columns."""
    cells = _cells(row)
    return not any(map(_text, cells)) or (len(cells) == 1 and _span(cells[0], "colspan") > 1)


def _is_lettered(groups: Sequence[Sequence[Element]], size: int) -> bool:
    """Whether a header has the names A, B, C … of a spreadsheet's columns, and the row below it a number."""
    texts = "".join(filter(None, map(_text, _cells(groups[0][0])))) if size == 1 else ""
    if len(texts) < 2 or not ascii_uppercase.startswith(texts):
        return False
    number = next((cell for group in _below(groups, size)[:1] for cell in _cells(group[0])), None)
    return number is not None and _is_header(number) and (_text(number) or "").isdecimal()


def _names_columns(groups: Sequence[Sequence[Element]]) -> bool:
    """Whether the first row may be a header below a title: it has no figure, except that a header cell may number the row."""
    cells = _cells(groups[0][0]) if groups else []
    cells = cells[1:] if cells and _is_header(cells[0]) and not all(map(_is_header, cells)) else cells
    return bool(cells) and not any(FIGURE.fullmatch(_text(cell) or "") for cell in cells)


def _groups(table: Element) -> list[list[Element]]:
    """The rows of head and bodies, and rows outside of these, in order; without empty groups."""
    if table.tag != "table":
        return [table.css("[role=row]")]
    groups: list[list[Element]] = [[]]
    for child in children(table, "tr", *GROUPS):
        if child.tag == "tr":
            groups[-1].append(child)
        else:
            groups += [children(child, "tr"), []]
    return [group for group in groups if group]


def _leading(rows: Sequence[Element]) -> int:
    """The number of header rows in a table without a head: the rows of header cells only, or the first row.

    Plain cells of the first row that span rows, beside one that spans columns, make these rows a header of two levels.
    A heading of the rows below it, under a column's name, is none.
    """
    size = 0
    while size < len(rows) and (cells := _cells(rows[size])) and all(map(_is_header, cells)):
        size += 1
    lines = expand(rows[:size])
    while size > 1 and len(lines[0]) > 1 and _is_heading(lines[size - 1]) and _text(lines[size - 2][0]):
        size -= 1
    if not size and any(_span(cell, "colspan") > 1 for cell in _cells(rows[0])):
        return min(max(_span(cell, "rowspan") for cell in _cells(rows[0])), len(rows) - 1) or 1
    return max(size, 1)


def _names(lines: Sequence[Line]) -> tuple[str, ...]:
    """The texts of the last header row; equal ones begin with the text above them."""
    width = max(map(len, lines))
    above = [_above(lines, at) for at in range(width)]
    last = Counter(texts[-1] for texts in above)
    return unique(" ".join(texts[-2:]) if last[texts[-1]] > 1 else texts[-1] for texts in above)


def _above(lines: Sequence[Line], at: int) -> list[str]:
    """The texts of a column's header cells from the top down, each once; `[""]` if all are empty."""
    cells = dict.fromkeys(line[at] for line in lines if at < len(line))
    texts = [header(cell_text(cell)) for cell in cells if cell is not None]
    return [text for text in dict.fromkeys(texts) if text] or [""]


def _grid(section: Section) -> Grid:
    lines = [(line, row) for group in section.groups for line, row in zip(expand(group), group, strict=True)]
    kept = [(line, row) for line, row in lines[section.head :] if _is_entry(line, section.names)]
    if not kept:
        reason = f"{len(section)} rows, none of them with an entry" if len(section) else "no rows"
        raise ParseError(f"found a table with the columns {names(section.names)} and {reason}: the page was not loaded")
    cells = [line for line, _ in kept]
    return Grid(
        names=section.names,
        cells=cells,
        elements=[row for _, row in kept],
        whole=section.table,
        surplus=_surplus(cells, section.names),
    )


def _surplus(lines: Sequence[Line], columns: tuple[str, ...]) -> list[str | None]:
    """What is wrong with each row that has more cells than the header. If most have, the header does not name them all."""
    surplus = [any(map(_text, line[len(columns) :])) for line in lines]
    if sum(surplus) > len(lines) / 2:
        return []
    return [
        f"found {len(line)} cells in row {at}, the header has {len(columns)}: {names(_text(cell) or '' for cell in line)}"
        if odd
        else None
        for at, (line, odd) in enumerate(zip(lines, surplus, strict=True), 1)
    ]


def _is_entry(line: Line, columns: tuple[str, ...]) -> bool:
    if len(line) > 1 and len(line) >= len(columns) and all(cell is line[0] for cell in line):
        return False  # one cell across the whole table is a heading or a notice
    if line and len(columns) > 1 and _is_heading(line):
        return False
    if line and _header(line[0]) == columns[0] and tuple(map(_header, line)) == columns:
        return False  # the header, repeated
    return any(map(_text, line))


def _is_heading(line: Line) -> bool:
    """Whether a row has header cells only, with text in the first one only."""
    return all(cell is not None and _is_header(cell) for cell in line) and {cell for cell in line if _text(cell)} == {line[0]}


def _header(cell: Element | None) -> str:
    return header(_text(cell) or "")


def expand(rows: Sequence[Element]) -> list[Line]:
    """The cells of a row group, each in every place it spans; the first cell in a place keeps it.

    Raises:
        ParseError: the spans cover more places than any board has.
    """
    if not any(row.css_first(SPANNED) for row in rows):
        lines: list[Line] = [_cells(row) for row in rows]
        refuse_wide(lines)
        return lines
    lines = []
    hanging: dict[int, tuple[Element, int]] = {}
    budget = MAX_CELLS
    for number, row in enumerate(rows):
        line = {at: cell for at, (cell, _) in hanging.items()}
        hanging = {at: (cell, left - 1) for at, (cell, left) in hanging.items() if left > 1}
        _place(row, line, hanging, len(rows) - number)
        width = max(line, default=-1) + 1
        budget -= width
        if width > MAX_COLUMNS or budget < 0:
            raise ParseError(f"found spans over more than {MAX_COLUMNS} columns or {MAX_CELLS} cells, expected a board")
        lines.append([line.get(at) for at in range(width)])
    return lines


def _place(row: Element, line: dict[int, Element], hanging: dict[int, tuple[Element, int]], left: int) -> None:
    """Put a row's cells in the free places. `hanging` gets what reaches below, over at most `left` rows including this one."""
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
        if at > MAX_COLUMNS:
            return  # refused by the caller, who sees the width


def _span(cell: Element, name: str) -> int:
    """A span as written; 1 if it is not a number. A rowspan of 0 reaches to the end of its group."""
    written = SPAN.match(cell.attributes.get(name if cell.tag in CELLS else f"aria-{name}") or "")
    return min(int(written[1]), MAX_ROWSPAN) if written else 1


def _cells(row: Element) -> list[Element]:
    if row.tag == "tr":
        return children(row, *CELLS)
    return row.css(", ".join(f"[role={role}]" for role in ROLES))


def _is_header(cell: Element) -> bool:
    return cell.tag == "th" or ROLES.get(cell.attributes.get("role") or "") == "th"
