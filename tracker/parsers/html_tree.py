"""HTML as browsers read it: the tree of the HTML standard, built by Lexbor, and the visible text of an element.

Standards: https://html.spec.whatwg.org/multipage/parsing.html and https://html.spec.whatwg.org/#the-innertext-idl-attribute
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tracker.errors import ParseError
from tracker.parsers.decoding import fold
from tracker.parsers.html_limits import refuse_costly
from tracker.parsers.limits import MAX_SCRIPTS, at_most

Element = LexborNode

UNSEEN = "script, style, template, noscript, head, title, noembed, noframes, datalist, dialog:not([open])"
"""Elements that readers do not see."""
REPLACED = "svg, iframe, object, canvas, audio, video, select"
"""Elements whose text readers do not see, but something else. An `<svg>` may contain a `<title>`, not to be part of a name."""
HIDING = '[hidden], [style*="display" i], [style*="visibility" i]'
HIDING_STYLE = re.compile(r"(?:^|;)\s*(display|visibility)\s*:\s*([a-z-]+)\s*(!\s*important)?\s*(?=;|$)", re.IGNORECASE)
TEXT, COMMENT = "-text", "-comment"
BLOCKS = frozenset(
    """
    address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li listing main menu nav ol optgroup option p plaintext pre search
    section summary table tbody td tfoot th thead tr ul xmp
    """.split()  # noqa: SIM905 - one word a line would fill a screen
)
"""Elements that are separate from the text around them; browsers join all others to it."""

SCRIPT = re.compile(r"<script\b([^<>]{0,2000})>", re.IGNORECASE)
SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w:-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")


def root_of(page: str) -> Element:
    """The tree of a page without elements that readers do not see.

    Hidden elements stay if they contain a whole table or are outside of tables, since many pages hide unselected tabs.

    Raises:
        ParseError: the page has no element, or its tree would be too large.
    """
    refuse_costly(page)
    root = LexborHTMLParser(page).root
    if root is None:
        raise ParseError("found no element, expected an HTML page")
    replaced = root.css(REPLACED)
    for element in filter(_is_between_digits, replaced):
        element.insert_before(" ")
    _remove([*root.css(UNSEEN), *replaced])
    _remove(element for element in root.css(HIDING) if is_hidden(element) and _is_in_table(element))
    return root


def _remove(elements: Iterable[Element]) -> None:
    """Remove elements from their tree, inner ones first, since the inside of a removed element must not be touched again."""
    for element in reversed(dict.fromkeys(elements)):
        element.decompose()


def _is_between_digits(element: Element) -> bool:
    before, after = element.prev, element.next
    if before is None or after is None or not before.tag == after.tag == TEXT:
        return False
    return (before.text_content or "")[-1:].isdigit() and (after.text_content or "")[:1].isdigit()


def _is_in_table(element: Element) -> bool:
    return any(ancestor.tag == "table" or ancestor.attributes.get("role") == "row" for ancestor in ancestors(element))


def is_hidden(element: Element) -> bool:
    """Whether the page itself hides the element; style sheets are not read."""
    attributes = element.attributes
    if "hidden" in attributes:
        return True
    declared = HIDING_STYLE.findall(attributes.get("style") or "")
    valid = {name.lower(): value.lower() for name, value, _ in sorted(declared, key=lambda each: bool(each[2]))}  # the last wins
    return valid.get("display") == "none" or valid.get("visibility") in ("hidden", "collapse")


def ancestors(element: Element) -> Iterator[Element]:
    """The elements around an element, from the inside out."""
    while (parent := element.parent) is not None and parent.tag != "-document":
        yield parent
        element = parent


def children(element: Element, *tags: str) -> list[Element]:
    """The child elements with one of these tags, in order."""
    return [child for child in element.iter() if child.tag in tags]


def inner_text(element: Element) -> str:
    """The visible text of an element, with white space folded."""
    first = element.first_child
    if first is None:
        return ""
    if first.next is None and first.tag == TEXT:
        return fold(first.text_content or "")
    return fold("".join(_pieces(element)))


def _pieces(element: Element) -> Iterator[str]:
    """The text of an element in order, with blanks around blocks. Not recursive, since a tree may be deep."""
    waiting: list[Element | str] = []
    waiting += reversed([*element.iter(include_text=True)])
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif node.tag == TEXT:
            yield node.text_content or ""
        elif node.tag != COMMENT:
            if node.tag in BLOCKS:
                waiting.append(" ")
                yield " "
            waiting += reversed([*node.iter(include_text=True)])


def visible(page: str) -> str:
    """The visible text of a page."""
    return inner_text(root_of(page))


def scripts(page: str) -> Iterator[tuple[dict[str, str], str]]:
    """The attributes and the content of every closed `<script>`, in order. Raises ParseError for more than MAX_SCRIPTS."""
    at_most(len(SCRIPT_END.findall(page)), MAX_SCRIPTS, "scripts")
    start = SCRIPT.search(page)
    while start:
        end = SCRIPT_END.search(page, start.end())
        if end is None:
            return
        attributes = {name.lower(): double or single or bare for name, double, single, bare in ATTRIBUTE.findall(start[1])}
        yield attributes, page[start.end() : end.start()]
        start = SCRIPT.search(page, end.end())
