"""A TOML file with some values changed, and every comment, blank and order of the rest as it was (https://toml.io/en/v1.0.0)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tracker.errors import DeclarationError

Path = tuple[str, ...]
"""The keys that lead to a value: `("metrics", "score", "from")`."""
GONE = object()
"""Stands for a value that is to be taken out."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PIECE = re.compile(
    r"""
    "{3}(?:[^\\]|\\.)*?"{3}
    | '{3}.*?'{3}
    | "(?:[^"\\\n]|\\.)*"
    | '[^'\n]*'
    | \#[^\n]*
    | [\[\]{}]
    | \n
    | [^"'\#\[\]{}\n]+
    """,
    re.DOTALL | re.VERBOSE,
)
"""What a file is made of: strings, comments, brackets, ends of lines, and everything between them."""
_ESCAPED = re.compile(r'[\x00-\x1f"\\\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]')
"""What does not stand in a string as it is: what TOML forbids there, and what nobody sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Statement:
    """One `key = value`: where the line begins, where the value begins and ends, and where the next line begins."""

    path: Path
    line: int
    value: int
    end: int
    behind: int


def toml_value(value: object) -> str:
    """A value as TOML writes it on one line, whatever a publisher put into its texts. Raises TypeError for what TOML has not."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_ESCAPED.sub(_escape, value)}"'
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        inside = ", ".join(f"{toml_key(key)} = {toml_value(one)}" for key, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(toml_value, value))}]"
    raise TypeError(f"{type(value).__name__} is nothing that TOML can hold")


def toml_key(key: str) -> str:
    """A key as TOML writes it: bare where it can be."""
    return key if _BARE_KEY.fullmatch(key) else toml_value(key)


def _escape(found: re.Match[str]) -> str:
    sign = found[0]
    code = ord(sign)
    if 0xD800 <= code <= 0xDFFF:  # half a character: no file can hold it
        return "\ufffd"
    return f"\\{sign}" if sign in '"\\' else f"\\u{code:04X}"


def amended(text: str, changes: Mapping[Path, object], place: str) -> str:
    """The file with those values, and nothing else changed; `GONE` takes a value out.

    Raises:
        DeclarationError: it is written so that this cannot be done for certain; `place` is the file's name for the message.
    """
    wanted = _read(text, place)
    list(_statements(text, place))  # a file that is not changed by programs is refused before anything is tried
    for path, value in changes.items():
        wanted = _put(wanted, path, value)
        text = _edited(text, wanted, path, value, place)
    if _read(text, place) != wanted:
        keys = ", ".join(".".join(path) for path in changes)
        raise DeclarationError(f"{place}: {keys} cannot be changed for certain as this file is written; change it by hand")
    return text


def _read(text: str, place: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise DeclarationError(f"{place}: cannot be read as TOML: {error}; correct it") from error


def _put(tables: dict[str, Any], path: Path, value: object) -> dict[str, Any]:
    """A copy of the tables with that value at the path."""
    found = deepcopy(tables)
    inside = found
    for key in path[:-1]:
        inside = inside.setdefault(key, {})
    if value is GONE:
        inside.pop(path[-1], None)
    else:
        inside[path[-1]] = value
    return found


def _edited(text: str, wanted: Mapping[str, Any], path: Path, value: object, place: str) -> str:
    statements = list(_statements(text, place))
    holding = next((one for one in statements if one.path == path[: len(one.path)]), None)
    if holding is None:
        return text if value is GONE else _with_line(text, statements, path, value)
    if holding.path == path and value is GONE:
        return text[: holding.line] + text[holding.behind :]
    new: Any = wanted
    for key in holding.path:
        new = new[key]
    return text[: holding.value] + toml_value(new) + text[holding.end :]


def _with_line(text: str, statements: Sequence[_Statement], path: Path, value: object) -> str:
    """The text with one more line, behind the last one of the same table; a table that is not there yet comes last."""
    line = f"{toml_key(path[-1])} = {toml_value(value)}\n"
    beside = [one for one in statements if one.path[:-1] == path[:-1]]
    if beside:
        at = beside[-1].behind
        return text[:at] + ("" if text[:at].endswith("\n") else "\n") + line + text[at:]
    header = ".".join(map(toml_key, path[:-1]))
    return f"{text.rstrip()}\n\n[{header}]\n{line}"


def _statements(text: str, place: str) -> Iterator[_Statement]:
    """Every `key = value` of the file in its order."""
    table: Path = ()
    for line, end in _lines(text):
        piece = text[line:end]
        stripped = piece.lstrip()
        if stripped.startswith("[["):
            raise DeclarationError(
                f"{place}: [[…]] stands in the file, and such a file is not changed by a program; change it by hand"
            )
        if stripped.startswith("["):
            table = _path_of(_read(piece, place))
        elif stripped and not stripped.startswith("#"):
            yield _statement(text, line, end, table, place)


def _statement(text: str, line: int, behind: int, table: Path, place: str) -> _Statement:
    start = line + _equals(text[line:behind]) + 1
    path = _path_of(_read(f"{text[line : start - 1]} = {{}}", place))
    value = start + len(text[start:behind]) - len(text[start:behind].lstrip(" \t"))
    return _Statement(path=(*table, *path), line=line, value=value, end=_end_of(text, value, behind), behind=behind)


def _path_of(tables: Mapping[str, Any]) -> Path:
    """The keys of nested tables of which each has one member."""
    path: list[str] = []
    inside: Any = tables
    while inside:
        ((key, inside),) = inside.items()
        path.append(key)
    return tuple(path)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends; one that goes on within a bracket or a string is one."""
    begin, depth = 0, 0
    for piece in _PIECE.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece[0], 0)
        if piece[0] == "\n" and depth <= 0:
            yield begin, piece.end()
            begin, depth = piece.end(), 0
    if begin < len(text):
        yield begin, len(text)


def _equals(line: str) -> int:
    """Where the first `=` outside of quotes stands."""
    for piece in _PIECE.finditer(line):
        at = piece[0].find("=") if piece[0][0] not in "\"'#" else -1
        if at >= 0:
            return piece.start() + at
    return len(line)


def _end_of(text: str, start: int, behind: int) -> int:
    """Where the value ends that begins there: before the comment and the blanks behind it."""
    depth, end = 0, start
    for piece in _PIECE.finditer(text, start, behind):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(piece[0], 0)
        if depth == 0 and (piece[0] == "\n" or piece[0].startswith("#")):
            break
        if piece[0].strip():
            end = piece.start() + len(piece[0].rstrip())
    return end
