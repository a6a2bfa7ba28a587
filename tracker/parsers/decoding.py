"""What every parser needs of text: decoding, folding, naming columns, quoting in messages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from tracker.errors import ParseError
from tracker.wording import listed

REGEX = "re:"
"""A fact's locator that begins so is a regular expression with one group; otherwise it is a path."""

DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

# A page may only declare encodings that browsers know; latin-1 means windows-1252 to them (https://encoding.spec.whatwg.org/).
LATIN = frozenset({"iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"})
LEGACY = re.compile(r"(?:iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|shift_jis|euc-jp|iso-2022-jp|gb2312|gbk|gb18030|big5|euc-kr)\Z")


def decode(body: bytes) -> str:
    """The text of a body: UTF-8 (or as its byte order mark says), else the charset its `<meta>` declares.

    Raises:
        ParseError: the body is empty, or its bytes are of neither.
    """
    if not body.strip():
        raise ParseError("found an empty body, expected text")
    for mark, name in BOMS:
        if body.startswith(mark):
            return _decoded(body[len(mark) :], name)
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        declared = _declared(body)
        if declared is None:
            raise ParseError(
                f"found byte 0x{body[error.start]:02x} at {error.start}, expected UTF-8 or a declared charset"
            ) from error
    return _decoded(body, declared)


def _declared(body: bytes) -> str | None:
    found = DECLARED.search(body[:4096])
    name = found.group(1).decode("ascii").lower() if found else ""
    if name in LATIN:
        return "windows-1252"
    return name if LEGACY.match(name) else None


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        raise ParseError(f"found bytes at {error.start} that are not {charset}, which the body declares") from error


def fold(text: str) -> str:
    """White space of every kind (no-break and thin spaces too) folded to single spaces, none at the ends."""
    return " ".join(text.split())


def header(text: str) -> str:
    """A column's name: folded, in NFC, so that two spellings that look the same are the same."""
    return unicodedata.normalize("NFC", fold(text))


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """The names, with ` (2)`, ` (3)` … behind those that occurred before."""
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
    """The text in quotes on one line, cut to `length` characters."""
    folded = fold(text[: length * 4])
    return repr(folded if len(folded) <= length else folded[:length] + "…")


def names(found: Iterable[str], most: int = 12) -> str:
    """Names of columns or records for a message, each once, without an "and" that could be one of them: `A, B`, `none`."""
    known = list(dict.fromkeys(found))
    return listed(known, most) if len(known) > most else ", ".join(known) or "none"


def refuse_markup(text: str, expected: str) -> None:
    """Raise ParseError when the text is an HTML or XML page where something else was due."""
    if text.lstrip()[:1] == "<":
        raise ParseError(f"found a page beginning {quote(text.lstrip())}, expected {expected}; open the address in a browser")


def find_facts(locators: Mapping[str, str], text: Callable[[], str]) -> dict[str, str]:
    """The facts whose locator is a regular expression, searched in `text()` (asked for only when there is one)."""
    patterns = {name: locator[len(REGEX) :] for name, locator in locators.items() if locator.startswith(REGEX)}
    if not patterns:
        return {}
    where = text()
    matches = {name: re.search(pattern, where) for name, pattern in patterns.items()}
    return {name: fold(match.group(1)) for name, match in matches.items() if match and match.group(1) is not None}
