"""What all declarations have in common: a TOML file is read, its values are judged, and what is wrong is told in one line.

The words for types are those of `schedules/README.md`: a string is "text", an array a "list". https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
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
"""No declaration is longer; a longer file is not one of ours."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_POSITION = re.compile(r" \(at (?:line \d+, column \d+|end of document)\)")
_SPAN = re.compile(r"([0-9]{1,5})([smhdw])")
_SPAN_S = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}

_KEY_PART = r"""(?:[A-Za-z0-9_-]{1,64}+|"(?:[^"\\\n]|\\.){0,64}+"|'[^'\n]{0,64}+')[ \t]{0,64}+"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_KEY_PART}\.[ \t]{{0,64}}+){{32}}")
"""A dotted key no definition needs: tomllib takes time that grows with the square of the number of its parts."""


class Wrong(ValueError):
    """What is wrong with a file, before its place is put in front."""


@contextmanager
def at(place: str) -> Iterator[None]:
    """Whatever is `Wrong` inside becomes a DeclarationError that begins with the place."""
    try:
        yield
    except Wrong as wrong:
        raise DeclarationError(f"{place}: {wrong}") from wrong


# ── files ────────────────────────────────────────────────────────────────────────────────────────


def place_of(path: Path, root: Path) -> str:
    """How messages name a file of declarations: from the folder of declarations `root` on, `schedules/livebench/livebench.toml`."""
    inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    return visible(f"{root.absolute().name}/{inside}")


def text_of(path: Path, *, max_bytes: int = MAX_BYTES, optional: bool = False) -> str:
    """The file's text; "" where there is none, if it is `optional`. Devices and large files are refused before they are opened.

    Raises:
        Wrong: it is no file of UTF-8 (with or without a mark at its beginning) that can be read, or too long.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise Wrong("is a folder; expected a TOML file that can be read")
        if not stat.S_ISREG(found.st_mode):
            raise Wrong("is no regular file; expected a TOML file")
        if found.st_size > max_bytes:
            raise Wrong(f"has {found.st_size} bytes; expected at most {max_bytes}")
        with path.open("rb") as file:
            body = file.read(max_bytes)
        if b"\0" in body:
            raise Wrong(f"is no text: byte {body.index(0)} is 0; expected a TOML file, saved as UTF-8")
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Wrong(f"byte {error.start} is not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        if optional and isinstance(error, FileNotFoundError):
            return ""
        raise Wrong(f"cannot be read: {error.strerror}") from error


def tables(text: str, *, parse_float: Callable[[str], Any] = float, secret: bool = False) -> dict[str, Any]:
    """What a TOML text says. If it may hold a `secret`, neither the message nor its cause repeats any of it.

    Raises:
        Wrong: it is no TOML, or would take long to read.
    """
    import tomllib  # noqa: PLC0415  # queries import this module and read no file

    if text.count(".") >= 32 and (long := _LONG_KEY.search(text)):  # counting is cheap, and most files have fewer
        line = text.count("\n", 0, long.start()) + 1
        raise Wrong(f"a key of more than 32 parts (at line {line}); no definition needs one")
    try:
        return tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError as error:
        where = _POSITION.search(str(error))
        said = (where[0] if where else "") if secret else f": {visible(str(error))}"
        raise Wrong(f"is not valid TOML{said}") from (None if secret else error)
    except RecursionError as error:
        raise Wrong("is not valid TOML: nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        raise Wrong("is not valid TOML: a number is too long") from error


def overlaid(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Two files as one: tables merge key by key, at any depth; any other value of `over`, a list too, replaces that of `under`."""
    merged = {**under, **over}
    for key in under.keys() & over.keys():
        if isinstance(under[key], Mapping) and isinstance(over[key], Mapping):
            merged[key] = overlaid(under[key], over[key])
    return merged


def listed(path: Path, key: str, *, secret: bool = False) -> list[dict[str, Any]]:
    """The `[[key]]` tables of a file that holds nothing else; none where there is no file. `secret` as in `tables`.

    Raises:
        Wrong: the file is of another shape.
    """
    found = tables(text_of(path, optional=True), secret=secret)
    for other in found.keys() - {key}:
        raise Wrong(f"{dotted('', other)} is unknown; expected only [[{key}]] tables")
    every = found.get(key, [])
    if not isinstance(every, list) or not all(isinstance(one, dict) for one in every):
        raise Wrong(f"{key} is no list of tables; write [[{key}]] above each")
    return every


def called(key: str, table: Mapping[str, object], number: int) -> str:
    """How one of the `[[key]]` tables is called in messages: by its name, else by its number."""
    name = table.get("name")
    return f"{key} {quoted(name)}" if isinstance(name, str) and name else f"{key} {number}"


# ── shapes ───────────────────────────────────────────────────────────────────────────────────────


@cache
def keys(shape: type[Struct]) -> Mapping[str, FieldInfo]:
    """The keys of a table, as they stand in the file. Kept, as msgspec resolves every type anew."""
    from msgspec.structs import fields  # noqa: PLC0415  # queries do without

    return MappingProxyType({one.encode_name: one for one in fields(shape)})


@cache
def members(hint: Any) -> tuple[Any, ...]:
    """The types a value may have: those of a union, each without its notes. Kept, as every value of a file asks."""
    if get_origin(hint) is Annotated:
        return members(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(member for one in get_args(hint) for member in members(one) if member is not NoneType)
    return (hint,)


def purpose(hint: Any) -> str:
    """What a key is for, in brackets behind a blank; "" if its type does not say."""
    notes = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    texts = [note.description for note in notes if getattr(note, "description", None)]
    return f" ({texts[-1] if texts[-1][:2].isupper() else texts[-1][:1].lower() + texts[-1][1:]})" if texts else ""


def judge(key: str, value: object, hint: Any, *, secret: bool = False) -> None:
    """Refuse a value that is not of its declared type; one that may be a `secret` is not repeated.

    Raises:
        Wrong: naming the key, what was found and what is expected.
    """
    from msgspec import ValidationError, convert  # noqa: PLC0415  # see `keys`

    _check_word(key, value, members(hint))
    try:
        convert(value, hint)
    except (ValidationError, OverflowError) as error:
        shown = "(not shown)" if secret else quoted(value)
        raise Wrong(f"{key} = {shown}: {in_toml_words(str(error))}{purpose(hint)}") from error


def _check_word(key: str, value: object, types: Collection[Any]) -> None:
    known = [word for one in types if get_origin(one) is Literal for word in get_args(one)]
    if known and isinstance(value, str) and value not in known and str not in types:
        number = "; or a whole number" if int in types else ""
        raise Wrong(unknown_value(key, value, filter(None, known)) + number)


def table(found: Mapping[str, object], shape: type[Shape], *, secret: Collection[str] = ()) -> Shape:
    """The table in its shape; `secret` are the keys whose values may be secrets.

    msgspec does not say which key is wrong in our words, so they are judged one by one.

    Raises:
        Wrong: a key is unknown, is missing, or has a value of another type.
    """
    from msgspec import convert  # noqa: PLC0415  # see `keys`

    known = keys(shape)
    for key, value in found.items():
        if key not in known:
            raise Wrong(unknown_key("", key, known))
        judge(key, value, known[key].type, secret=key in secret)
    for key, one in known.items():
        if one.required and key not in found:
            raise Wrong(f"{key} is missing{purpose(one.type)}")
    return convert(found, shape)


# ── values ───────────────────────────────────────────────────────────────────────────────────────


def texts(found: str | Iterable[str]) -> tuple[str, ...]:
    """A text, or a list of them, as several."""
    return (found,) if isinstance(found, str) else tuple(found)


def check_words(key: str, found: Iterable[str], known: Collection[str]) -> None:
    """Refuse the first word that is not known, naming those that are."""
    for word in found:
        if word not in known:
            raise Wrong(unknown_value(key, word, known))


def understood(key: str, text: str, read: Callable[[str], Read]) -> Read:
    """What `read` makes of a text. The ValueError it raises tells what the text is: "no window; expected …"."""
    try:
        return read(text)
    except ValueError as error:
        raise Wrong(f"{key} = {quoted(text)} is {error}") from error


def span_s(text: str, *, least: int = 0) -> float:
    """The seconds that `36h` stands for; the number is `least` or more.

    Raises:
        ValueError: it is no span of time.
    """
    found = _SPAN.fullmatch(text)
    if not found or int(found[1]) < least:
        raise ValueError('no span of time; expected a number and s, m, h, d or w, as in "36h"')
    return float(int(found[1]) * _SPAN_S[found[2]])


def time_zone(text: str) -> str:
    """The name of a time zone, if there is one of that name.

    Raises:
        ValueError: there is none.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones  # noqa: PLC0415  # see `keys`

    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(text[:80], available_timezones(), n=1)
        meant = f'did you mean "{near[0]}"?' if near else 'expected an IANA name such as "Europe/Berlin"'
        raise ValueError(f"unknown; {meant}") from error
    return text


# ── messages ─────────────────────────────────────────────────────────────────────────────────────


def quoted(found: object) -> str:
    """A value as messages show it: in quotes, on one line, 78 signs of it at most."""
    text = "true" if found is True else "false" if found is False else str(found)
    return f'"{visible(text if len(text) <= 80 else text[:77] + "…")}"'


def dotted(place: str, key: str) -> str:
    """A key of the table at `place`, as TOML writes it: `metrics.score`."""
    shown = key if _BARE_KEY.fullmatch(key) else quoted(key)
    return f"{place}.{shown}" if place else shown


def meant(found: str, known: Iterable[str]) -> str:
    """What follows upon "is unknown": the nearest of those that are known, and all of them."""
    every = sorted(known)
    near = get_close_matches(found[:80], every, n=1)
    return (f'; did you mean "{near[0]}"?' if near else ";") + f" known: {', '.join(every) or 'none'}"


def unknown_key(place: str, key: str, known: Iterable[str]) -> str:
    """The message that a table has a key which it cannot have."""
    return f"{dotted(place, key)} is unknown{meant(key, known)}"


def unknown_value(key: str, found: str, known: Iterable[str]) -> str:
    """The message that a key has a value which it cannot have."""
    return f"{key} = {quoted(found)} is unknown{meant(found, known)}"


_WORDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "decimal": "number",
    "bool": "true or false",
    "array": "list",
    "object": "table",
}


def in_toml_words(message: str) -> str:
    """What msgspec says, in the words of a TOML file: ``Expected `int`, got `str` `` → `expected whole number, found text`."""

    def words(match: re.Match[str]) -> str:
        kinds = [_WORDS.get(kind, kind) for kind in match[1].split(" | ") if kind != "null"]
        return " or ".join(dict.fromkeys(kinds))

    said = re.sub(r"`([^`]+)`", words, message.replace(", got ", ", found "))
    return said[:1].lower() + said[1:]
