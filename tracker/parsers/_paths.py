"""Finds values inside JSON-like records: dotted paths by walking, any other path by JMESPath (https://jmespath.org/).

Numbers are text, as published, so a JMESPath compares them with text: `[?rank == '1']`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import contains
from typing import Any, Final, cast

from msgspec import UNSET

from tracker.errors import ParseError

MISSING: Final = UNSET
"""The value of a key that a record lacks; a key whose value is null has None."""

Follow = Callable[[object], object]
"""Turns a value as encoded into its meaning, such as a reference into what it refers to."""

_SAMPLE = 5
"""Records that show whether keys have dots: a publisher names the keys of all its records alike."""

PLAIN = re.compile(r"[^.\[\]*|&(){}\"'`]+(?:\[\d+\])*(?:\.[^.\[\]*|&(){}\"'`]+(?:\[\d+\])*)*\Z")
STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """How to read a format's values: `follow` resolves one value, `plain` everything inside it too."""

    follow: Follow
    plain: Follow


def as_it_is(value: object) -> object:
    """The Follow of formats without references."""
    return value


AS_WRITTEN = Values(follow=as_it_is, plain=as_it_is)


def steps(path: str) -> tuple[str | int, ...] | None:
    """The keys and indices of a dotted path such as `a.b[0].c`; None for any other path."""
    if not PLAIN.match(path):
        return None
    return tuple(int(index) if index else key for index, key in STEP.findall(path))


def search(path: str, values: Values = AS_WRITTEN) -> Callable[[object], object]:
    """A function that finds the value at a path in a document, or None. An empty path is the document.

    Raises:
        ValueError: the path is neither dotted nor a JMESPath. The function raises ParseError if a JMESPath cannot be applied.
    """
    dotted = steps(path)
    if not path or path == "@":
        return values.plain
    if dotted is not None:
        return lambda document: None if (value := walk(document, dotted, values.follow)) is MISSING else value
    find = _jmespath(path)
    return lambda document: find(values.plain(document))


def _jmespath(path: str) -> Callable[[object], object]:
    import jmespath  # noqa: PLC0415 - loaded for the few boards that need more than dotted paths
    from jmespath.exceptions import JMESPathError  # noqa: PLC0415 - see above
    from jmespath.functions import Functions  # noqa: PLC0415 - see above

    try:
        compiled = jmespath.compile(path)
    except JMESPathError as error:
        raise ValueError(f"{path!r} is not a JMESPath: {' '.join(str(error).split())}") from error
    unknown = sorted(set(_functions(compiled.parsed)) - Functions.FUNCTION_TABLE.keys())
    if unknown:
        raise ValueError(f"{path!r} is not a JMESPath: there is no function {unknown[0]}()")

    def find(document: object) -> object:
        try:
            value: object = compiled.search(document)
        except (JMESPathError, TypeError, AttributeError) as error:  # jmespath lets the latter two out for odd types
            raise ParseError(f"the path {path!r} cannot be applied to the document: {error}") from error
        return value

    return find


def _functions(part: Mapping[str, Any]) -> Iterator[str]:
    """The functions that a JMESPath calls; jmespath itself looks them up only when they are called."""
    if part["type"] == "function_expression":
        yield part["value"]
    for child in part["children"]:
        if isinstance(child, dict):
            yield from _functions(child)


def walk(node: object, path: Sequence[str | int], follow: Follow = as_it_is) -> object:
    """The value at the end of the steps, or MISSING. Keys that contain dots are found too."""
    for done, step in enumerate(path):
        node = follow(node)
        inside = _member(node, step)
        if inside is MISSING:
            return _through_dots(node, path[done:], follow)
        node = inside
    return follow(node)


def _member(node: object, step: str | int) -> object:
    if isinstance(node, dict):
        return node.get(step, MISSING)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else MISSING


def _through_dots(node: object, path: Sequence[str | int], follow: Follow) -> object:
    """Try the first two, three … steps as one key with dots in its name."""
    for length in range(2, len(path) + 1):
        together = ".".join(map(str, path[:length]))
        if isinstance(node, dict) and together in node:
            return walk(node[together], path[length:], follow)
    return MISSING


def column(records: Sequence[Mapping[str, object]], path: str, values: Values = AS_WRITTEN) -> list[object]:
    """One value per record, MISSING where it has none.

    If any record has a key of that very name, the path is this key; otherwise it is dotted, or a JMESPath. A JMESPath gives null
    for nothing too, so its null is MISSING.
    """
    if any(map(contains, records, repeat(path))):
        if values.follow is as_it_is and set(map(type, records)) == {dict}:
            return list(map(dict.get, cast("Sequence[dict[str, object]]", records), repeat(path), repeat(MISSING)))
        return [values.follow(record.get(path, MISSING)) for record in records]
    dotted = steps(path)
    if dotted is not None:
        return _walked(records, dotted, values.follow)
    try:
        find = _jmespath(path)
    except ValueError:  # a header such as `Size [B` is a name, not a path
        return [MISSING] * len(records)
    return [MISSING if (value := find(values.plain(record))) is None else value for record in records]


def _walked(records: Sequence[Mapping[str, object]], path: tuple[str | int, ...], follow: Follow) -> list[object]:
    if follow is not as_it_is or any(isinstance(step, int) for step in path):
        return [walk(record, path, follow) for record in records]
    nodes: list[Any] = list(records)
    for step in path:
        if set(map(type, nodes)) == {dict}:  # which a loop in C reads in a third of the time
            nodes = list(map(dict.get, nodes, repeat(step), repeat(MISSING)))
        else:
            nodes = [node.get(step, MISSING) if isinstance(node, dict) else MISSING for node in nodes]
    if any(node is not MISSING for node in nodes) or not _have_dots(records[:_SAMPLE]):
        return nodes
    return [walk(record, path) for record in records]


def _have_dots(records: Sequence[object]) -> bool:
    """Whether keys on the first two levels contain dots, which makes a path ambiguous."""
    inside = [value for record in records if isinstance(record, dict) for value in record.values() if isinstance(value, dict)]
    return any("." in key for node in (*records, *inside) if isinstance(node, dict) for key in node)
