"""The test folder of a proposed board: the page, its expected reading, the place of each number, and pages to refuse.

The page is kept as received. A large one is cut only if the excerpt reads as the beginning of the whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tracker.authoring.fixtures import described
from tracker.authoring.places import CellPlace, between_commas, by_itself, places, source_of
from tracker.authoring.proposal import Candidate, Proposal
from tracker.errors import ContractBroken, ParseError, Refused, TrackerError
from tracker.model import Board, Column, Measure, Metric, Reading
from tracker.reading import read_capture
from tracker.reading.names import clean_text

LARGE = 200_000
"""Pages of more bytes are cut, if possible."""
KEPT_ROWS = 20
"""Rows kept of a page that is cut."""

_CHALLENGE = (
    b'<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title></head>'
    b"<body><p>Checking your browser before you are let in.</p></body></html>\n"
)
_README = """\
# {title}

Written by `tracker board new` on {taken} from {url}. `{page}` is {size}, format `{format}`.
`expected.json` has the values read from it: compare them with the page before you trust them. The publisher's terms decide
whether the page may be kept in a public repository.

| expected | found in |
|---|---|
{table}

`places.tsv` names the line and text of {located} of {wanted} keys, names, ranks and figures.
"""
_UNREADABLE = "about right"
_MAX_JSON_DEPTH = 40

Judge = Callable[[bytes], Reading]
"""Read a page as the board declares it. May raise TrackerError."""


def folder(proposal: Proposal, board: Board, body: bytes, suffix: str, *, taken: str) -> dict[str, bytes]:
    """The files of the folder by name. `suffix` is the page's (`csv`), `taken` the day of the fetch. Raises as `read_capture`."""

    def read(page: bytes) -> Reading:
        return read_capture(board, [page])

    whole, name = read(body), f"page.{suffix}"
    excerpts = _excerpts(proposal.candidate, body) if len(body) > LARGE else ()
    excerpt = next((page for page in excerpts if len(page) < len(body) and _reads_alike(page, whole, read)), None)
    body = excerpt or body
    reading = read(body) if excerpt else whole
    located = list(places(board, reading, proposal.candidate, body))
    texts = {
        "expected.json": json.dumps(described(reading), ensure_ascii=False, indent=1) + "\n",
        "places.tsv": "".join(f"{place.row(name)}\n" for place in located),
        "README.md": _readme(board, proposal, reading, located=len(located), page=name, taken=taken, cut=excerpt is not None),
    }
    hostile = {f"hostile/{case}.{suffix}": refused for case, refused in _hostile(board, body, located, read)}
    return {name: body, **{file: text.encode("utf-8", "replace") for file, text in texts.items()}, **hostile}


def _reads_alike(excerpt: bytes, whole: Reading, read: Judge) -> bool:
    try:
        entries = read(excerpt).entries
    except TrackerError:  # the part that was cut off was needed
        return False
    return 0 < len(entries) < len(whole.entries) and entries == whole.entries[: len(entries)]


def _excerpts(candidate: Candidate, body: bytes) -> Iterator[bytes]:
    """Beginnings of the page, and a JSON document with its lists cut."""
    lines = body.splitlines(keepends=True)
    for number in (2 * KEPT_ROWS, 10 * KEPT_ROWS, 40 * KEPT_ROWS):
        if number < len(lines):
            yield b"".join(lines[:number])
    if candidate.parse.format != "json_records":
        return
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):  # not JSON to Python: it is not cut
        return
    yield (json.dumps(_cut(document, _MAX_JSON_DEPTH), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


def _cut(value: Any, depth: int) -> Any:
    """The value with every long list cut."""
    if depth == 0:
        return value
    if isinstance(value, list):
        return [_cut(member, depth - 1) for member in value[:KEPT_ROWS]]
    return {key: _cut(member, depth - 1) for key, member in value.items()} if isinstance(value, dict) else value


def _hostile(board: Board, body: bytes, places: Sequence[CellPlace], read: Judge) -> Iterator[tuple[str, bytes]]:
    """At most one page for each mistake, and only pages that are refused for exactly that mistake."""
    yield from _first("challenge", Refused, "", [_CHALLENGE], read)
    yield from _first("empty", ParseError, "", [b""], read)
    yield from _first("truncated", ParseError, "", [body[: len(body) // part] for part in (2, 3, 10, 40)], read)
    primary = board.primary
    score = next((place for place in places if primary is not None and place.field == primary.id), None)
    if score is not None:
        unreadable = _replaced(body, score, [_UNREADABLE, f'"{_UNREADABLE}"', f'\\"{_UNREADABLE}\\"'])
        yield from _first("unreadable-cell", ContractBroken, "unreadable_cell", unreadable, read)
        too_large = _replaced(body, score, ["987654321000000"])
        yield from _first("score-out-of-range", ContractBroken, "out_of_range", too_large, read)
    for source in board.key[0].sources:
        if not source.startswith("$"):
            renamed = body.replace(source.rpartition(".")[2].encode(), b"renamed_by_the_publisher")
            yield from _first("renamed-key-column", ContractBroken, "missing_column", [renamed], read)


def _first(name: str, kind: type[TrackerError], code: str, pages: Sequence[bytes], read: Judge) -> Iterator[tuple[str, bytes]]:
    """The first of the pages that is refused with the error in its name."""
    refused = next((page for page in pages if _refused(page, kind, code, read)), None)
    if refused is not None:
        yield f"{name}.{kind.__name__}", refused


def _refused(page: bytes, kind: type[TrackerError], code: str, read: Judge) -> bool:
    try:
        read(page)
    except ContractBroken as error:
        codes = {violation.code for violation in error.violations}
        return kind is ContractBroken and code in codes and codes <= {code, "too_few_entries", "fill_too_low"}
    except TrackerError as error:
        return isinstance(error, kind)
    return False


def _replaced(body: bytes, place: CellPlace, texts: Sequence[str]) -> list[bytes]:
    """The page with another text at that place, for each of the texts."""
    lines = body.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    line = lines[place.line - 1]
    match = by_itself(place.text).search(line) or between_commas(place.text).search(line)
    if match is None:
        return []
    before = "".join(lines[: place.line - 1]) + line[: match.start()]
    after = line[match.end() :] + "".join(lines[place.line :])
    return [(before + text + after).encode("utf-8", "surrogateescape") for text in texts]


def _readme(board: Board, proposal: Proposal, reading: Reading, *, located: int, page: str, taken: str, cut: bool) -> str:
    """The contents of the folder, for people: the page's origin and the column of each value."""
    size = f"an excerpt of the page: the first {len(reading.entries)} entries" if cut else "the page as fetched"
    wanted = sum(2 + (entry.rank is not None) + sum(map(_figures, entry.measures.values())) for entry in reading.entries)
    columns = proposal.candidate.columns
    rows = [("entry", board.key), ("name", (board.name,)), *((metric.id, _columns_of(metric)) for metric in board.metrics)]
    table = [f"| {field} | {', '.join(_quoted(source_of(part, columns)) for part in parts)} |" for field, parts in rows]
    return _README.format(
        title=clean_text(board.title),
        taken=taken,
        url=clean_text(board.request.url),
        page=page,
        size=size,
        format=board.parse.format,
        table="\n".join(table),
        located=located,
        wanted=wanted,
    )


def _columns_of(metric: Metric) -> tuple[Column, ...]:
    """The column of the value, and those of the interval."""
    return tuple(column for column in (metric.column, metric.low, metric.high, metric.plus_minus) if column is not None)


def _figures(measure: Measure) -> int:
    return 1 + (measure.low is not None) + (measure.high is not None)


def _quoted(source: str | None) -> str:
    return f"`{clean_text(source or '').replace('`', ' ').replace('|', ' ')}`"
