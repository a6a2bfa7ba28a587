"""Where a value stands inside JSON-like records: dotted paths by walking, everything else by JMESPath (https://jmespath.org/).

Numbers are text here (as published), so a JMESPath compares them with text: `[?rank == '1']`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracker.errors import ParseError


class _Missing:
    """The type of MISSING."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()
"""Stands where a record has no such key; a key whose value is null has None."""

Settle = Callable[[object], object]
"""Turns a value as encoded into the value meant (a reference into what it refers to)."""

PLAIN = re.compile(r"[^.\[\]*|&(){}\"'`]+(?:\[\d+\])*(?:\.[^.\[\]*|&(){}\"'`]+(?:\[\d+\])*)*\Z")
STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """How the values of a format are read: `settle` gives what one value means, `plain` everything inside it too."""

    settle: Settle
    plain: Settle


def as_it_is(value: object) -> object:
    """The Settle of formats without references."""
    return value


AS_WRITTEN = Values(settle=as_it_is, plain=as_it_is)


def steps(path: str) -> tuple[str | int, ...] | None:
    """The keys and indices of a dotted path such as `a.b[0].c`; None when it is none."""
    if not PLAIN.match(path):
        return None
    return tuple(int(index) if index else key for index, key in STEP.findall(path))


def search(path: str, values: Values = AS_WRITTEN) -> Callable[[object], object]:
    """A function that finds what a path names in a document (None where there is nothing). An empty path is the document.

    Raises:
        ValueError: the path is neither dotted nor a JMESPath. The function raises ParseError when a JMESPath cannot be applied.
    """
    dotted = steps(path)
    if not path or path == "@":
        return values.plain
    if dotted is not None:
        return lambda document: _nothing_to_none(walk(document, dotted, values.settle))
    find = _jmespath(path)
    return lambda document: find(values.plain(document))


def _nothing_to_none(value: object) -> object:
    return None if value is MISSING else value


def _jmespath(path: str) -> Callable[[object], object]:
    import jmespath  # noqa: PLC0415 - loaded for the few boards that need more than dotted paths
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - see above
    from jmespath.functions import Functions  # noqa: PLC0415 - see above

    try:
        compiled = jmespath.compile(path)
    except JMESPathError as error:
        raise ValueError(f"{path!r} is no JMESPath: {' '.join(str(error).split())}") from error
    unknown = sorted(set(_functions(compiled.parsed)) - Functions.FUNCTION_TABLE.keys())
    if unknown:
        raise ValueError(f"{path!r} is no JMESPath: there is no function {unknown[0]}()")

    def find(document: object) -> object:
        try:
            found: object = compiled.search(document)
        except (JMESPathError, TypeError, AttributeError) as error:  # jmespath lets the latter two out for odd types
            raise ParseError(f"the path {path!r} cannot be applied to what was found: {error}") from error
        return found

    return find


def _functions(part: Mapping[str, Any]) -> Iterator[str]:
    """The names of the functions that a JMESPath calls; jmespath itself looks them up only when they are called."""
    if part["type"] == "function_expression":
        yield part["value"]
    for child in part["children"]:
        if isinstance(child, dict):
            yield from _functions(child)


def walk(node: object, path: Sequence[str | int], settle: Settle = as_it_is) -> object:
    """What stands at the end of the steps, MISSING when one of them leads nowhere. Keys that contain dots are found too."""
    for done, step in enumerate(path):
        node = settle(node)
        inside = _member(node, step)
        if inside is MISSING:
            return _through_dots(node, path[done:], settle)
        node = inside
    return settle(node)


def _member(node: object, step: str | int) -> object:
    if isinstance(node, dict):
        return node.get(step, MISSING)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else MISSING


def _through_dots(node: object, path: Sequence[str | int], settle: Settle) -> object:
    """Try the first two, three … steps as one key that has dots in its name."""
    for length in range(2, len(path) + 1):
        together = ".".join(map(str, path[:length]))
        if isinstance(node, dict) and together in node:
            return walk(node[together], path[length:], settle)
    return MISSING


def column(records: Sequence[Mapping[str, object]], path: str, values: Values = AS_WRITTEN) -> list[object]:
    """One value per record, MISSING where it has none.

    A key that is literally so named in any record wins; then the path is a dotted one; then a
    JMESPath, whose null cannot be told from nothing and so is MISSING.
    """
    if any(path in record for record in records):
        return [values.settle(record.get(path, MISSING)) for record in records]
    dotted = steps(path)
    if dotted is not None:
        return _walked(records, dotted, values.settle)
    try:
        find = _jmespath(path)
    except ValueError:  # a header such as `Size [B` is a name, not a path
        return [MISSING] * len(records)
    found = [find(values.plain(record)) for record in records]
    return [MISSING if value is None else value for value in found]


def _walked(records: Sequence[Mapping[str, object]], path: tuple[str | int, ...], settle: Settle) -> list[object]:
    if settle is not as_it_is or any(isinstance(step, int) for step in path):
        return [walk(record, path, settle) for record in records]
    nodes: list[Any] = list(records)
    for step in path:
        nodes = [node.get(step, MISSING) if isinstance(node, dict) else MISSING for node in nodes]
    if any(node is not MISSING for node in nodes) or not _have_dots(records[:_ENOUGH_TO_SEE]):
        return nodes
    return [walk(record, path) for record in records]


_ENOUGH_TO_SEE = 5
"""A publisher names the keys of all its records alike."""


def _have_dots(records: Sequence[object]) -> bool:
    """Whether keys on the first levels have dots in them, which makes a path ambiguous."""
    inside = [value for record in records if isinstance(record, dict) for value in record.values() if isinstance(value, dict)]
    return any("." in key for node in (*records, *inside) if isinstance(node, dict) for key in node)
