"""Text for every parser: decoding, folding, naming columns, quoting in messages."""

from __future__ import annotations

import json
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from tracker.errors import EncodingError, ParseError
from tracker.parsers.limits import MAX_BYTES
from tracker.wording import listed

REGEX = "re:"
"""Prefix of a fact's locator that is a regular expression with one group; any other locator is a path."""

DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
NOT_MARKUP = re.compile(rb"<!--.*?-->|<(script|style|title|noscript)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
UNREADABLE = "\ufffd"
BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}

# A page may only declare encodings that browsers know; latin-1 means windows-1252 to them (https://encoding.spec.whatwg.org/).
WESTERN = "windows-1252"
LATIN = frozenset({"iso-8859-1", "latin1", "us-ascii", "ascii", WESTERN, "cp1252"})
CHINESE = frozenset({"gb2312", "gbk", "gb18030", "x-gbk"})
"""Labels of one encoding; gb18030 is its superset."""
LEGACY = re.compile(r"(?:iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|shift_jis|euc-jp|iso-2022-jp|big5|euc-kr)\Z")


def inflated(body: bytes) -> bytes:
    """The content of a body that is a gzip file, such as `scores.json.gz`; any other body unchanged.

    Raises:
        ParseError: the file is damaged, or has more than MAX_BYTES.
    """
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = unpacker.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise EncodingError(f"found a damaged gzip file: {error}") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        reason = f"more than {MAX_BYTES:,} bytes" if unpacker.unconsumed_tail else "its end missing"
        raise EncodingError(f"found a gzip file with {reason}, expected a board")
    return content


def decode(body: bytes, charset: str = "") -> str:
    """The text of a body, with U+FFFD for each unreadable byte.

    The first of these decides: its byte order mark; UTF-8, if at least half of what is not ASCII is valid; `charset`, which the
    response declared; the charset of the page's own `<meta>`.

    Raises:
        ParseError: the body is empty, or in another encoding.
    """
    if not body.strip():
        raise ParseError("found an empty body, expected text")
    for mark, name in BOMS.items():
        if body.startswith(mark):
            return _decoded(body[len(mark) :], name)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        text = body.decode(errors="replace")
        if is_mostly_utf8(text):
            return text
        declared = declared_charset(body, charset)
        if not declared:
            found = f"byte 0x{body[error.start]:02x} at {error.start}"
            raise EncodingError(f"found {found}, expected UTF-8 or a declared charset") from error
    return _decoded(body, declared)


def charset_of(content_type: str) -> str:
    """The charset that a `Content-Type` header declares, or ""."""
    match = re.search(r"charset\s*=\s*[\"']?([A-Za-z0-9_:.-]{1,40})", content_type, re.IGNORECASE)
    return match[1] if match else ""


def is_utf8(body: bytes) -> bool:
    """Whether all bytes are valid UTF-8."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_mostly_utf8(text: str) -> bool:
    """Whether at least half of what is not ASCII in a text could be read."""
    return sum(not letter.isascii() for letter in text) >= 2 * text.count(UNREADABLE)


def declared_charset(body: bytes, charset: str) -> str:
    """The encoding other than UTF-8 that the response or the page declares, or ""."""
    return _legacy(charset) or _legacy(_declared(body))


def _declared(body: bytes) -> str:
    """The charset of the first `<meta>` outside of comments and scripts."""
    match = DECLARED.search(NOT_MARKUP.sub(b"", body[:8192]))
    return match[1].decode("ascii") if match else ""


def _legacy(charset: str) -> str:
    name = charset.lower()
    if name in LATIN:
        return WESTERN
    if name in CHINESE:
        return "gb18030"
    return name if LEGACY.match(name) else ""


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise EncodingError(f"found bytes at {error.start} that are not {charset}, as declared") from error


def fold(text: str) -> str:
    """Text with white space of every kind (no-break and thin spaces too) folded to single spaces, and none at the ends."""
    return " ".join(text.split())


GROUPING = re.compile(r"(?<=[0-9])[\u00a0\u2006-\u2009\u202f](?=[0-9]{3}(?![0-9]))")
"""A no-break or thin space that groups digits."""


def fold_cell(text: str) -> str:
    """The text folded, except for no-break spaces that group digits: `1 504` in one cell is one number, `1504 12` is two."""
    if text.isascii():
        return " ".join(text.split())
    return " ".join(GROUPING.sub("\0", text).split()).replace("\0", "\u00a0") if GROUPING.search(text) else fold(text)


def header(text: str) -> str:
    """A column's name, folded and in NFC, so that spellings that look the same are equal."""
    return unicodedata.normalize("NFC", fold(text))


ARROWS = "↑↓▲▼△▽⬆⬇⇧⇩↗↘➚➘▴▾🔼🔽"
"""They show a move up or down."""
DRESSING = "▲▼△▽▴▾↑↓⇅⇵↕⬆⬇⯅⯆🔼🔽\ufe0f*†‡§¶¹²³⁴⁵⁶⁷⁸⁹⁰ⓘℹ🛈❓🏆🥇⭐🔥📈📉 "
"""Sort arrows, footnote marks and signs around a column's name."""


NUMBERED = re.compile(r"\$([0-9]{1,4})")
"""A column by its number, since not every column has a name."""


def places_in(columns: Sequence[str]) -> Callable[[str], int | None]:
    """A function that gives the place of a column, None if there is none.

    It is found by its name, by the only name that differs just in sort arrows and footnote marks, or by `$1`.
    """
    exact: dict[str, int] = {}
    alike: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        exact.setdefault(column, place)
        alike.setdefault(column.strip(DRESSING), []).append(place)

    def place_of(want: str) -> int | None:
        name = header(want)
        if name in exact:
            return exact[name]
        if match := NUMBERED.fullmatch(name):
            return int(match[1]) - 1 if 0 < int(match[1]) <= len(columns) else None
        plain = name.strip(DRESSING)
        matches = alike.get(plain, []) if plain else []
        return matches[0] if len(matches) == 1 else None

    return place_of


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """The names, with ` (2)`, ` (3)` … after repeated ones."""
    taken: dict[str, None] = {}
    last: dict[str, int] = {}
    for name in names:
        new, number = name, last.get(name, 1)
        while new in taken:
            number += 1
            new = f"{name} ({number})"
        last[name] = number
        taken[new] = None
    return tuple(taken)


def quote(text: str, length: int = 60) -> str:
    """The text in quotes, on one line, cut to `length` characters."""
    folded = fold(text[: length * 4])
    return repr(folded if len(folded) <= length else folded[:length] + "…")


def in_toml(value: object) -> str:
    """A text, or a list of texts, as in a TOML file."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)


MAX_NAME = 200
"""Characters of a page's own name in a message."""


def names(texts: Iterable[str], most: int = 12) -> str:
    """Names of columns or records for a message, each once and cut, without an "and" that could be a name: `A, B`, `none`."""
    distinct = list(dict.fromkeys(text if len(text) <= MAX_NAME else text[:MAX_NAME] + "…" for text in texts))
    return listed(distinct, most) if len(distinct) > most else ", ".join(distinct) or "none"


def refuse_markup(text: str, expected: str) -> None:
    """Raise ParseError for an HTML or XML page where `expected` should be."""
    if text.lstrip()[:1] == "<":
        raise ParseError(f"found a page beginning {quote(text.lstrip())}, expected {expected}; open the address in a browser")


def find_facts(locators: Mapping[str, str], text: Callable[[], str]) -> dict[str, str]:
    """The facts whose locator is a regular expression, searched in `text()`, which is called only if there is one."""
    patterns = {name: locator[len(REGEX) :] for name, locator in locators.items() if locator.startswith(REGEX)}
    if not patterns:
        return {}
    searched = text()
    matches = {name: re.search(pattern, searched) for name, pattern in patterns.items()}
    return {name: fold(match.group(1)) for name, match in matches.items() if match and match.group(1) is not None}
