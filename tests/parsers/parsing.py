"""What the tests of the parsers share: reading a body, and writing flight pages as Next.js does."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise

from tracker.model import Parse, Table
from tracker.parsers import parse


def read(form: str, body: str | bytes, wanted: Sequence[str], **options: object) -> Table:
    raw = body.encode() if isinstance(body, str) else body
    return parse(raw, Parse(format=form, options=options), wanted, "lab/board")


def as_dicts(table: Table) -> list[dict[str, str | None]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def stream(rows: Mapping[str, object]) -> bytes:
    """Flight rows; a value that is bytes becomes a T row, a str that begins with `!` a row with what follows as written."""
    return b"".join(_row(name, value) for name, value in rows.items())


def _row(name: str, value: object) -> bytes:
    if isinstance(value, bytes):
        return f"{name}:T{len(value):x},".encode() + value
    if isinstance(value, str) and value.startswith("!"):
        return f"{name}:{value[1:]}\n".encode()
    return f"{name}:{json.dumps(value, ensure_ascii=False)}\n".encode()


def pushed(text: str, cuts: Sequence[int] = (), inside: str = "<p>before the data</p>") -> bytes:
    """A page that pushes the stream in pieces cut at these characters."""
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    pieces = [text[start:end] for start, end in pairwise(places)]
    return page([f"self.__next_f.push({literal([1, piece])})" for piece in pieces], inside)


def page(scripts: Sequence[str], inside: str = "") -> bytes:
    boot = "(self.__next_f=self.__next_f||[]).push([0])"
    body = "".join(f"<script>{script}</script>" for script in [boot, *scripts])
    return f"<!DOCTYPE html><html><body>{inside}{body}</body></html>".encode()


def literal(value: object) -> str:
    """JSON as Next.js writes it into a script: nothing in it can end the script."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
