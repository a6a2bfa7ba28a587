"""Text as publishers write it → text that can be shown: names are hostile (escape sequences, overrides, markup in links)."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast
from urllib.parse import quote, urlsplit

_Record = TypeVar("_Record")

_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-_]|\x9b[0-?]*[ -/]*[@-~]")
INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters that are no white space
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, bidi marks and overrides
    "\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"  # what XML forbids and no file can hold; tags
)
"""Characters that readers cannot see, as the inside of a regular expression's brackets."""
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_OF_A_URL = "/:?#[]@!$&*+,;=%~-._"


def clean(text: str) -> str:
    """Text on one line without escape sequences and invisible characters; cleaning twice changes nothing."""
    return " ".join(_INVISIBLE.sub("", _ESCAPES.sub("", text)).split())


def cleaned(record: _Record) -> _Record:
    """A record of the model with every text in it clean, however deep; mappings (facts) are not shown and stay as they are."""
    return cast("_Record", _cleaned(record))


def _cleaned(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Enum):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(_cleaned(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _cleaned(getattr(value, field.name)) for field in fields(value)})
    return value


def link(url: str) -> str:
    """The address where it can be followed safely (http or https), with everything but its own signs quoted; else empty."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return quote(url, safe=_OF_A_URL) if parts.scheme in ("http", "https") and parts.netloc else ""
