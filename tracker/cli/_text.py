"""Text on a terminal: what was published made safe, and things counted."""

from __future__ import annotations

import re
import unicodedata

_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
_BEYOND_ASCII = re.compile(r"[^ -~]")


def safe(text: str) -> str:
    """Text on one line, without control and format characters, so that no published name can drive a terminal."""
    return "".join(one if unicodedata.category(one) not in _UNSAFE else " " for one in text)


def escaped(json: str) -> str:
    r"""JSON with such characters as `\uXXXX`: the same values, and nothing that acts on a terminal."""
    return _BEYOND_ASCII.sub(lambda found: _escape(found[0]) if unicodedata.category(found[0]) in _UNSAFE else found[0], json)


def _escape(one: str) -> str:
    units = one.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))
