"""Change some values of a TOML file, and keep its comments, blank lines and order.

tomlkit edits the text (https://tomlkit.readthedocs.io); tomllib checks that only the wanted values changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tracker import toml
from tracker.errors import DeclarationError
from tracker.wording import UNSAFE, visible

if TYPE_CHECKING:
    from tomlkit.items import Item

Path = tuple[str, ...]
"""The keys that lead to a value: `("metrics", "score", "from")`."""
GONE = object()
"""As a new value: remove the key."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_ESCAPED = re.compile(rf'["\\{UNSAFE}]')
"""Characters that a string must escape: those that TOML forbids and those that are invisible."""


def toml_value(value: object) -> str:
    """Write a value as TOML on one line, whatever text a publisher put into it. Raises TypeError for a type that TOML lacks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{_ESCAPED.sub(_escape, value)}"'
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{toml_key(key)} = {toml_value(member)}" for key, member in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, Sequence):
        return f"[{', '.join(map(toml_value, value))}]"
    raise TypeError(f"TOML has no type for {type(value).__name__}")


def toml_key(key: str) -> str:
    """Write a key as TOML: bare where that is possible, otherwise in quotes."""
    return key if _BARE_KEY.fullmatch(key) else toml_value(key)


def _escape(match: re.Match[str]) -> str:
    sign = match[0]
    code = ord(sign)
    if 0xD800 <= code <= 0xDFFF:  # half a character: no file can hold it
        return "\ufffd"
    return f"\\{sign}" if sign in '"\\' else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def amended(text: str, changes: Mapping[Path, object], place: str) -> str:
    """The file's text with only those values changed; `GONE` removes a key with its comment. `place` names the file.

    Raises DeclarationError if the text is not valid TOML, or if the change cannot be made safely.
    """
    with toml.at(place):
        wanted = toml.tables(text, parse_float=Decimal)
    keys = ", ".join(".".join(path) for path in changes)
    refusal = DeclarationError(f"{place}: {visible(keys)} cannot be changed safely by a program; change the file by hand")
    from tomlkit.exceptions import TOMLKitError  # noqa: PLC0415  # only when a declaration is changed

    try:
        changed = _edited(text, changes)
        for path, value in changes.items():
            put(wanted, path, value if value is GONE else toml.tables(f"v = {toml_value(value)}", parse_float=Decimal)["v"])
        if toml.tables(changed, parse_float=Decimal) == wanted:
            return changed
    except (TOMLKitError, TypeError, ValueError, LookupError, RecursionError, toml.Wrong) as error:
        raise refusal from error
    raise refusal


def put(tables: MutableMapping[str, Any], path: Path, value: object) -> None:
    """Set the value at the path in nested tables; `GONE` removes it. Raises TypeError if the path leads through a value."""
    for key in path[:-1]:
        tables = tables.get(key, {}) if value is GONE else tables.setdefault(key, {})
        if not isinstance(tables, MutableMapping):
            raise TypeError(f"{key} is not a table")
    if value is GONE:
        tables.pop(path[-1], None)
    else:
        tables[path[-1]] = value


def _edited(text: str, changes: Mapping[Path, object]) -> str:
    """The text as tomlkit changes it. What tomlkit cannot change raises a TOMLKitError, or an error of Python's own."""
    import tomlkit  # noqa: PLC0415  # as above

    document = tomlkit.parse(text)
    for path, value in changes.items():
        _change(document, path, None if value is GONE else tomlkit.value(toml_value(value)))
    return tomlkit.dumps(document)


def _change(tables: MutableMapping[str, Any], path: Path, value: Item | None) -> None:
    """Set the value at the path, or remove it if it is None; a new key follows the last one of its table."""
    from tomlkit import table  # noqa: PLC0415  # as above
    from tomlkit.items import Table  # noqa: PLC0415  # as above

    *parents, key = path
    for parent in parents:
        if value is not None and parent not in tables:
            tables[parent] = table()
        tables = tables.get(parent, {})
        if not isinstance(tables, MutableMapping):
            raise TypeError(f"{parent} is not a table")
    if value is None:
        tables.pop(key, None)
    elif key in tables:
        tables[key] = value
    else:
        # The blanks and comments that end a table introduce the next one, and tomlkit adds a new key after them.
        body = tables.value.body if isinstance(tables, Table) else []
        length = next((number for number in range(len(body), 0, -1) if body[number - 1][0] is not None), 0)
        held_back = body[length:]
        del body[length:]
        tables[key] = value
        body.extend(held_back)
