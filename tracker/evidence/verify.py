"""Derive the sentence of an evidence bundle again from the publisher's bytes: `python -I verify.py` in the unpacked folder.

Exit code 0: the sentence follows from the bytes, and is printed. 1: something contradicts it. 2: something is missing, or of a
kind that this program does not derive. `--body FILE` gives the bytes of a capture that the bundle may not contain.

This program needs Python 3.11 and nothing else. It shares no code with the program that wrote the bundle.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from math import fsum, hypot
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

Json = Mapping[str, Any]
Rows = list[dict[str, str | None]]
Found = tuple[str, Rows]


class _Contradicted(Exception):
    """The bundle contradicts itself or its statement: exit code 1."""


class _Incomplete(Exception):
    """Something is missing, or not derived by this program: exit code 2."""


def _holds(condition: object, problem: str) -> None:
    if not condition:
        raise _Contradicted(problem)


def _given(condition: object, problem: str) -> None:
    if not condition:
        raise _Incomplete(problem)


def main(arguments: Sequence[str]) -> int:
    """Verify the bundle beside this file, print the result, and return the exit code."""
    try:
        _given(len(arguments) % 2 == 0 and {*arguments[::2]} <= {"--body"}, "usage: python -I verify.py [--body FILE]...")
        sentence, unchecked = verify(Path(__file__).resolve().parent, [Path(name).read_bytes() for name in arguments[1::2]])
    except _Contradicted as error:
        lines, code = [f"DOES NOT HOLD: {error}"], 1
    except (_Incomplete, OSError) as error:
        lines, code = [f"NOT VERIFIED: {error}"], 2
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
        lines, code = [f"DOES NOT HOLD: the bundle is damaged: {type(error).__name__}: {error}"], 1
    else:
        lines, code = [*(f"Not checked: {line}." for line in unchecked), f"Derived from the bytes: {sentence}"], 0
    for line in lines:
        print("".join(sign if sign.isprintable() else "\ufffd" for sign in line))
    return code


def verify(folder: Path, supplied: Iterable[bytes]) -> tuple[str, list[str]]:
    """The sentence of a bundle, and what was not checked, one phrase each."""
    _check_files(folder)
    bundle: Json = json.loads((folder / "bundle.json").read_bytes())
    _given(bundle["format"] == 1, f"the bundle has format {bundle['format']}; this program reads format 1")
    board, event = bundle["board"], bundle["event"]
    _check_chain(bundle, (folder / "index.jsonl").read_bytes())
    bodies = {_sha256(body): body for body in (*_warc_bodies((folder / "captures.warc").read_bytes()), *supplied)}
    captures = bundle["captures"]
    named = {digest for capture in captures for digest in capture["sha256"]}
    _holds(bodies.keys() <= named, f"the bytes with these SHA-256 belong to no capture: {bodies.keys() - named}")
    missing = {digest: capture["url"] for capture in captures for digest in capture["sha256"] if digest not in bodies}
    _given(not missing, f"the bytes with these SHA-256 are not in the bundle (--body FILE): {missing}")
    parties = (sorted(party["entry"] for party in event[side]) for side in ("subjects", "rivals"))
    parts = [event["kind"], event["board"], event["metric"], event["grade"], *parties, *bundle["digests"].values()]
    digest = _sha256(json.dumps([*parts, _time(event["recorded_at"]).isoformat()]).encode())
    _holds(digest[:16] == event["id"], "the id of the event does not follow from its kind, grade, parties, time and bytes")
    _holds(event["board"] == board["id"], f"the event is of {event['board']}, the declaration of {board['id']}")
    _holds(json.loads((folder / "rows.json").read_bytes()) == event["evidence"], "rows.json differs from the event")
    received = list(_received((folder / "index.jsonl").read_bytes()))
    case = _Case(bundle, {capture["observed_at"]: _Reader(board).page(capture, bodies) for capture in captures}, received)
    _given(event["kind"] in KINDS, f"this program does not derive events of the kind {event['kind']}")
    grade, sentence = KINDS[event["kind"]](case)
    _holds(grade == event["grade"], f"the bytes give the grade {grade}, the statement has {event['grade']}")
    _holds(sentence == event["headline"], f"the bytes give “{sentence}”, the statement reads “{event['headline']}”")
    case.unchecked.append(
        "what the statement says beside its sentence (after, until, facts, weight), as far as nothing follows from it"
    )
    case.unchecked.append("the declaration of the board (title, columns, units) and the models of names, which are as stated")
    case.unchecked.append(f"the signature of the root {bundle['root'][:16]}…; compare it with a checkpoint that others hold")
    return sentence, case.unchecked


_time = datetime.fromisoformat


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _check_files(folder: Path) -> None:
    """Compare each file with its hash in the RO-Crate."""
    crate = json.loads((folder / "ro-crate-metadata.json").read_bytes())
    hashes = {part["@id"]: part["sha256"] for part in crate["@graph"] if "sha256" in part}
    unlisted = {"bundle.json", "captures.warc", "index.jsonl", "rows.json"} - hashes.keys()
    _holds(not unlisted, f"ro-crate-metadata.json does not list {unlisted}")
    for name, digest in hashes.items():
        path = folder / name
        _given(path.parent == folder and path.is_file(), f"the file {name} is missing")
        _holds(_sha256(path.read_bytes()) == digest, f"{name} was changed after the bundle was written: its SHA-256 differs")


def _warc_bodies(warc: bytes) -> Iterator[bytes]:
    """The payloads of the `resource` records. https://iipc.github.io/warc-specifications/ ."""
    at = 0
    while at < len(warc):
        end = warc.find(b"\r\n\r\n", at)
        _holds(end >= 0 and warc.startswith(b"WARC/1.", at), f"captures.warc: byte {at} does not begin a record")
        lines = (line.partition(":") for line in warc[at:end].decode(errors="replace").split("\r\n"))
        fields = {name.lower(): value.strip() for name, _, value in lines}
        at = end + 4 + int(fields["content-length"])
        _holds(warc[at : at + 4] == b"\r\n\r\n", "captures.warc: a record does not end where it says")
        if fields.get("warc-type") == "resource":
            yield warc[end + 4 : at]
        at += 4


def _check_chain(bundle: Json, index: bytes) -> None:
    """Follow the hash chain of the index, find each capture in it, and follow the Merkle path of its head to the root."""
    before, everything, chained = _sha256(b""), b"", False
    *lines, torn = index.split(b"\n")
    _holds(not torn, "index.jsonl: the last line is cut off")
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(rb'(.*),"chain":"([0-9a-f]{64})"}', line, re.DOTALL)
        if match is None:
            _holds(not chained, f"index.jsonl: line {number} has no link to the line before")
            everything += line + b"\n"
            before = _sha256(everything)
        else:
            follows = _sha256(before.encode() + match[1]) == match[2].decode()
            _holds(follows, f"index.jsonl: line {number} does not follow from those before it")
            before, chained = match[2].decode(), True
    fetched = {(_time(line["observed_at"]), tuple(line.get("sha256", ()))) for line in map(json.loads, lines)}
    for capture in bundle["captures"]:
        place = (_time(capture["observed_at"]), tuple(capture["sha256"]))
        _holds(place in fetched, f"the capture of {capture['observed_at']} is not in index.jsonl")
    node = hashlib.sha256(b"\x00" + f"{bundle['board']['id']} {len(lines)} {before}".encode()).digest()
    for side, other in bundle["path"]:
        pair = (bytes.fromhex(other), node) if side == "left" else (node, bytes.fromhex(other))
        node = hashlib.sha256(b"\x01" + b"".join(pair)).digest()
    _holds(node.hex() == bundle["root"], "the index does not lead to the root of the archive")


def _received(index: bytes) -> Iterator[tuple[datetime, str]]:
    """When which bytes were received, for each page in the index that was not an error."""
    for line in map(json.loads, index.splitlines()):
        if line.get("sha256") and line["verdict"] in ("new", "revisit"):
            yield _time(line["observed_at"]), "+".join(line["sha256"])


class _Value(NamedTuple):
    value: float
    low: float | None
    high: float | None
    estimated: bool
    decimals: int
    raw: str

    @property
    def half_width(self) -> float | None:
        return None if self.low is None or self.high is None else (self.high - self.low) / 2


class _Entry(NamedTuple):
    name: str
    values: dict[str, _Value]
    released: str


class _Page(NamedTuple):
    at: datetime
    digest: str
    entries: dict[str, _Entry]
    nameless: list[dict[str, _Value]]
    version: str

    def values(self, metric: Json, *, estimates: bool = True) -> dict[str, _Value]:
        shown = ((key, entry.values.get(metric["id"])) for key, entry in self.entries.items())
        return {key: value for key, value in shown if value is not None and (estimates or not value.estimated)}

    def rows(self, metric: Json) -> list[_Value]:
        """The values of all entries and, of the metric that ranks the board, of rows that name none."""
        nameless = [row[metric["id"]] for row in self.nameless if metric["primary"] and metric["id"] in row]
        return [*self.values(metric).values(), *nameless]


MISSING = {"", "-", "–", "—", "--", "n/a", "na", "null", "none", "nan", "unknown", "?", "tbd", "$undefined"}
_NUMBER = r"[+-]?[$€£¥]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+|(?=\.\d))(?:\.\d*)?(?:[eE][+-]?\d{1,3})?[kKmMbBtT]?"
_FIGURE = re.compile(
    rf"(?P<about>[≈~] ?)?(?P<value>{_NUMBER}) ?[%$€£¥]?(?P<star>\*)?(?: ?(?:/|per) ?1?[mM](?: ?tok(?:en)?s?)?)?"
    rf"(?: ?[(\[]?± ?(?P<half>{_NUMBER}) ?%?[)\]]?| ?[(\[]?\+(?P<up>{_NUMBER}) ?/ ?-(?P<down>{_NUMBER})[)\]]?)?(?P<note> E)?"
)


class _Reader:
    """Reads captures as the declaration of the board says."""

    def __init__(self, board: Json) -> None:
        parse, self.board = board["parse"], board
        self.form, self.options = parse["format"], parse["options"]
        _given(self.form in READERS, f"this program does not read the format {self.form}")
        odd = [name for name, value in self.options.items() if value and name not in READERS[self.form][1]]
        _given(not odd, f"this program does not read the options {', '.join(odd)} of {self.form}")
        joined = parse["group"] or board["payloads"] or board["request"]["each"]
        _given(not joined, "this program does not join several answers, or group rows")
        is_whole = board["contract"]["depth"] == "whole" and board["contract"]["duplicates"] in ("", "ambiguous")
        _given(is_whole, "this program reads only boards that show all entries, each once")
        columns = [*board["key"], board["name"], *board["attributes"].values()]
        parts = ("column", "low", "high", "plus_minus", "estimated", "measured_with")
        columns += [metric[part] for metric in board["metrics"] for part in parts]
        self.columns = [source for column in columns if column for source in column["sources"]]
        self.columns += [*self.options.get("where", ()), *self.options.get("without", ())]

    def page(self, capture: Json, bodies: Mapping[str, bytes]) -> _Page:
        rows: Rows = []
        version, locator = "", self.options.get("facts", {}).get("version", "")
        is_plain = not any(capture["parts"]) and locator[:3] in ("", "re:")
        _given(is_plain, "this program does not join several answers, or find facts by paths")
        for digest in capture["sha256"]:
            text, found = READERS[self.form][0](bodies[digest], self.options, self.columns)
            rows += filter(self.is_kept, found)
            match = re.search(locator[3:], text) if locator else None
            version = version or (" ".join(match[1].split()) if match else "")
        _holds(rows, f"the capture of {capture['observed_at']} has no rows")
        self.present = {column for row in rows for column in row}
        keys = [" | ".join(_clean(self.cell(row, part)) for part in self.board["key"]) for row in rows]
        count, entries, nameless = Counter(keys), dict[str, _Entry](), []
        for key, row in zip(keys, rows, strict=True):
            values = self.values(row)
            if count[key] > 1:
                nameless.append(values)
            else:
                released = self.cell(row, self.board["attributes"].get("released"))
                entries[key] = _Entry(_clean(self.cell(row, self.board["name"])), values, released)
        return _Page(_time(capture["observed_at"]), "+".join(capture["sha256"]), entries, nameless, version)

    def is_kept(self, row: Mapping[str, str | None]) -> bool:
        for column, texts in self.options.get("without", {}).items():
            excluded = [text.strip().casefold() for text in ([texts] if isinstance(texts, str) else texts)]
            if (row.get(column) or "").strip().casefold() in excluded:
                return False
        return all((row.get(column) or "") == text for column, text in self.options.get("where", {}).items())

    def cell(self, row: Mapping[str, str | None], column: Json | None) -> str:
        """The cell of the first source that the table has; empty without one."""
        if column is None:
            return ""
        is_plain = not column["part"] and column["kind"] not in ("numbered", "distance")
        _given(is_plain, "this program does not read cells with several figures, names after their places, or distances")
        source = next((source for source in column["sources"] if source in self.present), "")
        return (row.get(source) or "").strip()

    def values(self, row: Mapping[str, str | None]) -> dict[str, _Value]:
        computed = [metric for metric in self.board["metrics"] if metric["mean_of"] or metric["blend_of"]]
        shown = [(metric["id"], self.value(metric, row)) for metric in self.board["metrics"] if metric not in computed]
        values = {metric: value for metric, value in shown if value is not None}
        for metric in computed * 2:  # a mean may have means as parts
            weights = dict(metric["blend_of"]) or dict.fromkeys(metric["mean_of"], 1)
            if weights.keys() <= values.keys():
                shares, parts = [float(str(weight)) for weight in weights.values()], [values[part] for part in weights]
                mean = fsum(share * part.value for share, part in zip(shares, parts, strict=True)) / fsum(shares)
                raw = f"mean of {', '.join(weights)}"
                raw += f", weighted {':'.join(map(str, weights.values()))}" if metric["blend_of"] else ""
                decimals, estimated = min(6, max(part.decimals for part in parts)), any(part.estimated for part in parts)
                values[metric["id"]] = _Value(mean, None, None, estimated, decimals, raw)
        return values

    def value(self, metric: Json, row: Mapping[str, str | None]) -> _Value | None:
        cell = self.cell(row, metric["column"])
        if _is_missing(cell, metric["column"]):
            return None
        text, offset = cell, self.cell(row, metric["plus_minus"])
        if not _is_missing(offset, metric["plus_minus"]):
            text = f"{cell} {'' if offset[0] in '±+' else '±'}{offset}"
        match = _FIGURE.fullmatch(" ".join(text.translate({0x2212: "-", 0x2013: "-"}).split()))
        if match is None:
            raise _Incomplete(f"this program cannot read “{text}” as a value of {metric['title']}")
        parts = (_amount(match["value"]), metric["scale"], metric["half_width_factor"])
        value, scale, factor = (Decimal(str(part)) for part in parts)
        sides = [match["half"] or match["down"], match["half"] or match["up"]]
        ends = [value + sign * _amount(side) * factor if side else None for sign, side in zip((-1, 1), sides, strict=True)]
        bounds = [(self.cell(row, metric[side]), metric[side]) for side in ("low", "high")]
        if any(not _is_missing(*bound) for bound in bounds):
            ends = [None if _is_missing(*bound) else _amount(bound[0]) for bound in bounds]
        flag = self.cell(row, metric["estimated"]).casefold()
        is_clear = not metric["measured_with"] and flag in MISSING | {"true", "false", "yes", "no", "0", "1"}
        _given(is_clear, f"this program cannot read whether {metric['title']} is an estimate")
        estimated = bool(match["about"] or match["star"] or match["note"]) or flag in ("true", "yes", "1")
        low, high = (None if end is None else float(end * scale) for end in ends)
        decimals = max(0, -int(value.as_tuple().exponent) - scale.adjusted())
        return _Value(float(value * scale) + 0.0, low, high, estimated, decimals, cell)


def _clean(name: str) -> str:
    name = " ".join(name.split())
    odd = not name.isprintable() or re.search(r"[*`\[\]†‡§¶\u0370-\u04ff]|[^\w)\]%+.!-]$", name)
    _given(not odd, f"this program does not read names with footnote marks or badges, such as “{name}”")
    return name


def _is_missing(cell: str, column: Json | None) -> bool:
    own = [text.strip().casefold() for text in column["missing"]] if column else []
    if column is None or cell.casefold() in MISSING or cell.casefold() in own:
        return True
    return bool(re.fullmatch(_NUMBER, cell)) and _amount(cell) in [_amount(text) for text in own if re.fullmatch(_NUMBER, text)]


def _amount(text: str) -> Decimal:
    _given(re.fullmatch(_NUMBER, text), f"this program cannot read “{text}” as a number")
    digits = re.sub(r"[$€£¥,]", "", text)
    power = {"k": 3, "m": 6, "b": 9, "t": 12}.get(digits[-1].lower(), 0)
    return Decimal(digits[:-1]).scaleb(power) if power else Decimal(digits)


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)  # numbers as published


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _Incomplete("this program reads only UTF-8") from None


def _visible(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def _same(value: Any) -> Any:
    return value


def _json(body: bytes, options: Json, columns: Sequence[str]) -> Found:
    text = _decoded(body)
    records = _at(_DECODER.decode(text.strip()), options.get("records") or "", _same)
    if isinstance(records, dict):
        records = [{**record, "$key": key} for key, record in records.items()]
    return text, _records(records, columns, _same)


def _records(records: Any, columns: Sequence[str], follow: Callable[[Any], Any]) -> Rows:
    is_list = isinstance(records, list) and records and all(isinstance(record, dict) for record in records)
    _given(is_list, "this program finds no list of records where the declaration says")
    rows: Rows = []
    for record in records:
        row: dict[str, str | None] = {}
        for path in columns:
            value = follow(record[path]) if path in record else _at(record, path, follow, absent=_same)
            if value is not _same:
                is_text = value is None or isinstance(value, str)
                row[path] = value if is_text else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        rows.append(row)
    return rows


def _at(value: Any, path: str, follow: Callable[[Any], Any], absent: Any = None) -> Any:
    """The value at a dotted path such as `a.b[0].c`, or `rows[].row`."""
    is_plain = re.fullmatch(r"(?:[^\[\]*|&(){}\"'`]+(?:\[\d*\][^\[\]*|&(){}\"'`]*)*)?", path)
    _given(is_plain, f"this program does not follow the path {path}")
    steps = re.findall(r"\[(\d*)\]|([^.\[\]]+)", path)
    for number, (index, key) in enumerate(steps, 1):
        value = follow(value)
        if not key and not index:
            rest = "".join(f".{name}" if name else f"[{place}]" for place, name in steps[number:]).lstrip(".")
            return [_at(inner, rest, follow) for inner in value]
        if key and isinstance(value, dict) and key in value:
            value = value[key]
        elif index and isinstance(value, list) and int(index) < len(value):
            value = value[int(index)]
        else:
            return absent
    return follow(value)


def _table(lines: Sequence[Sequence[str]]) -> Rows:
    """Rows under the first line; empty lines do not count."""
    header, *rest = [line for line in lines if any(cell.strip() for cell in line)] or [[]]
    names = [" ".join(cell.split()) for cell in header]
    is_even = len({*names}) == len(names) and all(len(line) <= len(names) for line in rest)
    _given(is_even, "this program does not read tables with equal columns, or rows longer than their header")
    return [dict(zip(names, [*line, *[""] * (len(names) - len(line))], strict=True)) for line in rest]


def _csv(body: bytes, options: Json, columns: Sequence[str]) -> Found:  # noqa: ARG001  # all formats are called alike
    text = _decoded(body)
    delimiter = options.get("delimiter") or max(",;\t|", key=text.split("\n", 1)[0].count)
    return text, _table(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))


def _markdown(body: bytes, options: Json, columns: Sequence[str]) -> Found:  # noqa: ARG001  # all formats are called alike
    text = _decoded(body)
    start = text.find(options.get("after") or "")
    lines = text[start:].split("\n") * (start >= 0)
    for number, (header, rule) in enumerate(pairwise(lines), 2):
        if "|" in header and "|" in rule and re.fullmatch(r"[\s|:-]*-[\s|:-]*", rule):
            end = next((at for at in range(number, len(lines)) if "|" not in lines[at]), len(lines))
            cells = [[_plain(cell) for cell in line.strip().strip("|").split("|")] for line in (header, *lines[number:end])]
            if {*options.get("headers", ())} <= {*cells[0]}:
                return text, _table(cells)
    raise _Incomplete("this program finds no such Markdown table")


def _plain(cell: str) -> str:
    """The text of a Markdown cell that is plain, bold, code or one link."""
    match = re.fullmatch(r"(\*\*|`|)(?:\[([^\[\]]+)\]\([^()\s]+\)|((?:[^\[\]*`<>&~\\]|\\[_*.-])*))\1", cell.strip())
    if match is None:
        raise _Incomplete(f"this program does not read the Markdown cell “{cell}”")
    return re.sub(r"\\([_*.-])", r"\1", match[2] or match[3]).strip()


class _HtmlCell(NamedTuple):
    text: list[str]
    elements: list[tuple[str, dict[str, str], list[int]]]


class _Tables(HTMLParser):
    """Collects the tables of a page: rows of cells, with the elements in them and the pieces of text that these span."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[_HtmlCell]]] = []
        self.cell: _HtmlCell | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag in ("table", "tr"):
            _given(tag == "tr" or self.cell is None, "this program does not read tables inside tables")
            self.cell = None
            self.tables += [[]] if tag == "table" else []
            self.tables[-1:] = [[*table, []] if tag == "tr" else table for table in self.tables[-1:]]
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            is_single = attributes.get("colspan", "1") == attributes.get("rowspan", "1") == "1"
            _given(is_single, "this program does not read tables with spans")
            self.cell = _HtmlCell([], [])
            self.tables[-1][-1].append(self.cell)
        elif self.cell is not None:
            odd = tag in ("sup", "sub", "del", "s", "br", "small", "p", "li") or "display" in attributes.get("style", "")
            _given(not odd, f"this program does not read cells with <{tag}>")
            self.cell.elements.append((tag, attributes, [len(self.cell.text)]))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self.cell = None
        elif self.cell is not None:
            spans = [span for name, _, span in self.cell.elements if name == tag and len(span) == 1]
            for span in spans[-1:]:
                span.append(len(self.cell.text))

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.text.append(data)


def _html(body: bytes, options: Json, columns: Sequence[str]) -> Found:
    page, reader = _decoded(body), _Tables()
    reader.feed(page)
    wanted, fitting = {*options.get("headers", ())}, []
    for table in filter(None, reader.tables):
        names = [" ".join("".join(cell.text).split()) for cell in table[0]]
        if names and wanted <= {*names} and len({*names}) == len(names):
            fitting.append((names, [line for line in table[1:] if line]))
    _given(fitting, "this program finds no such table in the page")
    names, lines = max(fitting, key=lambda pair: len(pair[1]))
    _given(all(len(line) == len(names) for line in lines), "this program does not read rows of other lengths than the header")
    rows: Rows = []
    for line in lines:
        cells = (" ".join("".join(cell.text).split()) for cell in line)
        selected = {column: _select(line, column) for column in columns if column.startswith(("css:", "@"))}
        rows.append({**dict(zip(names, cells, strict=True)), **selected})
    return _visible(page), rows


def _select(line: Sequence[_HtmlCell], column: str) -> str | None:
    """The text or attribute of the first element that matches `css:TAG[ATTRIBUTE]@ATTRIBUTE`, a part of the selectors."""
    match = re.fullmatch(r"css:([a-z0-9]+)(?:\[([\w-]+)\])?(?:@([\w-]+))?", column)
    if match is None:
        raise _Incomplete(f"this program does not follow the selector {column}")
    for cell in line:
        for tag, attributes, span in cell.elements:
            if tag == match[1] and (not match[2] or match[2] in attributes):
                return attributes.get(match[3]) if match[3] else " ".join("".join(cell.text[slice(*[*span, None][:2])]).split())
    return None


def _flight(body: bytes, options: Json, columns: Sequence[str]) -> Found:
    """The records in the stream that a Next.js page pushes."""
    page, stream = _decoded(body), body
    if page.lstrip().startswith("<"):
        pushes = (_DECODER.raw_decode(page, match.end())[0] for match in re.finditer(r"__next_f(?:\|\|\[\]\))?\.push\(", page))
        pieces = "".join(push[1] for push in pushes if len(push) == 2 and push[0] == "1")
        stream = pieces.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()
    rows, lists = _flight_rows(stream), list[list[Any]]()

    def follow(value: Any, depth: int = 0) -> Any:
        if not isinstance(value, str) or not value.startswith("$") or depth > 50:
            return value
        match = re.fullmatch(r"\$[L@QW]?([0-9a-f]+)((?::[^:]*)*)", value)
        if match is None or match[1] not in rows:
            return value[1:] if value.startswith("$$") else value[2:] if value[:2] in ("$D", "$n") else None
        found = follow(rows[match[1]], depth + 1)
        for key in match[2].split(":")[1:]:
            place = {"type": 1, "key": 2, "props": 3}.get(key, key)
            found = follow(found[key] if isinstance(found, dict) else found[int(place)], depth + 1)
        return found

    def search(value: Any) -> None:
        if isinstance(value, list):
            inner = [follow(part) for part in value]
            if len(inner) >= options.get("min_records", 3) and all(isinstance(part, dict) for part in inner):
                lists.append(inner)
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            search(part)

    search(list(rows.values()))
    fitting = [found for found in lists if all(any(name in record for record in found) for name in options["require"])]
    _given(fitting, "this program finds no such records in the stream")
    text = f"{stream.decode(errors='replace')}\n{_visible(page)}"
    return text, _records(max(fitting, key=len), columns, follow)


def _flight_rows(stream: bytes) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    at = 0
    while at < len(stream):
        head = re.compile(rb"([0-9a-f]*):(?:[TAOobUSsLlGgMmV]([0-9a-f]{1,8}),)?").match(stream, at)
        if head is None:
            raise _Incomplete(f"this program cannot read byte {at} of the stream")
        end = head.end() + int(head[2], 16) if head[2] else stream.find(b"\n", at)
        end = len(stream) if end < 0 else end
        content, at = stream[head.end() : end], end + (not head[2])
        if head[2] or content[:1] in b'[{"-0123456789tfn':
            rows.setdefault(head[1].decode(), content.decode() if head[2] else _DECODER.decode(content.decode()))
    return rows


READERS: Mapping[str, tuple[Callable[[bytes, Json, Sequence[str]], Found], set[str]]] = {
    "json_records": (_json, {"records", "facts", "where", "without"}),
    "csv_table": (_csv, {"delimiter", "facts", "where", "without"}),
    "markdown_table": (_markdown, {"headers", "after", "facts", "where", "without"}),
    "html_table": (_html, {"headers", "facts", "where", "without"}),
    "flight": (_flight, {"require", "facts", "where", "without", "min_records"}),
}


def _standing(metric: Json, value: _Value) -> float:
    """A number that sorts the best value first."""
    return -value.value if metric["higher_is_better"] else value.value


def _certainty(metric: Json, one: _Value, other: _Value) -> str:
    gap, error = abs(one.value - other.value), metric["stated_error"]
    if metric["nature"] == "points" or (error is not None and gap <= error):
        return "decisive" if gap and metric["nature"] == "points" else "nominal"
    low, high = (one, other) if one.value <= other.value else (other, one)
    if low.high is not None and high.low is not None and low.high < high.low:
        return "decisive"
    if one.half_width is not None and other.half_width is not None:
        return "supported" if 0 < gap >= hypot(one.half_width, other.half_width) else "nominal"
    return "supported" if error is not None else "nominal"


def _states_error(metric: Json, *values: _Value) -> bool:
    return (
        metric["nature"] == "points"
        or metric["stated_error"] is not None
        or any(value.half_width is not None for value in values)
    )


def _unsure(metric: Json, *values: _Value) -> str:
    stated = ", within the error of the values" if _states_error(metric, *values) else ", no error margin published"
    return "" if metric["nature"] == "points" else stated


def _apart(metric: Json, leader: _Value, others: Iterable[_Value]) -> bool:
    return all(other.value == leader.value or _certainty(metric, leader, other) != "nominal" for other in others)


def _number(value: float, metric: Json | None = None, *, difference: bool = False) -> str:
    unit = metric["unit"] if metric else ""
    factor = {"ratio": 100.0, "share": 100.0, "%": 1.0}.get(unit.casefold())
    if factor:
        return f"{_number(value * factor)} {'%' if not difference else 'point' if _number(value * factor) == '1' else 'points'}"
    sign, size = ("−" if value < 0 else ""), abs(value)
    in_cents = abs(size - round(size, 2)) < 1e-9
    if unit.startswith("USD"):
        return f"{sign}${f'{size:,.2f}'.removesuffix('.00') if in_cents else f'{size:,.6g}'}"
    text = f"{size:,.2f}".rstrip("0").rstrip(".") if size >= 10 else f"{size:.4g}"
    return f"{sign}{text}{f' {unit}' if metric and metric['nature'] == 'points' and unit and size != 1 else ''}"


def _listed(names: Sequence[str], most: int = 3, of: int = 0) -> str:
    shown, rest = names[:most], max(of, len(names)) - len(names[:most])
    shown = [", ".join(shown), f"{rest:,} more"] if shown and rest > 0 else shown
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _ordinal(place: int) -> str:
    words = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
    ending = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return words[place - 1] if place <= len(words) else f"{place}{ending}"


_COMES = {"release": "enters", "listing": "enters", "late_listing": "is listed, some time after its release, on"}


class _Case:
    """An event with the pages that were read again from the bytes; one method for each kind gives its grade and its sentence."""

    def __init__(self, bundle: Json, pages: Mapping[str, _Page], received: Sequence[tuple[datetime, str]]) -> None:
        self.event, self.models, self.pages, board = bundle["event"], bundle["models"], pages, bundle["board"]
        self.received = received
        self.title, self.unchecked, self.metrics = board["title"], list[str](), {item["id"]: item for item in board["metrics"]}
        self.primary = next((metric for metric in board["metrics"] if metric["primary"]), None)
        self.metric: Json = self.metrics.get(self.event["metric"], {})
        self.subjects, self.rivals = ([party["entry"] for party in self.event[side]] for side in ("subjects", "rivals"))
        _given(self.event["recorded_at"] in pages, "the page of the time of the event is not in the bundle")
        self.after = pages[self.event["recorded_at"]]
        _holds(self.after.digest == bundle["digests"]["after"], "the bytes after are not those of the time of the event")
        earlier = (page for page in pages.values() if page.digest == bundle["digests"]["before"] and page.at < self.after.at)
        before = max(earlier, key=lambda page: page.at, default=None)
        if before is None:
            raise _Incomplete("the page before is not in the bundle")
        self.before = before
        if self.event["kind"] != "departure":
            self.require_next(before, self.after)
            begin, end = (_time(self.event[name]) for name in ("after", "until"))
            _holds(before.at <= begin < self.after.at == end, "the dates of the statement are not those of the pages")
        _given(" The page notes at " not in self.event["headline"], "this program does not derive remarks beside names")
        self.check_cells()

    def require_next(self, one: _Page, other: _Page) -> None:
        """Refuse two pages with others between them: what changed may have changed on those."""
        between = {digest for at, digest in self.received if one.at < at < other.at} - {one.digest}
        _given(not between, f"other pages came between {one.at} and {other.at}; this program does not know how they were judged")

    def check_cells(self) -> None:
        """Compare each cell that the event states with the cell in the bytes, and the names of the parties."""
        _holds(self.event["evidence"], "the statement cites no cell")
        for item in self.event["evidence"]:
            _given(item["observed_at"] in self.pages, f"the page of {item['observed_at']}, which is cited, is not in the bundle")
            page, metric = self.pages[item["observed_at"]], item["metric"]
            came = item["sha256"] in page.digest.split("+")
            _holds(came, f"the bytes {item['sha256'][:16]}… were not received at {item['observed_at']}")
            entry = page.entries.get(item["entry"])
            value = entry.values.get(metric) if entry and metric else None
            found = (value.raw if value else None) if metric else entry.name if entry else None
            is_same = found == item["raw"] or (metric is None and item["raw"] is None)
            _holds(is_same, f"{item['entry']} has “{found}” in the bytes of {page.at}, “{item['raw']}” in the statement")
        for party in (*self.event["subjects"], *self.event["rivals"]):
            shown = [page.entries[party["entry"]].name for page in (self.after, self.before) if party["entry"] in page.entries]
            is_same = not shown or shown[0] == party["name"]
            _holds(is_same, f"the bytes name {party['entry']} “{''.join(shown[:1])}”, the statement “{party['name']}”")

    def name(self, key: str) -> str:
        return (self.after.entries.get(key) or self.before.entries[key]).name

    def rank(self, page: _Page, metric: Json, key: str, among: Iterable[str] | None = None) -> int:
        """The rank of an entry; ties share the best rank."""
        shown = page.values(metric)
        rows = page.rows(metric) if among is None else [shown[other] for other in among]
        return 1 + sum(_standing(metric, row) < _standing(metric, shown[key]) for row in rows)

    def joint_rank(self, metric: Json, key: str) -> str:
        value = self.after.values(metric)[key].value
        joint = sum(row.value == value for row in self.after.rows(metric)) > 1
        return f"{'joint ' if joint else ''}rank {self.rank(self.after, metric, key)}"

    def among_models(self, metric: Json, key: str) -> str:
        """` (the fifth model)` if the place among the best entries of each model differs from the rank."""
        standings = {entry: _standing(metric, value) for entry, value in self.after.values(metric).items()}
        unsure = [standing for entry, standing in standings.items() if self.models.get(entry) is None]
        unsure += [_standing(metric, row[metric["id"]]) for row in self.after.nameless if metric["id"] in row]
        best: dict[str, float] = {}
        for entry, standing in standings.items():
            best[self.models.get(entry)] = min(standing, best.get(self.models.get(entry), standing))
        own = standings[key]
        place = 1 + sum(standing < own for standing in best.values())
        is_known = own == best[self.models.get(key)] and all(standing > own for standing in unsure)
        return f" (the {_ordinal(place)} model)" if is_known and place < self.rank(self.after, metric, key) else ""

    def moved(self, metric: Json) -> tuple[list[tuple[_Value, _Value]], list[tuple[_Value, _Value]]]:
        """The values of entries on both pages, and those of them that are more than two roundings of one number."""
        was, now = self.before.values(metric), self.after.values(metric)
        pairs = [(was[key], now[key]) for key in was if key in now]
        counts = [Counter(value.decimals for value in values.values()) for values in (was, now)]
        typical = [max(count, key=lambda decimals: (count[decimals], decimals), default=0) for count in counts]

        def same(one: _Value, other: _Value) -> bool:
            gap, noise = abs(one.value - other.value), 1e-9 * max(1.0, abs(one.value))
            if gap <= noise and max(one.decimals, other.decimals) >= 9:
                return True
            coarser, finer = sorted((max(one.decimals, typical[0]), max(other.decimals, typical[1])))
            return gap == 0 if coarser == finer or metric["nature"] == "listed" else gap <= 0.5 * 10.0**-coarser + noise

        return pairs, [pair for pair in pairs if not same(*pair)]

    def rebased(self, metric: Json) -> str:
        """Why the scale of a metric changed; empty if it did not."""
        pairs, moved = self.moved(metric)
        counted = f"{len(moved)} of {len(pairs)} values moved"
        pairs, moved = ([pair for pair in some if not pair[0].estimated and not pair[1].estimated] for some in (pairs, moved))
        tested, versions = metric["nature"] == "tested", (self.before.version, self.after.version)
        if not moved or metric["nature"] not in ("tested", "listed") or metric["volatile"]:
            return ""
        if tested and all(versions) and versions[0] != versions[1]:
            return f"version {versions[0]} became {versions[1]}"
        share, columns = len(moved) / len(pairs), []
        if len(moved) >= 3 and share >= 0.5:
            return counted
        for other in self.metrics.values():
            columns += [other["id"]] if bool(self.before.values(other)) != bool(self.after.values(other)) else []
        if tested and columns and len(moved) >= 3 and share >= 0.1:
            return f"{counted} as the columns changed ({', '.join(sorted(columns))})"
        ups = sum(now.value > was.value for was, now in moved)
        one_way, sizes = max(ups, len(moved) - ups), [abs(now.value - was.value) for was, now in moved]
        together = max(sizes) <= 20 * median(sizes) and one_way >= 0.9 * len(moved)
        is_many = tested and len(moved) >= 10 and share >= 1 / 3
        return f"{counted}, {one_way / len(moved):.0%} of them one way" if is_many and together else ""

    def require_comparable(self, metric: Json) -> None:
        """Refuse to compare values across a change of the scale."""
        reason = self.rebased(metric)
        _holds(not reason, f"values before and after cannot be compared: {reason}")
        if metric["nature"] == "fitted":
            pairs, _ = self.moved(metric)
            widths = [now.half_width for _, now in pairs if now.half_width is not None]
            is_still = widths and abs(median(now.value - was.value for was, now in pairs)) <= median(widths)
            _given(is_still, "the whole board moved, or states no intervals: this program does not fit its drift")

    def debut(self) -> tuple[str, str]:
        grade, key, metric = self.event["grade"], self.subjects[0], self.primary
        is_plain = grade in (*_COMES, "first_score") and not self.event["headline"].startswith("Another row of")
        _given(is_plain, f"this program does not derive debuts of the grade {grade}, or of a further row of one name")
        _holds(key in self.after.entries, f"{key} is not on the page after")
        entry, listed = self.after.entries[key], self.before.entries.get(key)
        if listed is not None:
            grade = "first_score"
            _holds(metric and metric["id"] not in listed.values, f"{entry.name} is on the page before")
        else:
            grade = self.age(entry.released)
            self.unchecked.append("that no page earlier than the one before listed the entry")
        place = ""
        if metric is not None and (value := entry.values.get(metric["id"])) is not None:
            if metric["nature"] != "points" or metric["higher_is_better"] is not False:
                place = f" with {'an estimated ' if value.estimated else ''}{_number(value.value, metric)}"
            place += "" if metric["nature"] == "points" and metric["unit"] else f" ({metric['title']})"
            has_ranks = metric["nature"] in ("tested", "fitted", "points") and metric["higher_is_better"] is not None
            if has_ranks and not metric["volatile"]:
                rows = len(self.after.rows(metric))
                place = f" at {self.joint_rank(metric, key)} of {rows}{self.among_models(metric, key)}{place}"
        return grade, f"{entry.name} {_COMES.get(grade, 'gets its first score on')} {self.title}{place}."

    def age(self, released: str) -> str:
        text = released + {4: "-01-01", 7: "-01"}.get(len(released), "")
        try:
            age = (self.after.at.date() - datetime.fromisoformat(text).date()).days
        except ValueError:
            _given(released.casefold() in MISSING, f"this program cannot read the date “{released}”")
            return "listing"
        return "release" if age <= 45 else "late_listing"

    def departure(self) -> tuple[str, str]:
        _given(self.event["grade"] == "confirmed", "this program derives departures of single entries")
        key, first, last = self.subjects[0], self.pages.get(self.event["until"]), self.pages.get(self.event["after"])
        if first is None or last is None:
            raise _Incomplete("the last page with the entry, or the first without it, is not in the bundle")
        _holds(key in last.entries, f"{key} is not on the page of {last.at}")
        name, rows = last.entries[key].name, len(last.entries)
        self.require_next(last, first)
        between = {digest for at, digest in self.received if first.at < at < self.after.at}
        pages = [first, *(page for page in self.pages.values() if page.digest in between), self.after]
        _given(between <= {page.digest for page in pages}, "the bundle lacks pages of the time in which the entry was missing")
        for page in pages:
            is_whole = len(page.entries) >= rows - max(1, rows // 20) and (len(page.entries) % 5 or len(page.entries) > rows)
            _given(is_whole, f"the page of {page.at} may be cut off: it has {len(page.entries)} entries, after {rows}")
            _holds(key not in page.entries, f"{name} is on the page of {page.at}")
            _given(not page.nameless, f"rows of the page of {page.at} have equal keys")
        _holds(self.after.at - first.at >= timedelta(hours=24), "the pages without the entry are less than a day apart")
        _holds(name == self.event["subjects"][0]["name"], f"the bytes name {key} “{name}”")
        return "confirmed", f"{name} is no longer listed on {self.title}."

    def rank_move(self) -> tuple[str, str]:
        metric = self.metric
        _given(self.event["grade"] in ("moved", "nominal"), "this program does not derive who fell out of a top N")
        self.require_comparable(metric)
        common = self.before.values(metric).keys() & self.after.values(metric).keys()
        _holds({*self.subjects} <= common, "an entry has no value on both pages")
        ranks = {key: [self.rank(page, metric, key, common) for page in (self.before, self.after)] for key in sorted(common)}
        moves = {key: now - was for key, (was, now) in ranks.items() if now != was}
        _holds({*self.subjects} <= moves.keys(), "an entry kept its place among those that are on both pages")
        own = {key for key, places in moves.items() if self.is_own(metric, key, places)}
        expected = {*self.subjects} & own if self.event["grade"] == "moved" else moves.keys() - own
        _given({*self.subjects} == expected, "the bytes give other entries of that grade, as far as this program can tell")
        board, key = f"on {self.title} ({metric['title']})", self.subjects[0]
        pairs = [(self.before.values(metric)[key], self.after.values(metric)[key]) for key in self.subjects]
        if self.event["grade"] == "nominal":
            guesses = sum(was.estimated or now.estimated for was, now in pairs)
            sure = _unsure(metric, *(value for pair in pairs for value in pair)) if guesses < len(pairs) else ""
            if guesses:
                sure = sure if sure == ", no error margin published" else sure.replace(", ", ", the others ")
                sure = f", {f'{guesses:,}' if guesses < len(pairs) else 'all'} of them with an estimate before or now{sure}"
            return "nominal", f"{len(pairs):,} {'entry' if len(pairs) == 1 else 'entries'} changed rank {board}{sure}."
        was, now = (self.rank(page, metric, key) for page in (self.before, self.after))
        where = f", from rank {was} to {now}" if now - was == moves[key] else " among the entries that were there before"
        sure = "" if _states_error(metric, pairs[0][1]) else _unsure(metric, pairs[0][1])
        way = f"{'climbs' if moves[key] < 0 else 'falls'} {abs(moves[key]):,} {'place' if abs(moves[key]) == 1 else 'places'}"
        return "moved", f"{self.name(key)} {way} {board}{where}{sure}."

    def is_own(self, metric: Json, key: str, places: int) -> bool:
        """Whether the entry's own value moved in that direction, beyond its error."""
        was, now = (page.values(metric)[key] for page in (self.before, self.after))
        is_same_way = (_standing(metric, now) > _standing(metric, was)) == (places > 0) and was.value != now.value
        return is_same_way and (not _states_error(metric, was, now) or _certainty(metric, was, now) != "nominal")

    def overtake(self) -> tuple[str, str]:
        facts, metric, grades = self.event["facts"], self.metric, set()
        _given({*self.rivals} <= self.before.entries.keys(), "an entry has another key on the page before")
        if self.event["grade"] == "debut":
            return self.overtake_by_debut()
        is_plain = self.event["grade"] not in ("sustained", "withdrawn", "unsure_origin")
        is_plain = is_plain and not {"certain_until", "event"} & facts.keys()
        _given(is_plain, "this program derives overtakes between two pages, not those that take several")
        self.require_comparable(metric)
        rose, now = facts["subject_moved"], self.after.values(metric, estimates=False)
        mover, others = (self.subjects[0], self.rivals) if rose else (self.rivals[0], self.subjects)
        was: dict[str, _Value] = {}
        for item in self.event["evidence"]:
            if self.pages[item["observed_at"]].at < self.after.at:
                was[item["entry"]] = self.pages[item["observed_at"]].entries[item["entry"]].values[metric["id"]]
        for other in others:
            above, below = (mover, other) if rose else (other, mover)
            is_above = _standing(metric, was[below]) < _standing(metric, was[above])
            _holds(is_above, f"{self.name(below)} was not above {self.name(above)} before")
            is_above = _standing(metric, now[above]) < _standing(metric, now[below])
            _holds(is_above, f"{self.name(above)} is not above {self.name(below)} after")
            sure = _certainty(metric, now[above], now[below])
            without = metric["nature"] == "tested" and not _states_error(metric, now[above], now[below])
            grades.add("published_order" if sure == "nominal" and without else sure)
        in_order = others == sorted(others, key=lambda key: (_standing(metric, now[key]), key)) and len(grades) == 1
        _holds(in_order, "the entries that were passed are not in their order, or not of one grade")
        _given(facts["passed" if rose else "passed_by"] == len(others), "the event does not name all entries that were passed")
        _holds(was[mover].value != now[mover].value, f"the value of {self.name(mover)} did not change")
        grade = grades.pop()
        sure = ", with disjoint intervals" if grade == "decisive" and metric["nature"] != "points" else ""
        sure = _unsure(metric, now[mover], now[others[0]]) if grade in ("nominal", "published_order") else sure
        passed = _listed([f"{self.name(others[0])} ({_number(now[others[0]].value, metric)})"], of=len(others))
        verb = f"({_number(now[mover].value, metric)}) {'overtakes' if rose else 'falls behind'}"
        return grade, f"{self.name(mover)} {verb} {passed} on {self.title} ({metric['title']}){sure}."

    def overtake_by_debut(self) -> tuple[str, str]:
        key, metric = self.subjects[0], self.metric
        now, had = self.after.values(metric, estimates=False), self.before.values(metric, estimates=False)
        own = now[key]
        _holds(key not in had, f"{self.name(key)} had a value before")
        standings = sorted((_standing(metric, value), entry) for entry, value in now.items() if entry in had)
        shown = [entry for standing, entry in standings if standing > _standing(metric, own)][: len(self.rivals)]
        _holds(shown and shown == self.rivals, "the entries below are not those of the statement")
        worse = [row for row in self.after.rows(metric) if _standing(metric, row) > _standing(metric, own)]
        measured, first = [row for row in worse if not row.estimated], now[shown[0]]
        rows, estimates = len(measured), len(worse) - len(measured)
        is_next = min(_standing(metric, row) for row in measured) == _standing(metric, first)
        _given(is_next or not self.after.nameless, "rows of the page have equal keys")
        named = [f"{self.name(shown[0])} ({_number(first.value, metric)}{'' if is_next else ', the next listed before'})"]
        counted = [
            *([f"{rows - 1:,} more"] if rows > 1 else []),
            f"{estimates:,} {'estimate' if estimates == 1 else 'estimates'}",
        ]
        passed = _listed([*named, *counted]) if estimates else _listed(named, of=rows)
        near = _unsure(metric, own, first)
        if _states_error(metric, own, first):
            near = ", the first of them within the error" if _certainty(metric, own, first) == "nominal" else ""
        came = "gets its first score on" if key in self.before.entries else "enters"
        place = f"{self.title} ({metric['title']}) at {self.joint_rank(metric, key)}"
        return "debut", f"{self.name(key)} ({_number(own.value, metric)}) {came} {place}, above {passed}{near}."

    def new_leader(self) -> tuple[str, str]:
        metric, fresh = self.metric, self.subjects
        is_plain = self.event["grade"] in ("nominal", "supported", "debut") and not self.after.nameless + self.before.nameless
        _given(is_plain, f"this program does not derive leaders of the grade {self.event['grade']}, or beside equal keys")
        _holds(not self.rebased(metric), f"the scale of {metric['title']} changed")
        now, was = (page.values(metric, estimates=False) for page in (self.after, self.before))
        tops = [min(_standing(metric, value) for value in values.values()) for values in (now, was)]
        leaders = sorted(key for key, value in now.items() if _standing(metric, value) == tops[0])
        led = sorted(key for key, value in was.items() if _standing(metric, value) == tops[1])
        _holds({*fresh} <= {*leaders} - {*led}, "the bytes do not show that these entries lead, and did not lead before")
        is_plain = sorted(self.event["facts"]["before"]) == led and fresh == [key for key in leaders if key not in led]
        _given(is_plain, "the leaders until then are not those of the page before, which this program does not derive")
        leader, shown = now[fresh[0]], self.after.values(metric)
        others = [shown[key] for key in led if key in shown]
        sure = _apart(metric, leader, others) and any(other.value != leader.value for other in others)
        grade = "debut" if fresh[0] not in self.before.values(metric) else "supported" if sure else "nominal"
        _given(others or grade == "debut", "the former leader has no value any more")
        model = self.models.get(fresh[0])
        rest = [key for key in now if key != fresh[0] and (model is None or self.models.get(key) != model)]
        second = min(rest, key=lambda key: (_standing(metric, now[key]), key), default="")
        verb = "leads" if len(leaders) == 1 else "share the lead on" if len(fresh) > 1 else "shares the lead on"
        figure = (
            ""
            if metric["nature"] == "points" and metric["higher_is_better"] is False
            else f" with {_number(leader.value, metric)}"
        )
        beside = _listed([self.name(key) for key in leaders if key not in fresh])
        over = f", with {beside}" if beside else ""
        over = f", ahead of {self.name(second)} ({_number(now[second].value, metric)})" if second else over
        near = [now[second]] if second else others
        better = any(_standing(metric, row) < tops[0] for row in self.after.rows(metric))
        caveat = ", among measured values" if better else ""
        caveat += _unsure(metric, leader, *near) if near and not _apart(metric, leader, near) else ""
        tail = self.led_before([key for key in led if key not in leaders], second, caveat, leader)
        who = _listed([self.name(key) for key in fresh])
        return grade, f"{who} {verb} {self.title} ({metric['title']}){figure}{over}{tail}."

    def led_before(self, led: list[str], second: str, caveat: str, leader: _Value) -> str:
        """Who led on the page before, and its value now if it is next below."""
        metric, now = self.metric, self.after.values(self.metric, estimates=False)
        if not led or led == [second]:
            return f", which led before{caveat}" if led else caveat
        names, first = _listed([self.name(key) for key in led]), led[0]
        is_below = second and first in now and _standing(metric, now[first]) >= _standing(metric, now[second])
        if len(led) > 1 or first not in now or is_below:
            return f"{caveat}; before, {names} led{'' if {*led} & self.after.entries.keys() else ', no longer listed'}"
        near = "" if _apart(metric, leader, [now[first]]) else _unsure(metric, leader, now[first])
        return f"{caveat}; before, {names} led, now at {_number(now[first].value, metric)}{near}"

    def price_change(self) -> tuple[str, str]:
        metric, key = self.metric, self.subjects[0]
        _given(self.event["grade"] in ("cut", "rise"), "this program derives price changes of single entries")
        _holds(metric["nature"] == "listed" and metric["topic"] == "price", f"{metric['title']} is not a listed price")
        self.require_comparable(metric)
        was, now = (page.entries[key].values[metric["id"]].value for page in (self.before, self.after))
        _holds(was != now, f"the price of {self.name(key)} did not change")
        grade, way = ("cut", "drops") if now < was else ("rise", "rises")
        share = f" ({(now - was) / was * 100:+.0f} %)".replace("-", "−") if was else ""
        way += f" from {_number(was, metric)} to {_number(now, metric)}"
        return grade, f"{self.name(key)}: {metric['title']} on {self.title} {way}{share}."

    def methodology(self) -> tuple[str, str]:
        stated, metrics = self.event["facts"].get("metrics", {}), self.metrics.values()
        _given(self.event["grade"] == "re-based", "this program derives re-based scales")
        odd = any("are back" in item["reason"] for item in stated.values())
        is_plain = not odd and not any(metric["nature"] in ("fitted", "points") for metric in metrics)
        _given(is_plain, "this program does not derive re-bases of fitted scores or points, or to values of earlier pages")
        reasons = {metric["id"]: reason for metric in metrics if (reason := self.rebased(metric))}
        _holds(reasons.keys() == stated.keys(), f"the bytes show a new scale of {', '.join(reasons) or 'no metric'}")
        ordered = sorted((self.metrics[name] for name in reasons), key=lambda metric: not metric["primary"])
        shift = _number(median(now.value - was.value for was, now in self.moved(ordered[0])[1]), ordered[0], difference=True)
        reason = f"{reasons[ordered[0]['id']]}, median shift {shift}"
        names = _listed([metric["title"] for metric in ordered], 1)
        return "re-based", f"{self.title} re-based {names}: {reason}; values before and after cannot be compared."


_KINDS = ("debut", "departure", "rank_move", "overtake", "new_leader", "price_change", "methodology")
KINDS: Mapping[str, Callable[[_Case], tuple[str, str]]] = {kind: getattr(_Case, kind) for kind in _KINDS}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
