"""Secrets that a board's request names as `${NAME}`: filled in when it is sent, and removed from everything else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote

from tracker.errors import Refused
from tracker.model import Board
from tracker.redaction import NAMED, pattern_of, spellings


@dataclass(frozen=True)
class Secrets:
    """The values of the names in a board's request. Its repr shows no value."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __bool__(self) -> bool:
        return bool(self.values)

    def fill(self, text: str) -> str:
        """The text with each `${NAME}` replaced by its value."""
        return NAMED.sub(lambda found: self.values[found[1]], text)

    def fill_url(self, text: str) -> str:
        """The same with the values percent-encoded, so that no value can change the host or add a parameter."""
        return NAMED.sub(lambda found: quote(self.values[found[1]], safe=""), text)

    def scrub(self, text: str) -> str:
        """The text with every spelling of a value replaced by its `${NAME}`."""
        return self.scrub_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def scrub_bytes(self, body: bytes) -> bytes:
        """The same for bytes as received."""
        for name, pattern in self._patterns.items():
            body = pattern.sub(b"${" + name.encode() + b"}", body)
        return body

    def found_in(self, body: bytes) -> str | None:
        """The name of a secret whose value is in the body, if any."""
        lowered = body.lower() if self.values else b""
        for name, value in self.values.items():
            if any(text.encode().lower() in lowered for text in spellings(value)):
                return name
        return None

    @cached_property
    def _patterns(self) -> Mapping[str, re.Pattern[bytes]]:
        """The longest value first, so that a value that contains another is replaced whole."""
        longest_first = sorted(self.values.items(), key=lambda pair: -len(pair[1]))
        patterns = {name: pattern_of([value]) for name, value in longest_first}
        return {
            name: re.compile(found.pattern.encode(), found.flags & re.IGNORECASE) for name, found in patterns.items() if found
        }


def secrets_of(board: Board, environment: Mapping[str, str]) -> Secrets:
    """The values of every `${NAME}` in the requests of the board and its payloads. An empty value counts as missing.

    Raises:
        Refused: a name is not set, or its value has unprintable characters (a line end, a broken encoding).
    """
    names = sorted({name for text in board.asked_with() for name in NAMED.findall(text)})
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise Refused(f"{board.id}: paused: no key: set {', '.join(missing)} in the environment")
    unfit = [name for name in names if not environment[name].isprintable()]
    if unfit:
        raise Refused(
            f"{board.id}: paused: the value of {', '.join(unfit)} has a line end or another unprintable character; set it again"
        )
    return Secrets({name: environment[name] for name in names})
