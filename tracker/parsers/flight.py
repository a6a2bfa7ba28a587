"""Next.js flight data: the stream of rows that React Server Components send, inside a page or by itself (`RSC: 1`).

A page pushes pieces of one stream. A piece may end anywhere, so they are joined before reading. Rows are `id:payload`, with JSON
and a newline, or `id:Tlength,` and that number of bytes.
Format: https://github.com/facebook/react/blob/main/packages/react-client/src/ReactFlightClient.js
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

import msgspec
from msgspec import Meta

from tracker.errors import ParseError
from tracker.model import Table
from tracker.parsers._paths import Values
from tracker.parsers._records import Record, RecordOptions, facts_at, tabulate
from tracker.parsers.decoding import REGEX, decode, find_facts, names, quote
from tracker.parsers.limits import MAX_LISTS, MAX_ROWS, at_most, counted, refuse_large_json
from tracker.parsers.strict_json import Doubled, mapping

PUSHED = b"__next_f"
PUSH = re.compile(r"__next_f(?:\|\|\[\]\))?\.push\(")
BY_LENGTH = b"TAOobUSsLlGgMmV"
"""Tags of rows that state their length in bytes: text, and typed arrays of all kinds."""
ABOUT_ROWS = frozenset("DJWN")
"""Tags of what a development build says about the row of the same id: debug information, timing, console output."""
JSON_STARTS = b'[{"-0123456789tfn'
ROW = re.compile(rb"([0-9a-f]{0,16}):")
LENGTH = re.compile(rb"([0-9a-f]{1,8}),")
MAX_VALUES = 200_000
"""Values that one cell may expand to: references can name the same value again and again."""
CIRCLE = object()
"""The meaning of a reference that is being followed."""

REFERENCE = re.compile(r"\$[L@QW]?([0-9a-f]+)((?::[^:]*)*)\Z")
PROPS = {"type": 1, "key": 2, "props": 3}
"""Places of the parts of a React element `["$", type, key, props]`."""


class Options(RecordOptions, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Options of `flight`. Facts are paths in the object that holds the records, or `re:` in the stream, then in the page."""

    require: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            description="Fields that distinguish the records from other lists; the list with most of them is taken, then the"
            " longest.",
        ),
    ]
    beside: Annotated[tuple[str, ...], Meta(description="Fields that the object holding the records must have.")] = ()
    min_records: Annotated[int, Meta(ge=1, description="Shorter lists are ignored.")] = 3


def parse(body: bytes, options: Options, wanted: Sequence[str]) -> Table:
    """The records of the list that has the required fields, with references resolved.

    Raises:
        ParseError: there is no stream, it is cut off, no list fits, or a wanted value cannot be resolved.
    """
    stream = Stream.of(stream_in(body))
    chosen = _best(stream, options)
    stream.refuse_doubled(options.require)
    values = Values(follow=stream.follow, plain=stream.plain)
    facts = facts_at(chosen.holder, options.facts, values) | _facts_in_text(body, stream, options.facts)
    return tabulate(chosen.records, wanted, options, facts, values)


def _facts_in_text(body: bytes, stream: Stream, locators: Mapping[str, str]) -> dict[str, str]:
    """The facts with a regular expression, searched in the stream, then in the visible text of the page."""
    facts = find_facts(locators, lambda: stream.body.decode(errors="replace"))
    missing = {name: locator for name, locator in locators.items() if locator.startswith(REGEX) and name not in facts}
    if not missing or body.lstrip()[:1] != b"<":
        return facts
    from tracker.parsers.html_tree import visible  # noqa: PLC0415 - Lexbor is loaded for boards with a fact in the page

    return facts | find_facts(missing, lambda: visible(decode(body)))


# ── the stream ───────────────────────────────────────────────────────────────────────────────────


def stream_in(body: bytes) -> bytes:
    """The stream that a page pushes; a body that is not a page is the stream.

    Raises:
        ParseError: the page pushes nothing, or is cut off inside a push.
    """
    if body.lstrip()[:1] != b"<":
        return body
    pieces = list(counted((piece for script in _scripts(body) for piece in _pieces(script)), MAX_ROWS, "pushes"))
    if not pieces:
        raise ParseError("found a page without self.__next_f.push chunks, expected Next.js flight data")
    return b"".join(_joined(pieces))


def _scripts(body: bytes) -> Iterator[str]:
    """The text of each script that pushes; it cannot contain `</script`."""
    start = body.find(PUSHED)
    while start >= 0:
        end = body.find(b"</script", start)
        if end < 0:
            raise ParseError("found a page cut off inside a self.__next_f.push chunk")
        yield _utf8(body[start:end], "a push")
        start = body.find(PUSHED, end)


def _pieces(script: str) -> Iterator[str | bytes]:
    push = PUSH.search(script)
    while push:
        try:
            chunk, end = DECODER.raw_decode(script, push.end())
        except ValueError as error:
            raise ParseError(f"found a push that is not JSON: {quote(script[push.start() :])}") from error
        if isinstance(chunk, list) and len(chunk) == 2 and isinstance(chunk[1], str) and chunk[0] in ("1", "3"):
            yield chunk[1] if chunk[0] == "1" else _decoded_base64(chunk[1])
        push = PUSH.search(script, end)


def _decoded_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ParseError(f"found a binary push that is not base64: {quote(text)}") from error


def _joined(pieces: Sequence[str | bytes]) -> Iterator[bytes]:
    """The pieces as bytes. Neighbouring texts are joined first, since a character may be split into surrogates between them."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            texts.append(piece)
        else:
            yield _encoded("".join(texts))
            yield piece
            texts = []
    yield _encoded("".join(texts))


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode()


# ── its rows ─────────────────────────────────────────────────────────────────────────────────────


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightRow:
    """The place of a row's payload in the stream. `tag` is empty for JSON."""

    tag: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The rows of a stream by id. Values are read, and references followed, on first use."""

    body: bytes
    rows: Mapping[str, FlightRow]
    _values: dict[str, object] = field(default_factory=dict)
    _referents: dict[str, object] = field(default_factory=dict)
    _suspects: list[str] = field(default_factory=list)
    searched: list[str] = field(default_factory=list)
    """Rows whose holder was searched, each time in the whole stream."""

    @classmethod
    def of(cls, body: bytes) -> Stream:
        """The stream, split into rows; the first row of an id counts. Raises ParseError for other bytes and a cut-off row."""
        refuse_large_json(body)
        rows: dict[str, FlightRow] = {}
        at = number = 0
        while at < len(body):
            number += 1
            at_most(number, MAX_ROWS, "flight rows")
            head = ROW.match(body, at)
            if head is None:
                raise ParseError(f"found {quote(repr(body[at : at + 40]))} at byte {at} of the stream, expected a flight row")
            row, at = _row(body, head.end())
            if row.tag not in ABOUT_ROWS:
                rows.setdefault(head[1].decode(), row)
        return cls(body=body, rows=rows)

    def with_all(self, marks: Sequence[bytes]) -> Iterator[str]:
        """The ids of the JSON rows that contain every mark."""
        for name, row in self.rows.items():
            if not row.tag and all(self.body.find(mark, row.start, row.end) >= 0 for mark in marks):
                yield name

    def value(self, name: str) -> object:
        """The value of a row, with its references unresolved. Raises ParseError if it is absent, an error, or broken JSON."""
        if name not in self._values:
            self._values[name] = self._read(name)
        return self._values[name]

    def _read(self, name: str) -> object:
        row = self.rows.get(name)
        if row is None:
            raise ParseError(f"found a reference to flight row {name}, which is missing: the stream is cut off")
        text = _utf8(self.body[row.start : row.end], f"flight row {name}")
        if row.tag == "E":
            raise ParseError(f"found a reference to flight row {name}, a server error: {quote(text)}")
        if row.tag:
            return None
        try:
            value: object = DECODER.decode(text)
        except ValueError as error:
            raise ParseError(f"found broken JSON in flight row {name}: {error}; it may be cut off") from error
        if self.body.count(b'":', row.start, row.end) != msgspec.json.encode(value).count(b'":'):
            self._suspects.append(text)  # a key seems to be lost
        return value

    def refuse_doubled(self, require: Sequence[str]) -> None:
        """Raise ParseError if a record with one of these fields has a key twice in a row that was read."""

        def checked(pairs: list[tuple[str, object]]) -> None:
            record = mapping(pairs)
            if isinstance(record, Doubled) and record.keys() & set(require):
                record.refuse()

        for text in self._suspects:
            json.loads(text, object_pairs_hook=checked)

    def follow(self, value: object) -> object:
        """The value itself, or the referent of a reference; escapes are removed, undefined and functions are None.

        Raises:
            ParseError: the reference leads nowhere, or in a circle.
        """
        if type(value) is not str or value[:1] != "$":
            return value
        if value not in self._referents:
            self._referents[value] = CIRCLE
            self._referents[value] = self._referent(value)
        if self._referents[value] is CIRCLE:
            raise ParseError(f"found the reference {quote(value)}, which leads back to itself")
        return self._referents[value]

    def _referent(self, value: str) -> object:
        reference = REFERENCE.match(value)
        if reference is None:
            return _literal(value)
        row = self.rows.get(reference[1])
        if row and row.tag == "T":
            return _utf8(self.body[row.start : row.end], f"flight row {reference[1]}")
        node = self.follow(self.value(reference[1]))
        for key in reference[2].split(":")[1:]:
            node = self.follow(_step(node, key, value))
        return _mapped(node, value) if value[1] == "Q" else node

    def plain(self, value: object) -> object:
        """The value with every reference inside it followed. Raises ParseError if it expands too far."""
        left = MAX_VALUES

        def resolved(part: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise ParseError(f"found a value that expands to more than {MAX_VALUES} by its references")
            part = self.follow(part)
            if isinstance(part, dict):
                return {key: resolved(inner) for key, inner in part.items()}
            return [resolved(inner) for inner in part] if isinstance(part, list) else part

        return resolved(value)


def _row(body: bytes, at: int) -> tuple[FlightRow, int]:
    """The row whose payload begins at `at`, and where the next one begins."""
    tag = body[at : at + 1]
    length = LENGTH.match(body, at + 1) if tag and tag in BY_LENGTH else None
    if length:
        end = length.end() + int(length[1], 16)
        if end > len(body):
            raise ParseError(
                f"found a flight row at byte {at} of less than its {int(length[1], 16)} bytes: the stream is cut off"
            )
        return FlightRow(tag=tag.decode(), start=length.end(), end=end), end
    end = body.find(b"\n", at)
    end = len(body) if end < 0 else end
    return FlightRow(tag="" if tag in JSON_STARTS else tag.decode(errors="replace"), start=at, end=end), end + 1


def _utf8(written: bytes, place: str) -> str:
    try:
        return written.decode()
    except UnicodeDecodeError as error:
        raise ParseError(f"found bytes that are not UTF-8 in {place}") from error


def _literal(value: str) -> str | None:
    """The meaning of a text with a leading dollar that is not a reference. Dates and big integers stay as written."""
    if value[:2] == "$$":
        return value[1:]
    if value[:2] in ("$D", "$n"):
        return value[2:]
    return "-0" if value == "$-0" else None


def _step(node: object, key: str, reference: str) -> object:
    if isinstance(node, dict) and key in node:
        return node[key]
    if isinstance(node, list):
        at = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else PROPS.get(key, -1)
        if 0 <= at < len(node):
            return node[at]
    raise ParseError(f"found the reference {quote(reference)}, which leads nowhere at {quote(key)}")


def _mapped(node: object, reference: str) -> dict[str, object]:
    """A JavaScript Map, sent as a list of pairs."""
    if isinstance(node, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in node):
        return {str(key): value for key, value in node}
    raise ParseError(f"found the reference {quote(reference)} to a map that is not a list of pairs")


# ── which list ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class FlightList:
    """A list of records, the number of required fields it has (`score`), and the object that holds it."""

    records: list[Record]
    score: int
    holder: Mapping[str, object]


def _best(stream: Stream, options: Options) -> FlightList:
    """Look in the rows that name every required field; if no list there has them all, in all rows and through references."""
    marks = [json.dumps(name, ensure_ascii=False).encode() for name in options.require]
    lists = [candidate for name in stream.with_all(marks) for candidate in _lists(stream, name, options, through=False)]
    if not any(candidate.score == len(marks) for candidate in lists):
        lists = [candidate for name in stream.with_all(()) for candidate in _lists(stream, name, options, through=True)]
    if lists:
        return max(lists, key=lambda candidate: (candidate.score, len(candidate.records)))
    expected = f"a list of at least {options.min_records} records with {names(options.require)}"
    beside = f" beside {names(options.beside)}" if options.beside else ""
    errors = [stream.body[row.start : row.end].decode(errors="replace") for row in stream.rows.values() if row.tag == "E"]
    reported = f"; the server reports an error: {quote(errors[0])}" if errors else ""
    raise ParseError(f"found {len(stream.rows)} flight rows, none with {expected}{beside}{reported}")


def _lists(stream: Stream, name: str, options: Options, *, through: bool) -> Iterator[FlightList]:
    """The lists in a row with most of the required fields. Records of a list that has all of them are not searched."""
    waiting: list[tuple[object, Mapping[str, object] | None]] = [(stream.value(name), None)]
    root = waiting[0][0]
    while waiting:
        node, holder = waiting.pop()
        if isinstance(node, dict):
            waiting += [(inner, node) for inner in reversed(node.values()) if isinstance(inner, dict | list)]
            continue
        if not isinstance(node, list):
            continue
        records = _records(stream, node, options, through=through)
        score = _score(records, options.require)
        if 2 * score > len(options.require):
            holder = _holder(stream, name) if node is root else holder or {}
            if holder.keys() >= set(options.beside):
                yield FlightList(records=records, score=score, holder=holder)
        if score < len(options.require):
            waiting += [(inner, None) for inner in reversed(node) if isinstance(inner, dict | list)]


def _records(stream: Stream, node: list[object], options: Options, *, through: bool) -> list[Record]:
    """The list as records; empty if it is too short or contains anything else. `through`: references to records count."""
    if len(node) < options.min_records:
        return []
    if through and all(_names_row(stream, member) for member in node):
        node = [stream.follow(member) for member in node]
    records: list[Record] = [member for member in node if isinstance(member, dict)]
    return records if len(records) == len(node) else []


def _names_row(stream: Stream, member: object) -> bool:
    reference = REFERENCE.match(member) if isinstance(member, str) else None
    row = stream.rows.get(reference[1]) if reference else None
    return isinstance(member, dict) or (row is not None and not row.tag)


def _score(records: Sequence[Record], require: Sequence[str]) -> int:
    """The number of required fields that at least half of the records have."""
    return sum(2 * sum(name in record for record in records) >= len(records) for name in require) if records else 0


def _holder(stream: Stream, name: str) -> Mapping[str, object]:
    """The object that refers to a row, for a list sent as a row of its own; empty if none does."""
    stream.searched.append(name)
    at_most(len(stream.searched), MAX_LISTS, "lists in rows of their own")
    references = {f"${name}", f"$L{name}", f"$@{name}"}
    for other in stream.with_all([f'{name}"'.encode()]):
        waiting = [stream.value(other)]
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict) and any(isinstance(value, str) and value in references for value in node.values()):
                return node
            waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return {}
