"""Data in JavaScript: finds assignments to names, and reads literals. Nothing is run.

The lexical grammar is that of https://tc39.es/ecma262/#sec-ecmascript-language-lexical-grammar. Every pattern is possessive, so
that hostile text takes time in proportion to its length. Why this is our own: docs/decisions/0018-js-literal.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from tracker.errors import ParseError
from tracker.parsers.decoding import quote
from tracker.parsers.limits import MAX_TOKENS, counted, refuse_large_json
from tracker.parsers.strict_json import load, mapping

MAX_DEPTH = 60
"""Levels of a literal that is not JSON. No board needs more."""
MAX_INTEGER = 40
"""Characters of a hexadecimal, octal or binary number."""
MAX_KEY = 15
"""Digits of a number that names a property; JavaScript writes longer ones in another form."""

_NEW_LINE = r"\n\r\u2028\u2029"
_NAME = r"(?:[^\W\d]|\$)[\w$]*+"
_BLANK = rf"(?:[\s\ufeff]++|//[^{_NEW_LINE}]*+|<!--[^{_NEW_LINE}]*+|/\*(?:[^*]++|\*(?!/))*+\*/)++"
_STRING = r""""(?:[^"\\\n\r]++|\\(?:\r\n|[\s\S]))*+"|'(?:[^'\\\n\r]++|\\(?:\r\n|[\s\S]))*+'"""
_TEMPLATE_PART = r"(?:[^`\\$]++|\\[\s\S]|\$(?!\{))*+"
_REGEX = rf"/(?![*/])(?:[^\\/\[{_NEW_LINE}]++|\\[^{_NEW_LINE}]|\[(?:[^\]\\{_NEW_LINE}]++|\\[^{_NEW_LINE}])*+\])++/\w*+"
_DIGITS = r"[0-9](?:_?[0-9])*+"
_EXPONENT = r"(?:[eE][+-]?[0-9]++)?+"
_DECIMAL = rf"(?:0|(?!0){_DIGITS})(?:\.(?:{_DIGITS})?+)?+{_EXPONENT}|\.{_DIGITS}{_EXPONENT}"
_NUMBER = rf"(?:0[xX][0-9a-fA-F]++|0[oO][0-7]++|0[bB][01]++|{_DECIMAL})n?+(?![\w$.])"
_VALUE = rf"(?:{_STRING}|-?+\.?[0-9][\w.]*+|(?:true|false|null)(?![\w$.]))"
_CODE = (
    rf"(?P<blank>{_BLANK})|(?P<values>{_VALUE}(?:[\s,:]++{_VALUE})++)|(?P<name>{_NAME}(?:\s*+\.\s*+{_NAME})*+)|(?P<number>\.?[0-9][\w.]*+)|(?P<string>{_STRING})"
    rf"|(?P<template>`{_TEMPLATE_PART}(?:`|\$\{{))|(?P<assign>=(?![=>]))|(?P<mark>\+\+|--|[\s\S])"
)
BEHIND_A_VALUE = re.compile(_CODE)
ELSEWHERE = re.compile(rf"(?P<regex>{_REGEX})|{_CODE}")
"""After a value a slash divides; elsewhere it begins a regular expression. Values in a row, as in data, are one token."""
TEMPLATE_GOES_ON = re.compile(rf"\}}{_TEMPLATE_PART}(?:`|\$\{{)")
LITERAL = re.compile(
    rf"(?:{_BLANK})?+"
    rf"(?:(?P<string>{_STRING}|`{_TEMPLATE_PART}`)|(?P<number>{_NUMBER})|(?P<name>{_NAME})|(?P<mark>[\s\S]))?+"
)
ESCAPE = re.compile(
    r"\\(?:u\{(?P<point>[0-9a-fA-F]{1,6})\}|u(?P<unit>[0-9a-fA-F]{4})|x(?P<byte>[0-9a-fA-F]{2})"
    r"|(?P<nul>0(?![0-9]))|(?P<sign>\r\n|[\s\S]))"
)
SIGNS = dict(zip("ntrbfv", "\n\t\r\b\f\v", strict=True)) | dict.fromkeys(("\n", "\r", "\r\n", "\u2028", "\u2029"), "")
"""The meaning of a sign after a backslash; any other sign means itself."""

_OPENS = {"(": "()", ":": ":"}
_COMPOUND = re.compile(rf"(?:{_BLANK})?+[\[{{]")
DECLARING = frozenset({"const", "let", "var"})
WINDOW = re.compile(r"(?:window|self|globalThis)\s*\.\s*")
OPERATORS = frozenset(
    {"return", "typeof", "case", "in", "of", "instanceof", "delete", "void", "throw", "new", "else", "do", "yield", "await"}
)
"""Words before a value."""
BEFORE_A_STATEMENT = frozenset({";", "{", "}", ")"}) | DECLARING
CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None, "Infinity": None}

_json = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=lambda _name: None, object_pairs_hook=mapping)


class JsToken(NamedTuple):
    """A piece of code: its kind, text and end, whether a line ended before it, and the number of brackets open after it."""

    kind: str
    text: str
    end: int
    new_line: bool
    depth: int


# ── where names are assigned ─────────────────────────────────────────────────────────────────────


def assignments(script: str, until: int | None = None) -> Iterator[tuple[str, int]]:
    """Each name that is assigned to, and the place of its value.

    Finds `const`, `let` or `var NAME = …`, `window.NAME = …` (also self and globalThis; the name is given without it), and
    `NAME = …` at the start of a statement, outside of strings, template strings, comments and regular expressions. A name may
    have parts: `App.board`. `export default …` is assigned to `default`, and a declared name may have a type (`const NAME: T =`).
    An object or list that is the argument of a call is the value of `NAME()`, and that of a property in code of `NAME:`.
    `until`: the end of the last name of interest.

    Raises:
        ParseError: a string, template string, regular expression or comment before `until` does not end, or the script has too
            many values or tokens.
    """
    refuse_large_json(script)
    before: JsToken | None = None
    name, declared, typed = "", -1, False
    for token in counted(_tokens(script), MAX_TOKENS, "pieces of code"):
        typed = (
            bool(name)
            and (typed or (token.text == ":" and token.depth == declared))
            and (token.text, token.depth) != (";", declared)
        )
        if before and before.kind == "name" and (sign := _OPENS.get(token.text)) and _COMPOUND.match(script, token.end):
            yield "".join(before.text.split()) + sign, token.end
        if typed and token.kind != "assign":
            continue
        if token.kind == "assign" and name:
            yield name, token.end
        if token.text == "default" and before and before.text == "export":
            yield "default", token.end
        name = _assignable(token, before, declared)
        if until is not None and token.end >= until and not name and token.kind != "name":
            return
        declared = _declared(token, declared)
        before = token


def _assignable(token: JsToken, before: JsToken | None, declared: int) -> str:
    """The name, if it is assigned to when `=` comes next; otherwise empty."""
    if token.kind != "name" or (before and before.text == "."):
        return ""
    name = "".join(token.text.split())
    if WINDOW.match(name):
        return WINDOW.sub("", name, count=1)
    if before is None or before.text in BEFORE_A_STATEMENT or (before.text == "," and token.depth == declared):
        return name
    return name if token.new_line and _is_value(before) else ""


def _declared(token: JsToken, declared: int) -> int:
    """The number of brackets open around the current list of declarations; -1 outside of any."""
    if token.kind == "name" and token.text in DECLARING:
        return token.depth
    return -1 if token.depth < declared or (token.text == ";" and token.depth == declared) else declared


def _is_value(token: JsToken) -> bool:
    """Whether a value may end with the token. A `}` mostly ends a block."""
    if token.kind == "name":
        return token.text not in OPERATORS
    if token.kind == "template":
        return token.text.endswith("`")
    return token.kind in ("values", "number", "string", "regex") or token.text in (")", "]", "++", "--")


def _tokens(script: str) -> Iterator[JsToken]:
    """The tokens of a script. The code inside `${ }` of a template string is code like any other."""
    around: list[str] = []
    end, new_line, value = 0, False, False
    while match := _next(script, end, resumes=around[-1:] == ["`"], value=value):
        resumed = match.re is TEMPLATE_GOES_ON
        kind, text, end = "template" if resumed else match.lastgroup or "", match[0], match.end()
        if kind == "blank":
            new_line = new_line or "\n" in text or "\r" in text
            continue
        if kind == "mark" and (text in "\"'`" or (text == "/" and (not value or script[end : end + 1] == "*"))):
            at = match.start()
            raise ParseError(f"found {quote(script[at:])} at line {_line(script, at)} of the script, it does not end")
        _nest(around, kind, text, resumed=resumed)
        token = JsToken(kind, text, end, new_line, len(around))
        yield token
        new_line, value = False, _is_value(token)


def _next(script: str, place: int, *, resumes: bool, value: bool) -> re.Match[str] | None:
    """The token at a place; None at the end. `resumes`: a `}` resumes a template string; `value`: the last token was a value."""
    resumed = TEMPLATE_GOES_ON.match(script, place) if resumes else None
    return resumed or (BEHIND_A_VALUE if value else ELSEWHERE).match(script, place)


def _nest(around: list[str], kind: str, text: str, *, resumed: bool) -> None:
    """Update the list of open brackets, with ` for the `${` of a template string."""
    if (resumed or text in (")", "]", "}")) and around:
        around.pop()
    if kind == "template" and text.endswith("${"):
        around.append("`")
    elif text in ("(", "[", "{"):
        around.append(text)


def _line(script: str, place: int) -> int:
    return script.count("\n", 0, place) + 1


# ── literals ──────────────────────────────────────────────────────────────────────────


def literal(script: str, place: int) -> object:
    """The value at a place: objects, lists, text, booleans, None (undefined, NaN and Infinity too); numbers are text, as written.

    `JSON.parse("…")` of one string is parsed; `!0`, `!1` and `void 0` have the meaning that minifiers give them.

    Raises:
        ParseError: it is an expression (a name, a call, a template string with `${`), does not end, or is nested too deeply.
    """
    begin = LITERAL.match(script, place)
    start = begin.start(begin.lastgroup) if begin and begin.lastgroup else len(script)
    if script[start : start + 1] in ("[", "{"):
        try:
            value, end = _json.raw_decode(script, start)
        except ValueError:
            pass  # not JSON, so a literal with more freedom
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

    __slots__ = ("at", "kind", "new_line", "piece", "script", "start")

    def __init__(self, script: str, place: int) -> None:
        self.script, self.at = script, place
        self.advance()

    def advance(self) -> None:
        match = LITERAL.match(self.script, self.at)
        self.kind = (match.lastgroup or "") if match else ""
        self.start = match.start(self.kind) if match and self.kind else len(self.script)
        self.piece = self.script[self.start : match.end()] if match else ""
        between = self.script[self.at : self.start]
        self.new_line = "\n" in between or "\r" in between
        self.at = match.end() if match else len(self.script)

    def took(self, mark: str) -> bool:
        """Whether the mark comes next; if so, skip it."""
        if self.kind != "mark" or self.piece != mark:
            return False
        self.advance()
        return True

    def expect(self, mark: str) -> None:
        if not self.took(mark):
            raise self.unexpected(f"{mark!r}")

    def unexpected(self, expected: str) -> ParseError:
        shown = quote(self.script[self.start : self.start + 240]) if self.kind else "the end"
        return ParseError(f"found {shown} at line {_line(self.script, self.start)} of the script, expected {expected}")

    def end(self) -> None:
        """Raise ParseError when the value goes on: `[1].map(…)`, `{} || x`."""
        if self.kind == "name" and self.piece in ("as", "satisfies") and not self.new_line:
            return  # a type, which says nothing of the value
        ended = not self.kind or (self.kind == "mark" and self.piece in ";,})")
        if not ended and not (self.kind == "name" and self.new_line and self.piece not in ("in", "instanceof")):
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
        members = []
        while not self.took("]"):
            members.append(self.value(depth + 1))
            if not self.took(","):
                self.expect("]")
                break
        return members

    def properties(self, depth: int) -> dict[str, object]:
        properties = []
        while not self.took("}"):
            name = self.key()
            self.expect(":")
            properties.append((name, self.value(depth + 1)))
            if not self.took(","):
                self.expect("}")
                break
        return mapping(properties)

    def key(self) -> str:
        if self.kind == "string" and not self.piece.startswith("`"):
            return self.text()
        if self.kind == "name" or (self.kind == "number" and self.piece.isdecimal() and len(self.piece) <= MAX_KEY):
            name = self.piece
            self.advance()
            return name
        raise self.unexpected("the name of a property")

    def text(self) -> str:
        inside = self.piece[1:-1]
        if self.piece.startswith("`"):
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
        digits = self.piece.replace("_", "")
        if digits[:2].lower() in ("0x", "0o", "0b"):
            if len(digits) > MAX_INTEGER:
                raise self.unexpected(f"a number of at most {MAX_INTEGER} characters")
            digits = str(int(digits.removesuffix("n"), 0))
        self.advance()
        return digits.removesuffix("n")

    def word(self) -> object:
        if self.piece == "JSON":
            return self.parsed()
        if self.piece == "void":
            self.advance()
            self.flag()
            return None
        if self.piece not in CONSTANTS:
            raise self.unexpected("a literal: names and calls are not read")
        value = CONSTANTS[self.piece]
        self.advance()
        return value

    def parsed(self) -> object:
        """The value of `JSON.parse("…")`."""
        for part in ("JSON", ".", "parse", "("):
            if self.piece != part:
                raise self.unexpected("JSON.parse of one string")
            self.advance()
        if self.kind != "string":
            raise self.unexpected("JSON.parse of one string")
        written = self.text()
        self.expect(")")
        return load(written)

    def flag(self) -> bool:
        """Whether the next token is 0, not 1: `!0` is true."""
        if self.piece not in ("0", "1"):
            raise self.unexpected("0 or 1 here: expressions are not read")
        is_zero = self.piece == "0"
        self.advance()
        return is_zero

    def signed(self) -> object:
        if self.took("!"):
            return self.flag()
        sign = self.piece
        if sign not in ("+", "-"):
            raise self.unexpected("a literal: expressions are not read")
        self.advance()
        if self.piece == "Infinity":
            return self.word()
        if self.kind != "number":
            raise self.unexpected("a number after its sign")
        return self.number() if sign == "+" else f"-{self.number()}"
