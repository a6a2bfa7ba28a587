"""The text of a cell as people read it: notes beside a figure or a name are not part of it.

A cell has lines, with LINE between them: a block, a `<br>`, a `<small>` or an element with the class of a badge or a label has
lines of its own. Footnote marks, deltas, badges and struck-out values in elements of their own are left out, unless nothing else
is in the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

from tracker.parsers.decoding import ARROWS, fold_cell
from tracker.parsers.html_tree import BLOCKS, COMMENT, TEXT, Element, inner_text, root_of
from tracker.parsers.limits import MAX_PIECES, counted

LINE = "\n"
"""Separates the lines of a cell. Within a line white space is folded."""

STRUCK = ("del", "s", "strike")
RAISED = ("sup", "sub")
EMPHASIS = frozenset(("b", "strong", "i", "em", "u", "font", "mark", "big", "bdi", "bdo", "wbr"))
"""They only change the look: digits before and after their tags are one number."""
SET_APART = re.compile(
    r"(?<![a-z])(?:badge|chip|pill|tag|label|delta|trend|footnote|muted|subtitle|subtext|secondary|org|organi[sz]ation|provider"
    r"|vendor|creator|developer|company|lab|licen[cs]e)s?(?![a-z])",
    re.IGNORECASE,
)
"""Classes of notes that publishers set beside or under a name or a figure."""
SMALL = re.compile(r"(?<![a-z])(?:text-xs|small)(?![a-z])", re.IGNORECASE)
"""Classes of small text, which is a label unless it is in brackets: `GPT-5 (high)`."""
NUMBERED = re.compile(r"(?<![a-z])(?:rank|position|place|footnote|note)(?![a-z])", re.IGNORECASE)
"""Classes of a place before a name, or a number of a note."""
UNSEEN = re.compile(
    r"(?<![a-z])(?:sr-only|visually-?hidden|screen-reader(?:-text|-only)?|tooltip-?(?:text|content|body))(?![a-z])", re.IGNORECASE
)
"""Classes of text for screen readers and of what appears under the pointer."""
BADGE = re.compile(
    r"new!?|hot!?|updated|trending|sota|featured|sponsored|ad|verified|unverified|recommended|popular|soon|live|deprecated|retired"
    r"|top[ -]pick|(?:open|closed)(?:[ -](?:source|weights?|model))?|proprietary|apache(?:[ -]2(?:\.0)?)?|mit|cc[ -]by[\w .-]*"
    r"|(?:l?gpl|bsd)[\w .-]*",
    re.IGNORECASE,
)
"""Words that publishers set beside names: news, and licences."""
RESOURCE = re.compile(
    r"[\[(]?(?:paper|code|details?|demo|blog(?: post)?|report|github|git|repo|hf|hugging ?face|arxiv|pdf|web(?:site|page)?"
    r"|model card|card|weights|docs|link|more|info|source|📄|📑|🔗)[\])]?",
    re.IGNORECASE,
)
"""Links beside a name that lead to something about it."""
DELTA = re.compile(rf"[\[(]?\s*(?:[{ARROWS}]\ufe0f?\s*[+\-−]?[0-9.,]*%?|[+\-−]?[0-9.,]+%?\s*[{ARROWS}]\ufe0f?)\s*[\])]?")
SIGNED = re.compile(r"[\[(]?[+\-−][0-9][0-9.,]*%?[\])]?")
"""A delta beside a figure, the end of a name beside a name: `<span>GPT</span><span>-4</span>`."""
FIGURE = re.compile(r"[~≈]?[$€£¥]?[0-9][0-9.,\s]*[%$€£¥]?[kKmMbB]?")
SIGN = re.compile(r"[\[(]?(?:[*†‡§¶]{1,3}|※[0-9]{0,2})[\])]?|\[[0-9]{1,2}\]")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\u20e3\ufe0e\ufe0f\\s]+")
"""Emoji and dingbats alone: a badge beside a name."""
NOTE = re.compile(rf"{DELTA.pattern}|{SIGN.pattern}|{BADGE.pattern}|{EMOJI.pattern}", re.IGNORECASE)
_ONE_MARK = r"[\[(]?(?:※?[0-9]{1,2}|[a-z]|[*†‡§¶#※]{1,3})[\])]?"
MARK = re.compile(rf"{_ONE_MARK}(?:[, ]+{_ONE_MARK})*")
"""A footnote mark if its element is one; as plain text it may be a figure."""
TABLE_TAG = re.compile(r"</?(?:table|caption|colgroup|col|thead|tbody|tfoot|tr|td|th)\b[^<>]*>", re.IGNORECASE)
ORDINAL = ("st", "nd", "rd", "th")
POWER_OF_TEN = re.compile(r"(?:^|[×x·*⋅]\s*)10$")

_LINE, _SEAM = "\x1e", "\x1f"
_SPLIT_NUMBER = re.compile(rf"(?<=[0-9])\s*{_SEAM}+\s*(?=[0-9])")
_SPLIT_WORDS = re.compile(rf"(?<=[a-z0-9]){_SEAM}{{2,}}(?=[A-Z][a-z]{{2}})")
"""Between two elements: `<span>Orion 1</span><span>Northlab</span>`."""
_EMPTY_BRACKETS = re.compile(r"\([\s,|/·]*\)|\[[\s,|/·]*\]")
_BOTH_ENDS = re.compile(r"(?<=[0-9%]) (\+[0-9.]+) ([-−][0-9.]+)$")
"""An interval whose ends are raised and lowered after its value."""


@dataclass(frozen=True, slots=True)
class CellPiece:
    """A run of text. An aside is left out if other text is left, a signed number if a figure is left."""

    text: str
    is_aside: bool = False
    is_signed: bool = False


def cell_text(cell: Element) -> str:
    """The lines of a cell, joined by LINE."""
    first = cell.first_child
    if first is None:
        return ""
    if first.next is None and first.tag == TEXT:
        return fold_cell(first.text_content or "")
    pieces = list(counted(_pieces(cell), MAX_PIECES, "elements in one cell"))
    figure = _joined(piece for piece in pieces if not (piece.is_aside or piece.is_signed))
    if FIGURE.fullmatch(figure):
        return figure
    return _joined(piece for piece in pieces if not piece.is_aside) or _joined(pieces)


MOST_TAGS = 50
"""Tags of a cell of data that are read as markup."""
ANY_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def markup_text(markup: str) -> str:
    """The lines of a piece of HTML, as if it were in a cell. The cells of a table in it are on lines of their own.

    Of one with very many tags, the text without them: the time to read nested ones grows with the square of their number.
    """
    if markup.count("<") > MOST_TAGS:
        return fold_cell(unescape(ANY_TAG.sub(" ", markup)))
    cell = root_of(f"<table><tr><td>{TABLE_TAG.sub('<p>', markup)}</td></tr></table>").css_first("td")
    return "" if cell is None else cell_text(cell)


def _joined(pieces: Iterable[CellPiece]) -> str:
    text = _SPLIT_NUMBER.sub(" ", "".join(piece.text for piece in pieces))
    text = _SPLIT_WORDS.sub(" ", text).replace(_SEAM, "")
    lines = (_BOTH_ENDS.sub(r" \1/\2", fold_cell(_EMPTY_BRACKETS.sub("", line))) for line in text.split(_LINE))
    return LINE.join(line for line in lines if line)


def _pieces(cell: Element) -> Iterator[CellPiece]:
    """The texts of a cell in order. Not recursive: a tree may be deep."""
    waiting: list[Element | CellPiece] = []
    waiting += reversed([*cell.iter(include_text=True)])
    before = ""
    while waiting:
        node = waiting.pop()
        if not isinstance(node, CellPiece):
            if node.tag not in (TEXT, COMMENT):
                waiting += reversed(_opened(node, before))
                continue
            node = CellPiece(node.text_content or "" if node.tag == TEXT else "")
        if node.text.strip(_SEAM):
            before = node.text
        yield node


def _opened(element: Element, before: str) -> list[Element | CellPiece]:
    """An element as one piece, or as its members with separators. `before` is the text before it."""
    tag, text, attributes = element.tag or "", inner_text(element), element.attributes
    named = attributes.get("class") or ""
    is_label = tag == "small" or (named and (SET_APART.search(named) or (SMALL.search(named) and text[:1] not in ("(", "["))))
    gap = _LINE if tag in BLOCKS or is_label else ""
    if tag in RAISED and text not in ORDINAL:
        if tag == "sup" and POWER_OF_TEN.search(before.strip()):
            return [CellPiece(f"^{text}")]
        gap = gap or ("" if tag == "sub" and before[-1:].isalpha() else " ")
    is_signed = bool(SIGNED.fullmatch(text)) and bool(gap or before[-1:] in ("(", "[") or before[-1:].isspace())
    is_mark = (tag in RAISED and bool(gap)) or (tag == "a" and (attributes.get("href") or "").startswith("#"))
    if is_signed or (text and _is_aside(tag, text, named, is_mark=is_mark)):
        return [CellPiece(f"{gap or ' '}{text}{gap or ' '}", is_aside=not is_signed, is_signed=is_signed)]
    seam = gap or ("" if tag in EMPHASIS else _SEAM)
    return [CellPiece(seam), *element.iter(include_text=True), CellPiece(seam)]


def _is_aside(tag: str, text: str, named: str, *, is_mark: bool) -> bool:
    """Whether an element is beside the value of its cell. `named` is its class; `is_mark`: it is raised, or a link to a note."""
    if tag in STRUCK or NOTE.fullmatch(text) or (named and UNSEEN.search(named)) or (tag == "a" and RESOURCE.fullmatch(text)):
        return True
    return (is_mark or bool(named and NUMBERED.search(named))) and bool(MARK.fullmatch(text))
