"""Cleans published text for display: names are hostile (escape sequences, overrides, markup in links)."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TypeVar, cast
from urllib.parse import quote, urlsplit

from msgspec import Struct, structs

from tracker.wording import clean

_Record = TypeVar("_Record")
_MARKDOWN_SIGNS = re.compile(r"[\\`*_\[\]<>|~&$]|(?<=\w):(?=//)|(?<=[wW]{3})\.|^[#+\-=]|^\d+(?=[.)])")
"""Signs that would begin markup, a bare link or, at the start, another block."""
_OF_A_URL = "/:?#[]@!$&*+,;=%~-._"


def cleaned(record: _Record) -> _Record:
    """A record with every text in it clean, at any depth; mappings (facts) are not shown and stay unchanged."""
    return cast("_Record", _cleaned(record))


def _cleaned(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Enum):
        return clean(value)
    if isinstance(value, tuple):
        return tuple(map(_cleaned, value))
    if isinstance(value, Struct):
        return structs.replace(value, **{name: _cleaned(getattr(value, name)) for name in value.__struct_fields__})
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _cleaned(getattr(value, field.name)) for field in fields(value)})
    return value


def link(url: str) -> str:
    """The address, quoted, if it can be followed safely (http or https); otherwise empty."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return quote(url, safe=_OF_A_URL) if parts.scheme in ("http", "https") and parts.netloc else ""


def markdown_escaped(text: str) -> str:
    r"""Text that Markdown shows unchanged: `|`, `*`, `_`, `[`, `]`, `<`, a leading `#` … get a `\`."""
    return _MARKDOWN_SIGNS.sub(lambda match: f"{match[0]}\\" if match[0].isdigit() else f"\\{match[0]}", text)
