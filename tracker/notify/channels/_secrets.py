"""Secrets that a route names as `${NAME}`: filled in when its channel is opened, and removed from every error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from tracker.errors import DeliveryError
from tracker.ports import Environment
from tracker.redaction import HIDDEN, NAMED, Secrets

_BETWEEN = re.compile(r"[/:@?&=#;,]+")
_SHORTEST_PART = 4
"""Shorter parts of an address (`mailto`, a port) occur in any sentence."""
_KNOWN = frozenset(("https", "http", "mailto", "mailtos", "json", "jsons", "com", "www", "localhost", "127.0.0.1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A text with its secrets filled in, and the parts of it that must not be repeated. Its repr shows neither."""

    text: str = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def scrub(self, text: str) -> str:
        """The text without any spelling of a secret, or of a part of an address that contains one."""
        return Secrets({str(number): secret for number, secret in enumerate(self.secrets)}, mask=HIDDEN).scrub(text)


def fill(text: str, environment: Environment, *, route: str) -> Filled:
    """The text with each `${NAME}` replaced: by the value itself if the text is one name, otherwise percent-encoded.

    Raises DeliveryError, final, if a name is not set or its value cannot be printed.
    """
    names = list(dict.fromkeys(NAMED.findall(text)))
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise DeliveryError(f"{route}: no {', '.join(missing)} in the environment, expected it there; set it", final=True)
    values = {name: environment[name].strip() for name in names}
    if unfit := [name for name, value in values.items() if not value.isprintable() or not value]:
        raise DeliveryError(
            f"{route}: the value of {', '.join(unfit)} cannot be printed, expected one line; set it again", final=True
        )
    whole = NAMED.fullmatch(text)
    filled = values[whole[1]] if whole else NAMED.sub(lambda found: quote(values[found[1]], safe=""), text)
    secrets = [*values.values(), filled]
    if whole:  # a service may repeat a single token of the address
        parts = [part for part in _BETWEEN.split(filled) if len(part) >= _SHORTEST_PART and part.casefold() not in _KNOWN]
        secrets += [*parts, *map(unquote, parts)]
    return Filled(text=filled, secrets=tuple(secrets) if values else ())
