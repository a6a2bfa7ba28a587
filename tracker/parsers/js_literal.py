"""Data that a script assigns to a name (`const board = [{rank: "1st", …}];`), in a JavaScript file or in a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Annotated

from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._documents import DocumentOptions, table_of
from tracker.parsers.decoding import decode
from tracker.parsers.html_tree import scripts
from tracker.parsers.script_source import assignments, literal

MAX_ASSIGNMENTS = 20
"""A script with more assignments to one name is not a board."""
SCRIPT_TYPES = re.compile(r"|module|(?:text|application)/(?:x-)?(?:java|ecma)script", re.IGNORECASE)
"""Types of a `<script>` that browsers run (https://html.spec.whatwg.org/#attr-script-type)."""
VARIABLE = re.compile(r"(?:[^\W\d]|\$)[\w$]*(?:\.(?:[^\W\d]|\$)[\w$]*)*(?:\(\)|:)?")


class Options(DocumentOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `js_literal`. The document is the value of the variable; numbers stay as written."""

    variable: Annotated[
        str | tuple[str, ...],
        Meta(
            description="The name to which the data is assigned, without const, let, var, window. or self.; its value must be a"
            " literal. `NAME()`: the argument of a call; `NAME:`: a property of an object in the code. The document of several"
            " names is an object of their values."
        ),
    ]

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in (self.variable,) if isinstance(self.variable, str) else self.variable:
            if not VARIABLE.fullmatch(name):
                raise ValueError(f"variable = {name!r} is not a name in JavaScript")


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The records of the value of the variable; columns are paths inside a record.

    Raises:
        ParseError: the variable has no value, different values, or one that is not a literal; or the value has no such records.
    """
    text, names = decode(body), options.variable
    document = _value(text, names) if isinstance(names, str) else {name: _value(text, name) for name in names}
    return table_of(document, options, wanted, text)


def _value(text: str, variable: str) -> object:
    own = re.compile(rf"\s*{re.escape(variable)}\s*(?:;|\}}|$)")  # `window.board = board;` says nothing new
    places = [(script, at) for script in _scripts(text) for at in _places(script, variable) if not own.match(script, at)]
    if not places:
        raise ParseError(f"found no assignment to {variable}, expected {variable} = … in a script")
    if len(places) > MAX_ASSIGNMENTS:
        raise ParseError(f"found more than {MAX_ASSIGNMENTS} assignments to {variable}, expected one")
    try:
        values = [literal(script, place) for script, place in places]
    except ParseError as error:
        raise ParseError(f"{error} (in the value of {variable})") from error
    full = [value for value in values if value] or values[:1]  # `let board = [];` only declares it
    if any(value != full[0] for value in full[1:]):
        raise ParseError(f"found {len(values)} assignments to {variable} with different values, expected one value")
    return full[0]


def _scripts(text: str) -> Iterator[str]:
    """The scripts of a page; any other body is a script."""
    if text.lstrip()[:1] != "<":
        yield text
        return
    for attributes, content in scripts(text):
        if SCRIPT_TYPES.fullmatch(attributes.get("type", "").partition(";")[0].strip()):
            yield content


def _places(script: str, variable: str) -> Iterator[int]:
    """The places of the variable's values. The script is read only as far as it names the variable."""
    part = variable.rpartition(".")[2].removesuffix("()").removesuffix(":")
    last = script.rfind(part)
    if last < 0:
        return iter(())
    places = (place for name, place in assignments(script, last + len(part)) if name == variable)
    return islice(places, MAX_ASSIGNMENTS + 1)
