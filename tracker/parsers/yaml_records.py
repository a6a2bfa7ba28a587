"""YAML: a list of mappings with every scalar as written (`1:30`, `no` and dates stay text), without aliases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._documents import DocumentOptions, table_of
from tracker.parsers.decoding import decode, fold, refuse_markup
from tracker.parsers.limits import MAX_NODES, MAX_ROWS, at_most, counted
from tracker.parsers.strict_json import mapping

LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
"""Plain scalars that mean null; in quotes they are text."""
BLANK_LINE = re.compile(r"^[ \t]*\t[ \t]*(?:#.*)?(?=\r?$)", re.MULTILINE)
TAB_DASH = re.compile(r"^([ ]*(?:- )*-)\t+", re.MULTILINE)
"""Tabs that YAML 1.2 allows and libyaml refuses: on a line of nothing else but a comment, and after the dash of a list."""
MAX_DEPTH = 60
"""libyaml's composer recurses on the C stack, so we compose from its events, to a depth that no board needs."""


_FRONT = re.compile(r"(---[ \t]*\r?\n.*?\n)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)(?!\s*(?:- |[\w.\"' -]+:\s|[{\[]))", re.DOTALL)
"""The front matter of a page in another language, such as Markdown: the text after it is not YAML."""


class Options(DocumentOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `yaml_records`. The key of a mapping of mappings is the column `$key`."""


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The records of the document; columns are paths inside a record. Raises ParseError as `load`, and without records."""
    text = decode(body)
    refuse_markup(text, "YAML")
    return table_of(load(text), options, wanted, text)


def load(text: str) -> object:
    """The one document of a text, or its front matter: mappings, lists, text and None.

    Raises:
        ParseError: the text is not YAML, has several documents, an alias or a merge key, or is nested too deeply.
    """
    if front := _FRONT.match(text):
        text = front[1]
    try:
        return _document(counted(yaml.parse(text, Loader=LOADER), 2 * MAX_NODES, "YAML events"))
    except yaml.YAMLError as error:
        without_tabs = TAB_DASH.sub(r"\1 ", BLANK_LINE.sub("", text))
        if without_tabs != text:
            return load(without_tabs)
        raise ParseError(f"found broken YAML: {fold(str(error))}") from error


def _document(events: Iterator[yaml.Event]) -> object:
    document: object = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        elif isinstance(event, yaml.NodeEvent):
            document = _value(event, events, 0)
    if documents != 1:
        raise ParseError(f"found {documents} YAML documents, expected one")
    return document


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> object:
    if isinstance(event, yaml.AliasEvent):
        raise ParseError(f"found an alias at line {_line(event)}, expected plain YAML")
    if depth > MAX_DEPTH:
        raise ParseError(f"found more than {MAX_DEPTH} levels at line {_line(event)}, expected records")
    if isinstance(event, yaml.ScalarEvent):
        return None if event.implicit[0] and event.value in NOTHING else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        return [_value(inner, events, depth + 1) for inner in _until(yaml.SequenceEndEvent, events)]
    return _mapping(events, depth)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _mapping(events: Iterator[yaml.Event], depth: int) -> dict[str, object]:
    pairs: list[tuple[str, object]] = []
    for event in _until(yaml.MappingEndEvent, events):
        if not isinstance(event, yaml.ScalarEvent):
            raise ParseError(f"found a key that is not text at line {_line(event)}, expected plain YAML")
        if event.value == "<<" and event.implicit[0]:
            raise ParseError(f"found a merge key at line {_line(event)}, expected plain YAML")
        pairs.append((str(event.value), _value(next(events), events, depth + 1)))
    return mapping(pairs)


def _until(end: type[yaml.Event], events: Iterator[yaml.Event]) -> Iterator[yaml.Event]:
    """The events that begin the members of a collection, up to its end."""
    for number, event in enumerate(events):
        if isinstance(event, end):
            return
        at_most(number, MAX_ROWS, "members of one collection")
        yield event
