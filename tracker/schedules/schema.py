"""Generates the JSON Schema of a board's file from the file shapes, for editors."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec
from msgspec import Struct

from tracker.schedules.shapes import REST, BoardFile, Formats


def schema(formats: Formats) -> dict[str, Any]:
    """The JSON Schema of a board's file, with the options of every format."""
    components = _components(BoardFile, "{name}")
    generated = components["ParseTable"]["properties"]
    components["ParseTable"] = {
        "oneOf": [_parse_schema(name, options, components, generated["group"]) for name, options in sorted(formats.items())]
    }
    root = components.pop("BoardFile")
    definitions = {name.lstrip("_"): _published(node) for name, node in sorted(components.items())}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A board of the leaderboard tracker",
        **_published(root),
        "$defs": definitions,
    }


def _components(table: type[Struct], name: str) -> dict[str, Any]:
    _, components = msgspec.json.schema_components([table], ref_template="#/$defs/" + name)
    return components


def _parse_schema(name: str, options: type[Struct], components: dict[str, Any], group: Any) -> dict[str, Any]:
    """The [parse] table of one format. Types of its options become components, with the format as prefix."""
    own = _components(options, f"{name}.{{name}}")
    table = own.pop(options.__name__)
    components.update({f"{name}.{inner}": node for inner, node in own.items()})
    return {
        **table,
        "properties": {
            "format": {"const": name, "description": "Which parser reads the bytes"},
            "group": group,
            **table["properties"],
        },
        "required": ["format", *table.get("required", ())],
    }


def _published(node: Any) -> Any:
    """A part of msgspec's schema in terms of a TOML file, without null and the names of our types."""
    if isinstance(node, list):
        return [_published(part) for part in node if part != {"type": "null"}]
    if not isinstance(node, dict):
        return node
    internal = {
        key for key, value in node.items() if (key == "title" and isinstance(value, str)) or (key == "default" and value is None)
    }
    public = {key: _published(value) for key, value in node.items() if key not in internal}
    if isinstance(public.get("description"), str):
        public["description"] = cleandoc(public["description"])  # Python 3.13 unindents docstrings, others do not
    if isinstance(public.get("$ref"), str):
        public["$ref"] = public["$ref"].replace("#/$defs/_", "#/$defs/")
    if len(public.get("anyOf", ())) == 1:
        public = public.pop("anyOf")[0] | public
    return _opened(_with_numbers(public))


def _with_numbers(node: dict[str, Any]) -> dict[str, Any]:
    """A decimal may be written as a number, which msgspec knows as text only."""
    if node.get("format") != "decimal":
        return node
    return {key: value for key, value in node.items() if key != "format"} | {"type": ["number", "string"]}


def _opened(node: dict[str, Any]) -> dict[str, Any]:
    """A table with the key `*` allows any other key."""
    properties = node.get("properties")
    if not isinstance(properties, dict) or REST not in properties:
        return node
    named = {key: value for key, value in properties.items() if key != REST}
    return node | {"properties": named, "additionalProperties": properties[REST]["additionalProperties"]}
