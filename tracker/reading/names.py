"""Cleans published text and names: removes invisible characters, and badges and footnotes around a name."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from functools import lru_cache

from tracker.parsers.decoding import ARROWS
from tracker.wording import clean

MAX_CHARS = 300
"""Length of the longest name kept. The longest on a real board has 97 characters."""
MAX_RAW = 2_000
"""Length of the longest text cleaned, before links are resolved."""

BADGES = "".join(map(chr, (*range(0x1F000, 0x1FB00), *range(0x2600, 0x27C0), *range(0x2B00, 0x2C00), 0x200D, 0x20E3)))
"""Emoji and dingbats, which publishers set before or after a name or a number: medals, "checked", "new", kinds of models."""
VARIATION = "\ufe0e\ufe0f"

PLACE = re.compile(r"^\s*(?:[0-9]{1,5}(?:st|nd|rd|th)?\s*[.):]|#\s*[0-9]{1,5}[.):]?)\s+(?=\S)")
"""The place in front of a name."""

_ORDINARY_TEXT = re.compile(r"[!-~]+(?: [!-~]+)*")
_ORDINARY_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/()+@'&,-]*(?: [A-Za-z0-9._:/()+@'&,-]+)*")
LINK = re.compile(r"!?\[([^\[\]]+)\]\((?:https?://|/|#|\.)[^()\s]*\)")
"""A link in Markdown with a target that looks like one."""
_WHOLE_LINK = re.compile(r"!?\[([^\[\]]+)\]\([^()\s]+\)")
_BOLD = re.compile(r"(?<!\S)(\*\*|`)([^*`]+)\1")
"""Bold text, or code."""
_GLUED_NOTE = re.compile(r"(?<=[^\s*])\*\*(?=\S)")
_FOOTNOTE = re.compile(r"(?<=[^\s\[])(?:(?: ?\[[0-9]{1,2}\])+| ?※[0-9]{0,2})$")
_RAISED = "¹²³⁴⁵⁶⁷⁸⁹⁰"
_RAISED_NOTE = re.compile(rf"(?<=[\w)\]]) ?[{_RAISED}]+(?:,[{_RAISED}]+)*$|(?<=\S) ?[\[(]?[{ARROWS}][+-]?[0-9]*[\])]?$")
"""A raised number, or a move."""
_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
    "ABESIJKMHOPCTYXaesijopcyxhdqwABEZHIKMNOPTYXo",
)
"""Cyrillic and Greek letters that look like Latin ones."""
_NOT_LATIN = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z]")
_WIDE_GAP = re.compile(r"\s{2,}")


def clean_text(text: str) -> str:
    """`wording.clean` text in NFC, cut to 300 characters."""
    if len(text) <= MAX_CHARS and _ORDINARY_TEXT.fullmatch(text):
        return text
    return _visible(text[:MAX_RAW])[:MAX_CHARS].rstrip()


def clean_name(text: str) -> str:
    """A name without badges, Markdown and footnotes (`Gemini 3.1 Pro**5th rank in …` → `Gemini 3.1 Pro`); may be empty.

    An ordinary name is unchanged; cleaning twice changes nothing.
    """
    if len(text) <= MAX_CHARS and _ORDINARY_NAME.fullmatch(text):
        return text
    return _cleaned(text[:MAX_RAW])


def note_in(text: str) -> str:
    """The remark that is glued to a name (`5th rank in …` of `Gemini 3.1 Pro**5th rank in …`); empty without one."""
    plain = _BOLD.sub(r"\2", LINK.sub(r"\1", _visible(text[:MAX_RAW]))) if "**" in text else ""
    return clean_text("".join(_GLUED_NOTE.split(plain, maxsplit=1)[1:]))


def without_place(text: str) -> str:
    """The name after the place before it: `1. Gemini 3.1 Pro`, `#2 GPT-6`; a name without a place unchanged."""
    return PLACE.sub("", text, count=1)


def fold_doubled(text: str) -> str:
    """`Anthropic  Anthropic` (a logo's description beside the label) → `Anthropic`; a single space is part of a name."""
    halves = _WIDE_GAP.split(text.strip())
    return halves[0] if len(halves) == 2 and halves[0] == halves[1] else text


@lru_cache(maxsize=4096)
def _cleaned(text: str) -> str:
    while (cleaner := _once(text)) != text:
        text = cleaner
    return text


def _once(text: str) -> str:
    text = _in_one_script(_visible(_well_decoded(text)))
    text = _BOLD.sub(r"\2", LINK.sub(r"\1", text))
    text = text.lstrip(BADGES + VARIATION + " *")
    text = _GLUED_NOTE.split(text, maxsplit=1)[0]
    text = _RAISED_NOTE.sub("", _FOOTNOTE.sub("", text.rstrip(BADGES + VARIATION + " *†‡§¶")))
    link = _WHOLE_LINK.fullmatch(text)
    return (link[1] if link else text)[:MAX_CHARS].rstrip()


def _well_decoded(text: str) -> str:
    """The text that was written as UTF-8 and read as Windows-1252 or Latin-1 (`CafÃ©`); another text unchanged."""
    for encoding in ("cp1252", "latin-1"):
        with suppress(UnicodeError):
            return text.encode(encoding).decode()
    return text


def _in_one_script(text: str) -> str:
    """The text with Latin letters in each word that mixes them with similar letters of other scripts by mistake."""
    if not _NOT_LATIN.search(text):
        return text
    return " ".join(_word_in_one_script(word) for word in text.split(" "))


def _word_in_one_script(word: str) -> str:
    latin = word.translate(_LOOKALIKES)
    return latin if _LATIN.search(word) and not _NOT_LATIN.search(latin) else word


def _visible(text: str) -> str:
    return unicodedata.normalize("NFC", clean(text))
