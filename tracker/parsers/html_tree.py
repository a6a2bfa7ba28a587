"""HTML read by lxml: the tree, and the visible text of an element.

Standard: https://html.spec.whatwg.org/#the-innertext-idl-attribute
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from tracker.errors import ParseError
from tracker.parsers.decoding import fold

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the type

UNSEEN = ("script", "style", "template", "noscript", "svg", "head")
"""Elements that readers do not see. An `<svg>` may contain a `<title>`, which would become part of a name."""
BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "br", "button", "caption", "dd", "details", "dialog", "div", "dl",
        "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "li", "main", "nav", "ol", "optgroup", "option", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "ul",
    )
)  # fmt: skip
"""Elements that are separate from the text around them; browsers join all others to it."""

SCRIPT = re.compile(r"<script\b([^<>]{0,2000})>", re.IGNORECASE)
SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
MAX_DEPTH = 512
"""Browsers build no deeper tree. libxml2 has a bound only since 2.14, and text is gathered recursively."""
TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
"""Runs inside libxml2, in a percent or two of the time that a page takes."""

ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


def root_of(page: str) -> Element:
    """The tree of a page, without comments (so that `±<!-- -->11` is one text) and elements that readers do not see.

    Raises:
        ParseError: the page has no element, or elements nested deeper than MAX_DEPTH.
    """
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = etree.fromstring(page.replace("\0", "�").encode(), parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(f"found no HTML: {error}") from error
    if root is None:
        raise ParseError("found no element, expected an HTML page")
    if TOO_DEEP(root):
        raise ParseError("found elements nested too deeply to be read, expected a page")
    etree.strip_elements(root, *UNSEEN, with_tail=False)
    return root


def inner_text(element: Element) -> str:
    """The visible text of an element, with white space folded."""
    if len(element) == 0:
        return fold(element.text or "")
    parts: list[str] = []
    _gather(element, parts)
    return fold("".join(parts))


def _gather(element: Element, parts: list[str]) -> None:
    parts.append(element.text or "")
    for child in element:
        gap = " " if child.tag in BLOCKS else ""
        parts.append(gap)
        _gather(child, parts)
        parts.append(gap)
        parts.append(child.tail or "")


def visible(page: str) -> str:
    """The visible text of a page."""
    return inner_text(root_of(page))


def scripts(page: str) -> Iterator[tuple[dict[str, str], str]]:
    """The attributes and the content of every closed `<script>`, in order."""
    start = SCRIPT.search(page)
    while start:
        end = SCRIPT_END.search(page, start.end())
        if end is None:
            return
        attributes = {name.lower(): double or single or bare for name, double, single, bare in ATTRIBUTE.findall(start[1])}
        yield attributes, page[start.end() : end.start()]
        start = SCRIPT.search(page, end.end())
