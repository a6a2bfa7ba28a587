"""Reads WARC files: the captures and index lines that `tracker export warc` wrote, or the answers in another crawler's file.

Needs warcio (extra `archive`).

Source: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import msgspec
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from tracker.errors import DeclarationError
from tracker.model import Board, BoardId, IndexLine, Sha256, Verdict
from tracker.wording import clean, count

LINE = "application/vnd.leaderboard-tracker.index-line+json"
"""The type of a record with a line of the index."""
OURS = "application/json"
"""The type of our `warcinfo`; other programs write theirs as `application/warc-fields`."""
LINES = "lines"
"""The key in our `warcinfo` with the number of lines of each board: a file may end too early between two records."""
_OK = 200


class StoredLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a board's index, as a record holds it."""

    board: BoardId
    line: IndexLine


_decode = msgspec.json.Decoder(StoredLine).decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """A line of an index, and those of its bodies that came with it, by hash: the others came with an earlier line."""

    line: IndexLine
    bodies: dict[Sha256, bytes]


def read(path: Path, board: Board) -> Iterator[Archived]:
    """The lines of a board in a file, in its order; of another crawler's file, the answers of the board's address.

    Raises:
        DeclarationError: it is not a WARC file, or has nothing of the board; or, after what is whole, it is damaged.
    """
    others: set[str] = set()
    found = 0
    try:
        with path.open("rb") as file:
            for archived in _lines(file, board, others):
                found += 1
                yield archived
    except (OSError, EOFError, ArchiveLoadFailed, msgspec.MsgspecError, ValueError) as error:
        whole = f" after {count(found, 'whole capture')} of {board.id}" if found else ""
        expected = "expected a complete file, plain or gzipped; get it again, and repeat the import"
        raise DeclarationError(f"{path}: cannot be read as WARC{whole}: {clean(str(error))}; {expected}") from error
    if not found:
        named = f"captures of {', '.join(sorted(others))}" if others else "no answer of its address"
        raise DeclarationError(f"{path}: has {named}; expected captures of {board.id} ({board.request.url})")


def _lines(file: IO[bytes], board: Board, others: set[str]) -> Iterator[Archived]:
    bodies: dict[Sha256, bytes] = {}
    is_ours, found, expected = False, 0, 0
    for record in ArchiveIterator(file):
        content = _content(record)
        if record.rec_type == "warcinfo":
            is_ours = record.content_type == OURS
            expected += json.loads(content).get(LINES, {}).get(board.id, 0) if is_ours else 0
        elif is_ours and record.rec_type == "resource":
            bodies[Sha256(hashlib.sha256(content).hexdigest())] = content
        elif is_ours and record.content_type == LINE:
            stored = _decode(content)
            if stored.board == board.id:
                found += 1
                yield Archived(line=stored.line, bodies=bodies)
            others.add(stored.board)
            bodies = {}
        elif not is_ours and record.rec_type in {"response", "resource"} and _is_answer(record, board):
            yield _foreign(record, content)
    if found < expected:
        raise EOFError(f"the file ends after {found} of {expected} lines of the index")


def _content(record: Any) -> bytes:
    """The content of a record. Raises EOFError if the file ends within it, of which warcio says nothing."""
    content: bytes = record.content_stream().read()
    record.raw_stream.read()  # what follows chunks
    if getattr(record.raw_stream, "limit", 1):
        raise EOFError(f"the file ends within the record {record.rec_headers.get_header('WARC-Record-ID')}")
    return content


def _is_answer(record: Any, board: Board) -> bool:
    """Whether another crawler's record is a successful answer of the board's address."""
    is_good = record.http_headers is None or record.http_headers.get_statuscode() == str(_OK)
    return is_good and record.rec_headers.get_header("WARC-Target-URI") in {board.request.url, board.page}


def _foreign(record: Any, body: bytes) -> Archived:
    at, sha256 = record.rec_headers.get_header("WARC-Date"), Sha256(hashlib.sha256(body).hexdigest())
    kind = record.content_type if record.http_headers is None else record.http_headers.get_header("Content-Type")
    line = IndexLine(
        observed_at=datetime.fromisoformat(at).replace(microsecond=0),
        url=record.rec_headers.get_header("WARC-Target-URI"),
        verdict=Verdict.NEW,
        status=_OK,
        sha256=(sha256,),
        content_type=kind or "",
        origin=f"warc {at}",
    )
    return Archived(line=line, bodies={sha256: body})
