"""Splits an article into sentences: Markdown is read as its words, and every sentence keeps the words as written."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = ("```", "~~~")
_LINK = re.compile(r"!?\[([^\]\[\n]{0,300}+)\]\([^)\s]{0,1000}+(?:\s[^)\n]{0,300}+)?\)")
_TAG = re.compile(r"<[!/a-zA-Z][^<>]{0,500}+>")
_EMPHASIS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)|~~")
_LEAD = re.compile(r"^\s*(?:>\s?)*(?P<mark>#{1,6}\s+|(?:[-*+•‣–—]|\d{1,3}[.)])\s+)?")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$")
_END = re.compile(r"[.!?…](?=[\"'”’)\]]{0,4}\s)")
_ABBREVIATIONS = frozenset(("vs", "e.g", "i.e", "no", "approx", "ca", "cf", "dr", "mr", "etc", "st", "resp"))
_LONGEST = 2000
"""A longer stretch without an end is cut, so that the work stays bounded."""


def split(text: str) -> tuple[str, ...]:
    """The sentences of a text or a Markdown article, in order; code blocks and rules are left out."""
    return tuple(sentence for paragraph in _paragraphs(text) for sentence in _ended(_plain(paragraph)))


def _plain(paragraph: str) -> str:
    return " ".join(_EMPHASIS.sub("", _TAG.sub(" ", _LINK.sub(r"\1", paragraph))).split())


def _paragraphs(text: str) -> Iterator[str]:
    """Lines that belong together; a bullet, a heading or a blank line begins a new paragraph."""
    gathered: list[str] = []
    fenced = False
    for line in text.splitlines():
        opening = line.strip().startswith(_FENCE)
        lead = _LEAD.match(line)
        mark = (lead["mark"] if lead else None) or ""
        rule = _RULE.match(line[:200])
        if opening or fenced or mark or rule or not line.strip():
            yield " ".join(gathered)
            gathered = []
        fenced ^= opening
        if opening or fenced or rule:
            continue
        if lead is not None and line.strip():
            gathered.append(line[lead.end() :])
        if mark.startswith("#"):
            yield " ".join(gathered)
            gathered = []
    yield " ".join(gathered)


def _ended(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        word = text[max(0, end.start() - 12) : end.start()].rpartition(" ")[2].lstrip("(")
        if word.casefold() not in _ABBREVIATIONS:
            yield from _cut(text[start : end.end()])
            start = end.end()
    yield from _cut(text[start:])


def _cut(text: str) -> Iterator[str]:
    text = text.strip().strip("\"“”'‘’").strip()
    for start in range(0, len(text), _LONGEST):
        yield text[start : start + _LONGEST]
