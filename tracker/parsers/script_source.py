"""JavaScript as far as data is written in it: where names are assigned, and what a literal says. Nothing is run.

The lexical grammar is that of https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar. Every pattern here is possessive,
so that hostile text takes time in proportion to its length. Why this is our own: docs/decisions/0018-js-literal.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.errors import ParseError
from tracker.parsers.decoding import quote
from tracker.parsers.strict_json import load, mapping

MAX_DEPTH = 60
"""Levels of a literal that is no JSON. No board needs so many."""
MAX_INTEGER = 40
"""Characters of a hexadecimal, octal or binary number."""
MAX_KEY = 15
"""Digits of a number that is a property's name; JavaScript writes longer ones otherwise."""

_NEW_LINE = r"\n\r\u2028\u2029"
_NAME = r"(?:[^\W\d]|\$)[\w$]*+"
_BLANK = rf"(?:[\s\ufeff]++|//[^{_NEW_LINE}]*+|<!--[^{_NEW_LINE}]*+|/\*(?:[^*]++|\*(?!/))*+\*/)++"
_STRING = r""""(?:[^"\\\n\r]++|\\(?:\r\n|[\s\S]))*+"|'(?:[^'\\\n\r]++|\\(?:\r\n|[\s\S]))*+'"""
_TEMPLATE_PART = r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{))*+"
_REGEX = rf"/(?![*/])(?:[^\\/\[{_NEW_LINE}]++|\\[^{_NEW_LINE}]|\[(?:[^\]\\{_NEW_LINE}]++|\\[^{_NEW_LINE}])*+\])++/\w*+"
_DIGITS = r"[0-9](?:_?[0-9])*+"
_EXPONENT = r"(?:[eE][+-]?[0-9]++)?+"
_NUMBER = (
    rf"(?:0[xX][0-9a-fA-F]++|0[oO][0-7]++|0[bB][01]++|(?:0|(?!0){_DIGITS})(?:\.(?:{_DIGITS})?+)?+{_EXPONENT}|\.{_DIGITS}{_EXPONENT})"
    r"n?+(?![\w$.])"
)
_CODE = (
    rf"(?P<blank>{_BLANK})|(?P<name>{_NAME}(?:\s*+\.\s*+{_NAME})*+)|(?P<number>\.?[0-9][\w.]*+)|(?P<string>{_STRING})"
    rf"|(?P<template>`{_TEMPLATE_PART}(?:`|\$\{{))|(?P<assign>=(?![=>]))|(?P<mark>\+\+|--|[\s\S])"
)
BEHIND_A_VALUE = re.compile(_CODE)
ELSEWHERE = re.compile(rf"(?P<regex>{_REGEX})|{_CODE}")
"""A slash divides behind a value and begins a regular expression elsewhere."""
TEMPLATE_GOES_ON = re.compile(rf"\}}{_TEMPLATE_PART}(?:`|\$\{{)")
LITERAL = re.compile(
    rf"(?:{_BLANK})?+(?:(?P<string>{_STRING}|`{_TEMPLATE_PART}`)|(?P<number>{_NUMBER})|(?P<name>{_NAME})|(?P<mark>[\s\S]))?+"
)
ESCAPE = re.compile(
    r"\\(?:u\{(?P<point>[0-9a-fA-F]{1,6})\}|u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})|(?P<nul>0(?![0-9]))|(?P<sign>\r\n|[\s\S]))"
)
SIGNS = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    **dict.fromkeys(("\n", "\r", "\r\n", "\u2028", "\u2029"), ""),
}
"""What a backslash makes of a sign; before any other it is nothing."""

DECLARING = frozenset({"const", "let", "var"})
WINDOW = re.compile(r"(?:window|self|globalThis)\s*\.\s*")
OPERATORS = frozenset(
    {"return", "typeof", "case", "in", "of", "instanceof", "delete", "void", "throw", "new", "else", "do", "yield", "await"}
)
"""Words behind which a value is due."""
STATEMENTS_BEGIN_BEHIND = frozenset({";", "{", "}", ")"}) | DECLARING
CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None, "Infinity": None}

_json = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=lambda _name: None, object_pairs_hook=mapping)


class JsToken(NamedTuple):
    """A piece of code: its kind, its text, where it ends, whether a line ended before it, and how many brackets are open behind it."""

    kind: str
    said: str
    end: int
    new_line: bool
    depth: int


# ── where names are assigned ─────────────────────────────────────────────────────────────────────


def assignments(script: str, until: int | None = None) -> Iterator[tuple[str, int]]:
    """Each name that is assigned to, with where its value begins.

    Found are `const`, `let` or `var NAME = …`, `window.NAME = …` (also self and globalThis; the name is told without it), and
    `NAME = …` at the start of a statement; never inside a string, a template string, a comment or a regular expression. A name may
    have parts: `App.board`.

    `until`: where the last name ends that matters.

    Raises:
        ParseError: a string, template string, regular expression or comment before that place has no end.
    """
    before: JsToken | None = None
    name, declared = "", -1
    for token in _tokens(script):
        if token.kind == "assign" and name:
            yield name, token.end
        name = _assignable(token, before, declared)
        if until is not None and token.end >= until and not name:
            return
        declared = _declared(token, declared)
        before = token


def _assignable(token: JsToken, before: JsToken | None, declared: int) -> str:
    """The name that is assigned to if `=` comes next; empty for all others."""
    if token.kind != "name" or (before and before.said == "."):
        return ""
    said = "".join(token.said.split())
    if WINDOW.match(said):
        return WINDOW.sub("", said, count=1)
    if before is None or before.said in STATEMENTS_BEGIN_BEHIND or (before.said == "," and token.depth == declared):
        return said
    return said if token.new_line and _is_value(before) else ""


def _declared(token: JsToken, declared: int) -> int:
    """How many brackets are open around the list of declarations that we are in; -1 outside of any."""
    if token.kind == "name" and token.said in DECLARING:
        return token.depth
    return -1 if token.depth < declared or (token.said == ";" and token.depth == declared) else declared


def _is_value(token: JsToken) -> bool:
    """Whether a value may end with the token. A `}` mostly ends a block."""
    if token.kind == "name":
        return token.said not in OPERATORS
    if token.kind == "template":
        return token.said.endswith("`")
    return token.kind in ("number", "string", "regex") or token.said in (")", "]", "++", "--")


def _tokens(script: str) -> Iterator[JsToken]:
    """The tokens of a script. The code inside `${ }` of a template string is code like any other."""
    around: list[str] = []
    end, new_line, value = 0, False, False
    while found := _next(script, end, resumes=around[-1:] == ["`"], value=value):
        resumed = found.re is TEMPLATE_GOES_ON
        kind, said, end = "template" if resumed else found.lastgroup or "", found[0], found.end()
        if kind == "blank":
            new_line = new_line or "\n" in said or "\r" in said
            continue
        if kind == "mark" and (said in "\"'`" or (said == "/" and (not value or script[end : end + 1] == "*"))):
            raise ParseError(
                f"found {quote(script[found.start() :])} at line {_line(script, found.start())} of the script, it has no end"
            )
        _nest(around, kind, said, resumed=resumed)
        token = JsToken(kind, said, end, new_line, len(around))
        yield token
        new_line, value = False, _is_value(token)


def _next(script: str, place: int, *, resumes: bool, value: bool) -> re.Match[str] | None:
    """The token that begins there; None at the end. `resumes`: a `}` goes on with a template string; `value`: the last token was one."""
    resumed = TEMPLATE_GOES_ON.match(script, place) if resumes else None
    return resumed or (BEHIND_A_VALUE if value else ELSEWHERE).match(script, place)


def _nest(around: list[str], kind: str, said: str, *, resumed: bool) -> None:
    """Keep the list of open brackets, with ` for the `${` of a template string."""
    if (resumed or said in (")", "]", "}")) and around:
        around.pop()
    if kind == "template" and said.endswith("${"):
        around.append("`")
    elif said in ("(", "[", "{"):
        around.append(said)


def _line(script: str, place: int) -> int:
    return script.count("\n", 0, place) + 1


# ── what a literal says ──────────────────────────────────────────────────────────────────────────


def literal(script: str, place: int) -> object:
    """The value that begins there: objects, lists, text, booleans and None (undefined, NaN and Infinity too); numbers are text as written.

    `JSON.parse("…")` of one string is read as what is in it, `!0`, `!1` and `void 0` as what minifiers mean by them.

    Raises:
        ParseError: it is an expression (a name, a call, a template string with `${`), has no end, or is nested deeper than MAX_DEPTH.
    """
    begin = LITERAL.match(script, place)
    start = begin.start(begin.lastgroup) if begin and begin.lastgroup else len(script)
    if script[start : start + 1] in ("[", "{"):
        try:
            value, end = _json.raw_decode(script, start)
        except ValueError:
            pass  # no JSON: a literal with more freedom
        except RecursionError as error:
            raise ParseError("found values nested too deeply to be read, expected records") from error
        else:
            _Reader(script, end).end()
            return value
    reader = _Reader(script, start)
    value = reader.value(0)
    reader.end()
    return value


class _Reader:
    """Reads one literal, a token ahead."""

    __slots__ = ("at", "kind", "new_line", "said", "script", "start")

    def __init__(self, script: str, place: int) -> None:
        self.script, self.at = script, place
        self.advance()

    def advance(self) -> None:
        found = LITERAL.match(self.script, self.at)
        self.kind = (found.lastgroup or "") if found else ""
        self.start = found.start(self.kind) if found and self.kind else len(self.script)
        self.said = self.script[self.start : found.end()] if found else ""
        between = self.script[self.at : self.start]
        self.new_line = "\n" in between or "\r" in between
        self.at = found.end() if found else len(self.script)

    def took(self, mark: str) -> bool:
        """Whether the mark comes next; then it is behind us."""
        if self.kind != "mark" or self.said != mark:
            return False
        self.advance()
        return True

    def expect(self, mark: str) -> None:
        if not self.took(mark):
            raise self.unexpected(f"{mark!r}")

    def unexpected(self, expected: str) -> ParseError:
        found = quote(self.script[self.start : self.start + 240]) if self.kind else "the end"
        return ParseError(f"found {found} at line {_line(self.script, self.start)} of the script, expected {expected}")

    def end(self) -> None:
        """Raise ParseError when the value goes on: `[1].map(…)`, `{} || x`."""
        ended = not self.kind or (self.kind == "mark" and self.said in ";,})")
        if not ended and not (self.kind == "name" and self.new_line and self.said not in ("in", "instanceof")):
            raise self.unexpected("the end of the literal: expressions are not read")

    def value(self, depth: int) -> object:
        if depth > MAX_DEPTH:
            raise self.unexpected(f"records of at most {MAX_DEPTH} levels")
        if self.kind == "string":
            return self.text()
        if self.kind == "number":
            return self.number()
        if self.kind == "name":
            return self.word()
        if self.took("["):
            return self.members(depth)
        if self.took("{"):
            return self.properties(depth)
        return self.signed()

    def members(self, depth: int) -> list[object]:
        found = []
        while not self.took("]"):
            found.append(self.value(depth + 1))
            if not self.took(","):
                self.expect("]")
                break
        return found

    def properties(self, depth: int) -> dict[str, object]:
        found = []
        while not self.took("}"):
            name = self.key()
            self.expect(":")
            found.append((name, self.value(depth + 1)))
            if not self.took(","):
                self.expect("}")
                break
        return mapping(found)

    def key(self) -> str:
        if self.kind == "string" and not self.said.startswith("`"):
            return self.text()
        if self.kind == "name" or (self.kind == "number" and self.said.isdecimal() and len(self.said) <= MAX_KEY):
            said = self.said
            self.advance()
            return said
        raise self.unexpected("the name of a property")

    def text(self) -> str:
        inside = self.said[1:-1]
        if self.said.startswith("`"):
            inside = inside.replace("\r\n", "\n").replace("\r", "\n")
        if "\\" in inside:
            inside = ESCAPE.sub(self.unescaped, inside)
            if not inside.isascii():  # two halves of a pair that were escaped one by one
                inside = inside.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        self.advance()
        return inside

    def unescaped(self, escape: re.Match[str]) -> str:
        if code := escape["point"] or escape["unit"] or escape["byte"]:
            if int(code, 16) > 0x10FFFF:
                raise self.unexpected("escapes of characters that exist")
            return chr(int(code, 16))
        if escape["nul"]:
            return "\0"
        sign = escape["sign"]
        if sign in "ux0123456789":
            raise self.unexpected(r"escapes such as \n, \xe9 or \u00e9")
        return SIGNS.get(sign, sign)

    def number(self) -> str:
        said = self.said.replace("_", "")
        if said[:2].lower() in ("0x", "0o", "0b"):
            if len(said) > MAX_INTEGER:
                raise self.unexpected(f"a number of at most {MAX_INTEGER} characters")
            said = str(int(said.removesuffix("n"), 0))
        self.advance()
        return said.removesuffix("n")

    def word(self) -> object:
        if self.said == "JSON":
            return self.parsed()
        if self.said == "void":
            self.advance()
            self.flag()
            return None
        if self.said not in CONSTANTS:
            raise self.unexpected("a literal: names and calls are not read")
        value = CONSTANTS[self.said]
        self.advance()
        return value

    def parsed(self) -> object:
        """What `JSON.parse("…")` gives."""
        for part in ("JSON", ".", "parse", "("):
            if self.said != part:
                raise self.unexpected("JSON.parse of one string")
            self.advance()
        if self.kind != "string":
            raise self.unexpected("JSON.parse of one string")
        written = self.text()
        self.expect(")")
        return load(written)

    def flag(self) -> bool:
        """Whether the number that comes next, 0 or 1, is 0: `!0` is true."""
        if self.said not in ("0", "1"):
            raise self.unexpected("0 or 1 here: expressions are not read")
        said = self.said
        self.advance()
        return said == "0"

    def signed(self) -> object:
        if self.took("!"):
            return self.flag()
        sign = self.said
        if sign not in ("+", "-"):
            raise self.unexpected("a literal: expressions are not read")
        self.advance()
        if self.said == "Infinity":
            return self.word()
        if self.kind != "number":
            raise self.unexpected("a number behind its sign")
        return self.number() if sign == "+" else f"-{self.number()}"
