"""JSON with its numbers as published: each number is its text, none becomes a float."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

import msgspec

from tracker.errors import ParseError
from tracker.parsers.decoding import names
from tracker.parsers.limits import MAX_NODES, refuse_large_json


class _NotANumber(ValueError):
    """JSON has no such constant."""


class Doubled(dict[str, object]):
    """A mapping with a repeated key, whose value is unknown."""

    def __init__(self, pairs: Sequence[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def refuse(self) -> NoReturn:
        """Raise ParseError, naming the keys."""
        counted = Counter(key for key, _ in self.pairs)
        doubled = names(key for key, times in counted.items() if times > 1)
        raise ParseError(f"found {doubled} twice in one object, expected each key once")

    def get(self, key: str, default: object = None) -> object:
        """The value of a key that occurs once."""
        if sum(key == other for other, _ in self.pairs) > 1:
            self.refuse()
        return super().get(key, default)

    def __getitem__(self, key: str) -> object:
        """The value of a key that occurs once."""
        return self.get(key) if key in self else super().__getitem__(key)

    def values(self) -> NoReturn:
        """Refused, because one value is missing."""
        self.refuse()

    items = values


def mapping(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """The mapping of these pairs, a Doubled one if a key occurs twice."""
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else Doubled(pairs)


def load(text: str, *, allow_nan: bool = False) -> object:
    """The document: objects, lists, text, booleans and None; numbers are text, NaN and Infinity None.

    Raises:
        ParseError: the text is not JSON or too large, or contains NaN or Infinity without `allow_nan`.
    """
    refuse_large_json(text)
    constant = (lambda _name: None) if allow_nan else _refuse
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=constant, object_pairs_hook=mapping)
    except _NotANumber as error:
        raise ParseError(f"found {error}, which is not JSON; set allow_nan = true in [parse] to read it as unknown") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"found broken JSON at line {error.lineno} column {error.colno}: {error.msg}") from error


_NO_SIGNS = bytes(set(range(256)) - set(b"[{,:"))
_MINUS_ZERO = re.compile(rb"-0\s*[,\]}]")
_quick = msgspec.json.Decoder(float_hook=str)
_written = msgspec.json.Encoder()


def load_quickly(body: bytes) -> object | None:
    """The document with floats as published and whole numbers as int, in half the time of `load`; None if only `load` can decide.

    For readers that compare keys only, and write whole numbers out again. Raises ParseError for a document that is too large.
    """
    signs = body.translate(None, _NO_SIGNS)  # counts them in a third of the time
    if len(signs) > MAX_NODES:
        refuse_large_json(body)
    if _MINUS_ZERO.search(body):  # an int forgets its sign
        return None
    try:
        document: object = _quick.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    has_every_key = signs.count(b":") == _written.encode(document).count(b":")
    return document if has_every_key else None


def _refuse(name: str) -> None:
    raise _NotANumber(name)
