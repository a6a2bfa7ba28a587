"""JSON with its numbers as published: each number is its text, none becomes a float."""

from __future__ import annotations

import json
import re
from typing import cast

import msgspec

from tracker.errors import ParseError


class _NotANumber(ValueError):
    """JSON has no such constant."""


def load(text: str, *, allow_nan: bool = False) -> object:
    """The document: objects, lists, text, booleans and None; numbers are text, NaN and Infinity None.

    Raises:
        ParseError: the text is not JSON, or contains NaN or Infinity without `allow_nan`.
    """
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=(lambda _name: None) if allow_nan else _refuse)
    except _NotANumber as error:
        raise ParseError(f"found {error}, which is not JSON; set allow_nan = true in [parse] to read it as unknown") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"found broken JSON at line {error.lineno} column {error.colno}: {error.msg}") from error


_MINUS_ZERO = re.compile(rb"-0\s*[,\]}]")
_quick = msgspec.json.Decoder(float_hook=str)


def load_quickly(body: bytes) -> object | None:
    """The document with floats as published and whole numbers as int, in half the time of `load`; None if only `load` can decide.

    For readers that compare keys only, and write whole numbers out again.
    """
    if _MINUS_ZERO.search(body):  # an int forgets its sign
        return None
    try:
        return cast("object", _quick.decode(body))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _refuse(name: str) -> None:
    raise _NotANumber(name)
