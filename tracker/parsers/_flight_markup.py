"""The elements of a flight stream as HTML: a table that the server rendered for the scripts of its page alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

from tracker.parsers.flight import MAX_VALUES, Stream, stream_in
from tracker.parsers.html_limits import VOID
from tracker.parsers.limits import counted

_NAME = re.compile(r"[A-Za-z][\w:-]*")
_SPELLED = {"className": "class"}


@dataclass(frozen=True, slots=True)
class _Written:
    """HTML that is ready to be written."""

    text: str


def markup_of(body: bytes) -> str:
    """The rows of a body's stream that name a table, as HTML. Components are their children, since their code is not run.

    Raises:
        ParseError: there is no stream, it is cut off, or its elements expand too far.
    """
    stream = Stream.of(stream_in(body))
    pieces = (piece for name in stream.with_all((b'"table"',)) for piece in _pieces(stream, stream.value(name)))
    return "".join(counted(pieces, MAX_VALUES, "pieces of elements"))


def _pieces(stream: Stream, root: object) -> Iterator[str]:
    """The HTML of a value in order, and an empty text for each value without any. Not recursive: elements may nest deeply."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _Written):
            yield node.text
            continue
        node = stream.follow(node)
        text = escape(node) if isinstance(node, str) else ""
        if isinstance(node, list) and node[:1] == ["$"] and len(node) > 3 and isinstance(node[3], dict):
            tag, props = node[1], node[3]
            is_component = not (isinstance(tag, str) and _NAME.fullmatch(tag))
            text = "" if is_component else f"<{tag}{_attributes(props)}>"
            waiting += [] if is_component or tag in VOID else [_Written(f"</{tag}>")]
            waiting.append(props.get("children"))
        elif isinstance(node, list):
            waiting += reversed(node)
        yield text


def _attributes(props: Mapping[str, object]) -> str:
    style = props.get("style")
    texts = {"style": "; ".join(f"{name}: {value}" for name, value in style.items())} if isinstance(style, dict) else {}
    texts |= {name: "" for name, value in props.items() if value is True}
    texts |= {name: value for name, value in props.items() if isinstance(value, str) and name != "children"}
    named = ((_SPELLED.get(name, name.lower()), value) for name, value in texts.items() if _NAME.fullmatch(name))
    return "".join(f' {name}="{escape(value)}"' for name, value in named)
