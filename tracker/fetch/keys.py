"""Secrets named as `${NAME}` in a board's request: where they are put in, and how they are kept out of everything else."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, quote_plus

from tracker.errors import Refused
from tracker.model import Board

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def spellings(value: str) -> frozenset[str]:
    """The ways in which a server or a library may write a value back to us: percent-encoded, in JSON, in HTML."""
    return frozenset(
        (value, quote(value, safe=""), quote(value), quote_plus(value), value.replace("/", "\\/"), html.escape(value))
    )


@dataclass(frozen=True)
class Secrets:
    """The values of the names that one board's request uses. Its repr shows the names only."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.values)

    def fill(self, text: str) -> str:
        """`text` with each `${NAME}` replaced by its value."""
        return NAMED.sub(lambda found: self.values[found[1]], text)

    def fill_url(self, text: str) -> str:
        """The same with the values percent-encoded, so that none of them can change the host or add a parameter."""
        return NAMED.sub(lambda found: quote(self.values[found[1]], safe=""), text)

    def scrub(self, text: str) -> str:
        """`text` with every spelling of a value replaced by its `${NAME}`."""
        return self.scrub_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def scrub_bytes(self, body: bytes) -> bytes:
        """The same for bytes as received."""
        for name, pattern in self._patterns.items():
            body = pattern.sub(b"${" + name.encode() + b"}", body)
        return body

    def found_in(self, body: bytes) -> str | None:
        """The name of a secret whose value stands in `body`, None if none does."""
        lowered = body.lower() if self.values else b""
        for name, value in self.values.items():
            if any(text.encode().lower() in lowered for text in spellings(value)):
                return name
        return None

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[bytes]]:
        """Longest value first, so that one that contains another is replaced whole; any case, as hosts and escapes have none."""
        longest_first = sorted(self.values.items(), key=lambda pair: -len(pair[1]))
        return {name: _any_of(spellings(value)) for name, value in longest_first}


def _any_of(texts: frozenset[str]) -> re.Pattern[bytes]:
    longest_first = sorted(texts, key=len, reverse=True)
    return re.compile(b"|".join(re.escape(text.encode()) for text in longest_first), re.IGNORECASE)


def secrets_of(board: Board, environment: Mapping[str, str]) -> Secrets:
    """The values of every `${NAME}` in the URLs, headers and params of the board and its payloads. An empty value counts as missing.

    Raises:
        Refused: a name is not set, or holds what cannot be printed (a line end, a broken encoding). Nothing has been asked yet.
    """
    names = sorted({name for text in board.asked_with() for name in NAMED.findall(text)})
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise Refused(f"{board.id}: paused: no key: set {', '.join(missing)} in the environment")
    unfit = [name for name in names if not environment[name].isprintable()]
    if unfit:
        raise Refused(
            f"{board.id}: paused: the value of {', '.join(unfit)} has a line end or another unprintable character; set it anew"
        )
    return Secrets({name: environment[name] for name in names})
