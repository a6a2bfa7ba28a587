"""The test folder of a board that was proposed: the page, its expected reading, the place of each number in it, and pages to refuse.

The page is kept as it came. A large one is cut only where what is left reads as the beginning of the whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tracker.authoring.places import CellPlace, between_commas, by_itself, places, source_of
from tracker.authoring.proposal import Candidate, Proposal
from tracker.errors import ContractBroken, ParseError, Refused, TrackerError
from tracker.model import Board, Column, Measure, Metric, Reading
from tracker.reading.names import clean_text

LARGE = 200_000
"""Bytes from which on a page is cut, where it can be."""
KEPT_ROWS = 20
"""Rows that are kept of a page that is cut."""

_CHALLENGE = (
    b'<!DOCTYPE html><html lang="en"><head><title>Just a moment...</title></head>'
    b"<body><p>Checking your browser before you are let in.</p></body></html>\n"
)
_UNREADABLE = "about right"
_MAX_JSON_DEPTH = 40

Describe = Callable[[Reading], Mapping[str, object]]
"""A reading as the plain values of `expected.json`."""
Judge = Callable[[bytes], Reading]
"""Read a page as the board declares it. Raises TrackerError."""


def folder(
    proposal: Proposal, board: Board, body: bytes, suffix: str, *, read: Judge, describe: Describe, taken: str
) -> dict[str, bytes]:
    """The files of the folder by name. `suffix` is that of the page (`csv`), `taken` the day on which it was had.

    Raises:
        TrackerError: the page cannot be read; as `read` raises it.
    """
    body, cut = _kept(proposal.candidate, body, read)
    reading, page = read(body), f"page.{suffix}"
    found = list(places(board, reading, proposal.candidate, body))
    text = "".join(f"{located.row(page)}\n" for located in found)
    hostile = dict(_hostile(board, body, found, read))
    files = {
        page: body,
        "expected.json": (json.dumps(describe(reading), ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace"),
        "places.tsv": text.encode("utf-8", "replace"),
        "README.md": _readme(board, proposal, reading, located=len(found), page=page, taken=taken, cut=cut).encode(
            "utf-8", "replace"
        ),
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
        return [_cut(member, depth - 1) for member in value[:KEPT_ROWS]]
    return {key: _cut(member, depth - 1) for key, member in value.items()} if isinstance(value, dict) else value


# ── pages to refuse ──────────────────────────────────────────────────────────────────────────────


def _hostile(board: Board, body: bytes, places: Sequence[CellPlace], read: Judge) -> Iterator[tuple[str, bytes]]:
    """At most one page for each way of being wrong, and only those that are refused for just that."""
    yield from _first("challenge", Refused, "", [_CHALLENGE], read)
    yield from _first("empty", ParseError, "", [b""], read)
    yield from _first("truncated", ParseError, "", [body[: len(body) // part] for part in (2, 3, 10, 40)], read)
    primary = board.primary
    stands = next((field_place for field_place in places if primary is not None and field_place.field == primary.id), None)
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
    """The first of those pages that is refused with the error in its name."""
    for page in pages:
        if _refused(page, kind, code, read):
            yield f"{name}.{kind.__name__}", page
            return


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
    """The page with other texts at that place, for each of them."""
    lines = body.decode("utf-8", "surrogateescape").splitlines(keepends=True)
    line = lines[place.line - 1]
    found = by_itself(place.text).search(line) or between_commas(place.text).search(line)
    if found is None:
        return []
    pages = [
        [*lines[: place.line - 1], line[: found.start()] + text + line[found.end() :], *lines[place.line :]] for text in texts
    ]
    return ["".join(page).encode("utf-8", "surrogateescape") for page in pages]


# ── README ───────────────────────────────────────────────────────────────────────────────────────


def _readme(board: Board, proposal: Proposal, reading: Reading, *, located: int, page: str, taken: str, cut: bool) -> str:
    """What the folder holds, for people: the page's origin, and which column is which."""
    size = f"an excerpt of the page: the first {len(reading.entries)} entries" if cut else "the page as it came"
    wanted = sum(
        2 + (entry.rank is not None) + sum(_parts_of(measure) for measure in entry.measures.values()) for entry in reading.entries
    )
    columns = proposal.candidate.columns
    rows = [("entry", board.key), ("name", (board.name,)), *((metric.id, _columns_of(metric)) for metric in board.metrics)]
    table = [f"| {field} | {', '.join(_quoted(source_of(part, columns)) for part in parts)} |" for field, parts in rows]
    return "\n".join(
        [
            f"# {clean_text(board.title)}",
            "",
            f"Written by `tracker board new` on {taken} from {clean_text(board.request.url)}. `{page}` is {size}, format `{board.parse.format}`.",
            "`expected.json` is what was read of it: compare it with the page before you trust it. Whether the page may be kept",
            "in a public repository is for its terms to say.",
            "",
            "| expected | found in |",
            "|---|---|",
            *table,
            "",
            f"`places.tsv` names the line and text of {located} of {wanted} keys, names, ranks and figures.",
            "",
        ]
    )  # fmt: skip


def _columns_of(metric: Metric) -> tuple[Column, ...]:
    """The column of its value, and those of its interval."""
    return tuple(column for column in (metric.column, metric.low, metric.high, metric.plus_minus) if column is not None)


def _parts_of(measure: Measure) -> int:
    return 1 + (measure.low is not None) + (measure.high is not None)


def _quoted(source: str | None) -> str:
    return f"`{clean_text(source or '').replace('`', ' ').replace('|', ' ')}`"
