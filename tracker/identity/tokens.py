"""Splits a published name into prefixes and tokens: words, numbers, sizes, dates, quantisations, contexts.

Every pattern is linear: no repeat is inside another, and a name is cut off at `LONGEST` first.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from tracker.wording import UNSAFE

LONGEST = 240
"""A longer text is not a name and is never resolved."""

_ACCENTS = re.compile("[\u0300-\u036f]+")
_UNSEEN = re.compile(f"[{UNSAFE}\ufe00-\ufe0f]+")
_PLAIN = str.maketrans({"_": "-", "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "’": "'", "‘": "'", "`": "'", "´": "'"})
_FOOTNOTE = re.compile(r"\*\*.*$|\[[a-z]+-[a-z]+\]$|\((?:text-to-image|image-edit|image-to-video|text-to-video)\)$")
"""A note of the page: `**5th rank`, `[web-search]`, `(image-edit)`."""
_BEDROCK = re.compile(r"[-:](?:v\d{1,2}:\d{1,2}(?::\d{1,4}k)?|\d:0)$")
"""A model id of Amazon Bedrock ends in the version of its interface: `anthropic.claude-3-haiku-20240307-v1:0`."""
_TAG = re.compile(r":(thinking|online)$")
_TAGS = {"thinking": " (thinking)", "online": " (online harness)"}
"""OpenRouter's ways to switch thinking on, or a search tool."""
_DOTTED = re.compile(r"((?:us|eu|apac|jp|au|ca|global)\.)?([a-z][a-z0-9]{2,20})\.(?=[a-z][a-z0-9]*-|[a-z]+\d)")
_DECIMAL = re.compile(r"(?<=[-_][0-9])_(?=[0-9]{1,2}[bB](?![A-Za-z0-9]))")
"""`stablelm-2-1_6b`: between words split by dashes, this is the dot of 1.6."""
_PLUS = re.compile(r"(?<=[a-z0-9])\+(?![a-z0-9+])")
"""`Command R+`."""
_PATH = re.compile(r"(?:[^\s()\[\]/]+(?:(?<!\d)/|/(?!\d)))+")
"""The leading parts of a path. After a blank or a bracket a slash is prose; between two digits it is part of a date: `03/14`."""
_WITH = re.compile(r"(?<=[ (])w/(o\b)?[ ]?")
"""`w/ tools`, `w/o thinking`."""

_DAY = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH = r"(?:0[1-9]|1[0-2])"
_YEAR = r"20[2-4]\d"
_NAMED = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_END = r"(?![a-z0-9])"
_NO_DIGIT = r"(?<![\d.])"

_CONTEXT = rf"(?:>[ ]?)?{_NO_DIGIT}\d{{1,4}}(?:\.\d)?[km]{_END}|{_NO_DIGIT}(?:2048|4096|8192|16384|32768|65536|131072){_END}"
_TOKEN = re.compile(
    rf"""
     (?P<quant>(?=[abefgimnqw2348])(?<![a-z0-9])(?:i?q[2-8](?:-k(?:-(?:xs|s|m|l|xl))?|-[01k]|-xxs|-xs|-s|-m)?
        |(?:nv|mx)?fp(?:4|8|16|32)|bf16|int[48]|[2348]-?bits?|w[48]a(?:8|16)|awq|gptq|gguf|exl2|mlx|bnb|qat){_END})
    |(?P<active>(?<![a-z0-9])(?:[ae]\d{{1,4}}(?:[.p]\d+)?b|a\d{{2,4}}m){_END})
    |(?P<month>(?=[adfjmnos])(?<![a-z]){_NAMED}\.?(?:[ ]?'[ ]?\d\d|[- ]{_YEAR}|[- ]\d\d)?{_END})
    |(?=[\dv>])(?:
         (?P<date>(?:(?<![a-z0-9])v(?=[012]\d{{3}})|{_NO_DIGIT})(?:2[3-9]-{_MONTH}-{_DAY}|{_YEAR}[-./]?{_MONTH}[-./]?{_DAY}
            |{_YEAR}[-./]?{_MONTH}|{_MONTH}[-./]{_YEAR}|2[3-9]{_MONTH}{_DAY}|2[3-9][-./]?{_MONTH}|{_MONTH}[-/]?{_DAY}
            |{_MONTH}[-/]2[3-9])(?![a-z0-9]|\.\d))
        |(?P<mixture>\d{{1,3}}x\d{{1,4}}(?:\.\d+)?b{_END})
        |(?P<size>{_NO_DIGIT}\d{{1,4}}(?:[.p]\d{{1,3}})?b{_END}|(?<![a-z\d.])\d{{1,2}}(?:\.\d{{1,3}})?t{_END}
            |{_NO_DIGIT}\d{{2,4}}m{_END}(?![ -]?context))
        |(?P<experts>{_NO_DIGIT}\d{{1,3}}e{_END})
        |(?P<context>{_CONTEXT})
        |(?P<pixels>{_NO_DIGIT}\d{{3,4}}p{_END})
        |(?P<number>(?:(?<![a-z0-9])v)?\d+(?:\.\d+)*(?:(?<=\d)p\d{{1,2}}(?=[a-z]?{_END}))?(?:[a-z]{_END})?))
    |(?P<host>(?:(?<=\()|(?<=,[ ]))via[ ][^,()\[\]]+)
    |(?P<word>[^\W\d_]+)
    |(?P<sign>[()\[\]+=,&])
    """,
    re.VERBOSE,
)


class Token(NamedTuple):
    """A piece of a name: its kind, its text in lower case, its place, and the number of its bracket (0: none)."""

    kind: str
    text: str
    start: int
    end: int
    bracket: int = 0


_new = tuple.__new__
"""`Token(…)` in half the time: one name has five."""


def clean(raw: str) -> str:
    """The name in lower case, without accents and invisible characters, with one kind of dash and blank."""
    text = _DECIMAL.sub(".", raw) if "_" in raw and "-" in raw else raw
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN)
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    text = _UNSEEN.sub(" ", text) if not text.isprintable() else text
    text = _FOOTNOTE.sub("", " ".join(text.replace("_", "-").lower().split()))
    text = _WITH.sub(lambda match: "without " if match[1] else "with ", text) if " w/" in text or "(w/" in text else text
    return _PLUS.sub("-plus", text) if "+" in text else text


def split(text: str) -> tuple[tuple[str, ...], str, bool]:
    """The prefixes of a cleaned name, outermost first, the rest, and whether it is the path of a repository.

    `openrouter/meta-llama/…`, `us.anthropic.…`, `Meta: …`
    """
    path = _PATH.match(text) if "/" in text else None
    prefixes = path[0].replace(":", "/").strip("/").split("/") if path else []
    body = text[path.end() :] if path else text
    before, colon, after = body.partition(": ")
    if colon and before and after and "(" not in before:
        prefixes.append(before.strip())
        body = after
    if ":" in body:
        body = _TAG.sub(lambda tag: _TAGS[tag[1]], _BEDROCK.sub("", body))
    dotted = _DOTTED.match(body)
    if dotted:
        prefixes.append(dotted[2])
        body = body[dotted.end() :]
    return tuple(filter(None, prefixes)), body.strip(), path is not None


def tokenize(body: str) -> list[Token]:
    """The tokens of a name without its prefixes, in order. Brackets are numbered, and a comma opens a new one."""
    tokens: list[Token] = []
    inside, count = 0, 0
    for match in _TOKEN.finditer(body.replace(":", " : ") if ":" in body else body):
        kind, text = match.lastgroup or "", match[0]
        if kind != "sign" or text in "+=&":
            start, end = match.span()
            tokens.append(_new(Token, (kind, text, start, end, inside)))
        elif text in "([" or (text == "," and inside):
            count += 1
            inside = count
        elif text in ")]":
            inside = 0
    return tokens
