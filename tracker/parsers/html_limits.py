"""Pages whose tree would cost far more than their bytes are refused before a tree is built.

The algorithm of the HTML standard takes quadratic time in the nesting and in a tag's attributes, and reopens every open
formatting element in each block. https://html.spec.whatwg.org/multipage/parsing.html#reconstruct-the-active-formatting-elements
"""

from __future__ import annotations

import re
from collections import Counter

from tracker.errors import ParseError
from tracker.parsers.limits import MAX_COLUMNS, MAX_ELEMENTS, MAX_ROWS, MAX_TABLES, at_most

MAX_DEPTH = 512
"""Browsers build no deeper tree."""
MAX_ATTRIBUTES = 1000
"""Of one tag."""
MAX_REOPENED, HARMLESS = 500_000, 8
"""Elements that open formatting may add to a page, and the usual number open at a time."""
FEW_TAGS = 40_000
"""Tags up to which a page costs little, whatever they are."""
CHEAP = 20_000_000
"""Open elements times tags up to which nesting costs less than counting it."""

VOID = frozenset(("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"))
CLOSED_BY_THE_NEXT = frozenset(
    ("td", "th", "tr", "tbody", "thead", "tfoot", "caption", "colgroup", "li", "p", "option", "optgroup", "dt", "dd", "rp", "rt")
)
"""Their end tags are optional: they nest only if another element is open between them."""
DRAWING = (
    "circle|clippath|defs|ellipse|g|image|line|lineargradient|marker|mask|path|pattern|polygon|polyline|radialgradient|rect|stop"
    "|symbol|text|tspan|use"
)
"""Elements of SVG that contain only others of SVG, so that a `<path/>` among them is closed."""
FORMATTING = ("b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u")
"""Without `a`, of which only one is open at a time."""

MAY_NEST = re.compile(r"<(?!/|!|td[ >]|tr[ >]|th[ >]|li[ >]|p[ >])")
MAY_FORMAT = re.compile(rf"<(?:{'|'.join(FORMATTING)})[\s/>]")
"""A quick upper bound of the count; few pages need a closer look."""
TAG = re.compile(r"<(/?)([a-z][^\s/>]*)")
_XML = r"""(?:\s++[\w:.-]++="[^"<>]*+")*+\s*+"""
DRAWN = re.compile(rf"<svg{_XML}>(?:[^<>]++|</?(?:{DRAWING}){_XML}/?>|<title>[^<>]*+</title>)*+</svg>")
"""A picture without anything but drawing in it, whatever is around it."""
CLOSED = re.compile(rf"<(?:{DRAWING}){_XML}/>")
FORMATTING_TAG = re.compile(rf"<(/?)({'|'.join(FORMATTING)})(?=[\s/>])([^>]*)")
_VALUE = r"""(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+))?+"""
MANY_ATTRIBUTES = re.compile(rf"<[a-z][^\s/>]*+(?:[\s/]++[^\s/>=][^\s/>=]*+{_VALUE}){{{MAX_ATTRIBUTES + 1}}}")


def refuse_costly(page: str) -> None:
    """Check that a page's tree is about as large as the page.

    Raises:
        ParseError: there are too many elements, tables, rows, or cells in a row; elements are nested deeper than MAX_DEPTH; a tag
            has more than MAX_ATTRIBUTES attributes; or formatting elements that are never closed would be opened again in every
            block.
    """
    page = page.lower()
    tags = page.count("<")
    if tags > FEW_TAGS:
        _refuse_large(page, tags)
    if tags * len(MAY_NEST.findall(page)) > CHEAP and _depth(page) > MAX_DEPTH:
        raise ParseError(f"found elements nested deeper than {MAX_DEPTH} levels, expected a page")
    if MANY_ATTRIBUTES.search(page):
        raise ParseError(f"found a tag with more than {MAX_ATTRIBUTES} attributes, expected a page")
    reopened = _reopened(page) if tags * len(MAY_FORMAT.findall(page)) > MAX_REOPENED else 0
    if reopened > HARMLESS and tags * reopened > MAX_REOPENED:
        raise ParseError(f"found {reopened} formatting elements open at once in {tags} tags, expected a page")


def _refuse_large(page: str, tags: int) -> None:
    # An end tag makes no element, except these two.
    at_most(tags - page.count("</") + page.count("</p>") + page.count("</br"), MAX_ELEMENTS, "elements")
    at_most(page.count("<table"), MAX_TABLES, "tables")
    at_most(page.count("<tr"), MAX_ROWS, "table rows")
    if _cells(page) > MAX_COLUMNS:
        at_most(max(map(_cells, page.split("<tr"))), MAX_COLUMNS, "cells in one row")


def _cells(page: str) -> int:
    return page.count("<td") + page.count("<th")


def _depth(page: str) -> int:
    """The deepest nesting that the tags allow. An end tag counts only if an element of its name is open."""
    opened: Counter[str] = Counter()
    depth = deepest = 0
    for end, name in TAG.findall(DRAWN.sub(lambda picture: CLOSED.sub("", picture[0]), page)):
        if name in VOID or name in CLOSED_BY_THE_NEXT:
            continue
        if not end:
            opened[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif opened[name]:
            opened[name] -= 1
            depth -= 1
    return deepest


def _reopened(page: str) -> int:
    """The number of formatting elements that one block may reopen: of equal ones at most three."""
    opened: Counter[str] = Counter()
    alike: dict[str, set[str]] = {}
    most: Counter[str] = Counter()
    for end, name, attributes in FORMATTING_TAG.findall(page):
        opened[name] = max(opened[name] - 1, 0) if end else opened[name] + 1
        most[name] = max(most[name], opened[name])
        if not end:
            alike.setdefault(name, set()).add(attributes)
    return sum(min(most[name], 3 * len(kinds)) for name, kinds in alike.items())
