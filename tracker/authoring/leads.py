"""Find everything in a body that may be a table: HTML tables and repeated elements, flight arrays, JSON, CSV, Markdown, YAML."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from tracker.authoring.documents import Spot, beside, labelled, spots
from tracker.errors import ParseError
from tracker.model import Parse
from tracker.parsers import csv_table, flight, json_ld, markdown_table, yaml_records
from tracker.parsers.decoding import decode, header, unique
from tracker.parsers.devalue import is_packed, unpacked
from tracker.parsers.html_table import OWN_TEXT, TABLES, Section, first_row, own_text, page_of, sections
from tracker.parsers.html_tree import TEXT, Element, ancestors, children, inner_text, root_of, scripts
from tracker.parsers.script_source import assignments, literal
from tracker.parsers.strict_json import load

MAX_SCRIPTS = 60
MAX_ASSIGNMENTS = 200
MAX_TABLES = 250
MAX_ELEMENTS = 60_000
"""Maximum number of elements outside of tables that are examined."""
MAX_NAMED = 400
"""Columns of a CSV beyond these are not examined."""
MIN_CELLS = 2
"""Minimum number of like elements without marks in a row for them to be its cells."""
MAX_CLASSES = 8
"""Classes of an element by which rows are recognised; of a cell, the first two are."""
MIN_REPEATED = 5
"""Minimum number of like elements for them to be rows."""

_MARKDOWN = re.compile(r"^ {0,3}(?=[^\n|]*\|)\|? *:?-+:? *(?:\| *:?-+:? *)*+\|? *$", re.MULTILINE)
_ASSIGNS = re.compile(
    r"(?:^|[;{}(,]|\b(?:const|let|var)\s)\s*[A-Za-z_$][\w$.]*\s*(?::[^=\n]*)?=\s*(?:[\[{`]|JSON)|\bexport\s+default\b"
    r"|[\w$]\((?:(?:[^()\n]|\([^()\n]*\)){1,200},)?\s*[\[{]",
    re.MULTILINE,
)
_YAML = re.compile(r"(?:(?:[ \t]*#[^\n]*|---[^\n]*|%[^\n]*|[ \t]*)\n)*(?:- |-\n|[\w.\"' -]+:(?: |\n))")
"""A mapping or a list, after remarks and the start of a document."""
_TEMPLATE = re.compile(r"([A-Za-z_$][\w$]*)\s*=\s*`([^`]{10,})`")
_FLIGHT = re.compile(rb"[0-9a-f]{0,8}:(?:[\[{\"IHT]|[0-9a-f]+,)")
_DATE = re.compile(r"(?:19|20)\d\d-?\d\d-?\d\d")
_WORD = re.compile(r"\w")
_CLASS = re.compile(r"[A-Za-z_][\w-]*")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_ROWS = ("tr", "li", "div", "article", "section", "a")
_RUN = re.compile(r"|module|(?:text|application)/(?:x-)?(?:java|ecma)script", re.IGNORECASE)


_PLACES = frozenset(("after", "caption", "select"))
"""Options that name the place of a table on its page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """Ways to declare one table, the plainest first, with its columns and its number of rows (0 if unknown).

    `place` says where it is: its caption, heading, path or variable. `first` are the cells of its first row (empty if unknown),
    which distinguish it from others. `loose` ones are repeated elements, which may be anything.
    """

    ways: tuple[Parse, ...]
    columns: tuple[str, ...]
    size: int = 0
    place: str = ""
    first: frozenset[str] = frozenset()
    loose: bool = False


def leads(body: bytes) -> Iterator[Lead]:
    """All leads. A part of the body that cannot be read gives none. Raises ParseError if the body is not text."""
    text = decode(body).replace("\r\n", "\n").replace("\r", "\n")
    start = text.lstrip()[:1]
    if start == "<":
        yield from _of_page(body, text)
    elif start in ("{", "["):
        document = _loaded(text)
        yield from _documents("json_records", {}, document)
        if document is None and start == "{":
            yield from _documents("json_lines", {}, [_loaded(line) for line in text.splitlines() if line.strip()])
    if _FLIGHT.match(body):
        yield from _flight(body)
    found = list(_markdown(text)) if _MARKDOWN.search(text) else []
    found += (lead for lead in _yaml(text) if lead.columns) if text.startswith("---\n") else ()
    if start != "<" and "<table" in text:  # in Markdown
        found += _elements(text)
    if not found and start not in ("<", "{", "["):
        found = list(_script(text)) if _ASSIGNS.search(text) else []
        found = found or list(_of_text(text))
    yield from found


def _script(text: str) -> Iterator[Lead]:
    yield from _assigned(text)
    for match in islice(_TEMPLATE.finditer(text), MAX_ASSIGNMENTS):  # CSV in a template string
        yield from _csv(match[2], {"inside": rf"re:\b{re.escape(match[1])}\s*=\s*`([^`]*)`"})


def _of_text(text: str) -> Iterator[Lead]:
    if _YAML.match(text.lstrip()):
        yield from _yaml(text)
    yield from _csv(text, {})


def _csv(text: str, options: Mapping[str, object]) -> Iterator[Lead]:
    try:
        head, *rows = [line for _, line in csv_table._lines(text, csv_table._delimiter(text, ()))]  # noqa: SLF001
    except (ParseError, ValueError):
        return
    columns = _numbered(unique(header(name) for name in head[:MAX_NAMED]))
    if len(rows) < 2 or Counter(map(len, rows[:MAX_NAMED])).most_common(1)[0][0] > len(head):
        return
    if len(head) > 2 * MIN_REPEATED and all(_DATE.fullmatch(row[0]) for row in rows if row):
        yield Lead(ways=(Parse(format="csv_table", options={**options, "layout": "wide"}),), columns=("$key", "$value"))
        return
    yield Lead(ways=(Parse(format="csv_table", options=options),), columns=columns, size=len(rows))
    if any(map(csv_table.FIGURE.fullmatch, head)):
        ways = (Parse(format="csv_table", options={**options, "headless": True}),)
        yield Lead(ways=ways, columns=_numbered([""] * len(head)), size=1 + len(rows))


def _numbered(names: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, each once; a column without a name has its number."""
    return tuple(dict.fromkeys(name or f"${at}" for at, name in enumerate(names, 1)))


def _markdown(text: str) -> Iterator[Lead]:
    blocks = markdown_table.blocks_of(text)
    lines = blocks.lines
    found = list(islice(markdown_table.tables(blocks), MAX_TABLES))
    longest = max((len(table.rows) for table in found), default=0)
    for table in found:
        names = tuple(filter(None, table.names))[:6]
        ways = [] if len(table.rows) < longest else [Parse(format="markdown_table", options={})]
        ways.append(Parse(format="markdown_table", options={"headers": names}))
        above = [line for line in lines[: table.line] if line.strip()]
        title = next((line for line in reversed(above) if line.startswith("#")), "")
        markers = [text for text in dict.fromkeys((*above[-1:], title)) if text and sum(text in line for line in lines) == 1]
        ways += [Parse(format="markdown_table", options={"after": text, "headers": names}) for text in markers]
        row = next(filter(any, table.rows), ())
        twins = [other.names for other in found if other is not table]
        yield Lead(
            ways=_lasting(ways, table.names, twins),
            columns=_numbered(table.names),
            size=len(table.rows),
            place=title.strip("# "),
            first=frozenset(markdown_table.plain(cell, blocks.references) for cell in row) - {""},
        )


def _lasting(ways: Iterable[Parse], names: Iterable[str], others: Iterable[Iterable[str]]) -> tuple[Parse, ...]:
    """The ways to identify a table, those by its place first if another has its columns too that may be longer tomorrow."""
    if not any({*names} <= {*other} for other in others):
        return tuple(ways)
    return tuple(sorted(ways, key=lambda way: (_PLACES.isdisjoint(way.options), "first" not in way.options)))


def _yaml(text: str) -> Iterator[Lead]:
    try:
        document = yaml_records.load(text)
    except ParseError:
        yield Lead(ways=(Parse(format="yaml_records"),), columns=())  # reading it gives the reason
        return
    yield from _documents("yaml_records", {}, document)


def _loaded(text: str) -> object:
    try:
        return load(text, allow_nan=True)
    except (ParseError, RecursionError, ValueError):
        return None


def _documents(name: str, options: Mapping[str, object], document: object) -> Iterator[Lead]:
    """The lists in a document."""
    for spot in spots(document):
        if name == "json_lines" and not spot.options.keys() <= {"explode"}:
            continue  # its records are the lines
        ways = [Parse(format=name, options={**options, **spot.options})]
        if name in ("json_records", "json_lines"):
            ways.append(Parse(format=name, options={**options, **spot.options, "allow_nan": True}))
        place = " ".join(str(value) for name, value in (*options.items(), *spot.options.items()) if isinstance(value, str))
        yield Lead(ways=tuple(ways), columns=spot.columns, size=spot.size, place=place)


def _assigned(script: str) -> Iterator[Lead]:
    """The values that a script assigns to names."""
    try:
        found = list(assignments(script))
    except ParseError:
        return
    number, values = Counter(name for name, _ in found), {}
    found = [(name, place) for name, place in found if name[-1] not in ":)" or number[name] == 1]
    for name, place in sorted(found, key=lambda pair: pair[0][-1] in ":)")[:MAX_ASSIGNMENTS]:
        if script[place : place + 400].lstrip()[:1] not in ("[", "{") and "JSON.parse" not in script[place : place + 30]:
            continue
        try:
            values[name] = literal(script, place)
        except (ParseError, RecursionError):
            continue
        yield from _documents("js_literal", {"variable": name}, values[name])
    variables = {name: value for name, value in values.items() if name[-1] not in ":)"}
    for spot in (*beside("", values), *labelled("", variables or values)):  # the parts of a table are in several variables
        names = spot.fields or tuple(str(spot.options[part]) for part in ("records", "header"))
        yield Lead(ways=(Parse(format="js_literal", options={"variable": names, **spot.options}),), columns=spot.columns)


def _flight(body: bytes) -> Iterator[Lead]:
    try:
        stream = flight.Stream.of(flight.stream_in(body))
        rows = [stream.value(name) for name in stream.with_all((b"[{",))]
        rendered = b'"table"' in stream.body and b"<table" not in body
        tables = [*_tables(page_of(body, flight=True).root)] if rendered else []
    except (ParseError, RecursionError):
        return
    found = [spot for row in rows for spot in spots(row) if spot.kind == "list" and spot.fields]
    for spot in found:
        yield Lead(ways=tuple(_arrays(spot, found)), columns=spot.columns, size=spot.size)
    for lead in tables:
        yield replace(lead, ways=tuple(replace(way, options={"flight": True, **way.options}) for way in lead.ways))


def _arrays(spot: Spot, found: Sequence[Spot]) -> Iterator[Parse]:
    """The fields that distinguish an array from the others: those that the fewest others have."""
    others = [set(other.fields) for other in found if other is not spot]
    rare = sorted(spot.fields, key=lambda name: sum(name in other for other in others))[:4]
    for fields in (rare[:2], rare):
        require = tuple(sorted(fields, key=spot.fields.index))
        yield Parse(format="flight", options={"require": require, "min_records": min(3, spot.size)})


def _of_page(body: bytes, page: str) -> Iterator[Lead]:
    yield from _flight(body)
    for attributes, content in islice(scripts(page), MAX_SCRIPTS):
        kind = attributes.get("type", "").partition(";")[0].strip()
        if kind.lower() == "application/json" and (name := _script_name(attributes, page)):
            document = _loaded(content)
            packed = {"devalue": True} if is_packed(document) else {}
            yield from _documents("json_records", {"script": name, **packed}, unpacked(document) if packed else document)
        elif _RUN.fullmatch(kind) and "__next_f" not in content:
            yield from _assigned(content)
    yield from _linked(page)
    yield from _elements(page)


def _script_name(attributes: Mapping[str, str], page: str) -> str:
    """What `script` calls an element: its id, or an attribute that no other script of the page has; "" if there is none."""
    named = [f"{name}={value}" for name, value in attributes.items() if value]
    alone = (name for name in named if sum(_has_attribute(other, name) for other, _ in scripts(page)) == 1)
    return attributes.get("id") or next(alone, "")


def _has_attribute(attributes: Mapping[str, str], named: str) -> bool:
    name, _, value = named.partition("=")
    return attributes.get(name) == value


def _linked(page: str) -> Iterator[Lead]:
    try:
        things = list(json_ld.objects(page))
    except (ParseError, RecursionError):
        return
    for thing in things[:MAX_SCRIPTS]:
        kind, name = thing.get("@type"), thing.get("name")
        for spot in spots(thing) if isinstance(kind, str) else ():
            if spot.kind == "list" and "explode" not in spot.options:
                options: dict[str, object] = {"type": kind, "records": spot.options["records"]}
                if isinstance(name, str) and sum(other.get("@type") == kind for other in things) > 1:
                    options["name"] = name
                yield Lead(ways=(Parse(format="json_ld", options=options),), columns=spot.columns, size=spot.size)


def _elements(page: str) -> Iterator[Lead]:
    try:
        root = root_of(page)
    except ParseError:
        return
    yield from _tables(root)
    yield from _repeated(root)


def _tables(root: Element) -> Iterator[Lead]:
    try:
        found = sections([root])[:MAX_TABLES]
    except ParseError:
        return
    sizes = [*map(len, found)]
    titles = _titles(root)
    for section, size in zip(found, sizes, strict=True):
        names = tuple(dict.fromkeys(filter(None, section.names)))
        if size < 2 or not names:
            continue
        alone = [Parse(format="html_table", options={})] if size == max(sizes) else []
        title = titles.get(section.table)
        named = _named(section, names, title if Counter(titles.values())[title] == 1 else None)
        ways = _lasting((*alone, *named), names, [other.names for other in found if other is not section])
        caption = next(map(inner_text, children(section.table, "caption")), "")
        place = caption or (inner_text(title) if title else "")
        yield Lead(ways=ways, columns=_numbered(section.names), size=size, place=place, first=first_row(section))


def _titles(root: Element) -> dict[Element, Element | None]:
    """The heading before each table that has one."""
    titles, last = {}, None
    for element in root.css(f"{', '.join(HEADINGS)}, {TABLES}"):
        last = element if element.tag in HEADINGS else last
        titles[element] = last
    return {element: title for element, title in titles.items() if element is not title}


def _named(section: Section, names: tuple[str, ...], title: Element | None) -> Iterator[Parse]:
    """The ways to identify the table: by its headers, as the first with them, by its caption, by an id, by its heading."""
    yield Parse(format="html_table", options={"headers": names[:6]})
    yield Parse(format="html_table", options={"headers": names[:6], "first": True})
    if text := next(map(inner_text, children(section.table, "caption")), ""):
        yield Parse(format="html_table", options={"caption": text})
    for element in (section.table, *islice(ancestors(section.table), 4)):
        if _CLASS.fullmatch(element.id or ""):
            yield Parse(format="html_table", options={"select": f"#{element.id}"})
    if title is not None and section.table.tag == "table" and (text := inner_text(title)):
        heading = f"{title.tag}:-soup-contains({json.dumps(text, ensure_ascii=False)})"
        yield Parse(format="html_table", options={"select": f"{heading} ~ table, {heading} ~ * table", "first": True})


def _repeated(root: Element) -> Iterator[Lead]:
    """Rows outside of tables: repeated elements, recognised by a data- attribute or a class."""
    elements = list(islice((element for element in root.traverse() if element.tag in _ROWS), MAX_ELEMENTS))
    counted = Counter(mark for element in elements for mark in _marks(element))
    seen: set[frozenset[Element]] = set()
    for mark, number in counted.most_common(80):
        if number < MIN_REPEATED:
            return
        tag, by, name = mark
        css = {"attribute": f"{tag}[{name}]", "class": f"{tag}.{name}", "inside": f"{name} > {tag}"}[by]
        rows = [element for element in elements if mark in _marks(element)]
        if frozenset(rows) not in seen and (columns := _cells_of(rows, table_rows=tag == "tr")):
            seen.add(frozenset(rows))
            yield Lead(ways=(Parse(format="html_table", options={"rows": css}),), columns=columns, size=number, loose=True)


def _marks(element: Element) -> tuple[tuple[str, str, str], ...]:
    """The marks that like rows share, in the order of the page."""
    tag = str(element.tag)
    marked = [(tag, "attribute", str(name)) for name in element.attributes if _is_data(str(name))]
    if tag != "tr":
        marked += [(tag, "class", name) for name in _classes(element, MAX_CLASSES)]
        outer = element.parent if not marked else None
        marked += [(tag, "inside", name) for name in (_lists(outer) if outer is not None else ())]
    return tuple(dict.fromkeys(marked))


def _lists(outer: Element) -> Iterator[str]:
    """The selectors of the element around rows without marks: by its class, or a list by its id, or alone."""
    if names := _classes(outer)[:1]:
        yield f"{outer.tag}.{names[0]}"
    elif outer.tag in ("ol", "ul"):
        yield f"{outer.tag}#{outer.id}" if _CLASS.fullmatch(outer.id or "") else str(outer.tag)


def _is_data(name: str) -> bool:
    return name.startswith(("data-", "x-")) and bool(_CLASS.fullmatch(name))


def _cells_of(rows: Sequence[Element], *, table_rows: bool) -> tuple[str, ...]:
    """The columns that most rows have: attributes of the row itself, and marked elements in it that hold only text."""
    sample = rows[:60]
    counted = Counter(name for row in sample for name in _inside(row, table_rows=table_rows))
    return tuple(name for name, number in counted.items() if 2 * number >= len(sample))[:40]


def _inside(row: Element, *, table_rows: bool) -> Iterator[str]:
    found = [f"@{name}" for name in row.attributes if _is_data(name)]
    found += [OWN_TEXT] if _WORD.search(own_text(row)) else []
    for part in islice(() if table_rows else row.traverse(), 1, 80):
        if _has_own_text(part):
            names = [f"css:{part.tag}.{name}" for name in _classes(part)]
            names += [f"css:[{name}]" for name in part.attributes if _is_data(name)]
            names += [f"css:[itemprop={part.attributes[name]}]" for name in part.attributes if name == "itemprop"]
            found += names or _termed(part, row) or _around(part, row)
    return iter(dict.fromkeys(found))


def _has_own_text(part: Element) -> bool:
    """Whether an element holds text of its own, or only text."""
    pieces = list(part.iter(include_text=True))
    return any(piece.tag == TEXT and _WORD.search(piece.text_content or "") for piece in pieces)


def _termed(part: Element, row: Element) -> list[str]:
    """The selector of a description by its term: `<dt>Accuracy</dt><dd>91.5%</dd>`."""
    terms = [inner_text(term) for term in row.css("dt")]
    before = next((other for other in _before(part) if other.tag == "dt"), None) if part.tag == "dd" else None
    text = inner_text(before) if before is not None else ""
    if not text or next(term for term in terms if text in term) != text:  # the first that contains the text is selected
        return []
    return [f"css:dt:-soup-contains({json.dumps(text, ensure_ascii=False)}) + dd"]


def _before(part: Element) -> Iterator[Element]:
    """The siblings before an element, the nearest first."""
    other = part.prev
    while other is not None:
        yield other
        other = other.prev


def _around(part: Element, row: Element) -> list[str]:
    """The selector of an element without marks: the marked element around it, and its tag if that has other text as well."""
    outer = next((outer for outer in ancestors(part) if outer == row or any(_classes(outer))), row)
    if outer == row:
        alike = [other for other in children(row, str(part.tag)) if not _classes(other)]
        if part.tag in HEADINGS or (alike == [part] and row.css_first(str(part.tag)) == part):
            return [f"css:{part.tag}"]
        if part not in alike or len(alike) < MIN_CELLS:
            return []
        return [f"css:{part.tag}:nth-of-type({1 + sum(other.tag == part.tag for other in _before(part))})"]
    around = f"css:{outer.tag}.{_selected_by(outer, row)}"
    return [around if inner_text(outer) == inner_text(part) else f"{around} {part.tag}"]


def _selected_by(outer: Element, row: Element) -> str:
    """The class, or both classes, by which an element is the first in its row; its first class if neither is."""
    names = _classes(outer)
    within = [element for element in islice(row.traverse(), 1, 80) if element.tag == outer.tag]
    for chosen in (*([name] for name in names), names):
        if next(element for element in within if {*chosen} <= {*_classes(element, MAX_CLASSES)}) == outer:
            return ".".join(chosen)
    return names[0]


def _classes(element: Element, most: int = 2) -> list[str]:
    return [name for name in (element.attributes.get("class") or "").split()[:most] if _CLASS.fullmatch(name)]
