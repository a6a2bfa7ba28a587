"""Secrets that declarations name as `${NAME}`: finds the names, and the values in what others write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from html import escape
from urllib.parse import quote, quote_plus

NAMED = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
HIDDEN = "***"
"""Replaces a secret in a text."""


def spellings(value: str) -> frozenset[str]:
    """The ways in which a server or a library may repeat a value: as it is, percent-encoded, in JSON, in HTML."""
    in_json = json.dumps(value)[1:-1]
    return frozenset(
        (value, quote(value, safe=""), quote(value), quote_plus(value), in_json, value.replace("/", "\\/"), escape(value))
    )


def pattern_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Matches every spelling of the secrets, the longest first, in any case, because hosts and escapes ignore case.

    None if there is no secret but an empty one.
    """
    texts = {text for secret in secrets if secret for text in spellings(secret)}
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE) if texts else None


def redacted(text: str, pattern: re.Pattern[str] | None) -> str:
    """The text without the secrets that the pattern matches."""
    return text if pattern is None else pattern.sub(HIDDEN, text)
