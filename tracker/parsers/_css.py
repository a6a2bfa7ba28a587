"""CSS selectors over an lxml tree: Beautiful Soup (with lxml named) selects, lxml keeps the elements.

A copy of the part in question is handed to Beautiful Soup with every element numbered; what it
selects is found again by its number. Only boards that name a selector pay for this.
"""

from __future__ import annotations

from copy import deepcopy
from functools import cache

import bs4
import soupsieve
from lxml import etree

from tracker.parsers._html import Element

NUMBER = "data-tracker-number"
SHOWN_ROWS = 3
"""How many rows of each table a selector of tables can look at (`table:has(th.score)`)."""


@cache
def selector(text: str) -> soupsieve.SoupSieve:
    """The selector compiled. Raises ValueError when it is none."""
    try:
        return soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, TypeError) as error:
        raise ValueError(f"{text!r} is no CSS selector: {' '.join(str(error).split())}") from error


class Selection:
    """One part of a tree, ready to be selected from."""

    def __init__(self, part: Element, *, outline: bool = False) -> None:
        """`outline`: only the first rows of each table are looked at, so that a large table costs nothing."""
        self.elements = list(part.iter(etree.Element))
        for number, element in enumerate(self.elements):
            element.set(NUMBER, str(number))
        seen = deepcopy(part)
        seen.tail = None
        if outline:
            _shorten(seen)
        self.soup = bs4.BeautifulSoup(etree.tostring(seen, encoding="unicode", method="html"), "lxml")
        self.tags = {int(str(tag[NUMBER])): tag for tag in self.soup.find_all(attrs={NUMBER: True})} if not outline else {}

    def all(self, css: str) -> list[Element]:
        """Every element that fits, in order."""
        return [self.elements[_number(tag)] for tag in selector(css).select(self.soup)]

    def first(self, css: str, within: Element) -> Element | None:
        """The first element inside `within` that fits; None without one."""
        tag = self.tags.get(int(within.get(NUMBER, "-1")))
        found = None if tag is None else selector(css).select_one(tag)
        return None if found is None else self.elements[_number(found)]


def _number(tag: bs4.Tag) -> int:
    return int(str(tag[NUMBER]))


def _shorten(part: Element) -> None:
    """Cut every table after its first rows."""
    for table in part.iter("table"):
        for row in list(table.iter("tr"))[SHOWN_ROWS:]:
            parent = row.getparent()
            if parent is not None:
                parent.remove(row)
