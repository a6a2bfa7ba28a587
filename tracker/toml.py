"""Reads TOML files of declarations and checks their values; every error is one line.

Types have the names of `schedules/README.md`: a string is "text", an array a "list". https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType, NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from tracker.errors import DeclarationError
from tracker.wording import visible

if TYPE_CHECKING:
    from msgspec import Struct
    from msgspec.structs import FieldInfo

    Shape = TypeVar("Shape", bound=Struct)

Read = TypeVar("Read")

MAX_BYTES = 256 * 1024
"""Size of the largest file that can be a declaration."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_POSITION = re.compile(r" \(at (?:line \d+, column \d+|end of document)\)")
_SPAN = re.compile(r"([0-9]{1,5})([smhdw])")
_SPAN_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_KEY_PART = r"""(?:[A-Za-z0-9_-]{1,64}+|"(?:[^"\\\n]|\\.){0,64}+"|'[^'\n]{0,64}+')[ \t]{0,64}+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_KEY_PART}\.[ \t]{{0,64}}+){{32}}")
"""A dotted key that no definition needs: the time of tomllib grows with the square of the number of its parts."""


class Wrong(ValueError):
    """An error in a file, without its place."""


@contextmanager
def at(place: str) -> Iterator[None]:
    """Convert `Wrong` to a DeclarationError that begins with the place."""
    try:
        yield
    except Wrong as wrong:
        raise DeclarationError(f"{place}: {wrong}") from wrong


def place_of(path: Path, root: Path) -> str:
    """The name of a file in messages, from the folder `root` on: `schedules/livebench/livebench.toml`."""
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return visible(f"{root.absolute().name}/{inside}")


def text_of(path: Path, *, max_bytes: int = MAX_BYTES, optional: bool = False) -> str:
    """The file's text; "" if an `optional` file is missing. Devices and large files are refused before they are opened.

    Raises:
        Wrong: it is not a readable file of UTF-8 (with or without a byte order mark), or too long.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise Wrong("is a folder; expected a TOML file that can be read")
        if not stat.S_ISREG(status.st_mode):
            raise Wrong("is not a regular file; expected a TOML file")
        if status.st_size > max_bytes:
            raise Wrong(f"has {status.st_size} bytes; expected at most {max_bytes}")
        with path.open("rb") as file:
            body = file.read(max_bytes)
        if b"\0" in body:
            raise Wrong(f"is not text: byte {body.index(0)} is 0; expected a TOML file, saved as UTF-8")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Wrong(f"byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        if optional and isinstance(error, FileNotFoundError):
            return ""
        raise Wrong(f"cannot be read: {error.strerror}") from error


def tables(text: str, *, parse_float: Callable[[str], Any] = float, secret: bool = False) -> dict[str, Any]:
    """The tables of a TOML text. If it may contain a `secret`, neither the message nor its cause repeats any of it.

    Raises:
        Wrong: it is not TOML, or would take long to read.
    """
    import tomllib  # noqa: PLC0415  # queries import this module and read no file

    if text.count(".") >= 32 and (long := _LONG_KEY.search(text)):  # counting is cheap, and most files have fewer
        line = text.count("\n", 0, long.start()) + 1
        raise Wrong(f"a key of more than 32 parts (at line {line}); no definition needs one")
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        position = _POSITION.search(str(error))
        detail = (position[0] if position else "") if secret else f": {visible(str(error))}"
        raise Wrong(f"is not valid TOML{detail}") from (None if secret else error)
    except RecursionError as error:
        raise Wrong("is not valid TOML: nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        raise Wrong("is not valid TOML: a number is too long") from error


def overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two files as one: tables merge key by key, at any depth; any other value of `over`, a list too, replaces the lower one."""
    merged = {**under, **over}
    for key in under.keys() & over.keys():
        if isinstance(under[key], Mapping) and isinstance(over[key], Mapping):
            merged[key] = overlaid(under[key], over[key])
    return merged


def listed(path: Path, key: str, *, secret: bool = False) -> list[dict[str, Any]]:
    """The `[[key]]` tables of a file that contains nothing else; none if the file is missing. `secret` as in `tables`.

    Raises:
        Wrong: the file has another shape.
    """
    content = tables(text_of(path, optional=True), secret=secret)
    for other in content.keys() - {key}:
        raise Wrong(f"{dotted('', other)} is unknown; expected only [[{key}]] tables")
    entries = content.get(key, [])
    if not isinstance(entries, list) or not all(isinstance(member, dict) for member in entries):
        raise Wrong(f"{key} is not a list of tables; write [[{key}]] above each")
    return entries


def called(key: str, table: Mapping[str, object], number: int) -> str:
    """One of the `[[key]]` tables as messages name it: by its name, or by its number."""
    name = table.get("name")
    return f"{key} {quoted(name)}" if isinstance(name, str) and name else f"{key} {number}"


@cache
def keys(shape: type[Struct]) -> Mapping[str, FieldInfo]:
    """The keys of a table, as written in the file. Cached, since msgspec resolves types on every call."""
    from msgspec.structs import fields  # noqa: PLC0415  # queries do without

    return MappingProxyType({key.encode_name: key for key in fields(shape)})


@cache
def members(hint: Any) -> tuple[Any, ...]:
    """The possible types of a value: those of a union, without annotations and None. Cached, since every value needs them."""
    if get_origin(hint) is Annotated:
        return members(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(member for part in get_args(hint) for member in members(part) if member is not NoneType)
    return (hint,)


def purpose(hint: Any) -> str:
    """The purpose of a key, in brackets after a blank; "" if its type has no description."""
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    texts = [note.description for note in notes if getattr(note, "description", None)]
    return f" ({texts[-1] if texts[-1][:2].isupper() else texts[-1][:1].lower() + texts[-1][1:]})" if texts else ""


def judge(key: str, value: object, hint: Any, *, secret: bool = False) -> None:
    """Raise Wrong for a value that is not of its declared type. The message does not repeat a value that may be a `secret`."""
    from msgspec import ValidationError, convert  # noqa: PLC0415  # see `keys`

    _check_word(key, value, members(hint))
    try:
        convert(value, hint)
    except (ValidationError, OverflowError) as error:
        shown = "(not shown)" if secret else as_written(value)
        raise Wrong(f"{key} = {shown}: {in_toml_words(str(error))}{purpose(hint)}") from error


def _check_word(key: str, value: object, types: Collection[Any]) -> None:
    known = [word for member in types if get_origin(member) is Literal for word in get_args(member)]
    if known and isinstance(value, str) and value not in known and str not in types:
        number = "; or a whole number" if int in types else ""
        raise Wrong(unknown_value(key, value, filter(None, known)) + number)


def table(values: Mapping[str, object], shape: type[Shape], *, secret: Collection[str] = ()) -> Shape:
    """The table in its shape; `secret` are the keys whose values may be secrets.

    Keys are judged one by one, since msgspec does not name a wrong key in our words.

    Raises:
        Wrong: a key is unknown or missing, or has a value of another type.
    """
    from msgspec import convert  # noqa: PLC0415  # see `keys`

    known = keys(shape)
    for key, value in values.items():
        if key not in known:
            raise Wrong(unknown_key("", key, known))
        judge(key, value, known[key].type, secret=key in secret)
    for key, field in known.items():
        if field.required and key not in values:
            raise Wrong(f"{key} is missing{purpose(field.type)}")
    return convert(values, shape)


def texts(value: str | Iterable[str]) -> tuple[str, ...]:
    """A text, or a list of them, as several."""
    return (value,) if isinstance(value, str) else tuple(value)


def check_words(key: str, words: Iterable[str], known: Collection[str]) -> None:
    """Raise Wrong for the first unknown word, naming the known ones."""
    for word in words:
        if word not in known:
            raise Wrong(unknown_value(key, word, known))


def understood(key: str, text: str, read: Callable[[str], Read]) -> Read:
    """The value that `read` makes of a text. Its ValueError completes the sentence "the key is …": "unknown; expected …"."""
    try:
        return read(text)
    except ValueError as error:
        raise Wrong(f"{key} = {quoted(text)} is {error}") from error


def span_s(text: str, *, least: int = 0) -> float:
    """The seconds of a span such as `36h`, with a number of at least `least`. Raises ValueError."""
    match = _SPAN.fullmatch(text)
    if not match or int(match[1]) < least:
        raise ValueError('not a span of time; expected a number and s, m, h, d or w, as in "36h"')
    return float(int(match[1]) * _SPAN_S[match[2]])


def time_zone(text: str) -> str:
    """The name of a time zone. Raises ValueError if there is no such zone."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones  # noqa: PLC0415  # see `keys`

    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(text[:80], available_timezones(), n=1)
        meant = f'did you mean "{near[0]}"?' if near else 'expected an IANA name such as "Europe/Berlin"'
        raise ValueError(f"unknown; {meant}") from error
    return text


def quoted(value: object) -> str:
    """A value as messages show it: in quotes, on one line, at most 78 characters of it."""
    text = str(value)
    return f'"{visible(text if len(text) <= 80 else text[:77] + "…")}"'


def as_written(value: object) -> str:
    """A value of any type as TOML writes it, on one line, about 80 characters of it."""
    if isinstance(value, str):
        return quoted(value)
    text = visible(_as_written(value))
    return text if len(text) <= 80 else f"{text[:77]}…"


def _as_written(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_as_written, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{dotted('', key)} = {_as_written(member)}" for key, member in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, str):
        return quoted(value)
    return str(value).lower().replace("infinity", "inf") if isinstance(value, (bool, float, Decimal)) else str(value)


def dotted(place: str, key: str) -> str:
    """A key of the table at `place`, as TOML writes it: `metrics.score`."""
    shown = key if _BARE_KEY.fullmatch(key) else quoted(key)
    return f"{place}.{shown}" if place else shown


def meant(word: str, known: Iterable[str]) -> str:
    """What follows "is unknown": the nearest of the known ones, and all of them."""
    names = sorted(known)
    near = get_close_matches(word[:80], names, n=1)
    return (f'; did you mean "{near[0]}"?' if near else ";") + f" known: {', '.join(names) or 'none'}"


def unknown_key(place: str, key: str, known: Iterable[str]) -> str:
    """The message on a key that a table cannot have."""
    return f"{dotted(place, key)} is unknown{meant(key, known)}"


def unknown_value(key: str, value: str, known: Iterable[str]) -> str:
    """The message on a value that a key cannot have."""
    return f"{key} = {quoted(value)} is unknown{meant(value, known)}"


_WORDS = {"str": "text", "int": "whole number", "float": "number", "decimal": "number"}
_WORDS |= {"bool": "true or false", "array": "list", "object": "table"}


def in_toml_words(message: str) -> str:
    """A message of msgspec in the words of TOML: ``Expected `int`, got `str` `` → `expected whole number, found text`."""

    def words(match: re.Match[str]) -> str:
        kinds = [_WORDS.get(kind, kind) for kind in match[1].split(" | ") if kind != "null"]
        return " or ".join(dict.fromkeys(kinds))

    placed = re.sub(r" - at `\$\[(\d+)\]`", lambda item: f" as item {int(item[1]) + 1}", message.replace(", got ", ", found "))
    translated = re.sub(r"`([^`]+)`", words, placed)
    return translated[:1].lower() + translated[1:]
