"""CSS selectors over an lxml tree: Beautiful Soup (with lxml named) selects, lxml keeps the elements.

Every element of the part in question is numbered and handed to Beautiful Soup; what it selects is
found again by its number. Only boards that name a selector pay for this.
"""

from __future__ import annotations

from functools import cache

import bs4
import soupsieve
from lxml import etree

from tracker.parsers.html_tree import Element

NUMBER = "data-tracker-number"
SHOWN_ROWS = 6
"""How many members of each table and row group a selector of tables can look at (`table:has(th.score)`)."""


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
        hidden = _hide_rows(part) if outline else []
        self.elements = list(part.iter(etree.Element))
        for number, element in enumerate(self.elements):
            element.set(NUMBER, str(number))
        seen = etree.tostring(part, encoding="unicode", method="html", with_tail=False)
        for parent, rows in hidden:
            parent.extend(rows)
        self.soup = bs4.BeautifulSoup(seen, "lxml")
        self.tags = {_number(tag): tag for tag in self.soup.descendants if isinstance(tag, bs4.Tag) and NUMBER in tag.attrs}

    def all(self, css: str) -> list[Element]:
        """Every element that fits, in order."""
        return [self.elements[_number(tag)] for tag in selector(css).select(self.soup) if NUMBER in tag.attrs]

    def first(self, css: str, within: Element) -> Element | None:
        """The first element inside `within` that fits; None without one."""
        tag = self.tags.get(int(within.get(NUMBER, "-1")))
        found = None if tag is None else selector(css).select_one(tag)
        return None if found is None else self.elements[_number(found)]


def _number(tag: bs4.Tag) -> int:
    return int(str(tag[NUMBER]))


def _hide_rows(part: Element) -> list[tuple[Element, list[Element]]]:
    """Take the later rows out of every table; what was taken, with where it belongs (at the end)."""
    hidden = [
        (group, list(group)[SHOWN_ROWS:]) for group in part.iter("table", "thead", "tbody", "tfoot") if len(group) > SHOWN_ROWS
    ]
    for group, rows in hidden:
        for row in rows:
            group.remove(row)
    return hidden
