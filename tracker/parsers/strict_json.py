"""JSON with its numbers as published: the text of each number is kept, none becomes a float."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

import msgspec

from tracker.errors import ParseError
from tracker.parsers.decoding import names


class _NotANumber(ValueError):
    """JSON has no such constant."""


class Doubled(dict[str, object]):
    """A mapping that has a key twice: which value is meant is not known, so none of a doubled key is given."""

    def __init__(self, pairs: Sequence[tuple[str, object]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def refuse(self) -> NoReturn:
        """Raise ParseError, naming the keys."""
        counted = Counter(key for key, _ in self.pairs)
        raise ParseError(
            f"found {names(key for key, times in counted.items() if times > 1)} twice in one object, expected each key once"
        )

    def get(self, key: str, default: object = None) -> object:
        """The value of a key that is there once."""
        if sum(key == other for other, _ in self.pairs) > 1:
            self.refuse()
        return super().get(key, default)

    def __getitem__(self, key: str) -> object:
        """See `get`."""
        return self.get(key) if key in self else super().__getitem__(key)

    def values(self) -> NoReturn:  # type: ignore[override]
        """Never given: one of them is not the value of its key."""
        self.refuse()


def mapping(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """The mapping of these pairs; a Doubled one where a key occurs twice."""
    plain = dict(pairs)
    return plain if len(plain) == len(pairs) else Doubled(pairs)


def load(text: str, *, allow_nan: bool = False) -> object:
    """The document: objects, lists, text, booleans and None; numbers are text.

    Raises:
        ParseError: it is no JSON, or has NaN or Infinity while they are not allowed (allowed, they are None).
    """
    try:
        return json.loads(
            text, parse_float=str, parse_int=str, parse_constant=_nothing if allow_nan else _refuse, object_pairs_hook=mapping
        )
    except _NotANumber as error:
        raise ParseError(f"found {error}, which is not JSON; set allow_nan = true in [parse] to read it as unknown") from error
    except json.JSONDecodeError as error:
        raise ParseError(f"found broken JSON at line {error.lineno} column {error.colno}: {error.msg}") from error


_MINUS_ZERO = re.compile(rb"-0\s*[,\]}]")
_quick = msgspec.json.Decoder(float_hook=str)
_written = msgspec.json.Encoder()


def load_quickly(body: bytes) -> object | None:
    """The document with floats as published and whole numbers as int, in half the time of `load`; None where it takes `load` to judge.

    Only for readers that write whole numbers out again and look into nothing but keys.
    """
    if _MINUS_ZERO.search(body):  # an int forgets its sign
        return None
    try:
        found: object = _quick.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    whole = body.count(b":") == _written.encode(found).count(b":")
    return found if whole else None  # a key that occurs twice is one of the reasons


def _nothing(_name: str) -> None:
    """What NaN and the infinities are where they are allowed."""


def _refuse(name: str) -> None:
    raise _NotANumber(name)
