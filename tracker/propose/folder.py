"""The test folder of a board that was proposed: the page, what it says, where each number stands in it, and pages to refuse.

The page is kept as it came. A large one is cut only where what is left reads as the beginning of the whole.
"""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from tracker.contract import keys_of
from tracker.errors import ContractBroken, ParseError, Refused, TrackerError
from tracker.model import Board, Column, Entry, EntryId, Measure, Metric, Reading, Table
from tracker.propose.declaration import printable
from tracker.propose.proposal import Candidate, Proposal

LARGE = 200_000
"""Bytes from which on a page is cut, where it can be."""
KEPT_ROWS = 20
"""Rows that are kept of a page that is cut."""
SEARCHED_LINES = 400
"""How far from its key a value of the same entry is looked for, in lines."""

_CHALLENGE = (
    b'<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title></head>'
    b"<body><p>Checking your browser before you are let in.</p></body></html>\n"
)
_UNREADABLE = "about right"
_NUMBER = re.compile(r"[-+\u2212]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_POWERS = {"k": 3, "m": 6, "b": 9, "t": 12}
_MAX_JSON_DEPTH = 40

Describe = Callable[[Reading], Mapping[str, object]]
"""A reading as the plain values of `expected.json`."""
Judge = Callable[[bytes], Reading]
"""What the board says of a page. Raises TrackerError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one field of one entry stands: the line from 1, the text on it, and how the field comes from it."""

    entry: str
    field: str
    line: int
    text: str
    how: str

    def row(self, file: str) -> str:
        """The line of `places.tsv`."""
        where = f"{file}:{self.line}" if self.line else ""
        return f"{self.entry}\t{self.field}\t{where}\t{self.text}\t{self.how}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """The lines of a page, with where each entry's key stands, and the rows that they hold."""

    lines: Sequence[str]
    columns: Sequence[str]
    rows: Mapping[EntryId, Sequence[str | None]]
    anchors: Mapping[EntryId, int]
    starts: Sequence[int]


def folder(
    proposal: Proposal, board: Board, body: bytes, suffix: str, *, read: Judge, describe: Describe, taken: str
) -> dict[str, bytes]:
    """The files of the folder by name. `suffix` is that of the page (`csv`), `taken` the day on which it was had.

    Raises:
        TrackerError: the page cannot be read; as `read` raises it.
    """
    body, cut = _kept(proposal.candidate, body, read)
    reading, page = read(body), f"page.{suffix}"
    places = list(_places(board, reading, proposal.candidate, body))
    text = "".join(f"{one.row(page)}\n" for one in places)
    hostile = dict(_hostile(board, body, places, read))
    files = {
        page: body,
        "expected.json": (json.dumps(describe(reading), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"),
        "places.tsv": text.encode("utf-8", "replace"),
        "README.md": _readme(board, proposal, reading, places, page, taken, cut=cut).encode("utf-8", "replace"),
    }
    return files | {f"hostile/{name}.{suffix}": found for name, found in hostile.items()}


# ── a smaller page that reads alike ──────────────────────────────────────────────────────────────


def _kept(candidate: Candidate, body: bytes, read: Judge) -> tuple[bytes, bool]:
    """The page, or an excerpt of it that gives the first entries of the whole; whether it was cut."""
    if len(body) <= LARGE:
        return body, False
    whole = read(body)
    for excerpt in _excerpts(candidate, body):
        if len(excerpt) < len(body) and _reads_alike(excerpt, whole, read):
            return excerpt, True
    return body, False


def _reads_alike(excerpt: bytes, whole: Reading, read: Judge) -> bool:
    try:
        found = read(excerpt)
    except TrackerError:  # what was cut off was needed
        return False
    entries = found.entries
    return 0 < len(entries) < len(whole.entries) and entries == whole.entries[: len(entries)]


def _excerpts(candidate: Candidate, body: bytes) -> Iterator[bytes]:
    """Beginnings of the page: by lines, and of a JSON document with its lists cut."""
    lines = body.splitlines(keepends=True)
    for many in (2 * KEPT_ROWS, 10 * KEPT_ROWS, 40 * KEPT_ROWS):
        if many < len(lines):
            yield b"".join(lines[:many])
    if candidate.parse.format == "json_records":
        yield from _shorter(body)


def _shorter(body: bytes) -> Iterator[bytes]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # not what Python calls JSON: then it is not cut
        return
    yield (json.dumps(_cut(document, _MAX_JSON_DEPTH), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def _cut(value: Any, depth: int) -> Any:
    """The value with every long list cut."""
    if depth == 0:
        return value
    if isinstance(value, list):
        return [_cut(one, depth - 1) for one in value[:KEPT_ROWS]]
    return {key: _cut(one, depth - 1) for key, one in value.items()} if isinstance(value, dict) else value


# ── where each number stands ─────────────────────────────────────────────────────────────────────


def _places(board: Board, reading: Reading, candidate: Candidate, body: bytes) -> Iterator[Place]:
    """One for every key, name, rank and measure that can be found on a line of the page."""
    page = _page(board, reading, candidate, body)
    for entry in reading.entries:
        row = page.rows.get(entry.id)
        if row is None:
            continue
        cells = dict(zip(page.columns, row, strict=True))
        yield from _key_places(page, entry, board, cells)
        yield from _text_places(page, entry, "name", board.name, cells, entry.name)
        if entry.rank is not None and board.rank is not None:
            yield from _number_places(page, entry, "rank", board.rank, cells, Decimal(entry.rank), Decimal(1))
        for metric in board.metrics:
            if (measure := entry.measures.get(metric.id)) is not None:
                yield from _measure_places(page, entry, metric, measure, cells)


def _page(board: Board, reading: Reading, candidate: Candidate, body: bytes) -> _Page:
    table = Table(columns=candidate.columns, rows=candidate.rows)
    keys = [EntryId(key) for key in keys_of(table, board.key)]
    wanted = {entry.id for entry in reading.entries}
    rows = {key: row for key, row in reversed(list(zip(keys, candidate.rows, strict=True))) if key in wanted}
    lines = body.decode("utf-8-sig", "replace").splitlines()
    anchors = _anchors(board, reading, candidate.columns, rows, lines)
    return _Page(lines=lines, columns=candidate.columns, rows=rows, anchors=anchors, starts=sorted(set(anchors.values())))


def _anchors(
    board: Board, reading: Reading, columns: Sequence[str], rows: Mapping[EntryId, Sequence[str | None]], lines: Sequence[str]
) -> dict[EntryId, int]:
    """The line of each entry's key: the first behind that of the entry before it, else the first of all."""
    source = _source(board.key[0], columns)
    found: dict[EntryId, int] = {}
    behind = 0
    for entry in reading.entries:
        cell = rows.get(entry.id, [None] * len(columns))[columns.index(source)] if source else None
        spelled = _spelled(cell or entry.name)
        at = _find(lines, spelled, range(behind, len(lines)))
        at = _find(lines, spelled, range(behind)) if at is None else at
        if at is not None:
            found[entry.id], behind = at[0], at[0]
    return found


def _key_places(page: _Page, entry: Entry, board: Board, cells: Mapping[str, str | None]) -> Iterator[Place]:
    if len(board.key) == 1:
        yield from _text_places(page, entry, "entry", board.key[0], cells, entry.id)
        return
    shown = [part for part in entry.id.split(" | ") if part]
    yield from _text_places(page, entry, "entry", board.key[0], cells, shown[0])


def _text_places(
    page: _Page, entry: Entry, field: str, column: Column, cells: Mapping[str, str | None], text: str
) -> Iterator[Place]:
    """Where a text stands; one that the page writes otherwise (with a badge, in escapes) as it does there."""
    cell = cells.get(_source(column, page.columns) or "") or text
    at = _near(page, entry, column, _spelled(text)) or _near(page, entry, column, _spelled(cell))
    if at is not None:
        yield Place(entry=entry.id, field=field, line=at[0] + 1, text=at[1], how="")


def _measure_places(
    page: _Page, entry: Entry, metric: Metric, measure: Measure, cells: Mapping[str, str | None]
) -> Iterator[Place]:
    value = Decimal(repr(measure.value))
    yield from _number_places(page, entry, metric.id, metric.column, cells, value, metric.scale)
    for side, column, bound in (("low", metric.low, measure.low), ("high", metric.high, measure.high)):
        if bound is not None and column is not None:
            yield from _number_places(page, entry, f"{metric.id}.{side}", column, cells, Decimal(repr(bound)), metric.scale)
        elif bound is not None:
            yield from _half_places(page, entry, metric, side, measure, cells)


def _number_places(
    page: _Page, entry: Entry, field: str, column: Column, cells: Mapping[str, str | None], value: Decimal, scale: Decimal
) -> Iterator[Place]:  # fmt: skip
    found = _token(cells.get(_source(column, page.columns) or ""), value, scale)
    if found is None:
        return
    text, factor = found
    at = _near(page, entry, column, [text])
    if at is not None:
        yield Place(entry=entry.id, field=field, line=at[0] + 1, text=text, how=_scaled(factor))


def _half_places(
    page: _Page, entry: Entry, metric: Metric, side: str, measure: Measure, cells: Mapping[str, str | None]
) -> Iterator[Place]:
    """A bound made of a half-width: the text is the half-width's."""
    column = metric.plus_minus or metric.column
    value = _token(cells.get(_source(metric.column, page.columns) or ""), Decimal(repr(measure.value)), metric.scale)
    bound = Decimal(repr(measure.low if side == "low" else measure.high))
    for text in _NUMBER.findall(cells.get(_source(column, page.columns) or "") or "") if value is not None else ():
        how = _halved(value[0], text, metric, side)
        if _worked_out(value[0], text, metric, side) == bound and (at := _near(page, entry, column, [text.lstrip("+-\u2212")])):
            yield Place(entry=entry.id, field=f"{metric.id}.{side}", line=at[0] + 1, text=at[1], how=how)
            return


def _halved(value: str, half: str, metric: Metric, side: str) -> str:
    factor = "" if metric.half_width_factor == 1 else f"{metric.half_width_factor} * "
    inside = f"{value.replace(',', '')} {'-' if side == 'low' else '+'} {factor}{half.lstrip('+-').replace(',', '')}"
    return f"= {inside}" if metric.scale == 1 else f"= ({inside}) {_scaled(metric.scale)}"


def _worked_out(value: str, half: str, metric: Metric, side: str) -> Decimal:
    width = abs(_plain(half)) * Decimal(repr(metric.half_width_factor))
    found = (_plain(value) + (-width if side == "low" else width)) * metric.scale
    return Decimal(repr(float(found)))


def _token(cell: str | None, value: Decimal, scale: Decimal) -> tuple[str, Decimal] | None:
    """The number in a cell that is the value, and what it is multiplied by."""
    for found in _NUMBER.finditer(cell or ""):
        suffix = (cell or "")[found.end() : found.end() + 1].lower()
        for factor in (scale, scale.scaleb(_POWERS.get(suffix, 0))):
            if _same(_plain(found[0]) * factor, value):
                return found[0], factor.normalize()
    return None


def _same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= Decimal("1e-12") * max(abs(one), abs(other), Decimal("1e-300"))


def _plain(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", "").replace("\u2212", "-"))
    except InvalidOperation:
        return Decimal("NaN")


def _scaled(factor: Decimal) -> str:
    if factor == 1:
        return ""
    return f"* {factor:f}" if factor > 1 else f"/ {(1 / factor).normalize():f}"


def _near(page: _Page, entry: Entry, column: Column, spelled: Sequence[str]) -> tuple[int, str] | None:
    """Where one of the spellings stands among the lines of the entry: first beside the column's own name, then from the key on."""
    anchor = page.anchors.get(entry.id)
    if anchor is None:
        return None
    after = bisect_right(page.starts, anchor)
    end = min(page.starts[after] if after < len(page.starts) else len(page.lines), anchor + SEARCHED_LINES)
    before = max(page.starts[after - 2] + 1 if after > 1 else 0, anchor - SEARCHED_LINES)
    lines = [*range(anchor, max(end, anchor + 1)), *range(anchor - 1, before - 1, -1)]
    source = _source(column, page.columns) or ""
    leaf = source.rpartition(".")[2]
    labelled = [at for at in lines if leaf and f'"{leaf}"' in page.lines[at]]
    return _find(page.lines, spelled, labelled) or _find(page.lines, spelled, lines)


def _find(lines: Sequence[str], spelled: Sequence[str], among: Sequence[int]) -> tuple[int, str] | None:
    """The first of those lines on which one of the spellings stands by itself, and that spelling."""
    for by_itself in (_by_itself, _between_commas):
        patterns = [(text, by_itself(text)) for text in spelled if text]
        for at in among:
            for text, pattern in patterns:
                if text in lines[at] and pattern.search(lines[at]):
                    return at, text
    return None


def _by_itself(text: str) -> re.Pattern[str]:
    """The text, and no part of a longer word or number."""
    return re.compile(rf"(?<!\w)(?<![0-9][.,]){re.escape(text)}(?!\w|\.[0-9]|,[0-9]{{3}}(?![0-9]))")


def _between_commas(text: str) -> re.Pattern[str]:
    """The same where commas part cells: `60,77,800`."""
    return re.compile(rf"(?<![\w.]){re.escape(text)}(?!\w|\.[0-9])")


def _spelled(text: str) -> list[str]:
    """A text as pages write it: plain, in JSON, in JSON within a string, in HTML."""
    one_line = text if len(text.splitlines()) <= 1 else ""
    ways = [one_line]
    for ascii_only in (False, True):
        quoted = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        ways += [quoted, json.dumps(quoted, ensure_ascii=ascii_only)[1:-1]]
    ways += [html.escape(one_line), html.escape(one_line, quote=False)]
    return [way for way in dict.fromkeys(ways) if way and "\t" not in way]


def _source(column: Column | None, columns: Sequence[str]) -> str | None:
    return next((one for one in column.sources if one in columns), None) if column else None


# ── pages to refuse ──────────────────────────────────────────────────────────────────────────────


def _hostile(board: Board, body: bytes, places: Sequence[Place], read: Judge) -> Iterator[tuple[str, bytes]]:
    """At most one page for each way of being wrong, and only those that are refused for just that."""
    yield from _first("challenge", Refused, "", [_CHALLENGE], read)
    yield from _first("empty", ParseError, "", [b""], read)
    yield from _first("truncated", ParseError, "", [body[: len(body) // part] for part in (2, 3, 10, 40)], read)
    primary = board.primary
    stands = next((one for one in places if primary is not None and one.field == primary.id), None)
    if primary is not None and stands is not None:
        unreadable = [_UNREADABLE, f'"{_UNREADABLE}"', f'\\"{_UNREADABLE}\\"']
        yield from _first("unreadable-cell", ContractBroken, "unreadable_cell", _replaced(body, stands, unreadable), read)
        yield from _first(
            "score-out-of-range", ContractBroken, "out_of_range", _replaced(body, stands, ["987654321000000"]), read
        )
    for part in board.key[0].sources:
        renamed = (
            body.replace(part.rpartition(".")[2].encode(), b"renamed_by_the_publisher") if not part.startswith("$") else body
        )
        yield from _first("renamed-key-column", ContractBroken, "missing_column", [renamed], read)


def _first(name: str, kind: type[TrackerError], code: str, pages: Sequence[bytes], read: Judge) -> Iterator[tuple[str, bytes]]:
    """The first of those pages that is refused as its name says."""
    for page in pages:
        if _refused(page, kind, code, read):
            yield f"{name}.{kind.__name__}", page
            return


def _refused(page: bytes, kind: type[TrackerError], code: str, read: Judge) -> bool:
    try:
        read(page)
    except ContractBroken as error:
        codes = {one.code for one in error.violations}
        return kind is ContractBroken and code in codes and codes <= {code, "too_few_entries", "fill_too_low"}
    except TrackerError as error:
        return isinstance(error, kind)
    return False


def _replaced(body: bytes, place: Place, texts: Sequence[str]) -> list[bytes]:
    """The page with other texts at that place, for each of them."""
    lines = body.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    line = lines[place.line - 1]
    found = _by_itself(place.text).search(line) or _between_commas(place.text).search(line)
    if found is None:
        return []
    pages = [
        [*lines[: place.line - 1], line[: found.start()] + text + line[found.end() :], *lines[place.line :]] for text in texts
    ]
    return ["".join(page).encode("utf-8", "surrogateescape") for page in pages]


# ── README ───────────────────────────────────────────────────────────────────────────────────────


def _readme(
    board: Board, proposal: Proposal, reading: Reading, places: Sequence[Place], page: str, taken: str, *, cut: bool
) -> str:
    """What the folder holds, for people: the page's origin, and which column is which."""
    size = f"an excerpt of the page: the first {len(reading.entries)} entries" if cut else "the page as it came"
    wanted = sum(
        2 + (entry.rank is not None) + sum(_parts_of(one) for one in entry.measures.values()) for entry in reading.entries
    )
    columns = proposal.candidate.columns
    rows = [("entry", board.key), ("name", (board.name,)), *((metric.id, (metric.column,)) for metric in board.metrics)]
    table = [f"| {field} | {', '.join(_quoted(_source(part, columns)) for part in parts)} |" for field, parts in rows]
    return "\n".join(
        [
            f"# {printable(board.title)}",
            "",
            f"Written by `tracker board new` on {taken} from {printable(board.request.url)}. `{page}` is {size}, format `{board.parse.format}`.",
            "`expected.json` is what was read of it: compare it with the page before you trust it. Whether the page may be kept",
            "in a public repository is for its terms to say.",
            "",
            "| expected | stands in |",
            "|---|---|",
            *table,
            "",
            f"`places.tsv` names the line and text of {len(places)} of {wanted} keys, names, ranks and figures.",
            "",
        ]
    )  # fmt: skip


def _parts_of(measure: Measure) -> int:
    return 1 + (measure.low is not None) + (measure.high is not None)


def _quoted(source: str | None) -> str:
    return f"`{printable(source or '').replace('`', ' ').replace('|', ' ')}`"
