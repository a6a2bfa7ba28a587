"""CSS selectors over the tree of a page: Beautiful Soup selects in a copy. Only boards that name a selector pay for this."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice

import bs4
import soupsieve
from bs4.element import NavigableString

from tracker.parsers.html_tree import COMMENT, TEXT, Element

SHOWN_ROWS = 6
"""Members of each table and row group that a selector of tables sees (`table:has(th.score)`)."""
ROW_GROUPS = ("table", "thead", "tbody", "tfoot")


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
        self.outline = outline
        self.soup = bs4.BeautifulSoup("", "html.parser", multi_valued_attributes=None)
        self.elements: dict[int, Element] = {}
        self.tags: dict[Element, bs4.Tag] = {}
        open_tags = [(self._copied(part, self.soup), self._members(part))]
        while open_tags:
            tag, members = open_tags[-1]
            child = next(members, None)
            if child is None:
                open_tags.pop()
            elif child.tag == TEXT:
                tag.append(NavigableString(child.text_content or ""))
            elif child.tag != COMMENT:
                open_tags.append((self._copied(child, tag), self._members(child)))

    def _copied(self, element: Element, parent: bs4.Tag) -> bs4.Tag:
        tag = self.soup.new_tag(element.tag or "", attrs={name: value or "" for name, value in element.attributes.items()})
        parent.append(tag)
        self.elements[id(tag)] = element
        self.tags[element] = tag
        return tag

    def _members(self, element: Element) -> Iterator[Element]:
        members = element.iter(include_text=True)
        return islice((child for child in members if child.tag != TEXT), SHOWN_ROWS) if self._is_cut(element) else members

    def _is_cut(self, element: Element) -> bool:
        return self.outline and element.tag in ROW_GROUPS

    def all(self, css: str) -> list[Element]:
        """Every element that fits, in order."""
        return [self.elements[id(tag)] for tag in selector(css).select(self.soup)]

    def first(self, css: str, within: Element) -> Element | None:
        """The first element inside `within` that fits; None without one."""
        tag = self.tags.get(within)
        found = None if tag is None else selector(css).select_one(tag)
        return None if found is None else self.elements[id(found)]
