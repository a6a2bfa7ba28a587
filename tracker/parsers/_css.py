"""CSS selectors over an lxml tree: Beautiful Soup (with lxml named) selects, lxml keeps the elements.

Elements are numbered and handed to Beautiful Soup, whose matches are found again by number. Only boards that name a selector
pay for this.
"""

from __future__ import annotations

from functools import cache

import bs4
import soupsieve
from lxml import etree

from tracker.parsers.html_tree import Element

NUMBER = "data-tracker-number"
SHOWN_ROWS = 6
"""Rows of each table and row group that a selector of tables sees (`table:has(th.score)`)."""


@cache
def selector(text: str) -> soupsieve.SoupSieve:
    """The compiled selector. Raises ValueError."""
    try:
        return soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, TypeError) as error:
        raise ValueError(f"{text!r} is not a CSS selector: {' '.join(str(error).split())}") from error


class Selection:
    """A part of a tree to select from."""

    def __init__(self, part: Element, *, outline: bool = False) -> None:
        """`outline`: see only the first rows of each table, so that a large table costs nothing."""
        hidden = _hide_rows(part) if outline else []
        self.elements = list(part.iter(etree.Element))
        for number, element in enumerate(self.elements):
            element.set(NUMBER, str(number))
        markup = etree.tostring(part, encoding="unicode", method="html", with_tail=False)
        for parent, rows in hidden:
            parent.extend(rows)
        self.soup = bs4.BeautifulSoup(markup, "lxml")
        self.tags = {_number(tag): tag for tag in self.soup.descendants if isinstance(tag, bs4.Tag) and NUMBER in tag.attrs}

    def all(self, css: str) -> list[Element]:
        """Every matching element, in order."""
        return [self.elements[_number(tag)] for tag in selector(css).select(self.soup) if NUMBER in tag.attrs]

    def first(self, css: str, within: Element) -> Element | None:
        """The first matching element inside `within`, or None."""
        tag = self.tags.get(int(within.get(NUMBER, "-1")))
        match = None if tag is None else selector(css).select_one(tag)
        return None if match is None else self.elements[_number(match)]


def _number(tag: bs4.Tag) -> int:
    return int(str(tag[NUMBER]))


def _hide_rows(part: Element) -> list[tuple[Element, list[Element]]]:
    """Remove the later rows from every table. Returns them with their parents, to be appended again."""
    groups = part.iter("table", "thead", "tbody", "tfoot")
    hidden = [(group, list(group)[SHOWN_ROWS:]) for group in groups if len(group) > SHOWN_ROWS]
    for group, rows in hidden:
        for row in rows:
            group.remove(row)
    return hidden
