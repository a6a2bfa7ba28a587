"""JSON with its numbers as published: the text of each number is kept, none becomes a float."""

from __future__ import annotations

import json
import re

import msgspec

from tracker.errors import ParseError


class _NotANumber(ValueError):
    """JSON has no such constant."""


def load(text: str, *, allow_nan: bool = False) -> object:
    """The document: objects, lists, text, booleans and None; numbers are text.

    Raises:
        ParseError: it is no JSON, or has NaN or Infinity while they are not allowed (allowed, they are None).
    """
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=_nothing if allow_nan else _refuse)
    except _NotANumber as error:
        raise ParseError(f"found {error}, which is not JSON; set allow_nan = true in [parse] to read it as unknown") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"found broken JSON at line {error.lineno} column {error.colno}: {error.msg}") from error


_MINUS_ZERO = re.compile(rb"-0\s*[,\]}]")
_quick = msgspec.json.Decoder(float_hook=str)


def load_quickly(body: bytes) -> object | None:
    """The document with floats as published and whole numbers as int, in half the time of `load`; None where it takes `load` to judge.

    Only for readers that write whole numbers out again and look into nothing but keys.
    """
    if _MINUS_ZERO.search(body):  # an int forgets its sign
        return None
    try:
        found: object = _quick.decode(body)
        return found  # noqa: TRY300  # the whole step in one place
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _nothing(_name: str) -> None:
    """What NaN and the infinities are where they are allowed."""


def _refuse(name: str) -> None:
    raise _NotANumber(name)
