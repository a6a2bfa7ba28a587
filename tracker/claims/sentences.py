"""Splits an article into sentences: markdown is read as its words, and every sentence keeps the words as written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = ("```", "~~~")
_LINK = re.compile(r"!?\[([^\]\[\n]{0,300}+)\]\([^)\s]{0,1000}+(?:\s[^)\n]{0,300}+)?\)")
_TAG = re.compile(r"<[!/a-zA-Z][^<>]{0,500}+>")
_EMPHASIS = re.compile(r"[*`]+|(?<!\w)_+|_+(?!\w)|~~")
_LEAD = re.compile(r"^\s*(?:>\s?)*(?P<mark>#{1,6}\s+|(?:[-*+•‣–—]|\d{1,3}[.)])\s+)?")
_RULE = re.compile(r"^\s*(?:[-*_=]\s*){3,}$")
_END = re.compile(r"[.!?…](?=[\"'”’)\]]{0,4}\s)")
_ABBREVIATIONS = frozenset(("vs", "e.g", "i.e", "no", "approx", "ca", "cf", "dr", "mr", "etc", "st", "resp"))
_MOST = 2000
"""A longer stretch without an end is no sentence; it is cut so that the work stays bounded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence. `point`: it is a bullet, and may leave its subject to the line before."""

    text: str
    point: bool = False


def split(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text or a markdown article, in order; code blocks and rules are left out."""
    return tuple(_sentences(text))


def _sentences(text: str) -> Iterator[Sentence]:
    for paragraph, point in _paragraphs(text):
        plain = " ".join(_EMPHASIS.sub("", _TAG.sub(" ", _LINK.sub(r"\1", paragraph))).split())
        for place, one in enumerate(_ended(plain)):
            yield Sentence(text=one, point=point and place == 0)


def _paragraphs(text: str) -> Iterator[tuple[str, bool]]:
    """Lines that belong together; a bullet, a heading or a blank line begins a new one."""
    gathered: list[str] = []
    point = fenced = False
    for line in text.splitlines():
        opening = line.strip().startswith(_FENCE)
        lead = _LEAD.match(line)
        mark = lead["mark"] if lead else None
        if opening or fenced or mark or not line.strip() or _RULE.match(line[:200]):
            if gathered:
                yield " ".join(gathered), point
            gathered, point = [], False
        fenced ^= opening
        if opening or fenced or _RULE.match(line[:200]):
            continue
        if lead is not None and line.strip():
            gathered.append(line[lead.end() :])
            point = point or (mark is not None and not mark.startswith("#"))
        if mark and mark.startswith("#"):
            yield " ".join(gathered), False
            gathered = []
    if gathered:
        yield " ".join(gathered), point


def _ended(text: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(text):
        if _abbreviated(text[max(0, end.start() - 12) : end.start()]):
            continue
        yield from _pieces(text[start : end.end()])
        start = end.end()
    yield from _pieces(text[start:])


def _abbreviated(before: str) -> bool:
    word = before.rpartition(" ")[2].lstrip("(").casefold()
    return word in _ABBREVIATIONS


def _pieces(text: str) -> Iterator[str]:
    text = text.strip().strip("\"“”'‘’").strip()
    for start in range(0, len(text), _MOST):
        yield text[start : start + _MOST]
