"""Secrets of a route: named as `${NAME}`, taken from the environment when a channel is opened, and kept out of every error."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from tracker.errors import DeliveryError
from tracker.fetch.keys import NAMED, spellings
from tracker.ports import Environment

_BETWEEN = re.compile(r"[/:@?&=#;,]+")
_SHORTEST_PART = 4
"""Shorter parts of an address (`mailto`, a port) are words of any sentence."""
_KNOWN = frozenset(("https", "http", "mailto", "mailtos", "json", "jsons", "com", "www", "localhost", "127.0.0.1"))
HIDDEN = "***"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A text with its secrets put in, and what must not be repeated of it. Its repr shows neither."""

    text: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def scrub(self, said: str) -> str:
        """What somebody else said, with every spelling of a secret, and of the parts of an address that holds one, replaced by `***`."""
        for secret in sorted({spelt for one in self.secrets for spelt in spellings(one)}, key=len, reverse=True):
            said = re.sub(re.escape(secret), HIDDEN, said, flags=re.IGNORECASE)
        return said


def fill(text: str, environment: Environment, *, route: str) -> Filled:
    """The text with each `${NAME}` replaced. Where it is one name alone the value stands as it is, else percent-encoded.

    Raises:
        DeliveryError: final; a name is not set, or its value cannot be printed.
    """
    names = list(dict.fromkeys(NAMED.findall(text)))
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise DeliveryError(f"{route}: no {', '.join(missing)} in the environment, expected it there; set it", final=True)
    values = {name: environment[name].strip() for name in names}
    if unfit := [name for name, value in values.items() if not value.isprintable() or not value]:
        raise DeliveryError(
            f"{route}: the value of {', '.join(unfit)} cannot be printed, expected one line; set it anew", final=True
        )
    whole = NAMED.fullmatch(text)
    filled = values[whole[1]] if whole else NAMED.sub(lambda found: quote(values[found[1]], safe=""), text)
    secrets = _parts(values.values(), filled) if whole else iter((*values.values(), filled))
    return Filled(text=filled, secrets=tuple(secrets) if values else ())


def _parts(values: Iterable[str], filled: str) -> Iterator[str]:
    """Each value, and the parts of the whole address: a service may repeat one token out of it."""
    yield from (*values, filled)
    for part in _BETWEEN.split(filled):
        if len(part) >= _SHORTEST_PART and part.casefold() not in _KNOWN:
            yield from (part, unquote(part))
