"""HTML read by lxml: the tree, and the text of an element as a reader sees it (https://html.spec.whatwg.org/#the-innertext-idl-attribute)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from tracker.errors import ParseError
from tracker.parsers.decoding import fold

Element = etree._Element  # noqa: SLF001 - lxml has no public name for the type

UNSEEN = ("script", "style", "template", "noscript", "svg", "head")
"""What a reader does not see. An `<svg>` may hold a `<title>` that would otherwise be glued to a name."""
BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "button",
        "caption",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    )
)
"""Elements that stand apart from the text around them; all others are glued to it, as a browser does."""

SCRIPT = re.compile(r"<script\b([^<>]{0,2000})>", re.IGNORECASE)
SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
MAX_DEPTH = 512
"""Browsers build no deeper tree. A bound of our own: libxml2's came with 2.14, and the text of an element is gathered recursively."""
TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
"""Level by level within libxml2: a percent or two of the time that a page takes."""

ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


def root_of(page: str) -> Element:
    """The tree of a page, comments gone (so that `±<!-- -->11` is one text) and without what a reader does not see.

    Raises:
        ParseError: there is no element in it, or it is nested deeper than MAX_DEPTH.
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
    """What a reader sees in an element, white space folded."""
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
    """The text of a whole page as a reader sees it."""
    return inner_text(root_of(page))


def scripts(page: str) -> Iterator[tuple[dict[str, str], str]]:
    """The attributes and the content of every closed `<script>`, in order."""
    start = SCRIPT.search(page)
    while start:
        end = SCRIPT_END.search(page, start.end())
        if end is None:
            return
        yield _attributes(start.group(1)), page[start.end() : end.start()]
        start = SCRIPT.search(page, end.end())


def _attributes(written: str) -> dict[str, str]:
    return {name.lower(): double or single or bare for name, double, single, bare in ATTRIBUTE.findall(written)}
